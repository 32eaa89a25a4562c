import { isDeepStrictEqual } from 'node:util';

import type { Decision } from '../policy/decision.ts';
import type { Facts, Question } from '../policy/facts.ts';
import type { Instant, PolicyHash } from '../policy/ids.ts';
import type { Policy, Properties } from '../policy/policy.ts';
import type { Purpose } from '../policy/vocabulary.ts';
import { decide } from '../policy/decide.ts';
import { decideInOrder } from '../policy/in-order.ts';
import { everyQuestion } from './questions.ts';

/** One decision as it is recorded: enough to see what was answered, and to compare when it is taken again. */
export type RecordedDecision = readonly [
  action: string,
  outcome: Decision['outcome'],
  reason: Decision['reason'],
  authority: Decision['authority']['kind'],
  validUntil: Instant,
];

/** By what a system knows the question in its own logs and its register of processing. Means nothing here. */
export interface Trace {
  /** As in W3C Trace Context. */
  readonly traceparent?: string;
  readonly processingActivityId?: string;
}

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
  /** Several were executed, each decided once those before it were done. Left out = all from the same facts. */
  readonly isInOrder?: true;
  /** Left out where the asking side gave none. */
  readonly trace?: Trace;
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
    ...(isInOrder(purpose, decisions) ? { isInOrder: true } : {}),
  };
}

/** A decision's own name, found again through the check's record. */
export function decisionId(checkId: string, index: number): string {
  return `${checkId}.${index}`;
}

/** What is done is done one after the other; what is only asked is asked of one moment. One alone is the same either way. */
export function isInOrder(purpose: Purpose, all: readonly unknown[]): boolean {
  return purpose === 'execute' && all.length > 1;
}

/**
 * The decisions of one check, in the order asked.
 *
 * @param inOrder the check's id where each is decided once those before it were done; null = all from the same facts
 * @param one how one is decided
 */
export function decideAll(
  policy: Policy,
  facts: Facts,
  questions: readonly Question[],
  now: Instant,
  inOrder: string | null,
  one: typeof decide = decide,
): readonly Decision[] {
  if (inOrder === null) return questions.map((question) => one(policy, facts, question, now));
  return decideInOrder(policy, facts, questions, now, (place) => decisionId(inOrder, place), one);
}

/** An answer that was given although deciding failed is not replayed: the fault was ours, and it was a deny. */
const UNREPLAYABLE = 'internal_error';

/** Takes the recorded decisions again and names the actions that come out differently. `id`: of the record. */
export function replay(policy: Policy, record: CheckRecord, id: string): readonly string[] {
  const asked =
    record.asked?.map(([action, properties]) => ({ action, properties })) ??
    everyQuestion(policy, record.facts.contract.type);
  if (asked.length !== record.decisions.length) return ['(number of decisions)'];
  return decideAll(policy, record.facts, asked, record.now, orderOf(record, id)).flatMap((decision, index) => {
    const was = record.decisions[index];
    if (was?.[2] === UNREPLAYABLE) return [];
    return isDeepStrictEqual(was, recorded(decision)) ? [] : [decision.action];
  });
}

/** What these questions would be answered under another policy, from the same facts at the same moment; in the recorded order. */
export function decideAgain(policy: Policy, record: CheckRecord, id: string): readonly Decision[] {
  const { asked, decisions, facts, now } = record;
  // A check of everything names no action: those that it answered are the ones it asked.
  const questions = asked ?? decisions.map(([action]) => [action, null] as const);
  const named = questions.map(([action, properties]) => ({ action, properties }));
  return decideAll(policy, facts, named, now, orderOf(record, id));
}

/** See {@link decideAll}. */
export function orderOf(record: CheckRecord, id: string): string | null {
  return record.isInOrder === true ? id : null;
}

function recorded({ action, outcome, reason, authority, validUntil }: Decision): RecordedDecision {
  return [action, outcome, reason, authority.kind, validUntil];
}
