import { createPrivateKey, createPublicKey, randomUUID, sign } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createRemoteJWKSet, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { readClaims, type ClaimRules } from '../../src/auth/staff-claims.ts';
import { StaffKeys } from '../../src/auth/staff-keys.ts';
import { StaffTokensService } from '../../src/auth/staff-tokens.service.ts';
import { changedConfig, ConfigError, loadConfig } from '../../src/config/config.ts';
import { AppError } from '../../src/errors.ts';
import { createLog } from '../../src/http/log.ts';
import { startService } from '../../src/start.ts';
import { startSibling } from '../support/app.ts';
import { testConfig } from '../support/config.ts';
import { type Answer, Desk } from '../support/desk.ts';
import { AUDIENCE, OpenIdProvider } from '../support/openid-provider.ts';
import { Visitor } from '../support/visitor.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
/** For agent, crm and admin. */
const ANYWHERE = '/v1/policies/current';

const logged: string[] = [];
const log = createLog('debug', { write: (line: string) => void logged.push(line) });
const sent: string[] = [];
let ahead = 0;
let provider: OpenIdProvider;
let desk: Desk;

beforeAll(async () => {
  const clock = Date.now.bind(Date);
  jest.spyOn(Date, 'now').mockImplementation(() => clock() + ahead);
  provider = await OpenIdProvider.start();
  desk = await Desk.open(provider.settings, { log });
});
afterAll(async () => {
  jest.restoreAllMocks();
  await desk.close();
  await provider.stop();
});

/** The clock of this process alone goes on, and never back: the database's and the timers stay. */
function skip(milliseconds: number): void {
  ahead += milliseconds;
}

async function send(token: string, path = ANYWHERE, headers: Record<string, string> = {}, body?: object) {
  sent.push(token);
  const response = await fetch(`${desk.api.url}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer: Answer = { status: response.status, body: await response.json(), headers: response.headers };
  return answer;
}

async function statusOf(token: string, path?: string): Promise<number> {
  return (await send(token, path)).status;
}

/** As a token would be that no library wants to make. */
function byHand(header: object, claims: object, signature: (text: string) => string): string {
  const text = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${text}.${signature(text)}`;
}

function signedByProvider(text: string, digest = 'sha256'): string {
  const key = createPrivateKey({ key: provider.signingKey as never, format: 'jwk' });
  return sign(digest, Buffer.from(text), key).toString('base64url');
}

function now(): number {
  return Math.floor(Date.now() / SECOND);
}

function usualClaims(): Record<string, unknown> {
  const times = { iat: now(), exp: now() + 300 };
  const names = { iss: provider.issuer, aud: AUDIENCE, sub: 'A-1', client_id: 'desk', jti: randomUUID() };
  return { ...names, ...times, roles: ['desk-agent'] };
}

function usualHeader(): Record<string, unknown> {
  return { alg: 'RS256', typ: 'at+jwt', kid: provider.signingKey.kid };
}

describe('Before the provider was ever asked', () => {
  it('the service has started; a token gets 503 while the provider is down, and is let in once it is up', async () => {
    expect(provider.asked).toEqual([]);
    const token = await provider.forge({});
    await provider.down();
    const answer = await send(token);
    expect(answer).toMatchObject({ status: 503, body: { code: 'unavailable' } });
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await desk.get('crm', ANYWHERE)).status).toBe(200);
    await provider.up();
    // Not every token of a crowd that waits is a question to a provider that just comes up.
    expect(await statusOf(token)).toBe(503);
    expect(provider.asked).toEqual([]);
    skip(11 * SECOND);
    expect(await statusOf(token)).toBe(200);
    expect(provider.asked).toEqual(['/.well-known/openid-configuration', '/jwks']);
  });
});

