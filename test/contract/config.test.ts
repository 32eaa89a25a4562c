import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { ConfigError, loadConfig, settings } from '../../src/config/config.ts';
import { configTable, envExample } from '../../src/config/documents.ts';
import { productionWarnings } from '../../src/config/production.ts';

const KEY = 'mXo0u1pPZ3x6mQpv0Vt8a5B9y3n2Kc7Lw4Rj6Hs1Dg8=';
const CHECKPOINT_KEY = 'q7Zt2vXc9Lk4Wm0Rb5Ye8Uf1Hj6Nd3Sg+Po/Ai2TxQc=';
const DECISION_KEY = 'Yb4Kq0Zs7Nf2Tx9Ld6Wv3Hj8Rc1Mp5Ga+Eu/Oi2BwXo=';
const TRIAL = { NODE_ENV: 'test', MANDAAT_KEYS: `k1:${KEY}` };
const PRODUCTION = {
  NODE_ENV: 'production',
  PUBLIC_URL: 'https://machtigingen.example.nl',
  DATABASE_URL: 'postgres://app:geheim@db.example.nl/mandaat?sslmode=verify-full',
  MANDAAT_KEYS: `k1:${KEY}`,
  CHECKPOINT_KEYS: `c1:${CHECKPOINT_KEY}`,
  DECISION_KEYS: `d1:${DECISION_KEY}`,
  CHECKPOINT_FOLDER: '/checkpoints',
  ORGANISATION_NAME: 'Fictief Telecom',
  ORGANISATION_ADDRESS: 'Verzonnenstraat 2, 0000 XX Nergens',
  ORGANISATION_PHONE: '+49 30 23125 123',
  ORGANISATION_EMAIL: 'hulp@example.nl',
  SMTP_URL: 'smtps://mail.example.nl',
  SMTP_FROM: 'post@example.nl',
};

