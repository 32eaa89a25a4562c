import type { PersonId } from '../policy/ids.ts';
import type { Level } from '../policy/vocabulary.ts';

/**
 * Ways in which somebody proves to a page who they are. A code goes by one of the first three roads; to an `employee` it was
 * proved in a call.
 */
export const SIGN_IN_METHODS = ['sms', 'voice', 'email', 'totp', 'passkey', 'openid', 'employee'] as const;
export type SignInMethod = (typeof SIGN_IN_METHODS)[number];

/** One proof, and what it is worth. */
export interface Proof {
  readonly method: SignInMethod;
  /** 1 by e-mail, 2 by phone, 3 by a passkey; what the provider said for `openid`. */
  readonly level: Level;
  /** For a code: where it went. */
  readonly contactPointId?: string;
}

/** The employee who acts in a session for the person on the line, and that call. */
export interface Assistance {
  readonly agentId: string;
  readonly callId: string;
}

/** Somebody who is signed in. Its token is with them alone. */
export interface Session {
  readonly id: string;
  readonly personId: PersonId;
  readonly methods: readonly SignInMethod[];
  /** Contact points whose codes were typed in it. */
  readonly contactPointIds: readonly string[];
  /** What they proved, as a strength. */
  readonly strength: Level;
  readonly openedAt: Date;
  /** When they last proved it. */
  readonly provedAt: Date;
  readonly usedAt: Date;
  readonly expiresAt: Date;
  /** Null: its person has it themselves. */
  readonly assistance: Assistance | null;
}

/** Milliseconds after the last proof in which somebody may change how they are reached or recognised. */
export const FRESH = 10 * 60_000;

/**
 * Whether a session may add a passkey or an app, which are worth 3 ever after: it is worth that itself, or codes to two
 * contact points that have aged were typed in it. Two mailboxes are no more than one: e-mail never reaches more than 1.
 */
export function mayEnrol({ strength, contactPointIds }: Pick<Session, 'strength' | 'contactPointIds'>): boolean {
  return strength >= 3 || (strength === 2 && contactPointIds.length >= 2);
}

/**
 * The strength of a session after another proof: two different factors at 2 make 3, as on the phone. What a sign-in service
 * asked is not known here, and may well have been a code to the same phone: it adds to nothing.
 */
export function strengthWith(session: Pick<Session, 'methods' | 'strength'>, { method, level }: Proof): Level {
  const best = level > session.strength ? level : session.strength;
  const isOtherFactor = !session.methods.some((one) => one === 'openid' || factorOf(one) === factorOf(method));
  const isSecondFactor = method !== 'openid' && isOtherFactor && session.strength === 2 && level === 2;
  return isSecondFactor && best === 2 ? 3 : best;
}

/** Two codes by two roads to one phone are one factor. */
function factorOf(method: SignInMethod): string {
  return method === 'sms' || method === 'voice' ? 'phone' : method;
}
