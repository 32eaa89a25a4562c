import { createHash } from 'node:crypto';

import { beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import {
  consistencyRanges,
  EMPTY_ROOT,
  GrowingTree,
  inclusionRanges,
  leafHash,
  type Nodes,
  rangeHash,
  verifyConsistency,
  verifyInclusion,
} from '../../src/audit/merkle.ts';
import { appendToTiles, edgeOf, nodesOf, type Tile, tilesFor } from '../../src/audit/merkle-tiles.ts';
import { IS_MUTATED, runs } from '../support/runs.ts';

/** A tree of 17 has every kind of edge that one of 64 has. */
const MOST = IS_MUTATED ? 17 : 64;
const POWERS = Array.from({ length: 32 }, (_, power) => 2 ** power);

type Data = readonly Buffer[];
const heads = new WeakMap<Data, Map<string, Buffer>>();

/**
 * RFC 9162, 2.1.1, word by word: D[from:to]. Nothing of it is shared with what is tested; heads are kept, as every proof asks
 * for the same ones.
 */
function definedHead(d: Data, from = 0, to = d.length): Buffer {
  const kept = heads.get(d) ?? new Map<string, Buffer>();
  heads.set(d, kept);
  const known = kept.get(`${from}:${to}`);
  if (known !== undefined) return known;
  const k = from + definedSplit(to - from);
  const head =
    to === from
      ? sha256()
      : to - from === 1
        ? sha256(Buffer.from([0]), d[from]!)
        : sha256(Buffer.from([1]), definedHead(d, from, k), definedHead(d, k, to));
  kept.set(`${from}:${to}`, head);
  return head;
}

/** 2.1.3.1 */
function definedPath(m: number, d: Data, from: number, to: number): Buffer[] {
  if (to - from === 1) return [];
  const k = definedSplit(to - from);
  return m < k
    ? [...definedPath(m, d, from, from + k), definedHead(d, from + k, to)]
    : [...definedPath(m - k, d, from + k, to), definedHead(d, from, from + k)];
}

/** 2.1.4.1 */
function definedProof(m: number, d: Data, from: number, to: number, isWhole = true): Buffer[] {
  if (m === to - from) return isWhole ? [] : [definedHead(d, from, to)];
  const k = definedSplit(to - from);
  return m <= k
    ? [...definedProof(m, d, from, from + k, isWhole), definedHead(d, from + k, to)]
    : [...definedProof(m - k, d, from + k, to, false), definedHead(d, from, from + k)];
}

function definedSplit(n: number): number {
  return POWERS.findLast((k) => k < n) ?? 0;
}

function sha256(...parts: readonly Buffer[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

/** One more than is looked at, for what a tree may be mistaken for. */
const data = Array.from({ length: MOST + 1 }, (_, at) => Buffer.from(`leaf ${at}`));

/** Tiles to which the data was appended, `step` leaves at a time. */
function tilesOver(leaves: readonly Buffer[], step: number): Tile[] {
  const kept = new Map<string, Tile>();
  for (let size = 0; size < leaves.length; size += step) {
    const edge = edgeOf(size).map(({ level, index }) => kept.get(`${level}/${index}`)!);
    for (const tile of appendToTiles(size, edge, leaves.slice(size, size + step))) {
      const before = kept.get(`${tile.level}/${tile.index}`)?.hashes ?? Buffer.alloc(0);
      // What was in a tile stays there.
      expect(tile.hashes.subarray(0, before.length).equals(before)).toBe(true);
      kept.set(`${tile.level}/${tile.index}`, tile);
    }
  }
  return [...kept.values()];
}

let nodes: Nodes;
beforeEach(() => {
  nodes = nodesOf(tilesOver(data.map(leafHash), 5));
});
const root = (size: number): Buffer => rangeHash({ start: 0, end: size }, nodes);
const inclusion = (index: number, size: number): Buffer[] =>
  inclusionRanges(index, size).map((range) => rangeHash(range, nodes));
const consistency = (first: number, second: number): Buffer[] =>
  consistencyRanges(first, second).map((range) => rangeHash(range, nodes));

const sizes = Array.from({ length: MOST + 1 }, (_, size) => size);

const hexOf = (hashes: readonly Buffer[]): string => hashes.map((hash) => hash.toString('hex')).join(' ');

describe(`A Merkle tree of every size from 0 to ${MOST}`, () => {
  it('has the head that RFC 9162 defines, kept in tiles as well as grown leaf by leaf', () => {
    for (const size of sizes) {
      const defined = definedHead(data, 0, size).toString('hex');
      const growing = new GrowingTree();
      for (const leaf of data.slice(0, size)) growing.append(leafHash(leaf));
      const resumed = GrowingTree.from(Math.floor(size / 2), nodes);
      for (const leaf of data.slice(Math.floor(size / 2), size)) resumed.append(leafHash(leaf));
      expect([size, root(size).toString('hex')]).toEqual([size, defined]);
      expect([growing.size, growing.root().toString('hex')]).toEqual([size, defined]);
      expect([resumed.size, resumed.root().toString('hex')]).toEqual([size, defined]);
    }
  });

  it('has over any part of it the head that RFC 9162 defines, wherever that begins, from the tiles named for it', () => {
    const tiles = tilesOver(data.map(leafHash), 5);
    for (const start of sizes.filter((size) => size <= 9)) {
      for (const end of sizes.filter((size) => start < size && size <= 17)) {
        const named = tilesFor([{ start, end }]);
        const few = nodesOf(tiles.filter((tile) => named.some(({ index }) => tile.index === index)));
        const head = rangeHash({ start, end }, few).toString('hex');
        expect([start, end, head]).toEqual([start, end, definedHead(data, start, end).toString('hex')]);
      }
    }
  });

  it('has, for every leaf, the inclusion proof that RFC 9162 defines, and it verifies there and nowhere else', () => {
    const wrong: string[] = [];
    let proofs = 0;
    for (const size of sizes) {
      for (let index = 0; index < size; index += 1) {
        const path = inclusion(index, size);
        const proof = { leaf: leafHash(data[index]!), index, size, path, root: root(size) };
        const note = (what: string, isRight: boolean): void => {
          if (!isRight) wrong.push(`${what} of ${index} in ${size}`);
        };
        note('path', hexOf(path) === hexOf(definedPath(index, data, 0, size)));
        note('proof', verifyInclusion(proof));
        for (const other of [index - 1, index + 1, index ^ 1, index ^ 2, size - 1 - index].filter(
          (at) => at !== index,
        )) {
          note(`moved to ${other}: proof`, !verifyInclusion({ ...proof, index: other }));
        }
        // Whoever is told another size, and the root that belongs to it.
        for (const other of [size - 1, size + 1]) {
          const otherRoot = definedHead(data, 0, other);
          note(`root of ${other}: proof`, !verifyInclusion({ ...proof, root: otherRoot }));
          note(`tree of ${other}: proof`, !verifyInclusion({ ...proof, root: otherRoot, size: other }));
        }
        proofs += 1;
      }
      expect(() => inclusionRanges(size, size)).toThrow(RangeError);
    }
    expect(wrong).toEqual([]);
    expect(proofs).toBe((MOST * (MOST + 1)) / 2);
  });

  it('has, with every larger one, the consistency proof that RFC 9162 defines, and it verifies', () => {
    const wrong: string[] = [];
    let proofs = 0;
    for (const second of sizes) {
      for (let first = 0; first <= second; first += 1) {
        const path = consistency(first, second);
        const proof = { first, second, path, firstRoot: root(first), secondRoot: root(second) };
        const note = (what: string, isRight: boolean): void => {
          if (!isRight) wrong.push(`${what} of ${first} and ${second}`);
        };
        note('path', hexOf(path) === hexOf(first === 0 ? [] : definedProof(first, data, 0, second)));
        note('proof', verifyConsistency(proof));
        if (first > 0) {
          note('later root: proof', !verifyConsistency({ ...proof, secondRoot: definedHead(data, 0, second + 1) }));
          note('earlier root: proof', !verifyConsistency({ ...proof, firstRoot: root(first - 1) }));
          note('smaller: proof', !verifyConsistency({ ...proof, first: first - 1 }));
        }
        if (first < second) note('reversed: proof', !verifyConsistency({ ...proof, first: second, second: first }));
        proofs += 1;
      }
      expect(() => consistencyRanges(second + 1, second)).toThrow(RangeError);
    }
    expect(wrong).toEqual([]);
    expect(proofs).toBe(((MOST + 1) * (MOST + 2)) / 2);
  });
});

describe('A proof that was tampered with', () => {
  const anyProof = fc
    .integer({ min: 2, max: MOST })
    .chain((size) => fc.tuple(fc.integer({ min: 0, max: size - 1 }), fc.constant(size)));

  /** Every way to spoil a list of hashes by one step; undefined where there is nothing to spoil. */
  const spoilings: readonly ((path: readonly Buffer[], at: number, bit: number) => readonly Buffer[])[] = [
    (path, at, bit) => path.map((hash, index) => (index === at % path.length ? flipped(hash, bit) : hash)),
    (path, at) => path.filter((_, index) => index !== at % path.length),
    (path, at, bit) => path.toSpliced(at % (path.length + 1), 0, flipped(EMPTY_ROOT, bit)),
    (path, at) => path.toSpliced(at % (path.length + 1), 0, path[at % path.length] ?? EMPTY_ROOT),
    (path, at) => path.map((hash, index) => (index === at % path.length ? hash.subarray(1) : hash)),
    (path) => [...path, Buffer.alloc(0)],
    () => [],
  ];
  const flipped = (hash: Buffer, bit: number): Buffer => {
    const copy = Buffer.from(hash);
    copy[Math.floor(bit / 8)]! ^= 1 << (bit % 8);
    return copy;
  };
  const spoiling = fc.tuple(fc.constantFrom(...spoilings), fc.nat(20), fc.integer({ min: 0, max: 255 }));
  const isSame = (one: readonly Buffer[], other: readonly Buffer[]): boolean =>
    one.length === other.length && one.every((hash, at) => hash.equals(other[at]!));

  it('shows no leaf to be in a tree', () => {
    fc.assert(
      fc.property(anyProof, spoiling, ([index, size], [spoil, at, bit]) => {
        const path = inclusion(index, size);
        const spoilt = spoil(path, at, bit);
        fc.pre(!isSame(path, spoilt));
        const proof = { leaf: leafHash(data[index]!), index, size, root: root(size) };
        expect(verifyInclusion({ ...proof, path })).toBe(true);
        expect(verifyInclusion({ ...proof, path: spoilt })).toBe(false);
        expect(verifyInclusion({ ...proof, path, leaf: flipped(proof.leaf, bit) })).toBe(false);
        expect(verifyInclusion({ ...proof, path, root: flipped(proof.root, bit) })).toBe(false);
      }),
      runs(1_000),
    );
  });

  it('shows no tree to be the beginning of another', () => {
    fc.assert(
      fc.property(anyProof, spoiling, ([smaller, second], [spoil, at, bit]) => {
        const first = Math.max(smaller, 1);
        const path = consistency(first, second);
        const spoilt = spoil(path, at, bit);
        fc.pre(!isSame(path, spoilt));
        const proof = { first, second, firstRoot: root(first), secondRoot: root(second) };
        expect(verifyConsistency({ ...proof, path })).toBe(true);
        expect(verifyConsistency({ ...proof, path: spoilt })).toBe(false);
        expect(verifyConsistency({ ...proof, path, firstRoot: flipped(proof.firstRoot, bit) })).toBe(false);
        expect(verifyConsistency({ ...proof, path, secondRoot: flipped(proof.secondRoot, bit) })).toBe(false);
      }),
      runs(1_000),
    );
  });

  it.each([
    ['a negative index', { index: -1 }],
    ['half an index', { index: 0.5 }],
    ['an index outside', { index: 8 }],
    ['an endless size', { size: Number.POSITIVE_INFINITY }],
    ['no size', { size: 0 }],
    ['a root that is no hash', { root: Buffer.alloc(31) }],
    ['a leaf that is no hash', { leaf: Buffer.alloc(33) }],
  ])('is refused with %s', (_what, change) => {
    const proof = { leaf: leafHash(data[0]!), index: 0, size: 8, path: inclusion(0, 8), root: root(8) };
    expect(verifyInclusion({ ...proof, ...change })).toBe(false);
  });
});

describe('A proof of nothing that there is', () => {
  it.each([
    [-1, 8],
    [0.5, 8],
    [0, -1],
    [0, 1.5],
    [8, 8],
  ])('is not made: leaf %d of %d', (index, size) => {
    expect(() => inclusionRanges(index, size)).toThrow(new RangeError(`No leaf ${index} in ${size}.`));
  });

  it.each([
    [-1, 8],
    [2.5, 8],
    [2, 8.5],
    [9, 8],
  ])('is not made: the tree of %d in that of %d', (first, second) => {
    expect(() => consistencyRanges(first, second)).toThrow(new RangeError(`No tree of ${first} in ${second}.`));
  });

  it('is not taken: no tree needs more than it needs to be the beginning of itself, or to be empty', () => {
    const more = [leafHash(data[0]!)];
    for (const [first, second] of [
      [0, 8],
      [8, 8],
    ] as const) {
      const proof = { first, second, firstRoot: root(first), secondRoot: root(second) };
      expect(verifyConsistency({ ...proof, path: [] })).toBe(true);
      expect(verifyConsistency({ ...proof, path: more })).toBe(false);
    }
  });

  it('is not taken: no byte of one hash passes for one of the next', () => {
    const [leaf, [sibling, ...rest]] = [leafHash(data[1]!), inclusion(1, 8)];
    const proof = { leaf, index: 1, size: 8, path: [sibling!, ...rest], root: root(8) };
    expect(verifyInclusion(proof)).toBe(true);
    // What is hashed is the same, byte for byte.
    const moved = { leaf: leaf.subarray(1), path: [Buffer.concat([sibling!, leaf.subarray(0, 1)]), ...rest] };
    expect(verifyInclusion({ ...proof, ...moved })).toBe(false);
  });
});

/** The well-known leaves and hashes with which implementations of Certificate Transparency test themselves. */
describe('The published vectors', () => {
  const leaves = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
  const publishedHeads = [
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
    'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
    'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
    '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
    'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
    '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
  ];
  const published = leaves.map((leaf) => Buffer.from(leaf, 'hex'));
  const its = (): Nodes => nodesOf(tilesOver(published.map(leafHash), 3));
  const hashesOf = (path: readonly { start: number; end: number }[]): string[] =>
    path.map((range) => rangeHash(range, its()).toString('hex'));

  it('have our heads', () => {
    const tiled = publishedHeads.map((_, size) => rangeHash({ start: 0, end: size }, its()).toString('hex'));
    const defined = publishedHeads.map((_, size) => definedHead(published, 0, size).toString('hex'));
    expect(tiled).toEqual(publishedHeads);
    expect(defined).toEqual(publishedHeads);
  });

  const INNER = {
    leaf0: '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    leaf1: '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
    leaf4: 'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
    leaf6: 'b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f',
    from0to2: 'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
    from2to4: '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
    from4to6: '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
    from6to8: 'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
    from0to4: 'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    from4to8: '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
  };

  it.each([
    [0, 1, []],
    [0, 8, [INNER.leaf1, INNER.from2to4, INNER.from4to8]],
    [5, 8, [INNER.leaf4, INNER.from6to8, INNER.from0to4]],
    [2, 3, [INNER.from0to2]],
    [1, 5, [INNER.leaf0, INNER.from2to4, INNER.leaf4]],
  ])('have our proof that leaf %d is in the tree of %d', (index, size, path) => {
    expect(hashesOf(inclusionRanges(index, size))).toEqual(path);
  });

  it.each([
    [1, 1, []],
    [1, 8, [INNER.leaf1, INNER.from2to4, INNER.from4to8]],
    [6, 8, [INNER.from4to6, INNER.from6to8, INNER.from0to4]],
    [2, 5, [INNER.from2to4, INNER.leaf4]],
    [6, 7, [INNER.from4to6, INNER.leaf6, INNER.from0to4]],
  ])('have our proof that the tree of %d is the beginning of that of %d', (first, second, path) => {
    expect(hashesOf(consistencyRanges(first, second))).toEqual(path);
  });
});

describe('Tiles that leaves are appended to', () => {
  const leaves = Array.from({ length: 600 }, (_, at) => leafHash(Buffer.from(String(at))));

  it('are those that get longer, and no others', () => {
    const tiles = tilesOver(leaves.slice(0, 300), 300);
    const changed = appendToTiles(300, tiles, leaves.slice(300, 301));
    expect(changed.map(({ level, index }) => [level, index])).toEqual([[0, 1]]);
  });

  it('are found among all tiles that there are, in whatever order', () => {
    const tiles = tilesOver(leaves.slice(0, 300), 300);
    const edge = tiles.filter((tile) => edgeOf(300).some((at) => at.level === tile.level && at.index === tile.index));
    const expected = appendToTiles(300, edge, leaves.slice(300));
    for (const given of [tiles, tiles.toReversed()]) {
      expect(appendToTiles(300, given, leaves.slice(300))).toEqual(expected);
    }
  });
});

/** So many that tiles of the second level begin; and few, which tell most of it sooner. */
describe.each([700, 66_200])('Tiles over %d leaves', (large) => {
  const leaves = Array.from({ length: large }, (_, at) => leafHash(Buffer.from(String(at))));
  let tiles: readonly Tile[];
  beforeEach(() => {
    tiles = tilesOver(leaves, Math.ceil(large / 11));
  });
  const stored = (places: readonly { level: number; index: number }[]): Tile[] =>
    tiles.filter((tile) => places.some(({ level, index }) => tile.level === level && tile.index === index));

  it('give every proof of a large tree from a handful of them', () => {
    // Around those at which tiles and levels begin.
    const edges = [1, 255, 256, 257, 511, 512, 65_535, 65_536, 65_537, 65_793];
    const sizesToTry = [...edges.filter((size) => size < large), large];
    const grown = new GrowingTree();
    const roots = new Map<number, Buffer>();
    for (const leaf of leaves) {
      grown.append(leaf);
      if (sizesToTry.includes(grown.size)) roots.set(grown.size, grown.root());
    }
    for (const size of sizesToTry) {
      for (const index of [0, 1, 255, 256, 300, 65_535, 65_536, size - 1].filter((one) => one < size)) {
        const ranges = inclusionRanges(index, size);
        const places = tilesFor(ranges);
        expect(places.length).toBeLessThanOrEqual(6);
        const few = nodesOf(stored(places));
        const path = ranges.map((range) => rangeHash(range, few));
        expect(verifyInclusion({ leaf: leaves[index]!, index, size, path, root: roots.get(size)! })).toBe(true);
      }
      for (const first of sizesToTry.filter((one) => one <= size)) {
        const ranges = consistencyRanges(first, size);
        const few = nodesOf(stored(tilesFor(ranges)));
        const path = ranges.map((range) => rangeHash(range, few));
        const [firstRoot, secondRoot] = [roots.get(first)!, roots.get(size)!];
        expect(verifyConsistency({ first, second: size, path, firstRoot, secondRoot })).toBe(true);
      }
    }
  });

  it('are missed when they lack or are too short, and never taken for something else', () => {
    const ranges = inclusionRanges(300, large);
    const places = tilesFor(ranges);
    const some = stored(places);
    for (const missing of some) {
      const without = nodesOf(some.filter((tile) => tile !== missing));
      expect(() => ranges.map((range) => rangeHash(range, without))).toThrow(/lacks or is too short/);
    }
    // Also where the place is there, and what is asked for is not in it yet.
    const begun = nodesOf([{ level: 0, index: 0, hashes: Buffer.concat(leaves.slice(0, 3)) }]);
    expect(begun(0, 2)).toEqual(leaves[2]);
    for (const [level, index] of [
      [0, 3],
      [1, 1],
      [2, 0],
    ] as const) {
      expect(() => begun(level, index)).toThrow(expect.objectContaining({ name: 'MissingTileError' }));
    }
    expect(() => appendToTiles(300, [], leaves.slice(300, 301))).toThrow(/^Tile 1 of level 0 lacks or is too short/);
    const short = { level: 0, index: 1, hashes: Buffer.alloc(32) };
    expect(() => appendToTiles(300, [short, { level: 1, index: 0, hashes: Buffer.alloc(32) }], [])).toThrow(
      /too short/,
    );
  });
});