describe('Somebody who signed in at the provider', () => {
  it('acts as the agent whom the token names, and the audit says who and by whose word', async () => {
    await desk.person('P-1', { name: 'Hanna Voorbeeld', phone: '+49 30 23125 001' });
    await desk.contract('C-1', ['P-1']);
    const { accessToken } = await provider.signIn('A-2', ['desk-agent']);
    const call = { channel: 'phone', contract_ref: 'C-1', claim: { as: 'holder' } };
    const opened = await send(accessToken, '/v1/calls', {}, call);
    expect(opened.status).toBe(201);
    const { rows } = await desk.owner.query<{ actor: string; id: string }>(
      `SELECT r.actor, a.id FROM audit_records r, agents a
       WHERE a.agent_ref = 'A-2' AND r.kind = 'call.opened' AND r.call_id = $1`,
      [opened.body.call.id],
    );
    expect(rows.map(({ actor }) => actor)).toEqual([`agent:${rows[0]?.id} issuer:${provider.issuer}`]);
    // It is their call, and no other agent's.
    const other = await provider.signIn('A-1', ['desk-agent']);
    expect(await statusOf(accessToken, `/v1/calls/${opened.body.call.id}`)).toBe(200);
    expect(await statusOf(other.accessToken, `/v1/calls/${opened.body.call.id}`)).toBe(404);
  });

  it('may name themselves in Mandaat-Agent, and nobody else', async () => {
    const { accessToken } = await provider.signIn('A-1', ['desk-agent']);
    expect((await send(accessToken, ANYWHERE, { 'mandaat-agent': 'A-1' })).status).toBe(200);
    for (const named of ['A-2', 'A-404', 'a-1', '']) {
      const answer = await send(accessToken, ANYWHERE, { 'mandaat-agent': named });
      expect([named, answer.status, answer.body.code]).toEqual([named, 403, 'forbidden']);
    }
  });

  it('is out at the next request when the agent is set inactive, and never in when nobody registered them', async () => {
    const { accessToken } = await provider.signIn('A-3', ['desk-admin']);
    const unknown = await send(accessToken, '/v1/agents/A-1');
    expect(unknown).toMatchObject({ status: 403, body: { detail: expect.stringContaining('PUT /v1/agents/{ref}') } });
    await desk.put('admin', '/v1/agents/A-3', { role: 'agent' });
    expect(await statusOf(accessToken, '/v1/agents/A-1')).toBe(200);
    await desk.put('admin', '/v1/agents/A-3', { role: 'agent', is_active: false });
    expect(await statusOf(accessToken, '/v1/agents/A-1')).toBe(403);
    await desk.put('admin', '/v1/agents/A-3', { role: 'agent', is_active: true });
    expect(await statusOf(accessToken, '/v1/agents/A-1')).toBe(200);
  });

  it('has the rights of their roles and no other, and is told which role it takes', async () => {
    const tokenOf = async (...roles: string[]) => (await provider.signIn('A-1', roles)).accessToken;
    const admin = '/v1/agents/A-1';
    expect(await statusOf(await tokenOf('desk-admin'), admin)).toBe(200);
    for (const roles of [[], ['desk-agent'], ['DESK-ADMIN'], ['desk-admin '], ['desk-admin,desk-agent'], ['admin']]) {
      const answer = await send(await tokenOf(...roles), admin);
      expect([roles, answer.status, answer.body.code]).toEqual([roles, 403, 'forbidden']);
      expect(answer.body.detail).toMatch(/role desk-admin in the claim roles/);
      expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="mandaat", error="insufficient_scope"');
    }
    expect(await statusOf(await tokenOf('desk-agent', 'desk-agent', 'other', 'desk-agent'))).toBe(200);
    expect(await statusOf(await tokenOf('desk-privacy'))).toBe(403);
    // Both: each where it is needed.
    const both = await tokenOf('desk-agent', 'desk-admin');
    expect([await statusOf(both), await statusOf(both, admin)]).toEqual([200, 200]);
  });

  it('loses a role with the next token, and the token ends when it says', async () => {
    provider.tokenLife = 60;
    const first = (await provider.signIn('A-1', ['desk-admin'])).accessToken;
    provider.tokenLife = 300;
    expect(await statusOf(first, '/v1/agents/A-1')).toBe(200);
    expect(await statusOf((await provider.signIn('A-1', [])).accessToken, '/v1/agents/A-1')).toBe(403);
    skip(65 * SECOND);
    expect(await statusOf(first, '/v1/agents/A-1')).toBe(200);
    skip(40 * SECOND);
    expect(await statusOf(first, '/v1/agents/A-1')).toBe(401);
  });
});

