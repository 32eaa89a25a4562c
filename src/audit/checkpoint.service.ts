import { Inject, Injectable } from '@nestjs/common';
import type { ClientBase, Pool } from 'pg';

import { PG_POOL } from '../database/database.module.ts';
import { appendChanges } from './audit.repository.ts';
import type { ChainHead } from './chain.ts';
import { changeOfCheckpoint } from './changes.ts';
import { type ChainPoint, type Checkpoint, checkpointHash } from './checkpoint.ts';
import { CheckpointKeys } from './checkpoint-keys.ts';
import {
  growTree,
  insertCheckpoint,
  lockCheckpoints,
  lockTree,
  readLatest,
  readLinks,
  readMoment,
  readTiles,
  type SignedCheckpoint,
} from './checkpoint.repository.ts';
import { consistencyRanges, EMPTY_ROOT, leafHash, rangeHash } from './merkle.ts';
import { appendToTiles, edgeOf, nodesOf, type Tile, tilesFor } from './merkle-tiles.ts';

/** What the trees know is not what the records say: nothing is signed over that. `audit verify` says more. */
export class CheckpointRefusedError extends Error {
  readonly code = 'checkpoint_refused';

  constructor(message: string) {
    super(`No checkpoint was made: ${message}`);
    this.name = 'CheckpointRefusedError';
  }
}

/** Records by which a tree grows in one transaction: some milliseconds of work, so that nobody waits for it. */
const BATCH = 2_048;

/** Signs where every chain stands. Any process may, at any time: they take turns. */
@Injectable()
export class CheckpointService {
  constructor(
    @Inject(PG_POOL) private readonly pool: Pool,
    private readonly keys: CheckpointKeys,
  ) {}

  /**
   * Makes the next checkpoint.
   *
   * @param notWithin milliseconds: nothing happens when the last one is younger than that
   * @param onProgress records that the trees have grown by
   * @returns null when nothing was recorded since the last one, or it is too young
   * @throws CheckpointRefusedError when the records don't continue what was signed before
   */
  async make(notWithin = 0, onProgress: (done: number) => void = () => undefined): Promise<SignedCheckpoint | null> {
    // What has piled up goes in first, a batch at a time and without keeping others from their turn.
    const pending = await this.transaction((client) => this.news(client, notWithin));
    if (pending === null) return null;
    let done = 0;
    for (const head of pending.heads) {
      for (let isBehind = true; isBehind;) {
        const grown = await this.transaction((client) => grow(client, head));
        done += grown;
        onProgress(done);
        isBehind = grown === BATCH;
      }
    }
    return this.transaction(async (client) => {
      await lockCheckpoints(client);
      const news = await this.news(client, notWithin);
      if (news === null) return null;
      const { last, heads, now } = news;
      const before = last === null ? null : await this.read(last);
      const gone = before?.chains.find(({ chainId }) => heads.every((head) => head.chainId !== chainId));
      if (gone !== undefined) throw new CheckpointRefusedError(`chain ${gone.chainId} is gone.`);
      const chains: ChainPoint[] = [];
      for (const head of heads) {
        while ((await grow(client, head)) === BATCH);
        const known = before?.chains.find(({ chainId }) => chainId === head.chainId) ?? null;
        chains.push(await pointOf(client, head, known));
      }
      const number = (last?.number ?? 0) + 1;
      const previous = last === null ? null : checkpointHash(last.jws);
      const made = { number, takenAt: now, jws: await this.keys.sign({ number, takenAt: now, previous, chains }) };
      await insertCheckpoint(client, made);
      await appendChanges(client, [changeOfCheckpoint(made)], now);
      return made;
    });
  }

  async latest(): Promise<SignedCheckpoint | null> {
    return this.transaction(readLatest);
  }

