import { actionKey } from './binding.ts';
import type { Decision } from './decision.ts';
import type { Facts, Question } from './facts.ts';
import { heedAgent, heedChannel, heedCondition, heedHolder } from './heed.ts';
import type { Instant } from './ids.ts';
import { type Inquiry, NO_LEVELS, refuse, type Verdict } from './inquiry.ts';
import { heedLifeEvents } from './life-events.ts';
import { CONTRACT, type Policy } from './policy.ts';
import { REASON_CATEGORY } from './reasons.ts';
import { offerSafeDelivery } from './safe-delivery.ts';
import { callerStrength, highest } from './strength.ts';
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
  const { id, verifications, vouchedLevel = 0 } = facts.caller;
  const caller = id === null ? 0 : highest(vouchedLevel, callerStrength(verifications, now));
  // What a yes was given to is compared by this; without any there is nothing to compare.
  const key = facts.confirmations.length === 0 ? '' : actionKey(rule.name, question.properties ?? {});
  const inquiry: Inquiry = { policy, facts, rule, key, now, caller };
  const verdict =
    heedLifeEvents(inquiry) ??
    heedHolder(inquiry, question) ??
    heedChannel(inquiry) ??
    heedAgent(inquiry) ??
    heedCondition(inquiry, question) ??
    offerSafeDelivery(inquiry, weigh(inquiry));
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
    obligations: verdict.obligations ?? [],
    confirmationIds: verdict.confirmationIds ?? [],
    validUntil: Math.min(
      now + policy.limits.decisionSeconds * 1000,
      facts.call.endsAt,
      verdict.boundary ?? Number.POSITIVE_INFINITY,
    ),
  };
}