describe('A token that is not one for us', () => {
  /** Each changes one thing of the token that is let in. */
  const forged: Record<string, () => string | Promise<string>> = {
    'without a signature': () => byHand({ ...usualHeader(), alg: 'none' }, usualClaims(), () => ''),
    'of algorithm none in other letters': () =>
      byHand({ ...usualHeader(), alg: 'nOnE' }, usualClaims(), (text) => signedByProvider(text)),
    'signed with the public key as a shared secret': () => {
      const key = createPublicKey(createPrivateKey({ key: provider.signingKey as never, format: 'jwk' }));
      const secret = Buffer.from(key.export({ type: 'spki', format: 'pem' }));
      return hmacSigned(secret);
    },
    'signed with the published key, letter by letter, as a shared secret': () => {
      const { kty, n, e, alg, use, kid } = provider.signingKey;
      return hmacSigned(Buffer.from(JSON.stringify({ kty, n, e, alg, use, kid })));
    },
    'signed by another under the same key id': () => signedByAnother({}),
    'with its own key inside': async () => signedByAnother({ jwk: 'own' }),
    'with its own certificate inside': () => signedByAnother({ x5c: ['MIIB'] }),
    'with an address of its own keys': () =>
      signedByAnother({ jku: `${provider.issuer}/stolen-keys`, kid: 'own', x5u: `${provider.issuer}/stolen-keys` }),
    'with an algorithm that is not allowed': () =>
      byHand({ ...usualHeader(), alg: 'RS512' }, usualClaims(), (text) => signedByProvider(text, 'sha512')),
    'with an extension that must be understood': () =>
      byHand({ ...usualHeader(), crit: ['exp'], exp: now() + 300 }, usualClaims(), (text) => signedByProvider(text)),
    'with a payload that is not encoded': () =>
      byHand({ ...usualHeader(), crit: ['b64'], b64: false }, usualClaims(), (text) => signedByProvider(text)),
    'with claims changed after signing': async () => {
      const [header, , signature] = (await provider.forge({})).split('.');
      return [header, Buffer.from(JSON.stringify(usualClaims())).toString('base64url'), signature].join('.');
    },
    'cut off': async () => (await provider.forge({})).slice(0, -4),
    'of another issuer': () => provider.forge({ iss: 'https://login.example.nl' }),
    'of the issuer with a slash': () => provider.forge({ iss: `${provider.issuer}/` }),
    'of no issuer': () => provider.forge({ iss: undefined }),
    'for another audience': () => provider.forge({ aud: 'https://crm.example.nl/' }),
    'for our audience in other letters': () => provider.forge({ aud: AUDIENCE.toUpperCase() }),
    'for no audience': () => provider.forge({ aud: undefined }),
    'for an empty list': () => provider.forge({ aud: [] }),
    'for a list without us': () => provider.forge({ aud: ['https://crm.example.nl/', `${AUDIENCE}x`] }),
    'that has ended': () => provider.forge({ iat: now() - 400, exp: now() - 100 }),
    'without an end': () => provider.forge({ exp: undefined }),
    'with an end that is text': () => provider.forge({ exp: String(now() + 300) as never }),
    'of the future': () => provider.forge({ nbf: now() + 120 }),
    'issued in the future': () => provider.forge({ iat: now() + 120 }),
    'issued nobody knows when': () => provider.forge({ iat: undefined }),
    'that lives too long': () => provider.forge({ exp: now() + 3_700 }),
    'that lives for ever': () => provider.forge({ exp: Number.MAX_VALUE }),
    'that lives too long, backdated': () => provider.forge({ iat: now() - 86_400, exp: now() + 300 }),
    'that ended before it began': () => provider.forge({ exp: now() - 5, iat: now() }),
    'that is an ID token': async () => (await provider.signIn('A-1', ['desk-agent'])).idToken,
    'that is an ID token for us': () => provider.forge({ nonce: 'n', client_id: undefined, azp: 'desk' }),
    'with the nonce of an ID token': () => provider.forge({ nonce: 'n' }),
    'with the hash of an ID token': () => provider.forge({ at_hash: 'h' }),
    'that says it is an ID token': () => provider.forge({ typ: 'ID' }),
    'of another type': () => provider.forge({}, { typ: 'JWT' }),
    'of a logout': () => provider.forge({ events: {} }, { typ: 'logout+jwt' }),
    'of no type': () => provider.forge({}, { typ: undefined }),
    'without a client': () => provider.forge({ client_id: undefined }),
    'of two clients': () => provider.forge({ azp: 'another' }),
    'whose client is its audience': () => provider.forge({ client_id: AUDIENCE }),
    'without an id': () => provider.forge({ jti: undefined }),
    'without a subject': () => provider.forge({ sub: undefined }),
    'with a subject that is no text': () => provider.forge({ sub: ['A-1'] as never }),
    'that a client got for itself': () => provider.clientToken(),
    'with the name of its client as subject': () => provider.forge({ sub: 'A-1', client_id: 'A-1' }),
    'bound to a key of its client': () => provider.forge({ cnf: { jkt: 'thumbprint' } }),
    'with which somebody acts for another': () => provider.forge({ act: { sub: 'A-2' } }),
    'with more roles than anybody has': () =>
      provider.forge({ roles: Array.from({ length: 501 }, (_, at) => at.toString(36)) }),
    'longer than any token': () => provider.forge({ padding: 'x'.repeat(8_192) }),
    'of three empty parts': () => '..',
    'of five parts': () => 'eyJhbGciOiJSU0EtT0FFUCJ9.a.b.c.d',
    'that is no JSON': () => 'AAAA.AAAA.AAAA',
  };

  it('as a control: is let in as it is before anything is changed', async () => {
    expect(await statusOf(await provider.forge({}))).toBe(200);
    expect(await statusOf(byHand(usualHeader(), usualClaims(), (text) => signedByProvider(text)))).toBe(200);
  });

  it('gets the same 401 whatever is wrong with it, and nothing is asked or recorded', async () => {
    const count = 'SELECT count(*)::integer AS count FROM audit_records';
    const before = (await desk.owner.query<{ count: number }>(count)).rows;
    const questions = provider.keyQuestions();
    const answers = new Set<string>();
    for (const [what, make] of Object.entries(forged)) {
      const answer = await send(await make(), ANYWHERE, { 'x-request-id': 'same-for-all' });
      expect([what, answer.status]).toEqual([what, 401]);
      answers.add(`${answer.headers.get('www-authenticate')} ${JSON.stringify(answer.body)}`);
    }
    expect([...answers]).toEqual([
      expect.stringMatching(/^Bearer realm="mandaat", error="invalid_token" .*"code":"unauthenticated"/),
    ]);
    expect((await desk.owner.query<{ count: number }>(count)).rows).toEqual(before);
    expect(provider.asked).not.toContain('/stolen-keys');
    // One of them names a key that nobody knows.
    expect(provider.keyQuestions() - questions).toBeLessThanOrEqual(1);
  });

  it.each<[string, () => Promise<string>]>([
    ['for us among others', () => provider.forge({ aud: ['https://crm.example.nl/', AUDIENCE] })],
    ['with a type as a media type', () => provider.forge({}, { typ: 'application/at+jwt' })],
    ['with a foreign address in its header', () => provider.forge({}, { jku: `${provider.issuer}/stolen-keys` })],
    ['that ended a moment ago', () => provider.forge({ iat: now() - 100, exp: now() - 5 })],
    ['from a clock a little ahead', () => provider.forge({ iat: now() + 10, nbf: now() + 10 })],
  ])('is not one %s', async (_what, make) => {
    expect(await statusOf(await make())).toBe(200);
    expect(provider.asked).not.toContain('/stolen-keys');
  });

  async function hmacSigned(secret: Buffer): Promise<string> {
    return new SignJWT(usualClaims()).setProtectedHeader({ ...usualHeader(), alg: 'HS256' }).sign(secret);
  }

  async function signedByAnother({ jwk, ...header }: { jwk?: 'own' } & Record<string, unknown>): Promise<string> {
    const pair = await generateKeyPair('RS256', { extractable: true });
    const own = jwk === undefined ? {} : { jwk: await exportJWK(pair.publicKey) };
    return new SignJWT(usualClaims())
      .setProtectedHeader({ ...usualHeader(), ...header, ...own, alg: 'RS256' })
      .sign(pair.privateKey);
  }
});

