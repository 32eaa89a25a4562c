import type { ClientBase } from 'pg';
import { fillSwiftly } from './swift.ts';
import { seedRecords } from './world-records.ts';
import { DATA_STATEMENTS, DONE_STATEMENTS, FIXED_STATEMENTS, HISTORY_STATEMENTS } from './world.sql.ts';

/** Of `done` out of `total` steps of work, roughly of the same length. */
export type Progress = (done: number, total: number) => void;

export interface WorldSize {
  readonly holders: number;
  /** Audit records. */
  readonly records: number;
}

/** Holders in one statement. */
const CHUNK = 20_000;
/** Calls to check; the more people there are, the further apart theirs lie. */
const MOST_CALLS = 20_000;
/** Shares of the time, in microseconds: of a holder in a statement, a definition of a holder, a record. */
const COSTS = { row: 8, definition: 2, record: 16 } as const;

/**
 * Fills the tables of a migrated database.
 *
 * @param client as their owner
 * @param key of scope `agent`, to be found there
 * @param isUsed whether a year of use lies there too: see `HISTORY_STATEMENTS`
 */
export async function fill(
  client: ClientBase,
  { holders, records }: WorldSize,
  key: { readonly id: string; readonly hash: Buffer },
  isUsed: boolean,
  onProgress: Progress = () => undefined,
): Promise<void> {
  const statements = isUsed ? [...DATA_STATEMENTS, ...HISTORY_STATEMENTS] : DATA_STATEMENTS;
  const inRows = holders * statements.length * COSTS.row;
  const inDefinitions = holders * 100 * COSTS.definition;
  const total = inRows + inDefinitions + records * COSTS.record;
  for (const statement of FIXED_STATEMENTS) await client.query(statement);
  await client.query(
    `INSERT INTO api_keys (id, name, scope, strength, secret_hash, created_at, expires_at)
     VALUES ($1, 'bench', 'agent', 1, $2, now(), now() + interval '1 day')`,
    [key.id, key.hash],
  );
  const fillTables = async (): Promise<void> => {
    let done = 0;
    for (const { text, needsTotal } of statements) {
      for (let from = 1; from <= holders; from += CHUNK) {
        const to = Math.min(from + CHUNK - 1, holders);
        await client.query(text, needsTotal ? [from, to, holders] : [from, to]);
        onProgress((done += (to - from + 1) * COSTS.row), total);
      }
    }
    for (const text of DONE_STATEMENTS) await client.query(text, [Math.min(holders, MOST_CALLS), holders]);
  };
  await fillSwiftly(client, fillTables, (done, all) => onProgress(inRows + (inDefinitions * done) / all, total));
  await seedRecords(client, records, (done) => onProgress(inRows + inDefinitions + done * COSTS.record, total));
}
