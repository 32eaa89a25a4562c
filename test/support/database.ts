import { randomUUID } from 'node:crypto';
import { Client, DatabaseError } from 'pg';

const INSUFFICIENT_PRIVILEGE = '42501';

export interface TestDatabase {
  readonly name: string;
  /** As the role that owns everything: for arranging what the application may not do. */
  readonly ownerUrl: string;
  /** As the application's role. */
  readonly appUrl: string;
  /** Ends every connection to it and drops it. */
  drop(): Promise<void>;
}

/** A migrated, empty database of your own, in some 40 ms. Call it in `beforeAll`, and `drop` in `afterAll`. */
export async function createTestDatabase(): Promise<TestDatabase> {
  return create((template) => `TEMPLATE ${databaseOf(template)} STRATEGY FILE_COPY`);
}

/** A database in which no migration has run. */
export async function createBareDatabase(): Promise<TestDatabase> {
  return create(() => 'TEMPLATE template1');
}

async function create(how: (template: string) => string): Promise<TestDatabase> {
  const template = process.env.MANDAAT_TEST_OWNER_URL;
  const templateApp = process.env.MANDAAT_TEST_APP_URL;
  if (template === undefined || templateApp === undefined) {
    throw new Error('This test needs a database, and MANDAAT_NO_DATABASE=1 is set.');
  }
  const name = `t_${randomUUID().replaceAll('-', '')}`;
  await maintain(template, `CREATE DATABASE ${name} ${how(template)}`);
  return {
    name,
    ownerUrl: withDatabase(template, name),
    appUrl: withDatabase(templateApp, name),
    drop: () => drop(template, name),
  };
}

/** The owner may not end the application's sessions. One that has just closed takes the server a moment to forget, and it may be cleaning up a
 * large table. */
async function drop(url: string, name: string): Promise<void> {
  for (let left = 600; ; left -= 1) {
    try {
      return await maintain(url, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    } catch (error) {
      if (left === 0 || !(error instanceof DatabaseError) || error.code !== INSUFFICIENT_PRIVILEGE) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

async function maintain(url: string, statement: string): Promise<void> {
  // Not on the template itself: a database that somebody is connected to can't be cloned.
  const client = new Client({ connectionString: withDatabase(url, 'postgres') });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

function databaseOf(url: string): string {
  return new URL(url).pathname.slice(1);
}

function withDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}
