import { Client } from 'pg';
import type { Policy } from '../src/policy/policy.ts';
import { type Bench, startBench } from './bench.ts';
import type { Run } from './command-line.ts';
import { decideAlone, readPolicy } from './decide-alone.ts';
import { machineLine, memoryOf, shareTaken } from './machine.ts';
import { measure, type Measurement } from './measure.ts';
import type { Result } from './results.ts';
import { type Row, rowsOf } from './rows.ts';
import { readSource } from './source.ts';
import { median } from './summary.ts';
import type { World } from './world.ts';

/** Checks whose outcomes are counted before anything is measured. */
const SAMPLE = 200;
/** After its start a service still compiles and collects, and its heap grows as usual after ten. Seconds. */
const SETTLING = 12;
/** Share of the machine that may be taken by others. */
const QUIET = 0.05;

/** Starts everything, measures it, and stops it again, whatever happens. */
export async function runOne(run: Run): Promise<Result> {
  const policy = await readPolicy();
  const rows = rowsOf(policy).filter(({ name }) => run.options.only?.includes(name) ?? true);
  const bench = await startBench(run.options, rows);
  try {
    return await measureAll(run, rows, policy, bench);
  } finally {
    await bench.stop();
  }
}

/** Measures, prints, and comes back with what it found. */
async function measureAll({ part, options }: Run, rows: readonly Row[], policy: Policy, bench: Bench): Promise<Result> {
  const at = new Date().toISOString();
  const machine = machineLine(await serverOf(bench.world));
  console.log(machine);
  const [service] = bench.servers.get('service') ?? [];
  if (service === undefined) throw new Error('The service does not run.');
  const mix = await sampleOutcomes(service.url, policy, bench.world);
  console.log(
    `Outcomes of ${SAMPLE} checks of three: ${mix.map(([outcome, count]) => `${outcome} ${count}`).join(', ')}`,
  );
  const taken = await shareTaken(SETTLING);
  if (taken !== null && taken > QUIET) {
    console.log(`NOT QUIET: ${Math.round(taken * 100)} % of the machine is taken before anything is measured.`);
  }
  const idleMemory = await memoryOf(service.pid);
  const alone = await decideAlone(bench.world, policy, options.rounds, options.seconds);
  console.log(`decide alone: ${Math.round(median(alone) ?? 0).toLocaleString('en')} decisions/s on one core`);

  const measurable = rows.filter(({ target }) => bench.servers.has(target));
  const all: Measurement[] = [];
  const most = Math.max(...options.connections);
  const failed = new Set<Row>();
  const attempt = async (
    row: Row,
    round: number,
    connections: number,
    seconds: number,
  ): Promise<Measurement | null> => {
    if (failed.has(row)) return null;
    try {
      return await measureRow(row, bench, round, connections, seconds);
    } catch (error) {
      // The others are worth having all the same.
      console.error(error);
      process.exitCode = 1;
      failed.add(row);
      return null;
    }
  };
  for (const row of measurable) {
    if (options.warmUp > 0) await attempt(row, 0, row.connections?.[0] ?? most, options.warmUp);
  }
  for (let round = 1; round <= options.rounds; round += 1) {
    for (const connections of options.connections) {
      for (const row of measurable) {
        if (row.connections?.includes(connections) === false) continue;
        const one = await attempt(row, round, connections, options.seconds);
        if (one === null) continue;
        all.push(one);
        const figures = `${Math.round(one.perSecond)} req/s, p99 ${one.p99.toFixed(1)} ms`;
        console.log(
          `round ${round}  ${row.name.padEnd(18)} ${String(connections).padStart(3)} connections  ${figures}`,
        );
      }
    }
  }
  const { holders, records, rounds, seconds, warmUp } = options;
  return {
    part,
    at,
    source: readSource(),
    machine,
    options: { holders, records, rounds, seconds, warmUp },
    mix,
    decideAlone: median(alone),
    idleMemory,
    // What was wrong once is told by nobody.
    all: all.filter((one) => ![...failed].some(({ name }) => name === one.row)),
  };
}

/** @throws Error naming the row when any of its answers is wrong */
async function measureRow(
  row: Row,
  bench: Bench,
  round: number,
  connections: number,
  seconds: number,
): Promise<Measurement> {
  const world = row.target === 'service on the baseline' ? (bench.baseline ?? bench.world) : bench.world;
  const servers = bench.servers.get(row.target) ?? [];
  try {
    return await measure(row, { servers, world, databasePid: bench.databasePid }, round, connections, seconds);
  } catch (error) {
    throw new Error(`The row ${row.name} at ${connections} connections can't be measured.`, { cause: error });
  }
}

/** Counts the outcomes, most frequent first, and makes sure that the checks do real work. */
async function sampleOutcomes(
  url: string,
  policy: Policy,
  world: World,
): Promise<readonly (readonly [string, number])[]> {
  const row = rowsOf(policy).find(({ name }) => name === 'check-three');
  const [requests = []] = (await row?.requests(world, 1)) ?? [];
  const counts = new Map<string, number>();
  for (const { path: place, headers, body } of requests.slice(0, SAMPLE)) {
    const response = await fetch(url + place, { method: 'POST', headers, body });
    if (!response.ok) throw new Error(`A check is answered ${response.status}: ${await response.text()}`);
    for (const [, outcome = ''] of (await response.text()).matchAll(/"outcome":"(\w+)"/g))
      counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  }
  for (const outcome of ['permit', 'ask_holder', 'verify_caller', 'deny']) {
    if (!counts.has(outcome)) throw new Error(`No check is answered ${outcome}: the bench measures too little.`);
  }
  return [...counts].toSorted(([, first], [, second]) => second - first);
}

/** Its version, and how much of its tables and indexes it keeps. */
async function serverOf(world: World): Promise<string> {
  const client = new Client({ connectionString: world.appUrl });
  await client.connect();
  const { rows: answer } = await client.query<{ said: string }>(
    "SELECT current_setting('server_version') || ' with buffers of ' || current_setting('shared_buffers') AS said",
  );
  await client.end();
  return answer[0]?.said ?? 'unknown';
}
