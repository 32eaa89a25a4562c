import 'reflect-metadata';
import { crc32 } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, type DynamicModule, Get, Module, Post, type Type } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Client } from 'pg';
import { AuditModule } from '../../src/audit/audit.module.ts';
import { CurrentPrincipal, Public, Scopes } from '../../src/auth/access.decorators.ts';
import { AccessSweep } from '../../src/auth/access-sweep.ts';
import { AuthModule } from '../../src/auth/auth.module.ts';
import { mintKey } from '../../src/auth/key-format.ts';
import { KeysService, type NewKey } from '../../src/auth/keys.service.ts';
import { actorOf, KEY_SCOPES, type KeyScope, type Principal } from '../../src/auth/principal.ts';
import type { Config } from '../../src/config/config.ts';
import { ConfigModule } from '../../src/config/config.module.ts';
import { DatabaseModule } from '../../src/database/database.module.ts';
import { createApp } from '../../src/http/http.ts';
import { createLog } from '../../src/http/log.ts';
import { testConfig } from '../support/config.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { BEFORE_IT_IS_FORGOTTEN, until } from '../support/until.ts';

@Controller('probe')
class ProbeController {
  @Get('public')
  @Public()
  open(): { open: boolean } {
    return { open: true };
  }

  @Get('any')
  @Scopes('agent', 'crm', 'admin', 'privacy')
  any(@CurrentPrincipal() principal: Principal): object {
    const { keyId, scope, strength, agent } = principal;
    return { keyId, scope, strength, agentRef: agent?.ref ?? null, actor: actorOf(principal) };
  }

  @Post('any')
  @Scopes('crm')
  write(@CurrentPrincipal() principal: Principal): object {
    return { keyId: principal.keyId };
  }

  @Get('agent')
  @Scopes('agent')
  agent(): object {
    return {};
  }

  @Get('crm')
  @Scopes('crm')
  crm(): object {
    return {};
  }

  @Get('admin')
  @Scopes('admin')
  admin(): object {
    return {};
  }

  @Get('privacy')
  @Scopes('privacy')
  privacy(): object {
    return {};
  }
}

@Controller('class')
@Scopes('admin')
class NarrowedController {
  @Get('inherited')
  inherited(): object {
    return {};
  }

  @Get('narrowed')
  @Scopes('privacy')
  narrowed(): object {
    return {};
  }
}

@Controller('forgotten')
class ForgottenController {
  @Get('said')
  @Public()
  said(): object {
    return {};
  }

  @Get('unsaid')
  unsaid(): object {
    return {};
  }
}

@Module({})
class Root {
  static with(config: Config, controllers: Type[]): DynamicModule {
    return {
      module: Root,
      imports: [ConfigModule.with(config), DatabaseModule, AuditModule, AuthModule],
      controllers,
    };
  }
}

/** What looks for forgotten routes, without all that a whole application would leave open. */
@Module({ imports: [DiscoveryModule], providers: [AccessSweep] })
class Sweep {}

const logged: string[] = [];
const quiet = createLog('silent');

async function startApp(
  database: TestDatabase,
  controllers: Type[],
  overrides: Partial<Config> = {},
): Promise<NestFastifyApplication> {
  const config = testConfig({ databaseUrl: database.appUrl, ...overrides });
  const log = createLog('debug', { write: (line: string) => void logged.push(line) });
  return createApp(config, { module: Root.with(config, controllers), log });
}

let database: TestDatabase;
let owner: Client;
let app: NestFastifyApplication;
let elsewhere: NestFastifyApplication;
const keyOf = {} as Record<KeyScope, string>;
const shown: string[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  owner = new Client({ connectionString: database.ownerUrl });
  await owner.connect();
  app = await startApp(database, [ProbeController, NarrowedController]);
  elsewhere = await startApp(database, [ProbeController]);
  for (const scope of KEY_SCOPES) keyOf[scope] = await makeKey({ scope });
  await putAgent('A-1', { role: 'employee', team: 'Utrecht' });
  await putAgent('A-2', { role: 'supervisor' });
  await putAgent('A-gone', { role: 'employee', is_active: false });
});

afterAll(async () => {
  await app.close();
  await elsewhere.close();
  await owner.end();
  await database.drop();
});

async function makeKey(wanted: Partial<NewKey> = {}): Promise<string> {
  const { text } = await app.get(KeysService).create({ name: 'probe', scope: 'crm', ...wanted }, 'test');
  shown.push(text);
  return text;
}

