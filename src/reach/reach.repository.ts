import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import { prepared } from '../database/prepared.ts';

/** Over how long people are counted. */
const WINDOW = "interval '1 hour'";

export interface Counted {
  /** More than the cap. Nothing was noted then. */
  readonly isOver: boolean;
  /** Seconds until there is room again; null when there never is, as more were reached at once than the cap. */
  readonly roomIn: number | null;
}

@Injectable()
export class ReachRepository {
  /**
   * Counts and notes in one statement. Who was reached within the hour is reached again for nothing. The caller holds the
   * row of who reaches: two of one reacher that counted at once would both find the last place free.
   */
  async reach(
    tx: EntityManager,
    reacher: string,
    reached: readonly string[],
    most: number,
    now: Date,
  ): Promise<Counted> {
    const text = `
      WITH recent AS MATERIALIZED (
        SELECT reached_id, at FROM reaches WHERE reacher = $1 AND at > $4::timestamptz - ${WINDOW}
      ), fresh AS MATERIALIZED (
        SELECT id FROM unnest($2::uuid[]) id WHERE id NOT IN (SELECT reached_id FROM recent)
      ), sum AS MATERIALIZED (
        SELECT (SELECT count(*) FROM fresh) AS fresh,
          (SELECT count(*) FROM recent) + (SELECT count(*) FROM fresh) - $3::bigint AS over
      ), past AS (
        DELETE FROM reaches WHERE reacher = $1 AND at <= $4::timestamptz - ${WINDOW} AND reached_id <> ALL ($2::uuid[])
      ), noted AS (
        INSERT INTO reaches (reacher, reached_id, at)
        SELECT $1, id, $4::timestamptz FROM unnest($2::uuid[]) id CROSS JOIN sum WHERE sum.fresh = 0 OR sum.over <= 0
        ON CONFLICT (reacher, reached_id) DO UPDATE SET at = EXCLUDED.at
      )
      SELECT fresh > 0 AND over > 0 AS "isOver",
        (SELECT extract(epoch FROM at + ${WINDOW} - $4::timestamptz)::float8 FROM recent
          ORDER BY at OFFSET greatest(over, 1) - 1 LIMIT 1) AS "roomIn"
      FROM sum`;
    const values = [reacher, reached, most, now];
    const [counted] = await prepared<Counted & Record<string, unknown>>(tx, { name: 'reach', text }, values);
    if (counted === undefined) throw new Error('a count without a row');
    return counted;
  }

  /** What counts no more, also of one that never comes back. Rows that somebody is working on wait for the next time. */
  async clear(manager: EntityManager): Promise<void> {
    await manager.query(
      `DELETE FROM reaches WHERE (reacher, reached_id) IN (
         SELECT reacher, reached_id FROM reaches WHERE at <= now() - ${WINDOW} FOR UPDATE SKIP LOCKED)`,
    );
  }
}
