import { hash, randomBytes } from 'node:crypto';

import { Injectable } from '@nestjs/common';

import type { ChallengeEntity } from './challenge.entity.ts';
import { ChallengesRepository } from './challenges.repository.ts';

export type ChallengeKind = ChallengeEntity['kind'];

/** Seconds in which a challenge must come back. */
const LIFE = { openid: 15 * 60, passkey: 5 * 60 } as const satisfies Record<ChallengeKind, number>;

/**
 * Values that are given out once and wanted back once, from the same browser or session: who brings another's, or brings one
 * again, brings nothing. The database holds hashes alone.
 */
@Injectable()
export class ChallengesService {
  constructor(private readonly repository: ChallengesRepository) {}

  /**
   * @param boundTo a secret of the browser, or the session, that must come back with it
   * @returns 256 bits, base64url
   */
  async make(kind: ChallengeKind, boundTo: string): Promise<string> {
    const value = randomSecret();
    await this.repository.insert({ kind, valueHash: hashOf(value), boundToHash: hashOf(boundTo) }, LIFE[kind]);
    return value;
  }

  /** Uses it up. Seconds since it was made, rounded up; null when it was never made, used, too old, or given to another. */
  take(kind: ChallengeKind, boundTo: string, value: string): Promise<number | null> {
    return this.repository.take({ kind, valueHash: hashOf(value), boundToHash: hashOf(boundTo) });
  }
}

/** For a browser, to recognise it by. 256 bits, base64url. */
export function randomSecret(): string {
  return randomBytes(32).toString('base64url');
}

function hashOf(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}
