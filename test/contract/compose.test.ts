import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, escapeIdentifier, escapeLiteral } from 'pg';
import { parse } from 'yaml';
import { createProgram } from '../../src/cli/program.ts';
import { loadConfig, settings } from '../../src/config/config.ts';
import { openDatabase } from '../../src/database/boot.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/database/embedded-postgres.ts';
import { MOST_UPLOADS, UPLOAD_LIMIT } from '../../src/holders/import-upload.ts';
import { APP_ROLE, OWNER_ROLE, SUPERUSER } from '../../src/database/roles.ts';

interface Service {
  readonly environment: Readonly<Record<string, string>>;
  readonly volumes: readonly string[];
  readonly ports?: readonly string[];
  readonly network_mode?: string;
  readonly user: string;
  readonly read_only: boolean;
  readonly tmpfs: readonly string[];
  readonly cap_drop: readonly string[];
  readonly security_opt: readonly string[];
  readonly restart: string;
  readonly stop_grace_period: string;
  readonly command?: readonly string[];
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly privileged?: boolean;
}

/** What an operator fills in. */
const FILLED: Readonly<Record<string, string>> = {
  POSTGRES_PASSWORD: randomBytes(24).toString('hex'),
  DATABASE_OWNER_PASSWORD: randomBytes(24).toString('hex'),
  DATABASE_APP_PASSWORD: randomBytes(24).toString('hex'),
  MANDAAT_KEYS: `k1:${randomBytes(32).toString('base64')}`,
  CHECKPOINT_KEYS: `c1:${randomBytes(32).toString('base64')}`,
  DECISION_KEYS: `d1:${randomBytes(32).toString('base64')}`,
  PUBLIC_URL: 'https://machtigingen.example.nl',
  ORGANISATION_NAME: 'Fictief Telecom',
  ORGANISATION_ADDRESS: 'Verzonnenstraat 2, 0000 XX Nergens',
  ORGANISATION_PHONE: '+49 30 23125 123',
  ORGANISATION_EMAIL: 'hulp@example.nl',
  SMTP_URL: 'smtps://mail.example.nl',
  SMTP_FROM: 'post@example.nl',
};

const text = await readFile('docker-compose.yml', 'utf8');
const dockerfile = await readFile('Dockerfile', 'utf8');
const compose = parse(text) as {
  readonly services: { readonly database: Service; readonly migrate: Service; readonly mandaat: Service };
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly networks: { readonly default: { readonly ipam: { readonly config: readonly { subnet: string }[] } } };
};
const { database, migrate, mandaat } = compose.services;

/**
 * What Compose makes of a value: `${NAME:?message}` is required, `${NAME:-default}` is not and its default may name another,
 * `$$` is a dollar.
 *
 * @throws Error naming a required variable that is not filled in
 */
function interpolate(value: string, filled: Readonly<Record<string, string>>): string {
  return value.replaceAll(
    /\$\$|\$\{(\w+):([?-])((?:[^{}]|\{[^}]*\})*)\}/g,
    (_whole: string, name?: string, kind?: string, rest?: string) => {
      if (name === undefined) return '$';
      const given = filled[name] ?? '';
      if (given === '' && kind === '?') throw new Error(`${name} is required`);
      return given === '' ? interpolate(rest ?? '', filled) : given;
    },
  );
}

function environmentOf(service: Service, filled: Readonly<Record<string, string>> = FILLED): Record<string, string> {
  return Object.fromEntries(
    Object.entries(service.environment).map(([name, value]) => [name, interpolate(value, filled)]),
  );
}