describe('The keys of the provider', () => {
  const strange = () => provider.forge({}, { kid: randomUUID() });

  it('are asked for once, however many key ids people think up', async () => {
    const before = provider.keyQuestions();
    const flood = await Promise.all(Array.from({ length: 60 }, strange));
    const statuses = await Promise.all(flood.map((token) => statusOf(token)));
    expect(new Set(statuses)).toEqual(new Set([401]));
    expect(provider.keyQuestions()).toBe(before);
    skip(31 * SECOND);
    const later = await Promise.all(Array.from({ length: 60 }, strange));
    for (const token of later.slice(0, 20)) await statusOf(token);
    await Promise.all(later.slice(20).map((token) => statusOf(token)));
    expect(provider.keyQuestions()).toBe(before + 1);

    // Control: without the pause between questions, each of them is one.
    const careless = createRemoteJWKSet(new URL(`${provider.issuer}/jwks`), { cooldownDuration: 0 });
    const start = provider.keyQuestions();
    for (let times = 0; times < 10; times += 1) {
      await expect(careless({ alg: 'RS256', kid: randomUUID() })).rejects.toThrow();
    }
    expect(provider.keyQuestions() - start).toBeGreaterThanOrEqual(10);
  });

  it('are followed when the provider has new ones, and the old ones are no use any more', async () => {
    const old = await provider.forge({});
    expect(await statusOf(old)).toBe(200);
    await provider.rotate();
    skip(31 * SECOND);
    expect(await statusOf((await provider.signIn('A-1', ['desk-agent'])).accessToken)).toBe(200);
    expect(await statusOf(old)).toBe(401);
  });

  it('are looked at again after a while, so that one which was taken back stops serving', async () => {
    skip(31 * SECOND);
    const old = await provider.forge({ exp: now() + 3_000 });
    expect(await until(async () => (await statusOf(old)) === 200)).toBe(true);
    await provider.rotate();
    expect(await statusOf(old)).toBe(200);
    skip(6 * MINUTE);
    expect(await until(async () => (await statusOf(old)) === 401)).toBe(true);
  });

  it('that are known serve for an hour while the provider is down; a token with another key gets 503', async () => {
    expect(await statusOf((await provider.signIn('A-1', ['desk-agent'])).accessToken)).toBe(200);
    await provider.down();
    expect(await statusOf(await provider.forge({}))).toBe(200);
    skip(31 * SECOND);
    expect((await send(await strange())).body.code).toBe('unavailable');
    expect(await statusOf(await provider.forge({}))).toBe(200);
    skip(50 * MINUTE);
    expect(await statusOf(await provider.forge({}))).toBe(200);
    skip(10 * MINUTE);
    const answer = await send(await provider.forge({}));
    expect(answer).toMatchObject({ status: 503, body: { code: 'unavailable' } });
    await provider.up();
    skip(11 * SECOND);
    expect(await statusOf(await provider.forge({}))).toBe(200);
  });

  it('come from an answer that is small, straight, in time and the configured issuer’s own, or not at all', async () => {
    const { kid = '' } = provider.signingKey;
    const keys = JSON.stringify({ keys: [{ ...provider.signingKey, d: undefined }] });
    const answers: Record<string, (issuer: string) => { status?: number; location?: string; body?: string } | null> = {
      good: (issuer) => ({ body: JSON.stringify({ issuer, jwks_uri: `${issuer}/keys` }) }),
      moved: () => ({ status: 302, location: `${provider.issuer}/.well-known/openid-configuration` }),
      gone: () => ({ status: 404 }),
      broken: () => ({ body: '{' }),
      foreign: () => ({ body: JSON.stringify({ issuer: provider.issuer, jwks_uri: `${provider.issuer}/jwks` }) }),
      plain: (issuer) => ({ body: JSON.stringify({ issuer, jwks_uri: 'http://192.0.2.1/keys' }) }),
      file: (issuer) => ({ body: JSON.stringify({ issuer, jwks_uri: 'file:///etc/hostname' }) }),
      large: (issuer) => ({
        body: JSON.stringify({ issuer, jwks_uri: `${issuer}/keys`, more: 'x'.repeat(65 * 1024) }),
      }),
      'moved-keys': (issuer) => ({ body: JSON.stringify({ issuer, jwks_uri: `${issuer}/moved` }) }),
      'no-keys': (issuer) => ({ body: JSON.stringify({ issuer, jwks_uri: `${issuer}/none` }) }),
      silent: () => null,
    };
    provider.intercept = (request, response) => {
      const [, name = '', page] = /^\/case-([a-z-]+)\/(.*)$/.exec(request.url ?? '') ?? [];
      if (name === '') return false;
      const answer =
        page === 'keys'
          ? { body: keys }
          : page === 'moved'
            ? { status: 302, location: `${provider.issuer}/jwks` }
            : page === 'none'
              ? { body: '{"keys":"none"}' }
              : answers[name]?.(`${provider.issuer}/case-${name}`);
      if (answer === null || answer === undefined) return true;
      const headers = 'location' in answer && answer.location !== undefined ? { location: answer.location } : {};
      response.writeHead(('status' in answer ? answer.status : undefined) ?? 200, headers);
      response.end('body' in answer ? answer.body : undefined);
      return true;
    };
    const found = await Promise.all(
      Object.keys(answers).map(async (name) => {
        const oidcIssuer = `${provider.issuer}/case-${name}`;
        const staffKeys = new StaffKeys(testConfig({ ...provider.settings, oidcIssuer }));
        const outcome = await staffKeys.keyFor({ alg: 'RS256', kid }).then(
          () => 'found',
          (error: unknown) => (error instanceof AppError ? error.code : 'another error'),
        );
        return [name, outcome];
      }),
    );
    provider.intercept = () => false;
    const names = Object.keys(answers);
    expect(found).toEqual(names.map((name) => [name, name === 'good' ? 'found' : 'unavailable']));
  });
});