function faultsOf(env: NodeJS.ProcessEnv): readonly string[] {
  try {
    loadConfig(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
}

/** One production setting changed; undefined = left out. */
function inProduction(changes: Record<string, string | undefined>): readonly string[] {
  return faultsOf({ ...PRODUCTION, ...changes });
}

describe('reading the configuration', () => {
  it('needs nothing but keys outside production', () => {
    const config = loadConfig(TRIAL);
    expect(config).toMatchObject({
      production: false,
      port: 3000,
      host: '127.0.0.1',
      publicUrl: 'http://localhost:3000',
      databaseUrl: undefined,
      databasePoolSize: 4,
      dataFolder: '.data',
      demoInbox: true,
      allowedCountries: ['NL', 'BE', 'DE', 'GB'],
      codeMinutes: 5,
      callMinutes: 60,
      trustedProxies: [],
    });
    expect(config.keyRing).toEqual([{ id: 'k1', key: Buffer.from(KEY, 'base64') }]);
  });

  it('takes an empty variable for one that is not set', () => {
    expect(loadConfig({ ...TRIAL, PORT: '', SMTP_URL: ' ' })).toMatchObject({ port: 3000, smtpUrl: undefined });
  });

  it('derives the public address from the port, and takes off a slash at its end', () => {
    expect(loadConfig({ ...TRIAL, PORT: '8080' }).publicUrl).toBe('http://localhost:8080');
    expect(loadConfig({ ...TRIAL, PUBLIC_URL: 'https://example.nl/pad/' }).publicUrl).toBe('https://example.nl/pad');
  });

  it('reads hosts as they stand in an address, and none where none is named', () => {
    const given = { ...TRIAL, WEBHOOK_HOSTS: 'CRM.example.nl, 203.0.113.7,[2001:db8::7]' };
    expect(loadConfig(given).webhookHosts).toEqual(['crm.example.nl', '203.0.113.7', '[2001:db8::7]']);
    expect(loadConfig(TRIAL).webhookHosts).toBeUndefined();
  });

  it('freezes what it read, lists too', () => {
    const config = loadConfig(TRIAL);
    expect(Object.isFrozen(config)).toBe(true);
    expect([config.allowedCountries, config.trustedProxies, config.keyRing].every(Object.isFrozen)).toBe(true);
  });

  it('shows nothing of itself when it is printed', () => {
    const config = loadConfig(TRIAL);
    expect(`${JSON.stringify({ config })} ${inspect(config)} ${inspect({ deep: { config } })}`).not.toMatch(
      /mXo0|98 7a|key/,
    );
  });

  it.each([
    ['PORT', '65536'],
    ['PORT', '0x50'],
    ['PORT', '-1'],
    ['PORT', '3000.5'],
    ['HOST', 'not a host'],
    ['NODE_ENV', 'prod'],
    ['PUBLIC_URL', 'localhost:3000'],
    ['PUBLIC_URL', 'https://example.nl/?a=b'],
    ['DATABASE_URL', 'mysql://localhost/x'],
    ['DATABASE_POOL_SIZE', '0'],
    ['CODE_MINUTES', '11'],
    ['CODE_MINUTES', '0'],
    ['CALL_MINUTES', '481'],
    ['ALLOWED_COUNTRIES', 'NL,XX'],
    ['ALLOWED_COUNTRIES', 'nl'],
    ['TRUSTED_PROXIES', '0.0.0.0/0'],
    ['TRUSTED_PROXIES', '::/0'],
    ['TRUSTED_PROXIES', '10.0.0.0/33'],
    ['TRUSTED_PROXIES', 'proxy.example.nl'],
    ['WEBHOOK_NETWORKS', '0.0.0.0/0'],
    ['WEBHOOK_NETWORKS', 'crm.example.nl'],
    ['WEBHOOK_HOSTS', ','],
    ['WEBHOOK_HOSTS', '*.example.nl'],
    ['WEBHOOK_HOSTS', 'crm.example.nl:8443'],
    ['WEBHOOK_HOSTS', 'https://crm.example.nl'],
    ['WEBHOOK_HOSTS', 'crm.example.nl,me@example.nl'],
    ['WEBHOOK_HOSTS', '2001:db8::7'],
    ['WEBHOOK_OVERLAP_HOURS', '169'],
    ['WEBHOOK_FAILING_DAYS', '0'],
    ['DEMO_INBOX', 'yes'],
    ['LOG_LEVEL', 'verbose'],
    ['AGENT_KEYS', 'none'],
    ['ORGANISATION_EMAIL', 'example.nl'],
    ['ORGANISATION_NAME', 'Fictief\nBcc: x'],
    ['RATE_LIMIT', '9'],
    ['MANDAAT_KEYS', 'k1:c2hvcnQ='],
    ['MANDAAT_KEYS', KEY],
    ['MANDAAT_KEYS', `k1:${KEY},k1:${KEY}`],
    ['MANDAAT_KEYS', `k1:${KEY},broken`],
  ])('refuses %s=%j, and names the variable', (variable, value) => {
    const faults = faultsOf({ ...TRIAL, [variable]: value });
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(new RegExp(`^${variable} must be `));
  });

  it('lists all faults at once', () => {
    const faults = faultsOf({ ...TRIAL, PORT: 'x', HOST: '!', CODE_MINUTES: '99', SMTP_URL: 'smtp://localhost' });
    expect(faults.map((fault) => fault.split(' ')[0])).toEqual(['PORT', 'HOST', 'CODE_MINUTES', 'SMTP_FROM']);
  });

  it('never repeats a value, whatever is wrong with it', () => {
    const canary = 'kanarie-4711';
    for (const { variable } of settings) {
      const message = inspect(faultsOf({ ...TRIAL, [variable]: `${canary}\u0007` }));
      expect([variable, message.includes(canary)]).toEqual([variable, false]);
    }
  });

  it('needs a token and a sender with a gateway, and a way to send when the demo inbox is off', () => {
    expect(faultsOf({ ...TRIAL, SMS_GATEWAY_URL: 'https://sms.example.nl' }).join()).toMatch(
      /SMS_GATEWAY_TOKEN.*SMS_FROM/,
    );
    expect(faultsOf({ ...TRIAL, DEMO_INBOX: 'false' }).join()).toMatch(/SMTP_URL and SMS_GATEWAY_URL/);
  });
});

describe('the keys of a trial', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'mandaat-config-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('are made once, for this user alone, and found again', async () => {
    const env = { NODE_ENV: 'development', DATA_FOLDER: path.join(folder, 'new') };
    const first = loadConfig(env).keyRing;
    expect(first).toHaveLength(1);
    expect(first[0]?.key).toHaveLength(32);
    expect(loadConfig(env).keyRing).toEqual(first);
    expect((await stat(path.join(folder, 'new', 'keys'))).mode & 0o777).toBe(0o600);
  });

  it('are not accepted in production', async () => {
    const trial = loadConfig({ DATA_FOLDER: path.join(folder, 'trial') });
    const text = await readFile(path.join(trial.dataFolder, 'keys'), 'utf8');
    expect(inProduction({ MANDAAT_KEYS: text }).join()).toMatch(/MANDAAT_KEYS holds a trial key/);
  });

  it('are not made when something else is wrong', async () => {
    expect(faultsOf({ PORT: 'x', DATA_FOLDER: path.join(folder, 'never') })).toHaveLength(1);
    await expect(stat(path.join(folder, 'never'))).rejects.toThrow('ENOENT');
  });
});

