import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import type { AlarmState, LeaverAlarm } from './leaver-alarm.ts';

/** From how many days before their end on leavers are watched, and how many contracts a day are too many for anybody. */
export interface Measure {
  readonly days: number;
  readonly most: number;
}

export interface RaisedAlarm {
  readonly id: string;
  readonly agentId: string;
  readonly reached: number;
  readonly most: number;
}

/** Longer than any call lasts: of all that somebody ever had, the newest are looked at. */
const LONGEST_CALL = "interval '1 day'";
/** What is usual is what somebody did a day, of those on which they had calls, in so long before they were watched. */
const USUAL_OVER = "interval '90 days'";
/** So many times what is usual is too many. */
const TIMES = 2;
/** A quiet desk is no reason to suspect a busy day. */
const LEAST = 10;
const DAY = `(c.opened_at AT TIME ZONE 'Europe/Amsterdam')::date`;

/** Days of leavers that nobody was told of, at the moment that the SQL `now` says. $1 days, $2 the most for anybody. */
const untoldSql = (now: string): string => `WITH leaving AS (
    SELECT id, leaves_at, leaves_at - make_interval(days => $1::int) AS since FROM agents
    -- The last day is looked at once more when it is over.
    WHERE leaves_at > ${now} - interval '2 days' AND leaves_at - make_interval(days => $1::int) <= ${now}
  ), measured AS (
    -- Of whom nothing is known yet, what is too many for anybody is.
    SELECT l.*, greatest(${LEAST}, ceil(${TIMES} * u.usual))::int AS own, u.usual IS NOT NULL AS is_known
    FROM leaving l CROSS JOIN LATERAL (SELECT avg(d.reached) AS usual FROM (
      SELECT count(DISTINCT c.contract_id) AS reached FROM calls c
      WHERE c.agent_id = l.id AND c.opened_at >= l.since - ${USUAL_OVER} AND c.opened_at < l.since GROUP BY ${DAY}) d) u
  ), untold AS (
    -- Above what is too many for anybody it is told again, whatever was told of the day before.
    SELECT m.id AS agent_id, d.day, d.reached, l.most FROM measured m CROSS JOIN LATERAL (
      SELECT ${DAY} AS day, count(DISTINCT c.contract_id)::int AS reached FROM calls c
      WHERE c.agent_id = m.id AND c.opened_at >= m.since AND c.opened_at < m.leaves_at GROUP BY 1) d
      CROSS JOIN LATERAL (SELECT CASE WHEN d.reached > $2::int THEN $2::int WHEN m.is_known THEN m.own END AS most) l
    WHERE d.reached > l.most
      AND NOT EXISTS (SELECT FROM leaver_alarms a WHERE a.agent_id = m.id AND a.day = d.day AND a.most >= l.most)
  )`;

@Injectable()
export class LeaversRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** References of agents whose last day is over, by the database's clock, and who have something left; whoever made them inactive. */
  async gone(): Promise<readonly string[]> {
    const rows = await this.dataSource.manager.query<{ ref: string }[]>(
      `SELECT a.agent_ref AS ref FROM agents a WHERE a.leaves_at <= now() AND (a.is_active
         OR EXISTS (SELECT FROM api_keys k WHERE k.agent_id = a.id AND k.revoked_at IS NULL)
         -- In the order of an index: to find any one, all of them might be gone through.
         OR (SELECT true FROM calls c WHERE c.agent_id = a.id AND c.opened_at > now() - ${LONGEST_CALL}
           AND c.ended_at IS NULL AND c.ends_at > now() ORDER BY c.opened_at DESC LIMIT 1))
       ORDER BY a.leaves_at`,
    );
    return rows.map(({ ref }) => ref);
  }

  async hasUntold({ days, most }: Measure): Promise<boolean> {
    // By the database's clock.
    const text = `${untoldSql('now()')} SELECT 1 FROM untold LIMIT 1`;
    return (await this.dataSource.manager.query<unknown[]>(text, [days, most])).length > 0;
  }

  /** One alarm a day, in however many processes it is looked at. One that is raised again is open again. */
  async raise(tx: EntityManager, now: Date, { days, most }: Measure): Promise<readonly RaisedAlarm[]> {
    return tx.query<RaisedAlarm[]>(
      `${untoldSql('$3::timestamptz')}
       INSERT INTO leaver_alarms (id, agent_id, day, reached, most, raised_at)
       SELECT gen_random_uuid(), agent_id, day, reached, most, $3 FROM untold
       ON CONFLICT (agent_id, day) DO UPDATE
         SET reached = excluded.reached, most = excluded.most, raised_at = excluded.raised_at, closed_at = NULL
         WHERE leaver_alarms.most < excluded.most
       RETURNING id, agent_id AS "agentId", reached, most`,
      [days, most, now],
    );
  }

  /**
   * The oldest first, behind the one with this id.
   *
   * @param readerId about whom none is shown; null = nobody
   */
  async alarms(
    readerId: string | null,
    state: AlarmState,
    limit: number,
    after: string | null,
  ): Promise<readonly LeaverAlarm[]> {
    return this.dataSource.manager.query<LeaverAlarm[]>(
      `SELECT a.id, g.pseudonym, a.day::text, a.reached, a.most, a.raised_at AS "raisedAt", a.closed_at AS "closedAt"
       FROM leaver_alarms a JOIN agents g ON g.id = a.agent_id
       WHERE a.closed_at IS ${state === 'open' ? 'NULL' : 'NOT NULL'}
         AND ($1::uuid IS NULL OR (a.raised_at, a.id) > (SELECT b.raised_at, b.id FROM leaver_alarms b WHERE b.id = $1))
         AND a.agent_id IS DISTINCT FROM $3::uuid
       ORDER BY a.raised_at, a.id LIMIT $2`,
      [after, limit, readerId],
    );
  }

  /** Null: there is no such alarm for who asks. False: it was closed before. */
  async close(tx: EntityManager, readerId: string | null, id: string, now: Date): Promise<boolean | null> {
    const isTheirs = 'id = $1 AND agent_id IS DISTINCT FROM $2::uuid';
    const [rows] = await tx.query<[unknown[], number]>(
      `UPDATE leaver_alarms SET closed_at = greatest($3, raised_at) WHERE ${isTheirs} AND closed_at IS NULL RETURNING id`,
      [id, readerId, now],
    );
    if (rows.length === 1) return true;
    const known = await tx.query<unknown[]>(`SELECT FROM leaver_alarms WHERE ${isTheirs}`, [id, readerId]);
    return known.length === 1 ? false : null;
  }
}