describe('The claims', () => {
  const rules: ClaimRules = {
    tokenType: 'JWT',
    longestLife: 3_600,
    audience: AUDIENCE,
    clients: null,
    agentClaim: 'sub',
    rolesClaim: 'roles',
  };
  const claims = { iat: 1, exp: 301, sub: 'A-1', azp: 'desk' };
  const rolesAt = (rolesClaim: string, more: object): string[] => [
    ...readClaims({ alg: 'RS256' }, { ...claims, ...more }, { ...rules, rolesClaim }).roles,
  ];

  it('hold the roles at a name, at a name with dots, at a path, or in one text', () => {
    expect(rolesAt('roles', { roles: ['one', 'two'] })).toEqual(['one', 'two']);
    expect(rolesAt('https://example.nl/roles', { 'https://example.nl/roles': ['one'] })).toEqual(['one']);
    expect(rolesAt('realm_access.roles', { realm_access: { roles: ['one', 'one'] } })).toEqual(['one']);
    expect(rolesAt('scope', { scope: 'one two' })).toEqual(['one', 'two']);
  });

  it('hold no roles where something else stands, nor in what every object has', () => {
    expect(rolesAt('roles', {})).toEqual([]);
    expect(rolesAt('roles', { roles: [1, null, ['one'], { one: true }, ''] })).toEqual([]);
    expect(rolesAt('roles', { roles: { one: true } })).toEqual([]);
    expect(rolesAt('constructor.name', {})).toEqual([]);
    expect(rolesAt('__proto__.roles', JSON.parse('{"__proto__":{"x":["one"]}}') as object)).toEqual([]);
  });

  it('name the agent at the configured place only', () => {
    const agentClaim = 'employee.number';
    const read = (more: object) => readClaims({ alg: 'RS256' }, { ...claims, ...more }, { ...rules, agentClaim });
    expect(read({ employee: { number: 'A-9' } }).agentRef).toBe('A-9');
    for (const more of [{}, { employee: 'A-9' }, { employee: { number: 9 } }, { employee: { number: '' } }]) {
      expect(() => read(more)).toThrow('It does not say which agent.');
    }
  });

  it('of a provider without the type are told from those of an ID, refresh and logout token', () => {
    const read = (typ: string | undefined, more: object = {}) =>
      readClaims({ alg: 'RS256', ...(typ === undefined ? {} : { typ }) }, { ...claims, ...more }, rules).agentRef;
    for (const typ of [undefined, 'JWT', 'at+jwt']) expect(read(typ, { typ: 'Bearer' })).toBe('A-1');
    for (const typ of ['logout+jwt', 'id+jwt', 'dpop+jwt', 'secevent+jwt']) expect(() => read(typ)).toThrow('type');
    for (const typ of ['ID', 'Refresh', 'Logout', 'DPoP', 1]) expect(() => read('JWT', { typ })).toThrow('kind');
    for (const more of [{ nonce: 'n' }, { at_hash: 'h' }, { c_hash: 'h' }, { events: {} }]) {
      expect(() => read('JWT', more)).toThrow('ID token');
    }
    expect(() => read('JWT', { azp: AUDIENCE })).toThrow('audience');
    expect(() => read('JWT', { azp: undefined })).toThrow('client');
    expect(() => read('JWT', { azp: 'A-1' })).toThrow('person');
  });
});

describe('A token of a client that nobody named', () => {
  it('is refused where OIDC_CLIENTS names others, and taken where it names that one or none', async () => {
    const token = await provider.forge({ client_id: 'a-small-app' });
    expect(await statusOf(token)).toBe(200);
    for (const [oidcClients, status] of [
      [['desk', 'crm'], 401],
      [['A-SMALL-APP', 'a-small', 'a-small-app-2'], 401],
      [['desk', 'a-small-app'], 200],
    ] as const) {
      const config = changedConfig(desk.api.config, { oidcClients });
      const there = await startSibling({ ...desk.api, config }, { log });
      try {
        const answer = await fetch(`${there.url}${ANYWHERE}`, { headers: { authorization: `Bearer ${token}` } });
        expect([oidcClients, answer.status]).toEqual([oidcClients, status]);
      } finally {
        await there.stop();
      }
    }
  });

  it('is one whichever claim names it; that of the desk is always taken', async () => {
    const claims = { iat: 1, exp: 301, sub: 'A-1' };
    const rules = { tokenType: 'JWT', longestLife: 3_600, audience: AUDIENCE, agentClaim: 'sub', rolesClaim: 'roles' };
    const read = (more: object) =>
      readClaims({ alg: 'RS256' }, { ...claims, ...more }, { ...rules, clients: new Set(['desk']) }).agentRef;
    for (const name of ['client_id', 'azp', 'appid']) {
      expect(read({ [name]: 'desk' })).toBe('A-1');
      expect(() => read({ [name]: 'another' })).toThrow('It was made for another client.');
    }
    const settings = { ...provider.settings, oidcClients: ['crm'], deskClientId: 'mandaat-desk' };
    const tokens = new StaffTokensService(testConfig(settings), new StaffKeys(testConfig(settings)));
    expect(await tokens.verify(await provider.forge({ client_id: 'mandaat-desk' }))).toMatchObject({ agentRef: 'A-1' });
    expect(await tokens.verify(await provider.forge({ client_id: 'desk' }))).toBeNull();
  });
});

