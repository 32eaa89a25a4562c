import { chown, rename, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import type { Place } from './server-place.ts';

export interface ServerSettings {
  /** Undefined: 127.0.0.1 instead. */
  readonly socketFolder: string | undefined;
  readonly durable: boolean;
  /** Megabytes that the server keeps of its tables and indexes. */
  readonly buffers: number;
}

/** Written whole at every start; an operator's own settings belong in `postgresql.auto.conf` (`ALTER SYSTEM`). */
export async function writeSettings(place: Place, { socketFolder, durable, buffers }: ServerSettings): Promise<void> {
  const settings: Record<string, string> = {
    listen_addresses: socketFolder === undefined ? '127.0.0.1' : '',
    unix_socket_directories: socketFolder ?? '',
    unix_socket_permissions: '0700',
    port: socketFolder === undefined ? String(await freePort()) : '5432',
    // One that may be lost is shared by many applications, each with a database of its own.
    max_connections: durable ? '100' : '400',
    shared_buffers: `${buffers}MB`,
    // Containers often have a tiny /dev/shm, and no query here gains by parallel workers.
    max_parallel_workers_per_gather: '0',
    timezone: 'UTC',
    log_timezone: 'UTC',
    // Personal data stays out of logs: no statements, no parameters, no "Key (…)=(…) already exists".
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    log_parameter_max_length_on_error: '0',
    log_checkpoints: 'off',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  const lines = Object.entries(settings).map(
    ([name, value]) => `${name} = '${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'\n`,
  );
  const file = path.join(place.data, 'postgresql.conf');
  const unfinished = `${file}.${process.pid}`;
  await writeFile(unfinished, `# Written by Mandaat at every start.\n${lines.join('')}`, { mode: 0o600 });
  if (place.user !== undefined) await chown(unfinished, place.user.uid, place.user.gid);
  // Another process may be starting the server now: it must never read half a file.
  await rename(unfinished, file);
}

/** A port that was free a moment ago; who loses the race for it is started again with another. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('127.0.0.1 gives out no ports.');
  return address.port;
}
