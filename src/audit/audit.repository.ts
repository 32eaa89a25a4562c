import { randomUUID } from 'node:crypto';

import type { ClientBase } from 'pg';

import type { Change } from './changes.ts';
import { type ChainedRecord, type ChainHead, genesisHash, HASH_SIZE, recordHash } from './chain.ts';

/** What a room asks to have recorded. Ids, levels, codes and times alone: never personal data in the clear. */
export interface AuditEntry {
  /** UUID; made here when left out. */
  readonly id?: string;
  /** `noun.verb` in the past tense, such as `mandate.withdrawn`. */
  readonly kind: string;
  readonly actor: string;
  readonly callId?: string | null;
  /** Whom it concerns: found again in the log of each. */
  readonly personIds?: readonly string[];
  readonly body: Readonly<Record<string, unknown>>;
}

/** An entry whose body is JSON already, in UTF-8: for what is written later than it is made, in numbers. See {@link written}. */
export type WrittenEntry = Omit<AuditEntry, 'body'> & { readonly body: Buffer };

/**
 * Puts the body into bytes now. Of hundreds of entries that wait for their turn, all that a body is made of would grow old
 * meanwhile, and be copied by each collection of garbage; bytes lie elsewhere.
 */
export function written(entry: AuditEntry): WrittenEntry {
  return { ...entry, body: bytesOf(entry.body) };
}

function bytesOf(body: AuditEntry['body'] | Buffer): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
}

const CLOCK = "date_trunc('milliseconds', clock_timestamp())";

/** Makes the chain's row if this is its first use. */
export async function ensureChain(client: ClientBase, chainId: number): Promise<void> {
  await client.query('INSERT INTO audit_chains (id, sequence, hash) VALUES ($1, 0, $2) ON CONFLICT (id) DO NOTHING', [
    chainId,
    genesisHash(chainId),
  ]);
}

/** Locks the chain until the transaction ends. The first statement of every recorded transaction. */
export async function lockChain(client: ClientBase, chainId: number): Promise<ChainHead> {
  const { rows } = await client.query<HeadRow>({
    name: 'audit-lock-chain',
    text: 'SELECT sequence, hash FROM audit_chains WHERE id = $1 FOR UPDATE',
    values: [chainId],
  });
  return headOf(chainId, rows);
}

/** Where the chain stands, without locking it. */
export async function readHead(client: Pick<ClientBase, 'query'>, chainId: number): Promise<ChainHead> {
  const { rows } = await client.query<HeadRow>({
    name: 'audit-read-head',
    text: 'SELECT sequence, hash FROM audit_chains WHERE id = $1',
    values: [chainId],
  });
  return headOf(chainId, rows);
}

/**
 * Begins a transaction, locks its chain, and reads the database's clock after that, so that the order of a chain is the order
 * of its times: to the millisecond. In one round trip, which costs more than these statements do.
 */
export async function beginRecording(
  client: ClientBase,
  chainId: number,
): Promise<{ readonly head: ChainHead; readonly now: Date }> {
  // Several statements at once take no parameters. What is selected from a locked row is computed when it is locked.
  const text = `BEGIN; SELECT sequence, hash, ${CLOCK} AS now
    FROM (SELECT sequence, hash FROM audit_chains WHERE id = ${Math.trunc(chainId)} FOR UPDATE) head`;
  const results = (await client.query(text)) as unknown as readonly [unknown, { readonly rows: (HeadRow & NowRow)[] }];
  const { rows } = results[1];
  return { head: headOf(chainId, rows), now: nowOf(rows) };
}

interface NowRow {
  readonly now: Date;
}

interface HeadRow {
  readonly sequence: string;
  readonly hash: Buffer;
}

function headOf(chainId: number, [head]: readonly HeadRow[]): ChainHead {
  if (head === undefined) throw new Error(`audit chain ${chainId} is missing`);
  return { chainId, sequence: BigInt(head.sequence), hash: head.hash };
}

/** The database's clock, to the millisecond: read after the lock, so that the order of a chain is the order of its times. */
export async function readClock(client: ClientBase): Promise<Date> {
  const { rows } = await client.query<NowRow>({
    name: 'audit-read-clock',
    text: `SELECT ${CLOCK} AS now`,
  });
  return nowOf(rows);
}

function nowOf([row]: readonly NowRow[]): Date {
  if (row === undefined) throw new Error('the database told no time');
  return row.now;
}

