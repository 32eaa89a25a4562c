import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { startEmbeddedPostgres } from '../../src/database/embedded-postgres.ts';
import { migrate } from '../../src/database/migrate.ts';

const PREFIX = 'mandaat-test-';

declare global {
  /** Handed from the global set-up to the global tear-down, which run in the same process. */
  var stopTestServer: (() => Promise<void>) | undefined;
}

interface TestServer {
  readonly ownerUrl: string;
  readonly appUrl: string;
  stop(): Promise<void>;
}

/**
 * One throw-away server for the whole run, with a migrated template that `createTestDatabase` clones.
 *
 * - `MANDAAT_NO_DATABASE=1` skips it, for pure tests.
 * - `TEST_DATABASE_URL` uses a server of yours instead, as a role that may create databases and roles.
 */
export default async function globalSetup(): Promise<void> {
  if (process.env.MANDAAT_NO_DATABASE === '1') return;
  const own = process.env.TEST_DATABASE_URL;
  const server = own === undefined ? await startThrowAway() : await prepareOwn(own);
  globalThis.stopTestServer = () => server.stop();
  // Jest runs no tear-down when it is interrupted.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void server.stop().finally(() => process.exit(1)));
  }
  try {
    await migrate(server.ownerUrl);
  } catch (error) {
    // Nor after a failed set-up: the server would outlive the run.
    await server.stop();
    throw error;
  }
  process.env.MANDAAT_TEST_OWNER_URL = server.ownerUrl;
  process.env.MANDAAT_TEST_APP_URL = server.appUrl;
}

async function startThrowAway(): Promise<TestServer> {
  await sweep();
  const folder = await mkdtemp(path.join(tmpdir(), PREFIX));
  // The server may run as another user than we, and must get through to its own folder inside.
  await chmod(folder, 0o711);
  try {
    const server = await startEmbeddedPostgres({ folder: path.join(folder, 'postgres'), durable: false });
    const stop = async (): Promise<void> => {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    };
    try {
      await server.createDatabase('template_mandaat');
    } catch (error) {
      await stop();
      throw error;
    }
    return { ownerUrl: server.ownerUrl('template_mandaat'), appUrl: server.appUrl('template_mandaat'), stop };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** Ends what runs that were killed have left behind. To join and leave again stops a server only if nobody uses it. */
async function sweep(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(PREFIX)) continue;
    const folder = path.join(tmpdir(), name);
    const lock = path.join(folder, 'postgres', 'data', 'postmaster.pid');
    try {
      // The young ones may be just starting.
      if (Date.now() - (await stat(folder)).mtimeMs < 300_000) continue;
      if (existsSync(lock)) await (await startEmbeddedPostgres({ folder: path.dirname(path.dirname(lock)) })).stop();
      if (!existsSync(lock)) await rm(folder, { recursive: true, force: true });
    } catch {
      // Somebody else's, or being removed right now: it is not what this run is about.
    }
  }
}

async function prepareOwn(url: string): Promise<TestServer> {
  const name = `mandaat_test_${randomBytes(6).toString('hex')}`;
  const password = randomBytes(16).toString('hex');
  const run = async (...statements: string[]): Promise<void> => {
    const client = new Client({ connectionString: url });
    await client.connect();
    try {
      for (const statement of statements) await client.query(statement);
    } finally {
      await client.end();
    }
  };
  // Roles belong to the whole server, so the migration's own role may have been made by an earlier run.
  await run(
    `DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'mandaat_app') THEN CREATE ROLE mandaat_app; END IF; END $$`,
    `CREATE ROLE ${name} LOGIN PASSWORD '${password}' IN ROLE mandaat_app`,
    `CREATE DATABASE ${name}`,
  );
  const ownerUrl = new URL(url);
  ownerUrl.pathname = `/${name}`;
  const appUrl = new URL(ownerUrl);
  appUrl.username = name;
  appUrl.password = password;
  return {
    ownerUrl: ownerUrl.href,
    appUrl: appUrl.href,
    stop: () => run(`DROP DATABASE ${name} WITH (FORCE)`, `DROP ROLE ${name}`),
  };
}
