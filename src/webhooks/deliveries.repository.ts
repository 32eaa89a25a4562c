import { randomUUID } from 'node:crypto';

import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import { type ChangePlace, tokenOf } from '../changes/change-token.ts';
import { told, type ToldChange } from '../changes/told-change.ts';
import { heardOfThePast, heardUpTo } from './heard.ts';
import { type AttemptFault, type Delivery, type DeliveryState, TEST_TYPE } from './webhook.ts';

/** Rows that one statement may change: it has to end long before the limit on statements. */
const BATCH = 5_000;
/** As long as changes are kept: what it tells of is gone by then. */
const DAYS_KEPT = 30;

/** One message in this process's hands. */
export interface Claimed {
  readonly id: string;
  /** The number of this try. */
  readonly attempt: number;
  /** Of this try, by the database's clock. */
  readonly at: Date;
  /** Null: what it tells of is no longer kept. */
  readonly message: ToldChange | null;
}

/** What became of a try. */
export interface Settled {
  readonly state: DeliveryState;
  readonly status: number | null;
  readonly fault: AttemptFault | null;
  /** Milliseconds until the next one, if it is still pending. */
  readonly delay: number;
}

interface ChangeRef extends ChangePlace {
  readonly type: string;
  readonly at: Date;
  /** Of a transaction that began after what was heard of. */
  readonly isBehind: boolean;
  readonly snapshot: string;
  readonly newestEpoch: number;
}

type Row = Omit<Delivery, 'messageId'> & { readonly [Part in keyof ChangePlace]: ChangePlace[Part] | null };

/** With what it tells of, as far as that is still kept. */
interface ClaimedRow extends Pick<Row, 'id' | 'epoch' | 'tx' | 'n' | 'type' | 'at'> {
  readonly attempt: number;
  readonly now: Date;
  readonly data: ToldChange['data'] | null;
  readonly personRef: string | null;
  readonly agentRef: string | null;
}

const COLUMNS = `id, epoch, tx::text AS tx, n::text AS n, type, at, state, attempts, CASE WHEN state = 'pending' THEN due_at END AS "dueAt",
  tried_at AS "triedAt", last_status AS "lastStatus", last_fault AS "lastFault"`;

@Injectable()
export class DeliveriesRepository {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Makes a delivery of every change of its types that this webhook has not heard of, and notes that it has: both or neither.
   * A change is in here as soon as it is committed, whatever else still runs. So they come in no order.
   *
   * @returns whether there may be more; false also while another process does it
   */
  handOut(webhookId: string, page: number): Promise<boolean> {
    return this.dataSource.transaction(async (tx) => {
      const [webhook] = await tx.query<{ types: string[] | null; epoch: number; heard: string }[]>(
        `SELECT types, epoch, heard::text AS heard FROM webhooks WHERE id = $1 AND status = 'enabled' FOR UPDATE SKIP LOCKED`,
        [webhookId],
      );
      if (webhook === undefined) return false;
      const news = await unheard(tx, webhook.epoch, webhook.heard, page);
      const last = news.at(-1);
      if (last === undefined) return false;
      const wanted = news.filter(({ type }) => webhook.types?.includes(type) ?? true);
      await tx.query(
        `INSERT INTO webhook_deliveries (id, webhook_id, epoch, tx, n, type, at, due_at)
         SELECT gen_random_uuid(), $1, c.epoch, c.tx::xid8, c.n, c.type, c.at, clock_timestamp()
         FROM unnest($2::integer[], $3::text[], $4::bigint[], $5::text[], $6::timestamptz[]) c (epoch, tx, n, type, at)`,
        [
          webhookId,
          wanted.map(({ epoch }) => epoch),
          wanted.map(({ tx: number }) => number),
          wanted.map(({ n }) => n),
          wanted.map(({ type }) => type),
          wanted.map(({ at }) => at),
        ],
      );
      const isMore = news.filter(({ isBehind }) => isBehind).length >= page;
      const { epoch, heard } = isMore ? upTo(last) : { epoch: last.newestEpoch, heard: last.snapshot };
      await tx.query('UPDATE webhooks SET epoch = $2, heard = $3::pg_snapshot WHERE id = $1', [
        webhookId,
        epoch,
        heard,
      ]);
      return isMore;
    });
  }

