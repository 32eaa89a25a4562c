import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import type { AlarmState, Canary, CanaryAlarm } from './canary.ts';

/** Kinds of records of somebody who was looked at; a check in a call follows its opening. */
export const TOUCHES: readonly string[] = ['lookup', 'call.opened', 'check.advised'];

/** How far back is looked for what a process that died did not tell any more. */
const BACK = "interval '1 day'";

/** An alarm that was raised now. */
export interface Raised {
  readonly id: string;
  readonly canaryId: string;
  readonly recordId: string;
  readonly recordKind: string;
}

/** Records of canaries that nobody was told of. `$1` kinds. */
const UNTOLD = `FROM canaries c JOIN audit_records r ON r.person_ids @> ARRAY[c.person_id]
  WHERE c.ended_at IS NULL AND r.recorded_at > now() - ${BACK} AND r.recorded_at >= c.marked_at AND r.kind = ANY ($1::text[])
    AND (r.kind <> 'check.advised' OR r.call_id IS NULL)
    AND NOT EXISTS (SELECT FROM canary_alarms a WHERE a.record_id = r.id)`;

const ALARM = `a.id, p.crm_ref AS "personRef", a.record_kind AS "recordKind", a.record_id AS "recordId", a.actor,
  g.pseudonym, a.call_id AS "callId", a.touched_at AS "touchedAt", a.closed_at AS "closedAt"`;

@Injectable()
export class CanariesRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** The ids of everybody who is marked. There are few. */
  async markedPeople(): Promise<readonly string[]> {
    const rows = await this.dataSource.manager.query<{ id: string }[]>(
      'SELECT person_id AS id FROM canaries WHERE ended_at IS NULL',
    );
    return rows.map(({ id }) => id);
  }

  /** Null when they are marked already. */
  async mark(tx: EntityManager, id: string, personId: string, now: Date): Promise<string | null> {
    const rows = await tx.query<{ id: string }[]>(
      `INSERT INTO canaries (id, person_id, marked_at) VALUES ($1, $2, $3)
       ON CONFLICT (person_id) WHERE ended_at IS NULL DO NOTHING RETURNING id`,
      [id, personId, now],
    );
    return rows[0]?.id ?? null;
  }

  async list(): Promise<readonly Canary[]> {
    return this.dataSource.manager.query<Canary[]>(
      `SELECT c.id, p.crm_ref AS "personRef", c.marked_at AS "markedAt" FROM canaries c JOIN people p ON p.id = c.person_id
       WHERE c.ended_at IS NULL ORDER BY c.marked_at, c.id`,
    );
  }

  async end(tx: EntityManager, id: string, now: Date): Promise<boolean> {
    const [rows] = await tx.query<[unknown[], number]>(
      'UPDATE canaries SET ended_at = greatest($2, marked_at) WHERE id = $1 AND ended_at IS NULL RETURNING id',
      [id, now],
    );
    return rows.length === 1;
  }

  /** Heard by every process when the transaction commits. */
  async notify(tx: EntityManager): Promise<void> {
    await tx.query(`SELECT pg_notify('canaries_changed', '')`);
  }

  async hasUntold(): Promise<boolean> {
    return (await this.dataSource.manager.query<unknown[]>(`SELECT 1 ${UNTOLD} LIMIT 1`, [TOUCHES])).length > 0;
  }

  async raise(tx: EntityManager, now: Date): Promise<readonly Raised[]> {
    return tx.query<Raised[]>(
      `INSERT INTO canary_alarms (id, canary_id, record_id, record_kind, actor, call_id, touched_at, raised_at)
       SELECT gen_random_uuid(), c.id, r.id, r.kind, r.actor, r.call_id, r.recorded_at, $2 ${UNTOLD}
       ON CONFLICT (record_id) DO NOTHING
       RETURNING id, canary_id AS "canaryId", record_id AS "recordId", record_kind AS "recordKind"`,
      [TOUCHES, now],
    );
  }

  /** The oldest first, behind the one with this id. */
  async alarms(state: AlarmState, limit: number, after: string | null): Promise<readonly CanaryAlarm[]> {
    return this.dataSource.manager.query<CanaryAlarm[]>(
      `SELECT ${ALARM} FROM canary_alarms a JOIN canaries c ON c.id = a.canary_id JOIN people p ON p.id = c.person_id
         LEFT JOIN agents g ON g.id = substring(a.actor FROM '^agent:(\\S+)')::uuid
       WHERE a.closed_at IS ${state === 'open' ? 'NULL' : 'NOT NULL'}
         AND ($1::uuid IS NULL OR (a.raised_at, a.id) > (SELECT b.raised_at, b.id FROM canary_alarms b WHERE b.id = $1))
       ORDER BY a.raised_at, a.id LIMIT $2`,
      [after, limit],
    );
  }

  /** Null: there is no such alarm. False: it was closed before. */
  async close(tx: EntityManager, id: string, now: Date): Promise<boolean | null> {
    const [rows] = await tx.query<[unknown[], number]>(
      'UPDATE canary_alarms SET closed_at = greatest($2, raised_at) WHERE id = $1 AND closed_at IS NULL RETURNING id',
      [id, now],
    );
    if (rows.length === 1) return true;
    return (await tx.query<unknown[]>('SELECT 1 FROM canary_alarms WHERE id = $1', [id])).length === 1 ? false : null;
  }
}
