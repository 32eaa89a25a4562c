import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { AuditVerifier } from '../../src/audit/audit-verifier.ts';
import { Desk } from '../support/desk.ts';

const TAMPERINGS = 1_000;

interface Row {
  readonly chain_id: number;
  readonly sequence: string;
  readonly body: string;
  readonly call_id: string | null;
  readonly person_ids: readonly string[];
  readonly previous_hash: Buffer;
  readonly hash: Buffer;
}

let desk: Desk;
let application: Client;
let rows: readonly Row[] = [];
/** The table and, where it has some, its partitions: each has a guard of its own. */
let guarded: readonly string[] = [];

beforeAll(async () => {
  desk = await Desk.open();
  application = new Client({ connectionString: desk.api.database.appUrl });
  await application.connect();
  await desk.person('P-1', { phone: '+49 30 23125 001' });
  await desk.person('P-2', { phone: '+49 30 23125 002' });
  await desk.contract('C-1', ['P-1']);
  await desk.mandate('P-1', 'P-2', ['billing'], ['C-1']);
  for (let time = 0; time < 8; time += 1) {
    const { body } = await desk.open('C-1', { number: '+49 30 23125 002' });
    await desk.check(body.call.id, ['invoice.explain', 'contract.terminate']);
    await desk.get('crm', '/v1/people/P-1');
  }
  const found = await desk.owner.query<{ name: string }>(
    "SELECT tgrelid::regclass::text AS name FROM pg_trigger WHERE tgname = 'audit_records_refuse' ORDER BY 1",
  );
  // One guard more that an administrator takes away: some of what follows needs numbers that it would refuse.
  await desk.owner.query('ALTER TABLE audit_records DROP CONSTRAINT audit_records_sequence_check');
  guarded = found.rows.map(({ name }) => name);
  rows = (await desk.owner.query<Row>('SELECT * FROM audit_records ORDER BY chain_id, sequence')).rows;
});
afterAll(async () => {
  await application?.end();
  await desk?.close();
});

/** As the owner, with the guards off: what an administrator of the database could do. */
async function guards(state: 'ENABLE' | 'DISABLE'): Promise<void> {
  for (const name of guarded) await desk.owner.query(`ALTER TABLE ${name} ${state} TRIGGER audit_records_refuse`);
}

function any<Value>(values: readonly Value[]): Value {
  const value = values[randomInt(values.length)];
  if (value === undefined) throw new Error('nothing to choose from');
  return value;
}

/** Two different records of one chain. */
function two(): readonly [Row, Row] {
  const one = any(rows);
  const others = rows.filter(({ chain_id, sequence }) => chain_id === one.chain_id && sequence !== one.sequence);
  return [one, any(others)];
}

function at({ chain_id, sequence }: Row): string {
  return `chain_id = ${chain_id} AND sequence = ${sequence}`;
}

function bytes(): string {
  return `'\\x${randomBytes(32).toString('hex')}'`;
}

function flipped(hash: Buffer): string {
  const copy = Buffer.from(hash);
  copy[randomInt(copy.length)]! ^= 1 << randomInt(8);
  return `'\\x${copy.toString('hex')}'`;
}

function update(change: (row: Row) => string): () => string {
  return () => {
    const row = any(rows);
    return `UPDATE audit_records SET ${change(row)} WHERE ${at(row)}`;
  };
}

const COLUMNS = 'chain_id, sequence, id, recorded_at, kind, call_id, person_ids, actor, body, previous_hash, hash';

function copyOf(row: Row, sequence: string, changes: Readonly<Record<string, string>> = {}): string {
  const values = COLUMNS.split(', ').map((name) => (name === 'sequence' ? sequence : (changes[name] ?? name)));
  return `INSERT INTO audit_records (${COLUMNS}) SELECT ${values.join(', ')} FROM audit_records WHERE ${at(row)}`;
}

