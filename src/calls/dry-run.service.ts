import { setImmediate as breathe } from 'node:timers/promises';

import { Injectable } from '@nestjs/common';

import { AuditReader } from '../audit/audit-reader.ts';
import { AppError } from '../errors.ts';
import { FewAtOnce } from '../http/few-at-once.ts';
import type { Outcome, Reason } from '../policy/vocabulary.ts';
import { PolicyDocuments } from '../policy-documents/policy-documents.service.ts';
import type { PolicyHash } from '../policy/ids.ts';
import type { Policy } from '../policy/policy.ts';
import { type CheckRecord, decideAgain, decisionId } from './check-record.ts';
import { brokenUnder } from './questions.ts';

/** How an answer comes out. */
export interface Answer {
  readonly outcome: Outcome;
  readonly reason: Reason;
}

/** Answers that were given in one way and would come out in another. */
export interface ChangedAnswers {
  readonly action: string;
  readonly was: Answer;
  readonly wouldBe: Answer;
  readonly count: number;
  /** Some of them, by the ids of their decisions. */
  readonly decisionIds: readonly string[];
}

/** Questions that were answered and would be broken requests in a check of a call, for one property. */
export interface BrokenQuestions {
  readonly action: string;
  readonly property: string;
  /** What the asking side would be told. */
  readonly detail: string;
  readonly count: number;
  /** Some of them, by the ids of their decisions. */
  readonly decisionIds: readonly string[];
}

export interface DryRun {
  readonly hash: PolicyHash;
  /** The first moment that was looked at. */
  readonly from: Date;
  readonly checks: number;
  readonly decisions: number;
  /** Decisions that would come out otherwise, and those that there would not be. */
  readonly differing: number;
  /** False: there were more checks than could be looked at; the newest of each writer were. */
  readonly isComplete: boolean;
  /** The most frequent first. */
  readonly changes: readonly ChangedAnswers[];
  /** The most frequent first. */
  readonly broken: readonly BrokenQuestions[];
  /** Actions that the policy in force does not have, and that it alone has. */
  readonly newActions: readonly string[];
  readonly removedActions: readonly string[];
}

/** Of one kind of change. */
const EXAMPLES = 5;
/** The service goes on answering others between two of these. */
const AT_ONCE = 10;
const DAY = 86_400_000;
/** Seconds after which a refused run may find room. */
const RETRY_AFTER = 2;

/** What would change: recorded checks, decided again under a policy that is not in force. */
@Injectable()
export class DryRunService {
  readonly #atOnce = new FewAtOnce(
    1,
    'A dry run is under way in this process already: ask again when it has ended.',
    RETRY_AFTER,
  );

  constructor(
    private readonly audit: AuditReader,
    private readonly policies: PolicyDocuments,
  ) {}

  /**
   * @param days how far back, 1 to 31
   * @param most checks that are looked at
   * @param onProgress records read so far
   * @throws AppError `validation_failed` with every mistake of the document; `unavailable` while another one runs in this process
   */
  run(
    text: string,
    days: number,
    most: number,
    onProgress: (records: number) => void = () => undefined,
  ): Promise<DryRun> {
    return this.#atOnce.run(() => this.#run(text, days, most, onProgress));
  }

  async #run(text: string, days: number, most: number, onProgress: (records: number) => void): Promise<DryRun> {
    const policy = requireRight(await this.policies.check(text));
    const current = await this.policies.current();
    const from = new Date(Date.now() - days * DAY);
    const found: Differences = { changes: new Map(), broken: new Map() };
    const tally = { checks: 0, decisions: 0, differing: 0 };
    const isComplete = await this.audit.eachBackTo(
      from,
      async ({ id, kind, body }) => {
        if (!kind.startsWith('check.')) return true;
        if (tally.checks >= most) return false;
        const record = JSON.parse(body) as CheckRecord;
        tally.checks += 1;
        tally.decisions += record.decisions.length;
        tally.differing += compare(policy, await this.policies.byHash(record.policy), id, record, found);
        if (tally.checks % AT_ONCE === 0) await breathe();
        return true;
      },
      onProgress,
    );
    return {
      hash: policy.hash,
      from,
      ...tally,
      isComplete,
      changes: mostFirst(found.changes),
      broken: mostFirst(found.broken),
      newActions: namesOnlyIn(policy, current),
      removedActions: namesOnlyIn(current, policy),
    };
  }
}

/** By what they have in common. */
interface Differences {
  readonly changes: Map<string, ChangedAnswers>;
  readonly broken: Map<string, BrokenQuestions>;
}

/** Adds what differs in one recorded check; answers how many decisions of it do. */
function compare(policy: Policy, was: Policy, id: string, record: CheckRecord, found: Differences): number {
  let differing = 0;
  for (const [index, is] of decideAgain(policy, record, id).entries()) {
    const [action, outcome, reason] = record.decisions[index] ?? [];
    if (action === undefined || outcome === undefined || reason === undefined) continue;
    // That answer was a fault of ours, and no policy's.
    if (reason === 'internal_error') continue;
    const [, properties = null] = record.asked?.[index] ?? [];
    const fault = brokenUnder(policy, was, { action, properties });
    if (fault !== null) {
      differing += 1;
      add(found.broken, [action, fault.property, fault.detail], { action, ...fault }, decisionId(id, index));
      continue;
    }
    if (outcome === is.outcome && reason === is.reason) continue;
    differing += 1;
    const [before, after] = [
      { outcome, reason },
      { outcome: is.outcome, reason: is.reason },
    ];
    const common = [action, outcome, reason, is.outcome, is.reason];
    add(found.changes, common, { action, was: before, wouldBe: after }, decisionId(id, index));
  }
  return differing;
}

interface Counted {
  readonly count: number;
  readonly decisionIds: readonly string[];
}

/** One more of a kind. */
function add<One extends Counted>(
  all: Map<string, One>,
  common: readonly string[],
  one: Omit<One, keyof Counted>,
  example: string,
): void {
  const key = common.join(' ');
  const { count = 0, decisionIds = [] } = all.get(key) ?? {};
  const examples = decisionIds.length < EXAMPLES ? [...decisionIds, example] : decisionIds;
  all.set(key, { ...one, count: count + 1, decisionIds: examples } as unknown as One);
}

function mostFirst<One extends Counted>(all: ReadonlyMap<string, One>): readonly One[] {
  return [...all.values()].toSorted((one, other) => other.count - one.count);
}

function namesOnlyIn({ actions }: Policy, other: Policy): readonly string[] {
  return [...actions.keys()].filter((name) => !other.actions.has(name));
}

function requireRight(result: Awaited<ReturnType<PolicyDocuments['check']>>): Policy {
  if ('policy' in result) return result.policy;
  const faults = result.faults.map(({ path, line, column, message, hint }) => ({
    pointer: path,
    detail: `line ${line}, column ${column}: ${message} ${hint}`.trimEnd(),
  }));
  throw new AppError('validation_failed', `The policy has ${faults.length} mistake(s); errors lists them.`, { faults });
}
