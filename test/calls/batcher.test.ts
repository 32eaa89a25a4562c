import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { Batcher } from '../../src/calls/batcher.ts';

interface Run {
  readonly items: readonly number[];
  readonly onRead: () => void;
  readonly done: (error?: Error) => void;
}

/** A batcher whose batches end when the test says so; each item is answered by its double. */
function aBatcher(maximum = 8): { readonly add: (...items: number[]) => Promise<number[]>; readonly runs: Run[] } {
  const runs: Run[] = [];
  const batcher = new Batcher<number, number>(
    (items, onRead) =>
      new Promise((resolve, reject) => {
        runs.push({
          items,
          onRead,
          done: (error) => (error === undefined ? resolve(items.map((item) => item * 2)) : reject(error)),
        });
      }),
    maximum,
  );
  return { add: (...items) => Promise.all(items.map((item) => batcher.add(item))), runs };
}

const itemsOf = (runs: readonly Run[]): (readonly number[])[] => runs.map(({ items }) => items);

describe('a batch', () => {
  it('begins with a lone item, and has everything that arrived with it', async () => {
    const { add, runs } = aBatcher();
    const answers = add(1, 2, 3);
    await turn();
    expect(itemsOf(runs)).toEqual([[1, 2, 3]]);
    runs[0]?.done();
    expect(await answers).toEqual([2, 4, 6]);
    const alone = add(4);
    await turn();
    expect(itemsOf(runs.slice(1))).toEqual([[4]]);
    runs[1]?.done();
    expect(await alone).toEqual([8]);
  });

  it('waits until it is as large as the one that is being written', async () => {
    const { add, runs } = aBatcher();
    void add(1, 2);
    await turn();
    runs[0]?.onRead();
    void add(3);
    await turn();
    expect(runs).toHaveLength(1);
    void add(4);
    await turn();
    expect(itemsOf(runs)).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  it('does not wait any longer when that one is done', async () => {
    const { add, runs } = aBatcher();
    void add(1, 2);
    await turn();
    runs[0]?.onRead();
    void add(3);
    await turn();
    runs[0]?.done();
    await turn();
    expect(itemsOf(runs)).toEqual([[1, 2], [3]]);
  });

  it('is the only one that reads, and one of two at most', async () => {
    const { add, runs } = aBatcher();
    void add(1);
    await turn();
    void add(2, 3);
    await turn();
    expect(runs).toHaveLength(1);
    runs[0]?.onRead();
    runs[0]?.onRead();
    expect(itemsOf(runs)).toEqual([[1], [2, 3]]);
    runs[1]?.onRead();
    void add(4, 5, 6);
    await turn();
    expect(runs).toHaveLength(2);
    runs[0]?.done();
    await turn();
    expect(itemsOf(runs.slice(2))).toEqual([[4, 5, 6]]);
  });

  it('has no more items than it may, and leaves nobody behind', async () => {
    const { add, runs } = aBatcher(2);
    const answers = add(1, 2, 3, 4, 5);
    for (let at = 0; at < 3; at += 1) {
      await turn();
      runs[at]?.done();
    }
    expect(await answers).toEqual([2, 4, 6, 8, 10]);
    expect(itemsOf(runs)).toEqual([[1, 2], [3, 4], [5]]);
  });

  it('fails as a whole, and the next one begins all the same', async () => {
    const { add, runs } = aBatcher();
    const first = add(1);
    await turn();
    const second = add(2);
    runs[0]?.done(new Error('lost'));
    await expect(first).rejects.toThrow('lost');
    await turn();
    runs[1]?.done();
    expect(await second).toEqual([4]);
  });
});
