import { setTimeout as wait } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { DataSource, type MigrationInterface, type QueryRunner } from 'typeorm';

import { dataSourceOptions } from '../../src/database/data-source.ts';
import { runGivingWay } from '../../src/database/migrate.ts';
import { balance, CLEAN } from './support/ledger.ts';
import type { Service } from './support/service.ts';
import { Stage } from './support/stage.ts';
import { dishonest, isPermit, type Outcome, statuses } from './support/traffic.ts';

let stage: Stage;
let service: Service;

beforeAll(async () => {
  stage = await Stage.open();
  service = await stage.service();
});
afterAll(() => stage?.close());

/** An expansion as the next version brings it: only what the running one needn't know. */
const EXPANSION = [
  'ALTER TABLE mandates ADD COLUMN later text',
  "ALTER TABLE calls ADD COLUMN later jsonb NOT NULL DEFAULT '{}'",
  'ALTER TABLE codes ADD COLUMN later timestamptz',
  'ALTER TABLE executions ADD COLUMN later text',
  'ALTER TABLE contracts ADD COLUMN later integer NOT NULL DEFAULT 0',
  'ALTER TABLE audit_records ADD COLUMN later text',
  'ALTER TABLE mandates ADD CONSTRAINT mandates_later_check CHECK (length(later) < 100) NOT VALID',
  'ALTER TABLE mandates VALIDATE CONSTRAINT mandates_later_check',
  'CREATE TABLE later_things (id uuid PRIMARY KEY, call_id uuid REFERENCES calls (id))',
];

/** As the program runs its own migrations at its start, or as one would without thinking of a busy table. */
async function expand(
  name: string,
  statements: readonly string[],
  { isPatient = false }: { readonly isPatient?: boolean } = {},
): Promise<void> {
  const options = dataSourceOptions({ url: stage.ownerUrl, poolSize: 1, entities: [], bounded: false });
  const extra = isPatient ? {} : options.extra;
  const dataSource = new DataSource({
    ...options,
    extra,
    migrations: [migrationOf(name, statements)],
  });
  await dataSource.initialize();
  try {
    await runGivingWay(dataSource);
  } finally {
    await dataSource.destroy();
  }
}

function migrationOf(name: string, statements: readonly string[]): new () => MigrationInterface {
  return class implements MigrationInterface {
    readonly name = name;
    async up(runner: QueryRunner): Promise<void> {
      for (const statement of statements) await runner.query(statement);
    }
    async down(): Promise<void> {
      throw new Error('only up is played here');
    }
  };
}

describe('a migration while the service answers', () => {
  it('is not noticed: an expansion of every hot table gives no wrong answer and no error', async () => {
    const traffic = stage.traffic(() => [service.url], stage.mixed(), 8);
    await traffic.answered(20);
    // Each a migration of its own, as locks are kept to the end of a transaction.
    for (const [index, statement] of EXPANSION.entries()) await expand(`Expand${1900000000000 + index}`, [statement]);
    await traffic.answered(40);
    const outcomes = await traffic.stop();
    expect(dishonest(outcomes)).toEqual([]);
    // All of them are permitted: a mandate that a check could not read would be a no.
    const wrong = outcomes.filter((outcome) => outcome.status === 200 && !isPermit(outcome));
    expect(wrong).toEqual([]);
    expect(await balance(stage.ownerUrl, outcomes)).toEqual(CLEAN);
    expect(service.errors).toEqual([]);
    console.log(`while migrating: ${JSON.stringify(statuses(outcomes))}`);
  });

  /**
   * A report reads a table for a while, and a migration of that table has to wait for it. Answers what was answered with
   * 200 between the two.
   */
  async function behindAReader(isPatient: boolean): Promise<readonly Outcome[]> {
    const traffic = stage.traffic(() => [service.url], stage.mixed(), 4);
    await traffic.answered(10);
    const reader = new Client({ connectionString: stage.ownerUrl });
    await reader.connect();
    await reader.query('BEGIN; SELECT count(*) FROM mandates');
    const column = isPatient ? 'patient' : 'polite';
    const name = `Add${column}${isPatient ? 1910000000001 : 1910000000000}`;
    const migration = expand(name, [`ALTER TABLE mandates ADD COLUMN ${column} text`], { isPatient });
    await wait(500);
    // By now it waits, or has given way for the first time.
    const from = performance.now();
    const untilThen = traffic.outcomes.length;
    // Whoever waits for a lock longer than a second is told to come again: all clients have been by then.
    while (traffic.outcomes.length < untilThen + 12) await wait(25);
    const to = performance.now();
    await reader.end();
    await migration;
    const outcomes = await traffic.stop();
    expect(dishonest(outcomes)).toEqual([]);
    return outcomes.filter(({ startedAt, endedAt, status }) => startedAt > from && endedAt < to && status === 200);
  }

  it('gives way: while it waits for a long reader, checks are answered', async () => {
    expect((await behindAReader(false)).length).toBeGreaterThan(0);
  });

  it('would shut everybody out, if it waited for its lock for as long as it takes (positive control)', async () => {
    expect(await behindAReader(true)).toEqual([]);
  });
});
