import { randomInt } from 'node:crypto';

import type { SendingOutcome } from './webhook-sender.ts';

/** What becomes of a message after a try. */
export interface NextTry {
  readonly state: 'delivered' | 'pending' | 'failed';
  /** Milliseconds until the next try, if there is one. */
  readonly delay: number;
}

/** @param attempt the number of this try, from 1 */
export function nextTry(outcome: SendingOutcome, attempt: number, delays: readonly number[]): NextTry {
  if (outcome.fault === null) return { state: 'delivered', delay: 0 };
  const wait = delays[attempt - 1];
  if (wait === undefined || outcome.fault === 'gone' || outcome.fault === 'expired')
    return { state: 'failed', delay: 0 };
  // What failed together does not come back together.
  return { state: 'pending', delay: Math.max((wait * randomInt(900, 1_101)) / 1_000, outcome.pause ?? 0) };
}
