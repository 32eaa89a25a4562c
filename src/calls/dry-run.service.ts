import { setImmediate as breathe } from 'node:timers/promises';

import { Injectable } from '@nestjs/common';

import { AuditReader } from '../audit/audit-reader.ts';
import { AppError } from '../errors.ts';
import type { Outcome, Reason } from '../policy/vocabulary.ts';
import { PolicyDocuments } from '../policy-documents/policy-documents.service.ts';
import type { PolicyHash } from '../policy/ids.ts';
import type { Policy } from '../policy/policy.ts';
import { type CheckRecord, decideAgain, decisionId } from './check-record.ts';

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

export interface DryRun {
  readonly hash: PolicyHash;
  /** The first moment that was looked at. */
  readonly from: Date;
  readonly checks: number;
  readonly decisions: number;
  readonly differing: number;
  /** False: there were more checks than could be looked at; the newest of each writer were. */
  readonly isComplete: boolean;
  /** The most frequent first. */
  readonly changes: readonly ChangedAnswers[];
  /** Actions that the policy in force does not have, and that it alone has. */
  readonly newActions: readonly string[];
  readonly removedActions: readonly string[];
}

/** Of one kind of change. */
const EXAMPLES = 5;
/** The service goes on answering others between two of these. */
const AT_ONCE = 10;
const DAY = 86_400_000;

/** What would change: recorded checks, decided again under a policy that is not in force. */
@Injectable()
export class DryRunService {
  constructor(
    private readonly audit: AuditReader,
    private readonly policies: PolicyDocuments,
  ) {}

  /**
   * @param days how far back, 1 to 31
   * @param most checks that are looked at
   * @param onProgress records read so far
   * @throws AppError `validation_failed` with every mistake of the document
   */
  async run(
    text: string,
    days: number,
    most: number,
    onProgress: (records: number) => void = () => undefined,
  ): Promise<DryRun> {
    const policy = requireRight(await this.policies.check(text));
    const current = await this.policies.current();
    const from = new Date(Date.now() - days * DAY);
    const changes = new Map<string, ChangedAnswers>();
    const tally = { checks: 0, decisions: 0, differing: 0 };
    const isComplete = await this.audit.eachBackTo(
      from,
      async ({ id, kind, body }) => {
        if (!kind.startsWith('check.')) return true;
        if (tally.checks >= most) return false;
        const record = JSON.parse(body) as CheckRecord;
        tally.checks += 1;
        tally.decisions += record.decisions.length;
        tally.differing += compare(policy, id, record, changes);
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
      changes: [...changes.values()].toSorted((one, other) => other.count - one.count),
      newActions: namesOnlyIn(policy, current),
      removedActions: namesOnlyIn(current, policy),
    };
  }
}

/** Adds what differs in one recorded check; answers how many decisions of it do. */
function compare(policy: Policy, id: string, record: CheckRecord, changes: Map<string, ChangedAnswers>): number {
  let differing = 0;
  for (const [index, is] of decideAgain(policy, record, id).entries()) {
    const [action, outcome, reason] = record.decisions[index] ?? [];
    if (action === undefined || outcome === undefined || reason === undefined) continue;
    // That answer was a fault of ours, and no policy's.
    if (reason === 'internal_error') continue;
    if (outcome === is.outcome && reason === is.reason) continue;
    differing += 1;
    const key = [action, outcome, reason, is.outcome, is.reason].join(' ');
    const { count = 0, decisionIds = [] } = changes.get(key) ?? {};
    changes.set(key, {
      action,
      was: { outcome, reason },
      wouldBe: { outcome: is.outcome, reason: is.reason },
      count: count + 1,
      decisionIds: decisionIds.length < EXAMPLES ? [...decisionIds, decisionId(id, index)] : decisionIds,
    });
  }
  return differing;
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
