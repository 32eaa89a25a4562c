import { availableParallelism } from 'node:os';
import { Command, InvalidArgumentError } from 'commander';

/** What a run measures, and how long. */
export interface BenchOptions {
  readonly holders: number;
  /** Audit records that stand in the database before the first request. */
  readonly records: number;
  readonly rounds: number;
  /** Seconds of each measurement. */
  readonly seconds: number;
  /** Seconds of load that each row gets once, before anything counts. */
  readonly warmUp: number;
  readonly connections: readonly number[];
  /** Names of rows; null = all. */
  readonly only: readonly string[] | null;
  readonly folder: string;
  /** Where the service writes a CPU profile when it stops; null = none. */
  readonly cpuProfile: string | null;
}

export const DEFAULT_HOLDERS = 10_000;
const FEWEST_HOLDERS = 100;

export function readOptions(argv: readonly string[]): BenchOptions {
  const command = new Command('bench')
    .description('Measures Mandaat beside the floors, interleaved, on a durable PostgreSQL of its own.')
    .option(
      '--holders <number>',
      'holders, each with a contract and two mandates',
      whole(FEWEST_HOLDERS),
      DEFAULT_HOLDERS,
    )
    .option('--records <number>', 'audit records that are there before the first request', whole(0), 0)
    .option('--rounds <number>', 'rounds; the ratios are medians over them', whole(1), 3)
    .option('--seconds <number>', 'seconds of each measurement', whole(1), 5)
    .option('--warm-up <number>', 'seconds of load on each row before anything counts', whole(0), 5)
    .option('--connections <list>', 'numbers of connections, separated by commas', wholes, [1, 16, 64])
    .option('--only <rows>', 'rows to measure, separated by commas; names as in the first column', (text) =>
      text.split(','),
    )
    .option('--folder <path>', 'where the throw-away database goes; on a real disk', '.data/bench')
    .option('--cpu-profile <folder>', 'have the service write a CPU profile there')
    .option('--quick', 'a smoke test: 2,000 holders, one round, 1 s each. Its figures mean nothing.');
  command.parse([...argv]);
  const given = command.opts<Omit<BenchOptions, 'only' | 'cpuProfile'> & { quick?: true }>();
  const quick = given.quick ? { holders: 2_000, rounds: 1, seconds: 1, warmUp: 1 } : {};
  // What was said on the command line stands, also beside --quick.
  const shorter = Object.entries(quick).filter(([name]) => command.getOptionValueSource(name) === 'default');
  return { only: null, cpuProfile: null, ...given, ...Object.fromEntries(shorter) };
}

/** Cores that the service, the database and the load generator share. */
export const CORES = availableParallelism();

function whole(least: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least) return value;
    throw new InvalidArgumentError(`Give a whole number of at least ${least}.`);
  };
}

function wholes(text: string): number[] {
  return text.split(',').map(whole(1));
}