/**
 * One statement, whatever the number of entries: moves the head and appends the records behind it. What is bulky goes as
 * bytes, one record behind the other, and is cut apart there: neither side escapes, copies or parses it.
 *
 * @param before by the database's clock; null = at any time
 * @returns the new head; null when the chain did not stand at `head`, or it was too late: nothing was written then
 */
export async function appendRecords(
  client: Pick<ClientBase, 'query'>,
  head: ChainHead,
  entries: readonly (AuditEntry | WrittenEntry)[],
  recordedAt: Date,
  before: Date | null = null,
): Promise<ChainHead | null> {
  if (entries.length === 0) return head;
  let { sequence, hash } = head;
  let size = 0;
  const columns = {
    id: [] as string[],
    kind: [] as string[],
    callId: [] as string[],
    personIds: [] as string[],
    actor: [] as string[],
    // Where each body begins, in bytes from 1 as PostgreSQL counts them, and how many it has.
    at: [] as number[],
    size: [] as number[],
  };
  const bodies: Buffer[] = [];
  // Each record's previous hash stands before its own.
  const hashes = [hash];
  for (const { id = randomUUID(), kind, callId = null, personIds = [], actor, ...entry } of entries) {
    sequence += 1n;
    const body = bytesOf(entry.body);
    hash = recordHash({
      chainId: head.chainId,
      sequence,
      id,
      recordedAt,
      kind,
      callId,
      personIds,
      actor,
      body,
      previousHash: hash,
    });
    columns.id.push(id);
    columns.kind.push(kind);
    columns.callId.push(callId ?? 'NULL');
    // A list in a list: each inner one is read as a text of its own, as they differ in length.
    columns.personIds.push(`{${personIds.join(',')}}`);
    columns.actor.push(actor);
    columns.at.push(size + 1);
    columns.size.push(body.length);
    hashes.push(hash);
    bodies.push(body);
    size += body.length;
  }
  const { rowCount } = await client.query({
    name: 'audit-append',
    text: `WITH head AS (UPDATE audit_chains SET sequence = $2::bigint + cardinality($5::uuid[]), hash = $3
        WHERE id = $1 AND sequence = $2 AND hash = substr($7::bytea, 1, ${HASH_SIZE})
          AND ($8::timestamptz IS NULL OR clock_timestamp() < $8) RETURNING id)
      INSERT INTO audit_records
        (chain_id, sequence, id, recorded_at, kind, call_id, person_ids, actor, body, previous_hash, hash)
      SELECT head.id, $2::bigint + r.n, r.id, $4, r.kind, r.call_id, r.person_ids::uuid[], r.actor,
        convert_from(substr($6::bytea, r.at, r.size), 'UTF8'),
        substr($7::bytea, (r.n::integer - 1) * ${HASH_SIZE} + 1, ${HASH_SIZE}), substr($7::bytea, r.n::integer * ${HASH_SIZE} + 1, ${HASH_SIZE})
      FROM head, unnest($5::uuid[], $9::text[], $10::uuid[], $11::text[], $12::text[], $13::integer[], $14::integer[])
        WITH ORDINALITY AS r (id, kind, call_id, person_ids, actor, at, size, n)`,
    values: [
      head.chainId,
      head.sequence.toString(),
      hash,
      recordedAt,
      plainList(columns.id),
      Buffer.concat(bodies, size),
      Buffer.concat(hashes),
      before,
      columns.kind,
      plainList(columns.callId),
      columns.personIds,
      columns.actor,
      plainList(columns.at),
      plainList(columns.size),
    ],
  });
  return rowCount === entries.length ? { chainId: head.chainId, sequence, hash } : null;
}

/** In the transaction of what changed, so that subscribers hear of nothing that did not happen, and of all that did. */
export async function appendChanges(client: ClientBase, changes: readonly Change[], at: Date): Promise<void> {
  if (changes.length === 0) return;
  await client.query({
    name: 'audit-append-changes',
    text: `INSERT INTO changes (epoch, at, type, data)
      SELECT (SELECT max(id) FROM change_epochs), $1::timestamptz, c.type, c.data
      FROM unnest($2::text[], $3::jsonb[]) WITH ORDINALITY c (type, data, place) ORDER BY c.place`,
    values: [at, changes.map(({ type }) => type), changes.map(({ data }) => JSON.stringify(data))],
  });
}

/** As the database reads a list of what needs no quotes. */
function plainList(values: readonly (string | number)[]): string {
  return `{${values.join(',')}}`;
}

