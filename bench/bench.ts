import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { totalmem } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { SingleBar } from 'cli-progress';
import { startEmbeddedPostgres } from '../src/database/embedded-postgres.ts';
import { DEFAULT_HOLDERS, type BenchOptions } from './options.ts';
import type { Row, Target } from './rows.ts';
import { type BenchServer, startServer } from './server.ts';
import { buildWorld, type World } from './world.ts';

/** Everything that a run has started. */
export interface Bench {
  readonly world: World;
  /** 10k holders and no records, when the world is larger; else null. */
  readonly baseline: World | null;
  readonly databasePid: () => number;
  /** The servers of every target that the rows need. */
  readonly servers: ReadonlyMap<Target, readonly BenchServer[]>;
  stop(): Promise<void>;
}

/** Each is a file in `floors/`. */
const FLOORS = ['bare', 'select', 'insert', 'tutorial'] as const satisfies readonly Target[];

/** Megabytes: a quarter of the machine, as `docs/growing.md` advises, for the service and the floors alike. */
const BUFFERS = Math.floor(totalmem() / 4 / 2 ** 20);

/** Starts PostgreSQL, fills it, and starts what the rows need. What was started by then is stopped when it fails. */
export async function startBench(options: BenchOptions, rows: readonly Row[]): Promise<Bench> {
  // A folder of its own: what another run left behind is never measured.
  const folder = path.resolve(options.folder, `${process.pid}-${Date.now()}`);
  const server = await startEmbeddedPostgres({ folder, buffers: BUFFERS });
  const servers = new Map<Target, readonly BenchServer[]>();
  const stop = async (): Promise<void> => {
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
    await Promise.allSettled([...new Set([...servers.values()].flat())].map((one) => one.stop()));
    await server.stop();
    await rm(server.folder, { recursive: true, force: true });
    await rm(folder, { recursive: true, force: true });
  };
  // From here on: filling takes minutes, and leaves gigabytes.
  const interrupted = (): void => {
    void stop().finally(() => process.exit(130));
  };
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  try {
    const masterKey = randomBytes(32);
    const build = async (name: string, size: { holders: number; records: number }): Promise<World> => {
      const bar = new SingleBar({
        format: `Filling ${name} [{bar}] {percentage} % · {eta_formatted} left`,
        hideCursor: true,
      });
      bar.start(1, 0);
      try {
        return await buildWorld(server, name, size, masterKey, (done, total) => {
          bar.setTotal(total);
          bar.update(done);
        });
      } finally {
        bar.stop();
      }
    };
    const needs = (target: Target): boolean => rows.some((row) => row.target === target);
    const isLarger = options.holders > DEFAULT_HOLDERS || options.records > 0;
    const world = await build('bench', { holders: options.holders, records: options.records });
    const isCompared = isLarger && needs('service on the baseline');
    const baseline = isCompared ? await build('baseline', { holders: DEFAULT_HOLDERS, records: 0 }) : null;

    for (const target of FLOORS) {
      if (!needs(target)) continue;
      servers.set(target, [await startServer(scriptOf(`./floors/${target}.js`), { DATABASE_URL: world.appUrl })]);
    }
    const first = await startService(world, options.cpuProfile);
    servers.set('service', [first]);
    if (needs('two services')) servers.set('two services', [first, await startService(world, null)]);
    if (baseline !== null) servers.set('service on the baseline', [await startService(baseline, null)]);
    return { world, baseline, databasePid: () => server.pid, servers, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function startService(world: World, cpuProfile: string | null): Promise<BenchServer> {
  const environment = {
    DATABASE_URL: world.appUrl,
    DATABASE_OWNER_URL: world.ownerUrl,
    MANDAAT_KEYS: world.masterKeys,
    // One key and one address make all the load here; and notices must not stop at the daily bound.
    RATE_LIMIT: '100000000',
    AGENT_HOLDERS_PER_HOUR: '1000000',
    KEY_PEOPLE_PER_HOUR: '1000000',
    SMS_PER_DAY: '1000000',
    MESSAGE_CENTS_PER_DAY: '100000000',
  };
  // As `npm start` does.
  const flags = ['--max-semi-space-size=8', '--v8-pool-size=1'];
  if (cpuProfile !== null) flags.push('--cpu-prof', `--cpu-prof-dir=${path.resolve(cpuProfile)}`);
  return startServer(scriptOf('../src/main.js'), environment, { ready: '/health/ready', flags });
}

/** Beside this file once it is built. */
function scriptOf(relative: string): string {
  return fileURLToPath(new URL(relative, import.meta.url));
}