/** Every column, and every way to add, take away and reorder. */
const WAYS: Readonly<Record<string, () => string>> = {
  chain_id: update(() => 'chain_id = chain_id + 7'),
  'sequence beyond the end': update(() => 'sequence = sequence + 100000'),
  'sequence below the start': update(() => 'sequence = -sequence'),
  id: update(() => `id = '${randomUUID()}'`),
  recorded_at: update(() => `recorded_at = recorded_at + interval '${randomInt(1, 5_000)} milliseconds'`),
  'recorded_at by less than a millisecond': update(
    () => `recorded_at = recorded_at + interval '${randomInt(1, 999)} microseconds'`,
  ),
  kind: update(() => "kind = kind || 's'"),
  'kind, in another case': update(() => 'kind = upper(kind)'),
  call_id: update(({ call_id: id }) => `call_id = ${id === null ? `'${randomUUID()}'` : 'NULL'}`),
  person_ids: update(({ person_ids: ids }) =>
    ids.length === 0 ? `person_ids = '{${randomUUID()}}'` : 'person_ids = person_ids[2:]',
  ),
  'person_ids twice': update(({ person_ids: ids }) =>
    ids.length === 0 ? `person_ids = '{${randomUUID()}}'` : 'person_ids = person_ids || person_ids[1]',
  ),
  actor: update(() => `actor = 'agent:${randomUUID()}'`),
  'actor by a blank': update(() => "actor = actor || ' '"),
  'body by a blank': update(() => "body = body || ' '"),
  'body by a bit': update(({ body }) => {
    const place = randomInt(body.length) + 1;
    return `body = overlay(body placing (CASE substr(body, ${place}, 1) WHEN '0' THEN '1' ELSE '0' END) from ${place} for 1)`;
  }),
  'body emptied': update(() => "body = '{}'"),
  previous_hash: update(() => `previous_hash = ${bytes()}`),
  'previous_hash by a bit': update(({ previous_hash: hash }) => `previous_hash = ${flipped(hash)}`),
  hash: update(() => `hash = ${bytes()}`),
  'hash by a bit': update(({ hash }) => `hash = ${flipped(hash)}`),
  'a record deleted': () => `DELETE FROM audit_records WHERE ${at(any(rows))}`,
  'the tail deleted': () => {
    const row = any(rows);
    return `DELETE FROM audit_records WHERE chain_id = ${row.chain_id} AND sequence >= ${row.sequence}`;
  },
  'the beginning deleted': () => {
    const row = any(rows);
    return `DELETE FROM audit_records WHERE chain_id = ${row.chain_id} AND sequence <= ${row.sequence}`;
  },
  'a record added at the end': () => copyOf(any(rows), '(SELECT max(sequence) + 1 FROM audit_records)'),
  'a record added before the start': () => copyOf(any(rows), '0'),
  'a record added under the least number': () => copyOf(any(rows), '(-9223372036854775808)::bigint'),
  'a record added to a new chain': () => copyOf(any(rows), '1', { chain_id: '99' }),
  'a record added in between': () => {
    const row = any(rows);
    return `UPDATE audit_records SET sequence = sequence + 100000 WHERE chain_id = ${row.chain_id} AND sequence > ${row.sequence};
      ${copyOf(row, `${row.sequence}::bigint + 1`)};
      UPDATE audit_records SET sequence = sequence - 99999 WHERE chain_id = ${row.chain_id} AND sequence > 100000`;
  },
  'two records swapped': () => {
    const [one, other] = two();
    const move = (from: string, to: string): string =>
      `UPDATE audit_records SET sequence = ${to} WHERE chain_id = ${one.chain_id} AND sequence = ${from}`;
    return [move(one.sequence, '-1'), move(other.sequence, one.sequence), move('-1', other.sequence)].join(';');
  },
  'what two records say swapped': () => {
    const [one, other] = two();
    return `UPDATE audit_records a SET body = b.body, kind = b.kind, actor = b.actor FROM audit_records b
      WHERE a.chain_id = ${one.chain_id} AND b.chain_id = ${one.chain_id}
        AND (a.sequence, b.sequence) IN ((${one.sequence}, ${other.sequence}), (${other.sequence}, ${one.sequence}))
        AND (a.body, a.kind, a.actor) IS DISTINCT FROM (b.body, b.kind, b.actor);
      UPDATE audit_records SET id = gen_random_uuid() WHERE ${at(one)}`;
  },
  'the order turned around': () => {
    const { chain_id: chain } = any(rows);
    return `UPDATE audit_records SET sequence = -sequence WHERE chain_id = ${chain};
      UPDATE audit_records a SET sequence = n.at FROM (
        SELECT sequence, row_number() OVER (ORDER BY sequence) AS at FROM audit_records WHERE chain_id = ${chain}) n
        WHERE a.chain_id = ${chain} AND a.sequence = n.sequence`;
  },
  'a record in the place of another': () => {
    const [one, other] = two();
    return `DELETE FROM audit_records WHERE ${at(one)}; ${copyOf(other, one.sequence)}`;
  },
  'the head set back': () => 'UPDATE audit_chains SET sequence = sequence - 1',
  'the head of another hash': () => `UPDATE audit_chains SET hash = ${bytes()}`,
  'a head deleted': () => 'DELETE FROM audit_chains',
};

