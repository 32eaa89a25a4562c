import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import type { AccessCallback } from './access-callback.ts';
import type { TaskStatus } from './access-request.ts';

/** One message in this process's hands. */
export interface ClaimedCallback {
  readonly requestId: string;
  readonly endpoint: string;
  readonly opaque: string | null;
  readonly status: TaskStatus;
  /** The number of this try. */
  readonly attempt: number;
  /** Of this try, by the database's clock. */
  readonly at: Date;
}

/** What became of a try. */
export interface SettledCallback {
  readonly state: 'delivered' | 'pending' | 'failed';
  readonly status: number | null;
  readonly fault: string | null;
  /** Milliseconds until the next one, if it is still pending. */
  readonly delay: number;
}

@Injectable()
export class AccessCallbacksRepository {
  constructor(private readonly dataSource: DataSource) {}

  async insert(tx: EntityManager, requestId: string, { endpoint, opaque, events }: AccessCallback): Promise<void> {
    await tx.query('INSERT INTO access_callbacks (request_id, endpoint, opaque, events) VALUES ($1, $2, $3, $4)', [
      requestId,
      endpoint,
      opaque,
      events,
    ]);
  }

  /** The request has ended: what is wanted is due from now on, with the transaction that says so. */
  async end(tx: EntityManager, requestId: string, status: TaskStatus, now: Date): Promise<void> {
    await tx.query(
      `UPDATE access_callbacks SET status = $2,
         state = CASE WHEN events IS NULL OR $2 = ANY (events) THEN 'pending' ELSE 'unwanted' END,
         due_at = CASE WHEN events IS NULL OR $2 = ANY (events) THEN $3::timestamptz END
       WHERE request_id = $1 AND state = 'waiting'`,
      [requestId, status, now],
    );
  }

  /**
   * Requests that wait although one of their codes has an end. Not all of those have ended themselves: one goes on while another
   * holder has to answer, or another road is left.
   *
   * @param after the last one that was looked at; null = from the first
   */
  async perhapsEnded(most: number, after: string | null): Promise<readonly string[]> {
    const rows = await this.dataSource.query<{ id: string }[]>(
      `SELECT r.id FROM access_callbacks b JOIN access_requests r ON r.id = b.request_id
       WHERE b.state = 'waiting' AND r.status = 'pending' AND ($2::uuid IS NULL OR b.request_id > $2)
         AND EXISTS (SELECT FROM codes k WHERE k.id = ANY (r.code_ids) AND (k.state <> 'pending' OR k.expires_at <= clock_timestamp()))
       ORDER BY b.request_id LIMIT $1`,
      [most, after],
    );
    return rows.map(({ id }) => id);
  }

  /** Takes some that are due, the longest first. Nobody else has them until the lease is over. */
  async claim(most: number, lease: number): Promise<readonly ClaimedCallback[]> {
    const [rows] = await this.dataSource.query<[ClaimedCallback[], number]>(
      `UPDATE access_callbacks b SET attempts = b.attempts + 1, due_at = now() + make_interval(secs => $2)
       FROM (SELECT request_id FROM access_callbacks WHERE state = 'pending' AND due_at <= now()
         ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED) due
       WHERE b.request_id = due.request_id
       RETURNING b.request_id AS "requestId", b.endpoint, b.opaque, b.status, b.attempts AS attempt, now() AS at`,
      [most, lease / 1_000],
    );
    return rows;
  }

  /** Notes what became of this try, unless a later one has begun. */
  async settle({ requestId, attempt }: ClaimedCallback, settled: SettledCallback): Promise<void> {
    const { state, status, fault, delay } = settled;
    await this.dataSource.query(
      `UPDATE access_callbacks SET state = $3, last_status = $4, last_fault = $5,
         due_at = CASE WHEN $3 = 'pending' THEN clock_timestamp() + make_interval(secs => $6) END
       WHERE request_id = $1 AND state = 'pending' AND (attempts = $2 OR $3 = 'delivered')`,
      [requestId, attempt, state, status, fault, delay / 1_000],
    );
  }
}
