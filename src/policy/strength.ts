import type { Confirmation, Evidence, Facts, Mandate, SoftwareFacts, Verification } from './facts.ts';
import type { CallId, Instant } from './ids.ts';
import type { CodeRoute, EvidenceForm, Level, VerificationMethod } from './vocabulary.ts';

/** The most that each form of evidence can prove about the grant (axis M). No policy can raise it. */
const FORM_CEILING: Readonly<Record<EvidenceForm, Level>> = {
  oral: 1,
  email: 1,
  letter: 1,
  code: 2,
  portal: 3,
  eid: 4,
  notarial: 4,
  court: 4,
};

/** The most that a code can prove by the road it took: e-mail never more than 1; SMS, voice and letter never more than 2. */
const ROUTE_CEILING: Readonly<Record<CodeRoute, Level>> = { email: 1, sms: 2, voice: 2, letter: 2 };

/** The strength that a one-time code has on any axis, by its road. */
export function routeLevel(route: CodeRoute): Level {
  return ROUTE_CEILING[route];
}

/**
 * H: what the holder's yes is worth. By the code, what its road proves; in a session of their own, what that session was
 * worth when it was 3 or 4: below that nobody says yes without the code.
 */
export function yesLevel({ route, sessionStrength }: Pick<Confirmation, 'route' | 'sessionStrength'>): Level {
  // Decisions that were recorded before there were such sessions don't name one.
  const strength = (sessionStrength as Level | null | undefined) ?? null;
  if (strength === null) return routeLevel(route);
  return strength < 3 ? 0 : strength;
}

export function lowest(first: Level, second: Level): Level {
  return first < second ? first : second;
}

export function highest(first: Level, second: Level): Level {
  return first > second ? first : second;
}

/** A strength, and the moment at which it falls by itself; null = it doesn't. */
export interface DatedLevel {
  readonly level: Level;
  readonly until: Instant | null;
}

/** Milliseconds. */
const DAY = 86_400_000;

/** `months` calendar months after `at`, in UTC; a day that doesn't exist becomes the month's last. */
export function monthsAfter(at: Instant, months: number): Instant {
  const start = new Date(at);
  const midnight = Date.UTC(start.getUTCFullYear(), start.getUTCMonth(), start.getUTCDate());
  const month = start.getUTCMonth() + months;
  const first = Date.UTC(start.getUTCFullYear(), month, 1);
  const last = Date.UTC(start.getUTCFullYear(), month + 1, 0);
  return Math.min(first + (start.getUTCDate() - 1) * DAY, last) + (at - midnight);
}

/**
 * M: how strongly the holder granted this, at `now`, from the evidence about the present terms. Evidence from the future
 * proves nothing. Strength 2 decays to 1 `decayMonths` after the last evidence that reached it; 3 and 4 don't decay. What was
 * passed on is never stronger than what it was made from.
 */
export function mandateStrength(mandate: Mandate, now: Instant, decayMonths: number): DatedLevel {
  const own = provenStrength(mandate, now, decayMonths);
  return mandate.parent === undefined ? own : weaker(own, provenStrength(mandate.parent, now, decayMonths));
}

/** Of two that are equally strong, the one that falls first: either both fall by themselves, or neither. */
function weaker(first: DatedLevel, second: DatedLevel): DatedLevel {
  if (first.level !== second.level) return first.level < second.level ? first : second;
  return (first.until ?? 0) <= (second.until ?? 0) ? first : second;
}

function provenStrength(mandate: Proven, now: Instant, decayMonths: number): DatedLevel {
  let best: Level = 0;
  let fresh: Instant | null = null;
  for (const evidence of mandate.evidence) {
    if (!isAboutPresentTerms(evidence, mandate, now)) continue;
    const level = evidenceLevel(evidence);
    if (level === 2) {
      const until = monthsAfter(evidence.at, decayMonths);
      fresh = Math.max(fresh ?? until, until);
    }
    best = highest(best, level);
  }
  if (best !== 2 || fresh === null) return { level: best, until: null };
  return now < fresh ? { level: 2, until: fresh } : { level: 1, until: null };
}

type Proven = Pick<Mandate, 'evidence' | 'termsRevision'>;

/** A widened mandate needs new evidence, and a row from the future proves nothing. */
function isAboutPresentTerms(evidence: Evidence, mandate: Proven, now: Instant): boolean {
  return evidence.termsRevision === mandate.termsRevision && evidence.at <= now;
}

function evidenceLevel(evidence: Evidence): Level {
  return lowest(FORM_CEILING[evidence.form], evidence.sessionStrength);
}

/**
 * An oral mandate counts in the call in which it was given, until better evidence about the same terms comes. What was made
 * from it counts nowhere else either.
 */
export function isBoundToOtherCall(mandate: Mandate, callId: CallId, now: Instant): boolean {
  if (mandate.parent !== undefined && isBoundToOtherCall(mandate.parent, callId, now)) return true;
  if (mandate.callId === null || mandate.callId === callId) return false;
  return !mandate.evidence.some((evidence) => evidence.form !== 'oral' && isAboutPresentTerms(evidence, mandate, now));
}

/** What a support code proves at most: at 4 somebody shows an eID themselves. */
const SUPPORT_CEILING: Level = 3;

function verificationLevel({ method, route, sessionStrength = 0 }: Verification): Level {
  switch (method) {
    case 'calling_number':
      return 1;
    case 'code':
      return route === null ? 0 : routeLevel(route);
    case 'totp':
    case 'call_back':
      return 2;
    case 'support_code':
      // What an e-mail opened says nothing of who calls.
      return sessionStrength < 2 ? 0 : lowest(SUPPORT_CEILING, sessionStrength);
  }
}

/**
 * C: how well the caller is identified, from the proofs made in this call. Two different factors at 2 make 3. A support code
 * is none by itself: what opened its session may well have been the same telephone, or the same app.
 */
export function callerStrength(verifications: readonly Verification[], now: Instant): Level {
  let best: Level = 0;
  const factors = new Set<VerificationMethod>();
  for (const verification of verifications) {
    const { method, at } = verification;
    if (at > now) continue;
    const level = verificationLevel(verification);
    best = highest(best, level);
    // Who answers a telephone, and who reads a code off it, show the same telephone.
    if (level >= 2 && method !== 'support_code') factors.add(method === 'call_back' ? 'code' : method);
  }
  return factors.size >= 2 ? 3 : best;
}

/** Software counts for no more than its declared ceiling, and for nothing while it passes for a human being. */
export function boundedBy(software: SoftwareFacts | undefined, level: Level): Level {
  if (software === undefined) return level;
  return software.isAnnounced ? lowest(level, software.ceiling) : 0;
}

/** C that could be reached if the caller used every method open to them, assuming codes by SMS. */
export function reachableCallerStrength(
  { verifications, methods, signInLevel = 0, software }: Omit<Facts['caller'], 'id'>,
  now: Instant,
): Level {
  const imagined = methods.map((method): Verification => ({
    method,
    route: method === 'code' ? 'sms' : null,
    sessionStrength: signInLevel,
    at: now,
  }));
  return boundedBy(software, callerStrength([...verifications, ...imagined], now));
}
