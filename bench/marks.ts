import { DEFAULT_HOLDERS, MOST_CONNECTIONS } from './options.ts';
import type { Result } from './results.ts';
import { ratio } from './summary.ts';

/** One figure that the design sets a mark for. */
export interface Mark {
  readonly name: string;
  /** Null: not measured. */
  readonly value: number | null;
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
  const first = (from: readonly Result[], pick: (result: Result) => number | null): number | null =>
    from.map(pick).find((value) => value !== null) ?? null;
  const rate = (from: readonly Result[], over: string, under: string): number | null =>
    first(from, ({ all }) => ratio(all, over, under, MOST_CONNECTIONS, ({ perSecond }) => perSecond));
  const atLeast = (name: string, value: number | null, must: number, aim: number): Mark => {
    return { name, value, must, aim, isBound: false };
  };
  const p99 = first(rates, ({ all }) => ratio(all, 'check-three', 'd', 16, (one) => one.p99));
  return [
    atLeast('check of three ÷ d', rate(rates, 'check-three', 'd'), 1.4, 2),
    atLeast('check of three ÷ c', rate(rates, 'check-three', 'c'), 0.65, 1),
    atLeast('check of three ÷ T', rate(rates, 'check-three', 'T'), 7, 10),
    atLeast('check of all ÷ check of three', rate(rates, 'check-all', 'check-three'), 0.5, 0.8),
    { name: 'p99 ÷ p99 of d, 16 connections', value: p99, must: 1.3, aim: 0.8, isBound: true },
    atLeast(
      `${sizeOf(grown, 'holders', '1M')} holders ÷ 10k`,
      rate(grown, 'check-three', 'check-three-small'),
      0.85,
      0.95,
    ),
    atLeast(
      `${sizeOf(aged, 'records', '10M')} records ÷ none`,
      rate(aged, 'check-three', 'check-three-small'),
      0.85,
      0.95,
    ),
    atLeast('two processes ÷ one', rate(rates, 'check-three-2', 'check-three'), 1.1, 1.4),
    { name: 'memory at idle, MB', value: first(rates, (one) => one.idleMemory), must: 160, aim: 120, isBound: true },
  ];
}

export function verdictOf({ value, must, aim, isBound }: Mark): Verdict {
  if (value === null) return 'not measured';
  const reaches = (mark: number): boolean => (isBound ? value <= mark : value >= mark);
  return reaches(aim) ? 'aim' : reaches(must) ? 'must' : 'below';
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
