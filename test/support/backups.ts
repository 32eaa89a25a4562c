import { jest } from '@jest/globals';
import { Client } from 'pg';
import { createProgram } from '../../src/cli/program.ts';
import { changedConfig, type Config } from '../../src/config/config.ts';
import { closeApp } from '../../src/start.ts';
import { startSibling } from './app.ts';
import type { Desk } from './desk.ts';

// Each stops the service and answers the desk of the one that was started after it.

export interface Restoration {
  /** What is done before the service starts. */
  readonly work?: () => Promise<void>;
  /** Under this ending of its name what is damaged is kept; left out = it is thrown away. */
  readonly keep?: string;
  readonly settings?: Partial<Config>;
}

export async function restarted(desk: Desk, work: () => Promise<void>, settings: Partial<Config> = {}): Promise<Desk> {
  const { api, owner } = desk;
  await owner.end();
  await closeApp(api.app);
  await work();
  const sibling = await startSibling({ ...api, config: changedConfig(api.config, settings) });
  const stop = async (): Promise<void> => {
    await sibling.stop();
    await api.database.drop();
  };
  return desk.again({ ...sibling, stop });
}

/** What a backup holds: everything as it was at one moment, and nothing of later. */
export function backedUp(desk: Desk): Promise<Desk> {
  const { name } = desk.api.database;
  return restarted(desk, () => maintain(desk, `CREATE DATABASE ${name}_backup TEMPLATE ${name} STRATEGY FILE_COPY`));
}

export function restored(desk: Desk, { work, keep, settings }: Restoration = {}): Promise<Desk> {
  const { name } = desk.api.database;
  const away =
    keep === undefined ? `DROP DATABASE ${name} WITH (FORCE)` : `ALTER DATABASE ${name} RENAME TO ${name}_${keep}`;
  const back = async (): Promise<void> => {
    await maintain(desk, away, `CREATE DATABASE ${name} TEMPLATE ${name}_backup STRATEGY FILE_COPY`);
    await work?.();
  };
  return restarted(desk, back, settings);
}

/** The backup, and what was kept. */
export function dropCopies(desk: Desk, ...kept: readonly string[]): Promise<void> {
  const { name } = desk.api.database;
  const copies = ['backup', ...kept].map((ending) => `DROP DATABASE IF EXISTS ${name}_${ending} WITH (FORCE)`);
  return maintain(desk, ...copies);
}

/** The address of what is kept beside the database of this one. */
export function beside(url: string, ending: string): string {
  const changed = new URL(url);
  changed.pathname += `_${ending}`;
  return changed.href;
}

/**
 * A command, with what it printed.
 *
 * @param kept the ending of what is kept beside the desk's database: there as the service's role alone, which migrates nothing
 */
export async function atKeyboard(
  { api: { database, config } }: Desk,
  words: readonly string[],
  kept?: string,
): Promise<{ readonly printed: string; readonly failure: unknown }> {
  const environment = { ...process.env };
  let printed = '';
  const stdout = jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
  const stderr = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  Object.assign(process.env, {
    NODE_ENV: 'test',
    DATABASE_URL: kept === undefined ? database.appUrl : beside(database.appUrl, kept),
    MANDAAT_KEYS: config.keyRing.map(({ id, key }) => `${id}:${Buffer.from(key).toString('base64')}`).join(','),
  });
  if (kept === undefined) process.env.DATABASE_OWNER_URL = database.ownerUrl;
  else delete process.env.DATABASE_OWNER_URL;
  try {
    await createProgram().parseAsync(['node', 'mandaat', ...words]);
    return { printed, failure: null };
  } catch (failure) {
    return { printed, failure };
  } finally {
    process.env = environment;
    stdout.mockRestore();
    stderr.mockRestore();
  }
}

/** As the owner, in no database that is about to be replaced. */
async function maintain(desk: Desk, ...statements: readonly string[]): Promise<void> {
  const url = new URL(desk.api.database.ownerUrl);
  url.pathname = '/postgres';
  const client = new Client({ connectionString: url.href });
  await client.connect();
  try {
    for (const statement of statements) await untilAllowed(() => client.query(statement));
  } finally {
    await client.end();
  }
}

/** The server's own housekeeping may just be in a database that is to go, and nobody but the server sends it away. */
async function untilAllowed(work: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await work();
      return;
    } catch (error) {
      const isBusy = error instanceof Error && error.message === 'permission denied to terminate process';
      if (!isBusy || attempt === 50) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