  /** Takes some that are due, the longest first. Nobody else has them until the lease is over. */
  async claim(webhookId: string, most: number, lease: number): Promise<readonly Claimed[]> {
    const rows = await this.dataSource.query<ClaimedRow[]>(
      `WITH due AS (
         SELECT id FROM webhook_deliveries WHERE webhook_id = $1 AND state = 'pending' AND due_at <= now()
         ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED
       ), claimed AS (
         UPDATE webhook_deliveries d SET attempts = attempts + 1, tried_at = now(), due_at = now() + make_interval(secs => $3)
         FROM due WHERE d.id = due.id RETURNING d.*
       )
       SELECT k.id, k.epoch, k.tx::text AS tx, k.n::text AS n, k.type, k.at, k.attempts AS attempt, k.tried_at AS now, c.data,
         p.crm_ref AS "personRef", a.agent_ref AS "agentRef"
       FROM claimed k LEFT JOIN changes c ON c.epoch = k.epoch AND c.tx = k.tx AND c.n = k.n
         LEFT JOIN people p ON p.id = (c.data ->> 'person_id')::uuid
         LEFT JOIN agents a ON a.id = (c.data ->> 'agent_id')::uuid`,
      [webhookId, most, lease / 1_000],
    );
    return rows.map(({ id, attempt, now, type, at, epoch, tx, n, data, personRef, agentRef }) => {
      const claimed = { id, attempt, at: now };
      if (type === TEST_TYPE) return { ...claimed, message: { id, type, at, data: { webhook_id: webhookId } } };
      const isKept = epoch !== null && tx !== null && n !== null && data !== null;
      return { ...claimed, message: isKept ? told({ epoch, tx, n, type, at, data, personRef, agentRef }) : null };
    });
  }

  /** Notes what became of this try, unless a later one has begun. @returns for how many days every try there has failed */
  async settle(webhookId: string, { id, attempt }: Claimed, settled: Settled): Promise<number> {
    const { state, status, fault, delay } = settled;
    const [row] = await this.dataSource.query<{ days: number | null }[]>(
      `WITH tried AS (
         UPDATE webhook_deliveries SET state = $4, last_status = $5, last_fault = $6,
           due_at = clock_timestamp() + make_interval(secs => $7)
         WHERE id = $2 AND state = 'pending' AND (attempts = $3 OR $4 = 'delivered')
       ), before AS (SELECT failing_since FROM webhooks WHERE id = $1), known AS (
         UPDATE webhooks SET failing_since = CASE WHEN $4 = 'delivered' THEN NULL ELSE clock_timestamp() END
         WHERE id = $1 AND (failing_since IS NULL) = ($4 <> 'delivered')
       )
       SELECT (extract(epoch FROM clock_timestamp() - failing_since) / 86400)::float8 AS days FROM before`,
      [webhookId, id, attempt, state, status, fault, delay / 1_000],
    );
    return state === 'delivered' ? 0 : (row?.days ?? 0);
  }

  /** A message that tells of nothing. */
  async insertTest(tx: EntityManager, webhookId: string, now: Date): Promise<Delivery> {
    const id = randomUUID();
    const rows = await tx.query<Row[]>(
      `INSERT INTO webhook_deliveries (id, webhook_id, type, at, due_at) VALUES ($1, $2, $3, $4, $4) RETURNING ${COLUMNS}`,
      [id, webhookId, TEST_TYPE, now],
    );
    return deliveryOf(rows[0]);
  }

