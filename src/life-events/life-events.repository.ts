import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import type { LifeEventKind } from '../policy/vocabulary.ts';
import { type DecidedJson, decidedOf, decidedSql, employeeSql } from './legal-files.repository.ts';
import type { LifeEventRow, Reporter } from './life-event.ts';

export interface NewLifeEvent {
  readonly id: string;
  readonly personId: string;
  readonly kind: LifeEventKind;
  readonly reversesId: string | null;
  readonly occurredOn: string;
  readonly reportedBy: Reporter;
  readonly suspendsUntil: Date | null;
  readonly recordedBy: string;
  readonly recordedAt: Date;
}

type Row = Omit<LifeEventRow, 'decided'> & { readonly decided: DecidedJson | null };

const SELECT = `
  SELECT e.id, e.person_id AS "personId", p.crm_ref AS "personRef", e.kind, e.reverses_id AS "reversesId",
    e.occurred_on::text AS "occurredOn", e.reported_by AS "reportedBy", e.suspends_until AS "suspendsUntil",
    ${employeeSql('e.recorded_by')} AS "recordedBy", e.recorded_at AS "recordedAt",
    ${decidedSql('life_event_id', 'e.id')} AS decided,
    EXISTS (SELECT FROM life_events r JOIN legal_verdicts w ON w.life_event_id = r.id AND w.verdict = 'approved'
      WHERE r.reverses_id = e.id) AS "isReversed"
  FROM life_events e JOIN people p ON p.id = e.person_id`;

@Injectable()
export class LifeEventsRepository {
  async insert(tx: EntityManager, event: NewLifeEvent): Promise<void> {
    await tx.query(
      `INSERT INTO life_events (id, person_id, kind, reverses_id, occurred_on, reported_by, suspends_until, recorded_by,
         recorded_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [
        event.id,
        event.personId,
        event.kind,
        event.reversesId,
        event.occurredOn,
        event.reportedBy,
        event.suspendsUntil,
        event.recordedBy,
        event.recordedAt,
      ],
    );
  }

  async find(manager: EntityManager, id: string): Promise<LifeEventRow | null> {
    const [row] = await manager.query<Row[]>(`${SELECT} WHERE e.id = $1`, [id]);
    return row === undefined ? null : toEvent(row);
  }

  /** All of one kind, what takes one back too: what is told apart by it must not be forgotten because much else came after. */
  async ofKind(tx: EntityManager, personId: string, kind: LifeEventKind): Promise<LifeEventRow[]> {
    const rows = await tx.query<Row[]>(`${SELECT} WHERE e.person_id = $1 AND e.kind = $2 ORDER BY e.recorded_at DESC`, [
      personId,
      kind,
    ]);
    return rows.map(toEvent);
  }

  /** The newest first, 100 at most. */
  async ofPerson(manager: EntityManager, personId: string): Promise<LifeEventRow[]> {
    const rows = await manager.query<Row[]>(
      `${SELECT} WHERE e.person_id = $1 ORDER BY e.recorded_at DESC, e.id LIMIT 100`,
      [personId],
    );
    return rows.map(toEvent);
  }

  /** Nobody has decided about these yet. The oldest first, 100 at most. */
  async waiting(manager: EntityManager): Promise<LifeEventRow[]> {
    const rows = await manager.query<Row[]>(
      `${SELECT} WHERE NOT EXISTS (SELECT FROM legal_verdicts v WHERE v.life_event_id = e.id)
         AND NOT EXISTS (SELECT FROM life_events r JOIN legal_verdicts v ON v.life_event_id = r.id AND v.verdict = 'approved'
           WHERE r.reverses_id = e.id)
       ORDER BY e.recorded_at, e.id LIMIT 100`,
    );
    return rows.map(toEvent);
  }
}

function toEvent(row: Row): LifeEventRow {
  return { ...row, decided: decidedOf(row.decided) };
}
