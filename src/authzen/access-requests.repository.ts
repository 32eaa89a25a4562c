import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import { prepared } from '../database/prepared.ts';
import type { AccessRequest, RequestedItem, TaskStatus } from './access-request.ts';
import { AccessRequestEntity } from './access-request.entity.ts';

/** Rows that one clearing statement takes: it has to end long before the limit on statements. */
const CLEARING_BATCH = 5_000;

/** Every look-up names whose calls it may see: null = every agent's. Another agent's takes no longer than none. */
@Injectable()
export class AccessRequestsRepository {
  constructor(private readonly dataSource: DataSource) {}

  find(id: string, agentId: string | null): Promise<AccessRequestEntity | null> {
    return this.dataSource.manager.findOneBy(AccessRequestEntity, agentId === null ? { id } : { id, agentId });
  }

  async byApproval(
    approvalId: string,
    agentId: string | null,
  ): Promise<{ readonly items: readonly RequestedItem[]; readonly now: Date } | null> {
    const text = `SELECT items, clock_timestamp() AS now FROM access_requests
      WHERE approval_id = $1 AND ($2::uuid IS NULL OR agent_id = $2)`;
    const [found] = await prepared<{ items: RequestedItem[]; now: Date }>(
      this.dataSource.manager,
      { name: 'authzen-approval', text },
      [approvalId, agentId],
    );
    return found ?? null;
  }

  ofKey(tx: EntityManager, requester: string, idempotencyKey: string): Promise<AccessRequestEntity | null> {
    return tx.findOneBy(AccessRequestEntity, { requester, idempotencyKey });
  }

  /** One of these denials was used for a request before. */
  async isUsed(tx: EntityManager, callId: string, evaluationIds: readonly string[]): Promise<boolean> {
    const rows = await tx.query<unknown[]>(
      'SELECT 1 FROM access_requests WHERE call_id = $1 AND evaluation_ids && $2::text[] LIMIT 1',
      [callId, evaluationIds],
    );
    return rows.length > 0;
  }

  async insert(tx: EntityManager, request: AccessRequest): Promise<void> {
    await tx.insert(AccessRequestEntity, request);
  }

  /** Nobody else ends it until the transaction does. */
  lock(tx: EntityManager, id: string): Promise<AccessRequestEntity | null> {
    return tx.findOne(AccessRequestEntity, { where: { id }, lock: { mode: 'pessimistic_write' } });
  }

  async settle(tx: EntityManager, id: string, status: TaskStatus, items: readonly RequestedItem[]): Promise<void> {
    await tx.update(AccessRequestEntity, { id }, { status, items });
  }

  /** Requests that ended a day ago or longer, with their keys. How many went. */
  async clear(): Promise<number> {
    for (let cleared = 0; ;) {
      const [, count] = await this.dataSource.query<[unknown[], number]>(
        `DELETE FROM access_requests WHERE id IN (
           SELECT id FROM access_requests WHERE expires_at <= now() - interval '24 hours'
           ORDER BY expires_at LIMIT ${CLEARING_BATCH} FOR UPDATE SKIP LOCKED)`,
      );
      cleared += count;
      if (count < CLEARING_BATCH) return cleared;
    }
  }
}
