import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsString, IsUUID, Length, ValidateIf } from 'class-validator';

import { CODE_STATES, type Code, type CodeState, MAXIMUM_TRIES } from '../codes/code.ts';
import { CODE_ROUTES, type CodeRoute } from '../policy/vocabulary.ts';
import type { Enrolment, ShownAnswer } from './authenticators.service.ts';

/** Ways in which an agent can have a caller identified. */
const METHODS = ['code', 'totp', 'support_code', 'letter', 'letter_code', 'letter_cancel', 'call_back'] as const;
type ChosenMethod = (typeof METHODS)[number];

/** How the caller will show who they are. */
export class VerifyCallerRequest {
  /**
   * `code` sends one to the caller's own registered number; `totp` compares the digits of their authenticator app;
   * `support_code` the code that the self-service shows them. Who has no telephone: `letter` sends a code to their address of
   * record, and `letter_code` compares it in a later call, within 21 days, and
   * `letter_cancel` makes it worthless.
   * `call_back` is for the telephone system (a key of scope `crm`), which called them at `dialled_number`.
   */
  @IsIn(METHODS)
  @ApiProperty({ enum: METHODS })
  method: ChosenMethod;

  /** For `totp`: the six digits that the caller reads out. */
  @ValidateIf((request: VerifyCallerRequest) => request.method === 'totp')
  @IsString()
  @Length(6, 16)
  @ApiPropertyOptional({ example: '123 456' })
  totp?: string;

  /** For `support_code`: the six digits that the caller reads out. */
  @ValidateIf((request: VerifyCallerRequest) => request.method === 'support_code')
  @IsString()
  @Length(6, 16)
  @ApiPropertyOptional({ example: '123 456' })
  support_code?: string;

  /** For `letter_code`: the ten digits that the caller reads out from the letter. */
  @ValidateIf((request: VerifyCallerRequest) => request.method === 'letter_code')
  @IsString()
  @Length(10, 24)
  @ApiPropertyOptional({ example: '12345 67890' })
  letter_code?: string;

  /** For `call_back`: the number that was called, in any usual spelling. */
  @ValidateIf((request: VerifyCallerRequest) => request.method === 'call_back')
  @IsString()
  @Length(1, 40)
  @ApiPropertyOptional({ example: '+49 30 23125 002' })
  dialled_number?: string;
}

export class VerificationParams {
  @IsUUID()
  call_id: string;
  @IsUUID()
  verification_id: string;
}

/** Six digits, as they were read out; blanks and hyphens are forgiven. */
export class CodeRequestBody {
  /** @example 123 456 */
  @IsString()
  @Length(1, 32)
  code: string;
}

/** What became of the way that was chosen. */
export class VerificationResponse {
  /** For `code`: where to send the attempt. Null for the others: a `letter` is answered in another call, the rest at once. */
  id: string | null;
  @ApiProperty({ enum: METHODS })
  method: ChosenMethod;
  @ApiProperty({ enum: CODE_STATES })
  state: CodeState;
  /**
   * The road that most codes take now, and the same for every caller: a number that takes no text messages is called
   * instead. Null for the others.
   */
  @ApiProperty({ enum: CODE_ROUTES, nullable: true })
  route: CodeRoute | null;
  tries_left: number;
  /** ISO 8601, UTC; null for the others. */
  expires_at: string | null;

  static ofCode(code: Code): VerificationResponse {
    const isByPost = code.route === 'letter';
    return Object.assign(new VerificationResponse(), {
      id: isByPost ? null : code.id,
      method: isByPost ? 'letter' : 'code',
      state: code.state,
      route: code.route,
      tries_left: MAXIMUM_TRIES - code.tries,
      expires_at: code.expiresAt.toISOString(),
    });
  }

  /** The same whether or not there was one. */
  static ofCancelled(): VerificationResponse {
    return Object.assign(new VerificationResponse(), {
      id: null,
      method: 'letter_cancel',
      state: 'cancelled',
      route: null,
      tries_left: 0,
      expires_at: null,
    });
  }

  static ofShown(method: ChosenMethod, { accepted }: ShownAnswer): VerificationResponse {
    return Object.assign(new VerificationResponse(), {
      id: null,
      method,
      state: accepted ? 'approved' : 'declined',
      route: null,
      tries_left: 0,
      expires_at: null,
    });
  }
}

/** An enrolment to be confirmed by a first code. Shown once. */
export class EnrolmentResponse {
  id: string;
  /** For the authenticator app. */
  otpauth_uri: string;
  /** The same as a QR code: an SVG image as a data URI. */
  qr: string;

  static of({ id, uri, qr }: Enrolment): EnrolmentResponse {
    return Object.assign(new EnrolmentResponse(), { id, otpauth_uri: uri, qr });
  }
}

export class AcceptedResponse {
  accepted: boolean;
}
