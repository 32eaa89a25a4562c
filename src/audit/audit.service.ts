import { Inject, Injectable } from '@nestjs/common';
import type { ClientBase, Pool } from 'pg';
import { DataSource, type EntityManager } from 'typeorm';

import { translateDatabaseError } from '../database/constraint-errors.ts';
import { PG_POOL } from '../database/database.module.ts';
import { AppError } from '../errors.ts';
import { metrics } from '../http/metrics.ts';
import { AuditWriter } from './audit-writer.ts';
import type { ChainHead } from './chain.ts';
import {
  appendChanges,
  appendRecords,
  type AuditEntry,
  beginRecording,
  readHead,
  type WrittenEntry,
} from './audit.repository.ts';
import { changesOf } from './changes.ts';

export { type AuditEntry, written, type WrittenEntry } from './audit.repository.ts';

/** What a recorded transaction did: its answer, and what the audit keeps of it. */
export interface Recorded<T> {
  readonly result: T;
  readonly entries: readonly AuditEntry[];
  /** It answers what it has read without keeping it from changing: see {@link OLDEST}. */
  readonly isAdvice?: boolean;
}

/** What is told of a record when it stands. */
export type Watched = Omit<AuditEntry, 'body'>;

/** What was read, and what follows from it, at the database's `now` of reading. */
export interface Reading<T> {
  readonly result: T;
  readonly entries: readonly WrittenEntry[];
  readonly now: Date;
}

/**
 * Milliseconds between reading and recording, by the database's clock, after which what was read is no ground for an
 * answer any more. A process that stands still in between (a paused machine, a stall) would permit what was taken back
 * meanwhile. As much as its own statement may take, and the append before it.
 */
const OLDEST = 4_000;

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
  /** Settles when everything that came so far is done. */
  private queue: Promise<unknown> = Promise.resolve();
  /** Settles when every change that came so far is done. */
  private changes: Promise<unknown> = Promise.resolve();
  private waiting = 0;
  /** Where this process's chain stands after what it last recorded; null = ask the database. */
  private head: ChainHead | null = null;
  private readonly watchers: ((entries: readonly Watched[]) => void)[] = [];

  constructor(
    private readonly dataSource: DataSource,
    @Inject(PG_POOL) private readonly pool: Pool,
    private readonly writer: AuditWriter,
  ) {}

  /** Calls `watcher` with what was recorded here, once it is. It must not throw, and nobody waits for it. */
  onRecorded(watcher: (entries: readonly Watched[]) => void): void {
    this.watchers.push(watcher);
  }

  /**
   * @param work gets the transaction, the database's `now`, and the same transaction's plain client for prepared statements
   * @throws AppError `unavailable` when the queue is full or the database fails; nothing was changed then
   */
  async record<T>(work: (tx: EntityManager, now: Date, client: ClientBase) => Promise<Recorded<T>>): Promise<T> {
    const earlier = this.queue;
    const turn = this.enqueue(async () => {
      await earlier;
      return this.recordNow(work);
    });
    this.changes = this.queue;
    return turn;
  }

  /**
   * For what reads committed rows and changes nothing but the record. It reads after every change that came before it, and
   * its records stand before those of every change that comes after it: in this process's chain no permit follows what
   * should have kept it from being given. While it reads, what was read before it may still be being written.
   *
   * @param read reads in one statement, its clock included; nothing that it has locked stays locked
   * @param onRead called when the next one may begin to read
   * @throws AppError `unavailable`, as {@link record}, and when what was read had become too old: it may be read again
   */
  async recordReading<T>(read: (pool: Pool) => Promise<Reading<T>>, onRead: () => void): Promise<T> {
    const { changes, queue } = this;
    return this.enqueue(async () => {
      await changes;
      const { result, entries, now } = await read(this.pool).catch(rethrow);
      await queue;
      onRead();
      await this.append(entries, now);
      return result;
    });
  }

  private enqueue<T>(run: () => Promise<T>): Promise<T> {
    if (this.waiting >= QUEUE_BOUND) {
      throw new AppError('unavailable', 'Too many changes are waiting. Try again in a moment.', { retryAfter: 1 });
    }
    this.waiting += 1;
    const turn = run();
    this.queue = Promise.allSettled([this.queue, turn]).then(() => void (this.waiting -= 1));
    return turn;
  }

  private async recordNow<T>(
    work: (tx: EntityManager, now: Date, client: ClientBase) => Promise<Recorded<T>>,
  ): Promise<T> {
    const runner = this.dataSource.createQueryRunner();
    this.head = null;
    let client: ClientBase | null = null;
    try {
      client = (await runner.connect()) as ClientBase;
      // The ORM is told that it is inside of one: else it would begin, and commit, some of its own.
      (runner as { isTransactionActive: boolean }).isTransactionActive = true;
      const { head: before, now } = await beginRecording(client, this.writer.chainId);
      const { result, entries, isAdvice = false } = await work(runner.manager, now, client);
      const head = await appendRecords(client, before, entries, now, isAdvice ? lastMoment(now) : null).catch(
        unrecorded,
      );
      if (head === null) unrecorded(new Error(isAdvice ? TOO_OLD : 'a locked chain has moved'));
      await appendChanges(client, changesOf(entries), now).catch(unrecorded);
      await client.query('COMMIT');
      this.head = head;
      this.recorded(entries);
      return result;
    } catch (error) {
      await client?.query('ROLLBACK').catch(() => undefined);
      throw translateDatabaseError(error);
    } finally {
      await runner.release();
    }
  }

  private recorded(entries: readonly Watched[]): void {
    metrics.auditBatch.observe(entries.length);
    for (const watcher of this.watchers) watcher(entries);
  }

  /** In one statement, which is its own transaction: there is nothing to lock or to begin. */
  private async append(entries: readonly WrittenEntry[], now: Date): Promise<void> {
    for (let attempt = 1; attempt <= 2; attempt += 1) {
      const before: ChainHead = this.head ?? (await readHead(this.pool, this.writer.chainId).catch(unrecorded));
      // Whatever goes wrong from here on, nobody knows whether it was written.
      this.head = null;
      const head = await appendRecords(this.pool, before, entries, now, lastMoment(now)).catch(unrecorded);
      if (head !== null) {
        this.head = head;
        this.recorded(entries);
        return;
      }
    }
    unrecorded(new Error(`${TOO_OLD}, or the chain moves under its only writer`));
  }
}

const TOO_OLD = 'what was read has become too old';

function lastMoment(now: Date): Date {
  return new Date(now.getTime() + OLDEST);
}

/** No record, no answer: whatever keeps it from being written, it is not the client's fault, and nothing was done. */
function unrecorded(cause: unknown): never {
  throw new AppError('unavailable', 'This could not be recorded, so it was not done.', { cause, retryAfter: 1 });
}

function rethrow(error: unknown): never {
  throw translateDatabaseError(error);
}
