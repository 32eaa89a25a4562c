import type { Authority, Levels, MandateAt, NextStep } from './decision.ts';
import type { Mandate } from './facts.ts';
import {
  type Grant,
  grantLevel,
  isByLaw,
  isHopeful,
  isLacking,
  mandateIn,
  mandateNeeded,
  needsMandate,
  relied,
  type Second,
} from './grants.ts';
import type { Instant } from './ids.ts';
import { type Inquiry, NO_LEVELS, refuse, type Verdict } from './inquiry.ts';
import { whyNoMandate } from './near-miss.ts';
import type { Requirement } from './policy.ts';
import { highest, lowest, reachableCallerStrength } from './strength.ts';
import type { Level, Reason } from './vocabulary.ts';

/** Authority, mandate level, caller level, confirmation: the first that falls short is the answer. */
export function weigh(inquiry: Inquiry): Verdict {
  const { facts, rule } = inquiry;
  const rules = facts.call.claim === 'holder' ? rule.holder : rule.proxy;
  if (rules === null) {
    return refuse('scope_not_covered', NO_LEVELS, NO_LEVELS, [{ type: 'call_back' }, { type: 'letter' }]);
  }
  const grants = relied(inquiry, rules);
  const required = inPlaceOfHolder(rules, grants);
  return (
    weighAuthority(inquiry, required, grants) ??
    weighMandate(inquiry, required, grants) ??
    weighCaller(inquiry, required, grants) ??
    weighConfirmation(inquiry, required, grants)
  );
}

/**
 * Who stands in the holder's place says yes by being there: what a holder confirms with a code, a representative must be
 * identified as well for.
 */
function inPlaceOfHolder(required: Requirement, grants: readonly Grant[]): Requirement {
  if (!grants.some(({ by }) => isByLaw(by))) return required;
  const isAll = grants.every(({ by }) => isByLaw(by));
  const { mandate, caller, confirmation } = required;
  return { mandate, caller: highest(caller, confirmation), confirmation: isAll ? 0 : confirmation };
}

function weighAuthority(inquiry: Inquiry, required: Requirement, grants: readonly Grant[]): Verdict | null {
  const had = { ...NO_LEVELS, caller: inquiry.caller };
  if (grants.length === 0) return refuseWithoutGrant(inquiry, required, had);
  if (!needsMandate(inquiry, required)) return null;
  if (grants.every((grant) => grant.by === null)) return refuseWithoutGrant(inquiry, required, had);
  const missing = grants.filter((grant) => grant.by === null && isLacking(grant));
  if (missing.length === 0) return null;
  return askOrRefuse(inquiry, required, 'joint_holder_missing', missing, grants, had);
}

function refuseWithoutGrant(inquiry: Inquiry, required: Requirement, had: Levels): Verdict {
  const { facts, rule } = inquiry;
  if (facts.call.claim === 'holder') {
    // Nobody whom we know as a holder of this contract: there is no number to send a code to.
    return refuse('caller_not_identified', had, required, [{ type: 'call_back' }, { type: 'letter' }]);
  }
  const { reason, boundary } = whyNoMandate(inquiry);
  const instead: readonly NextStep[] = rule.safeAlternative === null ? [] : [{ type: 'safe_delivery' }];
  // Not even how well the caller is identified is told: a known number would give a known person away.
  const shown = reason === 'no_mandate' ? NO_LEVELS : had;
  return refuse(reason, shown, required, [{ type: 'grant_in_self_service' }, ...instead, { type: 'letter' }], boundary);
}

function weighMandate(inquiry: Inquiry, required: Requirement, grants: readonly Grant[]): Verdict | null {
  if (!needsMandate(inquiry, required)) return null;
  const needed = mandateNeeded(inquiry);
  const weak = grants.filter((grant) => grantLevel(grant) < needed);
  if (weak.length === 0) return null;
  return askOrRefuse(inquiry, required, 'mandate_level_too_low', weak, grants, levelsHad(inquiry, required, grants));
}

function weighCaller(inquiry: Inquiry, required: Requirement, grants: readonly Grant[]): Verdict | null {
  const { facts, caller } = inquiry;
  const had = levelsHad(inquiry, required, grants);
  // A holder can only be asked about somebody: nobody confirms a caller whom we don't know.
  const isNobody = facts.caller.id === null && required.confirmation > 0;
  if (caller >= required.caller && !isNobody && !isHidden(inquiry, required)) return null;
  const reason: Reason = caller === 0 ? 'caller_not_identified' : 'caller_level_too_low';
  if (!hasWay(inquiry, required, grants)) {
    return refuse(reason, had, required, otherWays(inquiry), boundaryOf(grants));
  }
  return {
    outcome: 'verify_caller',
    reason,
    had,
    required,
    nextSteps: [{ type: 'verify_caller', methods: facts.caller.methods }, { type: 'call_back' }],
    boundary: boundaryOf(grants),
  };
}

