import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type INestApplicationContext, Module, type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Client, type Pool } from 'pg';
import { AuditModule } from '../../src/audit/audit.module.ts';
import { AuthModule } from '../../src/auth/auth.module.ts';
import { AgentsService } from '../../src/auth/agents.service.ts';
import { ChangeListener } from '../../src/auth/change-listener.ts';
import { mintKey, parseKey } from '../../src/auth/key-format.ts';
import { KeysService } from '../../src/auth/keys.service.ts';
import type { Config } from '../../src/config/config.ts';
import { ConfigModule } from '../../src/config/config.module.ts';
import { DatabaseModule, PG_POOL } from '../../src/database/database.module.ts';
import { testConfig } from '../support/config.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { BEFORE_IT_IS_FORGOTTEN, until } from '../support/until.ts';

@Module({})
class Room {
  static with(config: Config): DynamicModule {
    return { module: Room, imports: [ConfigModule.with(config), DatabaseModule, AuditModule, AuthModule] };
  }
}

/** One process' worth of the application: its own pool, its own memory, its own listener. */
async function startProcess(database: TestDatabase, overrides: Partial<Config> = {}): Promise<INestApplicationContext> {
  const config = testConfig({ databaseUrl: database.appUrl, ...overrides });
  return NestFactory.createApplicationContext(Room.with(config), { logger: false, abortOnError: false });
}

let database: TestDatabase;
let owner: Client;
let one: INestApplicationContext;
let other: INestApplicationContext;
let keys: KeysService;
let keysElsewhere: KeysService;

beforeAll(async () => {
  database = await createTestDatabase();
  owner = new Client({ connectionString: database.ownerUrl });
  await owner.connect();
  one = await startProcess(database);
  other = await startProcess(database);
  keys = one.get(KeysService);
  keysElsewhere = other.get(KeysService);
});

afterAll(async () => {
  await one.close();
  await other.close();
  await owner.end();
  await database.drop();
});

async function makeKey(name = 'telephony', inside = keys): Promise<{ id: string; text: string }> {
  const { key, text } = await inside.create({ name, scope: 'crm' }, 'test');
  return { id: key.id, text };
}

/** How often the hot query ran, as the database counts it for this process' pool. */
function countLookUps(application: INestApplicationContext): { count: number } {
  const pool = application.get<Pool>(PG_POOL);
  const counter = { count: 0 };
  const query = pool.query.bind(pool) as (...parameters: unknown[]) => unknown;
  Object.assign(pool, {
    query: (...parameters: unknown[]) => {
      if ((parameters[0] as { name?: string }).name === 'live_key') counter.count += 1;
      return query(...parameters);
    },
  });
  return counter;
}

describe('The text of a key', () => {
  it('names the environment and the key, and carries a secret of more than 128 bits', () => {
    const { id, text } = mintKey('live');
    expect(text).toMatch(/^mdt_live_[0-9A-Za-z]{12}_[0-9A-Za-z]{24}_[0-9A-Za-z]{6}$/);
    expect(parseKey(text)).toEqual({ environment: 'live', id });
    expect(24 * Math.log2(62)).toBeGreaterThan(128);
  });

  it('is different every time', () => {
    const texts = new Set(Array.from({ length: 2_000 }, () => mintKey('test').text));
    expect(texts.size).toBe(2_000);
  });

  it('is recognised as mistyped after any single wrong character', () => {
    const { text } = mintKey('test');
    const start = 'mdt_test_'.length;
    for (let at = start; at < text.length; at += 1) {
      if (text[at] === '_') continue;
      for (const wrong of ['0', 'z', 'Q', '_']) {
        if (text[at] === wrong) continue;
        expect(parseKey(text.slice(0, at) + wrong + text.slice(at + 1))).toBeNull();
      }
    }
  });

  it.each([
    ['nothing', ''],
    ['a word', 'hello'],
    ['another environment with the same checksum', mintKey('test').text.replace('_test_', '_live_')],
    ['white space around it', ` ${mintKey('test').text}`],
    ['a line break after it', `${mintKey('test').text}\n`],
    ['a cut-off end', mintKey('test').text.slice(0, -1)],
  ])('is not %s', (_, text) => {
    expect(parseKey(text)).toBeNull();
  });
});

