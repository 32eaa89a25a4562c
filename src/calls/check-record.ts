import { isDeepStrictEqual } from 'node:util';

import type { Decision } from '../policy/decision.ts';
import type { Facts, Question } from '../policy/facts.ts';
import type { Instant, PolicyHash } from '../policy/ids.ts';
import type { Policy, Properties } from '../policy/policy.ts';
import type { Purpose } from '../policy/vocabulary.ts';
import { decide } from '../policy/decide.ts';
import { everyQuestion } from './questions.ts';

/** One decision as it is recorded: enough to see what was answered, and to compare when it is taken again. */
export type RecordedDecision = readonly [
  action: string,
  outcome: Decision['outcome'],
  reason: Decision['reason'],
  authority: Decision['authority']['kind'],
  validUntil: Instant,
];

/** What the audit keeps of a check: everything that its decisions were made of, and no personal data. */
export interface CheckRecord {
  readonly policy: PolicyHash;
  readonly purpose: Purpose;
  readonly now: Instant;
  /** Null = every action of the policy, in general. */
  readonly asked: readonly (readonly [action: string, properties: Properties | null])[] | null;
  readonly facts: Facts;
  readonly decisions: readonly RecordedDecision[];
  /** Executions by action, for a check at `execute`. */
  readonly executions?: Readonly<Record<string, string>>;
}

export function recordOf(
  policy: PolicyHash,
  purpose: Purpose,
  now: Instant,
  asked: readonly Question[] | null,
  facts: Facts,
  decisions: readonly Decision[],
): CheckRecord {
  return {
    policy,
    purpose,
    now,
    asked: asked?.map(({ action, properties }) => [action, properties]) ?? null,
    facts,
    decisions: decisions.map(recorded),
  };
}

/** An answer that was given although deciding failed is not replayed: the fault was ours, and it was a deny. */
const UNREPLAYABLE = 'internal_error';

/** Takes the recorded decisions again and names the actions that come out differently. */
export function replay(policy: Policy, record: CheckRecord): readonly string[] {
  const asked =
    record.asked?.map(([action, properties]) => ({ action, properties })) ??
    everyQuestion(policy, record.facts.contract.type);
  if (asked.length !== record.decisions.length) return ['(number of decisions)'];
  return asked.flatMap((question, index) => {
    const was = record.decisions[index];
    if (was?.[2] === UNREPLAYABLE) return [];
    const is = recorded(decide(policy, record.facts, question, record.now));
    return isDeepStrictEqual(was, is) ? [] : [question.action];
  });
}

/** What these questions would be answered under another policy, from the same facts at the same moment; in the recorded order. */
export function decideAgain(policy: Policy, { asked, decisions, facts, now }: CheckRecord): readonly Decision[] {
  // A check of everything names no action: those that it answered are the ones it asked.
  const questions = asked ?? decisions.map(([action]) => [action, null] as const);
  return questions.map(([action, properties]) => decide(policy, facts, { action, properties }, now));
}

function recorded({ action, outcome, reason, authority, validUntil }: Decision): RecordedDecision {
  return [action, outcome, reason, authority.kind, validUntil];
}
