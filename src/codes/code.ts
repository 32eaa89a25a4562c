import { routeLevel } from '../policy/strength.ts';
import type { CodeRoute, Level } from '../policy/vocabulary.ts';

export const CODE_PURPOSES = ['action', 'mandate', 'verification', 'sign_in', 'contact'] as const;
export type CodePurpose = (typeof CODE_PURPOSES)[number];

/** Where a code goes that was asked without looking. */
export interface CodeAddress {
  readonly route: CodeRoute;
  readonly contactPointId: string;
  /** Whose it turned out to be; left out where that was known. */
  readonly personId?: string;
}

/** What can be answered on a page behind its message; whoever asked for another one types it where they asked. */
export const PAGE_PURPOSES = ['action', 'mandate', 'verification'] as const satisfies readonly CodePurpose[];
export type PagePurpose = (typeof PAGE_PURPOSES)[number];

/** What is asked by or about somebody whom nobody may know: where it goes is looked up later, if it goes anywhere. */
export function mayBeDecoy(purpose: CodePurpose): boolean {
  return purpose === 'verification' || purpose === 'sign_in';
}

export const CODE_STATES = [
  'pending',
  'approved',
  'declined',
  'expired',
  'cancelled',
  'superseded',
  'tries_exhausted',
  'undeliverable',
] as const;
export type CodeState = (typeof CODE_STATES)[number];

/** One action that a code is about; `key` is `actionKey(name, properties)`. */
export interface CodedAction {
  readonly name: string;
  readonly key: string;
}

/** A one-time code as every room may see it: what it is about and where it stands, never its value. */
/** A code that died with what it was asked for. */
export type CancelledCode = Pick<Code, 'id' | 'purpose' | 'personId' | 'callId'>;

export interface Code {
  readonly id: string;
  readonly purpose: CodePurpose;
  /** Who gets it; null = a decoy for somebody whom nobody knows, or a sign-in whose turn has not come. */
  readonly personId: string | null;
  /** Null = a decoy, or its turn to be sent has not come: never right. */
  readonly contactPointId: string | null;
  readonly route: CodeRoute;
  /** The strength that the yes must have: roads that prove less are none for this question. */
  readonly level: Level;
  readonly callId: string | null;
  readonly agentId: string | null;
  /** On whose behalf it was asked. */
  readonly callerId: string | null;
  /** Whose budgets a decoy counts on: see `claimKeys` of the call. */
  readonly claimKeys: Buffer[];
  readonly mandateId: string | null;
  readonly mandateRevision: number | null;
  readonly actions: readonly CodedAction[];
  /** The actions' properties in the clear, sealed with the recipient's own key. */
  readonly detailsSealed: Buffer | null;
  readonly keyId: string;
  readonly digits: number;
  /** How often it was resent. */
  readonly counter: number;
  readonly tries: number;
  readonly state: CodeState;
  /** Strength, 3 or 4, of the session in which it was approved without the code; null otherwise. */
  readonly sessionStrength: Level | null;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
  readonly answeredAt: Date | null;
}

/** A code that somebody gets. The others are decoys, or not sent yet: a look from outside can't tell them apart. */
export interface SentCode extends Code {
  readonly personId: string;
  readonly contactPointId: string;
}

export function isSent(code: Code): code is SentCode {
  return code.personId !== null && code.contactPointId !== null;
}

/** A code with a page behind its message. */
export interface LinkedCode extends SentCode {
  readonly purpose: PagePurpose;
}

export function isLinked(code: Code): code is LinkedCode {
  return isSent(code) && PAGE_PURPOSES.some((purpose) => purpose === code.purpose);
}

/**
 * A question whose code could not be worth what the yes must be: none is sent. Its message says to sign in, and it is answered in
 * a session of that strength alone.
 */
export function isBySession({ purpose, route, level }: Pick<Code, 'purpose' | 'route' | 'level'>): boolean {
  return purpose === 'action' && routeLevel(route) < level;
}

export const MAXIMUM_TRIES = 5;

/** A code by post is longer, and there is time for the post. */
export const LETTER = { digits: 10, days: 21 } as const;

/**
 * The state as it is at `now`: an open code whose tries or time are over has ended, whether or not anybody wrote that down.
 * A request that died may not have.
 */
export function stateAt(code: Code, now: Date): CodeState {
  if (code.state !== 'pending') return code.state;
  if (code.tries >= MAXIMUM_TRIES) return 'tries_exhausted';
  return code.expiresAt <= now ? 'expired' : 'pending';
}

export function triesLeft(code: Code, now: Date): number {
  return stateAt(code, now) === 'pending' ? MAXIMUM_TRIES - code.tries : 0;
}