describe('A key', () => {
  it('is known by its text', async () => {
    const { id, text } = await makeKey();
    expect(await keys.authenticate(text)).toEqual({ id, scope: 'crm', strength: 2, maySearch: false, agentId: null });
    expect(await keysElsewhere.authenticate(text)).toMatchObject({ id });
  });

  it('is stored as a hash only', async () => {
    const { id, text } = await makeKey();
    const { rows } = await owner.query<{ row: string }>(
      'SELECT row_to_json(k)::text AS row FROM api_keys k WHERE id = $1',
      [id],
    );
    const [, , , secret = '-'] = text.split('_');
    expect(rows).toHaveLength(1);
    expect(rows[0]?.row).not.toContain(secret);
    const records = await owner.query<{ body: string }>('SELECT body FROM audit_records');
    expect(records.rows.some(({ body }) => body.includes(id))).toBe(true);
    expect(records.rows.some(({ body }) => body.includes(secret))).toBe(false);
  });

  it.each([
    ['agent', 1],
    ['crm', 2],
    ['admin', 2],
    ['privacy', 0],
  ] as const)('of scope %s has strength %i unless told otherwise', async (scope, strength) => {
    const { text } = await keys.create({ name: 'default', scope }, 'test');
    expect(await keys.authenticate(text)).toMatchObject({ scope, strength });
    const told = await keys.create({ name: 'told', scope, strength: 3 }, 'test');
    expect(await keys.authenticate(told.text)).toMatchObject({ strength: 3 });
  });

  it('with the id of one and the secret of another is nobody', async () => {
    const { id } = await makeKey();
    const forged = mintKey('test');
    await owner.query(`UPDATE api_keys SET name = 'target' WHERE id = $1`, [id]);
    expect(await keys.authenticate(forged.text)).toBeNull();
    // The same, with a text that is well formed for the known id: as stored, then with another hash under it.
    const { id: victim, text } = await makeKey();
    await owner.query(`UPDATE api_keys SET secret_hash = sha256('other') WHERE id = $1`, [victim]);
    expect(await keys.authenticate(text)).toBeNull();
  });

  it('lives 365 days unless told otherwise, and never more than 730', async () => {
    const { key } = await keys.create({ name: 'year', scope: 'crm' }, 'test');
    expect(key.expiresAt.getTime() - key.createdAt.getTime()).toBe(365 * 24 * 3_600_000);
    for (const days of [0, 731, 1.5, Number.NaN]) {
      await expect(keys.create({ name: 'odd', scope: 'crm', days }, 'test')).rejects.toMatchObject({
        code: 'validation_failed',
        faults: [{ pointer: '/days' }],
      });
    }
    await expect(keys.create({ name: 'long', scope: 'crm', days: 730 }, 'test')).resolves.toBeDefined();
  });

  it('ends by the database clock, to the moment, even when it has just been used', async () => {
    const { id, text } = await makeKey();
    await owner.query(`UPDATE api_keys SET expires_at = now() + interval '400 milliseconds' WHERE id = $1`, [id]);
    expect(await keys.authenticate(text)).not.toBeNull();
    await until(async () => {
      const { rows } = await owner.query<{ over: boolean }>(
        'SELECT expires_at <= now() AS over FROM api_keys WHERE id = $1',
        [id],
      );
      return rows[0]?.over === true;
    });
    expect(await keys.authenticate(text)).toBeNull();
    expect(await keysElsewhere.authenticate(text)).toBeNull();
  });

  it('that was made in the future is not valid yet', async () => {
    const { id, text } = await makeKey();
    await owner.query(`UPDATE api_keys SET created_at = now() + interval '1 minute' WHERE id = $1`, [id]);
    expect(await keys.authenticate(text)).toBeNull();
  });

  it('made for a trial ends where production begins', async () => {
    const trial = await keys.create({ name: 'trial', scope: 'crm', environment: 'demo' }, 'test');
    const live = await keys.create({ name: 'real', scope: 'crm', environment: 'live' }, 'test');
    const production = await startProcess(database, { production: true });
    try {
      expect(await production.get(KeysService).authenticate(trial.text)).toBeNull();
      expect(await production.get(KeysService).authenticate(live.text)).not.toBeNull();
      expect((await production.get(KeysService).create({ name: 'made there', scope: 'crm' }, 'test')).text).toMatch(
        /^mdt_live_/,
      );
    } finally {
      await production.close();
    }
    expect(await keys.authenticate(trial.text)).not.toBeNull();
  });

  it('is looked up once for many requests, also when they come together', async () => {
    const { text } = await makeKey();
    const lookUps = countLookUps(one);
    await Promise.all(Array.from({ length: 50 }, () => keys.authenticate(text)));
    await keys.authenticate(text);
    expect(lookUps.count).toBe(1);
  });

  it('that is unknown is looked up every time, like one with a wrong secret, a dead one and a revoked one', async () => {
    const unknown = mintKey('test').text;
    const wrong = await makeKey();
    await owner.query(`UPDATE api_keys SET secret_hash = sha256('other') WHERE id = $1`, [wrong.id]);
    const expired = await makeKey();
    await owner.query(
      `UPDATE api_keys SET created_at = now() - interval '2 days', expires_at = now() - interval '1 day' WHERE id = $1`,
      [expired.id],
    );
    const revoked = await makeKey();
    await keys.revoke(revoked.id, 'test');
    const lookUps = countLookUps(one);
    for (const text of [unknown, wrong.text, expired.text, revoked.text]) {
      const before = lookUps.count;
      expect(await keys.authenticate(text)).toBeNull();
      expect(await keys.authenticate(text)).toBeNull();
      expect(lookUps.count - before).toBe(2);
    }
  });

  it('is bound only to an agent who exists, and only with scope agent', async () => {
    await one.get(AgentsService).put('bound-1', { role: 'employee', team: null, isActive: true }, 'test');
    const { key } = await keys.create({ name: 'desk', scope: 'agent', agentRef: 'bound-1' }, 'test');
    expect(key.agentId).toMatch(/^[0-9a-f-]{36}$/);
    await expect(keys.create({ name: 'desk', scope: 'agent', agentRef: 'nobody' }, 'test')).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(keys.create({ name: 'desk', scope: 'crm', agentRef: 'bound-1' }, 'test')).rejects.toMatchObject({
      faults: [{ pointer: '/agentRef' }],
    });
  });
});

