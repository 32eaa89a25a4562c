import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import type { RepresentationKind } from '../policy/vocabulary.ts';
import { type DecidedJson, decidedOf, decidedSql, employeeSql } from './legal-files.repository.ts';
import type { RepresentationRow } from './representation.ts';

export interface NewRepresentation {
  readonly id: string;
  readonly holderId: string;
  readonly representativeId: string;
  readonly kind: RepresentationKind;
  readonly startsAt: Date;
  readonly endsAt: Date;
  readonly recordedBy: string;
  readonly recordedAt: Date;
}

type Row = Omit<RepresentationRow, 'decided'> & { readonly decided: DecidedJson | null };

const SELECT = `
  SELECT r.id, r.holder_id AS "holderId", h.crm_ref AS "holderRef", r.representative_id AS "representativeId",
    p.crm_ref AS "representativeRef", r.kind, r.starts_at AS "startsAt", r.ends_at AS "endsAt",
    ${employeeSql('r.recorded_by')} AS "recordedBy", r.recorded_at AS "recordedAt",
    ${decidedSql('representation_id', 'r.id')} AS decided
  FROM representations r JOIN people h ON h.id = r.holder_id JOIN people p ON p.id = r.representative_id`;

/** Rows that one step of going through a whole table looks at. */
const PAGE = 500;

@Injectable()
export class RepresentationsRepository {
  async insert(tx: EntityManager, one: NewRepresentation): Promise<void> {
    await tx.query(
      `INSERT INTO representations (id, holder_id, representative_id, kind, starts_at, ends_at, recorded_by, recorded_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [one.id, one.holderId, one.representativeId, one.kind, one.startsAt, one.endsAt, one.recordedBy, one.recordedAt],
    );
  }

  async find(manager: EntityManager, id: string): Promise<RepresentationRow | null> {
    const [row] = await manager.query<Row[]>(`${SELECT} WHERE r.id = $1`, [id]);
    return row === undefined ? null : toRepresentation(row);
  }

  /** On either side, the newest first, 100 at most. */
  async ofPerson(manager: EntityManager, personId: string): Promise<RepresentationRow[]> {
    const rows = await manager.query<Row[]>(
      `${SELECT} WHERE r.holder_id = $1 OR r.representative_id = $1 ORDER BY r.recorded_at DESC, r.id LIMIT 100`,
      [personId],
    );
    return rows.map(toRepresentation);
  }

  /** Everything about these holders: what is compared with it must not be taken for new because much else came after. */
  async ofHolders(tx: EntityManager, holderIds: readonly string[]): Promise<RepresentationRow[]> {
    const rows = await tx.query<Row[]>(`${SELECT} WHERE r.holder_id = ANY ($1) ORDER BY r.recorded_at DESC, r.id`, [
      holderIds,
    ]);
    return rows.map(toRepresentation);
  }

  /** Nobody has decided about these yet. The oldest first, 100 at most. */
  async waiting(manager: EntityManager): Promise<RepresentationRow[]> {
    const rows = await manager.query<Row[]>(
      `${SELECT} WHERE NOT EXISTS (SELECT FROM legal_verdicts v WHERE v.representation_id = r.id)
       ORDER BY r.recorded_at, r.id LIMIT 100`,
    );
    return rows.map(toRepresentation);
  }

  /** Those of the next rows behind `after` that still count. `last`: null = there are no more. */
  async livePage(
    tx: EntityManager,
    now: Date,
    after: string,
  ): Promise<{ readonly last: string | null; readonly live: readonly RepresentationRow[] }> {
    const rows = await tx.query<Row[]>(`${SELECT} WHERE r.id > $1 ORDER BY r.id LIMIT ${PAGE}`, [after]);
    const all = rows.map(toRepresentation);
    const live = all.filter(({ decided, endsAt }) => decided?.verdict === 'approved' && now < endsAt);
    return { last: all.at(-1)?.id ?? null, live };
  }
}

function toRepresentation(row: Row): RepresentationRow {
  return { ...row, decided: decidedOf(row.decided) };
}
