import { randomUUID } from 'node:crypto';

import { Inject, Injectable } from '@nestjs/common';
import type { ClientBase, Pool, PoolClient } from 'pg';
import { DataSource, type EntityManager } from 'typeorm';

import { translateDatabaseError } from '../database/constraint-errors.ts';
import { PG_POOL } from '../database/database.module.ts';
import { AppError } from '../errors.ts';
import { metrics } from '../http/metrics.ts';
import { AuditWriter } from './audit-writer.ts';
import type { ChainHead } from './chain.ts';
import { appendRecords, type AuditEntry, beginLocked, lockChain, readClock } from './audit.repository.ts';

export type { AuditEntry } from './audit.repository.ts';

/** What a recorded transaction did: its answer, and what the audit keeps of it. */
export interface Recorded<T> {
  readonly result: T;
  readonly entries: readonly AuditEntry[];
}

/** The most recorded transactions that may wait in one process; more are answered 503 at once. */
const QUEUE_BOUND = 512;

/**
 * The one way to change anything. A recorded transaction locks its chain first, reads the database's clock, does its
 * work, appends its entries and commits: what was answered was recorded, what was not recorded did not happen.
 *
 * Inside a process recorded transactions run one after the other. They wait here, in memory, and not on a connection,
 * so that a queue of writers never starves the pool.
 */
@Injectable()
export class AuditService {
  private queue: Promise<unknown> = Promise.resolve();
  private waiting = 0;

  constructor(
    private readonly dataSource: DataSource,
    @Inject(PG_POOL) private readonly pool: Pool,
    private readonly writer: AuditWriter,
  ) {}

  /**
   * @param work gets the transaction, the database's `now`, and the same transaction's plain client for prepared statements
   * @throws AppError `unavailable` when the queue is full or the database fails; nothing was changed then
   */
  record<T>(work: (tx: EntityManager, now: Date, client: ClientBase) => Promise<Recorded<T>>): Promise<T> {
    return this.inTurn(() => this.recordNow(work));
  }

  /** The same for work that speaks plain SQL alone: for the hot path, with fewer ways to the database and back. */
  recordPlain<T>(work: (client: ClientBase, now: Date) => Promise<Recorded<T>>): Promise<T> {
    return this.inTurn(() => this.recordPlainNow(work));
  }

  private async inTurn<T>(run: () => Promise<T>): Promise<T> {
    if (this.waiting >= QUEUE_BOUND) {
      throw new AppError('unavailable', 'Too many changes are waiting. Try again in a moment.', { retryAfter: 1 });
    }
    this.waiting += 1;
    const turn = this.queue.then(run);
    this.queue = turn.catch(() => undefined).finally(() => (this.waiting -= 1));
    return turn;
  }

  private async recordNow<T>(
    work: (tx: EntityManager, now: Date, client: ClientBase) => Promise<Recorded<T>>,
  ): Promise<T> {
    const runner = this.dataSource.createQueryRunner();
    try {
      const client = (await runner.connect()) as ClientBase;
      await runner.startTransaction();
      const head = await lockChain(client, this.writer.chainId);
      const now = await readClock(client);
      const { result, entries } = await work(runner.manager, now, client);
      await append(client, head, entries, now);
      await runner.commitTransaction();
      metrics.auditBatch.observe(entries.length);
      return result;
    } catch (error) {
      if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
      throw translateDatabaseError(error);
    } finally {
      await runner.release();
    }
  }

  private async recordPlainNow<T>(work: (client: ClientBase, now: Date) => Promise<Recorded<T>>): Promise<T> {
    let client: PoolClient | null = null;
    let isBroken = false;
    try {
      client = await this.pool.connect();
      const { head, now } = await beginLocked(client, this.writer.chainId);
      const { result, entries } = await work(client, now);
      await append(client, head, entries, now);
      await client.query('COMMIT');
      metrics.auditBatch.observe(entries.length);
      return result;
    } catch (error) {
      // A connection that can't even go back is not used again.
      await client?.query('ROLLBACK').catch(() => (isBroken = true));
      throw translateDatabaseError(error);
    } finally {
      client?.release(isBroken);
    }
  }
}

/** No record, no answer: whatever keeps it from being written, it is not the client's fault, and nothing was done. */
async function append(client: ClientBase, head: ChainHead, entries: readonly AuditEntry[], now: Date): Promise<void> {
  const named = entries.map((entry) => ({ ...entry, id: entry.id ?? randomUUID() }));
  try {
    await appendRecords(client, head, named, now);
  } catch (cause) {
    throw new AppError('unavailable', 'This could not be recorded, so it was not done.', { cause, retryAfter: 1 });
  }
}
