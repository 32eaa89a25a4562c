import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsOptional, IsString, IsUUID, Length, MaxLength } from 'class-validator';

import { CODE_ROUTES, type CodeRoute, type Level } from '../policy/vocabulary.ts';
import { IsLine } from '../holders/field-rules.ts';
import { SIGN_IN_METHODS, type Session, type SignInMethod } from '../sessions/session.ts';
import type { AskedSignIn, SignInAttempt, SignInRequest } from './sign-in.service.ts';

/** Longest contact point, customer number and code that anybody types. */
const CONTACT = 254;
const CUSTOMER = 64;
const CODE = 20;

export class AskSignInRequest {
  /**
   * The phone number or e-mail address to send the code to. It must have been known here, unchanged, for 7 days.
   * @example +49 30 23125 021
   */
  @IsLine(CONTACT)
  contact: string;

  /** The customer number (the CRM's reference of the person): needed only where several people share the contact point. */
  @IsOptional()
  @IsLine(CUSTOMER)
  @ApiPropertyOptional({ type: String, nullable: true })
  customer?: string | null;

  /** Have the code spoken instead of written. */
  @IsOptional()
  @IsBoolean()
  @ApiPropertyOptional({ type: Boolean, nullable: true })
  spoken?: boolean | null;

  toRequest(): SignInRequest {
    return { contact: this.contact, customer: this.customer ?? null, isSpoken: this.spoken ?? false };
  }
}

/** The same for somebody who is unknown here. */
export class AskedSignInResponse {
  /** Names this sign-in when the code is tried. Keep it: a code works for the sign-in that it was asked for alone. */
  id: string;
  /** The road that a code takes to this contact point, if one is sent. */
  @ApiProperty({ enum: CODE_ROUTES })
  route: CodeRoute;
  digits: number;
  /** ISO 8601, UTC. */
  expires_at: string;

  static of({ id, route, digits, expiresAt }: AskedSignIn): AskedSignInResponse {
    return Object.assign(new AskedSignInResponse(), { id, route, digits, expires_at: expiresAt.toISOString() });
  }
}

export class SignInParams {
  @IsUUID()
  id: string;
}

export class AttemptSignInRequest {
  /** Blanks and hyphens are forgiven. */
  @IsString()
  @Length(1, CODE)
  code: string;
}

/** Somebody who is signed in, in one place. */
export class SessionResponse {
  id: string;
  /** How it was proved who they are. */
  @ApiProperty({ enum: SIGN_IN_METHODS, isArray: true })
  methods: SignInMethod[];
  /** What that is worth, 1 to 4. */
  @ApiProperty({ type: Number, minimum: 1, maximum: 4 })
  strength: Level;
  /** ISO 8601, UTC, like those below. */
  opened_at: string;
  /** Of the last proof. Some changes need one within 10 minutes. */
  proved_at: string;
  /** To the minute. */
  used_at: string;
  /** It ends sooner when it isn't used. */
  expires_at: string;
  /** Whether it is the one that asks. */
  is_current: boolean;

  static of(session: Session, currentId: string): SessionResponse {
    return Object.assign(new SessionResponse(), {
      id: session.id,
      methods: session.methods,
      strength: session.strength,
      opened_at: session.openedAt.toISOString(),
      proved_at: session.provedAt.toISOString(),
      used_at: session.usedAt.toISOString(),
      expires_at: session.expiresAt.toISOString(),
      is_current: session.id === currentId,
    });
  }
}

export class SignInAttemptResponse {
  accepted: boolean;
  /** Tries that are left, 0 to 5; 0: ask for a new code. */
  tries_left: number;
  /** For `Authorization: Bearer …`; shown this once. Null when the code was not accepted. */
  @ApiProperty({ type: String, nullable: true })
  token: string | null;
  @ApiProperty({ type: SessionResponse, nullable: true })
  session: SessionResponse | null;

  static of(attempt: SignInAttempt): SignInAttemptResponse {
    const opened = attempt.accepted ? attempt : null;
    return Object.assign(new SignInAttemptResponse(), {
      accepted: attempt.accepted,
      tries_left: attempt.accepted ? 0 : attempt.triesLeft,
      token: opened?.token ?? null,
      session: opened === null ? null : SessionResponse.of(opened.session, opened.session.id),
    });
  }
}

/** What the form of the page sends. Whatever is missing or too long is told on the page. */
export class SignInForm {
  @IsOptional()
  @IsString()
  @MaxLength(1_000)
  contact?: string;

  @IsOptional()
  @IsString()
  @MaxLength(1_000)
  customer?: string;

  @IsOptional()
  @IsString()
  @MaxLength(10)
  how?: string;

  @IsOptional()
  @IsString()
  @MaxLength(1_000)
  back?: string;
}

export class SignInCodeForm {
  @IsOptional()
  @IsString()
  @MaxLength(1_000)
  code?: string;

  @IsOptional()
  @IsString()
  @MaxLength(1_000)
  back?: string;
}
