import { ApiProperty } from '@nestjs/swagger';

import { type Channel, CHANNELS } from '../policy/vocabulary.ts';
import type { OwnCall } from './reverse-verification.service.ts';

/** For the agent to read out when the caller asks whether this is really the organisation. */
export class ReverseCodeResponse {
  /** Six digits, the same for the whole call with this caller. */
  code: string;
}

/** A call that goes on now. */
export class OwnCallResponse {
  id: string;
  @ApiProperty({ enum: CHANNELS })
  channel: Channel;
  /** ISO 8601, UTC. */
  opened_at: string;
  /** By which the employee is known; null when they are not known any more. */
  @ApiProperty({ type: String, nullable: true })
  agent: string | null;
  /** Who really speaks for the organisation can read these six digits out. */
  code: string;

  static of({ id, channel, openedAt, agent, code }: OwnCall): OwnCallResponse {
    const pseudonym = agent?.pseudonym ?? null;
    return Object.assign(new OwnCallResponse(), {
      id,
      channel,
      opened_at: openedAt.toISOString(),
      agent: pseudonym,
      code,
    });
  }
}
