import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import type { ClientBase, Pool } from 'pg';
import { DataSource } from 'typeorm';
import { Config } from '../config/config.ts';
import { dataSourceOptions } from './data-source.ts';
import { entities } from './entities.ts';
import { poolOf } from './prepared.ts';

/** The driver's own pool, shared with TypeORM: what the hot path and the job queue speak to. */
export const PG_POOL = Symbol('PG_POOL');

/**
 * One small pool for the whole process, as TypeORM's `DataSource` and as `PG_POOL`. Closed at shutdown. The database is
 * opened and migrated before, by `openDatabase`, whose `appUrl` must be `Config.databaseUrl` by then.
 */
@Global()
@Module({
  imports: [
    TypeOrmModule.forRootAsync({
      inject: [Config],
      useFactory: (config: Config) => {
        if (config.databaseUrl === undefined) throw new Error('The database has not been opened.');
        // It has just been opened; only a machine so busy that a connection takes as long as a request may wait for one
        // is given time. Later losses are the pool's to mend, at the next request.
        const options = dataSourceOptions({ url: config.databaseUrl, poolSize: config.databasePoolSize, entities });
        return { ...options, retryAttempts: 10, retryDelay: 500, toRetry: isTooSlow };
      },
    }),
  ],
  providers: [{ provide: PG_POOL, inject: [DataSource], useFactory: driverPool }],
  exports: [PG_POOL],
})
export class DatabaseModule {}

function isTooSlow(error: unknown): boolean {
  return error instanceof Error && error.message === 'Connection terminated due to connection timeout';
}

function driverPool(dataSource: DataSource): Pool {
  const pool = poolOf(dataSource);
  pool.on('acquire', (client: ClientBase) => {
    if (!client.listeners('error').includes(leaveToHolder)) client.on('error', leaveToHolder);
  });
  return pool;
}

/**
 * A connection lost while somebody holds it, between two statements, would otherwise end the process. Its holder learns
 * of it from the next statement.
 */
function leaveToHolder(): void {}
