import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { startBench, type Bench } from './bench.ts';
import { decideAlone, readPolicy } from './decide-alone.ts';
import { machineLine, memoryOf } from './machine.ts';
import { measure, type Measurement } from './measure.ts';
import { readOptions, type BenchOptions } from './options.ts';
import { marksOf, median, printMarks, printSummaries, summarise } from './report.ts';
import { rowsOf, type Row } from './rows.ts';
import type { World } from './world.ts';

const RESULTS = 'bench/results';
/** Checks whose outcomes are counted before anything is measured. */
const SAMPLE = 200;
/** After its start a service still compiles and collects. Milliseconds. */
const SETTLING = 5_000;

const wanted = readOptions(process.argv);
const policy = await readPolicy();
const chosen = rowsOf(policy.actions.size).filter(({ name }) => wanted.only?.includes(name) ?? true);
const running = await startBench(wanted, chosen);
const interrupted = (): void => {
  void running.stop().finally(() => process.exit(130));
};
process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
try {
  await run(wanted, chosen, running);
} finally {
  await running.stop();
}

async function run(options: BenchOptions, rows: readonly Row[], bench: Bench): Promise<void> {
  const machine = machineLine(await versionOf(bench.world));
  console.log(machine);
  const [service] = bench.servers.get('service') ?? [];
  if (service === undefined) throw new Error('The service does not run.');
  const mix = await sampleOutcomes(service.url, bench.world);
  console.log(
    `Outcomes of ${SAMPLE} checks of three: ${mix.map(([outcome, count]) => `${outcome} ${count}`).join(', ')}`,
  );
  await sleep(SETTLING);
  const idleMemory = await memoryOf(service.pid);
  const alone = await decideAlone(bench.world, policy, options.rounds, options.seconds);
  console.log(`decide alone: ${Math.round(median(alone) ?? 0).toLocaleString('en')} decisions/s on one core`);

  const measurable = rows.filter(({ target }) => bench.servers.has(target));
  const all: Measurement[] = [];
  const most = Math.max(...options.connections);
  for (const row of measurable) {
    if (options.warmUp > 0) await measureRow(row, bench, 0, row.connections?.[0] ?? most, options.warmUp);
  }
  for (let round = 1; round <= options.rounds; round += 1) {
    for (const connections of options.connections) {
      for (const row of measurable) {
        if (row.connections?.includes(connections) === false) continue;
        const one = await measureRow(row, bench, round, connections, options.seconds);
        all.push(one);
        const figures = `${Math.round(one.perSecond)} req/s, p99 ${one.p99.toFixed(1)} ms`;
        console.log(
          `round ${round}  ${row.name.padEnd(18)} ${String(connections).padStart(3)} connections  ${figures}`,
        );
      }
    }
  }
  const summaries = summarise(rows, all);
  const marks = marksOf(all, idleMemory, grownName(options));
  printSummaries(rows, summaries);
  printMarks(marks);
  console.log(machine);
  const report = {
    at: new Date().toISOString(),
    machine,
    options,
    mix,
    decideAlone: alone,
    idleMemory,
    summaries,
    marks,
    all,
  };
  console.log(`Written: ${await write(report)}`);
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
async function sampleOutcomes(url: string, world: World): Promise<readonly (readonly [string, number])[]> {
  const row = rowsOf(policy.actions.size).find(({ name }) => name === 'check-three');
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

async function versionOf(world: World): Promise<string> {
  const client = new Client({ connectionString: world.appUrl });
  await client.connect();
  const { rows: answer } = await client.query<{ server_version: string }>('SHOW server_version');
  await client.end();
  return answer[0]?.server_version ?? 'unknown';
}

function grownName({ holders, records }: BenchOptions): string {
  return `${holders.toLocaleString('en')} holders, ${records.toLocaleString('en')} records`;
}

async function write(report: object): Promise<string> {
  await mkdir(RESULTS, { recursive: true });
  const file = path.join(RESULTS, `${new Date().toISOString().replaceAll(/[:.]/g, '-')}.json`);
  await writeFile(file, `${JSON.stringify(report, null, 2)}\n`);
  return file;
}
