import type { NextStep } from './decision.ts';
import type { Question } from './facts.ts';
import { type Inquiry, isHolderInPerson, NO_LEVELS, refuse, type Verdict } from './inquiry.ts';

// The stages that come before anybody's authority. Each refuses, or has nothing to say.

/** The holder's own no: a standing block of this caller, or a no to this action in this call. */
export function heedHolder({ facts, rule }: Inquiry): Verdict | null {
  const isInPerson = isHolderInPerson(facts);
  const declined = facts.confirmations.some(
    ({ answer, callerId, actions }) =>
      answer === 'declined' &&
      actions.some((action) => action.name === rule.name) &&
      // The holder who comes to the phone is not bound by the no that they gave to somebody else.
      (callerId === facts.caller.id || !isInPerson),
  );
  if (declined) return refuse('holder_declined', NO_LEVELS, NO_LEVELS, [{ type: 'letter' }]);
  // One joint holder cannot shut out another from a contract of their own.
  if (isInPerson) return null;
  const isBlocked = facts.contract.holders.some((holder) => holder.hasBlockedCaller);
  return isBlocked ? refuse('holder_block', NO_LEVELS, NO_LEVELS, [{ type: 'letter' }]) : null;
}

export function heedChannel({ policy, facts, rule }: Inquiry): Verdict | null {
  const { channel, claim } = facts.call;
  const isWelcome = (name: typeof channel): boolean =>
    claim === 'holder' || policy.channels.get(name)?.acceptsProxies === true;
  if (rule.channels.includes(channel) && isWelcome(channel)) return null;
  const channels = rule.channels.filter((name) => name !== channel && isWelcome(name));
  const nextSteps: readonly NextStep[] =
    channels.length > 0 ? [{ type: 'switch_channel', channels }] : [{ type: 'letter' }];
  return refuse('channel_not_allowed', NO_LEVELS, NO_LEVELS, nextSteps);
}

export function heedAgent({ facts, rule }: Inquiry): Verdict | null {
  const { isAgentActive, agentRole } = facts.call;
  if (isAgentActive && (rule.agentRoles === null || rule.agentRoles.includes(agentRole))) return null;
  return refuse('agent_not_allowed', NO_LEVELS, NO_LEVELS, [{ type: 'call_back' }]);
}

export function heedCondition({ facts, rule }: Inquiry, question: Question): Verdict | null {
  if (rule.condition === null) return null;
  // Asked in general: what the condition is about isn't known yet. Doing it names its properties, and weighs them.
  if (question.properties === null && [...rule.properties.values()].some(({ isRequired }) => isRequired)) return null;
  const answer = rule.condition.evaluate({
    action: { name: rule.name, properties: question.properties ?? {} },
    contract: { properties: facts.contract.properties },
    call: { channel: facts.call.channel },
  });
  // An expression that fails is as good as one that says no.
  if (answer === true) return null;
  return refuse('condition_failed', NO_LEVELS, NO_LEVELS, [{ type: 'call_back' }, { type: 'letter' }]);
}