interface RecordRow {
  readonly chain_id: number;
  readonly sequence: string;
  readonly id: string;
  readonly recorded_at: Date;
  readonly kind: string;
  readonly call_id: string | null;
  readonly person_ids: readonly string[];
  readonly actor: string;
  readonly body: string;
  readonly previous_hash: Buffer;
  readonly hash: Buffer;
  readonly is_whole: boolean;
  readonly place: string;
}

/**
 * `isWhole`: its time is one of milliseconds, as it was written. The column could hold more than the hash sees.
 * `place`: the partition that it was read from.
 */
export type StoredRecord = ChainedRecord & { readonly hash: Buffer; readonly isWhole: boolean; readonly place: string };

export async function readHeads(client: ClientBase): Promise<readonly ChainHead[]> {
  const { rows } = await client.query<{ id: number; sequence: string; hash: Buffer }>(
    'SELECT id, sequence, hash FROM audit_chains ORDER BY id',
  );
  return rows.map((row) => ({ chainId: row.id, sequence: BigInt(row.sequence), hash: row.hash }));
}

/** Chains that have records; more than there are heads when somebody removed one. */
export async function readChainIds(client: ClientBase): Promise<readonly number[]> {
  // From one chain to the next by index: DISTINCT would read every record.
  const { rows } = await client.query<{ chain_id: number }>(
    `WITH RECURSIVE chains AS (
       (SELECT chain_id FROM audit_records ORDER BY chain_id LIMIT 1)
       UNION ALL
       SELECT (SELECT r.chain_id FROM audit_records r WHERE r.chain_id > chains.chain_id ORDER BY r.chain_id LIMIT 1)
       FROM chains WHERE chains.chain_id IS NOT NULL
     )
     SELECT chain_id FROM chains WHERE chain_id IS NOT NULL`,
  );
  return rows.map((row) => row.chain_id);
}

/** The record with one of these ids, if it was written since then. */
export async function findRecord(
  client: ClientBase,
  ids: readonly string[],
  since: Date,
): Promise<{ readonly id: string; readonly body: string } | null> {
  const { rows } = await client.query<{ id: string; body: string }>({
    name: 'audit-find-record',
    text: 'SELECT id, body FROM audit_records WHERE id = ANY ($1::uuid[]) AND recorded_at > $2 LIMIT 1',
    values: [ids, since],
  });
  return rows[0] ?? null;
}

/** A record as the people whom it concerns may have it told. */
export interface PersonRecord {
  readonly id: string;
  readonly at: Date;
  readonly kind: string;
  readonly actor: string;
  readonly callId: string | null;
  /** In the order in which they were written: of two sides the holder comes first. */
  readonly personIds: readonly string[];
  readonly body: Readonly<Record<string, unknown>>;
}

/** Which records of one person. */
export interface PersonRecords {
  readonly personId: string;
  /** Half-open. */
  readonly from: Date;
  readonly to: Date;
  /** Behind this one; null = from the newest. */
  readonly after: { readonly at: Date; readonly id: string } | null;
  /** Of these kinds, or of any but these. */
  readonly kinds: { readonly are: 'in' | 'not_in'; readonly names: readonly string[] };
  /** Kinds that are left out. */
  readonly hidden: readonly string[];
  /** Kinds that are told to the first of those whom they concern, and to nobody else. */
  readonly toFirst: readonly string[];
  readonly limit: number;
}

const TOLD = `id, recorded_at AS at, kind, actor, call_id AS "callId", person_ids AS "personIds", body::json AS body`;

/** The newest first. */
export async function readOfPerson(
  client: Pick<ClientBase, 'query'>,
  { personId, from, to, after, kinds, hidden, toFirst, limit }: PersonRecords,
): Promise<readonly PersonRecord[]> {
  const { rows } = await client.query<PersonRecord>(
    `SELECT ${TOLD} FROM audit_records
     WHERE person_ids @> ARRAY[$1::uuid] AND recorded_at >= $2 AND recorded_at < $3
       AND ($4::timestamptz IS NULL OR (recorded_at, id) < ($4, $5::uuid))
       AND (kind = ANY ($6::text[])) = $7 AND kind <> ALL ($8::text[])
       AND (kind <> ALL ($9::text[]) OR person_ids[1] = $1)
     ORDER BY recorded_at DESC, id DESC LIMIT $10`,
    [personId, from, to, after?.at ?? null, after?.id ?? null, kinds.names, kinds.are === 'in', hidden, toFirst, limit],
  );
  return rows;
}

/** A call whose records are looked for: who was in it, and when it was held at most. */
export interface RecordedCall {
  readonly id: string;
  readonly personIds: readonly string[];
  readonly from: Date;
  readonly to: Date;
}

