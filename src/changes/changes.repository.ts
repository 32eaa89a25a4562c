import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import { poolOf, prepared } from '../database/prepared.ts';
import type { ChangePlace } from './change-token.ts';
import type { ChangeRow } from './told-change.ts';

/** Rows that one clearing statement takes: it has to end long before the limit on statements. */
const CLEARING_BATCH = 5_000;
/** Whoever was away for longer reads everything anew. */
export const DAYS_KEPT = 30;

/**
 * Transactions that are settled, all of them and those before: nothing comes in between any more. Those of an earlier epoch are,
 * whatever their numbers: the server that gave them out is gone.
 */
const SETTLED = `(c.epoch < (SELECT max(id) FROM change_epochs) OR c.tx < pg_snapshot_xmin(pg_current_snapshot()))`;

/** Rows that one statement walks over, of whatever types: a rare one must be reached in steps. */
const MOST_WALKED = 5_000;

/** What came after a place: the changes that were asked for, and how far was looked. */
export interface Walk {
  readonly rows: readonly ChangeRow[];
  /** The last one that was looked at, of whatever type; null = there was none. */
  readonly last: (ChangePlace & { readonly at: Date }) | null;
  /** There may be more behind it. */
  readonly isCut: boolean;
}

interface WalkRow {
  readonly walked: number;
  readonly last: (ChangePlace & { readonly at: string }) | null;
  readonly rows: readonly (Omit<ChangeRow, 'at'> & { readonly at: string })[];
}

@Injectable()
export class ChangesRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** What came after this place, in order. */
  async after({ epoch, tx, n }: ChangePlace, types: readonly string[] | null, limit: number): Promise<Walk> {
    const text = `WITH walked AS MATERIALIZED (
        SELECT c.epoch, c.tx, c.n, c.at, c.type, c.data FROM changes c
        WHERE (c.epoch, c.tx, c.n) > ($1, $2::xid8, $3) AND ${SETTLED}
        ORDER BY c.epoch, c.tx, c.n LIMIT ${MOST_WALKED})
      SELECT (SELECT count(*)::integer FROM walked) AS walked,
        (SELECT to_json(l) FROM (SELECT epoch, tx::text AS tx, n::text AS n, at FROM walked
          ORDER BY walked.epoch DESC, walked.tx DESC, walked.n DESC LIMIT 1) l) AS last,
        (SELECT coalesce(json_agg(f), '[]') FROM (
          SELECT w.epoch, w.tx::text AS tx, w.n::text AS n, w.at, w.type, w.data, p.crm_ref AS "personRef",
            a.agent_ref AS "agentRef"
          FROM walked w LEFT JOIN people p ON p.id = (w.data ->> 'person_id')::uuid
            LEFT JOIN agents a ON a.id = (w.data ->> 'agent_id')::uuid
          WHERE $4::text[] IS NULL OR w.type = ANY ($4) ORDER BY w.epoch, w.tx, w.n LIMIT $5) f) AS rows`;
    const values = [epoch, tx, n, types, limit];
    const [found] = await prepared<WalkRow>(this.dataSource.manager, { name: 'changes-after', text }, values);
    if (found === undefined) throw new Error('a statement without a row');
    const dated = <Row extends { readonly at: string }>(row: Row): Omit<Row, 'at'> & { readonly at: Date } => ({
      ...row,
      at: new Date(row.at),
    });
    const last = found.last === null ? null : dated(found.last);
    return { rows: found.rows.map(dated), last, isCut: found.walked === MOST_WALKED };
  }

  /** The place after which everything is new. */
  async latest(): Promise<ChangePlace & { readonly at: Date }> {
    const text = `SELECT max(e.id) AS epoch, date_trunc('milliseconds', clock_timestamp()) AS at, (pg_snapshot_xmin(pg_current_snapshot())::text::numeric - 1)::text AS tx,
      '9223372036854775807' AS n FROM change_epochs e`;
    const [row] = await this.dataSource.manager.query<[ChangePlace & { readonly at: Date }]>(text);
    return row;
  }

  /**
   * True when what was done there is seen here: on a copy that lags it is not, nor after a restore that lost it. Of an epoch
   * before this one that is known of what is still kept alone.
   */
  async isSeen({ epoch, tx, n }: ChangePlace): Promise<boolean> {
    const text = `SELECT CASE WHEN $1 = (SELECT max(id) FROM change_epochs)
        THEN pg_visible_in_snapshot($2::xid8, pg_current_snapshot())
        ELSE EXISTS (SELECT FROM changes WHERE epoch = $1 AND tx = $2::xid8 AND n = $3) END AS "isSeen"`;
    const values = [epoch, tx, n];
    const [row] = await prepared<{ isSeen: boolean }>(this.dataSource.manager, { name: 'changes-seen', text }, values);
    return row?.isSeen === true;
  }

  async beginEpoch(tx: EntityManager, now: Date): Promise<void> {
    await tx.query('INSERT INTO change_epochs (began_at) VALUES ($1)', [now]);
  }

  async clear(): Promise<void> {
    for (let isMore = true; isMore;) {
      const { rowCount } = await poolOf(this.dataSource).query(
        `DELETE FROM changes WHERE (epoch, tx, n) IN (SELECT epoch, tx, n FROM changes
           WHERE at < now() - interval '${DAYS_KEPT} days' ORDER BY at LIMIT ${CLEARING_BATCH})`,
      );
      isMore = (rowCount ?? 0) === CLEARING_BATCH;
    }
  }
}
