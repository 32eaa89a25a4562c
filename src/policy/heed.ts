import type { NextStep } from './decision.ts';
import type { HolderFacts, Question } from './facts.ts';
import { type Inquiry, isHolderInPerson, NO_LEVELS, refuse, type Verdict } from './inquiry.ts';
import { RECORDING_PURPOSES } from './vocabulary.ts';

// The stages that come before anybody's authority. Each refuses, or has nothing to say.

/** The holder's own no: to this action in this call, to being recorded at all, or a standing block of this caller. */
export function heedHolder({ facts, rule }: Inquiry, question: Question): Verdict | null {
  const isInPerson = isHolderInPerson(facts);
  const declined = facts.confirmations.some(
    ({ answer, callerId, actions }) =>
      answer === 'declined' &&
      actions.some((action) => action.name === rule.name) &&
      // The holder who comes to the phone is not bound by the no that they gave to somebody else.
      (callerId === facts.caller.id || !isInPerson),
  );
  // What is said is about a contract of all of them, so each can refuse, whoever is on the line.
  const refused = rule.isRecording && facts.contract.holders.some((holder) => refusesRecording(holder, question));
  if (declined || refused) return refuse('holder_declined', NO_LEVELS, NO_LEVELS, [{ type: 'letter' }]);
  // One joint holder cannot shut out another from a contract of their own.
  if (isInPerson) return null;
  const isBlocked = facts.contract.holders.some((holder) => holder.hasBlockedCaller);
  return isBlocked ? refuse('holder_block', NO_LEVELS, NO_LEVELS, [{ type: 'letter' }]) : null;
}

function refusesRecording({ refusedRecordings = [] }: HolderFacts, { properties }: Question): boolean {
  // Asked in general it is refused when it is for every purpose.
  if (properties === null) return RECORDING_PURPOSES.every((purpose) => refusedRecordings.includes(purpose));
  const isKnown = RECORDING_PURPOSES.some((purpose) => purpose === properties['purpose']);
  // A purpose that nobody was asked about falls under any no.
  return refusedRecordings.some((purpose) => !isKnown || purpose === properties['purpose']);
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

export function heedCondition({ facts, rule, caller }: Inquiry, question: Question): Verdict | null {
  if (rule.condition === null) return null;
  // Asked in general: what the condition is about isn't known yet. Doing it names its properties, and weighs them.
  if (question.properties === null && [...rule.properties.values()].some(({ isRequired }) => isRequired)) return null;
  const answer = rule.condition.evaluate({
    action: { name: rule.name, properties: question.properties ?? {} },
    contract: { properties: facts.contract.properties },
    resource: { properties: facts.contract.properties },
    // Of somebody who has shown nothing yet, nothing is known: else a claim alone would bring their properties along.
    subject: { properties: caller === 0 ? {} : (facts.caller.properties ?? {}) },
    call: { channel: facts.call.channel },
  });
  // An expression that fails is as good as one that says no.
  if (answer === true) return null;
  return refuse('condition_failed', NO_LEVELS, NO_LEVELS, [{ type: 'call_back' }, { type: 'letter' }]);
}
