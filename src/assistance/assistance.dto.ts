import { ApiProperty } from '@nestjs/swagger';

import { CODE_ROUTES, type CodeRoute } from '../policy/vocabulary.ts';
import type { OpenedAssistance } from './assistance.service.ts';

/** A session for the employee, in place of the person on the line. */
export class AssistanceResponse {
  /** For `Authorization: Bearer …` below `/v1/me`. It dies with the call, and when somebody else comes to the phone. */
  token: string;
  /** ISO 8601, UTC. */
  expires_at: string;
  /** When the caller last proved who they are. Some changes need that within 10 minutes: identify them once more, and open anew. */
  proved_at: string;
  /** The road of the letter that tells them afterwards what was done; null = none is safe, so tell them now. */
  @ApiProperty({ enum: CODE_ROUTES, nullable: true })
  letter: CodeRoute | null;

  static of({ token, session, letter }: OpenedAssistance): AssistanceResponse {
    return Object.assign(new AssistanceResponse(), {
      token,
      expires_at: session.expiresAt.toISOString(),
      proved_at: session.provedAt.toISOString(),
      letter,
    });
  }
}
