import { Inject, Injectable } from '@nestjs/common';
import type { ClientBase, Pool } from 'pg';

import { PG_POOL } from '../database/database.module.ts';
import { AuditVerifier, type Verification } from './audit-verifier.ts';
import type { StoredRecord } from './audit.repository.ts';
import { type ChainPoint, type Checkpoint, checkpointHash } from './checkpoint.ts';
import type { CheckpointFile } from './checkpoint-folder.ts';
import type { CheckpointVerificationKeys, Unreadable } from './checkpoint-keys.ts';
import { readCheckpoints, readLinks, readTiles } from './checkpoint.repository.ts';
import {
  EMPTY_ROOT,
  GrowingTree,
  inclusionRanges,
  leafHash,
  type Range,
  rangeHash,
  verifyConsistency,
  verifyInclusion,
} from './merkle.ts';
import { MissingTileError, nodesOf, TILE_WIDTH, tilesFor } from './merkle-tiles.ts';
import { readAnchors } from './partitions.repository.ts';

/**
 * Where a checkpoint doesn't fit.
 *
 * Of the files alone: `forked`, it doesn't follow the one before, or another one has its number; `gap`, the one before is
 * not there; `inconsistent`, a chain in it doesn't continue that of the one before.
 *
 * Against the database: `truncated`, records that it covers are gone from the end; `rewritten`, they are others;
 * `not_in_database`, the database has none or another one under its number.
 */
export interface CheckpointFault {
  readonly file: string;
  readonly fault: Unreadable | 'forked' | 'gap' | 'inconsistent' | 'truncated' | 'rewritten' | 'not_in_database';
  readonly chainId: number | null;
  /** The first record that doesn't fit. */
  readonly sequence: number | null;
  /**
   * Above `sequence`, of `truncated`: the last record that is gone, as far as anything was signed. Of `rewritten`: nothing
   * tells which of these is the first, as the trees in the database were changed too.
   */
  readonly upTo: number | null;
}

export interface CheckpointVerification extends Verification {
  readonly checkpoints: number;
  /** The first one for each chain, and each one of the files. */
  readonly checkpointFaults: readonly CheckpointFault[];
}

interface ReadFile extends CheckpointFile {
  readonly checkpoint: Checkpoint;
}

const PAGE = 500;

/** Compares checkpoints from outside with each other and with the database. */
@Injectable()
export class CheckpointVerifier {
  constructor(
    @Inject(PG_POOL) private readonly pool: Pool,
    private readonly verifier: AuditVerifier,
  ) {}

  /**
   * Verifies the audit, and that it still holds exactly the records that these checkpoints cover.
   *
   * @param onProgress records checked so far, and how many there are by the heads
   */
  async verify(
    files: readonly CheckpointFile[],
    keys: CheckpointVerificationKeys,
    onProgress: (done: number, total: number) => void = () => undefined,
  ): Promise<CheckpointVerification> {
    const { read, faults } = await readFiles(files, keys);
    faults.push(...seriesFaults(read), ...(await this.database((client) => databaseFaults(client, read))));
    const wanted = pointsByChain(read);
    const walks = await this.database((client) => startWalks(client, wanted));
    const verification = await this.verifier.verify(onProgress, (record) => walks.get(record.chainId)?.visit(record));
    const broken = new Set(verification.faults.map(({ chainId }) => chainId));
    for (const [chainId, walk] of walks) {
      const { last, misfit } = walk;
      if (misfit !== null) {
        faults.push(await this.database((client) => locate(client, chainId, misfit)));
        continue;
      }
      const beyond = walk.points.find(({ point }) => point.size > last);
      // A chain that holds no longer was not read to its end.
      if (beyond === undefined || broken.has(chainId)) continue;
      const signed = walk.points.at(-1)!.point.size;
      const upTo = signed > last + 1 ? signed : null;
      faults.push({ file: beyond.file, fault: 'truncated', chainId, sequence: last + 1, upTo });
    }
    return { ...verification, checkpoints: files.length, checkpointFaults: faults };
  }

