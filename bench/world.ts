import { Client } from 'pg';
import { mintKey } from '../src/auth/key-format.ts';
import { BlindIndex } from '../src/crypto/blind-index.ts';
import { KeyRing } from '../src/crypto/key-ring.ts';
import { PersonKeys } from '../src/crypto/person-keys.ts';
import { migrate } from '../src/database/migrate.ts';
import type { EmbeddedPostgres } from '../src/database/embedded-postgres.ts';
import { SUPERUSER } from '../src/database/roles.ts';
import { namePlace, valuePlace } from '../src/holders/holders.service.ts';
import { normaliseName, normaliseValue } from '../src/holders/normalise.ts';
import { seedRecords } from './world-records.ts';
import { DATA_STATEMENTS, DONE_STATEMENTS, FIXED_STATEMENTS, HISTORY_STATEMENTS } from './world.sql.ts';

/** A call that is open, with what requests about it must name. */
export interface BenchCall {
  readonly id: string;
  readonly agentId: string;
  readonly agentRef: string;
  readonly contractRef: string;
  readonly holderId: string;
  /** The holder's phone: codes go there. */
  readonly phoneId: string;
  readonly callerId: string;
  readonly mandateId: string;
  readonly isJoint: boolean;
  /** Which of the two mandates the caller holds: the first is the wider one. */
  readonly isWide: boolean;
  /** The caller's number; null for people whose data is only bytes, never to be read. */
  readonly callingNumber: string | null;
}

/** A filled database, and how to speak to it. */
export interface World {
  readonly name: string;
  readonly holders: number;
  readonly records: number;
  readonly ownerUrl: string;
  readonly appUrl: string;
  /** `MANDAAT_KEYS` for a service on this database. */
  readonly masterKeys: string;
  readonly ring: KeyRing;
  /** Text of an API key of scope `agent`; the header Mandaat-Agent names who acts. */
  readonly apiKey: string;
  /** Calls to check. */
  readonly calls: readonly BenchCall[];
  /** Calls of their own for codes: their many answered codes must not weigh on the checks. */
  readonly codeCalls: readonly BenchCall[];
}

type Progress = (done: number, total: number) => void;

const CHUNK = 5_000;
/** Calls to check; the more people there are, the further apart theirs lie. */
const MOST_CALLS = 20_000;
/** Calls whose people have real names and numbers. Two people each, and 5,000 reserved numbers have to do. */
const MOST_KEYED = 2_000;

/** Numbers that no person will ever have: reserved by the Bundesnetzagentur for films. A thousand each. */
const RESERVED = ['+493023125', '+496990009', '+494066969', '+492214710', '+498999998'];

/**
 * Makes a database and fills it: people, contracts, mandates with evidence, agents, a key and open calls. Most names and
 * numbers are bytes without meaning, because nothing ever reads them; those that some row reads are real.
 *
 * @param masterKey 32 bytes
 */
export async function buildWorld(
  server: EmbeddedPostgres,
  name: string,
  size: { readonly holders: number; readonly records: number },
  masterKey: Buffer,
  onProgress: Progress,
): Promise<World> {
  await server.createDatabase(name);
  const ownerUrl = server.ownerUrl(name);
  await migrate(ownerUrl);
  const ring = new KeyRing([{ id: 'bench', key: masterKey }]);
  const superuser = new URL(ownerUrl);
  superuser.username = SUPERUSER;
  const client = new Client({ connectionString: superuser.href, application_name: 'mandaat bench' });
  await client.connect();
  try {
    // Only for filling: the service's own sessions commit durably, as always.
    await client.query('SET synchronous_commit = off');
    const minted = mintKey('test');
    await fill(client, size, minted, onProgress);
    const calls = await readCalls(client, 'check');
    const keyed = await giveNames(client, calls.slice(0, MOST_KEYED), ring);
    const withNumbers = (call: BenchCall): BenchCall => ({ ...call, callingNumber: keyed.get(call.callerId) ?? null });
    // The planner must know what is there, and the first minutes must not pay for our filling.
    await client.query('VACUUM (ANALYZE)');
    await client.query('CHECKPOINT');
    return {
      name,
      ...size,
      ownerUrl,
      appUrl: server.appUrl(name),
      masterKeys: `bench:${masterKey.toString('base64')}`,
      ring,
      apiKey: minted.text,
      calls: calls.map(withNumbers),
      codeCalls: await readCalls(client, 'code'),
    };
  } finally {
    await client.end();
  }
}

/** Fills the tables of a migrated database, as their owner. */
export async function fill(
  client: Client,
  { holders, records }: { readonly holders: number; readonly records: number },
  key: { readonly id: string; readonly hash: Buffer },
  onProgress: Progress,
): Promise<void> {
  for (const statement of FIXED_STATEMENTS) await client.query(statement);
  await client.query(
    `INSERT INTO api_keys (id, name, scope, strength, secret_hash, created_at, expires_at)
     VALUES ($1, 'bench', 'agent', 1, $2, now(), now() + interval '1 day')`,
    [key.id, key.hash],
  );
  const total = holders * DATA_STATEMENTS.length + records;
  let done = 0;
  for (const { text, needsTotal } of DATA_STATEMENTS) {
    for (let from = 1; from <= holders; from += CHUNK) {
      const to = Math.min(from + CHUNK - 1, holders);
      await client.query(text, needsTotal ? [from, to, holders] : [from, to]);
      onProgress((done += to - from + 1), total);
    }
  }
  await seedRecords(client, records, (seeded) => onProgress(done + seeded, total));
  const calls = Math.min(holders, MOST_CALLS);
  for (const statement of DONE_STATEMENTS) await client.query(statement, [calls, holders]);
}

