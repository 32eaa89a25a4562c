import type { LifeEvent, Mandate, Representation } from './facts.ts';
import type { Instant, PersonId } from './ids.ts';
import { type Inquiry, NO_LEVELS, refuse, type Verdict } from './inquiry.ts';
import type { ActionRule, Policy, Requirement } from './policy.ts';
import type { LifeEventKind, RepresentationKind } from './vocabulary.ts';

/** Who acts in a person's place after an event; null = nobody does, and nothing is closed to anybody by it. */
const SUCCESSOR: Readonly<Record<LifeEventKind, RepresentationKind | null>> = {
  death: 'executor',
  curatele: 'curatele',
  bewind: 'bewind',
  mentorschap: 'mentorschap',
  bankruptcy: 'insolvency',
  debt_rescheduling: 'insolvency',
  separation: null,
  majority: null,
};

/**
 * The first stage: something happened in the life of those from whom authority could come. It takes authority away and
 * gives none; a representative whom the law put in their place goes on to the later stages.
 */
export function heedLifeEvents(inquiry: Inquiry): Verdict | null {
  const { facts, rule } = inquiry;
  if (facts.lifeEvents === undefined) return null;
  const required = facts.call.claim === 'holder' ? rule.holder : rule.proxy;
  if (required !== null && !needsSaySo(inquiry, required)) return null;
  const { holders, jointRule } = facts.contract;
  const shut = holders.filter(({ id }) => isClosed(inquiry, id) && representationsOf(inquiry, id).length === 0);
  const isNobodyLeft = shut.length > 0 && (jointRule === 'all' || shut.length === holders.length);
  if (!isNobodyLeft && !isCallerOut(inquiry)) return null;
  return refuse('life_event', NO_LEVELS, NO_LEVELS, [{ type: 'letter' }], lapseOf(facts.lifeEvents, inquiry.now));
}

/** Whether anybody has to say yes in any way: what everybody may have done is closed by nothing. */
export function needsSaySo({ facts }: Inquiry, { mandate, caller, confirmation }: Requirement): boolean {
  return confirmation > 0 || (facts.call.claim === 'holder' ? caller > 0 : mandate > 0);
}

/** Whether this person's own word, and every mandate of theirs, counts for nothing in this action. */
export function isClosed(inquiry: Inquiry, personId: PersonId): boolean {
  return closing(inquiry, personId).length > 0;
}

/** Whoever calls in the name of the dead, as a holder or as a proxy, and holders who may not act here any more. */
function isCallerOut(inquiry: Inquiry): boolean {
  const { id } = inquiry.facts.caller;
  return (inquiry.facts.call.claim === 'holder' ? closing(inquiry, id) : deathsOf(inquiry, id)).length > 0;
}

/**
 * When a mandate counts again that rests: it was given for as long as two people are partners and one of them is separated now,
 * or it was passed on by somebody who is dead. Null = it rests for no such reason. A report alone does so where it could do harm.
 */
export function restsUntil(inquiry: Inquiry, { holderId, isWhilePartner, parent }: Mandate): Instant | null {
  const giverId = parent?.proxyId ?? null;
  const partners: readonly (PersonId | null)[] = [
    ...(isWhilePartner === true ? [holderId, inquiry.facts.caller.id] : []),
    ...(parent?.isWhilePartner === true ? [holderId, giverId] : []),
  ];
  const separations = partners
    .flatMap((id) => inForce(inquiry, id))
    .filter(({ kind, isProven }) => kind === 'separation' && (isProven || !inquiry.rule.isLowRisk));
  const events = [...separations, ...deathsOf(inquiry, giverId)];
  return events.length === 0 ? null : lapseOf(events, inquiry.now);
}

/** The representations on which the one on the line may act for this holder now. */
export function representationsOf(inquiry: Inquiry, holderId: PersonId): readonly Representation[] {
  const { facts, policy, rule, now } = inquiry;
  if (facts.representations === undefined || facts.call.claim !== 'proxy' || facts.caller.id === null) return [];
  const events = closing(inquiry, holderId);
  const isOfAge = inForce(inquiry, holderId).some(({ kind }) => kind === 'majority');
  return facts.representations.filter(
    (one) =>
      one.holderId === holderId &&
      one.isProven &&
      one.startsAt <= now &&
      now < one.endsAt &&
      policy.representations.get(one.kind)?.includes(rule.scope) === true &&
      isSuccessor(one.kind, events) &&
      !(isOfAge && one.kind === 'parental_authority'),
  );
}

/** A report hands nothing over, and nothing but a death lets an executor in. After a death nobody else is left. */
function isSuccessor(kind: RepresentationKind, events: readonly LifeEvent[]): boolean {
  if (events.length === 0) return kind !== 'executor';
  if (events.some(({ isProven }) => !isProven)) return false;
  const deaths = events.filter((event) => event.kind === 'death');
  return (deaths.length > 0 ? deaths : events).some((event) => SUCCESSOR[event.kind] === kind);
}

/** The deaths that close this action to whoever has authority from somebody else. */
function deathsOf(inquiry: Inquiry, personId: PersonId | null): readonly LifeEvent[] {
  return closing(inquiry, personId).filter(({ kind }) => kind === 'death');
}

/** The events that close this action to this person. */
function closing(inquiry: Inquiry, personId: PersonId | null): readonly LifeEvent[] {
  return inForce(inquiry, personId).filter((event) => isClosing(inquiry.policy, inquiry.rule, event));
}

function inForce({ facts, now }: Inquiry, personId: PersonId | null): readonly LifeEvent[] {
  return (facts.lifeEvents ?? []).filter(
    (event) => event.personId === personId && (event.until === null || now < event.until),
  );
}

function isClosing(policy: Policy, rule: ActionRule, { kind, isProven }: LifeEvent): boolean {
  const successor = SUCCESSOR[kind];
  // Until it is proven, what does little harm goes on.
  if (successor === null || (!isProven && rule.isLowRisk)) return false;
  if (kind === 'death') return true;
  // A policy that says nothing of this kind leaves nothing open.
  return policy.representations.get(successor)?.includes(rule.scope) ?? true;
}

/** When the first report lapses by itself; never, when there is none. */
function lapseOf(events: readonly LifeEvent[], now: Instant): Instant {
  return Math.min(...events.map(({ until }) => (until === null || until <= now ? Number.POSITIVE_INFINITY : until)));
}
