import { Inject, Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import { PG_POOL } from '../database/database.module.ts';

/** One request of one principal, as its client names it. */
export interface RequestName {
  readonly principal: string;
  readonly key: string;
}

/** Ours while nobody took it over: the moment of the reservation tells one from the next. */
export interface Reservation extends RequestName {
  readonly reservedAt: string;
}

/** What stands under a name that is taken. */
export interface Taken {
  readonly requestHash: Buffer;
  /** Null while the first request is still at work. */
  readonly answer: Buffer | null;
}

/** Hours that an answer is kept. */
const KEPT_HOURS = 24;
/** Seconds after which a reservation without an answer is somebody's who died: far more than a request may last. */
const ABANDONED_SECONDS = 60;
/** Rows that one clearing statement takes: it has to end long before the limit on statements. */
const CLEARING_BATCH = 5_000;

/** Each statement is a transaction of its own, committed before the next step begins. */
@Injectable()
export class IdempotencyRepository {
  constructor(@Inject(PG_POOL) private readonly pool: Pool) {}

  /** One statement, so that of many parallel requests one gets it. Null when the name is taken. */
  async reserve(name: RequestName, requestHash: Buffer): Promise<Reservation | null> {
    const { rows } = await this.pool.query<{ reservedAt: string }>({
      name: 'idempotency_reserve',
      text: `
        INSERT INTO idempotency_keys AS taken (principal, key, request_hash, created_at, expires_at)
        VALUES ($1, $2, $3, now(), now() + interval '${KEPT_HOURS} hours')
        ON CONFLICT (principal, key) DO UPDATE
          SET request_hash = excluded.request_hash, status = NULL, response_sealed = NULL,
            created_at = excluded.created_at, expires_at = excluded.expires_at
          WHERE taken.expires_at <= now()
            OR (taken.status IS NULL AND taken.request_hash = excluded.request_hash
              AND taken.created_at <= now() - interval '${ABANDONED_SECONDS} seconds')
        RETURNING created_at::text AS "reservedAt"`,
      values: [name.principal, name.key, requestHash],
    });
    return rows[0] === undefined ? null : { ...name, reservedAt: rows[0].reservedAt };
  }

  async find(name: RequestName): Promise<Taken | null> {
    const { rows } = await this.pool.query<Taken>({
      name: 'idempotency_find',
      text: `
        SELECT request_hash AS "requestHash", response_sealed AS answer
        FROM idempotency_keys WHERE principal = $1 AND key = $2 AND expires_at > now()`,
      values: [name.principal, name.key],
    });
    return rows[0] ?? null;
  }

  /** Does nothing when somebody took the reservation over. */
  async keep(reservation: Reservation, status: number, answer: Buffer): Promise<void> {
    await this.pool.query({
      name: 'idempotency_keep',
      text: `
        UPDATE idempotency_keys SET status = $4, response_sealed = $5
        WHERE principal = $1 AND key = $2 AND created_at = $3::timestamptz AND status IS NULL`,
      values: [reservation.principal, reservation.key, reservation.reservedAt, status, answer],
    });
  }

  /** Does nothing when somebody took the reservation over. */
  async release(reservation: Reservation): Promise<void> {
    await this.pool.query({
      name: 'idempotency_release',
      text: `
        DELETE FROM idempotency_keys
        WHERE principal = $1 AND key = $2 AND created_at = $3::timestamptz AND status IS NULL`,
      values: [reservation.principal, reservation.key, reservation.reservedAt],
    });
  }

  /** Makes the name free again. Does nothing when another answer stands there by now. */
  async forget(name: RequestName, answer: Buffer): Promise<void> {
    await this.pool.query({
      name: 'idempotency_forget',
      text: 'DELETE FROM idempotency_keys WHERE principal = $1 AND key = $2 AND response_sealed = $3',
      values: [name.principal, name.key, answer],
    });
  }

  /** How many were cleared away. */
  async clearExpired(): Promise<number> {
    for (let cleared = 0; ;) {
      const { rowCount } = await this.pool.query(`
        DELETE FROM idempotency_keys WHERE (principal, key) IN (
          SELECT principal, key FROM idempotency_keys WHERE expires_at <= now()
          ORDER BY expires_at LIMIT ${CLEARING_BATCH} FOR UPDATE SKIP LOCKED)`);
      cleared += rowCount ?? 0;
      if ((rowCount ?? 0) < CLEARING_BATCH) return cleared;
    }
  }
}