describe('How somebody signed in at the provider', () => {
  it('is looked at where OIDC_ACR says so: another way is refused with its own reason, and with what would do', async () => {
    const config = changedConfig(desk.api.config, { oidcAcr: ['two-factors', 'urn:example:key'] });
    const strict = await startSibling({ ...desk.api, config }, { log });
    const sendThere = async (acr: unknown): Promise<Response> => {
      const token = await provider.forge({ acr });
      return fetch(`${strict.url}${ANYWHERE}`, { headers: { authorization: `Bearer ${token}` } });
    };
    try {
      for (const acr of [undefined, '', 'password', 'TWO-FACTORS', ['two-factors'], 1]) {
        const answer = await sendThere(acr);
        expect([acr, answer.status]).toEqual([acr, 401]);
        expect(answer.headers.get('www-authenticate')).toBe(
          'Bearer realm="mandaat", error="insufficient_user_authentication", acr_values="two-factors urn:example:key"',
        );
        expect(await answer.json()).toMatchObject({
          code: 'unauthenticated',
          detail: expect.stringContaining('two-factors'),
        });
        expect(await statusOf(await provider.forge({ acr }))).toBe(200);
      }
      for (const acr of ['two-factors', 'urn:example:key']) expect((await sendThere(acr)).status).toBe(200);
      // A token that is none is told nothing of it.
      const forged = await provider.forge({ acr: 'password', aud: 'https://crm.example.nl/' });
      const answer = await fetch(`${strict.url}${ANYWHERE}`, { headers: { authorization: `Bearer ${forged}` } });
      expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="mandaat", error="invalid_token"');
    } finally {
      await strict.stop();
    }
  });
});

describe('What is refused to somebody who is known', () => {
  const lineOf = (id: string): Record<string, unknown> | undefined =>
    logged.map((line) => JSON.parse(line) as Record<string, unknown>).find(({ requestId }) => requestId === id);

  it('is in the log with the agent of the token, or with the session', async () => {
    const { rows } = await desk.owner.query<{ id: string }>("SELECT id FROM agents WHERE agent_ref = 'A-1'");
    const cases = [
      ['a-role-too-little', { roles: ['desk-agent'] }, {}, `staff-${rows[0]?.id}`],
      ['the-name-of-another', { roles: ['desk-admin'] }, { 'mandaat-agent': 'A-2' }, `staff-${rows[0]?.id}`],
      ['an-agent-nobody-registered', { sub: 'A-404', roles: ['desk-admin'] }, {}, 'staff-unknown'],
    ] as const;
    for (const [id, claims, headers, keyId] of cases) {
      const answer = await send(await provider.forge({ ...claims, roles: [...claims.roles] }), '/v1/agents/A-1', {
        ...headers,
        'x-request-id': id,
      });
      expect([id, answer.status]).toEqual([id, 403]);
      expect(lineOf(id)).toMatchObject({ status: 403, keyId });
    }
    await desk.person('P-IN', { name: 'Ingrid Binnen', phone: '+49 30 23125 078' });
    const visitor = new Visitor(desk);
    const me = await visitor.signIn('+49 30 23125 078');
    const { body } = await me.get('/v1/me/sessions');
    const session = (body as { id: string }[])[0]?.id;
    const refused = await me.send('GET', '/v1/agents/A-1', undefined, { 'x-request-id': 'a-person-and-a-key' });
    expect(refused.status).toBe(403);
    expect(lineOf('a-person-and-a-key')).toMatchObject({ status: 403, keyId: `session-${session}` });
  });

  it('is told of a token that is none at level info, by a reason of ours', async () => {
    const before = logged.length;
    await send(await provider.forge({ aud: 'https://crm.example.nl/' }));
    await send(await provider.forge({ padding: 'x'.repeat(8_192) }));
    const told = logged
      .slice(before)
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter(({ context }) => context === 'StaffTokensService')
      .map(({ level, msg }) => [level, msg]);
    expect(told).toEqual([
      ['info', 'A staff token was refused: ERR_JWT_CLAIM_VALIDATION_FAILED aud'],
      ['info', 'A staff token was refused: It is too long.'],
    ]);
  });
});

