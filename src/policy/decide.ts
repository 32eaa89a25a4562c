import { actionKey } from './binding.ts';
import type { Decision } from './decision.ts';
import type { Facts, Question } from './facts.ts';
import { heedAgent } from './heed-agent.ts';
import { heedChannel, heedCondition, heedHolder } from './heed.ts';
import type { Instant } from './ids.ts';
import { type Inquiry, NO_LEVELS, refuse, type Verdict } from './inquiry.ts';
import { heedLifeEvents } from './life-events.ts';
import { heedObligations } from './obligations.ts';
import { CONTRACT, type ObligationRule, type Policy } from './policy.ts';
import { REASON_CATEGORY } from './reasons.ts';
import { offerSafeDelivery } from './safe-delivery.ts';
import { boundedBy, callerStrength, highest } from './strength.ts';
import { weigh } from './weigh.ts';

/**
 * Decides one asked action. Pure: same policy, facts, question and `now`, same decision, so that a recorded decision can
 * be taken again years later. The first stage that has something to say wins; the default is deny.
 */
export function decide(policy: Policy, facts: Facts, question: Question, now: Instant): Decision {
  const rule = policy.actions.get(question.action);
  // What can't be done with this kind of thing is no action of it.
  if (rule === undefined || rule.resourceType !== (facts.contract.type ?? CONTRACT)) {
    return dress(
      policy,
      facts,
      question.action,
      now,
      refuse('unknown_action', NO_LEVELS, NO_LEVELS, [{ type: 'letter' }]),
    );
  }
  const { id, verifications, vouchedLevel = 0, software } = facts.caller;
  const known = id === null ? 0 : highest(vouchedLevel, callerStrength(verifications, now));
  const caller = boundedBy(software, known);
  // What a yes was given to is compared by this; without any there is nothing to compare.
  const key = facts.confirmations.length === 0 ? '' : actionKey(rule.name, question.properties ?? {});
  const inquiry: Inquiry = { policy, facts, rule, key, now, caller };
  const verdict =
    heedLifeEvents(inquiry) ??
    heedHolder(inquiry, question) ??
    heedChannel(inquiry) ??
    heedAgent(
      inquiry,
      () => heedCondition(inquiry, question) ?? heedObligations(inquiry, offerSafeDelivery(inquiry, weigh(inquiry))),
    );
  return dress(policy, facts, question.action, now, verdict);
}

function dress(policy: Policy, facts: Facts, action: string, now: Instant, verdict: Verdict): Decision {
  return {
    action,
    outcome: verdict.outcome,
    reason: verdict.reason,
    category: REASON_CATEGORY[verdict.reason],
    had: verdict.had,
    required: verdict.required,
    authority: verdict.authority ?? { kind: 'none' },
    nextSteps: verdict.nextSteps ?? [],
    obligations: owed(facts, verdict),
    confirmationIds: verdict.confirmationIds ?? [],
    validUntil: Math.min(
      now + policy.limits.decisionSeconds * 1000,
      facts.call.endsAt,
      verdict.boundary ?? Number.POSITIVE_INFINITY,
    ),
  };
}

/** Whoever is spoken to must know that it is software. Source: requirement M12. */
const SAYS_SO: ObligationRule = {
  type: 'announce',
  text: {
    nl: 'Ik ben een computerprogramma, en geen mens. Ik bel namens de klant.',
    en: 'I am a computer program, and not a human being. I call on behalf of the customer.',
  },
  // It has said so already: until then it is permitted nothing.
  needsReceipt: false,
};

function owed({ caller }: Facts, { outcome, obligations = [] }: Verdict): readonly ObligationRule[] {
  return caller.software === undefined || outcome !== 'permit' ? obligations : [SAYS_SO, ...obligations];
}