/** Right in all but its secret: somebody has seen the id, and guesses. */
function withAnotherSecret(text: string): string {
  const [kind, environment, id] = text.split('_');
  const [, , , secret] = mintKey('test').text.split('_');
  const stem = [kind, environment, id, secret].join('_');
  const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
  let rest = crc32(stem);
  let checksum = '';
  while (checksum.length < 6) {
    checksum = digits.charAt(rest % digits.length) + checksum;
    rest = Math.floor(rest / digits.length);
  }
  return `${stem}_${checksum}`;
}

function idOf(text: string): string {
  return text.split('_')[2] ?? '';
}

async function get(path: string, headers: Record<string, string> = {}, at = app) {
  return at.inject({ method: 'GET', url: path, headers });
}

function bearer(key: string, agentRef?: string): Record<string, string> {
  return { authorization: `Bearer ${key}`, ...(agentRef === undefined ? {} : { 'mandaat-agent': agentRef }) };
}

async function putAgent(ref: string, body: object, headers = bearer(keyOf.admin)) {
  return app.inject({ method: 'PUT', url: `/v1/agents/${encodeURIComponent(ref)}`, headers, payload: body });
}

describe('Who calls', () => {
  it('is told by the key alone', async () => {
    const answer = await get('/probe/any', bearer(keyOf.crm));
    expect(answer.statusCode).toBe(200);
    const keyId = idOf(keyOf.crm);
    expect(answer.json()).toEqual({ keyId, scope: 'crm', strength: 2, agentRef: null, actor: `key:${keyId}` });
  });

  it('does not matter on a public route', async () => {
    expect((await get('/probe/public')).json()).toEqual({ open: true });
    expect((await get('/probe/public', bearer('nonsense'))).statusCode).toBe(200);
  });

  it('is asked in whatever case the scheme is written', async () => {
    expect((await get('/probe/any', { authorization: `bearer ${keyOf.crm}` })).statusCode).toBe(200);
  });

  it.each<[string, () => Record<string, string>]>([
    ['no header', () => ({})],
    ['an empty header', () => ({ authorization: '' })],
    ['another scheme', () => ({ authorization: `Basic ${Buffer.from(`x:${keyOf.crm}`).toString('base64')}` })],
    ['the key without a scheme', () => ({ authorization: keyOf.crm })],
    ['the scheme without a key', () => ({ authorization: 'Bearer' })],
    ['two keys', () => ({ authorization: `Bearer ${keyOf.crm} ${keyOf.crm}` })],
    ['a word', () => ({ authorization: 'Bearer hello' })],
    ['a mistyped key', () => ({ authorization: `Bearer ${keyOf.crm.slice(0, -1)}_` })],
    ['a well-formed key that nobody made', () => ({ authorization: `Bearer ${mintKey('test').text}` })],
  ])('cannot be told from %s', async (_, headers) => {
    const answer = await get('/probe/any', headers());
    expect(answer.statusCode).toBe(401);
    expect(answer.headers['www-authenticate']).toMatch(/^Bearer /);
    expect(answer.json()).toMatchObject({ code: 'unauthenticated' });
  });

  it('is never read from the query or the body', async () => {
    expect((await get(`/probe/any?access_token=${keyOf.crm}`)).statusCode).toBe(401);
    const answer = await app.inject({ method: 'POST', url: '/probe/any', payload: { access_token: keyOf.crm } });
    expect(answer.statusCode).toBe(401);
    // Nor do they get in the way of a key that came in its header.
    const both = await app.inject({
      method: 'POST',
      url: '/probe/any?access_token=x',
      headers: bearer(keyOf.crm),
      payload: { access_token: 'y' },
    });
    expect(both.statusCode).toBe(201);
  });

  it('gets one answer for unknown, wrong secret, expired and revoked', async () => {
    const wrong = await makeKey();
    await owner.query(`UPDATE api_keys SET secret_hash = sha256('other') WHERE id = $1`, [idOf(wrong)]);
    const expired = await makeKey();
    await owner.query(
      `UPDATE api_keys SET created_at = now() - interval '2 days', expires_at = now() - interval '1 day' WHERE id = $1`,
      [idOf(expired)],
    );
    const revoked = await makeKey();
    await app.get(KeysService).revoke(idOf(revoked), 'test');
    const answers = await Promise.all(
      [mintKey('test').text, wrong, expired, revoked, 'hello'].map(async (key) => {
        const { statusCode, headers, body } = await get('/probe/any', {
          ...bearer(key),
          'x-request-id': 'same-for-all',
        });
        const { 'ratelimit-remaining': _left, 'ratelimit-reset': _reset, date: _date, ...comparable } = headers;
        return JSON.stringify({ statusCode, comparable, body });
      }),
    );
    expect([...new Set(answers)]).toHaveLength(1);
    expect(answers[0]).toContain('"statusCode":401');
  });

  it('is kept apart for requests that come together, kept in memory or not', async () => {
    const keys = [...(await Promise.all(Array.from({ length: 8 }, () => makeKey()))), mintKey('test').text, 'hello'];
    for (let round = 0; round < 4; round += 1) {
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, at) => keys[(at * 7) % keys.length] ?? '').map(async (key) => {
          const answer = await get('/probe/any', bearer(key));
          return { key, said: answer.json<{ keyId?: string }>().keyId, status: answer.statusCode };
        }),
      );
      for (const { key, said, status } of answers) {
        const isMade = keys.indexOf(key) < 8;
        expect({ said, status }).toEqual(isMade ? { said: idOf(key), status: 200 } : { said: undefined, status: 401 });
      }
    }
  });

  it('is looked up in the database of the application that was asked, and in no other', async () => {
    const foreign = await createTestDatabase();
    const stranger = await startApp(foreign, [ProbeController]);
    try {
      const { text } = await stranger.get(KeysService).create({ name: 'foreign', scope: 'crm' }, 'test');
      expect((await get('/probe/any', bearer(text), stranger)).statusCode).toBe(200);
      expect((await get('/probe/any', bearer(keyOf.crm), stranger)).statusCode).toBe(401);
      expect((await get('/probe/any', bearer(text))).statusCode).toBe(401);
    } finally {
      await stranger.close();
      await foreign.drop();
    }
    expect((await get('/probe/any', bearer(keyOf.crm))).statusCode).toBe(200);
  });

  it('stops in mid-burst when the key is revoked, in this process and in another', async () => {
    const key = await makeKey();
    for (let count = 0; count < 20; count += 1) {
      expect((await get('/probe/any', bearer(key))).statusCode).toBe(200);
      expect((await get('/probe/any', bearer(key), elsewhere)).statusCode).toBe(200);
    }
    const burst = Array.from({ length: 40 }, () => get('/probe/any', bearer(key)));
    await app.get(KeysService).revoke(idOf(key), 'test');
    expect((await get('/probe/any', bearer(key))).statusCode).toBe(401);
    await Promise.all(burst);
    await until(
      async () => (await get('/probe/any', bearer(key), elsewhere)).statusCode === 401,
      BEFORE_IT_IS_FORGOTTEN,
    );
  });

  it('is asked in vain while the database does not answer: 503, and nothing is permitted', async () => {
    const key = await makeKey();
    await owner.query('BEGIN');
    await owner.query('LOCK TABLE api_keys IN ACCESS EXCLUSIVE MODE');
    try {
      expect((await get('/probe/any', bearer(key))).statusCode).toBe(503);
      expect((await get('/probe/public')).statusCode).toBe(200);
    } finally {
      await owner.query('ROLLBACK');
    }
    expect((await get('/probe/any', bearer(key))).statusCode).toBe(200);
  });
});

