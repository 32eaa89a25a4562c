import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import { Injectable } from '@nestjs/common';
import { Client, type ClientBase, DatabaseError } from 'pg';

import { Config } from '../config/config.ts';
import { AppError } from '../errors.ts';
import { AuditWriter } from './audit-writer.ts';
import { appendRecords, lockChain, readChainIds, readClock } from './audit.repository.ts';
import type { ChainHead } from './chain.ts';
import { readTreeSizes } from './checkpoint.repository.ts';
import {
  DETACHED,
  type DetachedBody,
  detachPartition,
  type Edges,
  insertAnchors,
  lockRecords,
  ownsRecords,
  type Partition,
  readAnchors,
  readEdges,
  readPartitions,
  settleOthers,
} from './partitions.repository.ts';

/** What retention would do, or did. */
export interface Retention {
  /** Months that ended before this are no longer kept. */
  readonly keptFrom: Date;
  /** Whole months to detach, the oldest first. */
  readonly months: readonly Partition[];
  /**
   * Old enough, but a chain goes on in one of them after records that are kept: a clock was set back. They go once those
   * are old enough too.
   */
  readonly heldBack: readonly Partition[];
  /**
   * Old enough, but the trees of the checkpoints have not grown over all of their records yet. Without these nobody could
   * show any more what was in them, and no checkpoint would ever be made again.
   */
  readonly uncovered: readonly Partition[];
  /** Where each chain that loses records begins then. */
  readonly anchors: readonly ChainHead[];
}

const LOCK_NOT_AVAILABLE = '55P03';
const DEADLOCK = '40P01';
/**
 * How often it tries, and milliseconds. Records wait behind a lock that waits: it gives up soon, and lets them pass before it
 * tries again.
 */
const PATIENCE = { tries: 20, lockWait: 500, pause: 1_000 };

/** Takes whole months out of the audit, so that it doesn't grow for ever, and keeps the rest of it verifiable. */
@Injectable()
export class AuditRetention {
  private readonly patience = PATIENCE;

  constructor(
    private readonly config: Config,
    private readonly writer: AuditWriter,
  ) {}

  /**
   * What `detach` would do now.
   *
   * @param ownerUrl a role that owns the tables; the application's own may not look into partitions
   */
  async plan(ownerUrl: string): Promise<Retention> {
    return asOwner(ownerUrl, async (client) => {
      await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
      const plan = await planOf(client, this.config.auditMonths, await readClock(client));
      await client.query('COMMIT');
      return plan;
    });
  }

  /**
   * Detaches every month that is no longer kept, notes the anchors, and records it: all of that or none. The service may
   * go on working meanwhile; it waits for some milliseconds. Verify the audit first: afterwards nobody can.
   *
   * @param actor as the audit names it
   * @throws AppError `unavailable` when somebody reads or writes all the time, such as a verification that goes on
   */
  async detach(ownerUrl: string, actor: string): Promise<Retention> {
    return asOwner(ownerUrl, async (client) => {
      await settleOthers(client);
      for (let left = this.patience.tries - 1; ; left -= 1) {
        try {
          return await this.detachNow(client, actor);
        } catch (error) {
          await client.query('ROLLBACK');
          const isBusy = error instanceof DatabaseError && [LOCK_NOT_AVAILABLE, DEADLOCK].includes(error.code ?? '');
          if (!isBusy) throw error;
          if (left === 0) throw new AppError('unavailable', 'The audit is being read all the time.', { cause: error });
        }
        await sleep(this.patience.pause);
      }
    });
  }

  private async detachNow(client: ClientBase, actor: string): Promise<Retention> {
    await client.query(`BEGIN; SET LOCAL lock_timeout = ${this.patience.lockWait}`);
    // The chain first, as in every recorded transaction, so that no two of them wait for each other.
    const head = await lockChain(client, this.writer.chainId);
    await lockRecords(client);
    const now = await readClock(client);
    const plan = await planOf(client, this.config.auditMonths, now);
    if (plan.months.length === 0) {
      await client.query('ROLLBACK');
      return plan;
    }
    for (const { name } of plan.months) await detachPartition(client, name);
    await insertAnchors(client, plan.anchors, now);
    const body: DetachedBody = {
      tables: plan.months.map(({ name }) => name),
      anchors: (await readAnchors(client)).map(({ chainId, sequence, hash }) => ({
        chainId,
        sequence: sequence.toString(),
        hash: hash.toString('hex'),
      })),
    };
    await appendRecords(client, head, [{ id: randomUUID(), kind: DETACHED, actor, body: { ...body } }], now);
    await client.query('COMMIT');
    return plan;
  }
}

async function asOwner<T>(ownerUrl: string, work: (client: ClientBase) => Promise<T>): Promise<T> {
  const client = new Client({
    connectionString: ownerUrl,
    application_name: 'mandaat retention',
    options: '-c TimeZone=UTC',
  });
  client.on('error', () => undefined);
  await client.connect();
  try {
    if (!(await ownsRecords(client))) {
      throw new Error('Only the role that owns the tables can do this: set DATABASE_OWNER_URL.');
    }
    return await work(client);
  } finally {
    await client.end();
  }
}

async function planOf(client: ClientBase, monthsKept: number, now: Date): Promise<Retention> {
  const keptFrom = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - monthsKept));
  const partitions = await readPartitions(client);
  const chainIds = await readChainIds(client);
  const parts: { readonly partition: Partition; readonly edges: readonly Edges[] }[] = [];
  for (const partition of partitions) {
    parts.push({ partition, edges: await readEdges(client, partition.name, chainIds) });
  }
  // The oldest come first.
  const old = parts.filter(({ partition: { bounds } }) => bounds !== null && bounds.to <= keptFrom);
  const sizes = await readTreeSizes(client);
  const isCovered = ({ last }: Edges): boolean => last.sequence <= (sizes.get(last.chainId) ?? 0n);
  const firstUncovered = old.findIndex(({ edges }) => !edges.every(isCovered));
  const covered = firstUncovered < 0 ? old.length : firstUncovered;
  let count = covered;
  const fits = (): boolean => {
    const kept = parts.filter((part) => !old.slice(0, count).includes(part)).flatMap(({ edges }) => edges);
    return old
      .slice(0, count)
      .every(({ edges }) =>
        edges.every(({ last }) =>
          kept.every((other) => other.last.chainId !== last.chainId || other.first > last.sequence),
        ),
      );
  };
  while (!fits()) count -= 1;
  const anchors = new Map<number, ChainHead>();
  for (const { edges } of old.slice(0, count)) {
    for (const { last } of edges) {
      const known = anchors.get(last.chainId);
      if (known === undefined || known.sequence < last.sequence) anchors.set(last.chainId, last);
    }
  }
  return {
    keptFrom,
    months: old.slice(0, count).map(({ partition }) => partition),
    heldBack: old.slice(count, covered).map(({ partition }) => partition),
    uncovered: old.slice(covered).map(({ partition }) => partition),
    anchors: [...anchors.values()],
  };
}