  /** Null when there is nothing to sign. */
  private async news(
    client: ClientBase,
    notWithin: number,
  ): Promise<{ last: SignedCheckpoint | null; heads: readonly ChainHead[]; now: Date } | null> {
    const last = await readLatest(client);
    const { heads, now } = await readMoment(client);
    if (last === null) return heads.length === 0 ? null : { last, heads, now };
    if (now.getTime() - last.takenAt.getTime() < notWithin) return null;
    const { chains } = await this.read(last);
    const isSame =
      chains.length === heads.length &&
      heads.every(({ chainId, hash }, at) => chains[at]?.chainId === chainId && chains[at].head.equals(hash));
    return isSame ? null : { last, heads, now };
  }

  private async read({ number, jws }: SignedCheckpoint): Promise<Checkpoint> {
    const checkpoint = await this.keys.readOwn(jws);
    if (checkpoint?.number !== number) {
      throw new CheckpointRefusedError(`checkpoint ${number} in the database was changed.`);
    }
    return checkpoint;
  }

  private async transaction<T>(work: (client: ClientBase) => Promise<T>): Promise<T> {
    const client = await this.pool.connect();
    let isBroken = true;
    try {
      await client.query('BEGIN');
      const result = await work(client);
      await client.query('COMMIT');
      isBroken = false;
      return result;
    } catch (error) {
      await client.query('ROLLBACK').then(
        () => (isBroken = false),
        () => undefined,
      );
      throw error;
    } finally {
      client.release(isBroken);
    }
  }
}

/**
 * Lets a tree grow towards the head of its chain, by one batch at most.
 *
 * @returns the records that were added
 * @throws CheckpointRefusedError when the next record isn't there, or doesn't follow the last one in the tree
 */
async function grow(client: ClientBase, { chainId, sequence }: ChainHead): Promise<number> {
  const { size, head } = await lockTree(client, chainId);
  const wanted = Math.min(Number(sequence) - size, BATCH);
  // Another process was faster.
  if (wanted <= 0) return 0;
  const links = await readLinks(client, chainId, size, wanted);
  let last = { sequence: BigInt(size), hash: head };
  for (const link of links) {
    if (link.sequence !== last.sequence + 1n) break;
    if (!link.previousHash.equals(last.hash)) {
      throw new CheckpointRefusedError(`chain ${chainId}, record ${link.sequence} does not follow the one before.`);
    }
    last = link;
  }
  if (last.sequence !== BigInt(size + wanted)) {
    throw new CheckpointRefusedError(`chain ${chainId}, record ${last.sequence + 1n} is missing.`);
  }
  const edge = await readTiles(client, chainId, edgeOf(size));
  const tiles = appendToTiles(
    size,
    edge,
    links.map(({ hash }) => leafHash(hash)),
  );
  await growTree(client, chainId, { size: size + wanted, head: last.hash }, tiles);
  return wanted;
}

/** @throws CheckpointRefusedError when the tree is not over these records, or not the one of the checkpoint before */
async function pointOf(client: ClientBase, head: ChainHead, known: ChainPoint | null): Promise<ChainPoint> {
  const { chainId, hash } = head;
  const size = Number(head.sequence);
  const before = known ?? { size: 0, root: EMPTY_ROOT };
  if (before.size > size) throw new CheckpointRefusedError(`chain ${chainId}, record ${size + 1} is missing.`);
  const whole = { start: 0, end: size };
  const last = { start: size - 1, end: size };
  const signed = { start: 0, end: before.size };
  const proof = consistencyRanges(before.size, size);
  const nodes = nodesOf(await loadTiles(client, chainId, [whole, last, signed, ...proof]));
  if (!rangeHash(last, nodes).equals(leafHash(hash))) {
    throw new CheckpointRefusedError(`chain ${chainId}, record ${size} is not the one in the tree.`);
  }
  if (!rangeHash(signed, nodes).equals(before.root)) {
    throw new CheckpointRefusedError(`chain ${chainId}: the tree is not the one that was signed.`);
  }
  return {
    chainId,
    size,
    root: rangeHash(whole, nodes),
    head: hash,
    consistency: proof.map((range) => rangeHash(range, nodes)),
  };
}

function loadTiles(
  client: ClientBase,
  chainId: number,
  ranges: Parameters<typeof tilesFor>[0],
): Promise<readonly Tile[]> {
  return readTiles(client, chainId, tilesFor(ranges));
}
