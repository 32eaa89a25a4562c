import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, In, IsNull } from 'typeorm';

import { hasDiedSql } from '../life-events/in-force.ts';
import { SessionEntity } from './session.entity.ts';

/** Seconds within which another use of a session is not written down. */
const SAME_USE = 60;

/** Rows that one step of going through the whole table looks at. */
const PAGE = 500;

/** The proxy of `m` speaks for an organisation. */
const IS_CONTACT = `m.contact_rule IS NOT NULL AND m.state = 'active' AND m.starts_at <= clock_timestamp()
  AND clock_timestamp() < m.ends_at`;

/** A session that nothing has ended, whether or not anybody wrote that down; $2 is how many seconds it may be idle. */
const IS_LIVE = `ended_at IS NULL AND expires_at > clock_timestamp()
  AND used_at > clock_timestamp() - $2 * interval '1 second'
  AND (call_id IS NULL OR EXISTS (SELECT FROM calls c JOIN agents a ON a.id = c.agent_id
    WHERE c.id = sessions.call_id AND c.ended_at IS NULL AND c.ends_at > clock_timestamp()
      AND c.caller_id = sessions.person_id AND (c.handed_over_at IS NULL OR sessions.proved_at >= c.handed_over_at)
      AND c.agent_id = sessions.agent_id AND a.is_active))
  AND NOT EXISTS (SELECT FROM mandates m WHERE m.holder_id = sessions.person_id AND ${IS_CONTACT})`;