function weighConfirmation(inquiry: Inquiry, required: Requirement, grants: readonly Grant[]): Verdict {
  const had = levelsHad(inquiry, required, grants);
  const silent = grants.filter(isLacking);
  if (silent.length > 0) {
    return askOrRefuse(inquiry, required, 'holder_confirmation_required', silent, grants, had);
  }
  return {
    outcome: 'permit',
    reason: 'permitted',
    had,
    required,
    authority: authorityOf(inquiry, required, grants),
    obligations: inquiry.rule.obligations.filter((obligation) => obligation.type !== 'deliver_to_record'),
    // Only those without which this would not have been a permit.
    confirmationIds: grants.flatMap(({ yes, confirmation }) =>
      yes > 0 && confirmation !== null ? [confirmation.id] : [],
    ),
    boundary: boundaryOf(grants),
  };
}

function authorityOf(inquiry: Inquiry, required: Requirement, grants: readonly Grant[]): Authority {
  const representations = grants.flatMap(({ by }) => (isByLaw(by) ? [by.id] : []));
  const mandates = grants.flatMap(standingOn);
  if (representations.length > 0) return { kind: 'representation', representations, mandates };
  if (!needsMandate(inquiry, required)) return required.confirmation > 0 ? { kind: 'confirmation' } : { kind: 'none' };
  if (mandates.length > 0) return { kind: 'mandate', mandates };
  return { kind: 'holder' };
}

/** The holder is asked only when that can succeed: at a strength that a code reaches, over a contact point that has aged. */
function askOrRefuse(
  inquiry: Inquiry,
  required: Requirement,
  reason: Reason,
  asked: readonly Grant[],
  grants: readonly Grant[],
  had: Levels,
): Verdict {
  const boundary = boundaryOf(grants);
  if (!hasWay(inquiry, required, grants)) {
    return refuse(reason, had, required, otherWays(inquiry), boundary);
  }
  // One yes of those who could join is enough: whoever answers first.
  const holders = asked.flatMap((grant) => {
    const others = isSecond(grant) ? grant.others : [];
    const oneOf = others.length === 0 ? {} : { oneOf: grant.holder.id };
    return [grant, ...others].map((one) => ({ id: one.holder.id, level: one.yes, mandate: atOf(one), ...oneOf }));
  });
  return {
    outcome: 'ask_holder',
    reason,
    had,
    required,
    nextSteps: [{ type: 'ask_holder', holders }, { type: 'letter' }],
    boundary,
  };
}

function isSecond(grant: Grant): grant is Second {
  return 'joins' in grant;
}

/** What makes this one's word count: the caller's mandate, or that of the contact person who joins them. */
function mandateOf(grant: Grant): Mandate | null {
  return isSecond(grant) ? grant.joins : mandateIn(grant.by);
}

/** The mandate, and the one that it was made from. */
function standingOn(grant: Grant): readonly MandateAt[] {
  const mandate = mandateOf(grant);
  if (mandate === null) return [];
  const both = mandate.parent === undefined ? [mandate] : [mandate, mandate.parent];
  return both.map(({ id, revision }) => ({ id, revision }));
}

function atOf(grant: Grant): MandateAt | null {
  const mandate = mandateOf(grant);
  return mandate === null ? null : { id: mandate.id, revision: mandate.revision };
}

/** Where no step in this call helps: a proxy's holder can arrange more, and a holder is called at the number of record. */
function otherWays({ facts }: Inquiry): readonly NextStep[] {
  return [{ type: facts.call.claim === 'proxy' ? 'grant_in_self_service' : 'call_back' }, { type: 'letter' }];
}

/** A step is offered only where it leads somewhere: the caller can be identified well enough, and every yes be had. */
function hasWay(inquiry: Inquiry, required: Requirement, grants: readonly Grant[]): boolean {
  const { facts, now } = inquiry;
  if (facts.caller.id === null || !grants.every(isHopeful) || isHidden(inquiry, required)) return false;
  return reachableCallerStrength(facts.caller, now) >= required.caller;
}

/** Software that passes for a human being: it acts for nobody until it says what it is, however well it is known. */
function isHidden(inquiry: Inquiry, required: Requirement): boolean {
  return inquiry.facts.caller.software?.isAnnounced === false && needsMandate(inquiry, required);
}

/** An action that needs nobody's say-so tells nothing about who calls: a known number would give a known person away. */
function levelsHad(inquiry: Inquiry, required: Requirement, grants: readonly Grant[]): Levels {
  const caller = needsMandate(inquiry, required) ? inquiry.caller : lowest(inquiry.caller, required.caller);
  let mandate: Level = 4;
  let confirmation: Level = 4;
  for (const grant of grants) {
    mandate = lowest(mandate, grantLevel(grant));
    confirmation = lowest(confirmation, grant.confirmation?.level ?? 0);
  }
  return { mandate, caller, confirmation };
}

/** The nearest moment at which something relied on ends. */
function boundaryOf(grants: readonly Grant[]): Instant {
  let nearest = Number.POSITIVE_INFINITY;
  for (const { by, strength, confirmation } of grants) {
    if (by !== null && by !== 'person') nearest = Math.min(nearest, by.endsAt);
    nearest = Math.min(nearest, strength.until ?? nearest, confirmation?.until ?? nearest);
  }
  return nearest;
}
