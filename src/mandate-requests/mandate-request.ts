import type { AskedPeriod } from '../mandates/mandate-period.ts';

/** What somebody wants to do for somebody else, in their own words for who that is. */
export interface AskedMandate extends AskedPeriod {
  /** The customer number that they named; null = they named contracts alone. */
  readonly holder: string | null;
  /** References of contracts, 1 to 10. */
  readonly contracts: readonly string[];
  readonly scopes: readonly string[];
}

/**
 * How a request stands, as its asker sees it. A no looks like silence, and so does somebody who doesn't exist: `waiting`, and
 * after a week `lapsed`.
 */
export const REQUEST_STATES = ['waiting', 'approved', 'lapsed'] as const;
export type RequestState = (typeof REQUEST_STATES)[number];

export interface MandateRequest {
  readonly id: string;
  readonly asked: AskedMandate;
  readonly state: RequestState;
  readonly askedAt: Date;
  /** Until when the holder may answer. */
  readonly expiresAt: Date;
  /** The mandate that the holder gave; null until then. */
  readonly mandateId: string | null;
}

const HOUR = 60 * 60_000;
/** How long a request waits. Milliseconds, as a draft does. */
export const REQUEST_LIFE = 7 * 24 * HOUR;
/** Requests of one person in a day: nobody tries references out. */
export const ASKED = { most: 3, window: 24 * HOUR } as const;
/** Requests that wait for one holder at a time: nobody is flooded. */
export const OPEN_MOST = 3;
