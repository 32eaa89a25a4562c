import type { Measurement } from './measure.ts';
import { DEFAULT_HOLDERS, MOST_CONNECTIONS } from './options.ts';
import type { Result } from './results.ts';
import { median, ratios } from './summary.ts';

/** One figure that the design sets a mark for. */
export interface Mark {
  readonly name: string;
  /** The median of the rounds; null: not measured. */
  readonly value: number | null;
  /** What each round by itself comes to; empty where it is no matter of rounds. */
  readonly rounds: readonly number[];
  readonly must: number;
  readonly aim: number;
  /** Whether smaller is better. */
  readonly isBound: boolean;
}

export type Verdict = 'aim' | 'must' | 'below' | 'not measured';

/** The marks of the design over all these results; the first that measured something tells it. */
export function marksOf(results: readonly Result[]): readonly Mark[] {
  const rates = results.filter(({ options }) => options.records === 0 && !isGrown(options.holders));
  const grown = results.filter(({ options }) => options.records === 0 && isGrown(options.holders));
  const aged = results.filter(({ options }) => options.records > 0);
  const perRound = (
    from: readonly Result[],
    over: string,
    under: string,
    connections: number,
    pick: (one: Measurement) => number,
  ): readonly number[] =>
    from.map(({ all }) => ratios(all, over, under, connections, pick)).find(({ length }) => length > 0) ?? [];
  const rate = (
    name: string,
    from: readonly Result[],
    over: string,
    under: string,
    must: number,
    aim: number,
  ): Mark => {
    const rounds = perRound(from, over, under, MOST_CONNECTIONS, ({ perSecond }) => perSecond);
    return { name, value: median(rounds), rounds, must, aim, isBound: false };
  };
  const p99 = perRound(rates, 'check-three', 'd', 16, (one) => one.p99);
  const memory = rates.map(({ idleMemory }) => idleMemory).find((value) => value !== null) ?? null;
  const [holders, records] = [sizeOf(grown, 'holders', '1M'), sizeOf(aged, 'records', '10M')];
  return [
    rate('check of three ÷ d', rates, 'check-three', 'd', 1.4, 2),
    rate('check of three ÷ c', rates, 'check-three', 'c', 0.65, 1),
    rate('check of three ÷ T', rates, 'check-three', 'T', 7, 10),
    rate('check of all ÷ check of three', rates, 'check-all', 'check-three', 0.5, 0.8),
    { name: 'p99 ÷ p99 of d, 16 connections', value: median(p99), rounds: p99, must: 1.3, aim: 0.8, isBound: true },
    rate(`${holders} holders ÷ 10k`, grown, 'check-three', 'check-three-small', 0.85, 0.95),
    rate(`${records} records ÷ none`, aged, 'check-three', 'check-three-small', 0.85, 0.95),
    rate('two processes ÷ one', rates, 'check-three-2', 'check-three', 1.1, 1.4),
    { name: 'memory at idle, MB', value: memory, rounds: [], must: 160, aim: 120, isBound: true },
  ];
}

export function verdictOf({ value, must, aim, isBound }: Mark): Verdict {
  if (value === null) return 'not measured';
  return reaches(value, aim, isBound) ? 'aim' : reaches(value, must, isBound) ? 'must' : 'below';
}

/** The verdict, and in how many of the rounds the must was reached where they don't agree about it. */
export function verdictInWords(mark: Mark): string {
  const { rounds, must, isBound } = mark;
  const reached = rounds.filter((one) => reaches(one, must, isBound)).length;
  const isAgreed = reached === 0 || reached === rounds.length;
  const verdict = verdictOf(mark);
  if (isAgreed) return verdict;
  return `${verdict} (${verdict === 'must' ? '' : 'must '}in ${reached} of ${rounds.length} rounds)`;
}

function reaches(value: number, mark: number, isBound: boolean): boolean {
  return isBound ? value <= mark : value >= mark;
}

function isGrown(holders: number): boolean {
  return holders > DEFAULT_HOLDERS;
}

function sizeOf(results: readonly Result[], what: 'holders' | 'records', asked: string): string {
  const count = results[0]?.options[what];
  return count === undefined ? asked : shortNumber(count);
}

export function shortNumber(count: number): string {
  return count >= 1e6 ? `${count / 1e6}M` : count >= 1e3 ? `${count / 1e3}k` : String(count);
}