@Injectable()
export class SessionsRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Those of these people who don't sign in themselves. */
  async absent(tx: EntityManager, personIds: readonly string[]): Promise<readonly string[]> {
    const rows = await tx.query<{ id: string }[]>(
      `SELECT p.id FROM people p WHERE p.id = ANY ($1::uuid[]) AND (p.kind = 'software' OR EXISTS (
         SELECT FROM mandates m WHERE m.holder_id = p.id AND ${IS_CONTACT}) OR ${hasDiedSql('p.id')})`,
      [personIds],
    );
    return rows.map(({ id }) => id);
  }

  async hasDied(tx: EntityManager, personId: string): Promise<boolean> {
    const [row] = await tx.query<[{ hasDied: boolean }]>(`SELECT ${hasDiedSql('$1')} AS "hasDied"`, [personId]);
    return row.hasDied;
  }

  /** Until the transaction ends nobody approves what happened in this person's life: see `LegalFilesRepository.lockLife`. */
  async holdPerson(tx: EntityManager, personId: string): Promise<void> {
    await tx.query('SELECT FROM people WHERE id = $1 FOR KEY SHARE', [personId]);
  }

  async insert(tx: EntityManager, session: SessionEntity): Promise<void> {
    await tx.insert(SessionEntity, session);
  }

  /**
   * The live session by this id, which was used just now. By the database's clock alone; one that was not used for
   * `idleSeconds` has ended, whether or not anybody wrote that down, and so has an assisted one whose call has, or in which
   * somebody else came to the phone, whoever has it now. An organisation's own session ends when others begin to speak for it.
   */
  async use(id: string, idleSeconds: number): Promise<SessionEntity | null> {
    const { manager } = this.dataSource;
    const live = `id = $1 AND ${IS_LIVE}`;
    const [row] = await manager.query<{ isUsed: boolean }[]>(
      `SELECT used_at > clock_timestamp() - $3 * interval '1 second' AS "isUsed" FROM sessions WHERE ${live}`,
      [id, idleSeconds, SAME_USE],
    );
    if (row === undefined) return null;
    if (!row.isUsed) {
      await manager.query(`UPDATE sessions SET used_at = clock_timestamp() WHERE ${live}`, [id, idleSeconds]);
    }
    return manager.findOneBy(SessionEntity, { id, endedAt: IsNull() });
  }

  /** The id of the live one in which this employee acts for this person in this call; null = there is none. */
  async assisted(personId: string, idleSeconds: number, callId: string, agentId: string): Promise<string | null> {
    const [row] = await this.dataSource.query<{ id: string }[]>(
      `SELECT id FROM sessions WHERE person_id = $1 AND ${IS_LIVE} AND call_id = $3 AND agent_id = $4
       ORDER BY proved_at DESC, id LIMIT 1`,
      [personId, idleSeconds, callId, agentId],
    );
    return row?.id ?? null;
  }

  /** Until the transaction ends nobody signs in as this person; who did so at the same time has their session by now. */
  async holdSignIns(tx: EntityManager, personId: string): Promise<void> {
    await tx.query('SELECT FROM people WHERE id = $1 FOR UPDATE', [personId]);
  }

  /**
   * Ends those of a person that nobody ended: also one that nothing opens now and something may open again, such as an agent's
   * return.
   *
   * @param but the one that goes on; null = none does
   */
  async endAll(tx: EntityManager, personId: string, now: Date, but: string | null): Promise<SessionEntity[]> {
    const [rows] = await tx.query<[{ id: string }[], number]>(
      `UPDATE sessions SET ended_at = $2
       WHERE person_id = $1 AND ended_at IS NULL AND expires_at > $2 AND id IS DISTINCT FROM $3 RETURNING id`,
      [personId, now, but],
    );
    return rows.length === 0 ? [] : tx.findBy(SessionEntity, { id: In(rows.map(({ id }) => id)) });
  }

  /** Ends those in which a code of one of these contact points was typed. */
  async endProvedBy(tx: EntityManager, pointIds: readonly string[], now: Date): Promise<SessionEntity[]> {
    const [rows] = await tx.query<[{ id: string }[], number]>(
      `UPDATE sessions SET ended_at = $2
       WHERE person_id IN (SELECT person_id FROM contact_points WHERE id = ANY ($1)) AND contact_point_ids && $1::uuid[]
         AND ended_at IS NULL AND expires_at > $2 RETURNING id`,
      [pointIds, now],
    );
    return rows.length === 0 ? [] : tx.findBy(SessionEntity, { id: In(rows.map(({ id }) => id)) });
  }

  /** Ends this one. Whether it had not ended. */
  async end(tx: EntityManager, id: string, now: Date): Promise<boolean> {
    const { affected } = await tx.update(SessionEntity, { id, endedAt: IsNull() }, { endedAt: now });
    return affected === 1;
  }

  /** The live ones of a person, the newest first. */
  async list(tx: EntityManager, personId: string, idleSeconds: number): Promise<SessionEntity[]> {
    const rows = await tx.query<{ id: string }[]>(`SELECT id FROM sessions WHERE person_id = $1 AND ${IS_LIVE}`, [
      personId,
      idleSeconds,
    ]);
    const ids = rows.map(({ id }) => id);
    return tx.find(SessionEntity, { where: { id: In(ids) }, order: { openedAt: 'DESC', id: 'ASC' } });
  }

  /** Null when it has ended, or is somebody else's. */
  async lock(tx: EntityManager, id: string, personId: string): Promise<SessionEntity | null> {
    return tx.findOne(SessionEntity, {
      where: { id, personId, endedAt: IsNull() },
      lock: { mode: 'pessimistic_write' },
    });
  }

  async update(tx: EntityManager, id: string, changes: Partial<SessionEntity>): Promise<void> {
    await tx.update(SessionEntity, { id }, changes);
  }

  /** Ends those of the next rows after this id that are open. */
  async endPage(
    tx: EntityManager,
    now: Date,
    after: string,
  ): Promise<{ readonly last: string | null; readonly ended: readonly SessionEntity[] }> {
    const [row] = await tx.query<[{ last: string | null; ids: string[] }]>(
      `WITH page AS (SELECT id FROM sessions WHERE id > $1 ORDER BY id LIMIT ${PAGE}), changed AS (
         UPDATE sessions s SET ended_at = $2 FROM page WHERE s.id = page.id AND s.ended_at IS NULL RETURNING s.id
       )
       SELECT (SELECT id FROM page ORDER BY id DESC LIMIT 1) AS last, ARRAY (SELECT id FROM changed) AS ids`,
      [after, now],
    );
    return { last: row.last, ended: row.ids.length === 0 ? [] : await tx.findBy(SessionEntity, { id: In(row.ids) }) };
  }

  /** Those that ended this long ago say nothing any more that the audit doesn't. */
  async forget(before: Date): Promise<void> {
    await this.dataSource.query(
      `DELETE FROM sessions WHERE id IN
         (SELECT id FROM sessions WHERE least(ended_at, expires_at) < $1 LIMIT 10000)`,
      [before],
    );
  }
}
