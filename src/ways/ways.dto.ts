import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsOptional, IsString, IsUUID, Length, MaxLength } from 'class-validator';

import type { Passkey, PasskeyProof } from '../passkeys/passkeys.service.ts';
import type { Authenticator, TotpProof } from '../verifications/authenticators.service.ts';
import { SessionResponse } from '../sign-in/sign-in.dto.ts';
import type { MaskedPoint, Ways } from './ways.service.ts';

/** Characters of what a browser answers about a passkey. */
const CREDENTIAL = 20_000;

export class MaskedPointResponse {
  id: string;
  @ApiProperty({ enum: ['phone', 'email'] })
  kind: 'phone' | 'email';
  /** The last three digits, or the first letter and the domain. */
  masked: string;
  /** Codes go to it: it has not changed for 7 days. */
  is_usable: boolean;

  static of({ id, kind, masked, isUsable }: MaskedPoint): MaskedPointResponse {
    return Object.assign(new MaskedPointResponse(), { id, kind, masked, is_usable: isUsable });
  }
}

export class AuthenticatorResponse {
  /** ISO 8601, UTC, like those below. */
  added_at: string;
  /** Since when its codes count. */
  usable_from: string;

  static of({ confirmedAt, usableFrom }: Authenticator): AuthenticatorResponse {
    return Object.assign(new AuthenticatorResponse(), {
      added_at: confirmedAt.toISOString(),
      usable_from: usableFrom.toISOString(),
    });
  }
}

export class PasskeyResponse {
  id: string;
  /** ISO 8601, UTC. */
  added_at: string;
  /** Null when it was never used to sign in. */
  @ApiProperty({ type: String, nullable: true })
  used_at: string | null;

  static of({ id, addedAt, usedAt }: Passkey): PasskeyResponse {
    return Object.assign(new PasskeyResponse(), {
      id,
      added_at: addedAt.toISOString(),
      used_at: usedAt?.toISOString() ?? null,
    });
  }
}

/** How who is signed in can show who they are. */
export class WaysResponse {
  /** Where codes go to. */
  @ApiProperty({ type: [MaskedPointResponse] })
  contact_points: MaskedPointResponse[];
  @ApiProperty({ type: AuthenticatorResponse, nullable: true })
  authenticator: AuthenticatorResponse | null;
  @ApiProperty({ type: [PasskeyResponse] })
  passkeys: PasskeyResponse[];
  /** Whether this session may add a passkey or an app; if not, a code to a second contact point comes first. */
  may_add: boolean;

  static of({ points, authenticator, passkeys, mayEnrol }: Ways): WaysResponse {
    return Object.assign(new WaysResponse(), {
      contact_points: points.map((point) => MaskedPointResponse.of(point)),
      authenticator: authenticator === null ? null : AuthenticatorResponse.of(authenticator),
      passkeys: passkeys.map((passkey) => PasskeyResponse.of(passkey)),
      may_add: mayEnrol,
    });
  }
}

export class SendProofCodeRequest {
  /** One of their own: see `GET /v1/me/ways`. */
  @IsUUID()
  contact_point_id: string;

  /** Have the code spoken instead of written. */
  @IsOptional()
  @IsBoolean()
  @ApiPropertyOptional({ type: Boolean, nullable: true })
  spoken?: boolean | null;
}

export class TypedDigitsRequest {
  /** Blanks and hyphens are forgiven. */
  @IsString()
  @Length(1, 32)
  code: string;
}

export class PasskeyAnswerRequest {
  /** What the browser answered, as JSON text (`JSON.stringify(credential)`). */
  @IsString()
  @Length(1, CREDENTIAL)
  credential: string;
}

export class PasskeyParams {
  @IsUUID()
  id: string;
}

/** What to hand to the browser. */
export class PasskeyQuestionResponse {
  /** For `navigator.credentials`, with binary values in base64url (`parse…OptionsFromJSON`). Good once, for 5 minutes. */
  @ApiProperty({ type: Object, additionalProperties: true })
  options: object;

  static of(options: object): PasskeyQuestionResponse {
    return Object.assign(new PasskeyQuestionResponse(), { options });
  }
}

/** What became of another proof. */
export class ProofResponse {
  accepted: boolean;
  /** The new token of this session: the one that was used for this request is dead. Null when nothing was accepted. */
  @ApiProperty({ type: String, nullable: true })
  token: string | null;
  @ApiProperty({ type: SessionResponse, nullable: true })
  session: SessionResponse | null;

  static of(proof: TotpProof | PasskeyProof): ProofResponse {
    return Object.assign(new ProofResponse(), {
      accepted: proof.accepted,
      token: proof.accepted ? proof.token : null,
      session: proof.accepted ? SessionResponse.of(proof.session, proof.session.id) : null,
    });
  }
}

/** What forms of the pages send. Whatever is missing or wrong is told on the page. */
export class ProofCodeForm {
  @IsOptional()
  @IsString()
  @MaxLength(50)
  point?: string;

  @IsOptional()
  @IsString()
  @MaxLength(10)
  how?: string;

  @IsOptional()
  @IsString()
  @MaxLength(1_000)
  back?: string;
}

export class DigitsForm {
  @IsOptional()
  @IsString()
  @MaxLength(1_000)
  code?: string;

  @IsOptional()
  @IsString()
  @MaxLength(1_000)
  back?: string;
}

export class PasskeyForm {
  @IsOptional()
  @IsString()
  @MaxLength(CREDENTIAL)
  credential?: string;

  @IsOptional()
  @IsString()
  @MaxLength(1_000)
  back?: string;
}
