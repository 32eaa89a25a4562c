import { readdir, readFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { CORES } from './options.ts';

/** CPU seconds; null where the system doesn't tell (anything but Linux). */
export type CpuSeconds = number | null;

/** `/proc` counts in these; fixed at 100 on every architecture that Node runs on. */
const TICKS_PER_SECOND = 100;

interface ProcessStat {
  readonly parent: number;
  readonly own: number;
  /** Of children that have ended and were waited for. */
  readonly ended: number;
}

/** User and system time of one process so far. */
export async function cpuOf(pid: number): Promise<CpuSeconds> {
  return (await statOf(pid))?.own ?? null;
}

/** The same for a process and all its children, those that have ended too: PostgreSQL is one process a connection. */
export async function cpuOfTree(pid: number): Promise<CpuSeconds> {
  const root = await statOf(pid);
  if (root === null) return null;
  let sum = root.own + root.ended;
  for (const name of await readdir('/proc')) {
    const child = /^\d+$/.test(name) ? await statOf(Number(name)) : null;
    if (child?.parent === pid) sum += child.own;
  }
  return sum;
}

/** What all cores have done so far for whomever, and what other guests of the same host took from them. */
export async function cpuOfMachine(): Promise<CpuSeconds> {
  const text = await readFile('/proc/stat', 'utf8').catch(() => '');
  const fields = /^cpu +(.*)$/m.exec(text)?.[1]?.split(' ').map(Number);
  if (fields === undefined) return null;
  const [user = 0, nice = 0, system = 0, , , interrupts = 0, softly = 0, stolen = 0] = fields;
  return (user + nice + system + interrupts + softly + stolen) / TICKS_PER_SECOND;
}

/** Share of the machine, from 0 to 1, that is taken while nobody here does anything. */
export async function shareTaken(seconds: number): Promise<number | null> {
  const before = await cpuOfMachine();
  await sleep(seconds * 1000);
  const after = await cpuOfMachine();
  return before === null || after === null ? null : (after - before) / (seconds * CORES);
}

/** Resident memory in MB; null where the system doesn't tell. */
export async function memoryOf(pid: number): Promise<number | null> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  return kilobytes === undefined ? null : Math.round(Number(kilobytes) / 1024);
}

/** One line that every figure has to be read with. */
export function machineLine(postgresVersion: string): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor';
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${CORES} cores (${model}), ${memory} GB, ${process.platform}, Node ${process.versions.node}, PostgreSQL ${postgresVersion}`;
}

async function statOf(pid: number): Promise<ProcessStat | null> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  if (text === null) return null;
  // The name, in brackets, may hold anything: fields are counted from behind it.
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const [, parent = 0] = fields;
  const seconds = (first: number): number => ((fields[first] ?? 0) + (fields[first + 1] ?? 0)) / TICKS_PER_SECOND;
  return { parent, own: seconds(11), ended: seconds(13) };
}
