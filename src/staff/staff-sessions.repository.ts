import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, In } from 'typeorm';

import { StaffSessionEntity } from './staff-session.entity.ts';

/** Seconds within which another use of a session is not written down. */
const SAME_USE = 60;
/** Rows that one step of going through the whole table looks at. */
const PAGE = 500;

/** SQL: a session that is open, and was used within `$2` seconds, by the database's clock alone. */
const LIVE = `ended_at IS NULL AND expires_at > clock_timestamp() AND used_at > clock_timestamp() - $2 * interval '1 second'`;

@Injectable()
export class StaffSessionsRepository {
  constructor(private readonly dataSource: DataSource) {}

  async insert(tx: EntityManager, session: StaffSessionEntity): Promise<void> {
    await tx.insert(StaffSessionEntity, session);
  }

  /** The live session by this id. @param isUse it was used just now */
  async find(id: string, idleSeconds: number, isUse: boolean): Promise<StaffSessionEntity | null> {
    const { manager } = this.dataSource;
    const [row] = await manager.query<{ isUsed: boolean }[]>(
      `SELECT used_at > clock_timestamp() - $3 * interval '1 second' AS "isUsed" FROM staff_sessions WHERE id = $1 AND ${LIVE}`,
      [id, idleSeconds, SAME_USE],
    );
    if (row === undefined) return null;
    if (isUse && !row.isUsed) {
      await manager.query(`UPDATE staff_sessions SET used_at = clock_timestamp() WHERE id = $1 AND ${LIVE}`, [
        id,
        idleSeconds,
      ]);
    }
    return manager.findOneBy(StaffSessionEntity, { id });
  }

  /** Which of these are live, without using them. */
  async live(ids: readonly string[], idleSeconds: number): Promise<ReadonlySet<string>> {
    const rows = await this.dataSource.query<{ id: string }[]>(
      `SELECT s.id FROM staff_sessions s JOIN agents a ON a.id = s.agent_id AND a.is_active
       WHERE s.id = ANY ($1::uuid[]) AND ${LIVE}`,
      [ids, idleSeconds],
    );
    return new Set(rows.map(({ id }) => id));
  }

  async keepCall(id: string, callId: string): Promise<void> {
    await this.dataSource.query('UPDATE staff_sessions SET call_id = $2 WHERE id = $1', [id, callId]);
  }

  /** Ends the live ones of an employee but the newest `kept`. */
  async endOldest(
    tx: EntityManager,
    agentId: string,
    now: Date,
    { idleSeconds, kept }: { readonly idleSeconds: number; readonly kept: number },
  ): Promise<readonly StaffSessionEntity[]> {
    const [rows] = await tx.query<[{ id: string }[], number]>(
      `UPDATE staff_sessions SET ended_at = $3 WHERE ended_at IS NULL AND id IN (
         SELECT id FROM staff_sessions WHERE agent_id = $1 AND ${LIVE} ORDER BY opened_at DESC, id OFFSET $4) RETURNING id`,
      [agentId, idleSeconds, now, kept],
    );
    return rows.length === 0 ? [] : tx.findBy(StaffSessionEntity, { id: In(rows.map(({ id }) => id)) });
  }

  /** Null when it had ended. */
  async end(tx: EntityManager, id: string, now: Date): Promise<StaffSessionEntity | null> {
    const { affected } = await tx
      .createQueryBuilder()
      .update(StaffSessionEntity)
      .set({ endedAt: now })
      .where('id = :id AND ended_at IS NULL', { id })
      .execute();
    return affected === 1 ? tx.findOneBy(StaffSessionEntity, { id }) : null;
  }

  /** Those of one employee that were open. */
  async endOfAgent(tx: EntityManager, agentId: string, now: Date): Promise<readonly StaffSessionEntity[]> {
    const [rows] = await tx.query<[{ id: string }[], number]>(
      'UPDATE staff_sessions SET ended_at = $2 WHERE agent_id = $1 AND ended_at IS NULL RETURNING id',
      [agentId, now],
    );
    return rows.length === 0 ? [] : tx.findBy(StaffSessionEntity, { id: In(rows.map(({ id }) => id)) });
  }

  /** Ends those of the next rows after this id that are open. `last`: null = there are no more. */
  async endPage(
    tx: EntityManager,
    now: Date,
    after: string,
  ): Promise<{ readonly last: string | null; readonly ended: readonly StaffSessionEntity[] }> {
    const [row] = await tx.query<[{ last: string | null; ids: string[] }]>(
      `WITH page AS (SELECT id FROM staff_sessions WHERE id > $1 ORDER BY id LIMIT ${PAGE}), changed AS (
         UPDATE staff_sessions s SET ended_at = $2 FROM page WHERE s.id = page.id AND s.ended_at IS NULL RETURNING s.id
       )
       SELECT (SELECT id FROM page ORDER BY id DESC LIMIT 1) AS last, ARRAY (SELECT id FROM changed) AS ids`,
      [after, now],
    );
    return {
      last: row.last,
      ended: row.ids.length === 0 ? [] : await tx.findBy(StaffSessionEntity, { id: In(row.ids) }),
    };
  }

  /** Those that ended this long ago say nothing any more that the audit doesn't. */
  async forget(before: Date): Promise<void> {
    await this.dataSource.query(
      `DELETE FROM staff_sessions WHERE id IN
         (SELECT id FROM staff_sessions WHERE least(ended_at, expires_at) < $1 LIMIT 10000)`,
      [before],
    );
  }
}
