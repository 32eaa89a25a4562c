import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Logger, makeWorkerUtils, runOnce } from 'graphile-worker';
import { Client } from 'pg';
import { DataSource } from 'typeorm';
import * as migrations from '../../migrations/index.ts';
import { AppModule } from '../../src/app.module.ts';
import { settings } from '../../src/config/config.ts';
import { openDatabase } from '../../src/database/boot.ts';
import { dataSourceOptions } from '../../src/database/data-source.ts';
import { entities } from '../../src/database/entities.ts';
import { migrate, pendingMigrations } from '../../src/database/migrate.ts';
import { schemaSnapshot } from '../../src/database/schema-snapshot.ts';
import { createApp } from '../../src/http/http.ts';
import { closeApp } from '../../src/start.ts';
import { testConfig } from '../support/config.ts';
import { createBareDatabase, createTestDatabase, type TestDatabase } from '../support/database.ts';
import { compileProject, type CompiledProject } from '../support/program.ts';

const everyMigration = Object.values(migrations).map((Migration) => new Migration().name);
/** As they run: by the moment in their name. A module lists its exports by the alphabet. */
const inOrder = everyMigration.toSorted((first, second) => Number(first.slice(-13)) - Number(second.slice(-13)));

async function ask<T extends object>(url: string, statement: string): Promise<T[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<T>(statement)).rows;
  } finally {
    await client.end();
  }
}

async function snapshotOf(url: string): Promise<string> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await schemaSnapshot(client);
  } finally {
    await client.end();
  }
}

async function ran(url: string): Promise<string[]> {
  return (await ask<{ name: string }>(url, 'SELECT name FROM migrations ORDER BY id')).map((row) => row.name);
}

let database: TestDatabase;

async function use(create: () => Promise<TestDatabase>): Promise<TestDatabase> {
  database = await create();
  return database;
}

afterEach(async () => {
  await database.drop();
});

describe('the migrations', () => {
  it('build the schema of the snapshot; after a change, `npm run cli -- schema write` renews it', async () => {
    const { ownerUrl } = await use(createTestDatabase);
    expect(await snapshotOf(ownerUrl)).toBe(await readFile('migrations/schema.sql', 'utf8'));
  });

  it('go down to nothing and up to the same schema again', async () => {
    const { ownerUrl } = await use(createTestDatabase);
    const before = await snapshotOf(ownerUrl);
    const dataSource = new DataSource(dataSourceOptions({ url: ownerUrl, poolSize: 1, entities: [], bounded: false }));
    await dataSource.initialize();
    for (const _ of everyMigration) await dataSource.undoLastMigration({ transaction: 'each' });
    const left = await dataSource.query(`
      SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v', 'S')
      UNION ALL
      SELECT p.proname FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
      ORDER BY name`);
    await dataSource.destroy();
    expect(left).toEqual([{ name: 'migrations' }, { name: 'migrations_id_seq' }]);

    await migrate(ownerUrl);
    expect(await snapshotOf(ownerUrl)).toBe(before);
  });

  it('agree with the entities about every table and column', async () => {
    const { ownerUrl } = await use(createTestDatabase);
    const dataSource = new DataSource(dataSourceOptions({ url: ownerUrl, poolSize: 1, entities }));
    await dataSource.initialize();
    const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
    await dataSource.destroy();
    // Entities don't repeat constraints and indexes: the snapshot guards those, and sees more of them than TypeORM.
    const differences = upQueries
      .map(({ query }) => query)
      .filter((query) => !/^(ALTER TABLE \S+ DROP CONSTRAINT|DROP INDEX) /.test(query));
    expect(differences).toEqual([]);
  });

  it('are all that changes it: TypeORM never synchronises, whatever is set', async () => {
    const { ownerUrl, appUrl } = await use(createTestDatabase);
    const wishes = { TYPEORM_SYNCHRONIZE: 'true', TYPEORM_DROP_SCHEMA: 'true', SYNCHRONIZE: 'true' };
    Object.assign(process.env, wishes);
    const url = new URL(appUrl);
    for (const name of ['synchronize', 'dropSchema']) url.searchParams.set(name, 'true');
    const config = testConfig({ databaseUrl: url.href });
    const app = await createApp(config, { module: AppModule.with(config) });
    try {
      const { options, driver } = app.get(DataSource, { strict: false });
      expect([options.synchronize, options.migrationsRun, options.dropSchema]).toEqual([false, false, undefined]);
      expect(await snapshotOf(ownerUrl)).toBe(await readFile('migrations/schema.sql', 'utf8'));
      // Were it to, something would be changed: what entities don't repeat would be taken away.
      expect((await driver.createSchemaBuilder().log()).upQueries.length).toBeGreaterThan(0);
    } finally {
      await closeApp(app);
      for (const name of Object.keys(wishes)) Reflect.deleteProperty(process.env, name);
    }
    const words = settings.flatMap(({ variable, field }) => [variable, field]);
    expect(words.filter((word) => /synchron|schema/i.test(word))).toEqual([]);
  });

  it('do nothing the second time', async () => {
    const { ownerUrl } = await use(createTestDatabase);
    const before = await snapshotOf(ownerUrl);
    await migrate(ownerUrl);
    expect(await snapshotOf(ownerUrl)).toBe(before);
    expect(await ran(ownerUrl)).toEqual(inOrder);
  });

  it('are pending until they ran, as far as the application can see', async () => {
    const { ownerUrl, appUrl } = await use(createBareDatabase);
    expect(await pendingMigrations(appUrl)).toEqual(everyMigration);
    await migrate(ownerUrl);
    expect(await pendingMigrations(appUrl)).toEqual([]);
    await ask(ownerUrl, `DELETE FROM migrations WHERE name = '${everyMigration[0]}'`);
    expect(await pendingMigrations(appUrl)).toEqual([everyMigration[0]]);
  });

  describe('started by many at once', () => {
    let project: CompiledProject;
    beforeAll(async () => {
      project = await compileProject(['src/database', 'migrations']);
    });
    afterAll(async () => {
      await project.remove();
    });

    it('run once each, from several processes', async () => {
      const { ownerUrl } = await use(createBareDatabase);
      const source = `
        import { migrate } from './src/database/migrate.js';
        await migrate(${JSON.stringify(ownerUrl)});
        console.log('migrated');
      `;
      const programs = await Promise.all([1, 2, 3, 4].map(() => project.start(source)));
      expect(await Promise.all(programs.map((program) => program.line()))).toEqual(Array(4).fill('migrated'));
      expect(await Promise.all(programs.map((program) => program.ended))).toEqual([0, 0, 0, 0]);
      expect(await ran(ownerUrl)).toEqual(inOrder);
    });

    it('run once each, from ten connections', async () => {
      const { ownerUrl } = await use(createBareDatabase);
      await Promise.all(Array.from({ length: 10 }, () => migrate(ownerUrl)));
      expect(await ran(ownerUrl)).toEqual(inOrder);
    });
  });
});