async function tampered(statements: string, look: () => Promise<void>): Promise<void> {
  const { owner } = desk;
  try {
    await owner.query(statements);
    await look();
  } finally {
    await owner.query(`DELETE FROM audit_records; INSERT INTO audit_records (${COLUMNS}) SELECT ${COLUMNS} FROM kept_records;
      DELETE FROM audit_chains; INSERT INTO audit_chains TABLE kept_chains`);
  }
}

describe('The audit', () => {
  const verifier = () => desk.api.app.get(AuditVerifier, { strict: false });

  it(`shows each of ${TAMPERINGS} random tamperings of every kind, and a verifier of links alone would not`, async () => {
    await desk.owner.query(
      'CREATE TABLE kept_records AS TABLE audit_records; CREATE TABLE kept_chains AS TABLE audit_chains',
    );
    await guards('DISABLE');
    const names = Object.keys(WAYS);
    const unseen: string[] = [];
    let unseenByLinks = 0;
    try {
      for (let time = 0; time < TAMPERINGS; time += 1) {
        const name = names[time % names.length] ?? '';
        const statements = WAYS[name]?.() ?? '';
        await tampered(statements, async () => {
          const { faults } = await verifier().verify();
          if (faults.length === 0) unseen.push(`${name}: ${statements}`);
          if (await areLinked()) unseenByLinks += 1;
        });
      }
    } finally {
      await guards('ENABLE');
    }
    process.stdout.write(
      `${TAMPERINGS} tamperings of ${names.length} kinds: ${unseen.length} unseen, ${unseenByLinks} by links alone\n`,
    );
    expect(unseen).toEqual([]);
    // The positive control: the very same tamperings, looked at less closely.
    expect(unseenByLinks).toBeGreaterThan(TAMPERINGS / 10);
    expect((await verifier().verify()).faults).toEqual([]);
  });

  /** What somebody would write who trusts the stored hashes. */
  async function areLinked(): Promise<boolean> {
    const { rows: broken } = await desk.owner.query<{ count: number }>(`
      SELECT count(*)::integer AS count FROM (
        SELECT previous_hash, lag(hash) OVER (PARTITION BY chain_id ORDER BY sequence) AS before FROM audit_records) r
      WHERE before IS NOT NULL AND before <> previous_hash`);
    return broken[0]?.count === 0;
  }
});

