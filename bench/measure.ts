import { Client } from 'pg';
import { type BenchRequest, putLoad, type Seen } from './load.ts';
import { cpuOf, cpuOfMachine, cpuOfTree, memoryOf, type CpuSeconds } from './machine.ts';
import { CORES } from './options.ts';
import type { Row } from './rows.ts';
import type { BenchServer } from './server.ts';
import type { World } from './world.ts';

/** One row, once, at one number of connections. */
export interface Measurement extends Seen {
  readonly row: string;
  readonly round: number;
  readonly connections: number;
  /** CPU for each request, in microseconds, of the server's processes; null off Linux. */
  readonly serverCpu: number | null;
  /** The same of PostgreSQL, all its processes. */
  readonly databaseCpu: number | null;
  /** The same of the load generator, which shares the machine. */
  readonly clientCpu: number;
  /** Of the first server process at the end, in MB. */
  readonly memory: number | null;
  /** Share of the machine that others took meanwhile, from 0 to 1: the kernel's own work, and whoever else runs there. */
  readonly others: number | null;
}

/** What a row runs against. */
export interface Setting {
  readonly servers: readonly BenchServer[];
  readonly world: World;
  /** PostgreSQL's first process. */
  readonly databasePid: () => number;
}

/** @throws Error when any answer is wrong, see `putLoad` */
export async function measure(
  row: Row,
  setting: Setting,
  round: number,
  connections: number,
  seconds: number,
): Promise<Measurement> {
  const { servers, world, databasePid } = setting;
  const lists = await row.requests(world, connections);
  const started = performance.now();
  const before = await cpuNow(servers, databasePid());
  const ownBefore = process.cpuUsage();
  const seen = await putLoad({
    urls: servers.map(({ url }) => url),
    connections,
    requestsFor: (connection) => lists[connection] ?? [],
    until: row.isOnce ? { requests: lists.reduce((sum, list) => sum + list.length, 0) } : { seconds },
    isRight: row.isRight,
  });
  const own = process.cpuUsage(ownBefore);
  const after = await cpuNow(servers, databasePid());
  const elapsed = (performance.now() - started) / 1000;
  await forgetMessages(world);
  await drain(row, lists[0]?.[0], servers);
  const between = (what: keyof CpuNow): CpuSeconds => {
    const [from, to] = [before[what], after[what]];
    return from === null || to === null ? null : to - from;
  };
  const each = (what: keyof CpuNow): number | null => {
    const taken = between(what);
    return taken === null ? null : (taken * 1e6) / seen.requests;
  };
  const ownSeconds = (own.user + own.system) / 1e6;
  const ours = (between('server') ?? 0) + (between('database') ?? 0) + ownSeconds;
  const machine = between('machine');
  return {
    ...seen,
    row: row.name,
    round,
    connections,
    serverCpu: each('server'),
    databaseCpu: each('database'),
    clientCpu: (ownSeconds * 1e6) / seen.requests,
    memory: servers[0] === undefined ? null : await memoryOf(servers[0].pid),
    others: machine === null ? null : Math.max(0, machine - ours) / (elapsed * CORES),
  };
}

/**
 * Clients are gone at once, but what they asked last is still being done, one after the other: the next row must not wait
 * for that. Whatever is answered now was asked after it.
 */
async function drain(row: Row, request: BenchRequest | undefined, servers: readonly BenchServer[]): Promise<void> {
  if (request === undefined) return;
  for (const { url } of servers) {
    const { headers, body } = request;
    const response = await fetch(url + request.path, { method: 'POST', headers, body });
    if (!response.ok) throw new Error(`After ${row.name} the server answers ${response.status}.`);
    await response.arrayBuffer();
  }
}

interface CpuNow {
  readonly server: CpuSeconds;
  readonly database: CpuSeconds;
  readonly machine: CpuSeconds;
}

async function cpuNow(servers: readonly BenchServer[], databasePid: number): Promise<CpuNow> {
  const each = await Promise.all(servers.map(({ pid }) => cpuOf(pid)));
  const server = each.reduce<CpuSeconds>((sum, one) => (sum === null || one === null ? null : sum + one), 0);
  return { server, database: await cpuOfTree(databasePid), machine: await cpuOfMachine() };
}

/** Notices that this row queued and nobody has sent yet: the next row must not pay for them. */
async function forgetMessages(world: World): Promise<void> {
  const client = new Client({ connectionString: world.ownerUrl, application_name: 'mandaat bench' });
  await client.connect();
  await client.query('DELETE FROM graphile_worker._private_jobs WHERE locked_at IS NULL');
  await client.end();
}
