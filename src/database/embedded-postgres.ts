import { rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, escapeIdentifier, escapeLiteral } from 'pg';
import { APP_ROLE, OWNER_ROLE, SUPERUSER } from './roles.ts';
import { preparePlace, prepareSocketFolder, type Place, type Transport } from './server-place.ts';
import { endOfLog, isUp, pgCtl, removeStaleLock, runningEndpoint, type Endpoint } from './server-process.ts';
import { writeSettings } from './server-settings.ts';
import { sqlState } from './sql-state.ts';

/** Every process that uses the server holds this lock shared; who can get it exclusively is the last one out. */
const IN_USE_LOCK = '7310593858020254331';
/** Longest wait, in milliseconds, for a server that neither answers nor says that it is starting up. */
const START_DEADLINE = 10_000;

export interface EmbeddedPostgresOptions {
  /** Absolute path; made when it does not exist. Holds the data, the log and (where its path is short) the socket. */
  readonly folder: string;
  /** `false` only for data that may be lost with the machine: nothing is forced to the disk, and 400 may connect instead of 100. Default `true`. */
  readonly durable?: boolean;
  /** Megabytes that it keeps of its tables and indexes, taken as they are read; a server that runs already keeps its own. Default 128. */
  readonly buffers?: number;
  /** `tcp` binds to 127.0.0.1 with passwords, for systems without Unix sockets. Default: `tcp` on Windows only. */
  readonly transport?: Transport;
  readonly log?: (line: string) => void;
}

export interface EmbeddedPostgres {
  /** The server's main process. Another one after a crash. */
  readonly pid: number;
  /** Where the data really is: see {@link startEmbeddedPostgres} for when that is not the folder asked for. */
  readonly folder: string;
  /** URL for migrations, as the role that owns the database. */
  ownerUrl(database: string): string;
  /** URL for the application, as a role that owns nothing. */
  appUrl(database: string): string;
  /** Makes an empty database, owned by the owner role, unless it exists. */
  createDatabase(name: string): Promise<void>;
  /** Stops the server, unless another process still uses it. Close your own connections first. */
  stop(): Promise<void>;
  /** For fault tests: kills the server like a crash would. It is started again at once. */
  kill(): void;
}

/**
 * Starts the PostgreSQL that comes with the npm package, or joins the one that already runs on this folder: one that
 * a killed process left behind, or one that another process uses now. Its first start takes 1 to 2 s, later ones
 * 0.2 s. While it is held, a server that dies is started again.
 *
 * As root, the server runs as another user (see `server-user.ts`). When that user can't enter `folder` (a project
 * under /root), the data goes to a folder under /var/lib instead, and `log` says so.
 *
 * @throws Error with the end of the server's log when the server doesn't come up.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const log = options.log ?? (() => undefined);
  const transport = options.transport ?? (process.platform === 'win32' ? 'tcp' : 'socket');
  const place = await preparePlace(path.resolve(options.folder), transport, log);
  const socketFolder = transport === 'socket' ? await prepareSocketFolder(place) : undefined;

  const leaving = new AbortController();
  let rejoining: Promise<void> | undefined;
  let { keeper, endpoint } = await join();

  async function join(): Promise<{ keeper: Client; endpoint: Endpoint }> {
    const { durable = true, buffers = 128 } = options;
    const joined = await startOrJoin(place, () => writeSettings(place, { socketFolder, durable, buffers }), log);
    joined.keeper.on('end', () => {
      if (!leaving.signal.aborted) rejoining = rejoin();
    });
    return joined;
  }

  async function rejoin(): Promise<void> {
    log('The embedded PostgreSQL has stopped by itself; starting it again.');
    while (!leaving.signal.aborted) {
      try {
        ({ keeper, endpoint } = await join());
        return;
      } catch (error) {
        log(String(error));
        await sleep(1_000);
      }
    }
  }

  await createRoles(keeper, place.password);

  return {
    get pid() {
      return endpoint.pid;
    },
    folder: place.folder,
    ownerUrl: (database) => databaseUrl(endpoint, OWNER_ROLE, place.password, database),
    appUrl: (database) => databaseUrl(endpoint, APP_ROLE, place.password, database),
    async createDatabase(name) {
      const known = await keeper.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
      if (known.rowCount !== 0) return;
      try {
        await keeper.query(`CREATE DATABASE ${escapeIdentifier(name)} OWNER ${OWNER_ROLE}`);
      } catch (error) {
        // Somebody else made it in the meantime: 42P04 after, 23505 during our statement.
        if (!['42P04', '23505'].includes(sqlState(error) ?? '')) throw error;
      }
    },
    kill() {
      process.kill(endpoint.pid, 'SIGKILL');
    },
    async stop() {
      if (leaving.signal.aborted) return;
      leaving.abort();
      await rejoining;
      // In this order nobody is overlooked: of two that leave at once the later one gets the exclusive lock, and who
      // comes in after that waits for the lock, loses the connection, and starts the server anew.
      const left = await keeper
        .query<{ last: boolean }>(
          `SELECT pg_advisory_unlock_shared(${IN_USE_LOCK}), pg_try_advisory_lock(${IN_USE_LOCK}) AS last`,
        )
        .catch(() => undefined);
      if (left?.rows[0]?.last === false) {
        log('The embedded PostgreSQL keeps running: another process uses it.');
      } else if (await isUp(place)) {
        await pgCtl(place, ['stop', '-m', 'fast', '-w', '-t', '60']);
        if (socketFolder !== undefined && !socketFolder.startsWith(place.folder)) {
          await rm(socketFolder, { recursive: true, force: true });
        }
      }
      await keeper.end().catch(() => undefined);
    },
  };
}

/**
 * Tries to join, else to start, until one of them works. That a connection answers is the only sign of life trusted
 * here: after a kill, process ids and `pg_ctl status` lie for a moment.
 */