/** With its place among the records of one moment. */
export interface CallRecord extends PersonRecord {
  readonly chainId: number;
  /** As a text: too long for a number. */
  readonly sequence: string;
}

/**
 * What an agent did in these calls, as far as it concerns somebody in them; of each call at most `most`, the first first.
 *
 * @param after behind the record with this id, of the same call; null = from the first
 */
export async function readOfCalls(
  client: Pick<ClientBase, 'query'>,
  agentId: string,
  calls: readonly RecordedCall[],
  most: number,
  after: string | null,
): Promise<readonly CallRecord[]> {
  const people = calls.flatMap(({ personIds, ...call }) => personIds.map((personId) => ({ ...call, personId })));
  const { rows } = await client.query<CallRecord>(
    `SELECT r.* FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::timestamptz[]) c (id, person_id, from_at, to_at)
     CROSS JOIN LATERAL (
       SELECT ${TOLD}, chain_id AS "chainId", sequence::text FROM audit_records
       WHERE person_ids @> ARRAY[c.person_id] AND recorded_at >= c.from_at AND recorded_at < c.to_at
         AND call_id = c.id AND starts_with(actor, $5)
         AND ($7::uuid IS NULL OR (recorded_at, chain_id, sequence) >
           (SELECT a.recorded_at, a.chain_id, a.sequence FROM audit_records a WHERE a.id = $7 AND a.call_id = c.id))
       -- Of one transaction they have one time.
       ORDER BY recorded_at, chain_id, sequence LIMIT $6) r`,
    [
      people.map(({ id }) => id),
      people.map(({ personId }) => personId),
      people.map(({ from }) => from),
      people.map(({ to }) => to),
      `agent:${agentId} `,
      most,
      after,
    ],
  );
  // One record may name several of them.
  return [...new Map(rows.map((row) => [row.id, row])).values()].toSorted(inOrder);
}

/** In the order of {@link readOfCalls}. */
function inOrder(one: CallRecord, other: CallRecord): number {
  return (
    one.at.getTime() - other.at.getTime() ||
    one.chainId - other.chainId ||
    Number(BigInt(one.sequence) - BigInt(other.sequence))
  );
}

/** One record, if it names this person; null when it doesn't, or there is none. */
export async function findOfPerson(
  client: Pick<ClientBase, 'query'>,
  personId: string,
  id: string,
): Promise<PersonRecord | null> {
  const { rows } = await client.query<PersonRecord>(
    `SELECT ${TOLD} FROM audit_records WHERE id = $1 AND $2::uuid = ANY (person_ids)`,
    [id, personId],
  );
  return rows[0] ?? null;
}

const STORED = `chain_id, sequence, id, recorded_at, kind, call_id, person_ids, actor, body, previous_hash, hash,
  recorded_at = date_trunc('milliseconds', recorded_at) AS is_whole, tableoid::text AS place`;

/** Records of one chain behind `after`, in order, `limit` at most, unless several stand under the last number. */
export async function readRecords(
  client: ClientBase,
  chainId: number,
  after: bigint,
  limit: number,
): Promise<readonly StoredRecord[]> {
  const { rows } = await client.query<RecordRow>({
    name: 'audit-read-records',
    text: `SELECT ${STORED} FROM audit_records
      WHERE chain_id = $1 AND sequence >= $2 ORDER BY sequence FETCH FIRST $3 ROWS WITH TIES`,
    // From the next number on: one below the least has no place in the column's type.
    values: [chainId, (after + 1n).toString(), limit],
  });
  return rows.map(storedOf);
}

/** Records of one chain before `before` and since `from`, the newest first. */
export async function readRecordsBefore(
  client: ClientBase,
  chainId: number,
  before: bigint,
  from: Date,
  limit: number,
): Promise<readonly StoredRecord[]> {
  const { rows } = await client.query<RecordRow>(
    `SELECT ${STORED} FROM audit_records
     WHERE chain_id = $1 AND sequence < $2 AND recorded_at >= $3 ORDER BY sequence DESC LIMIT $4`,
    [chainId, before.toString(), from, limit],
  );
  return rows.map(storedOf);
}

function storedOf(row: RecordRow): StoredRecord {
  return {
    chainId: row.chain_id,
    sequence: BigInt(row.sequence),
    id: row.id,
    recordedAt: row.recorded_at,
    kind: row.kind,
    callId: row.call_id,
    personIds: row.person_ids,
    actor: row.actor,
    body: row.body,
    previousHash: row.previous_hash,
    hash: row.hash,
    isWhole: row.is_whole,
    place: row.place,
  };
}
