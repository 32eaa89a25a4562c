import { Injectable } from '@nestjs/common';

import { AuditReader, type PersonRecord } from '../audit/audit-reader.ts';
import { AGENT_HEADER } from '../auth/access.decorators.ts';
import type { Principal } from '../auth/principal.ts';
import { CallsService } from '../calls/calls.service.ts';
import { AppError } from '../errors.ts';
import { type Channel, type Outcome, OUTCOMES } from '../policy/vocabulary.ts';
import { LOGGED_KINDS, type LoggedKind } from './logged-kinds.ts';

/** Records of one call that are told; a longer one is told from its beginning. */
const MOST = 200;
/** What is recorded with the end of a call may come a moment after it. Milliseconds. */
const AFTERWARDS = 60_000;

/** Something that an agent did in a call. */
export interface LoggedRecord {
  readonly id: string;
  readonly at: Date;
  readonly kind: LoggedKind;
  /** What was asked and answered, by the names of the policy; empty for what is no check. */
  readonly decisions: readonly { readonly action: string; readonly outcome: Outcome }[];
}

/** A call by its references: nobody in it has a name here. */
export interface LoggedCall {
  readonly id: string;
  readonly channel: Channel;
  readonly caseRef: string | null;
  readonly openedAt: Date;
  readonly records: readonly LoggedRecord[];
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
    const { agent } = principal;
    if (agent === null) {
      throw new AppError('malformed_request', `This is an agent's own: name the agent by the header ${AGENT_HEADER}.`);
    }
    const found = await this.calls.ofAgent(agent.id, limit + 1, after);
    const calls = found.slice(0, limit);
    const records = await this.reader.ofCalls(
      agent.id,
      // Looked for by the holders alone. What names the caller would tell whether we know them.
      calls.map(({ id, holderIds, openedAt, endsAt }) => ({
        id,
        personIds: holderIds,
        from: openedAt,
        to: new Date(endsAt.getTime() + AFTERWARDS),
      })),
      MOST,
    );
    return {
      calls: calls.map(({ id, channel, caseRef, openedAt }) => {
        const own = records.filter(({ callId }) => callId === id);
        return { id, channel, caseRef, openedAt, records: own.flatMap(loggedOf).toSorted(inTime) };
      }),
      next: found.length > limit ? (calls.at(-1)?.id ?? null) : null,
    };
  }
}

/** Those of one time stay in the order in which they were written. */
function inTime(one: LoggedRecord, other: LoggedRecord): number {
  return one.at.getTime() - other.at.getTime();
}

function loggedOf({ id, at, kind, body }: PersonRecord): readonly LoggedRecord[] {
  const logged = LOGGED_KINDS.find((one) => one === kind);
  // A code for another purpose is between us and whom it went to.
  if (logged === undefined || (kind.startsWith('code.') && body['purpose'] !== 'action')) return [];
  const decided = kind.startsWith('check.') && Array.isArray(body['decisions']) ? body['decisions'] : [];
  const decisions = (decided as readonly (readonly unknown[])[]).map(([action, outcome]) => ({
    action: String(action),
    outcome: OUTCOMES.find((one) => one === outcome) ?? 'deny',
  }));
  return [{ id, at, kind: logged, decisions }];
}