describe('the snapshot', () => {
  it.each([
    ['a column', 'ALTER TABLE calls ADD COLUMN extra text'],
    ['a type', 'ALTER TABLE calls ALTER COLUMN case_ref TYPE varchar(9)'],
    ['a default', 'ALTER TABLE agents ALTER COLUMN is_active SET DEFAULT false'],
    ['a NOT NULL', 'ALTER TABLE calls ALTER COLUMN case_ref SET NOT NULL'],
    [
      'a CHECK',
      `ALTER TABLE calls DROP CONSTRAINT calls_claim_check, ADD CONSTRAINT calls_claim_check CHECK (claim <> '')`,
    ],
    ['an exclusion constraint', 'ALTER TABLE mandate_scopes DROP CONSTRAINT mandate_scopes_overlap_excl'],
    [
      'the predicate of an index',
      'DROP INDEX blocks_live_key; CREATE UNIQUE INDEX blocks_live_key ON blocks (caller_id, holder_id)',
    ],
    ['a trigger', 'ALTER TABLE audit_records DISABLE TRIGGER audit_records_refuse'],
    ['a function', `CREATE OR REPLACE FUNCTION audit_records_refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN END'`],
    ['a grant', 'GRANT DELETE ON audit_records TO mandaat_app'],
    ['a grant on a column', 'GRANT UPDATE (hash) ON audit_records TO mandaat_app'],
    ['row-level security', 'ALTER TABLE calls ENABLE ROW LEVEL SECURITY'],
    ['a policy', 'CREATE POLICY everybody ON calls USING (true)'],
    ['a view', 'CREATE VIEW every_call AS SELECT id FROM calls'],
    ['a type of its own', `CREATE TYPE mood AS ENUM ('good', 'bad')`],
    ['a sequence', 'CREATE SEQUENCE numbers'],
    ['an extension', 'CREATE EXTENSION pgcrypto'],
  ])('tells a difference in %s', async (_what, statement) => {
    const { ownerUrl } = await use(createTestDatabase);
    const before = await snapshotOf(ownerUrl);
    await ask(ownerUrl, statement);
    expect(await snapshotOf(ownerUrl)).not.toBe(before);
  });
});

