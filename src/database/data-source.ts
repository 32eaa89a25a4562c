import type { DataSourceOptions } from 'typeorm';
import * as migrations from '../../migrations/index.ts';
import { BoundedClient } from './bounded-client.ts';

export interface DatabaseConnection {
  /** `postgres://…`; a Unix socket's folder travels as the parameter `host`. */
  readonly url: string;
  /** Connections of this process. Small on purpose: a pool of 4 had half the p99 of one of 10. Default 4. */
  readonly poolSize?: number;
  /** `entities` of `entities.ts` for the application; none where only SQL is spoken. */
  readonly entities: readonly (new () => object)[];
  /** Limits on statements. Only migrations go without: they are limited in how long they wait for a lock. Default `true`. */
  readonly bounded?: boolean;
}

/** How long a request waits for a free connection before it is answered 503, in milliseconds. */
export const POOL_WAIT = 1_000;

/**
 * How long a start waits for a connection, in milliseconds: a busy machine needs some seconds for one, and a database that
 * takes it and says nothing must not keep a start waiting for ever.
 */
export const CONNECT_LIMIT = 10_000;

/**
 * TypeORM's settings. What comes back from the driver: `bigint` as a string (it doesn't fit a number; a sequence
 * number is compared with `BigInt`), `integer` as a number, `timestamptz` as a `Date` (milliseconds; the database
 * keeps microseconds), `bytea` as a `Buffer`, `jsonb` parsed.
 */
export function dataSourceOptions(connection: DatabaseConnection): DataSourceOptions {
  const limits = {
    Client: BoundedClient,
    statement_timeout: 2_000,
    lock_timeout: 1_000,
    // A transaction that its process forgot holds its locks no longer than a request may last.
    idle_in_transaction_session_timeout: 15_000,
  };
  return {
    type: 'postgres',
    url: connection.url,
    applicationName: 'mandaat',
    poolSize: connection.poolSize ?? 4,
    connectTimeoutMS: connection.bounded === false ? CONNECT_LIMIT : POOL_WAIT,
    extra: {
      // Every query of ours goes by index, whatever its parameters: planning the facts of a check anew each time cost more
      // than running it.
      options: '-c TimeZone=UTC -c plan_cache_mode=force_generic_plan',
      // A connection that is closed when idle takes its prepared statements along, and the next request waits for a new one.
      idleTimeoutMillis: 10 * 60_000,
      ...(connection.bounded === false ? { lock_timeout: 500 } : limits),
    },
    entities: [...connection.entities],
    migrations: Object.values(migrations),
    migrationsTableName: 'migrations',
    synchronize: false,
    migrationsRun: false,
    installExtensions: false,
    uuidExtension: 'pgcrypto',
    logging: false,
  };
}
