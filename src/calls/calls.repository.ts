import { Inject, Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import { type EntityManager, In } from 'typeorm';

import { PG_POOL } from '../database/database.module.ts';
import { prepared } from '../database/prepared.ts';
import type { Channel, VerificationMethod } from '../policy/vocabulary.ts';
import { CallEntity } from './call.entity.ts';

/** Rows that one step of going through a whole table looks at. */
const PAGE = 500;
/** Rows that one clearing statement takes: it has to end long before the limit on statements. */
const CLEARING_BATCH = 5_000;

/** A call as the agent who held it may see it again. */
export interface AgentsCall {
  readonly id: string;
  readonly channel: Channel;
  readonly caseRef: string | null;
  readonly openedAt: Date;
  /** When it ended, or will at the latest. */
  readonly endsAt: Date;
  readonly holderIds: readonly string[];
  readonly callerId: string | null;
}

const AGENTS_CALL = `
  SELECT c.id, c.channel, c.case_ref AS "caseRef", c.opened_at AS "openedAt", least(c.ends_at, c.ended_at) AS "endsAt",
    ARRAY (SELECT h.holder_id FROM contract_holders h WHERE h.contract_id = c.contract_id ORDER BY h.position) AS "holderIds",
    c.caller_id AS "callerId"
  FROM calls c`;

@Injectable()
export class CallsRepository {
  constructor(@Inject(PG_POOL) private readonly pool: Pool) {}

  async insert(tx: EntityManager, call: CallEntity): Promise<void> {
    await prepared(
      tx,
      {
        name: 'calls-insert',
        text: `INSERT INTO calls (id, channel, contract_id, agent_id, claim, caller_id, claim_keys, case_ref, language, opened_at,
           ends_at, ended_at, is_software)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
      },
      [
        call.id,
        call.channel,
        call.contractId,
        call.agentId,
        call.claim,
        call.callerId,
        call.claimKeys,
        call.caseRef,
        call.language,
        call.openedAt,
        call.endsAt,
        call.endedAt,
        call.isSoftware,
      ],
    );
  }

  /**
   * @param agentId null = of whichever agent. Asked for here, so that a call of another agent takes no longer than none: a
   *   row that came back would be made into an object before it was refused
   */
  find(tx: EntityManager, id: string, agentId: string | null): Promise<CallEntity | null> {
    return tx.findOneBy(CallEntity, agentId === null ? { id } : { id, agentId });
  }

  findAll(manager: EntityManager, ids: readonly string[]): Promise<CallEntity[]> {
    return manager.findBy(CallEntity, { id: In([...ids]) });
  }

  /** An agent's calls, the newest first, behind the one with this id. */
  async ofAgent(agentId: string, limit: number, after: string | null): Promise<readonly AgentsCall[]> {
    const { rows } = await this.pool.query<AgentsCall>(
      `${AGENTS_CALL} WHERE c.agent_id = $1 AND ($3::uuid IS NULL
         OR (c.opened_at, c.id) < (SELECT b.opened_at, b.id FROM calls b WHERE b.id = $3 AND b.agent_id = $1))
       ORDER BY c.opened_at DESC, c.id DESC LIMIT $2`,
      [agentId, limit, after],
    );
    return rows;
  }

  /** One of an agent's calls; null = it is none of theirs. */
  async oneOfAgent(agentId: string, id: string): Promise<AgentsCall | null> {
    const { rows } = await this.pool.query<AgentsCall>(`${AGENTS_CALL} WHERE c.agent_id = $1 AND c.id = $2`, [
      agentId,
      id,
    ]);
    return rows[0] ?? null;
  }

  /** The database's clock. */
  async clock(manager: EntityManager): Promise<Date> {
    const [row] = await manager.query<[{ now: Date }]>('SELECT clock_timestamp() AS now');
    return row.now;
  }

  async end(tx: EntityManager, id: string, now: Date): Promise<void> {
    await tx.query('UPDATE calls SET ended_at = least($2, ends_at) WHERE id = $1 AND ended_at IS NULL', [id, now]);
  }

  /** Ends what this agent has open. The ids. */
  async endOf(tx: EntityManager, now: Date, agentId: string): Promise<readonly string[]> {
    const [rows] = await tx.query<[{ id: string }[], number]>(
      // Nine hours is longer than any call lasts. One that another process opened while this one waited began after its `now`.
      `UPDATE calls SET ended_at = greatest($2, opened_at) WHERE agent_id = $1 AND opened_at > $2::timestamptz - interval '9 hours'
         AND ended_at IS NULL AND ends_at > $2 RETURNING id`,
      [agentId, now],
    );
    return rows.map(({ id }) => id);
  }

  /** Of the next rows behind `after`, ends every open call. `last`: null = there are no more. */
  async endPage(
    tx: EntityManager,
    now: Date,
    after: string,
  ): Promise<{ readonly last: string | null; readonly ended: readonly string[] }> {
    const [row] = await tx.query<[{ last: string | null; ended: string[] }]>(
      // Not before it began: the restored database may run on a machine with another clock.
      `WITH page AS (SELECT id FROM calls WHERE id > $1 ORDER BY id LIMIT ${PAGE}), changed AS (
         UPDATE calls c SET ended_at = greatest($2, c.opened_at) FROM page
         WHERE c.id = page.id AND c.ended_at IS NULL AND c.ends_at > $2 RETURNING c.id
       )
       SELECT (SELECT id FROM page ORDER BY id DESC LIMIT 1) AS last, ARRAY (SELECT id FROM changed) AS ended`,
      [after, now],
    );
    return row;
  }

  async handOver(
    tx: EntityManager,
    id: string,
    handed: Pick<CallEntity, 'claim' | 'callerId' | 'claimKeys' | 'isSoftware' | 'handedOverAt'>,
  ): Promise<void> {
    const { claim, callerId, claimKeys, isSoftware, handedOverAt } = handed;
    await tx.update(CallEntity, { id }, { claim, callerId, claimKeys, isSoftware, handedOverAt });
  }

  /** What was kept of unknown callers, a day after the last moment of their call. How many calls. */
  async clearClaims(): Promise<number> {
    for (let cleared = 0; ;) {
      const { rowCount } = await this.pool.query(`
        UPDATE calls SET claim_keys = '{}' WHERE id IN (
          SELECT id FROM calls WHERE claim_keys <> '{}' AND ends_at <= now() - interval '24 hours'
          ORDER BY ends_at LIMIT ${CLEARING_BATCH} FOR UPDATE SKIP LOCKED)`);
      cleared += rowCount ?? 0;
      if ((rowCount ?? 0) < CLEARING_BATCH) return cleared;
    }
  }

  /** Everybody who may be meant by a name on this contract: its holders, their proxies and representatives past and present. */
  async peopleAround(tx: EntityManager, holderIds: readonly string[]): Promise<readonly string[]> {
    const text = `SELECT proxy_id AS id FROM mandates WHERE holder_id = ANY ($1::uuid[])
      UNION SELECT representative_id FROM representations WHERE holder_id = ANY ($1::uuid[])`;
    const rows = await prepared<{ id: string }>(tx, { name: 'calls-people-around', text }, [holderIds]);
    return [...holderIds, ...rows.map(({ id }) => id)];
  }

  async isSoftware(tx: EntityManager, personId: string | null): Promise<boolean> {
    const rows = await tx.query<unknown[]>(`SELECT FROM people WHERE id = $1 AND kind = 'software'`, [personId]);
    return rows.length > 0;
  }

  async proxyOfMandate(tx: EntityManager, mandateRef: string): Promise<string | null> {
    const [row] = await tx.query<{ proxy_id: string }[]>('SELECT proxy_id FROM mandates WHERE mandate_ref = $1', [
      mandateRef,
    ]);
    return row?.proxy_id ?? null;
  }

  /** @param personId null = nobody was recognised: the same statement, so that it takes the same time, and no row */
  async insertVerification(
    tx: EntityManager,
    id: string,
    callId: string,
    personId: string | null,
    method: VerificationMethod,
    now: Date,
  ): Promise<void> {
    await prepared(
      tx,
      {
        name: 'calls-insert-verification',
        text: `INSERT INTO verifications (id, call_id, person_id, method, verified_at)
       SELECT $1::uuid, $2::uuid, $3::uuid, $4, $5::timestamptz WHERE $3::uuid IS NOT NULL`,
      },
      [id, callId, personId, method, now],
    );
  }
}
