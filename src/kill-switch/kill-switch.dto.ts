import { Matches } from 'class-validator';

import type { ApiKey } from '../auth/keys.service.ts';
import type { ShutOut } from './kill-switch.service.ts';

export class KeyParams {
  /**
   * The key's id: the part of its text that is no secret.
   * @example 4fQ2mZ8kT1xA
   */
  @Matches(/^\w{12}$/, { message: 'must be the id of a key: 12 letters and digits' })
  key_id: string;
}

/** What an agent had, and has no more. */
export class ShutOutResponse {
  agent_ref: string;
  /** Keys that were bound to them, by id. */
  revoked_keys: string[];
  /** Calls that were open, by id. */
  ended_calls: string[];
  /** How many codes that they had asked for were waiting. */
  cancelled_codes: number;

  static of({ agent, keys, calls, codes }: ShutOut): ShutOutResponse {
    return Object.assign(new ShutOutResponse(), {
      agent_ref: agent.ref,
      revoked_keys: keys,
      ended_calls: calls,
      cancelled_codes: codes,
    });
  }
}

export class RevokedKeyResponse {
  key_id: string;
  /** ISO 8601, UTC: when it was revoked, the first time. */
  revoked_at: string;

  static of({ id, revokedAt }: ApiKey): RevokedKeyResponse {
    if (revokedAt === null) throw new Error('a revoked key without a time');
    return Object.assign(new RevokedKeyResponse(), { key_id: id, revoked_at: revokedAt.toISOString() });
  }
}
