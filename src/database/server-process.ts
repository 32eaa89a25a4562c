import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Place } from './server-place.ts';
import type { ServerUser } from './server-user.ts';

const run = promisify(execFile);

/** Where a running server listens: a folder with the socket, or 127.0.0.1 and a port. */
export interface Endpoint {
  readonly pid: number;
  readonly host: string;
  readonly port: number;
}

/** What the server wrote into its lock file; not proof that it still lives. */
export async function runningEndpoint(place: Pick<Place, 'data'>): Promise<Endpoint | undefined> {
  const file = await readFile(path.join(place.data, 'postmaster.pid'), 'utf8').catch(() => '');
  const [pid, , , port, socketFolder, address] = file.split('\n').map((line) => line.trim());
  const host = socketFolder !== undefined && socketFolder !== '' ? socketFolder : address;
  if (!pid || !port || !host) return undefined;
  return { pid: Number(pid), port: Number(port), host };
}

/**
 * Is the process that the lock file names a living PostgreSQL? Where `pg_ctl` would only ask whether *some* process has
 * that number, Linux tells more. It matters in containers: a restarted one gives the number to somebody else, and one
 * whose first process reaps nobody keeps a killed server as a zombie. Both would block the start for ever.
 */
export async function isUp(place: Place): Promise<boolean> {
  const pid = (await runningEndpoint(place))?.pid;
  if (pid === undefined) return false;
  if (process.platform === 'linux') {
    const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    return /^\d+ \(postgres\) [^ZX]/.test(status);
  }
  return pgCtl(place, ['status']).then(
    () => true,
    () => false,
  );
}

/**
 * PostgreSQL removes a dead server's lock file by itself, but not when some other process has got the number. Data that
 * is still in use stays safe without the file: the shared memory of a server not quite dead makes the start fail.
 */
export async function removeStaleLock(place: Place, deadPid: number): Promise<void> {
  const isTaken = existsSync(`/proc/${deadPid}`);
  // Read again: another process may have started the server since.
  if (isTaken && (await runningEndpoint(place))?.pid === deadPid && !(await isUp(place))) {
    await rm(path.join(place.data, 'postmaster.pid'), { force: true });
  }
}

/** @throws Error with what `pg_ctl` said; for `status` when no server runs */
export async function pgCtl(place: Place, [action = 'status', ...options]: string[]): Promise<void> {
  await runAs(place.user, path.join(place.native, 'bin', 'pg_ctl'), [action, '-D', place.data, ...options]);
}

/**
 * The server gets none of our environment: that may hold keys, and a database superuser can read it from there. (What
 * Windows can't do without, Node adds.)
 */
export async function runAs(user: ServerUser | undefined, program: string, args: readonly string[]): Promise<void> {
  await run(program, args, { ...user, cwd: path.parse(program).root, env: { LC_ALL: 'C', TZ: 'UTC' } });
}

/** Its last lines, for the operator. */
export async function endOfLog(place: Place): Promise<string> {
  const text = await readFile(path.join(place.folder, 'server.log'), 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-5).join('\n');
}
