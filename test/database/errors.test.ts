import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Global, Module } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, type Pool } from 'pg';
import { DataSource } from 'typeorm';
import { Config } from '../../src/config/config.ts';
import { CONSTRAINTS, translateDatabaseError } from '../../src/database/constraint-errors.ts';
import { DatabaseModule, PG_POOL } from '../../src/database/database.module.ts';
import { AppError } from '../../src/errors.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let application: TestingModule;
let pool: Pool;
let dataSource: DataSource;

beforeAll(async () => {
  database = await createTestDatabase();
  const config = Object.assign(new Config(), { databaseUrl: database.appUrl, databasePoolSize: 2 });

  @Global()
  @Module({ providers: [{ provide: Config, useValue: config }], exports: [Config] })
  class Configuration {}

  application = await Test.createTestingModule({ imports: [Configuration, DatabaseModule] }).compile();
  await application.init();
  pool = application.get<Pool>(PG_POOL);
  dataSource = application.get(DataSource);
});

afterAll(async () => {
  await application.close();
  await database.drop();
});

/** What a client would be told of this failure. */
async function refusal(work: Promise<unknown>): Promise<AppError> {
  const translated = translateDatabaseError(
    await work.then(
      () => new Error('It did not fail.'),
      (error: unknown) => error,
    ),
  );
  if (!(translated instanceof AppError)) throw translated;
  return translated;
}

const unavailable = { code: 'unavailable', retryAfter: 1 };

describe('the pool of the application', () => {
  it('is one for TypeORM and for the driver, with the limits that bound every request', async () => {
    const { rows } = await pool.query(`
      SELECT current_user AS role, current_setting('statement_timeout') AS statement, current_setting('lock_timeout') AS lock,
        current_setting('idle_in_transaction_session_timeout') AS idle, current_setting('TimeZone') AS zone,
        current_setting('application_name') AS name`);
    const wanted = { statement: '2s', lock: '1s', idle: '15s', zone: 'UTC', name: 'mandaat' };
    expect(rows).toEqual([{ role: new URL(database.appUrl).username, ...wanted }]);
    expect(pool.options.max).toBe(2);
    expect(await dataSource.query('SELECT 9007199254740993::bigint AS big, 7 AS small')).toEqual([
      { big: '9007199254740993', small: 7 },
    ]);
  });

  it('survives the loss of a connection that somebody holds', async () => {
    const client = await pool.connect();
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    // A role may end its own sessions.
    await pool.query(`SELECT pg_terminate_backend(${rows[0]!.pid})`);
    await sleep(50);
    expect(await refusal(client.query('SELECT 1'))).toMatchObject(unavailable);
    client.release(true);
    expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  });
});

describe('a failure of the database', () => {
  it('is "unavailable" when a statement takes too long', async () => {
    expect(await refusal(pool.query('SELECT pg_sleep(5)'))).toMatchObject(unavailable);
    expect(await refusal(dataSource.query('SELECT pg_sleep(5)'))).toMatchObject(unavailable);
  });

  it('is "unavailable" when a lock is not to be had', async () => {
    const holder = await pool.connect();
    await holder.query('BEGIN; LOCK TABLE calls IN ROW EXCLUSIVE MODE');
    expect(await refusal(pool.query('BEGIN; LOCK TABLE calls IN SHARE MODE'))).toMatchObject(unavailable);
    await holder.query('ROLLBACK');
    holder.release();
  });

  it('is "unavailable" when every connection is taken', async () => {
    const taken = [await pool.connect(), await pool.connect()];
    expect(await refusal(pool.query('SELECT 1'))).toMatchObject(unavailable);
    for (const client of taken) client.release();
  });

  it('is "unavailable" when nobody listens', async () => {
    const nowhere = [{ host: '127.0.0.1', port: 1 }, { host: '/nonexistent' }];
    for (const place of nowhere) expect(await refusal(new Client(place).connect())).toMatchObject(unavailable);
  });

  it('is "unavailable" when the role is not let in: its password was changed, and not here yet', async () => {
    const stranger = new URL(database.appUrl);
    stranger.username = 'nobody_here';
    expect(await refusal(new Client(stranger.href).connect())).toMatchObject(unavailable);
    expect(translateDatabaseError(Object.assign(new Error(), { code: '28P01' }))).toMatchObject(unavailable);
  });

  it('keeps the cause for the log, and says nothing of it to the client', async () => {
    const error = await refusal(pool.query('SELECT pg_sleep(5)'));
    expect(error.message).toBe('The database does not answer in time.');
    expect(error.cause).toMatchObject({ code: '57014' });
  });
});

const person = (reference: string): Promise<unknown> =>
  dataSource.query(
    `INSERT INTO people (id, crm_ref, kind, language, created_at, changed_at) VALUES ($1, $2, 'person', 'nl', now(), now())`,
    [randomUUID(), reference],
  );

describe('a violated constraint', () => {
  it('is a conflict, in words without the value, where a client can cause it', async () => {
    await person('FICTIEF-1');
    const error = await refusal(person('FICTIEF-1'));
    expect(error).toMatchObject({ code: 'conflict', retryAfter: undefined });
    expect(error.message).not.toContain('FICTIEF');
  });

  it('stays what it was where only our own mistake can cause it', async () => {
    await expect(refusal(person(''))).rejects.toThrow(/people_crm_ref_check/);
  });

  it('is not made up from names that every object has', () => {
    const error = Object.assign(new Error('odd'), { constraint: 'toString' });
    expect(translateDatabaseError(error)).toBe(error);
  });

  it('leaves everything else alone', () => {
    const missing = Object.assign(new Error('no such file'), { code: 'ENOENT', syscall: 'open' });
    for (const error of [
      missing,
      new AppError('not_found', 'No such call.'),
      new TypeError('ours'),
      'text',
      undefined,
    ]) {
      expect(translateDatabaseError(error)).toBe(error);
    }
  });

  it('exists under its name in the schema, for each that is translated', async () => {
    const { rows } = await pool.query<{ name: string }>(`
      SELECT conname AS name FROM pg_constraint UNION SELECT relname FROM pg_class
      UNION SELECT substring(prosrc FROM 'CONSTRAINT = ''(\\w+)''') FROM pg_proc WHERE prosrc LIKE '%CONSTRAINT = %'`);
    const known = new Set(rows.map((row) => row.name));
    expect(CONSTRAINTS.filter((name) => !known.has(name))).toEqual([]);
  });
});