async function startOrJoin(
  place: Place,
  settle: () => Promise<void>,
  log: (line: string) => void,
): Promise<{ keeper: Client; endpoint: Endpoint }> {
  let deadline = Date.now() + START_DEADLINE;
  let started = false;
  let failure: unknown;
  while (Date.now() < deadline) {
    const endpoint = await runningEndpoint(place);
    try {
      if (endpoint !== undefined) {
        const keeper = await connect(place, endpoint);
        if (!started) log('Joined the embedded PostgreSQL that was already running.');
        return { keeper, endpoint };
      }
    } catch (error) {
      failure = error;
      // "The database system is starting up": recovery after a crash may take as long as it takes.
      if (sqlState(error) === '57P03') {
        deadline = Date.now() + START_DEADLINE;
        await sleep(100);
        continue;
      }
    }
    try {
      if (!(await isUp(place))) {
        if (endpoint !== undefined) await removeStaleLock(place, endpoint.pid);
        await settle();
        started = true;
        await pgCtl(place, ['start', '-w', '-t', '600', '-s', '-l', path.join(place.folder, 'server.log')]);
        continue;
      }
    } catch (error) {
      failure = error;
      // Somebody else was faster, or a killed server's last processes are not gone yet; the rest no waiting mends.
      if (!(await isUp(place)) && !/lock file|shared memory|could not bind/.test(await endOfLog(place))) break;
    }
    await sleep(100);
  }
  const end = await endOfLog(place);
  throw new Error(`The embedded PostgreSQL in ${place.folder} does not come up. The end of its log:\n${end}`, {
    cause: failure,
  });
}

/** Signs in as the superuser and announces that this process uses the server. */
async function connect(place: Place, endpoint: Endpoint): Promise<Client> {
  const client = new Client({
    connectionString: databaseUrl(endpoint, SUPERUSER, place.password, 'postgres'),
    application_name: 'mandaat keeper',
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
  });
  // Without a listener a lost connection would end the process; 'end' follows and is dealt with.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query(`SELECT pg_advisory_lock_shared(${IN_USE_LOCK})`);
    return client;
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  }
}

async function createRoles(superuser: Client, password: string | undefined): Promise<void> {
  const secret = password === undefined ? '' : `PASSWORD ${escapeLiteral(password)}`;
  const roles = { [OWNER_ROLE]: 'LOGIN CREATEDB CREATEROLE', [APP_ROLE]: 'LOGIN' };
  for (const [role, rights] of Object.entries(roles)) {
    const known = await superuser.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role]);
    if (known.rowCount !== 0) continue;
    try {
      await superuser.query(`CREATE ROLE ${role} ${rights} ${secret}`);
    } catch (error) {
      if (!['42710', '23505'].includes(sqlState(error) ?? '')) throw error;
    }
  }
  // So that the owner may make other roles members of it; it gains no rights of its own by that.
  await superuser.query(`GRANT ${APP_ROLE} TO ${OWNER_ROLE} WITH ADMIN TRUE, INHERIT FALSE, SET FALSE`);
}

/** The socket's folder travels as a parameter, as a URL has no other place for it; `localhost` is not looked at then. */
function databaseUrl(endpoint: Endpoint, role: string, password: string | undefined, database: string): string {
  const url = new URL(`postgres://localhost:${endpoint.port}/${encodeURIComponent(database)}`);
  url.username = role;
  if (password !== undefined) url.password = password;
  if (path.isAbsolute(endpoint.host)) url.searchParams.set('host', endpoint.host);
  else url.hostname = endpoint.host;
  return url.href;
}