describe('production', () => {
  it('starts with a complete configuration', () => {
    expect(inProduction({})).toEqual([]);
    expect(loadConfig(PRODUCTION)).toMatchObject({ production: true, demoInbox: false, webhookNetworks: [] });
    const networks = { WEBHOOK_NETWORKS: '10.1.0.0/16,192.168.4.2,fd12::/32' };
    expect(inProduction(networks)).toEqual([]);
  });

  it.each([
    'DATABASE_URL',
    'MANDAAT_KEYS',
    'PUBLIC_URL',
    'ORGANISATION_NAME',
    'ORGANISATION_ADDRESS',
    'ORGANISATION_PHONE',
    'ORGANISATION_EMAIL',
  ])('refuses to start without %s', (variable) => {
    expect(inProduction({ [variable]: undefined })).toEqual([`${variable} is missing: production needs it.`]);
  });

  it.each([
    ['the demo inbox', { DEMO_INBOX: 'true' }, /^DEMO_INBOX must be false/],
    ['no way to send', { SMTP_URL: undefined }, /^SMTP_URL and SMS_GATEWAY_URL/],
    [
      'the example organisation',
      { ORGANISATION_NAME: 'Voorbeeld Telecom' },
      /^ORGANISATION_NAME still has its example/,
    ],
    ['an http address', { PUBLIC_URL: 'http://example.nl' }, /^PUBLIC_URL must begin with https/],
    ['a database in plain text', { DATABASE_URL: 'postgres://a@db.example.nl/m' }, /^DATABASE_URL must have sslmode/],
    [
      'a database that may fall back',
      { DATABASE_URL: 'postgres://a@db.example.nl/m?sslmode=prefer' },
      /^DATABASE_URL must/,
    ],
    [
      'a host hidden in a parameter',
      { DATABASE_URL: 'postgres://a@localhost/m?host=db.example.nl' },
      /^DATABASE_URL must/,
    ],
    [
      'a second sslmode',
      { DATABASE_URL: 'postgres://a@db.example.nl/m?sslmode=require&sslmode=disable' },
      /^DATABASE_URL/,
    ],
    ['an owner in plain text', { DATABASE_OWNER_URL: 'postgres://o@db.example.nl/m' }, /^DATABASE_OWNER_URL must have/],
    [
      'a mode that need not check certificates for ever',
      { DATABASE_URL: 'postgres://a@db.example.nl/m?sslmode=require' },
      /^DATABASE_URL must have sslmode=verify-full/,
    ],
    [
      'a mode that need not check names',
      { DATABASE_URL: 'postgres://a@db.example.nl/m?sslmode=verify-ca' },
      /^DATABASE_URL must have sslmode=verify-full/,
    ],
    [
      'a mode that checks nothing',
      { DATABASE_URL: 'postgres://a@db.example.nl/m?sslmode=require&uselibpqcompat=true' },
      /^DATABASE_URL must have sslmode=verify-full/,
    ],
    [
      'one for the owner',
      { DATABASE_OWNER_URL: 'postgres://o@db.example.nl/m?uselibpqcompat=true&sslmode=require' },
      /^DATABASE_OWNER_URL must have sslmode=verify-full/,
    ],
    ['mail in plain text', { SMTP_URL: 'smtp://mail.example.nl' }, /^SMTP_URL must begin with smtps/],
    [
      'mail to anybody',
      { SMTP_URL: 'smtps://mail.example.nl?tls.rejectUnauthorized=false' },
      /^SMTP_URL must have no parameter that begins with tls\./,
    ],
    [
      'mail by old ciphers',
      { SMTP_URL: 'smtp://mail.example.nl?requireTLS=true&tls.minVersion=TLSv1' },
      /^SMTP_URL must have no parameter that begins with tls\./,
    ],
    [
      'a mail server hidden in a parameter',
      { SMTP_URL: 'smtp://localhost?service=Ethereal' },
      /^SMTP_URL must name its host/,
    ],
    [
      'certificates that nobody checks',
      { NODE_TLS_REJECT_UNAUTHORIZED: '0' },
      /^NODE_TLS_REJECT_UNAUTHORIZED must not be 0/,
    ],
    [
      'a gateway in plain text',
      { SMS_GATEWAY_URL: 'http://sms.example.nl', SMS_GATEWAY_TOKEN: 'x'.repeat(16), SMS_FROM: 'Fictief' },
      /^SMS_GATEWAY_URL must begin with https/,
    ],
    [
      'keys that are not random',
      { MANDAAT_KEYS: `k1:${Buffer.alloc(32, 7).toString('base64')}` },
      /^MANDAAT_KEYS .* not random/,
    ],
    [
      'checkpoint keys that are not random',
      { CHECKPOINT_KEYS: `c1:${Buffer.alloc(32, 7).toString('base64')}` },
      /^CHECKPOINT_KEYS .* not random/,
    ],
    ['a trial key for checkpoints', { CHECKPOINT_KEYS: `trial:${CHECKPOINT_KEY}` }, /^CHECKPOINT_KEYS .* trial key/],
    ['a master key for checkpoints', { CHECKPOINT_KEYS: `c1:${KEY}` }, /^CHECKPOINT_KEYS holds a key of MANDAAT_KEYS/],
    [
      'a key of checkpoints for decisions',
      { DECISION_KEYS: `d1:${CHECKPOINT_KEY}` },
      /^DECISION_KEYS holds a key of CHECKPOINT_KEYS/,
    ],
    ['a master key for decisions', { DECISION_KEYS: `d1:${KEY}` }, /^DECISION_KEYS holds a key of MANDAAT_KEYS/],
    ['a trial key for decisions', { DECISION_KEYS: `trial:${DECISION_KEY}` }, /^DECISION_KEYS .* trial key/],
    ['webhooks to this machine', { WEBHOOK_NETWORKS: '127.0.0.1' }, /^WEBHOOK_NETWORKS must hold private/],
    ['webhooks to the neighbours', { WEBHOOK_NETWORKS: '169.254.0.0/16' }, /^WEBHOOK_NETWORKS must hold private/],
    ['webhooks to more than is private', { WEBHOOK_NETWORKS: '10.0.0.0/7' }, /^WEBHOOK_NETWORKS must hold private/],
    ['plain HTTP for a whole network', { HOST: '0.0.0.0' }, /^TRUSTED_PROXIES is missing: HOST is not this machine/],
    ['plain HTTP for every network', { HOST: '::' }, /^TRUSTED_PROXIES is missing/],
    ['no key for decisions', { DECISION_KEYS: undefined }, /^DECISION_KEYS is missing/],
    ['no key for checkpoints', { CHECKPOINT_KEYS: undefined }, /^CHECKPOINT_KEYS is missing/],
    ['no folder for checkpoints', { CHECKPOINT_FOLDER: undefined }, /^CHECKPOINT_FOLDER is missing/],
  ])('refuses %s', (_what, changes, message) => {
    const faults = inProduction(changes);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(message);
  });

  it.each([
    'postgres://a@localhost/m',
    'postgres://a@127.0.0.1/m',
    'postgres://a@[::1]/m',
    'postgres://a@localhost/m?host=/var/run/postgresql',
    'postgres://a@db.example.nl/m?sslmode=verify-full',
    'postgres://a@db.example.nl/m?sslmode=verify-full&uselibpqcompat=true',
  ])('accepts the database %s', (url) => {
    expect(inProduction({ DATABASE_URL: url, DATABASE_OWNER_URL: url })).toEqual([]);
  });

  it('accepts what the driver checks the certificate of, and would not accept what it does not', () => {
    const sslOf = (parameters: string): unknown => {
      const { ssl } = new Client({ connectionString: `postgres://a@db.example.nl/m?${parameters}` });
      return ssl;
    };
    expect(sslOf('sslmode=verify-full')).toEqual({});
    expect(sslOf('sslmode=verify-full&uselibpqcompat=true')).toEqual({});
    // Control: the driver's own word for each that is refused.
    expect(sslOf('sslmode=require&uselibpqcompat=true')).toEqual({ rejectUnauthorized: false });
    expect(sslOf('sslmode=no-verify')).toEqual({ rejectUnauthorized: false });
  });

  it('leaves mail on this machine, and other values of the variable of Node, as they are', () => {
    expect(inProduction({ SMTP_URL: 'smtp://127.0.0.1:25?tls.rejectUnauthorized=false' })).toEqual([]);
    expect(inProduction({ NODE_TLS_REJECT_UNAUTHORIZED: '1' })).toEqual([]);
    expect(faultsOf({ ...TRIAL, NODE_TLS_REJECT_UNAUTHORIZED: '0' })).toEqual([]);
  });

  it.each(['127.0.0.1', '::1', 'localhost'])('may listen on %s without a proxy', (host) => {
    expect(inProduction({ HOST: host })).toEqual([]);
  });

  it('may listen to a network behind a proxy that is named', () => {
    expect(inProduction({ HOST: '0.0.0.0', TRUSTED_PROXIES: '10.0.0.4' })).toEqual([]);
  });

  it('asks of a command that needs the database alone for its address, and for no key', () => {
    const { NODE_ENV, DATABASE_URL } = PRODUCTION;
    const config = loadConfig({ NODE_ENV, DATABASE_URL, HOST: '0.0.0.0' }, 'database');
    expect(config).toMatchObject({ production: true, keyRing: [], checkpointKeys: [], decisionKeys: [] });
    expect(() => loadConfig({ NODE_ENV }, 'database')).toThrow('DATABASE_URL is missing: production needs it.');
    // What is set is looked at all the same.
    const weak = { NODE_ENV, DATABASE_URL: 'postgres://a@db.example.nl/m', CHECKPOINT_KEYS: `trial:${KEY}` };
    expect(() => loadConfig(weak, 'database')).toThrow(
      /DATABASE_URL must have sslmode[^]*CHECKPOINT_KEYS .* trial key/,
    );
    expect(() => loadConfig({ NODE_ENV, DATABASE_URL })).toThrow('MANDAAT_KEYS is missing');
  });

  it('says everything that is missing when nothing is set', () => {
    const variables = faultsOf({ NODE_ENV: 'production' }).map((fault) => fault.split(' ')[0]);
    expect(variables).toEqual(
      expect.arrayContaining(['DATABASE_URL', 'MANDAAT_KEYS', 'PUBLIC_URL', 'ORGANISATION_NAME', 'SMTP_URL']),
    );
  });
});