  private async database<T>(work: (client: ClientBase) => Promise<T>): Promise<T> {
    const client = await this.pool.connect();
    try {
      return await work(client);
    } finally {
      client.release();
    }
  }
}

async function readFiles(
  files: readonly CheckpointFile[],
  keys: CheckpointVerificationKeys,
): Promise<{ read: ReadFile[]; faults: CheckpointFault[] }> {
  const read: ReadFile[] = [];
  const faults: CheckpointFault[] = [];
  for (const file of files) {
    const checkpoint = await keys.read(file.jws);
    if (typeof checkpoint === 'string') faults.push(fileFault(file.name, checkpoint));
    else read.push({ ...file, checkpoint });
  }
  return { read: read.toSorted((one, other) => one.checkpoint.number - other.checkpoint.number), faults };
}

/** Each checkpoint must continue the one before it. The first file may be any: older ones may lie elsewhere. */
function seriesFaults(read: readonly ReadFile[]): CheckpointFault[] {
  const faults: CheckpointFault[] = [];
  for (const [at, { name, jws, checkpoint }] of read.entries()) {
    const before = read[at - 1];
    if (before === undefined) continue;
    if (checkpoint.number === before.checkpoint.number) {
      if (jws !== before.jws) faults.push(fileFault(name, 'forked'));
    } else if (checkpoint.number !== before.checkpoint.number + 1) {
      faults.push(fileFault(name, 'gap'));
    } else if (checkpoint.previous?.equals(checkpointHash(before.jws)) !== true) {
      faults.push(fileFault(name, 'forked'));
    } else {
      const chainId = discontinued(before.checkpoint, checkpoint);
      if (chainId !== null) faults.push({ ...fileFault(name, 'inconsistent'), chainId });
    }
  }
  return faults;
}

/** The first chain that doesn't continue; null when all do. */
function discontinued(before: Checkpoint, after: Checkpoint): number | null {
  for (const old of before.chains) {
    if (after.chains.every(({ chainId }) => chainId !== old.chainId)) return old.chainId;
  }
  for (const { chainId, size, root, head, consistency } of after.chains) {
    const old = before.chains.find((one) => one.chainId === chainId) ?? { size: 0, root: EMPTY_ROOT, head: null };
    const series = { first: old.size, firstRoot: old.root, second: size, secondRoot: root, path: consistency };
    if (!verifyConsistency(series)) return chainId;
    if (old.size === size && old.head?.equals(head) !== true) return chainId;
  }
  return null;
}

async function databaseFaults(client: ClientBase, read: readonly ReadFile[]): Promise<CheckpointFault[]> {
  const [first] = read;
  const last = read.at(-1);
  if (first === undefined || last === undefined) return [];
  const known = new Map<number, string>();
  for (let after = first.checkpoint.number - 1; after < last.checkpoint.number;) {
    const page = await readCheckpoints(client, after, PAGE);
    for (const { number, jws } of page) known.set(number, jws);
    const next = page.at(-1)?.number;
    if (next === undefined) break;
    after = next;
  }
  return read
    .filter(({ checkpoint, jws }) => known.get(checkpoint.number) !== jws)
    .map(({ name }) => fileFault(name, 'not_in_database'));
}

function fileFault(file: string, fault: CheckpointFault['fault']): CheckpointFault {
  return { file, fault, chainId: null, sequence: null, upTo: null };
}

interface WantedPoint {
  readonly file: string;
  readonly point: ChainPoint;
}

/** Between `fits` records, which are as signed, and the point, the records are others. */
interface Misfit extends WantedPoint {
  readonly fits: number;
}

/** What every checkpoint says about each chain, the smallest first. */
function pointsByChain(read: readonly ReadFile[]): ReadonlyMap<number, readonly WantedPoint[]> {
  const points = new Map<number, WantedPoint[]>();
  for (const { name, checkpoint } of read) {
    for (const point of checkpoint.chains) {
      const known = points.get(point.chainId) ?? [];
      points.set(point.chainId, known);
      known.push({ file: name, point });
    }
  }
  for (const known of points.values()) known.sort((one, other) => one.point.size - other.point.size);
  return points;
}

