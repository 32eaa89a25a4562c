import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { Desk } from '../support/desk.ts';
import { type CompiledProject, compileProject, type Output, type Program } from '../support/program.ts';

// What the README tells people to run, as whole programs: what is printed, what they end with, and what the addresses lead to.

/** Starting an embedded PostgreSQL, on a machine that has much else to do. */
const LONG = 120_000;
const POLICY = 'policies/telecom.yaml';

let project: CompiledProject;
let desk: Desk;
/** Both wait more than they work: they run beside each other, and beside the command line. */
let example: Promise<Output>;
let demo: Program;
let port: string;

beforeAll(async () => {
  [project, desk] = await Promise.all([
    compileProject(['src', 'migrations', 'policies', 'clients'], { into: 'dist', links: ['policies', 'examples'] }),
    Desk.open(),
  ]);
  example = project.run(await fileOf('example:crm'), [], trial()).rest();
  port = await freePort();
  demo = project.run(await fileOf('demo'), [], trial({ PORT: port }));
  await desk.person('P-1', { name: 'Hanna Voorbeeld', phone: '+49 30 23125 001' });
  await desk.contract('C-1', ['P-1']);
}, LONG);
afterAll(async () => {
  await project?.remove();
  await desk?.close();
});

/** The file that a script of package.json runs. */
async function fileOf(script: string): Promise<string> {
  const { scripts } = JSON.parse(await readFile('package.json', 'utf8')) as { scripts: Record<string, string> };
  const [, file = ''] = /^exec node .*?(dist\/\S+\.js)$/.exec(scripts[script] ?? '') ?? [];
  expect([script, file]).not.toEqual([script, '']);
  return file;
}

/** A trial on somebody's own machine: nothing is set but what is named. */
function trial(settings: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR } = process.env;
  const kept = Object.fromEntries(Object.entries({ PATH, HOME, TMPDIR }).filter(([, value]) => value !== undefined));
  return { ...kept, NODE_ENV: 'development', ...settings };
}

async function freePort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return String(port);
}

it(
  'npm run example:crm plays its story to the end, and leaves nothing behind',
  async () => {
    const { ended, printed, errors } = await example;
    expect([ended, errors]).toEqual([0, '']);
    expect(printed.split('\n').filter((line) => line.includes('✓'))).toHaveLength(5);
    expect(printed.split('\n').filter((line) => line.includes('✗'))).toHaveLength(10);
    expect(await readdir(path.join(project.folder, '.data/example-crm'))).toEqual([]);
    expect(printed).toMatch(
      /That was all: what this CRM did was permitted, and what was not permitted it did not do\.$/,
    );
  },
  LONG,
);