describe('The settings', () => {
  const key = Buffer.from(Array.from({ length: 32 }, (_, index) => index)).toString('base64');
  const given = {
    NODE_ENV: 'test',
    MANDAAT_KEYS: `k1:${key}`,
    OIDC_ISSUER: 'https://login.example.nl/desk/',
    OIDC_AUDIENCE: AUDIENCE,
    OIDC_ROLE_MAP: 'desk-agent=agent, desk/lead:x=crm:3',
  };
  const faultsOf = (changes: Record<string, string | undefined>): readonly string[] => {
    try {
      loadConfig({ ...given, ...changes });
      return [];
    } catch (error) {
      if (error instanceof ConfigError) return error.faults;
      throw error;
    }
  };

  const none = { OIDC_ISSUER: undefined, OIDC_AUDIENCE: undefined, OIDC_ROLE_MAP: undefined };

  it('are read: the issuer to the letter, the roles with the strength of a key unless it is said', () => {
    expect(loadConfig(given)).toMatchObject({
      oidcIssuer: 'https://login.example.nl/desk/',
      oidcAlgorithms: ['RS256', 'PS256', 'ES256', 'EdDSA'],
      oidcRoleMap: [
        { role: 'desk-agent', scope: 'agent', strength: 1 },
        { role: 'desk/lead:x', scope: 'crm', strength: 3 },
      ],
    });
    expect(faultsOf({ OIDC_ISSUER: 'http://127.0.0.1:9000' })).toEqual([]);
    expect(loadConfig({ ...given, OIDC_CLIENTS: 'desk, crm', OIDC_ACR: 'urn:example:mfa' })).toMatchObject({
      oidcClients: ['desk', 'crm'],
      oidcAcr: ['urn:example:mfa'],
    });
  });

  it.each([
    ['an issuer without an audience', { OIDC_AUDIENCE: undefined }, 'OIDC_AUDIENCE is missing: OIDC_ISSUER needs it.'],
    ['an issuer without roles', { OIDC_ROLE_MAP: undefined }, 'OIDC_ROLE_MAP is missing: OIDC_ISSUER needs it.'],
    ['an audience without an issuer', { OIDC_ISSUER: undefined }, 'OIDC_ISSUER is missing: OIDC_AUDIENCE needs it.'],
    ['an issuer in plain text', { OIDC_ISSUER: 'http://login.example.nl' }, 'OIDC_ISSUER must be'],
    ['an issuer with a query', { OIDC_ISSUER: 'https://login.example.nl/?a=b' }, 'OIDC_ISSUER must be'],
    ['an issuer with a password', { OIDC_ISSUER: 'https://a:b@login.example.nl' }, 'OIDC_ISSUER must be'],
    ['the algorithm none', { OIDC_ALGORITHMS: 'RS256,none' }, 'OIDC_ALGORITHMS must be'],
    ['a shared secret', { OIDC_ALGORITHMS: 'HS256' }, 'OIDC_ALGORITHMS must be'],
    ['a scope that does not exist', { OIDC_ROLE_MAP: 'desk=root' }, 'OIDC_ROLE_MAP must be'],
    ['a strength that does not exist', { OIDC_ROLE_MAP: 'desk=crm:5' }, 'OIDC_ROLE_MAP must be'],
    ['a role twice for one scope', { OIDC_ROLE_MAP: 'desk=crm:1,desk=crm:2' }, 'OIDC_ROLE_MAP must be'],
    ['clients without an issuer', { ...none, OIDC_CLIENTS: 'desk' }, 'OIDC_ISSUER is missing: OIDC_CLIENTS needs it.'],
    ['ways without an issuer', { ...none, OIDC_ACR: 'mfa' }, 'OIDC_ISSUER is missing: OIDC_ACR needs it.'],
    ['no client between two commas', { OIDC_CLIENTS: 'desk,,crm' }, 'OIDC_CLIENTS must be'],
    ['a way with a quote in it', { OIDC_ACR: 'mfa"' }, 'OIDC_ACR must be'],
    ['tokens that live for days', { OIDC_TOKEN_MINUTES: '1440' }, 'OIDC_TOKEN_MINUTES must be'],
    [
      'plain text on this machine in production',
      { NODE_ENV: 'production', OIDC_ISSUER: 'http://localhost' },
      'OIDC_ISSUER must begin with https:// in production.',
    ],
  ])('are refused with %s', (_what, changes, fault) => {
    expect(faultsOf(changes)).toContainEqual(expect.stringContaining(fault));
  });
});

describe('What production allows and is wider than it need be', () => {
  it('is said at the start, before anything else', async () => {
    const lines: string[] = [];
    const nowhere = { databaseUrl: 'postgres://nobody@127.0.0.1:1/nowhere', production: true };
    const warn = createLog('warn', { write: (line: string) => void lines.push(line) });
    await expect(startService(testConfig({ ...provider.settings, ...nowhere }), warn)).rejects.toThrow();
    const said = lines.map((line) => JSON.parse(line) as Record<string, unknown>).map(({ level, msg }) => [level, msg]);
    expect(said).toEqual([
      ['warn', expect.stringMatching(/^AGENT_KEYS is any/)],
      ['warn', expect.stringMatching(/^OIDC_CLIENTS names no client/)],
    ]);
  });
});

describe('A call back', () => {
  it('is the word of the telephone system: of a key, and of no employee whose role is mapped to its scope', async () => {
    await desk.person('P-BACK', { name: 'Berend Terug', phone: '+49 30 23125 077' });
    await desk.contract('C-BACK', ['P-BACK']);
    const lead = await provider.forge({ sub: 'A-1', roles: ['desk-lead'] });
    const call = { channel: 'phone', contract_ref: 'C-BACK', claim: { as: 'holder' } };
    const opened = await send(lead, '/v1/calls', {}, call);
    expect(opened.status).toBe(201);
    const path = `/v1/calls/${opened.body.call.id}/verifications`;
    const dialled = { method: 'call_back', dialled_number: '+49 30 23125 077' };
    expect((await send(lead, path, {}, dialled)).body).toMatchObject({ status: 403, code: 'forbidden' });
    expect((await desk.post('crm', path, dialled)).body).toMatchObject({ state: 'approved' });
  });
});