/** What a year leaves behind in a world of so many holders: see `HISTORY_STATEMENTS`. */
export async function fillHistory(client: Client, holders: number, onProgress: Progress): Promise<void> {
  let done = 0;
  for (const text of HISTORY_STATEMENTS) {
    for (let from = 1; from <= holders; from += CHUNK) {
      const to = Math.min(from + CHUNK - 1, holders);
      await client.query(text, [from, to]);
      onProgress((done += to - from + 1), holders * HISTORY_STATEMENTS.length);
    }
  }
}

async function readCalls(client: Client, use: 'check' | 'code'): Promise<readonly BenchCall[]> {
  const { rows } = await client.query<Omit<BenchCall, 'callingNumber'>>(
    `SELECT c.id, c.agent_id AS "agentId", a.agent_ref AS "agentRef", k.contract_ref AS "contractRef",
       h.holder_id AS "holderId", p.id AS "phoneId", c.caller_id AS "callerId", m.id AS "mandateId",
       k.joint_rule = 'all' AS "isJoint", 'subscription' = ANY (SELECT scope FROM mandate_scopes WHERE mandate_id = m.id) AS "isWide"
     FROM calls c
       JOIN agents a ON a.id = c.agent_id
       JOIN contracts k ON k.id = c.contract_id
       JOIN contract_holders h ON h.contract_id = k.id AND h.position = 1
       JOIN contact_points p ON p.person_id = h.holder_id AND p.kind = 'phone'
       JOIN mandates m ON m.proxy_id = c.caller_id AND m.holder_id = h.holder_id
     WHERE c.case_ref = $1 ORDER BY c.id`,
    [use],
  );
  return rows.map((row) => ({ ...row, callingNumber: null }));
}

/** Real names, numbers and addresses, sealed as the service seals them. Comes back with each person's number. */
async function giveNames(
  client: Client,
  calls: readonly BenchCall[],
  ring: KeyRing,
): Promise<ReadonlyMap<string, string>> {
  const keys = new PersonKeys(ring);
  const index = new BlindIndex(ring);
  const people = [...new Set(calls.flatMap(({ holderId, callerId }) => [holderId, callerId]))];
  const { rows: points } = await client.query<{ id: string; person_id: string; kind: 'phone' | 'email' | 'postal' }>(
    'SELECT id, person_id, kind FROM contact_points WHERE person_id = ANY ($1)',
    [people],
  );
  const numbers = new Map(people.map((id, position) => [id, reservedNumber(position)]));
  const rows = people.map((id, position) => {
    const name = `Fictief Verzonnen ${position}`;
    const key = keys.create(id);
    return { key, name: keys.seal(key, name, namePlace(id)), nameIndex: index.of('name', normaliseName(name)) };
  });
  await client.query(
    `UPDATE people p SET name_sealed = r.name, name_index = r.name_index, key_wrapped = r.key
     FROM unnest($1::uuid[], $2::bytea[], $3::bytea[], $4::bytea[]) AS r (id, name, name_index, key) WHERE p.id = r.id`,
    [
      people,
      rows.map(({ name }) => name),
      rows.map(({ nameIndex }) => nameIndex),
      rows.map(({ key }) => key.keyWrapped),
    ],
  );
  const keyOf = new Map(rows.map(({ key }) => [key.id, key]));
  const sealed = points.map(({ id, person_id, kind }, position) => {
    const key = keyOf.get(person_id);
    const text = {
      phone: numbers.get(person_id) ?? '',
      email: `b${position}@example.nl`,
      postal: `Voorbeeldstraat ${position}`,
    };
    const value = normaliseValue(kind, text[kind]);
    if (key === undefined || value === null) throw new Error(`The bench made up a ${kind} that is none.`);
    return { value: keys.seal(key, value.value, valuePlace(id)), index: index.of(kind, value.indexed) };
  });
  await client.query(
    `UPDATE contact_points p SET value_sealed = r.value, value_index = r.value_index
     FROM unnest($1::uuid[], $2::bytea[], $3::bytea[]) AS r (id, value, value_index) WHERE p.id = r.id`,
    [points.map(({ id }) => id), sealed.map(({ value }) => value), sealed.map(({ index: at }) => at)],
  );
  return numbers;
}

function reservedNumber(position: number): string {
  const range = RESERVED[Math.floor(position / 1_000)];
  if (range === undefined) throw new Error('There are not that many reserved numbers.');
  return `${range}${String(position % 1_000).padStart(3, '0')}`;
}