describe('docker-compose.yml', () => {
  it('sets only variables that the service reads', () => {
    const known = settings.map(({ variable }) => variable);
    const names = [migrate, mandaat].flatMap(({ environment }) => Object.keys(environment));
    expect(names.filter((name) => !known.includes(name))).toEqual([]);
  });

  /** Which services get a variable with this in it. */
  function told(secret: string, services: Readonly<Record<string, Service>> = compose.services): string[] {
    return Object.entries(services).flatMap(([name, { environment }]) =>
      Object.values(environment).some((value) => value.includes(secret)) ? [name] : [],
    );
  }

  it("gives the owner's password to what migrates, and not to the service that runs", () => {
    expect(told('DATABASE_OWNER_PASSWORD')).toEqual(['database', 'migrate']);
    expect(loadConfig(environmentOf(mandaat)).databaseOwnerUrl).toBeUndefined();
    const { DATABASE_OWNER_URL = '' } = migrate.environment;
    const before = { ...mandaat, environment: { ...mandaat.environment, DATABASE_OWNER_URL } };
    expect(told('DATABASE_OWNER_PASSWORD', { mandaat: before })).toEqual(['mandaat']);
  });

  it('gives what migrates no key, no mail server and no network: two addresses are all that it needs', () => {
    expect(Object.keys(migrate.environment)).toEqual(['NODE_ENV', 'DATABASE_URL', 'DATABASE_OWNER_URL']);
    expect(migrate.network_mode).toBe('none');
    expect(loadConfig(environmentOf(migrate), 'database')).toMatchObject({ production: true, keyRing: [] });
    expect(() => loadConfig(environmentOf(migrate))).toThrow('MANDAAT_KEYS is missing');
  });

  it('migrates once before the service starts, by a command that there is', () => {
    expect(mandaat.depends_on?.migrate?.condition).toBe('service_completed_successfully');
    expect(migrate.depends_on?.database?.condition).toBe('service_healthy');
    expect(migrate.restart).toBe('no');
    const [program, file, ...words] = migrate.command ?? [];
    expect([program, file]).toEqual(['node', 'dist/src/cli/main.js']);
    const group = createProgram().commands.find((command) => command.name() === words[0]);
    expect(group?.commands.map((command) => command.name())).toContain(words[1]);
  });

  it('believes what a proxy on this machine says of its clients, and nobody else', () => {
    const [network] = compose.networks.default.ipam.config;
    for (const MANDAAT_SUBNET of ['', '10.9.8.0/24']) {
      const filled = { ...FILLED, MANDAAT_SUBNET };
      const subnet = interpolate(network?.subnet ?? '', filled);
      expect(subnet).toBe(MANDAAT_SUBNET === '' ? '172.30.83.0/24' : MANDAAT_SUBNET);
      expect(loadConfig(environmentOf(mandaat, filled)).trustedProxies).toEqual([subnet]);
    }
    // Whoever shares the network would be believed too.
    expect([database, migrate].map(({ network_mode: mode }) => mode)).toEqual(['none', 'none']);
  });

  it('starts the service in production when everything is filled in', () => {
    const env = environmentOf(mandaat);
    expect(loadConfig(env)).toMatchObject({ production: true, demoInbox: false, databaseUrl: env.DATABASE_URL });
  });

  it.each(Object.keys(FILLED).filter((name) => !name.startsWith('SMTP')))('refuses to start without %s', (name) => {
    const filled = { ...FILLED, [name]: '' };
    expect(() => [database, migrate, mandaat].map((service) => environmentOf(service, filled))).toThrow(
      `${name} is required`,
    );
  });

  it('leaves every optional variable at its default when it is not filled in', () => {
    const given = Object.entries(environmentOf(mandaat)).filter(([, value]) => value !== '');
    expect(loadConfig(environmentOf(mandaat))).toEqual(loadConfig(Object.fromEntries(given)));
  });

  it('asks for exactly what deploy/example.env lists', async () => {
    const asked = new Set([...text.matchAll(/\$\{(\w+):/g)].map(([, name]) => name));
    const example = await readFile('deploy/example.env', 'utf8');
    expect(new Set([...example.matchAll(/^#?([A-Z_]+)=/gm)].map(([, name]) => name))).toEqual(asked);
  });

  it('keeps no secret of its own', () => {
    const values = Object.values(compose.services).flatMap(({ environment }) => Object.entries(environment));
    for (const [name, value] of values.filter(([name]) => /PASSWORD|KEYS|TOKEN|SECRET/.test(name))) {
      expect([name, value]).toEqual([name, expect.stringMatching(/^\$\{\w+:[?-][^}]*\}$/)]);
    }
  });

  it('publishes one port, on this machine alone, and it is the one that the service listens on', () => {
    const { port, host } = loadConfig(environmentOf(mandaat));
    expect(host).toBe('0.0.0.0');
    expect(mandaat.ports?.map((published) => interpolate(published, {}))).toEqual([`127.0.0.1:${port}:${port}`]);
    expect(database.ports).toBeUndefined();
  });

  it('gives the database no network: the two share its socket, and the service may not write there', () => {
    expect(database.network_mode).toBe('none');
    const folder = '/var/run/postgresql';
    expect(database.volumes).toContain(`socket:${folder}`);
    for (const { volumes } of [migrate, mandaat]) {
      expect(volumes.filter((volume) => volume.startsWith('socket:'))).toEqual([`socket:${folder}:ro`]);
    }
    const { databaseUrl = '' } = loadConfig(environmentOf(mandaat));
    const { databaseUrl: same = '', databaseOwnerUrl = '' } = loadConfig(environmentOf(migrate), 'database');
    const hosts = [databaseUrl, same, databaseOwnerUrl].map((url) => new URL(url).searchParams.get('host'));
    expect(hosts).toEqual([folder, folder, folder]);
  });

  it('keeps checkpoints where the database can not reach them, in a volume that the service may write to', () => {
    const { checkpointFolder } = loadConfig(environmentOf(mandaat));
    expect(mandaat.volumes).toContain(`checkpoints:${checkpointFolder}`);
    expect(database.volumes.filter((volume) => volume.startsWith('checkpoints:'))).toEqual([]);
    // A new volume gets the owner that the folder has in the image.
    expect(dockerfile).toContain(`install --directory --owner node ${checkpointFolder}`);
  });

  it('waits for a database that is ready, and declares every named volume', () => {
    expect(mandaat.depends_on?.database?.condition).toBe('service_healthy');
    expect(database.healthcheck?.test.join(' ')).toContain('pg_isready');
    const named = Object.values(compose.services).flatMap(({ volumes }) =>
      volumes.map((one) => one.split(':')[0] ?? ''),
    );
    expect(named.filter((name) => !name.startsWith('.') && !(name in compose.volumes))).toEqual([]);
  });

  it.each([
    ['database', database, 'unless-stopped'],
    ['migrate', migrate, 'no'],
    ['mandaat', mandaat, 'unless-stopped'],
  ])('runs %s with nothing that it does not need', (_name, service, restart) => {
    expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'], restart });
    expect(service.security_opt).toContain('no-new-privileges:true');
    expect(['root', '0', undefined]).not.toContain(service.user);
    expect(service.privileged).toBeUndefined();
  });

  it('gives the service room for the files of as many imports as it takes at once, and an end to it', () => {
    const [, mebibytes] = /^\/tmp:mode=1777,size=(\d+)m$/.exec(mandaat.tmpfs[0] ?? '') ?? [];
    expect(mandaat.tmpfs).toHaveLength(1);
    // What is sealed is a little longer than the file.
    expect(Number(mebibytes) * 1024 * 1024).toBeGreaterThan(MOST_UPLOADS * UPLOAD_LIMIT * 1.01);
    expect(Number(mebibytes)).toBeLessThanOrEqual(512);
  });

  it('leaves the service longer to stop than it takes itself', async () => {
    const [, deadline] = /HARD_DEADLINE = ([\d_]+)/.exec(await readFile('src/serve.ts', 'utf8')) ?? [];
    const milliseconds = Number(deadline?.replaceAll('_', ''));
    expect(milliseconds).toBeGreaterThan(0);
    expect(Number(/^(\d+)s$/.exec(mandaat.stop_grace_period)?.[1]) * 1_000).toBeGreaterThan(milliseconds);
  });
});

describe('deploy/postgres/roles.sql', () => {
  let folder: string;
  let server: EmbeddedPostgres;
  const env = environmentOf(migrate);

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'mandaat-compose-'));
    await chmod(folder, 0o711);
    server = await startEmbeddedPostgres({ folder: path.join(folder, 'postgres'), durable: false });
    // The embedded server has made the two roles itself; the one in the container hasn't.
    await asSuperuser(`DROP ROLE ${APP_ROLE}`, `DROP ROLE ${OWNER_ROLE}`);
    await asSuperuser(...(await statements()));
  }, 60_000);

  afterAll(async () => {
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function asSuperuser(...sql: string[]): Promise<void> {
    const url = new URL(server.ownerUrl('postgres'));
    url.username = SUPERUSER;
    const client = new Client({ connectionString: url.href });
    await client.connect();
    try {
      for (const statement of sql) await client.query(statement);
    } finally {
      await client.end();
    }
  }

  /** As psql runs it: variables from the container's environment, put in as literals, a statement at a time. */
  async function statements(): Promise<string[]> {
    const script = (await readFile('deploy/postgres/roles.sql', 'utf8')).replaceAll(/^--.*\n/gm, '');
    const given = environmentOf(database);
    const variables = new Map<string, string>();
    const sql = script.replaceAll(/^\\getenv (\w+) (\w+)$/gm, (_line, name: string, from: string) => {
      if (given[from] === undefined) throw new Error(`The database's container has no ${from}`);
      variables.set(name, given[from]);
      return '';
    });
    return sql
      .replaceAll(/:'(\w+)'/g, (_use, name: string) => escapeLiteral(variables.get(name) ?? ''))
      .split(';')
      .map((statement) => statement.trim())
      .filter((statement) => statement !== '');
  }

  /** The address as the service gets it, at the socket of this server. */
  function here(address: string | undefined): string {
    const url = new URL(address ?? '');
    const socket = new URL(server.ownerUrl('postgres'));
    url.port = socket.port;
    for (const [name, value] of socket.searchParams) url.searchParams.set(name, value);
    if (!socket.searchParams.has('host')) url.hostname = socket.hostname;
    return url.href;
  }

  it('gives one role that migrates, and one with which the service passes its own production check, twice', async () => {
    const DATABASE_URL = here(env.DATABASE_URL);
    const migration = loadConfig(
      { ...env, DATABASE_URL, DATABASE_OWNER_URL: here(env.DATABASE_OWNER_URL) },
      'database',
    );
    const config = loadConfig({ ...environmentOf(mandaat), DATABASE_URL });
    await expect(openDatabase(config, () => undefined)).rejects.toThrow('The database lacks');
    for (let start = 0; start < 2; start += 1) {
      for (const settings of [migration, config]) {
        const opened = await openDatabase(settings, () => undefined);
        await opened.stop();
      }
    }
    const client = new Client({ connectionString: config.databaseUrl });
    await client.connect();
    try {
      const { rows } = await client.query('SELECT count(*)::int AS migrations FROM migrations');
      expect(rows[0].migrations).toBeGreaterThan(0);
      await expect(client.query('CREATE TABLE mine ()')).rejects.toThrow('permission denied');
      await expect(client.query(`DELETE FROM ${escapeIdentifier('audit_records')}`)).rejects.toThrow(
        'permission denied',
      );
    } finally {
      await client.end();
    }
  }, 60_000);

  it('lets nobody else into the database', async () => {
    await asSuperuser('CREATE ROLE somebody LOGIN');
    const url = new URL(here(env.DATABASE_URL));
    url.username = 'somebody';
    const client = new Client({ connectionString: url.href });
    await expect(client.connect()).rejects.toThrow('permission denied');
    await client.end().catch(() => undefined);
  });
});

describe('the Dockerfile', () => {
  const stages = dockerfile.split(/^(?=FROM )/m).filter((stage) => stage.startsWith('FROM'));
  const last = stages.at(-1) ?? '';

  it('builds and runs on the same pinned Node, one that package.json accepts', async () => {
    const tags = stages.map((stage) => /^FROM node:(\S+)/.exec(stage)?.[1]);
    expect(new Set(tags).size).toBe(1);
    expect(tags[0]).toMatch(/^\d+\.\d+-bookworm-slim$/);
    const { engines } = JSON.parse(await readFile('package.json', 'utf8')) as { engines: { node: string } };
    const [wanted, found] = [engines.node, tags[0] ?? ''].map((version) =>
      (/(\d+)\.(\d+)/.exec(version) ?? []).slice(1).map(Number),
    );
    expect(found?.[0]).toBe(wanted?.[0]);
    expect(found?.[1]).toBeGreaterThanOrEqual(wanted?.[1] ?? Infinity);
  });

  it('installs what the lock file says, runs no install scripts and leaves out the embedded PostgreSQL', async () => {
    const installs = [...dockerfile.matchAll(/npm (?:ci|install|prune)[^\\\n]*/g)].map(([command]) => command);
    expect(installs).toHaveLength(2);
    for (const command of installs) expect(command).toMatch(/--ignore-scripts .*--omit=optional/);
    expect(installs.at(-1)).toContain('--omit=dev');
    const { optionalDependencies, dependencies } = JSON.parse(await readFile('package.json', 'utf8')) as Record<
      'optionalDependencies' | 'dependencies',
      Record<string, string>
    >;
    expect(Object.keys(optionalDependencies).every((name) => name.startsWith('@embedded-postgres/'))).toBe(true);
    expect(Object.keys(dependencies).filter((name) => name.includes('postgres'))).toEqual([]);
  });

  it('takes the demo and the maps out before the image is made, and nothing else needs the demo', async () => {
    const [build = ''] = stages;
    const [, steps = ''] = /^RUN (npm run build[^]*?[^\\])\n(?:[A-Z]|$)/m.exec(build) ?? [];
    expect(steps.split(' \\\n  && ').map((step) => step.trim())).toEqual([
      'npm run build',
      'rm -r dist/src/demo',
      "find dist -name '*.map' -delete",
      expect.stringMatching(/^npm prune /),
    ]);
    const files = (await readdir('src', { recursive: true })).filter(
      (file) => /\.tsx?$/.test(file) && !file.startsWith('demo/'),
    );
    expect(files).toContain('demo-inbox/demo-inbox.module.ts');
    const sources = await Promise.all(
      files.map(async (file) => [file, await readFile(`src/${file}`, 'utf8')] as const),
    );
    const users = sources.filter(([, source]) => /(?:from|import\() ?'[^']*\/demo\//.test(source));
    expect(users.map(([file]) => file)).toEqual([]);
  });

  it('runs as an ordinary user, in production, on the port of docker-compose.yml', () => {
    expect(last).toMatch(/^USER node$/m);
    const set = Object.fromEntries([...last.matchAll(/(\w+)=(\S+)/g)].map(([, name, value]) => [name, value]));
    const { NODE_ENV, HOST, PORT } = mandaat.environment;
    expect(set).toMatchObject({ NODE_ENV, HOST, PORT });
    expect(last).toMatch(new RegExp(`^EXPOSE ${PORT}$`, 'm'));
  });

  it('starts the file that npm start starts, as the first process', async () => {
    const { scripts } = JSON.parse(await readFile('package.json', 'utf8')) as { scripts: { start: string } };
    const [, command] = /^CMD (\[.*\])$/m.exec(last) ?? [];
    expect(`exec ${(JSON.parse(command ?? '[]') as string[]).join(' ')}`).toBe(scripts.start);
  });

  it('asks a route that exists whether the service is ready', async () => {
    const [, route] = /PORT\}(\/[\w/]+)`/.exec(last) ?? [];
    const { paths } = JSON.parse(await readFile('openapi.json', 'utf8')) as { paths: Record<string, unknown> };
    expect(Object.keys(paths)).toContain(route);
  });

  it('copies only what .dockerignore lets in, and the policy that the service starts with', async () => {
    const [everything, ...allowed] = (await readFile('.dockerignore', 'utf8'))
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    expect(everything).toBe('*');
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(
      ([, names]) => names?.split(' ') ?? [],
    );
    expect(allowed.map((line) => line.replace(/^!/, '')).toSorted()).toEqual(copied.toSorted());
    expect(copied).toContain(path.dirname(loadConfig(environmentOf(mandaat)).policyFile));
  });
});
