import 'reflect-metadata';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Body, Controller, type DynamicModule, HttpCode, Module, Post, Query, Res } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';
import { Client } from 'pg';
import { AuditModule } from '../../src/audit/audit.module.ts';
import { Scopes } from '../../src/auth/access.decorators.ts';
import { AgentsService } from '../../src/auth/agents.service.ts';
import { AuthModule } from '../../src/auth/auth.module.ts';
import { KeysService } from '../../src/auth/keys.service.ts';
import type { Config } from '../../src/config/config.ts';
import { ConfigModule } from '../../src/config/config.module.ts';
import { CryptoModule } from '../../src/crypto/crypto.module.ts';
import { DatabaseModule } from '../../src/database/database.module.ts';
import { AppError } from '../../src/errors.ts';
import { createApp } from '../../src/http/http.ts';
import { createLog } from '../../src/http/log.ts';
import { IdempotencyModule } from '../../src/idempotency/idempotency.module.ts';
import { IdempotencyRepository } from '../../src/idempotency/idempotency.repository.ts';
import { IdempotencyService } from '../../src/idempotency/idempotency.service.ts';
import { Idempotent } from '../../src/idempotency/idempotent.decorator.ts';
import { testConfig } from '../support/config.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { type Alteration, altered } from '../support/two-desks.ts';

/** What the route does, and how often it did it. */
const works = { count: 0, before: async (): Promise<void> => undefined };

@Controller('things')
@Scopes('crm')
class ThingsController {
  @Post()
  @Idempotent()
  async create(
    @Body() body: Record<string, unknown>,
    @Query('tag') tag: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    await works.before();
    works.count += 1;
    void reply.header('Location', `/things/${works.count}`).header('ETag', `"${works.count}"`).header('X-Other', 'y');
    return { number: works.count, canary: 'Verzonnen Kanarie', said: body, tag, at: new Date(0), none: null };
  }

  @Post('accepted')
  @HttpCode(202)
  @Idempotent()
  accept(): object {
    works.count += 1;
    return { number: works.count };
  }

  @Post('empty')
  @HttpCode(204)
  @Idempotent()
  empty(): void {
    works.count += 1;
  }

  @Post('refused')
  @Idempotent()
  refuse(@Res({ passthrough: true }) reply: FastifyReply): object {
    works.count += 1;
    void reply.status(409);
    return { number: works.count };
  }

  @Post('failing')
  @Idempotent()
  async fail(): Promise<object> {
    works.count += 1;
    await works.before();
    if (works.count === 1) throw new AppError('no_usable_contact_point', 'Nowhere to send it.');
    return { number: works.count };
  }
}

@Module({})
class Root {
  static with(config: Config): DynamicModule {
    return {
      module: Root,
      imports: [ConfigModule.with(config), DatabaseModule, CryptoModule, AuditModule, AuthModule, IdempotencyModule],
      controllers: [ThingsController],
    };
  }
}

const logged: string[] = [];
let database: TestDatabase;
let owner: Client;
let app: NestFastifyApplication;
let elsewhere: NestFastifyApplication;
let key: string;
let otherKey: string;
let serial = 0;

async function startApp(): Promise<NestFastifyApplication> {
  const config = testConfig({ databaseUrl: database.appUrl });
  const log = createLog('debug', { write: (line: string) => void logged.push(line) });
  return createApp(config, { module: Root.with(config), log });
}

beforeAll(async () => {
  database = await createTestDatabase();
  owner = new Client({ connectionString: database.ownerUrl });
  await owner.connect();
  app = await startApp();
  elsewhere = await startApp();
  key = (await app.get(KeysService).create({ name: 'one', scope: 'crm' }, 'test')).text;
  otherKey = (await app.get(KeysService).create({ name: 'other', scope: 'crm' }, 'test')).text;
});

afterAll(async () => {
  await app.close();
  await elsewhere.close();
  await owner.end();
  await database.drop();
});

beforeEach(() => {
  works.count = 0;
  works.before = async () => undefined;
});

function freshName(): string {
  serial += 1;
  return `name-${serial}`;
}