describe('What a key may do', () => {
  it.each(KEY_SCOPES.flatMap((route) => KEY_SCOPES.map((scope) => [route, scope] as const)))(
    'on a route for %s with a key of scope %s is what the route says',
    async (route, scope) => {
      const answer = await get(`/probe/${route}`, bearer(keyOf[scope], scope === 'agent' ? 'A-1' : undefined));
      expect(answer.statusCode).toBe(route === scope ? 200 : 403);
      if (route !== scope) {
        expect(answer.json()).toMatchObject({ code: 'forbidden' });
        expect(answer.json<{ detail: string }>().detail).toContain(`scope ${route}`);
      }
    },
  );

  it('is said by the route before its class', async () => {
    expect((await get('/class/inherited', bearer(keyOf.admin))).statusCode).toBe(200);
    expect((await get('/class/inherited', bearer(keyOf.privacy))).statusCode).toBe(403);
    expect((await get('/class/narrowed', bearer(keyOf.admin))).statusCode).toBe(403);
    expect((await get('/class/narrowed', bearer(keyOf.privacy))).statusCode).toBe(200);
  });

  it('must be said: a route about which nobody said it keeps the application from starting', async () => {
    const module = { module: Sweep, controllers: [ForgottenController] };
    await expect(createApp(testConfig(), { module, log: quiet })).rejects.toThrow('ForgottenController.unsaid (GET)');
    const silent = { module: Sweep, controllers: [ProbeController, NarrowedController] };
    await (await createApp(testConfig(), { module: silent, log: quiet })).close();
  });
});

