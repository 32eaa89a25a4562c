import type { Facts, HolderFacts, Mandate, Representation } from './facts.ts';
import { type Instant, isSamePerson } from './ids.ts';
import { type Inquiry, isHolderInPerson } from './inquiry.ts';
import { isClosed, needsSaySo, representationsOf, restsUntil } from './life-events.ts';
import { carried } from './passed-on.ts';
import type { Requirement } from './policy.ts';
import { type DatedLevel, highest, isBoundToOtherCall, mandateStrength } from './strength.ts';
import type { Level } from './vocabulary.ts';
import { confirmationOf, type UsableConfirmation } from './yes.ts';

/** A missing joint holder says yes with a code of at least this strength, and so does one who wants to be asked first. */
const JOINT_CONFIRMATION: Level = 2;

/** A court order or a register stands behind it. */
const BY_LAW: DatedLevel = { level: 4, until: null };

/** One footing of one holder's say-so. */
export interface Grant {
  readonly holder: HolderFacts;
  /** The holder in person needs no mandate; null = neither in person, nor by mandate, nor by law. */
  readonly by: 'person' | Mandate | Representation | null;
  readonly strength: DatedLevel;
  /** How strong this holder's yes to this very action must be, in view of all the rest; 0 = not asked. */
  readonly yes: Level;
  readonly confirmation: UsableConfirmation | null;
  /** By a mandate that counts only together with somebody: what the best of the others adds to it. */
  readonly second?: Second;
}

/** Another contact person of the same organisation. They hold no footing of the caller's: `by` is null, and their yes is wanted. */
export interface Second extends Grant {
  /** What makes them a contact person; null = nobody can join. */
  readonly joins: Mandate | null;
  /** Who could say yes as well. */
  readonly others: readonly Second[];
}

/**
 * The grants that this answer stands on: each holder's best under `all`, the best of all under `any`. Best is what leads
 * to a permit; a strong footing never hides a weaker one that is enough, or taking something away could open a door.
 */
export function relied(inquiry: Inquiry, required: Requirement): readonly Grant[] {
  const { holders, jointRule } = inquiry.facts.contract;
  const each = holders.flatMap((holder) => bestOf(inquiry, required, footings(inquiry, required, holder)));
  const chosen = jointRule === 'any' ? bestOf(inquiry, required, each) : each.toSorted(byId);
  return chosen.flatMap((grant) => (grant.second === undefined ? [grant] : [grant, grant.second]));
}

/** The one that ranks highest, or none of none. */
function bestOf<One extends Grant>(inquiry: Inquiry, required: Requirement, grants: readonly One[]): readonly One[] {
  let [chosen, ...others] = grants;
  if (chosen === undefined || others.length === 0) return grants;
  let highestRank = rank(inquiry, required, chosen);
  for (const grant of others) {
    const own = rank(inquiry, required, grant);
    if (own < highestRank || (own === highestRank && byId(chosen, grant) < 0)) continue;
    [chosen, highestRank] = [grant, own];
  }
  return [chosen];
}

/** Ties go to the smaller id, so that the order in which facts arrive never matters. */
function byId(first: Grant, second: Grant): number {
  return identity(first) < identity(second) ? -1 : 1;
}

function identity({ holder, by }: Grant): string {
  return by === null || by === 'person' ? holder.id : `${holder.id} ${by.id}`;
}

/** Everything that this holder's say-so could rest on: being on the line, each mandate that covers, or a yes alone. */
function footings(inquiry: Inquiry, required: Requirement, holder: HolderFacts): readonly Grant[] {
  const { facts, policy, now } = inquiry;
  const isOut = isClosed(inquiry, holder.id);
  const grant = (by: Grant['by'], strength: DatedLevel): Grant => ({
    // Whose word counts for nothing is not asked for it either.
    holder: isOut ? { ...holder, askLevel: 0 } : holder,
    by,
    strength,
    yes: yesNeeded(inquiry, required, holder, by, strength.level),
    confirmation: isOut ? null : confirmationOf(inquiry, holder, mandateIn(by)),
  });
  const isInPerson = isHolderInPerson(facts);
  if (isInPerson && !isOut && isSamePerson(holder.id, facts.caller.id))
    return [grant('person', { level: 4, until: null })];
  // Nobody known holds a mandate. Whoever claims to be the holder and isn't gets no further with one either: a proxy
  // says so, and is held to more.
  const isBearer = facts.caller.id !== null && (facts.call.claim === 'proxy' || isInPerson);
  const mandates = isBearer && !isOut ? facts.mandates : [];
  const grants = [grant(null, { level: 0, until: null })];
  if (needsSaySo(inquiry, required)) {
    for (const one of representationsOf(inquiry, holder.id)) grants.push(grant(one, BY_LAW));
  }
  for (const given of mandates) {
    const mandate = carried(policy, given);
    if (mandate.holderId !== holder.id || !isCovering(inquiry, mandate)) continue;
    const own = grant(mandate, mandateStrength(mandate, now, policy.limits.decayMonths));
    const isAlone = mandate.isJoint !== true || !needsMandate(inquiry, required);
    grants.push(isAlone ? own : { ...own, second: secondOf(inquiry, required, holder) });
  }
  return grants;
}

/**
 * Whoever acts jointly needs the yes of another contact person: one whom the organisation lets do this themselves, as strongly
 * as the action asks. Their yes makes their own mandate no stronger.
 */