it(
  'npm run demo ends with addresses that lead somewhere, a command that works, and stops when it is told to',
  async () => {
    const lines: string[] = [];
    while (!/Ctrl-C stops the service/.test(lines.at(-1) ?? '')) lines.push(await demo.line());
    const story = lines.join('\n');
    expect(story).toMatch(/Imported \d{3,} people and contracts/);
    expect(story).toMatch(/\d+ decisions of \d+ checks, taken again from their records, are the same\./);
    // A link for the holder and one for the proxy: each lets somebody in, once.
    const links = [...story.matchAll(/(\S+ \S+) signs in by this link, once, in the next minutes: (\S+)/g)];
    expect(links.map(([, name]) => name)).toHaveLength(2);
    for (const [, name, link = ''] of links) {
      const enter = (): Promise<Response> => fetch(link, { redirect: 'manual' });
      const first = await enter();
      expect([name, first.status, first.headers.get('location')]).toEqual([name, 303, '/portal']);
      const cookie = first.headers
        .getSetCookie()
        .map((line) => line.split(';')[0])
        .join('; ');
      const home = await fetch(new URL('/portal', link), { headers: { cookie }, redirect: 'manual' });
      expect([name, home.status]).toEqual([name, 200]);
      expect([name, (await enter()).headers.get('location')]).toEqual([name, '/portal/sign-in']);
    }
    const end = story.slice(story.indexOf('Have a look'));
    const addresses = [...new Set([...end.matchAll(/https?:\/\/[^\s)']+/g)].map(([address]) => address))];
    expect(addresses.map((address) => new URL(address).pathname)).toEqual([
      '/portal',
      '/docs',
      '/demo/inbox',
      '/metrics',
      '/v1/calls',
      '/desk',
    ]);
    for (const address of addresses.filter((one) => !one.endsWith('/v1/calls'))) {
      const { status, url } = await fetch(address);
      expect([address, status, new URL(url).port]).toEqual([address, 200, port]);
    }
    // The command, as it would be pasted.
    const [, to = ''] = /curl -s (\S+)/.exec(end) ?? [];
    const headers = Object.fromEntries(
      [...end.matchAll(/-H '([^:]+): ([^']+)'/g)].map(([, name, value]) => [name, value]),
    );
    const [, body = ''] = /-d '([^']+)'/.exec(end) ?? [];
    const opened = await fetch(to, { method: 'POST', headers: headers as Record<string, string>, body });
    expect([opened.status, await opened.json()]).toMatchObject([201, { call: { id: expect.any(String) }, check: {} }]);
    demo.child.kill('SIGINT');
    const { ended, errors } = await demo.rest();
    // The provider that the demo signs its employees in with warns that it is none for production.
    const unexpected = errors.split('\n').filter((line) => line !== '' && !line.startsWith('oidc-provider WARNING'));
    expect([ended, unexpected]).toEqual([0, []]);
  },
  LONG,
);

it(
  'npm run demo -- --once begins anew, plays the same story and stops by itself, and ends with a fault where there is one',
  async () => {
    const once = await project.run(await fileOf('demo'), ['--once'], trial()).rest();
    const unexpected = once.errors
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('oidc-provider WARNING'));
    expect([once.ended, unexpected]).toEqual([0, []]);
    expect(once.printed).toMatch(/\d+ decisions of \d+ checks, taken again from their records, are the same\./);
    // Nobody is left to go there.
    expect(once.printed).not.toMatch(/Have a look|Ctrl-C/);
    const refused = await project.run(await fileOf('demo'), ['--once'], trial({ NODE_ENV: 'production' })).rest();
    expect([refused.ended, refused.errors]).toEqual([1, expect.stringContaining('The demo stopped: ')]);
  },
  LONG,
);

describe('the command line of the policy', () => {
  let callId: string;
  let file: string;

  beforeAll(async () => {
    callId = (await desk.expectSuccess(desk.open('C-1', { as: 'holder' }))).body.call.id;
    await desk.expectSuccess(desk.check(callId, ['fault.outage']));
    file = path.join(project.folder, 'changed.yaml');
  });

  const policy = async (...words: string[]): Promise<Output> => {
    const { appUrl, ownerUrl } = desk.api.database;
    const env = trial({
      NODE_ENV: 'test',
      DATABASE_URL: appUrl,
      DATABASE_OWNER_URL: ownerUrl,
      MANDAAT_KEYS: `test:${Buffer.from(Array.from({ length: 32 }, (_, index) => index)).toString('base64')}`,
      DATA_FOLDER: path.join(project.folder, 'unused'),
    });
    return project.run(await fileOf('cli'), ['policy', ...words], env).rest();
  };
  /** By which policy a service that runs beside it decides now. */
  const inForce = async (): Promise<string> => (await desk.check(callId, ['fault.outage'])).body.policy;

  it('names a mistake by its place, and brings nothing into force', async () => {
    const text = await readFile(POLICY, 'utf8');
    const before = await inForce();
    await writeFile(file, text.replace(/^format: 1$/m, 'format: 7'));
    const { ended, printed, errors } = await policy('load', file);
    expect([ended, errors]).toEqual([1, expect.stringMatching(/1 mistake\(s\); nothing was loaded/)]);
    expect(printed).toMatch(/changed\.yaml:\d+:\d+: /);
    expect(await inForce()).toBe(before);
  });

  it(
    'shows what would differ, plans it, calls it off, publishes it, and goes back, beside a service that runs',
    async () => {
      const text = await readFile(POLICY, 'utf8');
      const before = await inForce();
      // Nobody may have an outage told any more but by letter.
      const changed = text.replace(/(\n {2}fault\.outage:\n(?: {4}.*\n)*? {4}channels: )\[[^\]]*\]/, '$1[letter]');
      expect(changed).not.toBe(text);
      await writeFile(file, changed);

      const dry = await policy('dry-run', file);
      expect([dry.ended, dry.errors]).toEqual([
        0,
        expect.stringMatching(/[1-9]\d* of \d+ decision\(s\) in \d+ check\(s\)/),
      ]);
      expect(dry.printed).toMatch(
        /fault\.outage: permit \(permitted\) → deny \(channel_not_allowed\), such as [0-9a-f-]{36}\.\d+/,
      );
      expect(await inForce()).toBe(before);

      const planned = await policy('load', file, '--at', new Date(Date.now() + 3_600_000).toISOString());
      const [, id = ''] = /Planned for \S+, as (\d+):/.exec(planned.errors) ?? [];
      const hash = planned.printed.trim();
      expect([planned.ended, hash]).toEqual([0, expect.stringMatching(/^[0-9a-f]{64}$/)]);
      expect((await policy('list')).printed).toMatch(new RegExp(`^${id} .*scheduled .*${hash}`, 'm'));
      expect((await policy('cancel', id)).ended).toBe(0);
      expect(await inForce()).toBe(before);

      const loaded = await policy('load', file);
      expect([loaded.ended, loaded.errors, loaded.printed.trim()]).toEqual([0, 'In force now:\n', hash]);
      expect(await inForce()).toBe(hash);
      expect(await desk.decide(callId, 'fault.outage')).toMatchObject({
        outcome: 'deny',
        reason: 'channel_not_allowed',
      });

      expect((await policy('activate', before)).ended).toBe(0);
      expect(await inForce()).toBe(before);
      expect(await desk.decide(callId, 'fault.outage')).toMatchObject({ outcome: 'permit' });
    },
    LONG,
  );
});