describe('For which agent', () => {
  it('a key of scope agent says by header', async () => {
    const answer = await get('/probe/any', bearer(keyOf.agent, 'A-1'));
    expect(answer.json()).toMatchObject({
      scope: 'agent',
      strength: 1,
      agentRef: 'A-1',
      actor: expect.stringMatching(/^agent:/),
    });
    expect((await get('/probe/any', bearer(keyOf.agent, 'A-2'))).json()).toMatchObject({ agentRef: 'A-2' });
  });

  it('a key of scope agent must say', async () => {
    const answer = await get('/probe/any', bearer(keyOf.agent));
    expect(answer.statusCode).toBe(400);
    expect(answer.json<{ detail: string }>().detail).toContain('Mandaat-Agent');
  });

  it.each(['A-unknown', 'a-1', 'A-1, A-2', "' OR 1=1", 'x'.repeat(300), ''])(
    'somebody unknown (%j) is refused, with what to do',
    async (ref) => {
      const answer = await get('/probe/any', bearer(keyOf.agent, ref));
      expect(answer.statusCode).toBe(403);
      expect(answer.json<{ detail: string }>().detail).toContain('PUT /v1/agents/{ref}');
    },
  );

  it('somebody who is not active is refused', async () => {
    expect((await get('/probe/any', bearer(keyOf.agent, 'A-gone'))).statusCode).toBe(403);
    expect((await get('/probe/any', bearer(keyOf.crm, 'A-gone'))).statusCode).toBe(403);
  });

  it('a bound key acts without saying, and for nobody else', async () => {
    const bound = await makeKey({ scope: 'agent', agentRef: 'A-1' });
    expect((await get('/probe/any', bearer(bound))).json()).toMatchObject({ agentRef: 'A-1' });
    expect((await get('/probe/any', bearer(bound, 'A-1'))).statusCode).toBe(200);
    expect((await get('/probe/any', bearer(bound, 'A-2'))).statusCode).toBe(403);
    expect((await get('/probe/any', bearer(bound, 'A-unknown'))).statusCode).toBe(403);
  });

  it('keys that are bound to one agent alone may be taken: then no other says who acts, seen before or not', async () => {
    const strict = await startApp(database, [ProbeController], { agentKeys: 'bound' });
    try {
      for (let times = 0; times < 3; times += 1) {
        const answer = await get('/probe/any', bearer(keyOf.agent, 'A-1'), strict);
        expect(answer.statusCode).toBe(403);
        expect(answer.json<{ detail: string }>().detail).toContain('AGENT_KEYS');
        // A key of a CRM, which may name agents too, has both of them known here by now.
        expect((await get('/probe/any', bearer(keyOf.crm, 'A-1'), strict)).statusCode).toBe(200);
      }
      expect((await get('/probe/any', bearer(keyOf.agent), strict)).statusCode).toBe(403);
      const bound = await makeKey({ scope: 'agent', agentRef: 'A-1' });
      expect((await get('/probe/any', bearer(bound), strict)).json()).toMatchObject({ agentRef: 'A-1' });
      expect((await get('/probe/any', bearer(keyOf.agent, 'A-1'))).statusCode).toBe(200);
      // Nor is one made that nobody could use.
      const keys = strict.get(KeysService);
      await expect(keys.create({ name: 'shared', scope: 'agent' }, 'test')).rejects.toMatchObject({
        faults: [{ pointer: '/agentRef' }],
      });
      const ofBefore = await app.get(KeysService).create({ name: 'shared', scope: 'agent' }, 'test');
      await expect(keys.rotate(ofBefore.key.id, {}, 'test')).rejects.toMatchObject({
        code: 'invalid_state',
        message: expect.stringContaining('AGENT_KEYS'),
      });
      const ofCrm = await keys.create({ name: 'shared', scope: 'crm' }, 'test');
      expect((await keys.rotate(ofCrm.key.id, {}, 'test')).text).toMatch(/^mdt_/);
    } finally {
      await strict.close();
    }
  });

  it('a CRM may say, and needs not', async () => {
    expect((await get('/probe/any', bearer(keyOf.crm, 'A-2'))).json()).toMatchObject({ scope: 'crm', agentRef: 'A-2' });
    expect((await get('/probe/any', bearer(keyOf.crm))).json()).toMatchObject({ agentRef: null });
  });

  it.each(['admin', 'privacy'] as const)('a key of scope %s says nothing', async (scope) => {
    const answer = await get('/probe/any', bearer(keyOf[scope], 'A-1'));
    expect(answer.statusCode).toBe(400);
    expect((await get('/probe/any', bearer(keyOf[scope]))).statusCode).toBe(200);
  });

  it('ends at the next request when the agent is shut out, also for a bound key and in another process', async () => {
    await putAgent('A-3', { role: 'employee' });
    const bound = await makeKey({ scope: 'agent', agentRef: 'A-3' });
    expect((await get('/probe/any', bearer(bound))).statusCode).toBe(200);
    expect((await get('/probe/any', bearer(bound), elsewhere)).statusCode).toBe(200);
    await putAgent('A-3', { role: 'employee', is_active: false });
    expect((await get('/probe/any', bearer(bound))).statusCode).toBe(403);
    await until(
      async () => (await get('/probe/any', bearer(bound), elsewhere)).statusCode === 403,
      BEFORE_IT_IS_FORGOTTEN,
    );
    await putAgent('A-3', { role: 'employee' });
    expect((await get('/probe/any', bearer(bound))).statusCode).toBe(200);
  });
});

