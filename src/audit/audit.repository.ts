import type { ClientBase, QueryResult } from 'pg';

import { type ChainedRecord, type ChainHead, genesisHash, recordHash } from './chain.ts';

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
  const [head] = rows;
  if (head === undefined) throw new Error(`audit chain ${chainId} is missing`);
  return { chainId, sequence: BigInt(head.sequence), hash: head.hash };
}

/** Begins a transaction, locks the chain and reads the clock, in one message to the database. */
export async function beginLocked(
  client: ClientBase,
  chainId: number,
): Promise<{ readonly head: ChainHead; readonly now: Date }> {
  // Several statements in one message take no parameters; the number is ours. Each sees what was committed before it ran,
  // so the clock is read after the lock was had.
  const results: unknown = await client.query(
    `BEGIN; SELECT sequence, hash FROM audit_chains WHERE id = ${Math.trunc(chainId)} FOR UPDATE;
     SELECT date_trunc('milliseconds', clock_timestamp()) AS now`,
  );
  const [, heads, clocks] = results as [unknown, QueryResult<HeadRow>, QueryResult<{ now: Date }>];
  const [head] = heads.rows;
  const [clock] = clocks.rows;
  if (head === undefined || clock === undefined) throw new Error(`audit chain ${chainId} is missing`);
  return { head: { chainId, sequence: BigInt(head.sequence), hash: head.hash }, now: clock.now };
}

interface HeadRow {
  readonly sequence: string;
  readonly hash: Buffer;
}

/** The database's clock, to the millisecond: read after the lock, so that the order of a chain is the order of its times. */
export async function readClock(client: ClientBase): Promise<Date> {
  const { rows } = await client.query<{ now: Date }>({
    name: 'audit-read-clock',
    text: "SELECT date_trunc('milliseconds', clock_timestamp()) AS now",
  });
  const [row] = rows;
  if (row === undefined) throw new Error('the database told no time');
  return row.now;
}

/** One statement, whatever the number of entries: moves the head and appends the records behind it. */
export async function appendRecords(
  client: ClientBase,
  head: ChainHead,
  entries: readonly (AuditEntry & { readonly id: string })[],
  recordedAt: Date,
): Promise<void> {
  if (entries.length === 0) return;
  let { sequence, hash } = head;
  const records: (ChainedRecord & { readonly hash: Buffer })[] = [];
  for (const entry of entries) {
    sequence += 1n;
    const record: ChainedRecord = {
      chainId: head.chainId,
      sequence,
      id: entry.id,
      recordedAt,
      kind: entry.kind,
      callId: entry.callId ?? null,
      personIds: entry.personIds ?? [],
      actor: entry.actor,
      body: JSON.stringify(entry.body),
      previousHash: hash,
    };
    hash = recordHash(record);
    records.push({ ...record, hash });
  }
  await client.query({
    name: 'audit-append',
    text: `WITH head AS (UPDATE audit_chains SET sequence = $2, hash = $3 WHERE id = $1)
      INSERT INTO audit_records
        (chain_id, sequence, id, recorded_at, kind, call_id, person_ids, actor, body, previous_hash, hash)
      SELECT $1, r.sequence, r.id, $4, r.kind, r.call_id, r.person_ids, r.actor, r.body, decode(r.previous_hash, 'hex'),
        decode(r.hash, 'hex')
      FROM json_to_recordset($5) AS r (sequence bigint, id uuid, kind text, call_id uuid, person_ids uuid[], actor text,
        body text, previous_hash text, hash text)`,
    values: [
      head.chainId,
      sequence.toString(),
      hash,
      recordedAt,
      // One JSON parameter: arrays of long texts are escaped far more dearly.
      JSON.stringify(
        records.map((record) => ({
          sequence: record.sequence.toString(),
          id: record.id,
          kind: record.kind,
          call_id: record.callId,
          person_ids: record.personIds,
          actor: record.actor,
          body: record.body,
          previous_hash: record.previousHash.toString('hex'),
          hash: record.hash.toString('hex'),
        })),
      ),
    ],
  });
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
}

/** `isWhole`: its time is one of milliseconds, as it was written. The column could hold more than the hash sees. */
export type StoredRecord = ChainedRecord & { readonly hash: Buffer; readonly isWhole: boolean };

export async function readHeads(client: ClientBase): Promise<readonly ChainHead[]> {
  const { rows } = await client.query<{ id: number; sequence: string; hash: Buffer }>(
    'SELECT id, sequence, hash FROM audit_chains ORDER BY id',
  );
  return rows.map((row) => ({ chainId: row.id, sequence: BigInt(row.sequence), hash: row.hash }));
}

/** Chains that have records; more than there are heads when somebody removed one. */
export async function readChainIds(client: ClientBase): Promise<readonly number[]> {
  const { rows } = await client.query<{ chain_id: number }>('SELECT DISTINCT chain_id FROM audit_records ORDER BY 1');
  return rows.map((row) => row.chain_id);
}

/** Records of one chain behind `after`, in order, `limit` at most. */
export async function readRecords(
  client: ClientBase,
  chainId: number,
  after: bigint,
  limit: number,
): Promise<readonly StoredRecord[]> {
  const { rows } = await client.query<RecordRow>({
    name: 'audit-read-records',
    text: `SELECT chain_id, sequence, id, recorded_at, kind, call_id, person_ids, actor, body, previous_hash, hash,
        recorded_at = date_trunc('milliseconds', recorded_at) AS is_whole
      FROM audit_records WHERE chain_id = $1 AND sequence > $2 ORDER BY sequence LIMIT $3`,
    values: [chainId, after.toString(), limit],
  });
  return rows.map((row) => ({
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
  }));
}