/** Grows the tree over the records of one chain as they are read, and stops at each size that was signed. */
class ChainWalk {
  last: number;
  misfit: Misfit | null = null;
  #next = 0;
  #fits: number;
  /** Null when nobody knows the tree over what was detached. */
  readonly #tree: GrowingTree | null;

  constructor(
    readonly points: readonly WantedPoint[],
    begin: { readonly size: number; readonly tree: GrowingTree | null },
  ) {
    this.last = this.#fits = begin.size;
    this.#tree = begin.tree;
    // What was signed of detached records alone can't be compared with records any more.
    while ((points[this.#next]?.point.size ?? Infinity) <= begin.size) this.#next += 1;
  }

  visit({ sequence, hash }: StoredRecord): void {
    this.last = Number(sequence);
    this.#tree?.append(leafHash(hash));
    for (let wanted = this.points[this.#next]; wanted?.point.size === this.last; wanted = this.points[this.#next]) {
      this.#next += 1;
      const isSame =
        wanted.point.head.equals(hash) && (this.#tree === null || this.#tree.root().equals(wanted.point.root));
      if (isSame) this.#fits = this.last;
      else this.misfit ??= { ...wanted, fits: this.#fits };
    }
  }
}

async function startWalks(
  client: ClientBase,
  wanted: ReadonlyMap<number, readonly WantedPoint[]>,
): Promise<ReadonlyMap<number, ChainWalk>> {
  const anchors = new Map((await readAnchors(client)).map(({ chainId, sequence }) => [chainId, Number(sequence)]));
  const walks = new Map<number, ChainWalk>();
  for (const [chainId, points] of wanted) {
    const size = anchors.get(chainId) ?? 0;
    walks.set(chainId, new ChainWalk(points, { size, tree: await loadTree(client, chainId, size) }));
  }
  return walks;
}

/**
 * Which record is the first that doesn't fit. Those before it are shown to be in the signed tree, one by one, with the hashes
 * in the database. Where those don't lead to the signed root, somebody changed them too, and only the checkpoints tell
 * between which sizes it lies.
 */
async function locate(
  client: ClientBase,
  chainId: number,
  { file, point: { size, root }, fits }: Misfit,
): Promise<CheckpointFault> {
  const fault = { file, fault: 'rewritten' as const, chainId };
  for (let start = fits; start < size;) {
    const end = Math.min(size, (Math.floor(start / TILE_WIDTH) + 1) * TILE_WIDTH);
    const indices = Array.from({ length: end - start }, (_, at) => start + at);
    const links = await readLinks(client, chainId, start, end - start);
    const places = tilesFor(indices.flatMap((index) => [leafAt(index), ...inclusionRanges(index, size)]));
    const nodes = nodesOf(await readTiles(client, chainId, places));
    for (const [at, index] of indices.entries()) {
      const signed = orNull(() => {
        const path = inclusionRanges(index, size).map((range) => rangeHash(range, nodes));
        const leaf = rangeHash(leafAt(index), nodes);
        return verifyInclusion({ leaf, index, size, path, root }) ? leaf : null;
      });
      if (signed === null) return { ...fault, sequence: index + 1, upTo: size };
      const link = links[at];
      const isSame = link?.sequence === BigInt(index + 1) && leafHash(link.hash).equals(signed);
      if (!isSame) return { ...fault, sequence: index + 1, upTo: null };
    }
    start = end;
  }
  // Every record is in the signed tree, and yet the last is not the one that is named beside it.
  return { ...fault, sequence: size, upTo: null };
}

function leafAt(index: number): Range {
  return { start: index, end: index + 1 };
}

/** The tree over the first `size` records, from the hashes in the database; null when some of them are gone. */
async function loadTree(client: ClientBase, chainId: number, size: number): Promise<GrowingTree | null> {
  const nodes = nodesOf(await readTiles(client, chainId, tilesFor([{ start: 0, end: size }])));
  return orNull(() => GrowingTree.from(size, nodes));
}

function orNull<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof MissingTileError) return null;
    throw error;
  }
}
