import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { nativeBinaries } from './native-binaries.ts';
import { SUPERUSER } from './roles.ts';
import { runAs, runningEndpoint } from './server-process.ts';
import { canEnter, serverUser, type ServerUser } from './server-user.ts';

/** The operating systems allow 104 to 108 bytes for the path of a Unix socket, the name of the socket included. */
const LONGEST_SOCKET_PATH = 100;

export type Transport = 'socket' | 'tcp';

/** Where an embedded server lives, and as whom. */
export interface Place {
  readonly folder: string;
  readonly data: string;
  readonly user: ServerUser | undefined;
  readonly native: string;
  readonly password: string | undefined;
}

/** Makes what a server needs before its first start, and finds it again before the later ones. */
export async function preparePlace(wanted: string, transport: Transport, log: (line: string) => void): Promise<Place> {
  let folder = wanted;
  await mkdir(folder, { recursive: true });
  let user = await serverUser(path.join(folder, 'data'));
  if (!canEnter(user, path.dirname(folder))) {
    folder = path.join('/var/lib/mandaat', createHash('sha256').update(wanted).digest('hex').slice(0, 16));
    await mkdir(folder, { recursive: true });
    user = await serverUser(path.join(folder, 'data'));
    log(`The database server does not run as root and can't enter ${wanted}: its data is in ${folder}.`);
  }
  if (user === undefined && process.getuid !== undefined && (await stat(folder)).uid !== process.getuid()) {
    throw new Error(
      `${folder} belongs to another user. Start Mandaat as that user, or as root, or use another folder.`,
    );
  }
  if (user !== undefined) await chown(folder, user.uid, user.gid);
  await chmod(folder, 0o700);

  const data = path.join(folder, 'data');
  const native = await nativeBinaries(user, path.join(folder, 'native'));
  if (!existsSync(path.join(data, 'PG_VERSION'))) await initialise(folder, data, user, native, transport);
  const password = await readFile(path.join(folder, 'password'), 'utf8').catch(() => undefined);
  return { folder, data, user, native, password: transport === 'tcp' ? password : undefined };
}

/**
 * Makes the data folder under another name and renames it, so that an interrupted or a concurrent `initdb` leaves
 * nothing that looks like a database.
 *
 * On a Unix socket everybody who can reach the server is trusted, because its folder (0700) lets in only the user
 * that the server runs as, and root: both can read the data files anyway, so a password would protect nothing. On TCP
 * every local user can knock, so there is one.
 */
async function initialise(
  folder: string,
  data: string,
  user: ServerUser | undefined,
  native: string,
  transport: Transport,
): Promise<void> {
  const unfinished = `${data}.${process.pid}`;
  const passwordFile = path.join(folder, 'password');
  await rm(unfinished, { recursive: true, force: true });
  if (transport === 'tcp' && !existsSync(passwordFile)) {
    await writeFile(passwordFile, randomBytes(24).toString('base64url'), { mode: 0o600 });
    if (user !== undefined) await chown(passwordFile, user.uid, user.gid);
  }
  const cluster = ['--pgdata', unfinished, '--username', SUPERUSER, '--data-checksums', '--no-instructions'];
  // Built in: the same order and case rules on every machine, with no dependence on the system's locales.
  const locale = ['--encoding', 'UTF8', '--locale', 'C', '--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8'];
  const entry = transport === 'tcp' ? ['--auth', 'scram-sha-256', '--pwfile', passwordFile] : ['--auth', 'trust'];
  await runAs(user, path.join(native, 'bin', 'initdb'), [...cluster, ...locale, ...entry]);
  try {
    await rename(unfinished, data);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    if (!existsSync(path.join(data, 'PG_VERSION'))) throw error;
  }
}

/** The folder of the socket: beside the data, unless that path is too long for a socket. */
export async function prepareSocketFolder(place: Place): Promise<string> {
  const running = await runningEndpoint(place);
  if (running !== undefined && path.isAbsolute(running.host) && existsSync(running.host)) return running.host;
  const beside = path.join(place.folder, 'socket');
  const fits = Buffer.byteLength(path.join(beside, '.s.PGSQL.5432')) <= LONGEST_SOCKET_PATH;
  // A fresh name that nobody can have prepared: a socket of somebody else's server would get our data.
  const folder = fits ? beside : await mkdtemp(path.join(tmpdir(), 'mandaat-'));
  await mkdir(folder, { recursive: true });
  if (place.user !== undefined) await chown(folder, place.user.uid, place.user.gid);
  await chmod(folder, 0o700);
  return folder;
}
