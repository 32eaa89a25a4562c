import type { Measurement } from './measure.ts';

/** What the rounds of one row at one number of connections come to. */
export interface Summary {
  readonly row: string;
  readonly connections: number;
  readonly perSecond: number;
  readonly slowest: number;
  readonly fastest: number;
  /** Half the distance between the fastest and the slowest round, in percent of the median: how quiet it was. */
  readonly spread: number;
  readonly p50: number;
  readonly p99: number;
  readonly serverCpu: number | null;
  readonly databaseCpu: number | null;
  readonly clientCpu: number | null;
  readonly memory: number | null;
  /** Medians of the ratios of the same round; null without that floor. */
  readonly overC: number | null;
  readonly overD: number | null;
}

export function summarise(all: readonly Measurement[]): readonly Summary[] {
  const rows = [...new Set(all.map(({ row }) => row))];
  return rows.flatMap((row) => {
    const own = all.filter((one) => one.row === row);
    return [...new Set(own.map(({ connections }) => connections))].map((connections) =>
      summaryOf(row, connections, all),
    );
  });
}

function summaryOf(row: string, connections: number, all: readonly Measurement[]): Summary {
  const own = all.filter((one) => one.row === row && one.connections === connections);
  const of = (pick: (one: Measurement) => number | null): number | null => median(own.map(pick));
  const rates = own.map(({ perSecond }) => perSecond);
  const [slowest, fastest, middle] = [Math.min(...rates), Math.max(...rates), median(rates) ?? 0];
  return {
    row,
    connections,
    perSecond: middle,
    slowest,
    fastest,
    spread: ((fastest - slowest) / 2 / middle) * 100,
    p50: of(({ p50 }) => p50) ?? 0,
    p99: of(({ p99 }) => p99) ?? 0,
    serverCpu: of(({ serverCpu }) => serverCpu),
    databaseCpu: of(({ databaseCpu }) => databaseCpu),
    clientCpu: of(({ clientCpu }) => clientCpu),
    memory: of(({ memory }) => memory),
    overC: median(ratios(all, row, 'c', connections, ({ perSecond }) => perSecond)),
    overD: median(ratios(all, row, 'd', connections, ({ perSecond }) => perSecond)),
  };
}

/** One row's figure over another's, for each round in which both were measured. */
export function ratios(
  all: readonly Measurement[],
  first: string,
  second: string,
  connections: number,
  pick: (one: Measurement) => number,
): readonly number[] {
  const of = (row: string, round: number): Measurement | undefined =>
    all.find((one) => one.row === row && one.round === round && one.connections === connections);
  const rounds = [...new Set(all.map(({ round }) => round))];
  return rounds.flatMap((round) => {
    const [over, under] = [of(first, round), of(second, round)];
    return over === undefined || under === undefined ? [] : [pick(over) / pick(under)];
  });
}

export function median(values: readonly (number | null)[]): number | null {
  const sorted = values.filter((value) => value !== null).toSorted((first, second) => first - second);
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.ceil((sorted.length - 1) / 2)]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}
