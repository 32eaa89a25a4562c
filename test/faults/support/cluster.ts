import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { Client } from 'pg';

import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../../src/database/embedded-postgres.ts';
import { migrate } from '../../../src/database/migrate.ts';
import { SUPERUSER } from '../../../src/database/roles.ts';
import { PREFIX } from './names.ts';

const TEMPLATE = 'template_mandaat';

export interface ClusterOptions {
  readonly megabytes?: number;
  readonly transport?: 'tcp';
}

/** A PostgreSQL of this test's own with every safeguard on, that may be killed, stalled and filled. */
export class Cluster {
  private isPaused = false;

  private constructor(
    private readonly folder: string,
    private readonly server: EmbeddedPostgres,
    private readonly isMounted: boolean,
  ) {}

  /**
   * @param megabytes puts all of it on a disk of this size, in memory; needs root
   * @param transport `tcp` asks for passwords
   */
  static async start({ megabytes, transport }: ClusterOptions = {}): Promise<Cluster> {
    const folder = await mkdtemp(folderName());
    const isMounted = megabytes !== undefined;
    if (isMounted) execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder]);
    // The server may run as another user than we, and must get through to its own folder inside.
    await chmod(folder, 0o711);
    let server: EmbeddedPostgres | undefined;
    try {
      server = await startEmbeddedPostgres({
        folder: path.join(folder, 'postgres'),
        ...(transport === undefined ? {} : { transport }),
      });
      await server.createDatabase(TEMPLATE);
      await migrate(server.ownerUrl(TEMPLATE));
      return new Cluster(folder, server, isMounted);
    } catch (error) {
      await server?.stop();
      await clear(folder, isMounted);
      throw error;
    }
  }

  /** From here on `createTestDatabase` makes its databases here. */
  use(): void {
    process.env.MANDAAT_TEST_OWNER_URL = this.server.ownerUrl(TEMPLATE);
    process.env.MANDAAT_TEST_APP_URL = this.server.appUrl(TEMPLATE);
  }

  /** The folder that all of it is in. */
  get place(): string {
    return this.folder;
  }

  /** Where its data is. */
  get data(): string {
    return path.join(this.server.folder, 'data');
  }

  /** The socket that it listens on. */
  get socket(): string {
    const url = new URL(this.server.ownerUrl(TEMPLATE));
    return path.join(url.searchParams.get('host') ?? '', `.s.PGSQL.${url.port}`);
  }

  /** Changes settings of the server while it runs, or at its next start. */
  async configure(settings: Readonly<Record<string, string>>): Promise<void> {
    await this.administer(async (client) => {
      for (const [name, value] of Object.entries(settings)) await client.query(`ALTER SYSTEM SET ${name} = '${value}'`);
      await client.query('SELECT pg_reload_conf()');
    });
  }

  /** Works as the superuser. */
  async administer<T>(work: (client: Client) => Promise<T>): Promise<T> {
    const url = new URL(this.server.ownerUrl('postgres'));
    url.username = SUPERUSER;
    return withClient(url.href, work);
  }

  /** Every process of it dies at once, without a chance to write anything. It is started again right away. */
  kill(): void {
    const { pid } = this.server;
    // The first one must not see its children go: it would begin to clear up.
    process.kill(pid, 'SIGSTOP');
    for (const child of childrenOf(pid)) signal(child, 'SIGKILL');
    process.kill(pid, 'SIGKILL');
  }

  /** Nothing of it moves any more; connections stay as they are, and new ones are taken by the system alone. */
  pause(): void {
    const { pid } = this.server;
    this.isPaused = true;
    process.kill(pid, 'SIGSTOP');
    for (const child of childrenOf(pid)) signal(child, 'SIGSTOP');
  }

  resume(): void {
    if (!this.isPaused) return;
    this.isPaused = false;
    const { pid } = this.server;
    for (const child of childrenOf(pid)) signal(child, 'SIGCONT');
    process.kill(pid, 'SIGCONT');
  }

  async stop(): Promise<void> {
    this.resume();
    await this.server.stop();
    await clear(this.folder, this.isMounted);
  }
}

/** Why this machine can't have a disk of its own for a test; null when it can. */
export function noSmallDisk(): string | null {
  if (process.platform !== 'linux') return 'a disk in memory needs Linux';
  if (process.getuid?.() !== 0) return 'mounting a tmpfs needs root';
  const place = execFileSync('mktemp', ['-d', `${folderName()}XXXXXX`], { encoding: 'utf8' }).trim();
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', place]);
  if (status === 0) execFileSync('umount', [place]);
  execFileSync('rmdir', [place]);
  return status === 0 ? null : 'mounting a tmpfs needs CAP_SYS_ADMIN';
}

/** Why this machine can't stop and kill processes of another one, with their children; null when it can. */
export function noHoldOnProcesses(): string | null {
  for (const tool of ['pgrep', 'sleep']) {
    if (spawnSync(tool, ['--version']).error !== undefined) return `there is no ${tool}`;
  }
  try {
    // The server of root runs as somebody else.
    const other = process.getuid?.() === 0 ? { uid: 65_534 } : {};
    const child = spawn('sleep', ['5'], { stdio: 'ignore', ...other });
    // Too many processes or open files are told a moment later, when nobody would catch it.
    child.on('error', () => undefined);
    if (child.pid === undefined) return 'no further process could be started';
    for (const what of ['SIGSTOP', 'SIGKILL'] as const) process.kill(child.pid, what);
    return null;
  } catch {
    return 'stopping a process needs CAP_KILL and CAP_SETUID, as root';
  }
}

/** For `mkdtemp`: named after this process, so that a later run knows whose it was. */
export function folderName(): string {
  return path.join(tmpdir(), `${PREFIX}${process.pid}-`);
}

/** Ends a server that nobody is left to stop, if there is one in this folder; it may stand still. */
export async function endServer(folder: string): Promise<void> {
  const lock = await readFile(path.join(folder, 'postgres', 'data', 'postmaster.pid'), 'utf8').catch(() => '');
  const pid = Number.parseInt(lock, 10);
  // The number may be another process's by now.
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  if (!command.includes(folder)) return;
  for (const child of childrenOf(pid)) signal(child, 'SIGKILL');
  signal(pid, 'SIGKILL');
}

export async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function childrenOf(pid: number): number[] {
  const { stdout, error } = spawnSync('pgrep', ['-P', String(pid)], { encoding: 'utf8' });
  // What needs them is skipped then.
  if (error !== undefined) return [];
  return stdout.split('\n').filter(Boolean).map(Number);
}

/** One that has just gone is as good as told. */
function signal(pid: number, what: NodeJS.Signals): void {
  try {
    process.kill(pid, what);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function clear(folder: string, isMounted: boolean): Promise<void> {
  if (isMounted) {
    // Its last processes may hold it for a moment.
    for (let left = 20; left > 0; left -= 1) {
      if (spawnSync('umount', [folder]).status === 0) break;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
  await rm(folder, { recursive: true, force: true });
}
