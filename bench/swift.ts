import { type ClientBase, escapeIdentifier } from 'pg';

interface Definition {
  readonly table: string;
  readonly name: string;
  /** p(rimary), u(nique), i(ndex), x (exclusion), f(oreign): in this order they can be made. */
  readonly kind: 'p' | 'u' | 'i' | 'x' | 'f';
  readonly definition: string;
}

const ORDER = ['p', 'u', 'i', 'x', 'f'];

/** Every index and every constraint that costs a look-up for each row. Partitioned tables keep theirs. */
const DEFINITIONS = `
  SELECT t.oid::regclass::text AS table, c.conname AS name, c.contype::text AS kind, pg_get_constraintdef(c.oid) AS definition
  FROM pg_class t JOIN pg_constraint c ON c.conrelid = t.oid AND c.contype IN ('p', 'u', 'x', 'f')
  WHERE t.relnamespace = 'public'::regnamespace AND t.relkind = 'r' AND NOT t.relispartition
  UNION ALL
  SELECT t.oid::regclass::text, i.indexrelid::regclass::text, 'i', pg_get_indexdef(i.indexrelid)
  FROM pg_class t JOIN pg_index i ON i.indrelid = t.oid
  WHERE t.relnamespace = 'public'::regnamespace AND t.relkind = 'r' AND NOT t.relispartition
    AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid AND c.contype IN ('p', 'u', 'x'))`;

/**
 * Fills tables without their indexes, constraints and triggers, and puts these back behind it: made over all rows at once,
 * each costs a small part of what it costs row by row. All rows are checked then, so nothing comes in that the schema forbids.
 *
 * @param client as the owner of the tables
 * @param fill must write by itself what the triggers would have written
 * @param onRestored definitions that are back, and how many there are
 */
export async function fillSwiftly(
  client: ClientBase,
  fill: () => Promise<void>,
  onRestored: (done: number, total: number) => void,
): Promise<void> {
  const { rows } = await client.query<Definition>(DEFINITIONS);
  const definitions = rows.toSorted((first, second) => ORDER.indexOf(first.kind) - ORDER.indexOf(second.kind));
  const tables = [...new Set(definitions.map(({ table }) => table))];
  for (const { table, name, kind } of definitions.toReversed()) {
    await client.query(
      kind === 'i' ? `DROP INDEX ${name}` : `ALTER TABLE ${table} DROP CONSTRAINT ${escapeIdentifier(name)}`,
    );
  }
  for (const table of tables) await client.query(`ALTER TABLE ${table} DISABLE TRIGGER USER`);
  await fill();
  for (const table of tables) await client.query(`ALTER TABLE ${table} ENABLE TRIGGER USER`);
  // Sorts and joins of millions of rows, one at a time.
  await client.query("SET maintenance_work_mem = '1GB'");
  await client.query(`ANALYZE ${tables.join(', ')}`);
  for (const [at, { table, name, kind, definition }] of definitions.entries()) {
    await client.query(
      kind === 'i' ? definition : `ALTER TABLE ${table} ADD CONSTRAINT ${escapeIdentifier(name)} ${definition}`,
    );
    onRestored(at + 1, definitions.length);
  }
  await client.query('RESET maintenance_work_mem');
}