describe('The role of the application', () => {
  /** Tables that may only grow, with what would be lost otherwise. Named a second time on purpose. */
  const APPEND_ONLY = [
    'audit_records',
    'code_uses',
    'executions',
    'legal_evidence',
    'legal_verdicts',
    'mandate_evidence',
    'policies',
    'statements',
    'unmasking_verdicts',
    'verifications',
  ];
  /** Tables that grow, and columns of theirs that are filled in later. */
  const FILLED_IN: Readonly<Record<string, readonly string[]>> = { policy_activations: ['cancelled_at'] };
  /** What may go: links that are replaced, what has expired, and the demo's own. */
  const DELETABLE = new Set([
    'changes',
    'webhooks',
    'webhook_deliveries',
    'contract_holders',
    'mandate_scopes',
    'mandate_contracts',
    'code_budget_entries',
    // An hour of whom somebody reached.
    'reaches',
    'demo_inbox',
    'idempotency_keys',
    'access_requests',
    // What people began and didn't finish, or took back: kept for as long as it serves.
    'sessions',
    'staff_sessions',
    'sign_ins',
    'challenges',
    'grant_drafts',
    'mandate_requests',
    'contact_changes',
    'ask_first',
  ]);

  interface Rights {
    readonly name: string;
    readonly owner: string;
    readonly select: boolean;
    readonly insert: boolean;
    readonly update: boolean;
    readonly delete: boolean;
    readonly rest: boolean;
  }

  async function rights(): Promise<readonly Rights[]> {
    const { rows: found } = await application.query<Rights>(`
      SELECT c.relname AS name, pg_get_userbyid(c.relowner) AS owner,
        has_table_privilege(c.oid, 'SELECT') AS select, has_table_privilege(c.oid, 'INSERT') AS insert,
        has_table_privilege(c.oid, 'UPDATE') OR has_any_column_privilege(c.oid, 'UPDATE') AS update,
        has_table_privilege(c.oid, 'DELETE') AS delete,
        has_table_privilege(c.oid, 'TRUNCATE') OR has_table_privilege(c.oid, 'TRIGGER')
          OR has_table_privilege(c.oid, 'REFERENCES') AS rest
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p') AND n.nspname = 'public' AND c.relname NOT LIKE 'kept_%' ORDER BY 1`);
    return found;
  }

  it('may not change, delete or empty any table that only grows, by the catalogue and by trying', async () => {
    const found = await rights();
    const growing = found
      .filter(({ insert, update, delete: gone }) => insert && !update && !gone)
      .map(({ name }) => name);
    expect(growing).toEqual(expect.arrayContaining(APPEND_ONLY));
    for (const name of [...growing, ...guarded, ...Object.keys(FILLED_IN)]) {
      const { rows: columns } = await desk.owner.query<{ name: string }>(
        "SELECT attname AS name FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attidentity = '' AND attgenerated = ''",
        [name],
      );
      const statements = [
        ...columns
          .filter((column) => FILLED_IN[name]?.includes(column.name) !== true)
          .map((column) => `UPDATE ${name} SET "${column.name}" = "${column.name}"`),
        `DELETE FROM ${name}`,
        `TRUNCATE ${name} CASCADE`,
        `DROP TABLE ${name}`,
        `ALTER TABLE ${name} DISABLE TRIGGER ALL`,
      ];
      for (const statement of statements) {
        await expect(application.query(statement)).rejects.toMatchObject({ code: '42501' });
      }
    }
    // What has begun can't be called off afterwards.
    const late = 'UPDATE policy_activations SET cancelled_at = now() WHERE activated_at <= now()';
    await expect(application.query(late)).rejects.toMatchObject({ code: '23514' });
  });

  it('may delete only what is listed, and truncate nothing', async () => {
    for (const { name, delete: gone, rest, owner } of await rights()) {
      if (gone) expect([...DELETABLE]).toContain(name);
      expect([name, rest]).toEqual([name, false]);
      expect(owner).not.toBe((await application.query<{ me: string }>('SELECT current_user AS me')).rows[0]?.me);
    }
  });

  it('owns nothing, is nobody else, and can pass no rule by', async () => {
    const {
      rows: [role],
    } = await application.query<Record<string, unknown>>(`
      SELECT rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls,
        has_schema_privilege('public', 'CREATE') AS creates,
        (SELECT count(*)::integer FROM pg_class WHERE relowner = r.oid) AS owned,
        (SELECT count(*)::integer FROM pg_roles o WHERE o.rolname <> current_user AND o.rolname <> 'mandaat_app'
          AND pg_has_role(current_user, o.oid, 'MEMBER')) AS others
      FROM pg_roles r WHERE rolname = current_user`);
    expect(role).toEqual({
      rolsuper: false,
      rolcreaterole: false,
      rolcreatedb: false,
      rolreplication: false,
      rolbypassrls: false,
      creates: false,
      owned: 0,
      others: 0,
    });
    for (const statement of [
      'SET ROLE mandaat_owner',
      "SET session_replication_role = 'replica'",
      'CREATE TABLE public.mine (a int)',
      "COPY people TO PROGRAM 'cat'",
      "SELECT pg_read_file('/etc/passwd')",
      'ALTER ROLE CURRENT_USER SUPERUSER',
      'CREATE EXTENSION dblink',
    ]) {
      await expect(application.query(statement)).rejects.toMatchObject({
        code: expect.stringMatching(/^(42501|42704|0A000|58P01|22023|25006)$/),
      });
    }
  });
});
