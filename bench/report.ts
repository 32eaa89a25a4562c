import type { Measurement } from './measure.ts';
import type { Row } from './rows.ts';

/** One ratio that the design sets a mark for. */
export interface Mark {
  readonly name: string;
  readonly value: number | null;
  readonly must: number;
  readonly aim: number;
  /** Whether smaller is better. */
  readonly isBound: boolean;
}

export interface Summary {
  readonly row: string;
  readonly connections: number;
  readonly perSecond: number;
  /** Half the distance between the fastest and the slowest round, in percent of the median: how quiet it was. */
  readonly spread: number;
  readonly p50: number;
  readonly p99: number;
  readonly serverCpu: number | null;
  readonly databaseCpu: number | null;
  readonly clientCpu: number;
  readonly memory: number | null;
  /** Medians of the ratios of the same round; null without that floor. */
  readonly overC: number | null;
  readonly overD: number | null;
}

const MOST_CONNECTIONS = 64;

export function summarise(rows: readonly Row[], all: readonly Measurement[]): readonly Summary[] {
  return rows.flatMap(({ name }) =>
    [...new Set(all.filter(({ row }) => row === name).map(({ connections }) => connections))].map((connections) => {
      const own = all.filter((one) => one.row === name && one.connections === connections);
      const of = (pick: (one: Measurement) => number | null): number | null => median(own.map(pick));
      const rates = own.map(({ perSecond }) => perSecond);
      const middle = median(rates) ?? 0;
      return {
        row: name,
        connections,
        perSecond: middle,
        spread: ((Math.max(...rates) - Math.min(...rates)) / 2 / middle) * 100,
        p50: of(({ p50 }) => p50) ?? 0,
        p99: of(({ p99 }) => p99) ?? 0,
        serverCpu: of(({ serverCpu }) => serverCpu),
        databaseCpu: of(({ databaseCpu }) => databaseCpu),
        clientCpu: of(({ clientCpu }) => clientCpu) ?? 0,
        memory: of(({ memory }) => memory),
        overC: ratio(all, name, 'c', connections, ({ perSecond }) => perSecond),
        overD: ratio(all, name, 'd', connections, ({ perSecond }) => perSecond),
      };
    }),
  );
}

/** The marks of the design; what was not measured has no value. */
export function marksOf(all: readonly Measurement[], idleMemory: number | null, grown: string): readonly Mark[] {
  const rate = (first: string, second: string): number | null =>
    ratio(all, first, second, MOST_CONNECTIONS, ({ perSecond }) => perSecond);
  return [
    { name: 'check of three ÷ d', value: rate('check-three', 'd'), must: 1.4, aim: 2, isBound: false },
    { name: 'check of three ÷ c', value: rate('check-three', 'c'), must: 0.65, aim: 1, isBound: false },
    { name: 'check of three ÷ T', value: rate('check-three', 'T'), must: 7, aim: 10, isBound: false },
    {
      name: 'check of all ÷ check of three',
      value: rate('check-all', 'check-three'),
      must: 0.5,
      aim: 0.8,
      isBound: false,
    },
    {
      name: 'p99 of check of three ÷ p99 of d, 16 connections',
      value: ratio(all, 'check-three', 'd', 16, ({ p99 }) => p99),
      must: 1.3,
      aim: 0.8,
      isBound: true,
    },
    {
      name: `${grown} ÷ 10k holders and no records`,
      value: rate('check-three', 'check-three-small'),
      must: 0.85,
      aim: 0.95,
      isBound: false,
    },
    { name: 'two processes ÷ one', value: rate('check-three-2', 'check-three'), must: 1.1, aim: 1.4, isBound: false },
    { name: 'memory at idle, MB', value: idleMemory, must: 160, aim: 120, isBound: true },
  ];
}

export function printSummaries(rows: readonly Row[], summaries: readonly Summary[]): void {
  const lines = summaries.map((one) => [
    one.row,
    String(one.connections),
    Math.round(one.perSecond).toLocaleString('en'),
    `±${one.spread.toFixed(0)} %`,
    one.p50.toFixed(1),
    one.p99.toFixed(1),
    whole(one.serverCpu),
    whole(one.databaseCpu),
    whole(one.clientCpu),
    whole(one.memory),
    twoPlaces(one.overC),
    twoPlaces(one.overD),
  ]);
  const heads = [
    'row',
    'conn',
    'req/s',
    'spread',
    'p50 ms',
    'p99 ms',
    'server µs',
    'db µs',
    'client µs',
    'MB',
    '÷ c',
    '÷ d',
  ];
  printTable(heads, lines);
  const shown = new Set(summaries.map(({ row }) => row));
  console.log(rows.flatMap(({ name, about }) => (shown.has(name) ? [`${name}: ${about}`] : [])).join('\n'));
}

export function printMarks(marks: readonly Mark[]): void {
  const lines = marks.map(({ name, value, must, aim, isBound }) => {
    const reaches = (mark: number): boolean => value !== null && (isBound ? value <= mark : value >= mark);
    const verdict = value === null ? 'not measured' : reaches(aim) ? 'aim' : reaches(must) ? 'must' : 'BELOW';
    const sign = isBound ? '≤' : '≥';
    return [name, twoPlaces(value), `${sign} ${must}`, `${sign} ${aim}`, verdict];
  });
  printTable(['mark', 'measured', 'must', 'aim', 'reached'], lines);
}

/** Median over the rounds of one row's figure over another's in the same round. */
function ratio(
  all: readonly Measurement[],
  first: string,
  second: string,
  connections: number,
  pick: (one: Measurement) => number,
): number | null {
  const of = (row: string, round: number): Measurement | undefined =>
    all.find((one) => one.row === row && one.round === round && one.connections === connections);
  const rounds = [...new Set(all.map(({ round }) => round))];
  const values = rounds.flatMap((round) => {
    const [over, under] = [of(first, round), of(second, round)];
    return over === undefined || under === undefined ? [] : [pick(over) / pick(under)];
  });
  return median(values);
}

export function median(values: readonly (number | null)[]): number | null {
  const sorted = values.filter((value) => value !== null).toSorted((first, second) => first - second);
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.ceil((sorted.length - 1) / 2)]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}

function whole(value: number | null): string {
  return value === null ? '–' : String(Math.round(value));
}

function twoPlaces(value: number | null): string {
  return value === null ? '–' : value.toFixed(2);
}

function printTable(heads: readonly string[], lines: readonly (readonly string[])[]): void {
  const widths = heads.map((head, column) => Math.max(head.length, ...lines.map((line) => line[column]?.length ?? 0)));
  const show = (line: readonly string[]): string =>
    line
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ');
  console.log(['', show(heads), ...lines.map(show), ''].join('\n'));
}