describe('what production allows and warns of', () => {
  const OIDC = {
    OIDC_ISSUER: 'https://login.example.nl/desk',
    OIDC_AUDIENCE: 'https://machtigingen.example.nl/',
    OIDC_ROLE_MAP: 'desk-agent=agent',
  };
  const warned = (env: NodeJS.ProcessEnv): string[] =>
    productionWarnings(loadConfig(env)).map((warning) => warning.split(' ')[0] ?? '');

  it('is nothing where everything is named', () => {
    expect(warned(PRODUCTION)).toEqual([]);
    expect(warned({ ...PRODUCTION, ...OIDC, OIDC_CLIENTS: 'desk', AGENT_KEYS: 'bound' })).toEqual([]);
  });

  it('is an employee who may come with the token of any client, or be named by a key of a whole desk', () => {
    expect(warned({ ...PRODUCTION, ...OIDC })).toEqual(['AGENT_KEYS', 'OIDC_CLIENTS']);
    expect(warned({ ...PRODUCTION, ...OIDC, AGENT_KEYS: 'bound' })).toEqual(['OIDC_CLIENTS']);
    expect(warned({ ...TRIAL, ...OIDC })).toEqual([]);
  });
});

describe('a secret from a file', () => {
  /** Everything that is secret, and what goes with it. */
  const SECRETS: Readonly<Record<string, string>> = {
    DATABASE_URL: PRODUCTION.DATABASE_URL,
    DATABASE_OWNER_URL: 'postgres://owner:geheim@db.example.nl/mandaat?sslmode=verify-full',
    MANDAAT_KEYS: PRODUCTION.MANDAAT_KEYS,
    CHECKPOINT_KEYS: PRODUCTION.CHECKPOINT_KEYS,
    DECISION_KEYS: PRODUCTION.DECISION_KEYS,
    SMTP_URL: 'smtps://mandaat:geheim@mail.example.nl',
    SMS_GATEWAY_TOKEN: 'een-geheim-van-niemand',
    LOGIN_OIDC_CLIENT_SECRET: 'nog-een-geheim-van-niemand',
    DESK_OIDC_CLIENT_SECRET: 'het-derde-geheim-van-niemand',
    ACCESS_CALLBACKS: `https://crm.example.nl/hooks whsec_${KEY}`,
  };
  const ALL: NodeJS.ProcessEnv = {
    ...PRODUCTION,
    ...SECRETS,
    SMS_GATEWAY_URL: 'https://sms.example.nl',
    SMS_FROM: 'Fictief',
    LOGIN_OIDC_ISSUER: 'https://login.example.nl',
    LOGIN_OIDC_CLIENT_ID: 'mandaat',
    LOGIN_OIDC_ACR_MAP: 'basic=2',
    OIDC_ISSUER: 'https://staff.example.nl',
    OIDC_AUDIENCE: 'mandaat',
    OIDC_ROLE_MAP: 'agent=agent',
    DESK_OIDC_CLIENT_ID: 'desk',
  };
  const names = settings.filter(({ isSecret }) => isSecret).map(({ variable }) => variable);
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'mandaat-secrets-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function fileOf(text: string): Promise<string> {
    const file = path.join(await mkdtemp(path.join(folder, 'one-')), 'secret');
    await writeFile(file, text);
    return file;
  }

  it('may be each setting that holds one', () => {
    expect(names.toSorted()).toEqual(Object.keys(SECRETS).toSorted());
    // One is about keys, and none itself.
    const likely = settings.filter(
      ({ variable }) => variable !== 'AGENT_KEYS' && /KEYS|SECRET|TOKEN$|PASSWORD|CALLBACKS/.test(variable),
    );
    expect(likely.filter(({ isSecret }) => !isSecret)).toEqual([]);
    // Every one of them is set and right (control).
    expect(faultsOf(ALL)).toEqual([]);
  });

  it.each(Object.keys(SECRETS))('is the same as one that %s holds itself', async (variable) => {
    for (const end of ['', '\n', '\r\n']) {
      const env = { ...ALL, [variable]: undefined, [`${variable}_FILE`]: await fileOf(`${SECRETS[variable]}${end}`) };
      expect(loadConfig(env)).toEqual(loadConfig(ALL));
    }
    // Neither is another setting.
    expect(loadConfig({ ...ALL, [variable]: '', [`${variable}_FILE`]: await fileOf(SECRETS[variable] ?? '') })).toEqual(
      loadConfig(ALL),
    );
  });

  it.each([
    ['is not there', () => Promise.resolve(path.join(folder, 'kanarie')), "can't be read (ENOENT)"],
    ['is a folder', () => mkdtemp(path.join(folder, 'kanarie-')), "can't be read (EISDIR)"],
    ['is empty', () => fileOf(''), 'names an empty file'],
    ['has a line end alone', () => fileOf('\r\n'), 'names an empty file'],
  ])('is refused when its file %s, once, and without its path', async (_what, file, words) => {
    const place = await file();
    for (const variable of names) {
      const faults = faultsOf({ ...ALL, [variable]: undefined, [`${variable}_FILE`]: place });
      expect(faults).toEqual([expect.stringContaining(words)]);
      expect(faults[0]).toMatch(new RegExp(`^${variable}_FILE `));
      expect(faults.join()).not.toContain(folder);
    }
  });

  it('is refused when it is given twice', async () => {
    for (const variable of names) {
      const faults = faultsOf({ ...ALL, [`${variable}_FILE`]: await fileOf(SECRETS[variable] ?? '') });
      expect(faults).toEqual([`${variable}_FILE is set, and so is ${variable}: set one of them.`]);
    }
  });

  it('is told of with all other faults, and never by its value', async () => {
    const file = await fileOf('kanarie-4711\u0007');
    const faults = faultsOf({
      ...ALL,
      PORT: 'x',
      SMTP_URL: '',
      SMTP_URL_FILE: file,
      SMS_GATEWAY_TOKEN_FILE: 'kanarie',
    });
    expect(faults.map((fault) => fault.split(' ')[0]).toSorted()).toEqual([
      'PORT',
      'SMS_GATEWAY_TOKEN_FILE',
      'SMTP_URL',
    ]);
    expect(faults.join()).not.toContain('kanarie');
  });

  it('comes for secrets alone: another setting has no file', async () => {
    expect(loadConfig({ ...TRIAL, PORT_FILE: await fileOf('4000') }).port).toBe(3000);
  });

  it('is written down: the README names each setting that may come from one', async () => {
    const readme = await readFile('README.md', 'utf8');
    const [, paragraph = ''] = /^(A setting that holds a secret[^]*?)\n\n/m.exec(readme) ?? [];
    expect([...paragraph.matchAll(/`([A-Z_]+)`/g)].map(([, name]) => name)).toEqual(expect.arrayContaining(names));
  });
});

