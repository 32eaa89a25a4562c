import { ApiProperty } from '@nestjs/swagger';
import { IsOptional, IsString, Length, MaxLength } from 'class-validator';

import type { PasskeyProof } from '../passkeys/passkeys.service.ts';
import { SessionResponse } from './sign-in.dto.ts';

/** Characters of what a browser answers about a passkey. */
const CREDENTIAL = 20_000;

/** The same for everybody: it says nothing about who is known here. */
export class PasskeySignInResponse {
  /** For `navigator.credentials.get`, with binary values in base64url. Good once, for 5 minutes. */
  @ApiProperty({ type: Object, additionalProperties: true })
  options: object;
  /** To be kept by this visitor and sent along with the answer. */
  secret: string;

  static of({ options, secret }: { readonly options: object; readonly secret: string | null }): PasskeySignInResponse {
    return Object.assign(new PasskeySignInResponse(), { options, secret: secret ?? '' });
  }
}

export class AttemptPasskeySignInRequest {
  @IsString()
  @Length(1, 100)
  secret: string;

  /** What the browser answered, as JSON text (`JSON.stringify(credential)`). */
  @IsString()
  @Length(1, CREDENTIAL)
  credential: string;
}

export class PasskeySignInAttemptResponse {
  accepted: boolean;
  /** For `Authorization: Bearer …`; shown this once. Null when it was not accepted, whatever was wrong. */
  @ApiProperty({ type: String, nullable: true })
  token: string | null;
  @ApiProperty({ type: SessionResponse, nullable: true })
  session: SessionResponse | null;

  static of(proof: PasskeyProof): PasskeySignInAttemptResponse {
    return Object.assign(new PasskeySignInAttemptResponse(), {
      accepted: proof.accepted,
      token: proof.accepted ? proof.token : null,
      session: proof.accepted ? SessionResponse.of(proof.session, proof.session.id) : null,
    });
  }
}

/** What the page's form sends. */
export class PasskeySignInForm {
  @IsOptional()
  @IsString()
  @MaxLength(CREDENTIAL)
  credential?: string;

  @IsOptional()
  @IsString()
  @MaxLength(1_000)
  back?: string;
}