describe('the application role', () => {
  it('can neither change the audit, nor switch off its guard, nor touch the schema', async () => {
    const { appUrl } = await use(createTestDatabase);
    for (const statement of [
      `UPDATE audit_records SET actor = 'Verzonnen'`,
      'DELETE FROM audit_records',
      'TRUNCATE audit_records',
      'ALTER TABLE audit_records DISABLE TRIGGER ALL',
      'DROP TABLE audit_records',
      'CREATE TABLE mine ()',
      'CREATE SCHEMA mine',
      'DELETE FROM migrations',
      'DELETE FROM graphile_worker.migrations',
    ]) {
      await expect(ask(appUrl, statement)).rejects.toThrow(/permission denied|must be owner/);
    }
  });

  it('can queue a job in its own transaction, and work it off', async () => {
    const { appUrl, ownerUrl } = await use(createTestDatabase);
    const done: unknown[] = [];
    const logger = new Logger(() => () => undefined);
    await ask(appUrl, `BEGIN; SELECT graphile_worker.add_job('greet', '{"n": 1}'); ROLLBACK`);
    await ask(appUrl, `BEGIN; SELECT graphile_worker.add_job('greet', '{"n": 2}', queue_name => 'q'); COMMIT`);
    const taskList = { greet: (payload: unknown) => void done.push(payload) };
    await runOnce({ connectionString: appUrl, taskList, logger, noHandleSignals: true });
    expect(done).toEqual([{ n: 2 }]);
    expect(await ask(ownerUrl, 'SELECT 1 FROM graphile_worker._private_jobs')).toEqual([]);

    const utils = await makeWorkerUtils({ connectionString: appUrl, logger });
    await utils.addJob('greet', { n: 3 }, { jobKey: 'one' });
    await utils.addJob('greet', { n: 4 }, { jobKey: 'one' });
    await utils.release();
    await runOnce({ connectionString: appUrl, taskList, logger, noHandleSignals: true });
    expect(done).toEqual([{ n: 2 }, { n: 4 }]);
  });
});

function quiet(): void {}

describe("a database of the operator's own", () => {
  const settings = { dataFolder: '/nonexistent', production: true };

  it('is migrated as its owner and used as the application', async () => {
    const { ownerUrl, appUrl } = await use(createBareDatabase);
    const opened = await openDatabase({ ...settings, databaseUrl: appUrl, databaseOwnerUrl: ownerUrl }, quiet);
    expect(opened.appUrl).toBe(appUrl);
    expect(await ran(opened.appUrl)).toEqual(inOrder);
    await opened.stop();
    expect(await ran(appUrl)).toEqual(inOrder);
  });

  it('may be used as any role, which becomes a member of the application role', async () => {
    const { ownerUrl, appUrl, name } = await use(createBareDatabase);
    const url = new URL(ownerUrl);
    url.username = `desk_${name}`;
    url.password = 'only-for-this-test';
    await ask(ownerUrl, `CREATE ROLE desk_${name} LOGIN PASSWORD 'only-for-this-test'`);
    try {
      await openDatabase({ ...settings, databaseUrl: url.href, databaseOwnerUrl: ownerUrl }, quiet);
      expect(await ask(url.href, 'SELECT id FROM calls')).toEqual([]);
      await expect(ask(url.href, 'DELETE FROM audit_records')).rejects.toThrow(/permission denied/);
    } finally {
      await ask(ownerUrl, `REVOKE mandaat_app FROM desk_${name}; DROP ROLE desk_${name}`);
    }
    expect(appUrl).not.toBe(url.href);
  });

  it('is refused in production when the application would own its tables', async () => {
    const { ownerUrl } = await use(createTestDatabase);
    const opening = openDatabase({ ...settings, databaseUrl: ownerUrl }, quiet);
    await expect(opening).rejects.toThrow(/DATABASE_URL .*owns tables/);
    await expect(opening).rejects.not.toThrow(/postgres:/);
    const trial = await openDatabase({ ...settings, production: false, databaseUrl: ownerUrl }, quiet);
    expect(trial.ownerUrl).toBe(ownerUrl);
  });

  it('is refused in production when migrations are missing and nobody may run them', async () => {
    const { appUrl } = await use(createBareDatabase);
    const opening = openDatabase({ ...settings, databaseUrl: appUrl }, quiet);
    await expect(opening).rejects.toThrow(/lacks \d+ migration.*DATABASE_OWNER_URL/);
  });
});
