import { Command, InvalidArgumentError, Option } from 'commander';
import { type BenchOptions, DEFAULT_HOLDERS } from './options.ts';
import { PART_NAMES, PARTS, type PartName } from './parts.ts';

/** One run. Without a name it is of nobody's choosing but the caller's, and goes into no document. */
export interface Run {
  readonly part: PartName | null;
  readonly options: BenchOptions;
}

const FEWEST_HOLDERS = 100;
const QUICK = { holders: 2_000, rounds: 1, seconds: 1, warmUp: 1 } as const;

export function readRuns(argv: readonly string[]): readonly Run[] {
  const command = new Command('bench')
    .description('Measures Mandaat beside the floors, interleaved, on a durable PostgreSQL of its own.')
    .option('--whole', `every part of docs/performance.md: ${PART_NAMES.join(', ')}`)
    .addOption(new Option('--part <name>', 'one of them').choices(PART_NAMES))
    .option(
      '--holders <number>',
      'holders, each with a contract and two mandates',
      whole(FEWEST_HOLDERS),
      DEFAULT_HOLDERS,
    )
    .option('--records <number>', 'audit records that are there before the first request', whole(0), 0)
    .option('--rounds <number>', 'rounds; the ratios are medians over them', whole(1), 3)
    .option('--seconds <number>', 'seconds of each measurement', whole(1), 4)
    .option('--warm-up <number>', 'seconds of load on each row before anything counts', whole(0), 5)
    .option('--connections <list>', 'numbers of connections, separated by commas', wholes, [1, 16, 64])
    .option('--only <rows>', 'rows to measure, separated by commas; names as in the first column', (text) =>
      text.split(','),
    )
    .option('--folder <path>', 'where the throw-away database goes; on a real disk', '.data/bench')
    .option('--cpu-profile <folder>', 'have the service write a CPU profile there')
    .option('--quick', 'a smoke test: 2,000 holders, one round, 1 s each. Its figures mean nothing.');
  command.parse([...argv]);
  const given = command.opts<
    Omit<BenchOptions, 'only' | 'cpuProfile'> & { quick?: true; whole?: true; part?: PartName }
  >();
  const { quick, whole: isWhole, part, ...asked } = given;
  const runs: readonly (PartName | null)[] = isWhole === true ? PART_NAMES : [part ?? null];
  return runs.map((name) => {
    const preset = { ...(name === null ? {} : PARTS[name]), ...(quick === true ? QUICK : {}) };
    // What was said on the command line stands.
    const unsaid = Object.entries(preset).filter(([key]) => command.getOptionValueSource(key) !== 'cli');
    // What is only tried out goes into no document.
    return {
      part: quick === true ? null : name,
      options: { only: null, cpuProfile: null, ...asked, ...Object.fromEntries(unsaid) },
    };
  });
}

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
