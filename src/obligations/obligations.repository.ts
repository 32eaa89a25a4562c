import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import { prepared } from '../database/prepared.ts';
import type { ObligationRule } from '../policy/policy.ts';
import type { ObligationState, Obligation, ReceiptStatus } from './obligation.ts';

/** What was done, with whose permit something is owed. */
export interface Owing {
  readonly executionId: string;
  readonly callId: string;
  readonly action: string;
  readonly scope: string;
  /** The first holder, whose key notes are under. */
  readonly sealedFor: string;
}

/** With what is read to open and to record it. */
export interface ObligationRow extends Omit<Obligation, 'note'> {
  readonly sealedFor: string;
  readonly noteSealed: Buffer | null;
  /** Whom it concerns: the holders, and who was on the line when it was permitted. */
  readonly personIds: readonly string[];
}

/** One that is told to be still open. */
export interface Untold {
  readonly id: string;
  readonly callId: string;
  readonly type: string;
  readonly personIds: readonly string[];
}

const PERSON_IDS = `(SELECT array_agg(h.holder_id ORDER BY h.position) FROM contract_holders h WHERE h.contract_id = x.contract_id)
  || CASE WHEN x.caller_id IN (SELECT h.holder_id FROM contract_holders h WHERE h.contract_id = x.contract_id)
       OR x.caller_id IS NULL THEN '{}' ELSE ARRAY[x.caller_id] END`;
const COLUMNS = `b.id, b.action, b.type, b.texts, b.needs_receipt AS "needsReceipt", b.state, b.opened_at AS "openedAt",
  b.reported_at AS "reportedAt", b.sealed_for AS "sealedFor", b.note_sealed AS "noteSealed", ${PERSON_IDS} AS "personIds"`;
const FROM = 'FROM obligations b JOIN executions x ON x.id = b.execution_id JOIN calls c ON c.id = b.call_id';

@Injectable()
export class ObligationsRepository {
  async insert(
    tx: EntityManager,
    now: Date,
    { executionId, callId, action, scope, sealedFor }: Owing,
    owed: readonly { readonly id: string; readonly rule: ObligationRule }[],
  ): Promise<void> {
    await prepared(
      tx,
      {
        name: 'obligations-insert',
        text: `INSERT INTO obligations (id, execution_id, call_id, action, scope, type, texts, needs_receipt, sealed_for, opened_at)
          SELECT o.id, $2, $3, $4, $5, o.type, o.texts, o.needs, $6, $7
          FROM json_to_recordset($1::json) o (id text, type text, texts jsonb, needs boolean)`,
      },
      [
        JSON.stringify(
          owed.map(({ id, rule }) => ({ id, type: rule.type, texts: rule.text, needs: rule.needsReceipt })),
        ),
        executionId,
        callId,
        action,
        scope,
        sealedFor,
        now,
      ],
    );
  }

  /** @param agentId whose call it must be; null = whoever's. False for a call that there is not. */
  async isCall(manager: EntityManager, callId: string, agentId: string | null): Promise<boolean> {
    const rows = await manager.query<unknown[]>(
      'SELECT FROM calls WHERE id = $1 AND agent_id = coalesce($2::uuid, agent_id)',
      [callId, agentId],
    );
    return rows.length > 0;
  }

  /** In the order in which they came. */
  ofCall(manager: EntityManager, callId: string, agentId: string | null): Promise<ObligationRow[]> {
    return manager.query(
      `SELECT ${COLUMNS} ${FROM} WHERE b.call_id = $1 AND c.agent_id = coalesce($2::uuid, c.agent_id)
       ORDER BY b.opened_at, b.id`,
      [callId, agentId],
    );
  }

  /** Held until the transaction ends: of two reports at once one sees the other. */
  async lock(tx: EntityManager, callId: string, id: string, agentId: string | null): Promise<ObligationRow | null> {
    const [row] = await tx.query<ObligationRow[]>(
      `SELECT ${COLUMNS} ${FROM} WHERE b.id = $2 AND b.call_id = $1 AND c.agent_id = coalesce($3::uuid, c.agent_id)
       FOR UPDATE OF b`,
      [callId, id, agentId],
    );
    return row ?? null;
  }

  async report(
    tx: EntityManager,
    id: string,
    {
      state,
      noteSealed,
      now,
    }: { readonly state: ReceiptStatus; readonly noteSealed: Buffer | null; readonly now: Date },
  ): Promise<void> {
    const done: ObligationState = 'done';
    // The note is the one of the last report: why it failed says nothing of how it was done.
    await tx.query(
      'UPDATE obligations SET state = $2, note_sealed = $3, reported_at = $4 WHERE id = $1 AND (state <> $5 OR $2 = $5)',
      [id, state, noteSealed, now, done],
    );
  }

  /**
   * Marks those as told that are open after their call, or after so many minutes. Each once, by whichever process comes first:
   * one that another has in hand is passed by.
   */
  async tell(tx: EntityManager, now: Date, minutes: number, most: number): Promise<readonly Untold[]> {
    const [rows] = await tx.query<[Untold[], number]>(
      `UPDATE obligations b SET told_at = $1 FROM executions x
       WHERE x.id = b.execution_id AND b.id IN (
         SELECT o.id FROM obligations o JOIN calls c ON c.id = o.call_id
         WHERE o.needs_receipt AND o.state <> 'done' AND o.told_at IS NULL
           AND (o.opened_at <= $1::timestamptz - make_interval(mins => $2) OR least(c.ended_at, c.ends_at) <= $1)
         ORDER BY o.opened_at LIMIT $3 FOR UPDATE OF o SKIP LOCKED)
       RETURNING b.id, b.call_id AS "callId", b.type, ${PERSON_IDS} AS "personIds"`,
      [now, minutes, most],
    );
    return rows;
  }
}