describe('Who an agent really is', () => {
  const privacyOf = (sub: string): Promise<string> => provider.forge({ sub, roles: ['desk-privacy'] });
  const ask = async (by: string, body: object = {}): Promise<Answer> => {
    const { body: subject } = await desk.get('admin', '/v1/agents/A-77');
    const asked = { pseudonym: subject.pseudonym, reason: 'complaint', case_ref: 'K-118', ...body };
    return send(await privacyOf(by), '/v1/unmaskings', {}, asked);
  };
  const get = async (by: string, id: string): Promise<Answer> => send(await privacyOf(by), `/v1/unmaskings/${id}`);
  const decide = async (by: string, id: string, what = 'approve'): Promise<Answer> =>
    send(await privacyOf(by), `/v1/unmaskings/${id}/${what}`, {}, {});
  const listed = async (by: string): Promise<{ id: string }[]> =>
    (await send(await privacyOf(by), '/v1/unmaskings')).body;
  const told = async (): Promise<number> =>
    (await desk.owner.query("SELECT FROM audit_records WHERE kind = 'unmasking.told'")).rowCount ?? 0;

  beforeAll(async () => {
    for (const ref of ['A-77', 'A-78']) await desk.put('admin', `/v1/agents/${ref}`, { role: 'agent' });
  });

  it('is told to one who asked and says why, when another one agreed, and to nobody else', async () => {
    const asked = await ask('A-1');
    expect([asked.status, asked.body.state, asked.body.agent_ref]).toEqual([201, 'waiting', null]);
    const { id } = asked.body;
    expect((await get('A-1', id)).body.agent_ref).toBeNull();
    // Nobody alone, and not the one whom it is about.
    for (const by of ['A-1', 'A-77']) expect([by, (await decide(by, id)).status]).toEqual([by, 403]);
    expect((await decide('A-77', id, 'reject')).status).toBe(403);
    const approved = await decide('A-2', id);
    expect([approved.status, approved.body.state, approved.body.agent_ref]).toEqual([200, 'approved', null]);
    expect((await decide('A-78', id, 'reject')).status).toBe(409);
    expect(await told()).toBe(0);
    for (const by of ['A-2', 'A-78']) expect([by, (await get(by, id)).body.agent_ref]).toEqual([by, null]);
    // Whom it is about hears nothing of it, by the id or in the list.
    expect((await get('A-77', id)).status).toBe(404);
    expect((await listed('A-78')).map((one) => one.id)).toContain(id);
    expect((await listed('A-77')).map((one) => one.id)).not.toContain(id);
    const { body } = await get('A-1', id);
    expect(body).toMatchObject({ agent_ref: 'A-77', reason: 'complaint', case_ref: 'K-118' });
    expect(Date.parse(body.told_until) - Date.parse(body.decided_at)).toBe(24 * 60 * MINUTE);
    expect(await told()).toBe(1);
    const list = await listed('A-1');
    expect(JSON.stringify(list)).not.toContain('A-77');
    expect(list[0]).toMatchObject({ id, state: 'approved' });
  });

  it('is over after a day, and a request that nobody decided about lapses after a week', async () => {
    const [approved, waiting] = [(await ask('A-1')).body.id, (await ask('A-1')).body.id];
    await decide('A-2', approved);
    // What was decided can't be changed by the service: only the owner of the tables turns the clock back.
    await desk.owner.query("UPDATE unmasking_verdicts SET decided_at = decided_at - interval '24 hours'");
    await desk.owner.query("UPDATE unmaskings SET asked_at = asked_at - interval '7 days' WHERE id = $1", [waiting]);
    expect((await get('A-1', approved)).body).toMatchObject({ state: 'over', agent_ref: null });
    expect((await get('A-1', waiting)).body.state).toBe('lapsed');
    expect((await decide('A-2', waiting)).status).toBe(409);
    expect(await told()).toBe(1);
  });

  it('is asked by people who sign in themselves: a key may be in the hand of both', async () => {
    const { id } = (await ask('A-1')).body;
    for (const [method, path, body] of [
      ['POST', '/v1/unmaskings', { pseudonym: 'K7QX', reason: 'complaint', case_ref: 'K-1' }],
      ['GET', `/v1/unmaskings/${id}`, undefined],
      ['POST', `/v1/unmaskings/${id}/approve`, {}],
    ] as const) {
      expect([path, (await desk.send('privacy', method, path, body)).status]).toEqual([path, 400]);
    }
    expect((await send(await provider.forge({ sub: 'A-2' }), `/v1/unmaskings/${id}/approve`, {}, {})).status).toBe(403);
    expect((await ask('A-1', { pseudonym: 'QQQQ' })).status).toBe(404);
    for (const wrong of [{ reason: 'curious' }, { case_ref: 'mevrouw Verzonnen' }, { pseudonym: 'a' }]) {
      expect([wrong, (await ask('A-1', wrong)).status]).toEqual([wrong, 400]);
    }
    const rejected = await decide('A-1', id, 'reject');
    expect([rejected.status, rejected.body.state]).toEqual([200, 'rejected']);
    expect((await get('A-1', id)).body.agent_ref).toBeNull();
  });

  it('is kept from one person alone by the database itself', async () => {
    const { id } = (await ask('A-1')).body;
    const approve = (by: string, asker = 'asked_by') =>
      desk.owner.query(
        `INSERT INTO unmasking_verdicts (unmasking_id, verdict, asked_by, subject_id, decided_by, decided_at)
         SELECT id, 'approved', ${asker}, subject_id, (SELECT id FROM agents WHERE agent_ref = $2), now()
         FROM unmaskings WHERE id = $1`,
        [id, by],
      );
    await expect(approve('A-1')).rejects.toMatchObject({ constraint: 'unmasking_verdicts_four_eyes_check' });
    await expect(approve('A-77')).rejects.toMatchObject({ constraint: 'unmasking_verdicts_subject_check' });
    // Nor by saying that somebody else had asked.
    await expect(approve('A-1', "(SELECT id FROM agents WHERE agent_ref = 'A-2')")).rejects.toMatchObject({
      constraint: 'unmasking_verdicts_unmasking_fkey',
    });
    // The control: somebody else may.
    await approve('A-2');
    expect((await get('A-1', id)).body.agent_ref).toBe('A-77');
    // Two at once decide once.
    const again = (await ask('A-1')).body.id;
    const answers = await Promise.all(['A-2', 'A-78', 'A-2', 'A-78'].map((by) => decide(by, again)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409, 409, 409]);
  });
});

describe('The log', () => {
  it('says why, and holds no token, subject, role or name of a client', () => {
    const text = logged.join('');
    expect(sent.length).toBeGreaterThan(150);
    expect(text.includes('A staff token was refused: It is of a client and not of a person.')).toBe(true);
    expect(text.includes('ERR_JWT_CLAIM_VALIDATION_FAILED aud')).toBe(true);
    expect(text.includes('The OpenID provider cannot be asked: ')).toBe(true);
    expect(text.match(/eyJ|Bearer |A-[0-9]|desk-agent/g)).toBeNull();
    const leaked = sent.filter((token) => token.length > 100 && text.includes(token.split('.')[1] ?? ''));
    expect(leaked).toEqual([]);
  });
});

async function until(isSo: () => Promise<boolean>): Promise<boolean> {
  const end = performance.now() + 10_000;
  while (!(await isSo())) {
    if (performance.now() > end) return false;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return true;
}
