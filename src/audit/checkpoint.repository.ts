import type { ClientBase } from 'pg';

import { type ChainHead, genesisHash } from './chain.ts';
import { type Tile, type TilePlace } from './merkle-tiles.ts';

/** A checkpoint as it is kept: what it says stands in its signed text. */
export interface SignedCheckpoint {
  readonly number: number;
  readonly takenAt: Date;
  /** JWS, compact. */
  readonly jws: string;
}

/** How far the tree over one chain has grown. */
export interface TreeState {
  readonly size: number;
  /** Hash of the last record in it. */
  readonly head: Buffer;
}

/** A record as far as a tree knows it. */
export interface Link {
  readonly sequence: bigint;
  readonly previousHash: Buffer;
  readonly hash: Buffer;
}

/** Arbitrary but fixed: who holds this makes the next checkpoint. */
const CHECKPOINT_LOCK = '7310593858020254334';

/** One process at a time, until its transaction ends. */
export async function lockCheckpoints(client: ClientBase): Promise<void> {
  await client.query(`SELECT pg_advisory_xact_lock(${CHECKPOINT_LOCK})`);
}

/** The heads of all chains that have records, at one moment, and the database's clock then, to the millisecond. */
export async function readMoment(
  client: ClientBase,
): Promise<{ readonly heads: readonly ChainHead[]; readonly now: Date }> {
  const { rows } = await client.query<{ id: number | null; sequence: string; hash: Buffer; now: Date }>(
    `SELECT c.id, c.sequence, c.hash, date_trunc('milliseconds', statement_timestamp()) AS now
     FROM (VALUES (1)) AS one LEFT JOIN audit_chains c ON c.sequence > 0 ORDER BY c.id`,
  );
  const [first] = rows;
  if (first === undefined) throw new Error('the database told no time');
  return {
    now: first.now,
    heads: rows.flatMap(({ id, sequence, hash }) =>
      id === null ? [] : { chainId: id, sequence: BigInt(sequence), hash },
    ),
  };
}

/** Begins the tree of a chain that has none, and locks it until the transaction ends. */
export async function lockTree(client: ClientBase, chainId: number): Promise<TreeState> {
  await client.query('INSERT INTO audit_trees (chain_id, size, head) VALUES ($1, 0, $2) ON CONFLICT DO NOTHING', [
    chainId,
    genesisHash(chainId),
  ]);
  const { rows } = await client.query<{ size: string; head: Buffer }>(
    'SELECT size, head FROM audit_trees WHERE chain_id = $1 FOR UPDATE',
    [chainId],
  );
  const [row] = rows;
  if (row === undefined) throw new Error(`the tree of chain ${chainId} is missing`);
  return { size: Number(row.size), head: row.head };
}

/** How many records the tree over each chain has; chains without one are left out. */
export async function readTreeSizes(client: ClientBase): Promise<ReadonlyMap<number, bigint>> {
  const { rows } = await client.query<{ chain_id: number; size: string }>('SELECT chain_id, size FROM audit_trees');
  return new Map(rows.map(({ chain_id: chainId, size }) => [chainId, BigInt(size)]));
}

/** Where the records with this id are: one, unless somebody tampered with them. Two at most. */
export async function findRecord(
  client: ClientBase,
  recordId: string,
): Promise<readonly { readonly chainId: number; readonly sequence: bigint }[]> {
  const { rows } = await client.query<{ chain_id: number; sequence: string }>(
    'SELECT chain_id, sequence FROM audit_records WHERE id = $1 LIMIT 2',
    [recordId],
  );
  return rows.map((row) => ({ chainId: row.chain_id, sequence: BigInt(row.sequence) }));
}

/** Of the records behind `after`, in order, what a tree needs to know; `limit` at most. */
export async function readLinks(
  client: ClientBase,
  chainId: number,
  after: number,
  limit: number,
): Promise<readonly Link[]> {
  const { rows } = await client.query<{ sequence: string; previous_hash: Buffer; hash: Buffer }>({
    name: 'checkpoint-read-links',
    text: `SELECT sequence, previous_hash, hash FROM audit_records WHERE chain_id = $1 AND sequence > $2
      ORDER BY sequence LIMIT $3`,
    values: [chainId, after, limit],
  });
  return rows.map((row) => ({
    sequence: BigInt(row.sequence),
    previousHash: row.previous_hash,
    hash: row.hash,
  }));
}

/** Those of these tiles that are there. */
export async function readTiles(
  client: ClientBase,
  chainId: number,
  places: readonly TilePlace[],
): Promise<readonly Tile[]> {
  if (places.length === 0) return [];
  const { rows } = await client.query<{ level: number; index: string; hashes: Buffer }>({
    name: 'checkpoint-read-tiles',
    text: `SELECT t.level, t.index, t.hashes FROM unnest($2::smallint[], $3::bigint[]) AS wanted (level, index)
      JOIN audit_tiles t ON t.chain_id = $1 AND t.level = wanted.level AND t.index = wanted.index`,
    values: [chainId, places.map(({ level }) => level), places.map(({ index }) => index)],
  });
  return rows.map((row) => ({ level: row.level, index: Number(row.index), hashes: row.hashes }));
}

/** Keeps what a tree has grown by. */
export async function growTree(
  client: ClientBase,
  chainId: number,
  { size, head }: TreeState,
  tiles: readonly Tile[],
): Promise<void> {
  await client.query({
    name: 'checkpoint-write-tiles',
    text: `INSERT INTO audit_tiles (chain_id, level, index, hashes)
      SELECT $1, t.level, t.index, t.hashes
      FROM unnest($2::smallint[], $3::bigint[], $4::bytea[]) AS t (level, index, hashes)
      ON CONFLICT (chain_id, level, index) DO UPDATE SET hashes = excluded.hashes`,
    values: [
      chainId,
      tiles.map((tile) => tile.level),
      tiles.map((tile) => tile.index),
      tiles.map((tile) => tile.hashes),
    ],
  });
  await client.query('UPDATE audit_trees SET size = $2, head = $3 WHERE chain_id = $1', [chainId, size, head]);
}

interface CheckpointRow {
  readonly number: string;
  readonly taken_at: Date;
  readonly jws: string;
}

/** The newest one; null when there is none yet. */
export async function readLatest(client: ClientBase): Promise<SignedCheckpoint | null> {
  const { rows } = await client.query<CheckpointRow>(
    'SELECT number, taken_at, jws FROM audit_checkpoints ORDER BY number DESC LIMIT 1',
  );
  return rows[0] === undefined ? null : toCheckpoint(rows[0]);
}

/** Those with a number above `after`, in order, `limit` at most. */
export async function readCheckpoints(
  client: ClientBase,
  after: number,
  limit: number,
): Promise<readonly SignedCheckpoint[]> {
  const { rows } = await client.query<CheckpointRow>(
    'SELECT number, taken_at, jws FROM audit_checkpoints WHERE number > $1 ORDER BY number LIMIT $2',
    [after, limit],
  );
  return rows.map(toCheckpoint);
}

export async function insertCheckpoint(client: ClientBase, { number, takenAt, jws }: SignedCheckpoint): Promise<void> {
  await client.query('INSERT INTO audit_checkpoints (number, taken_at, jws) VALUES ($1, $2, $3)', [
    number,
    takenAt,
    jws,
  ]);
}

function toCheckpoint({ number, taken_at: takenAt, jws }: CheckpointRow): SignedCheckpoint {
  return { number: Number(number), takenAt, jws };
}
