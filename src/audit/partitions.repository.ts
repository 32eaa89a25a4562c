import type { ClientBase } from 'pg';

import type { ChainHead } from './chain.ts';

/** One part of the audit's table, by name. Bounds are half-open; the part for everything else has none. */
export interface Partition {
  readonly name: string;
  /** How the database calls it in `StoredRecord.place`. */
  readonly place: string;
  readonly bounds: { readonly from: Date; readonly to: Date } | null;
  /** Records in it, as the planner estimates them; exact counts take a scan. */
  readonly estimate: number;
  readonly bytes: number;
}

/** The kind of record that tells of a detachment, and what it says. */
export const DETACHED = 'audit.detached';
export interface DetachedBody {
  readonly tables: readonly string[];
  /**
   * Every anchor that holds from then on, those of before too: the newest record of this kind vouches for all of them when
   * the older ones have been detached themselves. Hashes in hexadecimal.
   */
  readonly anchors: readonly { readonly chainId: number; readonly sequence: string; readonly hash: string }[];
}

/** Where detached months lie. */
export const ARCHIVE_SCHEMA = 'audit_archive';

/** Every partition, the oldest month first, the one for everything else last. */
export async function readPartitions(client: ClientBase): Promise<readonly Partition[]> {
  const { rows } = await client.query<{
    name: string;
    place: string;
    from: Date | null;
    to: Date | null;
    estimate: number;
    bytes: string;
  }>(
    `SELECT c.relname AS name, c.oid::text AS place, bound[1]::timestamptz AS from, bound[2]::timestamptz AS to,
       greatest(c.reltuples, 0)::float8 AS estimate, pg_total_relation_size(c.oid) AS bytes
     FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
       LEFT JOIN regexp_match(pg_get_expr(c.relpartbound, c.oid), 'FROM \\(''([^'']+)''\\) TO \\(''([^'']+)''\\)') bound
         ON true
     WHERE i.inhparent = 'audit_records'::regclass ORDER BY 3 NULLS LAST`,
  );
  return rows.map(({ name, place, from, to, estimate, bytes }) => ({
    name,
    place,
    bounds: from === null || to === null ? null : { from, to },
    estimate,
    bytes: Number(bytes),
  }));
}

/** Has the months made up to so many ahead; answers how many were missing. Needs no more than the application's rights. */
export async function prepareMonths(client: ClientBase, ahead: number): Promise<number> {
  const { rows } = await client.query<{ made: number }>('SELECT audit_records_prepare($1) AS made', [ahead]);
  return rows[0]?.made ?? 0;
}

/** Sorts in what waits in the index by person. Needs no more than the application's rights. */
export async function tidyIndex(client: Pick<ClientBase, 'query'>): Promise<void> {
  await client.query('SELECT audit_records_tidy()');
}

/** The newest anchor of each chain that has one. */
export async function readAnchors(client: ClientBase): Promise<readonly ChainHead[]> {
  const { rows } = await client.query<{ chain_id: number; sequence: string; hash: Buffer }>(
    'SELECT DISTINCT ON (chain_id) chain_id, sequence, hash FROM audit_anchors ORDER BY chain_id, sequence DESC',
  );
  return rows.map((row) => ({ chainId: row.chain_id, sequence: BigInt(row.sequence), hash: row.hash }));
}

/** Where one chain begins and ends in one partition. */
export interface Edges {
  readonly first: bigint;
  readonly last: ChainHead;
}

/** As the owner: the edges, in one partition, of those of the chains that have records there. */
export async function readEdges(
  client: ClientBase,
  partition: string,
  chainIds: readonly number[],
): Promise<readonly Edges[]> {
  const name = client.escapeIdentifier(partition);
  const { rows } = await client.query<{ chain_id: number; first: string; last: string; hash: Buffer }>(
    `SELECT c.chain_id, f.sequence AS first, l.sequence AS last, l.hash FROM unnest($1::integer[]) c (chain_id)
       CROSS JOIN LATERAL (SELECT sequence FROM ${name} r WHERE r.chain_id = c.chain_id ORDER BY sequence LIMIT 1) f
       CROSS JOIN LATERAL (SELECT sequence, hash FROM ${name} r WHERE r.chain_id = c.chain_id
         ORDER BY sequence DESC LIMIT 1) l`,
    [chainIds],
  );
  return rows.map((row) => ({
    first: BigInt(row.first),
    last: { chainId: row.chain_id, sequence: BigInt(row.last), hash: row.hash },
  }));
}

/** Whether this role may detach anything. */
export async function ownsRecords(client: ClientBase): Promise<boolean> {
  const { rows } = await client.query<{ owns: boolean }>(
    "SELECT pg_has_role(relowner, 'USAGE') AS owns FROM pg_class WHERE oid = 'audit_records'::regclass",
  );
  return rows[0]?.owns === true;
}

/** As the owner: makes months for the records that came in without one. */
export async function settleOthers(client: ClientBase): Promise<void> {
  // Not in one statement: what reads the table can't have it altered meanwhile.
  const { rows } = await client.query<{ day: string }>(
    `SELECT DISTINCT date_trunc('month', recorded_at, 'UTC')::date::text AS day FROM audit_records_other
     WHERE recorded_at < now()`,
  );
  for (const { day } of rows) await client.query('SELECT audit_records_make_month($1)', [day]);
}

/** As the owner, until the transaction ends: nobody writes and nobody reads meanwhile. */
export async function lockRecords(client: ClientBase): Promise<void> {
  await client.query('LOCK TABLE audit_records IN ACCESS EXCLUSIVE MODE');
}

/** As the owner: takes the partition out of the audit and puts it away. */
export async function detachPartition(client: ClientBase, partition: string): Promise<void> {
  const name = client.escapeIdentifier(partition);
  await client.query(`ALTER TABLE audit_records DETACH PARTITION ${name}`);
  await client.query(`ALTER TABLE ${name} SET SCHEMA ${ARCHIVE_SCHEMA}`);
}

/** As the owner: from here on each of these chains is verified. */
export async function insertAnchors(client: ClientBase, anchors: readonly ChainHead[], now: Date): Promise<void> {
  await client.query(
    `INSERT INTO audit_anchors (chain_id, sequence, hash, detached_at)
     SELECT *, $4::timestamptz FROM unnest($1::integer[], $2::bigint[], $3::bytea[])`,
    [
      anchors.map(({ chainId }) => chainId),
      anchors.map(({ sequence }) => sequence.toString()),
      anchors.map(({ hash }) => hash),
      now,
    ],
  );
}