function secondOf(inquiry: Inquiry, required: Requirement, organisation: HolderFacts): Second {
  const { facts, policy, now } = inquiry;
  const yes = highest(required.confirmation, JOINT_CONFIRMATION);
  const able: Second[] = [];
  for (const { id, askLevel, mandate } of facts.companions ?? []) {
    const { level, until } = mandateStrength(mandate, now, policy.limits.decayMonths);
    const isTheirs = mandate.holderId === organisation.id && !isSamePerson(id, facts.caller.id);
    if (!isTheirs || level < mandateNeeded(inquiry) || !isCovering(inquiry, mandate)) continue;
    const holder = { id, askLevel, hasBlockedCaller: false };
    const strength = { level, until: Math.min(until ?? mandate.endsAt, mandate.endsAt) };
    const confirmation = confirmationOf(inquiry, holder, mandate);
    able.push({ holder, by: null, strength, yes, confirmation, joins: mandate, others: [] });
  }
  const [best] = bestOf(inquiry, required, able);
  if (best !== undefined)
    return { ...best, others: able.filter((one) => one !== best && isHopeful(one)).toSorted(byId) };
  const nobody = { ...organisation, askLevel: 0 } as const;
  return {
    holder: nobody,
    by: null,
    strength: { level: 0, until: null },
    yes,
    confirmation: null,
    joins: null,
    others: [],
  };
}

/**
 * A yes is asked for by the action itself, by the holder who wants to be asked first, in place of a mandate that is missing,
 * or to lift one that is too weak. What needs nobody's say-so is nobody's to be asked about.
 */
function yesNeeded(
  inquiry: Inquiry,
  required: Requirement,
  holder: HolderFacts,
  by: Grant['by'],
  strength: Level,
): Level {
  const needed = mandateNeeded(inquiry);
  // Who stands in the holder's place by law asks nobody.
  if (isByLaw(by)) return 0;
  if (!needsMandate(inquiry, required)) return required.confirmation;
  const isAskedFirst = holder.askFirst?.includes(inquiry.rule.scope) === true;
  const yes = by === null || isAskedFirst ? highest(required.confirmation, JOINT_CONFIRMATION) : required.confirmation;
  return strength < needed ? highest(yes, needed) : yes;
}

export function isLacking({ confirmation, yes }: Grant): boolean {
  return (confirmation?.level ?? 0) < yes;
}

/** Enough, or enough once this holder is asked. */
export function isHopeful(grant: Grant): boolean {
  return !isLacking(grant) || grant.holder.askLevel >= grant.yes;
}

export function isByLaw(by: Grant['by']): by is Representation {
  return by !== null && by !== 'person' && 'kind' in by;
}

export function mandateIn(by: Grant['by']): Mandate | null {
  return by === 'person' || isByLaw(by) ? null : by;
}

/**
 * What is enough first, and of that what uses nobody's yes up; then what can be; the person on the line, who represents them,
 * the strongest mandate, whoever said yes or can be asked.
 */
function rank(inquiry: Inquiry, required: Requirement, grant: Grant): number {
  const { by, strength, confirmation, holder, second } = grant;
  // A yes joins others' grants, and is no mandate by itself.
  const isIdle = by === null && inquiry.facts.contract.jointRule === 'any' && needsMandate(inquiry, required);
  // What the holder would confirm, a representative must be identified for: see `inPlaceOfHolder`.
  const isShort = isByLaw(by) && inquiry.caller < required.confirmation;
  // Digits of one number, the most telling first; none is more than 4.
  let number = isIdle ? 0 : 1;
  const isAlone = second === undefined;
  const isEnough = !isLacking(grant) && !isShort && (isAlone || !isLacking(second));
  // Whoever joins always says yes.
  number = number * 5 + (isEnough ? (grant.yes === 0 && isAlone ? 2 : 1) : 0);
  number = number * 5 + (isHopeful(grant) && (isAlone || isHopeful(second)) ? 1 : 0);
  number = number * 5 + (by === 'person' ? 3 : isByLaw(by) ? 2 : by === null ? 0 : 1);
  number = number * 5 + strength.level;
  number = number * 5 + (confirmation?.level ?? 0);
  return number * 5 + holder.askLevel;
}

/** Live at `now`, for this contract and this action's scope, and not tied to another call. */
function isCovering(inquiry: Inquiry, mandate: Mandate): boolean {
  const { facts, rule, now } = inquiry;
  return (
    isLive(mandate, facts, now) &&
    mandate.scopes.includes(rule.scope) &&
    mandate.contractIds.includes(facts.contract.id) &&
    restsUntil(inquiry, mandate) === null
  );
}

function isLive(mandate: Mandate, facts: Facts, now: Instant): boolean {
  return (
    mandate.state === 'active' &&
    mandate.startsAt <= now &&
    now < mandate.endsAt &&
    !isBoundToOtherCall(mandate, facts.call.id, now)
  );
}

/** Everybody may have an action done that needs nothing on any axis; every other one needs somebody's say-so. */
export function needsMandate({ facts }: Inquiry, required: Requirement): boolean {
  return facts.call.claim === 'holder' ? required.caller > 0 || required.confirmation > 0 : required.mandate > 0;
}

/** The holder in person stands for themselves; a joint holder who isn't on the line must have granted as strongly as to any proxy. */
export function mandateNeeded({ rule }: Inquiry): Level {
  return rule.proxy?.mandate ?? JOINT_CONFIRMATION;
}

/** A holder who confirmed this very action said so at the strength of the code, whatever the mandate's own strength. */
export function grantLevel(grant: Grant): Level {
  return highest(grant.strength.level, grant.confirmation?.level ?? 0);
}
