import { createHash } from 'node:crypto';

/**
 * Merkle trees after RFC 9162, section 2.1, over SHA-256. Pure: nothing here knows what a leaf stands for, or where
 * hashes are kept. Sizes and indices are whole numbers up to 2^53 - 1.
 */

/** Length of every hash, in bytes. */
export const HASH_LENGTH = 32;

/** The tree without a leaf. */
export const EMPTY_ROOT = createHash('sha256').digest();

const LEAF = Buffer.of(0);
const NODE = Buffer.of(1);

/** Leaves and nodes are hashed apart: else a node's two halves could be passed off as the data of a leaf. */
export function leafHash(data: Uint8Array): Buffer {
  return createHash('sha256').update(LEAF).update(data).digest();
}

export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  return createHash('sha256').update(NODE).update(left).update(right).digest();
}

/** Leaves from `start` up to and without `end`: the part of a tree under one node. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** The hash over the 2^level leaves from `index` × 2^level on. Asked only for what lies wholly within the tree. */
export type Nodes = (level: number, index: number) => Buffer;

/** The tree head over `range`, as the RFC defines it, from hashes of complete subtrees. */
export function rangeHash({ start, end }: Range, nodes: Nodes): Buffer {
  if (start === end) return EMPTY_ROOT;
  const size = end - start;
  if (isPowerOfTwo(size) && start % size === 0) return nodes(Math.log2(size), start / size);
  const middle = start + split(size);
  return nodeHash(rangeHash({ start, end: middle }, nodes), rangeHash({ start: middle, end }, nodes));
}

/**
 * What an inclusion proof of leaf `index` in a tree of `size` consists of, from the leaf to the root (2.1.3.1).
 *
 * @throws RangeError when there is no such leaf
 */
export function inclusionRanges(index: number, size: number): Range[] {
  if (!isCount(size) || !isCount(index) || index >= size) throw new RangeError(`No leaf ${index} in ${size}.`);
  const path: Range[] = [];
  let [start, end] = [0, size];
  while (end - start > 1) {
    const middle = start + split(end - start);
    if (index < middle) {
      path.unshift({ start: middle, end });
      end = middle;
    } else {
      path.unshift({ start, end: middle });
      start = middle;
    }
  }
  return path;
}

/**
 * What a consistency proof between the trees of `first` and of `second` leaves consists of (2.1.4.1). Of the empty tree, and
 * of a tree to itself, nothing.
 *
 * @throws RangeError when the second is smaller
 */
export function consistencyRanges(first: number, second: number): Range[] {
  if (!isCount(first) || !isCount(second) || first > second) throw new RangeError(`No tree of ${first} in ${second}.`);
  if (first === 0 || first === second) return [];
  const path: Range[] = [];
  let [start, end] = [0, second];
  while (first !== end) {
    const middle = start + split(end - start);
    if (first <= middle) {
      path.unshift({ start: middle, end });
      end = middle;
    } else {
      path.unshift({ start, end: middle });
      start = middle;
    }
  }
  // The old tree whole is what the verifier has already.
  return start === 0 ? path : [{ start, end }, ...path];
}

export interface Inclusion {
  /** {@link leafHash} of the leaf's data. */
  readonly leaf: Buffer;
  readonly index: number;
  readonly size: number;
  readonly path: readonly Buffer[];
  readonly root: Buffer;
}

/** Whether `leaf` stands at `index` in the tree of this size and root (2.1.3.2). False for whatever is malformed. */
export function verifyInclusion({ leaf, index, size, path, root }: Inclusion): boolean {
  if (!isCount(index) || !isCount(size) || index >= size || ![leaf, root, ...path].every(isHash)) return false;
  let [at, last, hash] = [index, size - 1, leaf];
  for (const sibling of path) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      hash = nodeHash(sibling, hash);
      while (at % 2 === 0 && at !== 0) [at, last] = [half(at), half(last)];
    } else {
      hash = nodeHash(hash, sibling);
    }
    [at, last] = [half(at), half(last)];
  }
  return last === 0 && hash.equals(root);
}

export interface Consistency {
  readonly first: number;
  readonly firstRoot: Buffer;
  readonly second: number;
  readonly secondRoot: Buffer;
  readonly path: readonly Buffer[];
}

/** Whether the first tree is the beginning of the second (2.1.4.2). False for whatever is malformed. */
export function verifyConsistency({ first, firstRoot, second, secondRoot, path }: Consistency): boolean {
  if (!isCount(first) || !isCount(second) || first > second) return false;
  if (![firstRoot, secondRoot, ...path].every(isHash)) return false;
  if (first === 0) return path.length === 0 && firstRoot.equals(EMPTY_ROOT);
  if (first === second) return path.length === 0 && firstRoot.equals(secondRoot);
  const [seed, ...rest] = isPowerOfTwo(first) ? [firstRoot, ...path] : path;
  if (seed === undefined) return false;
  let [at, last] = [first - 1, second - 1];
  while (at % 2 === 1) [at, last] = [half(at), half(last)];
  let [old, grown] = [seed, seed];
  for (const sibling of rest) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      old = nodeHash(sibling, old);
      grown = nodeHash(sibling, grown);
      while (at % 2 === 0 && at !== 0) [at, last] = [half(at), half(last)];
    } else {
      grown = nodeHash(grown, sibling);
    }
    [at, last] = [half(at), half(last)];
  }
  return last === 0 && old.equals(firstRoot) && grown.equals(secondRoot);
}

/** A tree that grows leaf by leaf and remembers only what its root needs: a hash for each bit of its size. */
export class GrowingTree {
  #size = 0;
  /** The complete subtrees, largest first. */
  readonly #peaks: { readonly size: number; readonly hash: Buffer }[] = [];

  get size(): number {
    return this.#size;
  }

  /** The first `size` leaves of a tree that is kept elsewhere. */
  static from(size: number, nodes: Nodes): GrowingTree {
    const tree = new GrowingTree();
    for (let start = 0; start < size;) {
      const peak = largestPowerOfTwo(size - start);
      tree.#peaks.push({ size: peak, hash: nodes(Math.log2(peak), start / peak) });
      start += peak;
    }
    tree.#size = size;
    return tree;
  }

  /** @param leaf its {@link leafHash} */
  append(leaf: Buffer): void {
    let grown = { size: 1, hash: leaf };
    for (let last = this.#peaks.at(-1); last?.size === grown.size; last = this.#peaks.at(-1)) {
      grown = { size: grown.size * 2, hash: nodeHash(last.hash, grown.hash) };
      this.#peaks.pop();
    }
    this.#peaks.push(grown);
    this.#size += 1;
  }

  root(): Buffer {
    const hashes = this.#peaks.map(({ hash }) => hash);
    return hashes.length === 0 ? EMPTY_ROOT : hashes.reduceRight((right, left) => nodeHash(left, right));
  }
}

/** The largest power of two that is less than `size`, which is at least 2. */
function split(size: number): number {
  return largestPowerOfTwo(size - 1);
}

function largestPowerOfTwo(most: number): number {
  let power = 1;
  while (power * 2 <= most) power *= 2;
  return power;
}

function isPowerOfTwo(size: number): boolean {
  return size > 0 && largestPowerOfTwo(size) === size;
}

function half(index: number): number {
  return Math.floor(index / 2);
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function isHash(value: Buffer): boolean {
  return value.length === HASH_LENGTH;
}
