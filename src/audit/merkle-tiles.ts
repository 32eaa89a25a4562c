import { HASH_LENGTH, type Nodes, nodeHash, type Range } from './merkle.ts';

/**
 * How a tree is kept: in tiles of 256 hashes. The tiles of level 0 hold the leaves' hashes, those of level 1 the heads of the
 * full tiles of level 0, and so on. A full tile never changes, a tile at the right edge only gets longer. Every proof needs
 * a few tiles of each level; ten million leaves have three levels.
 */
export const TILE_WIDTH = 256;
const TILE_LEVELS = 8;

export interface TilePlace {
  readonly level: number;
  readonly index: number;
}

export interface Tile extends TilePlace {
  /** 1 to 256 hashes, one behind the other. */
  readonly hashes: Buffer;
}

/** The tiles from which the hash over each of these ranges can be had, each named once. */
export function tilesFor(ranges: readonly Range[]): TilePlace[] {
  const places = new Map<string, TilePlace>();
  for (const range of ranges) {
    for (const { level, index } of completeSubtrees(range)) {
      const { place } = placeOf(level, index);
      places.set(keyOf(place), place);
    }
  }
  return [...places.values()];
}

/**
 * Reads nodes out of tiles that were loaded before.
 *
 * @throws Error from the function that comes back, when a tile lacks or is too short
 */
export function nodesOf(tiles: readonly Tile[]): Nodes {
  const known = new Map(tiles.map((tile) => [keyOf(tile), tile.hashes]));
  return (level, index) => {
    const { place, offset, count } = placeOf(level, index);
    const hashes = known.get(keyOf(place));
    if (hashes === undefined || hashes.length < (offset + count) * HASH_LENGTH) {
      throw new MissingTileError(`Tile ${place.index} of level ${place.level} lacks or is too short.`);
    }
    return headOf(hashes.subarray(offset * HASH_LENGTH, (offset + count) * HASH_LENGTH));
  };
}

/** The stored tree doesn't reach as far as it should. */
export class MissingTileError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'MissingTileError';
  }
}

/** The unfinished tiles of a tree of this size: what has to be there to append to it. */
export function edgeOf(size: number): TilePlace[] {
  const places: TilePlace[] = [];
  for (let level = 0, width = size; width > 0; level += 1, width = Math.floor(width / TILE_WIDTH)) {
    if (width % TILE_WIDTH !== 0) places.push({ level, index: Math.floor(width / TILE_WIDTH) });
  }
  return places;
}

/**
 * Appends leaves to a tree of `size`.
 *
 * @param edge the tiles of {@link edgeOf}
 * @param leaves hashes of leaves
 * @returns the tiles that are new or longer
 */
export function appendToTiles(size: number, edge: readonly Tile[], leaves: readonly Buffer[]): Tile[] {
  const open = new Map<number, { index: number; count: number; hashes: Buffer[] }>();
  for (const { level, index } of edgeOf(size)) {
    const tile = edge.find((one) => one.level === level && one.index === index);
    const count = Math.floor(size / TILE_WIDTH ** level) % TILE_WIDTH;
    open.set(level, { index, count, hashes: [firstHashes(tile, { level, index }, count)] });
  }
  const changed: Tile[] = [];
  const touched = new Set<number>();
  const push = (level: number, index: number, hash: Buffer): void => {
    const tile = open.get(level) ?? { index: Math.floor(index / TILE_WIDTH), count: 0, hashes: [] };
    tile.hashes.push(hash);
    tile.count += 1;
    open.set(level, tile);
    touched.add(level);
    if (tile.count < TILE_WIDTH) return;
    const hashes = Buffer.concat(tile.hashes);
    changed.push({ level, index: tile.index, hashes });
    open.delete(level);
    push(level + 1, tile.index, headOf(hashes));
  };
  leaves.forEach((leaf, at) => push(0, size + at, leaf));
  for (const [level, { index, hashes }] of open) {
    if (touched.has(level)) changed.push({ level, index, hashes: Buffer.concat(hashes) });
  }
  return changed;
}

function firstHashes(tile: Tile | undefined, { level, index }: TilePlace, count: number): Buffer {
  if (tile === undefined || tile.hashes.length < count * HASH_LENGTH) {
    throw new MissingTileError(`Tile ${index} of level ${level} lacks or is too short.`);
  }
  return tile.hashes.subarray(0, count * HASH_LENGTH);
}

/** Which complete subtrees lie under a range that begins where one of its size may begin. */
function completeSubtrees({ start, end }: Range): { readonly level: number; readonly index: number }[] {
  const subtrees: { readonly level: number; readonly index: number }[] = [];
  for (let at = start; at < end;) {
    let level = 0;
    while (at % 2 ** (level + 1) === 0 && at + 2 ** (level + 1) <= end) level += 1;
    subtrees.push({ level, index: at / 2 ** level });
    at += 2 ** level;
  }
  return subtrees;
}

/** Where the hashes under a node are: `count` of them, a power of two, in one tile. */
function placeOf(level: number, index: number): { place: TilePlace; offset: number; count: number } {
  const tileLevel = Math.floor(level / TILE_LEVELS);
  const count = 2 ** (level % TILE_LEVELS);
  const first = index * count;
  return {
    place: { level: tileLevel, index: Math.floor(first / TILE_WIDTH) },
    offset: first % TILE_WIDTH,
    count,
  };
}

/** The head over a power of two of hashes. */
function headOf(hashes: Buffer): Buffer {
  let row = Array.from({ length: hashes.length / HASH_LENGTH }, (_, at) =>
    hashes.subarray(at * HASH_LENGTH, (at + 1) * HASH_LENGTH),
  );
  while (row.length > 1) {
    row = Array.from({ length: row.length / 2 }, (_, at) =>
      nodeHash(row[2 * at] ?? Buffer.alloc(0), row[2 * at + 1] ?? Buffer.alloc(0)),
    );
  }
  return row[0] ?? Buffer.alloc(0);
}

function keyOf({ level, index }: TilePlace): string {
  return `${level}/${index}`;
}