describe('what the operator reads', () => {
  it('is the same in .env.example as in the code', async () => {
    expect(await readFile('.env.example', 'utf8')).toBe(envExample());
  });

  it('is the same in the README as in the code', async () => {
    expect(unpadded(await readFile('README.md', 'utf8'))).toContain(unpadded(configTable()));
  });

  it('covers every field, and gives its default as it is used', () => {
    const config = loadConfig(TRIAL);
    expect(settings.map(({ field }) => field)).toEqual(Object.keys(config));
    for (const { field, default: fixed, read } of settings.filter((setting) => setting.default !== undefined)) {
      if (field === 'production') continue;
      expect({ [field]: config[field as keyof typeof config] }).toEqual({ [field]: read(fixed ?? '') });
    }
  });
});

/** Without what the formatter adds to line up the columns of a table. */
function unpadded(text: string): string {
  return text.replaceAll(/ +\|/g, ' |').replaceAll(/-{3,}/g, '---');
}

describe("the customers' own login", () => {
  const LOGIN = {
    ...TRIAL,
    LOGIN_OIDC_ISSUER: 'https://login.example.nl/customers',
    LOGIN_OIDC_CLIENT_ID: 'mandaat',
    LOGIN_OIDC_CLIENT_SECRET: 'een-geheim-van-niemand',
    LOGIN_OIDC_ACR_MAP: 'http://eidas.europa.eu/LoA/substantial=3, basic=2',
  };

  it('is read with what each way of signing in there is worth, in order', () => {
    expect(loadConfig(LOGIN)).toMatchObject({
      loginPersonClaim: 'customer_ref',
      loginAcrMap: [
        { acr: 'http://eidas.europa.eu/LoA/substantial', strength: 3 },
        { acr: 'basic', strength: 2 },
      ],
    });
  });

  it.each([
    [{ LOGIN_OIDC_ACR_MAP: undefined }, 'LOGIN_OIDC_ACR_MAP is missing: LOGIN_OIDC_ISSUER needs it.'],
    [{ LOGIN_OIDC_CLIENT_SECRET: undefined }, 'LOGIN_OIDC_CLIENT_SECRET is missing: LOGIN_OIDC_ISSUER needs it.'],
    [{ LOGIN_OIDC_ISSUER: undefined }, 'LOGIN_OIDC_ISSUER is missing: LOGIN_OIDC_CLIENT_ID needs it.'],
    [{ LOGIN_OIDC_ISSUER: 'http://login.example.nl' }, 'LOGIN_OIDC_ISSUER must be'],
    [{ LOGIN_OIDC_ACR_MAP: 'basic=1' }, 'LOGIN_OIDC_ACR_MAP must be'],
    [{ LOGIN_OIDC_ACR_MAP: 'basic=5' }, 'LOGIN_OIDC_ACR_MAP must be'],
    [{ LOGIN_OIDC_ACR_MAP: 'basic=2,basic=3' }, 'LOGIN_OIDC_ACR_MAP must be'],
    [
      { ...PRODUCTION, LOGIN_OIDC_ISSUER: 'http://localhost:9' },
      'LOGIN_OIDC_ISSUER must begin with https:// in production.',
    ],
  ])('is refused with %j', (changes, fault) => {
    expect(faultsOf({ ...LOGIN, ...changes })).toContainEqual(expect.stringContaining(fault));
  });
});

describe('the desk', () => {
  it.each([
    [{ DESK_OIDC_CLIENT_ID: 'desk' }, 'DESK_OIDC_CLIENT_SECRET is missing: DESK_OIDC_CLIENT_ID needs it.'],
    [{ DESK_OIDC_CLIENT_ID: 'desk' }, 'OIDC_ISSUER is missing: DESK_OIDC_CLIENT_ID needs it.'],
    [{ DESK_OIDC_CLIENT_SECRET: 'x'.repeat(16) }, 'DESK_OIDC_CLIENT_ID is missing: DESK_OIDC_CLIENT_SECRET needs it.'],
    [{ DESK_FRAME_ORIGINS: 'https://crm.example.nl/desk' }, 'DESK_FRAME_ORIGINS must be'],
    [{ DESK_FRAME_ORIGINS: '*' }, 'DESK_FRAME_ORIGINS must be'],
    [
      { ...PRODUCTION, DESK_FRAME_ORIGINS: 'http://localhost:8080' },
      'DESK_FRAME_ORIGINS must begin with https:// in production.',
    ],
  ])('is refused with %j', (changes, fault) => {
    expect(faultsOf({ ...TRIAL, ...changes })).toContainEqual(expect.stringContaining(fault));
  });
});