describe('Revoking a key', () => {
  it('ends it at the next request in the process that revoked it', async () => {
    for (let round = 0; round < 20; round += 1) {
      const { id, text } = await makeKey();
      expect(await keys.authenticate(text)).not.toBeNull();
      await keys.revoke(id, 'test');
      expect(await keys.authenticate(text)).toBeNull();
    }
  });

  it('ends it at once in another process that keeps it in memory', async () => {
    const { id, text } = await makeKey();
    expect(await keysElsewhere.authenticate(text)).not.toBeNull();
    await keys.revoke(id, 'test');
    await until(async () => (await keysElsewhere.authenticate(text)) === null, BEFORE_IT_IS_FORGOTTEN);
  });

  it('ends it in mid-burst, and no answer of before the change is kept', async () => {
    const { id, text } = await makeKey();
    let isRevoked = false;
    let isOver = false;
    let permittedBefore = 0;
    let permittedAfter = 0;
    const burst = Array.from({ length: 16 }, async () => {
      while (!isOver) {
        const beganAfter = isRevoked;
        const found = await keys.authenticate(text);
        if (found !== null && beganAfter) permittedAfter += 1;
        if (found !== null) permittedBefore += 1;
        await new Promise((resolve) => setImmediate(resolve));
      }
    });
    await until(() => permittedBefore > 200);
    await keys.revoke(id, 'test');
    isRevoked = true;
    await new Promise((resolve) => setTimeout(resolve, 200));
    isOver = true;
    await Promise.all(burst);
    expect(permittedBefore).toBeGreaterThan(200);
    expect(permittedAfter).toBe(0);
  });

  it('control: without a word to the others, their memory would still say yes', async () => {
    const { id, text } = await makeKey();
    expect(await keysElsewhere.authenticate(text)).not.toBeNull();
    await owner.query('UPDATE api_keys SET revoked_at = now() WHERE id = $1', [id]);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await keysElsewhere.authenticate(text)).not.toBeNull();
    await owner.query(`SELECT pg_notify('api_keys_changed', '')`);
    await until(async () => (await keysElsewhere.authenticate(text)) === null, BEFORE_IT_IS_FORGOTTEN);
  });

  it('once more changes nothing', async () => {
    const { id } = await makeKey();
    const first = await keys.revoke(id, 'test');
    const second = await keys.revoke(id, 'test');
    expect(second.revokedAt).toEqual(first.revokedAt);
    const { rows } = await owner.query(
      `SELECT FROM audit_records WHERE kind = 'key.revoked' AND body LIKE '%' || $1 || '%'`,
      [id],
    );
    expect(rows).toHaveLength(1);
  });

  it('of a key that does not exist is refused', async () => {
    await expect(keys.revoke('doesnotexist', 'test')).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('Without ears', () => {
  it('nothing is kept, and keeping begins again when the database is heard again', async () => {
    const process = await startProcess(database);
    try {
      const inside = process.get(KeysService);
      const listener = process.get(ChangeListener);
      const { id, text } = await makeKey();
      expect(await inside.authenticate(text)).not.toBeNull();

      // As the application's role: another one does not get to see what a session does.
      const { rows } = await process.get<Pool>(PG_POOL).query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
           WHERE datname = $1 AND query = 'SELECT ''listening'''`,
        [database.name],
      );
      expect(rows.length).toBeGreaterThanOrEqual(3);
      await until(() => !listener.isListening);
      // By hand and with no word to anybody: only who looks it up each time can know.
      await owner.query('UPDATE api_keys SET revoked_at = now() WHERE id = $1', [id]);
      expect(await inside.authenticate(text)).toBeNull();

      await until(() => listener.isListening);
      const lookUps = countLookUps(process);
      const next = await makeKey('next', inside);
      await inside.authenticate(next.text);
      await inside.authenticate(next.text);
      expect(lookUps.count).toBe(1);
      await until(() => one.get(ChangeListener).isListening && other.get(ChangeListener).isListening);
    } finally {
      await process.close();
    }
  });
});

describe('Rotating a key', () => {
  it('gives another with the same rights, and both live until the overlap is over', async () => {
    const { id, text } = await makeKey();
    const { key, text: fresh } = await keys.rotate(id, { overlapHours: 1 }, 'test');
    expect(key.rotatedFrom).toBe(id);
    expect(await keys.authenticate(text)).toMatchObject({ id, scope: 'crm', strength: 2 });
    expect(await keysElsewhere.authenticate(fresh)).toEqual({
      id: key.id,
      scope: 'crm',
      strength: 2,
      maySearch: false,
      agentId: null,
    });
    const old = (await keys.list()).find((listed) => listed.id === id);
    expect(old?.state).toBe('live');
    expect(old?.expiresAt.getTime()).toBe(key.createdAt.getTime() + 3_600_000);

    await owner.query(
      `UPDATE api_keys SET created_at = now() - interval '2 hours', expires_at = now() - interval '1 hour' WHERE id = $1`,
      [id],
    );
    await owner.query(`SELECT pg_notify('api_keys_changed', $1)`, [id]);
    await until(async () => (await keys.authenticate(text)) === null, BEFORE_IT_IS_FORGOTTEN);
    expect(await keys.authenticate(fresh)).not.toBeNull();
  });

  it('without an overlap ends the old one at once', async () => {
    const { id, text } = await makeKey();
    expect(await keys.authenticate(text)).not.toBeNull();
    await keys.rotate(id, { overlapHours: 0 }, 'test');
    expect(await keys.authenticate(text)).toBeNull();
  });

  it('never lengthens the life of the old one', async () => {
    const { key } = await keys.create({ name: 'short', scope: 'crm', days: 1 }, 'test');
    await keys.rotate(key.id, { overlapHours: 720 }, 'test');
    const old = (await keys.list()).find((listed) => listed.id === key.id);
    expect(old?.expiresAt).toEqual(key.expiresAt);
  });

  it('is refused while three would live: twice from one key, or on while the predecessor lives', async () => {
    const { id } = await makeKey();
    const second = await keys.rotate(id, {}, 'test');
    await expect(keys.rotate(id, {}, 'test')).rejects.toMatchObject({ code: 'invalid_state' });
    await expect(keys.rotate(second.key.id, {}, 'test')).rejects.toMatchObject({ code: 'invalid_state' });
    await keys.revoke(id, 'test');
    const third = await keys.rotate(second.key.id, {}, 'test');
    expect(third.key.rotatedFrom).toBe(second.key.id);
  });

  it('by two processes at once gives one new key', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { id } = await makeKey();
      const outcomes = await Promise.allSettled(
        [keys, keysElsewhere, keys, keysElsewhere].map((inside) => inside.rotate(id, {}, 'test')),
      );
      expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
      const { rows } = await owner.query('SELECT FROM api_keys WHERE rotated_from = $1', [id]);
      expect(rows).toHaveLength(1);
    }
  });

  it('of a dead or unknown key is refused', async () => {
    const { id } = await makeKey();
    await keys.revoke(id, 'test');
    await expect(keys.rotate(id, {}, 'test')).rejects.toMatchObject({ code: 'invalid_state' });
    await expect(keys.rotate('doesnotexist', {}, 'test')).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('An agent', () => {
  const details = { role: 'employee', team: 'Utrecht', isActive: true };

  it('keeps the pseudonym that was made once', async () => {
    const agents = one.get(AgentsService);
    const { agent: first } = await agents.put('agent-7', details, 'test');
    expect(first.pseudonym).toMatch(/^[BCDFGHJKLMNPQRSTVWXZ2-9]{4}$/);
    const { agent: second } = await agents.put('agent-7', { ...details, team: null, role: 'supervisor' }, 'test');
    expect(second).toEqual({ ...first, team: null, role: 'supervisor' });
    expect(await other.get(AgentsService).byRef('agent-7')).toEqual(second);
  });

  it('who is registered with nothing new leaves no record', async () => {
    const agents = one.get(AgentsService);
    const { agent, outcome } = await agents.put('agent-8', details, 'test');
    expect(outcome).toBe('created');
    expect(await agents.put('agent-8', details, 'test')).toEqual({ outcome: 'unchanged', agent });
    const { rows } = await owner.query(`SELECT kind FROM audit_records WHERE body LIKE '%' || $1 || '%'`, [agent.id]);
    expect(rows).toEqual([{ kind: 'agent.registered' }]);
  });

  it('is registered once by processes that race', async () => {
    const results = await Promise.all(
      Array.from({ length: 8 }, (_, at) =>
        (at % 2 === 0 ? one : other).get(AgentsService).put('agent-9', details, 'test'),
      ),
    );
    expect(new Set(results.map(({ agent }) => agent.pseudonym)).size).toBe(1);
  });

  it('who is shut out is known as such at once, here and elsewhere', async () => {
    await one.get(AgentsService).put('agent-10', details, 'test');
    expect(await other.get(AgentsService).byRef('agent-10')).toMatchObject({ isActive: true });
    await one.get(AgentsService).put('agent-10', { ...details, isActive: false }, 'test');
    expect(await one.get(AgentsService).byRef('agent-10')).toMatchObject({ isActive: false });
    await until(
      async () => (await other.get(AgentsService).byRef('agent-10'))?.isActive === false,
      BEFORE_IT_IS_FORGOTTEN,
    );
  });

  it.each(['', 'a b', '-a', 'a'.repeat(65), 'jan@example.nl', 'é'])('is not called %j', async (ref) => {
    await expect(one.get(AgentsService).put(ref, details, 'test')).rejects.toMatchObject({ code: 'validation_failed' });
    expect(await one.get(AgentsService).byRef(ref)).toBeNull();
  });
});