describe('What is refused', () => {
  const linesOf = (id: string): Record<string, unknown>[] =>
    logged.map((line) => JSON.parse(line) as Record<string, unknown>).filter(({ requestId }) => requestId === id);
  const refusals = (keyId: string): unknown[] =>
    logged
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter((line) => line.event === 'key_refused' && line.keyId === keyId)
      .map(({ level, code }) => [level, code]);

  it.each<[string, string, () => Record<string, string>, number]>([
    ['a key of another scope', '/probe/admin', () => bearer(keyOf.crm), 403],
    ['a key that names nobody', '/probe/any', () => bearer(keyOf.agent), 400],
    ['a key that names somebody unknown', '/probe/any', () => bearer(keyOf.agent, 'A-unknown'), 403],
    ['a key that names somebody who is out', '/probe/any', () => bearer(keyOf.crm, 'A-gone'), 403],
  ])('of %s is in the log with whose key it was', async (what, path, headers, status) => {
    const id = `refused-${what.replaceAll(' ', '-')}`;
    const answer = await get(path, { ...headers(), 'x-request-id': id });
    expect(answer.statusCode).toBe(status);
    expect(linesOf(id)).toEqual([
      expect.objectContaining({ status, keyId: idOf(headers().authorization?.slice('Bearer '.length) ?? '') }),
    ]);
  });

  it('of a key of ours that does not open is in the log with its id and why; of others without any id', async () => {
    const expired = await makeKey();
    await owner.query(
      `UPDATE api_keys SET created_at = now() - interval '2 days', expires_at = now() - interval '1 day' WHERE id = $1`,
      [idOf(expired)],
    );
    const revoked = await makeKey();
    await app.get(KeysService).revoke(idOf(revoked), 'test');
    const early = await makeKey();
    await owner.query(`UPDATE api_keys SET created_at = now() + interval '1 day' WHERE id = $1`, [idOf(early)]);
    const alive = await makeKey();
    const guessed = withAnotherSecret(alive);
    const guessedDead = withAnotherSecret(revoked);
    const madeUp = mintKey('test').text;
    for (const [at, text] of [expired, revoked, early, guessed, guessedDead, madeUp].entries()) {
      const id = `a-key-that-does-not-open-${at}`;
      expect((await get('/probe/any', { ...bearer(text), 'x-request-id': id })).statusCode).toBe(401);
      // Nobody was recognised, so nobody is named as who asked.
      expect(linesOf(id)).toEqual([expect.not.objectContaining({ keyId: expect.anything() })]);
    }
    expect(refusals(idOf(expired))).toEqual([['info', 'expired']]);
    expect(refusals(idOf(revoked))).toEqual([
      ['info', 'revoked'],
      ['info', 'wrong_secret'],
    ]);
    expect(refusals(idOf(early))).toEqual([['info', 'early']]);
    expect(refusals(idOf(alive))).toEqual([['info', 'wrong_secret']]);
    const text = logged.join('');
    expect(text).toContain('"code":"unknown"');
    expect(text).not.toContain(idOf(madeUp));
    for (const key of [guessed, guessedDead, madeUp]) expect(text).not.toContain(key.split('_')[3]);
  });

  it('counts against the key, from however many addresses; a wrong secret counts against nobody', async () => {
    const limited = await startApp(database, [ProbeController], { rateLimit: 3 });
    let from = 0;
    const statusOf = async (path: string, text: string): Promise<number> => {
      from += 1;
      const answer = await limited.inject({
        method: 'GET',
        url: path,
        headers: bearer(text),
        remoteAddress: `192.0.2.${from}`,
      });
      return answer.statusCode;
    };
    try {
      const key = await makeKey();
      const guessed = withAnotherSecret(key);
      for (let times = 0; times < 6; times += 1) expect(await statusOf('/probe/any', guessed)).toBe(401);
      expect(await statusOf('/probe/any', key)).toBe(200);
      expect([await statusOf('/probe/admin', key), await statusOf('/probe/admin', key)]).toEqual([403, 403]);
      expect(await statusOf('/probe/admin', key)).toBe(429);
      expect(await statusOf('/probe/any', key)).toBe(429);
      expect(await statusOf('/probe/any', await makeKey())).toBe(200);
    } finally {
      await limited.close();
    }
  });
});

