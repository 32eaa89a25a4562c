import { Injectable } from '@nestjs/common';

import { AuditReader, type PersonRecord } from '../audit/audit-reader.ts';
import { AGENT_HEADER } from '../auth/access.decorators.ts';
import type { Principal } from '../auth/principal.ts';
import { CallsService } from '../calls/calls.service.ts';
import { AppError } from '../errors.ts';
import { type Channel, type Outcome, OUTCOMES } from '../policy/vocabulary.ts';
import { LOGGED_KINDS, type LoggedKind } from './logged-kinds.ts';

/** Records of one call that are told at once. */
export const MOST_RECORDS = 200;
/** What belongs to a call may be done after it: a receipt, a correction. Later than this it is not told here. Milliseconds. */
const AFTERWARDS = 7 * 24 * 60 * 60_000;

type AgentsCall = Awaited<ReturnType<CallsService['oneOfAgent']>>;

/** What was asked of one action, and answered. */
export interface LoggedDecision {
  readonly action: string;
  readonly outcome: Outcome;
  /** It was done on this answer. */
  readonly isDone: boolean;
}

/** Something that an agent did in a call. */
export interface LoggedRecord {
  readonly id: string;
  readonly at: Date;
  readonly kind: LoggedKind;
  /** What was asked and answered, by the names of the policy; empty for what is no check. */
  readonly decisions: readonly LoggedDecision[];
}

/** A call by its references: nobody in it has a name here. */
export interface LoggedCall {
  readonly id: string;
  readonly channel: Channel;
  readonly caseRef: string | null;
  readonly openedAt: Date;
  readonly records: readonly LoggedRecord[];
  /** The last one of these, when there are more; null = that is all. */
  readonly next: string | null;
}

export interface OwnLogPage {
  readonly calls: readonly LoggedCall[];
  /** Null on the last one. */
  readonly next: string | null;
}

/**
 * What an agent did, for that agent: from the records, so that it is what a privacy officer would read of them. Reading it is no
 * record: it would be about nothing but itself.
 */
@Injectable()
export class OwnLog {
  constructor(
    private readonly calls: CallsService,
    private readonly reader: AuditReader,
  ) {}

  /**
   * The newest call first, behind the one with this id.
   *
   * @throws AppError `malformed_request` for a key that acts for no agent
   */
  async list(principal: Principal, limit: number, after: string | null): Promise<OwnLogPage> {
    const agentId = agentOf(principal);
    const found = await this.calls.ofAgent(agentId, limit + 1, after);
    const calls = found.slice(0, limit);
    return {
      calls: await this.#told(agentId, calls, null),
      next: found.length > limit ? (calls.at(-1)?.id ?? null) : null,
    };
  }

  /**
   * One call, behind the record with this id.
   *
   * @throws AppError `not_found`, also for a colleague's; `malformed_request` for a key that acts for no agent
   */
  async ofCall(principal: Principal, callId: string, after: string | null): Promise<LoggedCall> {
    const agentId = agentOf(principal);
    const [told] = await this.#told(agentId, [await this.calls.oneOfAgent(agentId, callId)], after);
    if (told === undefined) throw new Error('one call and no log of it');
    return told;
  }

  async #told(agentId: string, calls: readonly AgentsCall[], after: string | null): Promise<readonly LoggedCall[]> {
    const records = await this.reader.ofCalls(
      agentId,
      // Looked for by the holders alone. What names the caller would tell whether we know them.
      calls.map(({ id, holderIds, openedAt, endsAt }) => ({
        id,
        personIds: holderIds,
        from: openedAt,
        to: new Date(endsAt.getTime() + AFTERWARDS),
      })),
      MOST_RECORDS + 1,
      after,
    );
    return calls.map(({ id, channel, caseRef, openedAt }) => {
      const own = records.filter(({ callId }) => callId === id);
      const page = own.slice(0, MOST_RECORDS);
      const next = own.length > page.length ? (page.at(-1)?.id ?? null) : null;
      return { id, channel, caseRef, openedAt, records: page.flatMap(loggedOf), next };
    });
  }
}

function agentOf({ agent }: Principal): string {
  if (agent !== null) return agent.id;
  throw new AppError('malformed_request', `This is an agent's own: name the agent by the header ${AGENT_HEADER}.`);
}

function loggedOf({ id, at, kind, body }: PersonRecord): readonly LoggedRecord[] {
  const logged = LOGGED_KINDS.find((one) => one === kind);
  // A code for another purpose is between us and whom it went to.
  if (logged === undefined || (kind.startsWith('code.') && body['purpose'] !== 'action')) return [];
  const decided = kind.startsWith('check.') && Array.isArray(body['decisions']) ? body['decisions'] : [];
  const executions = typeof body['executions'] === 'object' ? (body['executions'] ?? {}) : {};
  const decisions = (decided as readonly (readonly unknown[])[]).map(([action, outcome]) => ({
    action: String(action),
    outcome: OUTCOMES.find((one) => one === outcome) ?? 'deny',
    isDone: Object.hasOwn(executions, String(action)),
  }));
  return [{ id, at, kind: logged, decisions }];
}