async function post(
  url: string,
  name: string | undefined,
  payload: object | string = { a: 1 },
  options: { key?: string; agent?: string; at?: NestFastifyApplication } = {},
) {
  return (options.at ?? app).inject({
    method: 'POST',
    url,
    headers: {
      authorization: `Bearer ${options.key ?? key}`,
      'content-type': 'application/json',
      ...(name === undefined ? {} : { 'idempotency-key': name }),
      ...(options.agent === undefined ? {} : { 'mandaat-agent': options.agent }),
    },
    payload,
  });
}

type Posted = Awaited<ReturnType<typeof post>>;

describe('A request with an Idempotency-Key', () => {
  it('is done once, and answered alike when it is repeated', async () => {
    const name = freshName();
    const first = await post('/things', name);
    const second = await post('/things', name);
    const third = await post('/things', name, { a: 1 }, { at: elsewhere });
    expect(works.count).toBe(1);
    expect(first.statusCode).toBe(201);
    expect(first.headers['idempotency-replayed']).toBeUndefined();
    for (const again of [second, third]) {
      expect(again.statusCode).toBe(201);
      expect(again.body).toBe(first.body);
      expect(again.headers['idempotency-replayed']).toBe('true');
      expect(again.headers['content-type']).toBe(first.headers['content-type']);
      expect(again.headers).toMatchObject({ location: '/things/1', etag: '"1"' });
      expect(again.headers['x-other']).toBeUndefined();
    }
  });

  it.each([
    ['202', '/things/accepted', 202],
    ['204 without a body', '/things/empty', 204],
  ])('is answered alike with %s', async (_, url, status) => {
    const name = freshName();
    const first = await post(url, name);
    const again = await post(url, name);
    expect([first.statusCode, again.statusCode]).toEqual([status, status]);
    expect(again.body).toBe(first.body);
    expect(works.count).toBe(1);
  });

  it('is the same request however its JSON is written', async () => {
    const name = freshName();
    await post('/things', name, '{"a":1,"b":{"c":[1,2],"d":"x"}}');
    const again = await post('/things', name, '{ "b": {"d":"\\u0078", "c":[1, 2.0]}, "a": 1 }');
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(works.count).toBe(1);
  });

  it.each<[string, string, object]>([
    ['another value', '/things', { a: 2 }],
    ['another type', '/things', { a: '1' }],
    ['one field more', '/things', { a: 1, b: null }],
    ['another query', '/things?tag=x', { a: 1 }],
    ['another route', '/things/accepted', { a: 1 }],
  ])('is refused when it comes again with %s', async (_, url, body) => {
    const name = freshName();
    await post('/things', name, { a: 1 });
    const answer = await post(url, name, body);
    expect(answer.statusCode).toBe(422);
    expect(answer.json()).toMatchObject({ code: 'idempotency_key_reused' });
    expect(works.count).toBe(1);
  });

  it('is another request for another principal: another key, or another agent of the same key', async () => {
    const name = freshName();
    for (const ref of ['A-1', 'A-2']) {
      await app.get(AgentsService).put(ref, { role: 'employee', team: null, isActive: true }, 'test');
    }
    const answers = [
      await post('/things', name),
      await post('/things', name, { a: 1 }, { key: otherKey }),
      await post('/things', name, { a: 1 }, { agent: 'A-1' }),
      await post('/things', name, { a: 1 }, { agent: 'A-2' }),
    ];
    expect(answers.map((answer) => answer.json<{ number: number }>().number)).toEqual([1, 2, 3, 4]);
    expect((await post('/things', name, { a: 1 }, { agent: 'A-1' })).json()).toMatchObject({ number: 3 });
  });

  /** 32 of the same in two processes, none of which is done before each was refused or had begun. Answers those that were refused. */
  async function raced(name: string): Promise<{ readonly done: number; readonly refused: readonly Posted[] }> {
    let come = 0;
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const arrive = (): void => {
      come += 1;
      if (come === 32) open();
    };
    works.before = () => {
      arrive();
      return gate;
    };
    const answers = await Promise.all(
      Array.from({ length: 32 }, async (_, at) => {
        const answer = await post('/things', name, { a: 1 }, { at: at % 2 === 0 ? app : elsewhere });
        // Whatever it was told, nobody waits for it any more.
        if (answer.statusCode !== 201) arrive();
        return answer;
      }),
    );
    const refused = answers.filter(({ statusCode }) => statusCode === 409);
    expect(answers.map(({ statusCode }) => statusCode).filter((code) => code !== 201 && code !== 409)).toEqual([]);
    return { done: works.count, refused };
  }

  it('is done once of many at a time, in two processes; the others are told to wait', async () => {
    const name = freshName();
    const { done, refused } = await raced(name);
    expect([done, refused.length]).toEqual([1, 31]);
    for (const answer of refused) {
      expect(answer.json()).toMatchObject({ code: 'idempotency_in_progress' });
      expect(Number(answer.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    }
    works.before = async () => undefined;
    expect((await post('/things', name)).headers['idempotency-replayed']).toBe('true');
  });

  it('would be done by each that has looked before another wrote, if two rows could have one key (positive control)', async () => {
    const careless: Alteration = (one) => {
      const repository = one.get(IdempotencyRepository, { strict: false });
      const reserve: IdempotencyRepository['reserve'] = async (name, requestHash) => {
        if ((await repository.find(name)) !== null) return null;
        await new Promise((resolve) => setTimeout(resolve, 50));
        const { rows } = await owner.query<{ reservedAt: string }>(
          `INSERT INTO idempotency_keys (principal, key, request_hash, created_at, expires_at)
           VALUES ($1, $2, $3, now(), now() + interval '1 hour') RETURNING created_at::text AS "reservedAt"`,
          [name.principal, name.key, requestHash],
        );
        return { ...name, reservedAt: rows[0]?.reservedAt ?? '' };
      };
      return [{ of: repository, does: { reserve } }];
    };
    const name = freshName();
    await owner.query('ALTER TABLE idempotency_keys DROP CONSTRAINT idempotency_keys_pkey');
    try {
      expect((await altered([app, elsewhere], careless, () => raced(name))).done).toBeGreaterThan(1);
    } finally {
      await owner.query('DELETE FROM idempotency_keys WHERE key = $1', [name]);
      await owner.query(
        'ALTER TABLE idempotency_keys ADD CONSTRAINT idempotency_keys_pkey PRIMARY KEY (principal, key)',
      );
    }
  });

  it('that failed is done anew, also with another body', async () => {
    const name = freshName();
    expect((await post('/things/failing', name)).statusCode).toBe(409);
    const again = await post('/things/failing', name, { a: 2 });
    expect(again.statusCode).toBe(201);
    expect(again.headers['idempotency-replayed']).toBeUndefined();
    expect(works.count).toBe(2);
  });

  it('that was refused without an error is not kept either', async () => {
    const name = freshName();
    expect((await post('/things/refused', name)).json()).toEqual({ number: 1 });
    expect((await post('/things/refused', name)).json()).toEqual({ number: 2 });
  });

  it('whose body is broken does not use its key up', async () => {
    const name = freshName();
    expect((await post('/things', name, '{"a":')).statusCode).toBe(400);
    expect((await post('/things', name)).statusCode).toBe(201);
  });

  it.each(['with space', 'é', 'x'.repeat(256), ''])('is refused when the key is %j', async (name) => {
    const answer = await post('/things', name);
    expect(answer.statusCode).toBe(400);
    expect(answer.json<{ detail: string }>().detail).toContain('Idempotency-Key');
    expect(works.count).toBe(0);
  });

  it('may have a key of 255 visible characters', async () => {
    expect((await post('/things', '~'.repeat(255))).statusCode).toBe(201);
  });
});

describe('A reservation of a process that died', () => {
  /** The moment of the crash: reserved, and then nothing more. */
  async function crashDuring(name: string): Promise<() => void> {
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    let hasBegun: () => void = () => undefined;
    const begun = new Promise<void>((resolve) => (hasBegun = resolve));
    works.before = () => {
      hasBegun();
      works.before = async () => undefined;
      return gate;
    };
    const request = post('/things', name);
    await begun;
    return () => {
      open();
      void request;
    };
  }

  async function age(name: string, seconds: number): Promise<void> {
    await owner.query(
      `UPDATE idempotency_keys SET created_at = created_at - make_interval(secs => $2) WHERE key = $1`,
      [name, seconds],
    );
  }

  it('holds for 60 seconds and may then be taken over by the same request alone', async () => {
    const name = freshName();
    const resume = await crashDuring(name);
    await age(name, 58);
    expect((await post('/things', name)).statusCode).toBe(409);
    await age(name, 3);
    expect((await post('/things', name, { a: 2 })).statusCode).toBe(422);
    const taken = await post('/things', name);
    expect(taken.statusCode).toBe(201);
    // Whoever was only slow doesn't overwrite the answer of the one who took over.
    resume();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(works.count).toBe(2);
    expect((await post('/things', name)).body).toBe(taken.body);
  });

  it('is taken over by one of many', async () => {
    const name = freshName();
    const resume = await crashDuring(name);
    await age(name, 61);
    const answers = await Promise.all(
      Array.from({ length: 16 }, (_, at) => post('/things', name, { a: 1 }, { at: at % 2 === 0 ? app : elsewhere })),
    );
    expect(works.count).toBe(1);
    expect(
      answers.filter((answer) => answer.headers['idempotency-replayed'] === undefined && answer.statusCode === 201),
    ).toHaveLength(1);
    resume();
  });
});

describe('A kept answer', () => {
  it('is sealed where it lies', async () => {
    const name = freshName();
    const answer = await post('/things', name, { secret: 'Fictief Geheim' });
    expect(answer.body).toContain('Verzonnen Kanarie');
    const { rows } = await owner.query<{ row: string; sealed: Buffer }>(
      'SELECT row_to_json(i)::text AS row, response_sealed AS sealed FROM idempotency_keys i WHERE key = $1',
      [name],
    );
    expect(rows).toHaveLength(1);
    for (const canary of ['Verzonnen', 'Fictief', 'number']) {
      expect(rows[0]?.row).not.toContain(canary);
      expect(rows[0]?.sealed.includes(canary)).toBe(false);
    }
    expect(logged.join('')).not.toMatch(/Verzonnen|Fictief/);
  });

  it('that was moved to another key cannot be read there', async () => {
    const [here, there] = [freshName(), freshName()];
    await post('/things', here);
    await post('/things', there);
    await owner.query(
      `UPDATE idempotency_keys SET response_sealed = (SELECT response_sealed FROM idempotency_keys WHERE key = $1) WHERE key = $2`,
      [here, there],
    );
    expect((await post('/things', there)).statusCode).toBe(500);
    expect((await post('/things', here)).statusCode).toBe(201);
  });

  it('whose key was taken out of the ring is as good as absent', async () => {
    const name = freshName();
    await post('/things', name);
    // What stands before the sealed answer: the length of the key's id, and the id.
    await owner.query(
      `UPDATE idempotency_keys SET response_sealed = '\\x03'::bytea || 'old'::bytea ||
         substring(response_sealed FROM 2 + get_byte(response_sealed, 0)) WHERE key = $1`,
      [name],
    );
    const anew = await post('/things', name);
    expect(anew).toMatchObject({ statusCode: 201 });
    expect(anew.headers['idempotency-replayed']).toBeUndefined();
    expect(anew.json()).toMatchObject({ number: 2 });
    expect((await post('/things', name)).json()).toMatchObject({ number: 2 });
  });

  it('counts for 24 hours and is cleared away after that', async () => {
    const name = freshName();
    await post('/things', name);
    const { rows } = await owner.query<{ hours: number }>(
      `SELECT (extract(epoch FROM expires_at - created_at) / 3600)::float8 AS hours FROM idempotency_keys WHERE key = $1`,
      [name],
    );
    expect(rows).toEqual([{ hours: 24 }]);
    await owner.query(`UPDATE idempotency_keys SET expires_at = now() WHERE key = $1`, [name]);
    expect((await post('/things', name, { a: 2 })).json()).toMatchObject({ number: 2 });

    await owner.query(`UPDATE idempotency_keys SET expires_at = now() WHERE key = $1`, [name]);
    await app.get(IdempotencyService).clearExpired();
    expect((await owner.query('SELECT FROM idempotency_keys WHERE key = $1', [name])).rows).toHaveLength(0);
    expect((await owner.query('SELECT FROM idempotency_keys')).rows.length).toBeGreaterThan(0);
  });
});