describe('Registering agents', () => {
  it('is for administrators', async () => {
    for (const scope of ['agent', 'crm', 'privacy'] as const) {
      const headers = bearer(keyOf[scope], scope === 'agent' ? 'A-1' : undefined);
      expect((await putAgent('A-5', { role: 'employee' }, headers)).statusCode).toBe(403);
      expect((await get('/v1/agents/A-1', headers)).statusCode).toBe(403);
    }
  });

  it('answers 201 the first time and 200 after, with the same pseudonym', async () => {
    const first = await putAgent('A-6', { role: 'employee', team: 'Zwolle' });
    expect(first.statusCode).toBe(201);
    expect(first.json()).toEqual({
      agent_ref: 'A-6',
      flags: [],
      leaves_on: null,
      skills: [],
      pseudonym: expect.stringMatching(/^[A-Z2-9]{4}$/),
      role: 'employee',
      team: 'Zwolle',
      is_active: true,
    });
    const second = await putAgent('A-6', { role: 'supervisor', team: null });
    expect(second.statusCode).toBe(200);
    expect(second.json()).toEqual({ ...first.json<object>(), role: 'supervisor', team: null });
    expect((await get('/v1/agents/A-6', bearer(keyOf.admin))).json()).toEqual(second.json());
  });

  it('of somebody unknown cannot be read', async () => {
    expect((await get('/v1/agents/A-nobody', bearer(keyOf.admin))).statusCode).toBe(404);
  });

  it.each([
    ['no role', {}],
    ['a role that is a sentence', { role: 'The best one' }],
    ['a blank team', { role: 'employee', team: ' ' }],
    ['a team of 81 characters', { role: 'employee', team: 'x'.repeat(81) }],
    ['a number as team', { role: 'employee', team: 3 }],
    ['a text as is_active', { role: 'employee', is_active: 'no' }],
    ['null as is_active', { role: 'employee', is_active: null }],
    ['a pseudonym of their own', { role: 'employee', pseudonym: 'XXXX' }],
  ])('with %s is refused', async (_, body) => {
    const answer = await putAgent('A-7', body);
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ code: 'validation_failed' });
  });

  it.each(['a b', 'jan@example.nl', '-x', 'x'.repeat(65)])('under the reference %j is refused', async (ref) => {
    expect((await putAgent(ref, { role: 'employee' })).statusCode).toBe(400);
  });
});

describe('The log', () => {
  it('holds no key and no agent reference after all of this', () => {
    const text = logged.join('');
    expect(logged.length).toBeGreaterThan(50);
    expect(text).toContain(idOf(keyOf.crm));
    for (const key of shown) expect(text).not.toContain(key.split('_')[3]);
    expect(text).not.toContain('A-unknown');
    expect(text).not.toMatch(/Bearer /i);
  });
});