describe('npm start in production', () => {
  const key = (first: number): string =>
    Buffer.from(Array.from({ length: 32 }, (_, at) => (first + at * 37) % 256)).toString('base64');
  /** Everything that it needs, and the database of this test. */
  const complete = (): NodeJS.ProcessEnv => ({
    NODE_ENV: 'production',
    PORT: '0',
    PUBLIC_URL: 'https://machtigingen.example.nl',
    DATABASE_URL: desk.api.database.appUrl,
    MANDAAT_KEYS: `test:${Buffer.from(Array.from({ length: 32 }, (_, index) => index)).toString('base64')}`,
    CHECKPOINT_KEYS: `c1:${key(3)}`,
    DECISION_KEYS: `d1:${key(5)}`,
    CHECKPOINT_FOLDER: path.join(project.folder, 'checkpoints'),
    ORGANISATION_NAME: 'Fictief Telecom',
    ORGANISATION_ADDRESS: 'Verzonnenstraat 2, 0000 XX Nergens',
    ORGANISATION_PHONE: '+49 30 23125 123',
    ORGANISATION_EMAIL: 'hulp@example.nl',
    SMTP_URL: 'smtps://mail.example.nl',
    SMTP_FROM: 'post@example.nl',
  });
  const start = async (settings: NodeJS.ProcessEnv): Promise<Program> =>
    project.run(await fileOf('start'), [], trial(settings));

  it.each<[string, string, () => string | undefined]>([
    ['no database', 'DATABASE_URL', () => undefined],
    ['a database in plain text', 'DATABASE_URL', () => 'postgres://app:geheim-woord@db.example.nl/mandaat'],
    ['a role that owns the tables', 'DATABASE_URL', () => desk.api.database.ownerUrl],
    ['no master key', 'MANDAAT_KEYS', () => undefined],
    ['a short key', 'MANDAAT_KEYS', () => `k1:${Buffer.from('te kort geheim').toString('base64')}`],
    ['a key that is not random', 'CHECKPOINT_KEYS', () => `c1:${Buffer.alloc(32, 7).toString('base64')}`],
    ['the key of a trial', 'DECISION_KEYS', () => `trial:${key(5)}`],
    ['a sandbox as the sender', 'DEMO_INBOX', () => 'true'],
  ])('ends with %s: by an error that names the setting, without its value', async (_what, name, value) => {
    const given = value();
    const settings = { ...complete(), [name]: given };
    if (given === undefined) Reflect.deleteProperty(settings, name);
    const { ended, printed, errors } = await (await start(settings)).rest();
    expect([ended, errors]).toEqual([1, expect.stringContaining(name)]);
    expect(printed).not.toContain('listens on');
    const secrets = Object.values(settings).filter((one = '') => /:\/\/\S+@|^\w+:[\w+/=]{16,}$/.test(one));
    expect(secrets.length).toBeGreaterThanOrEqual(3);
    for (const secret of secrets) expect(printed + errors).not.toContain(secret);
    expect(printed + errors).not.toMatch(/geheim/);
  });

  it('listens when nothing is wrong: only the settings were (positive control)', async () => {
    const service = await start(complete());
    let line = '';
    while (!line.includes('listens on')) line = await service.line();
    service.child.kill('SIGTERM');
    expect(await service.rest()).toMatchObject({ ended: 0, errors: '' });
  });
});
