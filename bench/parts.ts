import { type BenchOptions, MOST_CONNECTIONS } from './options.ts';

/** What can be measured alone, and makes a section of `docs/performance.md`. */
export type PartName = 'rates' | 'holders' | 'records';

type Preset = Partial<BenchOptions>;

const GROWTH = {
  only: ['check-three', 'check-three-small'],
  connections: [16, MOST_CONNECTIONS],
  rounds: 5,
  warmUp: 10,
};

/** What a part asks for; the rest is as for every run. */
export const PARTS: Readonly<Record<PartName, Preset>> = {
  rates: { rounds: 5 },
  holders: { ...GROWTH, holders: 1_000_000 },
  records: { ...GROWTH, records: 10_000_000 },
};

export const PART_NAMES = Object.keys(PARTS) as readonly PartName[];