  /** The newest first, behind the one with this id. */
  async list(
    webhookId: string,
    {
      state,
      limit,
      after,
    }: { readonly state: DeliveryState | null; readonly limit: number; readonly after: string | null },
  ): Promise<readonly Delivery[]> {
    const rows = await this.dataSource.query<Row[]>(
      `SELECT ${COLUMNS} FROM webhook_deliveries
       WHERE webhook_id = $1 AND ($2::text IS NULL OR state = $2)
         AND ($3::uuid IS NULL OR (at, id) < (SELECT a.at, a.id FROM webhook_deliveries a WHERE a.id = $3 AND a.webhook_id = $1))
       ORDER BY at DESC, id DESC LIMIT $4`,
      [webhookId, state, after, limit],
    );
    return rows.map(deliveryOf);
  }

  /** As if it had never been tried, at once. Null when there is none; one that waits already is answered as it is now. */
  async replay(tx: EntityManager, webhookId: string, id: string): Promise<Delivery | null> {
    const [rows] = await tx.query<[Row[], number]>(
      `UPDATE webhook_deliveries SET state = 'pending', attempts = 0, due_at = clock_timestamp()
       WHERE id = $2 AND webhook_id = $1 RETURNING ${COLUMNS}`,
      [webhookId, id],
    );
    return rows[0] === undefined ? null : deliveryOf(rows[0]);
  }

  /** Everything that failed and that tells of what happened since. @returns how many */
  async replaySince(webhookId: string, since: Date): Promise<number> {
    let count = 0;
    for (let isMore = true; isMore;) {
      const [, changed] = await this.dataSource.query<[unknown, number]>(
        `UPDATE webhook_deliveries SET state = 'pending', attempts = 0, due_at = clock_timestamp() WHERE id IN (
           SELECT id FROM webhook_deliveries WHERE webhook_id = $1 AND at >= $2 AND state = 'failed' ORDER BY at LIMIT ${BATCH})`,
        [webhookId, since],
      );
      count += changed;
      isMore = changed === BATCH;
    }
    return count;
  }

  async clear(): Promise<void> {
    for (let isMore = true; isMore;) {
      const [, removed] = await this.dataSource.query<[unknown, number]>(
        `DELETE FROM webhook_deliveries WHERE id IN (
           SELECT id FROM webhook_deliveries WHERE at < now() - interval '${DAYS_KEPT} days' ORDER BY at LIMIT ${BATCH})`,
      );
      isMore = removed === BATCH;
    }
  }
}

/**
 * Committed changes that this snapshot did not see, the older transactions first. Those of transactions that were running then are
 * found by their numbers, the others stand behind it: what was heard of is not walked over again.
 */
function unheard(tx: EntityManager, epoch: number, heard: string, page: number): Promise<ChangeRef[]> {
  return tx.query(
    `SELECT u.epoch, u.tx::text AS tx, u.n::text AS n, u.type, u.at, u.is_behind AS "isBehind",
       pg_current_snapshot()::text AS snapshot,
       (SELECT max(id) FROM change_epochs) AS "newestEpoch"
     FROM (
       SELECT c.epoch, c.tx, c.n, c.type, c.at, false AS is_behind FROM pg_snapshot_xip($2::pg_snapshot) running (tx)
         JOIN changes c ON c.epoch = $1 AND c.tx = running.tx
       UNION ALL (
         SELECT c.epoch, c.tx, c.n, c.type, c.at, true FROM changes c
         WHERE (c.epoch, c.tx) >= ($1, pg_snapshot_xmax($2::pg_snapshot))
         ORDER BY c.epoch, c.tx FETCH FIRST $3 ROWS WITH TIES)
     ) u ORDER BY u.epoch, u.tx, u.n`,
    [epoch, heard, page],
  );
}

/** Heard of everything up to this one: what comes behind it is for the next time. */
function upTo({ epoch, tx, snapshot, newestEpoch }: ChangeRef): { readonly epoch: number; readonly heard: string } {
  return { epoch, heard: epoch === newestEpoch ? heardUpTo(snapshot, tx) : heardOfThePast(tx) };
}

function deliveryOf(row: Row | undefined): Delivery {
  if (row === undefined) throw new Error('a statement without a row');
  const { epoch, tx, n, ...delivery } = row;
  const isTest = epoch === null || tx === null || n === null;
  return { ...delivery, messageId: isTest ? row.id : tokenOf({ epoch, tx, n, at: row.at }) };
}
