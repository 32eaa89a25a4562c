import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import { poolOf, prepared } from '../database/prepared.ts';

/** Where a change stands: in which epoch, transaction, and place. Numbers that don't fit JavaScript's are texts. */
export interface ChangePlace {
  readonly epoch: number;
  readonly tx: string;
  readonly n: string;
}

export interface ChangeRow extends ChangePlace {
  readonly at: Date;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
  /** Of the person that it is about, as the CRM knows them. */
  readonly personRef: string | null;
}

/** Rows that one clearing statement takes: it has to end long before the limit on statements. */
const CLEARING_BATCH = 5_000;
/** Whoever was away for longer reads everything anew. */
export const DAYS_KEPT = 30;

/** Transactions that are settled, all of them and those before: nothing comes in between any more. */
const SETTLED = 'c.tx < pg_snapshot_xmin(pg_current_snapshot())';

@Injectable()
export class ChangesRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** What came after this place, in order. */
  after({ epoch, tx, n }: ChangePlace, types: readonly string[] | null, limit: number): Promise<ChangeRow[]> {
    const text = `SELECT c.epoch, c.tx::text AS tx, c.n::text AS n, c.at, c.type, c.data, p.crm_ref AS "personRef"
      FROM changes c LEFT JOIN people p ON p.id = (c.data ->> 'person_id')::uuid
      WHERE (c.epoch, c.tx, c.n) > ($1, $2::xid8, $3) AND ${SETTLED} AND ($4::text[] IS NULL OR c.type = ANY ($4))
      ORDER BY c.epoch, c.tx, c.n LIMIT $5`;
    return prepared(this.dataSource.manager, { name: 'changes-after', text }, [epoch, tx, n, types, limit]);
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
