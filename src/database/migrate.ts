import { setTimeout as sleep } from 'node:timers/promises';
import { Logger, runMigrations } from 'graphile-worker';
import { Client, Pool, escapeIdentifier, type ClientBase } from 'pg';
import { DataSource, QueryFailedError } from 'typeorm';
import * as migrations from '../../migrations/index.ts';
import { CONNECT_LIMIT, dataSourceOptions } from './data-source.ts';
import { sqlState } from './sql-state.ts';

const MIGRATION_LOCK = '7310593858020254332';
const LOCK_NOT_AVAILABLE = '55P03';

export interface MigrateOptions {
  /** The role that the application signs in as, when it isn't `mandaat_app` itself: it is made a member of that. */
  readonly appRole?: string;
}

/**
 * Brings the database up to date: our own migrations, each in a transaction of its own, then the job queue's, then
 * what the application's role needs to use that queue. Safe to call by many processes at once and again: an advisory
 * lock lets one at a time work, the others find nothing to do.
 *
 * @param ownerUrl a role that owns the database, may create roles (or finds `mandaat_app` made) and trusted extensions
 */
export async function migrate(ownerUrl: string, options: MigrateOptions = {}): Promise<void> {
  const pool = new Pool({
    connectionString: ownerUrl,
    application_name: 'mandaat migrate',
    max: 2,
    connectionTimeoutMillis: CONNECT_LIMIT,
  });
  // Lost connections surface in the queries that use them; without a listener they would end the process.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  try {
    const holder = await pool.connect();
    try {
      await takeTurn(holder);
      await migrateTables(ownerUrl);
      await runMigrations({ pgPool: pool, logger: silent });
      await grantQueue(holder, options.appRole);
    } finally {
      holder.release(true);
    }
  } finally {
    await pool.end();
  }
}

/** Milliseconds between two looks whether it is our turn. */
const TURN_PAUSE = 100;

/**
 * Held by this session: the lock goes away with it, however this process ends. Asked for again and again: a statement that
 * waits for it would be an open transaction, and an index that is built beside the writers waits for every one of those.
 */
async function takeTurn(holder: ClientBase): Promise<void> {
  for (;;) {
    const { rows } = await holder.query<{ isOurs: boolean }>(
      `SELECT pg_try_advisory_lock(${MIGRATION_LOCK}) AS "isOurs"`,
    );
    if (rows[0]?.isOurs === true) return;
    await sleep(TURN_PAUSE);
  }
}

/** The names of our own migrations that this database lacks. Needs no more than the application's rights. */
export async function pendingMigrations(url: string): Promise<string[]> {
  const wanted = Object.values(migrations).map((Migration) => new Migration().name);
  const client = new Client({
    connectionString: url,
    application_name: 'mandaat',
    connectionTimeoutMillis: CONNECT_LIMIT,
  });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const table = await client.query<{ found: string | null }>(`SELECT to_regclass('migrations') AS found`);
    if (table.rows[0]?.found == null) return wanted;
    const { rows } = await client.query<{ name: string }>('SELECT name FROM migrations');
    const known = new Set(rows.map((row) => row.name));
    return wanted.filter((name) => !known.has(name));
  } finally {
    await client.end();
  }
}

/** How often a migration that found a table busy is tried again, and how long it leaves the table alone. Milliseconds. */
const LOCK_TRIES = 240;
const LOCK_PAUSE = 500;

async function migrateTables(url: string): Promise<void> {
  const dataSource = new DataSource(dataSourceOptions({ url, poolSize: 1, entities: [], bounded: false }));
  await dataSource.initialize();
  try {
    await runGivingWay(dataSource);
  } finally {
    await dataSource.destroy();
  }
}

/**
 * Runs what is pending, each in a transaction of its own. A statement that waits for its lock keeps everybody waiting who
 * comes after it, and behind a long reader that is an outage: so it waits for half a second, lets them pass, and comes
 * again, for some minutes.
 */
export async function runGivingWay(dataSource: DataSource): Promise<void> {
  for (let left = LOCK_TRIES; ; left -= 1) {
    try {
      await dataSource.runMigrations({ transaction: 'each' });
      return;
    } catch (error) {
      const isBusy = error instanceof QueryFailedError && sqlState(error.driverError) === LOCK_NOT_AVAILABLE;
      if (left === 0 || !isBusy) throw error;
      await sleep(LOCK_PAUSE);
    }
  }
}

/**
 * The queue's tables have row-level security without policies, which shuts out everybody but their owner. The
 * application is not the owner, so it gets policies; said again after every migration, as the queue may get new tables.
 */
async function grantQueue(client: ClientBase, appRole: string | undefined): Promise<void> {
  await client.query(`
    GRANT SELECT ON migrations TO mandaat_app;
    GRANT USAGE ON SCHEMA graphile_worker TO mandaat_app;
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA graphile_worker TO mandaat_app;
    REVOKE INSERT, UPDATE, DELETE ON graphile_worker.migrations FROM mandaat_app;
    GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA graphile_worker TO mandaat_app;
    DO $$ DECLARE queue_table regclass; BEGIN
      FOR queue_table IN
        SELECT c.oid FROM pg_class c
        WHERE c.relnamespace = 'graphile_worker'::regnamespace AND c.relrowsecurity
          AND NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'mandaat_app')
      LOOP
        EXECUTE format('CREATE POLICY mandaat_app ON %s TO mandaat_app USING (true) WITH CHECK (true)', queue_table);
      END LOOP;
    END $$;
  `);
  if (appRole === undefined) return;
  const { rows } = await client.query<{ needed: boolean }>(
    `SELECT $1 <> current_user AND NOT pg_has_role($1, 'mandaat_app', 'MEMBER') AS needed`,
    [appRole],
  );
  if (rows[0]?.needed !== true) return;
  const grant = `GRANT mandaat_app TO ${escapeIdentifier(appRole)}`;
  try {
    await client.query(grant);
  } catch (error) {
    throw new Error(`The owner's role may not give the application its rights. As an administrator, run: ${grant}`, {
      cause: error,
    });
  }
}

const silent = new Logger(() => () => undefined);
