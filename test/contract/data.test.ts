import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';

interface Columns {
  /** Of bytes: sealed, keyed, hashed. */
  readonly bytes: readonly string[];
  /** Of text and JSON. */
  readonly texts: readonly string[];
}

/** Every table of the schema's snapshot, with those of its columns in which data of somebody could stand. */
function tablesOf(schema: string): ReadonlyMap<string, Columns> {
  const found = new Map<string, { bytes: string[]; texts: string[] }>();
  let current: { bytes: string[]; texts: string[] } | undefined;
  for (const line of schema.split('\n')) {
    const [, table] = /^(?:PARTITIONED )?TABLE public\.(\w+)/.exec(line) ?? [];
    if (table !== undefined) found.set(table, (current = { bytes: [], texts: [] }));
    else if (!line.startsWith('  ')) current = undefined;
    const [, column = '', type] = /^ {2}(\w+) (bytea|text|jsonb|character varying)/.exec(line) ?? [];
    if (type === 'bytea') current?.bytes.push(column);
    else if (type !== undefined) current?.texts.push(column);
  }
  return found;
}

interface Row extends Columns {
  readonly table: string;
  readonly class: string;
  readonly stays: string;
}

/** The rows of "Every table". */
function rowsOf(page: string): Row[] {
  const [, section = ''] = /^## Every table\n([^]*)/m.exec(page) ?? [];
  return section
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => {
      const [table = '', kind = '', bytes = '', texts = '', stays = ''] = line.split('|').slice(1, -1);
      const named = (cell: string): string[] => [...cell.matchAll(/`(\w+)`/g)].map(([, name = '']) => name);
      return {
        table: named(table)[0] ?? '',
        class: kind.trim(),
        bytes: named(bytes),
        texts: named(texts),
        stays: stays.trim(),
      };
    });
}

/**
 * Texts that say nothing of anybody, by table: words of closed lists, ids, hashes and languages. Whoever adds one here says so
 * of it.
 */
const WORDS = new Set(
  `
  access_callbacks: events last_fault state status
  access_requests: status
  agent_attestations: channel kind
  api_keys: id rotated_from scope
  ask_first: scope
  assisted_acts: operation
  audit_checkpoints: jws
  audit_records: kind
  audit_records_other: kind
  calls: channel claim language
  canary_alarms: record_kind
  challenges: kind
  changes: type
  code_budget_entries: kind
  codes: key_id purpose route state
  contact_changes: kind
  contact_points: kind
  contracts: joint_rule resource_type
  demo_inbox: route
  executions: action decision_id
  incidents: record_kind state type
  legal_evidence: form
  legal_verdicts: verdict
  life_events: kind reported_by
  mandate_evidence: form
  mandate_scopes: scope
  mandates: acceptance_key_id contact_rule ending state
  messages: earlier_routes language last_error route state template
  migrations: name
  obligations: action id scope state type
  people: declined_routes key_ring_id kind refused_recordings
  policies: hash
  policy_activations: hash
  registration_verdicts: verdict
  registrations: form route
  representations: kind
  sessions: methods
  sign_ins: kind
  statements: comparison heard_as role source subject
  support_codes: key_id
  unmasking_verdicts: verdict
  verifications: method route
  webhook_deliveries: last_fault state type
  webhooks: disabled_reason previous_key_id secret_key_id status types
  `
    .trim()
    .split('\n')
    .flatMap((line) => {
      const [table, columns = ''] = line.trim().split(': ');
      return columns.split(' ').map((column) => `${table}.${column}`);
    }),
);

const CLASSES = ['secret', 'personal', 'by id', 'open'];

/** What the page lacks, has too much of, or has in no class. */
function faults(page: string, schema: string): string[] {
  const tables = tablesOf(schema);
  const rows = rowsOf(page);
  const found: string[] = [];
  for (const [table, columns] of tables) {
    const own = rows.filter((row) => row.table === table);
    if (own.length !== 1) found.push(`${table}: ${own.length} rows`);
    const [row] = own;
    if (row === undefined) continue;
    if (!CLASSES.includes(row.class)) found.push(`${table}: class "${row.class}"`);
    if (row.stays === '') found.push(`${table}: how long?`);
    const texts = columns.texts.filter((column) => !WORDS.has(`${table}.${column}`));
    for (const [wanted, given] of [
      [columns.bytes, row.bytes],
      [texts, row.texts],
    ] as const) {
      found.push(
        ...wanted.filter((column) => !given.includes(column)).map((column) => `${table}.${column} is missing`),
      );
      found.push(
        ...given.filter((column) => !wanted.includes(column)).map((column) => `${table}.${column} is too much`),
      );
    }
  }
  found.push(...rows.filter(({ table }) => !tables.has(table)).map(({ table }) => `${table} is no table`));
  return found;
}

describe('docs/data.md', () => {
  it('has every table once, in a class, with each column of bytes and of text about somebody, and how long it stays', async () => {
    const [page, schema] = await Promise.all(
      ['docs/data.md', 'migrations/schema.sql'].map((file) => readFile(file, 'utf8')),
    );
    expect(tablesOf(schema ?? '').size).toBeGreaterThan(60);
    expect(faults(page ?? '', schema ?? '')).toEqual([]);
    // Each class of the table above is used, and described.
    expect(new Set(rowsOf(page ?? '').map((row) => row.class))).toEqual(new Set(CLASSES));
    for (const name of CLASSES) expect(page).toMatch(new RegExp(`^\\| \\*\\*${name}\\*\\* +\\|`, 'm'));
  });

  it('would be found to lack a table, a sealed column, and a text (positive control)', async () => {
    const page = await readFile('docs/data.md', 'utf8');
    const schema = await readFile('migrations/schema.sql', 'utf8');
    const added = schema.replace(
      'TABLE public.blocks\n',
      'TABLE public.blocks\n  why text NOT NULL\n  name_sealed bytea\n',
    );
    expect(faults(page, added)).toEqual(['blocks.name_sealed is missing', 'blocks.why is missing']);
    expect(faults(page.replace(/^\| `blocks`.*\n/m, ''), schema)).toEqual(['blocks: 0 rows']);
    expect(faults(page, schema.replace('TABLE public.blocks\n', 'TABLE public.barriers\n'))).toEqual([
      'barriers: 0 rows',
      'blocks is no table',
    ]);
  });

  it('has no word in the list of words that the schema does not have', async () => {
    const tables = tablesOf(await readFile('migrations/schema.sql', 'utf8'));
    const known = new Set([...tables].flatMap(([table, { texts }]) => texts.map((column) => `${table}.${column}`)));
    expect([...WORDS].filter((word) => !known.has(word))).toEqual([]);
  });
});
