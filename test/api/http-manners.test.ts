import { once } from 'node:events';
import net from 'node:net';
import { hostname } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import {
  Body,
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  Headers,
  HttpCode,
  Injectable,
  Logger,
  Module,
  NotFoundException,
  Param,
  ParseUUIDPipe,
  Post,
  Query,
} from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, IsString, Max, MaxLength, Min, ValidateNested } from 'class-validator';
import supertest from 'supertest';
import pg from 'pg';
import { DataSource, QueryFailedError } from 'typeorm';
import { ERROR_CODES, AppError } from '../../src/errors.ts';
import { createApp } from '../../src/http/http.ts';
import { createLog } from '../../src/http/log.ts';
import { metrics } from '../../src/http/metrics.ts';
import { PROBLEMS } from '../../src/http/problem.filter.ts';
import { closeApp } from '../../src/start.ts';
import { listen, startTestApp, type TestApp } from '../support/app.ts';
import { testConfig } from '../support/config.ts';
import { until } from '../support/until.ts';

const CANARY = 'kanarie+31-4711@example.nl';

class Inner {
  @IsInt()
  @Min(1)
  @Max(9)
  amount: number;
}

class Echo {
  @IsString()
  @MaxLength(100_000)
  text: string;

  @IsOptional()
  @IsIn(['nl', 'en'])
  language?: string;

  @IsOptional()
  @ValidateNested({ each: true })
  @Type(() => Inner)
  'a/b'?: Inner[];

  @IsOptional()
  @ValidateNested()
  @Type(() => Inner)
  inner?: Inner;
}

class Page {
  @IsOptional()
  @IsString()
  after?: string;
}

@Controller('v1')
class ProbeController {
  private readonly logger = new Logger('Probe');

  @Post('echo')
  @HttpCode(200)
  echo(@Body() body: Echo): unknown {
    return { text: body.text.slice(0, 50), isEcho: body instanceof Echo };
  }

  @Get('page')
  page(@Query() query: Page): unknown {
    return { after: query.after ?? null };
  }

  @Get('things/:id')
  thing(@Param('id', ParseUUIDPipe) id: string): unknown {
    return { id };
  }

  @Post('any')
  @HttpCode(200)
  any(@Body() body: unknown): unknown {
    return { body: body ?? null };
  }

  @Get('throws/:what')
  throws(@Param('what') what: string): unknown {
    switch (what) {
      case 'mistake':
        throw new Error(`Cannot read ${CANARY}`, { cause: new TypeError(CANARY) });
      case 'text':
        throw CANARY;
      case 'database':
        throw new QueryFailedError(`SELECT '${CANARY}'`, [CANARY], Object.assign(new Error(CANARY), { code: '57014' }));
      case 'constraint':
        throw new QueryFailedError(
          'INSERT',
          [CANARY],
          Object.assign(new Error(CANARY), { code: '23505', constraint: 'people_crm_ref_key' }),
        );
      case 'nest':
        throw new NotFoundException(CANARY);
      default:
        throw new AppError(what as 'not_found', 'As asked.', {
          retryAfter: 1.2,
          faults: [{ pointer: '/x', detail: 'bad' }],
        });
    }
  }

  @Get('slow')
  async slow(@Headers('x-request-id') _given?: string): Promise<unknown> {
    await wait(400);
    return { done: true };
  }

  @Get('stuck')
  async stuck(): Promise<unknown> {
    await wait(20_000, undefined, { ref: false });
    return { done: true };
  }

  @Post('logs')
  logs(@Body() body: unknown): unknown {
    this.logger.log('from inside');
    this.logger.error(new Error(CANARY));
    this.logger.warn({ event: 'probe', phone: CANARY, body });
    return {};
  }
}

@Controller('form')
class FormController {
  @Post()
  @HttpCode(200)
  form(@Body() body: Echo): unknown {
    return { text: body.text };
  }
}

@Controller('desk')
class DeskController {
  @Get()
  desk(): string {
    return '';
  }
}

/** Stands in for the real guard, which needs a database: the key is whatever the client says. */
@Injectable()
class ProbeGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context
      .switchToHttp()
      .getRequest<{ headers: Record<string, string>; principal?: { keyId: string } }>();
    const keyId = request.headers['x-probe-key'];
    if (keyId !== undefined) request.principal = { keyId };
    return true;
  }
}

@Module({
  controllers: [ProbeController, FormController, DeskController],
  providers: [{ provide: APP_GUARD, useClass: ProbeGuard }],
})
class ProbeModule {}

interface Running {
  readonly app: NestFastifyApplication;
  readonly url: string;
  readonly api: ReturnType<typeof supertest>;
  readonly lines: string[];
}

async function start(overrides: Parameters<typeof testConfig>[0] = {}): Promise<Running> {
  const lines: string[] = [];
  const log = createLog('debug', { write: (line) => void lines.push(line) });
  const app = await createApp(testConfig(overrides), { module: ProbeModule, log });
  const url = await listen(app);
  return { app, url, api: supertest(url), lines };
}

/** Bytes that no client library would send. */
async function sendRaw(url: string, ...chunks: (string | Buffer)[]): Promise<string> {
  const { port } = new URL(url);
  const socket = net.connect(Number(port), '127.0.0.1');
  socket.on('error', () => undefined);
  let answer = '';
  socket.on('data', (data) => (answer += data.toString()));
  for (const chunk of chunks) socket.write(chunk);
  await once(socket, 'close');
  return answer;
}

describe('manners of every route', () => {
  let running: Running;
  /** Requests that take their time, while the other tests take theirs. */
  let waiting: ReturnType<typeof beginToWait>;
  function beginToWait() {
    const started = Date.now();
    const timed = async <T>(answer: PromiseLike<T>): Promise<{ readonly answer: T; readonly took: number }> => ({
      answer: await answer,
      took: Math.round((Date.now() - started) / 1000),
    });
    return {
      headers: timed(sendRaw(running.url, 'GET /v1/page HTTP/1.1\r\nHost: x\r\n')),
      stuck: timed(running.api.get('/v1/stuck')),
    };
  }
  beforeAll(async () => {
    running = await start();
    waiting = beginToWait();
  });
  afterAll(() => closeApp(running.app));

  const post = (body: string | Buffer, type = 'application/json', path = '/v1/echo') =>
    running.api
      .post(path)
      .set('Content-Type', type)
      .serialize((sent: unknown) => sent as string)
      .send(body);

  /** Named by the Access Request and Approval Profile of AuthZEN. */
  const OF_A_PROFILE: ReadonlySet<string> = new Set([
    'not_requestable',
    'expired_denial',
    'invalid_denial_binding',
    'duplicate_request',
    'unknown_task',
    'task_expired',
    'invalid_task_state',
  ]);

  describe('a problem', () => {
    it.each([...ERROR_CODES])('of code %s has its status, its type and its shape', async (code) => {
      const answer = await running.api.get(`/v1/throws/${code}`);
      expect(answer.status).toBe(PROBLEMS[code].status);
      expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
      expect(answer.headers['retry-after']).toBe('2');
      expect(JSON.parse(answer.text)).toEqual({
        type: `${OF_A_PROFILE.has(code) ? 'urn:openid:authzen:access-request:error:' : 'urn:mandaat:problem:'}${code}`,
        title: PROBLEMS[code].title,
        status: PROBLEMS[code].status,
        detail: 'As asked.',
        code,
        requestId: answer.headers['x-request-id'],
        errors: [{ pointer: '/x', detail: 'bad' }],
      });
    });

    it.each([
      ['mistake', 500, 'internal'],
      ['text', 500, 'internal'],
      ['database', 503, 'unavailable'],
      ['constraint', 409, 'conflict'],
      ['nest', 404, 'not_found'],
    ])('made of a thrown %s says nothing of what was inside', async (what, status, code) => {
      const answer = await running.api.get(`/v1/throws/${what}`);
      expect([answer.status, JSON.parse(answer.text).code]).toEqual([status, code]);
      expect(answer.text).not.toContain('4711');
    });

    it('is counted when it is a fault of ours, and only then', async () => {
      const counted = async (): Promise<number> => (await metrics.internalErrors.get()).values[0]?.value ?? -1;
      const before = await counted();
      for (const what of ['database', 'constraint', 'nest', 'not_found']) await running.api.get(`/v1/throws/${what}`);
      expect(await counted()).toBe(before);
      await running.api.get('/v1/throws/mistake');
      // Counted once the answer has left.
      await until(async () => (await counted()) > before);
      expect(await counted()).toBe(before + 1);
    });

    it('asks for a key by WWW-Authenticate, and says when the one given is not valid', async () => {
      const without = await running.api.get('/v1/throws/unauthenticated');
      expect(without.headers['www-authenticate']).toBe('Bearer realm="mandaat"');
      const wrong = await running.api.get('/v1/throws/unauthenticated').set('Authorization', 'Bearer nonsense');
      expect(wrong.headers['www-authenticate']).toBe('Bearer realm="mandaat", error="invalid_token"');
    });
  });

  describe('a body', () => {
    it('is read into its class', async () => {
      const answer = await post('{"text":"dag","language":"nl","a/b":[{"amount":1}]}');
      expect([answer.status, answer.body]).toEqual([200, { text: 'dag', isEcho: true }]);
    });

    it.each([
      ['broken', '{"text":', 'is not valid JSON'],
      ['with a comma too many', '{"text":"x",}', 'is not valid JSON'],
      ['invalid UTF-8', Buffer.from([0x22, 0xc3, 0x28, 0x22]), 'is not valid UTF-8'],
      ['nested too deep', `${'['.repeat(21)}${']'.repeat(21)}`, 'deeper than 20'],
      ['nested far too deep', `${'['.repeat(30_000)}${']'.repeat(30_000)}`, 'deeper than 20'],
      ['of 20,000 empty objects', `{"a/b":[${'{},'.repeat(20_000)}{}]}`, 'more than 500 objects'],
      [
        'of 5,000 members',
        `{${Array.from({ length: 5_000 }, (_, at) => `"a${at}":1`).join(',')}}`,
        'more than 2500 members',
      ],
      ['with __proto__', '{"text":"x","__proto__":{"language":"nl"}}', 'a field named __proto__'],
      ['with an escaped __proto__', String.raw`{"text":"x","\u005f_proto__":{}}`, 'a field named __proto__'],
      ['with constructor, deep inside', '{"a":[{"b":{"constructor":{}}}]}', 'a field named constructor'],
      ['with prototype', '{"prototype":1}', 'a field named prototype'],
      ['with a field twice', '{"text":"x","language":"nl","text":"y"}', 'a field twice'],
      ['with a field twice, once escaped', String.raw`{"text":"x","te\u0078t":"y"}`, 'a field twice'],
      ['with NUL', String.raw`{"text":"a\u0000b"}`, 'a NUL'],
      ['with NUL in a name', String.raw`{"te\u0000xt":"a"}`, 'a NUL'],
      ['with half a pair', String.raw`{"text":"\ud800"}`, 'half a surrogate pair'],
    ])('is refused when it is %s', async (_what, body, reason) => {
      const answer = await post(body);
      const problem = JSON.parse(answer.text) as { code: string; detail: string };
      expect([answer.status, problem.code]).toEqual([400, 'malformed_request']);
      expect(problem.detail).toContain(reason);
    });

    it('may be nested 20 levels, repeat a name in another object, and hold any character', async () => {
      const deep = `${'['.repeat(20)}${']'.repeat(20)}`;
      const other = String.raw`{"a":{"x":1},"b":[{"x":"\ud83d\ude00 \" \\ {[,:\u00e9"},{"x":2}],"x":"constructor"}`;
      expect((await post(deep, undefined, '/v1/any')).status).toBe(200);
      const answer = await post(other, undefined, '/v1/any');
      expect(answer.body).toEqual({ body: JSON.parse(other) });
    });

    it('may be left out where nothing is needed', async () => {
      expect((await post('', 'application/json', '/v1/any')).body).toEqual({ body: null });
    });

    it.each(['[]', '[{"text":"x"}]', '"text"', '5', 'true', 'null', ''])(
      '%j is refused where an object is needed',
      async (body) => {
        const answer = await post(body);
        expect([answer.status, JSON.parse(answer.text).code]).toEqual([400, 'validation_failed']);
      },
    );

    it('may have 64 KiB and not a byte more, announced or not', async () => {
      const body = (size: number): string => `{"text":"${'x'.repeat(size - 11)}"}`;
      expect((await post(body(65_536))).status).toBe(200);
      const answer = await post(body(65_537));
      expect([answer.status, JSON.parse(answer.text).code]).toEqual([413, 'payload_too_large']);
      const chunked = await sendRaw(
        running.url,
        'POST /v1/echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n',
        `20000\r\n${'x'.repeat(0x20000)}\r\n0\r\n\r\n`,
      );
      expect(chunked).toMatch(/^HTTP\/1\.1 413 /);
    });

    it.each(['text/plain', 'application/xml', 'multipart/form-data; boundary=x', 'application/x-www-form-urlencoded'])(
      'of type %s is not read',
      async (type) => {
        const answer = await post('text=x', type);
        expect([answer.status, JSON.parse(answer.text).code]).toEqual([415, 'unsupported_media_type']);
      },
    );
  });

  describe('a form, on a page', () => {
    const form = (body: string) => post(body, 'application/x-www-form-urlencoded', '/form');

    it('is read into its class', async () => {
      expect((await form('text=goede+dag%21')).body).toEqual({ text: 'goede dag!' });
    });

    it.each(['text=x&__proto__=y', 'text=x&text=y', 'text=%00', 'text=%ff', 'constructor=x'])(
      '%j is refused',
      async (body) => {
        const answer = await form(body);
        expect([answer.status, JSON.parse(answer.text).code]).toEqual([400, 'malformed_request']);
      },
    );
  });

  describe('a fault', () => {
    const errorsOf = async (body: unknown): Promise<unknown> => {
      const answer = await post(JSON.stringify(body));
      expect([answer.status, JSON.parse(answer.text).code]).toEqual([400, 'validation_failed']);
      return JSON.parse(answer.text).errors;
    };

    it('in an unknown field says which fields there are', async () => {
      expect(await errorsOf({ text: 'x', langauge: 'nl' })).toEqual([
        { pointer: '/langauge', detail: 'is not a field; allowed are a/b, inner, language, text' },
      ]);
    });

    it('says where it is by a JSON pointer, in lists and objects too', async () => {
      expect(
        await errorsOf({ text: 'x', 'a/b': [{ amount: 1 }, { amount: 99, 'x~y': 1 }], inner: { amount: 0 } }),
      ).toEqual([
        { pointer: '/a~1b/1/x~0y', detail: 'is not a field; allowed are amount' },
        { pointer: '/a~1b/1/amount', detail: 'must not be greater than 9' },
        { pointer: '/inner/amount', detail: 'must not be less than 1' },
      ]);
    });

    it('is a value of another type: nothing is converted silently', async () => {
      const errors = (await errorsOf({ text: 5, inner: { amount: '1' } })) as unknown[];
      expect(errors).toContainEqual({ pointer: '/text', detail: 'must be a string' });
      expect(errors).toContainEqual({ pointer: '/inner/amount', detail: 'must be an integer number' });
    });

    it('is in a query too', async () => {
      expect((await running.api.get('/v1/page?after=x')).body).toEqual({ after: 'x' });
      const answer = await running.api.get('/v1/page?after=x&limit=5');
      expect([answer.status, JSON.parse(answer.text).errors[0].pointer]).toEqual([400, '/limit']);
      expect((await running.api.get('/v1/page?after=x&after=y')).status).toBe(400);
      expect((await running.api.get('/v1/page?__proto__=x')).status).toBe(400);
    });

    it('list has an end, however many faults there are', async () => {
      const body = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`field${index}`, 1]));
      expect(await errorsOf(body)).toHaveLength(50);
    });
  });

  describe('an address', () => {
    it.each([
      ['/v1/nothing', 404, 'not_found'],
      ['/', 404, 'not_found'],
      ['/v1/things/5', 400, 'malformed_request'],
      ['/v1/page?after=a%00b', 400, 'malformed_request'],
      ['/v1/throws/%00', 400, 'malformed_request'],
      ['/v1/throws/%ff', 400, 'malformed_request'],
      [`/v1/throws/${'x'.repeat(300)}`, 413, 'payload_too_large'],
    ])('%s is answered %d', async (path, status, code) => {
      const answer = await running.api.get(path);
      expect([answer.status, JSON.parse(answer.text).code]).toEqual([status, code]);
      expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
      expect(answer.headers['x-request-id']).toBe(JSON.parse(answer.text).requestId);
    });

    it('with another method is not found', async () => {
      for (const method of ['get', 'put', 'delete', 'patch'] as const) {
        expect((await running.api[method]('/v1/echo')).status).toBe(404);
      }
    });
  });

  describe('the id of a request', () => {
    it('is the one that the client gave', async () => {
      const answer = await running.api.get('/v1/nothing').set('X-Request-Id', 'crm-7f3a9c.22_B');
      expect(answer.headers['x-request-id']).toBe('crm-7f3a9c.22_B');
      expect(JSON.parse(answer.text).requestId).toBe('crm-7f3a9c.22_B');
    });

    it.each(['short', 'x'.repeat(65), 'two words here', '31612345678', '<script>alert(1)', CANARY])(
      'is one of ours when the client gave %j',
      async (given) => {
        const answer = await running.api.get('/v1/nothing').set('X-Request-Id', given);
        expect(answer.headers['x-request-id']).toMatch(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/);
      },
    );
  });

  it('sends headers that keep browsers from guessing, framing, caching and telling', async () => {
    for (const path of ['/v1/page', '/v1/nothing']) {
      const { headers } = await running.api.get(path);
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-store',
      });
      expect(headers['content-security-policy']).toContain("default-src 'none'");
      expect(headers['content-security-policy']).not.toContain('unsafe');
      expect(headers['x-powered-by']).toBeUndefined();
      expect(headers['strict-transport-security']).toBeUndefined();
    }
  });

  it('lets no page of another origin read an answer', async () => {
    const asked = { Origin: 'https://elders.example.nl', 'Access-Control-Request-Method': 'GET' };
    for (const path of ['/v1/page', '/v1/nothing', '/desk', '/docs', '/docs/openapi.json']) {
      for (const answer of [await running.api.get(path).set(asked), await running.api.options(path).set(asked)]) {
        expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
      }
    }
  });

  it('loosens the policy for styles on the documentation alone', async () => {
    const docs = await running.api.get('/docs');
    expect(docs.status).toBe(200);
    expect(docs.headers['content-security-policy']).toMatch(/script-src 'self';style-src 'self' 'unsafe-inline'/);
    expect(docs.text).not.toMatch(/<script>/);
    // With the charset that each of them is in.
    expect(docs.headers['content-type']).toBe('text/html; charset=utf-8');
    const scripts = [...docs.text.matchAll(/<script src="([^"]+)"/g)].map(
      ([, src = '']) => new URL(src, 'http://x/docs'),
    );
    expect(scripts.length).toBeGreaterThan(1);
    for (const { pathname } of scripts) {
      const script = await running.api.get(pathname);
      expect([pathname, script.status, script.headers['content-type']]).toEqual([
        pathname,
        200,
        expect.stringMatching(/javascript; charset=utf-8$/i),
      ]);
    }
    const document = await running.api.get('/docs/openapi.json');
    expect(document.body.openapi).toBe('3.1.0');
    expect(Object.keys(document.body.paths)).toContain('/v1/echo');
    expect(document.body.paths['/v1/echo'].post.responses['415']).toEqual({
      $ref: '#/components/responses/Problem415',
    });
  });

  describe('what is not HTTP', () => {
    it('is answered with a problem on the bare connection', async () => {
      const answer = await sendRaw(running.url, 'nonsense\r\n\r\n');
      expect(answer).toMatch(/^HTTP\/1\.1 400 [^]*application\/problem\+json[^]*"malformed_request"/);
    });

    it('is answered with the headers that every other answer has', async () => {
      const [head = ''] = (await sendRaw(running.url, 'nonsense\r\n\r\n')).split('\r\n\r\n');
      const lines = head.split('\r\n').slice(1);
      const bare = Object.fromEntries(
        lines.map((line) => [line.split(':')[0]?.toLowerCase(), line.replace(/^[^:]*: /, '')]),
      );
      const { headers } = await running.api.get('/v1/nothing');
      const OWN = ['x-request-id', 'content-length', 'connection', 'keep-alive', 'date', 'content-type'];
      const shared = Object.entries(headers as Record<string, string>).filter(
        ([name]) => !OWN.includes(name) && !name.startsWith('ratelimit-'),
      );
      expect(shared.length).toBeGreaterThan(5);
      expect(bare).toMatchObject(Object.fromEntries(shared));
    });

    it('has headers of at most 16 KiB', async () => {
      const answer = await sendRaw(running.url, `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`);
      expect(answer).toMatch(/^HTTP\/1\.1 413 [^]*"payload_too_large"/);
    });
  });

  describe('the log', () => {
    const linesOf = (id: string): Record<string, unknown>[] =>
      running.lines.map((line) => JSON.parse(line)).filter((line) => line.requestId === id);

    it('says method, route pattern, status, time and key of a request, and nothing of its address or its body', async () => {
      const id = 'log-of-a-request';
      await running.api
        .get(`/v1/things/${CANARY}?name=${CANARY}`)
        .set({ 'X-Request-Id': id, 'X-Probe-Key': 'abc', Authorization: `Bearer ${CANARY}` });
      expect(linesOf(id)).toEqual([
        {
          level: 'info',
          time: expect.stringMatching(/^\d{4}-.*Z$/),
          host: hostname(),
          pid: process.pid,
          requestId: id,
          method: 'GET',
          route: '/v1/things/:id',
          status: 400,
          ms: expect.any(Number),
          keyId: 'abc',
          msg: 'answered',
        },
      ]);
    });

    it('says where an error was thrown and by what it was caused, without their messages', async () => {
      const id = 'log-of-an-error';
      await running.api.get('/v1/throws/mistake').set('X-Request-Id', id);
      expect(linesOf(id)[0]).toMatchObject({
        level: 'error',
        code: 'internal',
        msg: 'request failed',
        err: {
          name: 'Error',
          stack: expect.arrayContaining([expect.stringContaining('http-manners')]),
          cause: { name: 'TypeError' },
        },
      });
    });

    it('has only the fields that are allowed in the lines of the rooms', async () => {
      await post(`{"x":"${CANARY}"}`, 'application/json', '/v1/logs').set('X-Request-Id', 'log-of-a-room');
      const lines = running.lines
        .map((line) => JSON.parse(line) as Record<string, unknown>)
        .filter(({ context }) => context === 'Probe');
      expect(lines[0]).toMatchObject({ level: 'info', context: 'Probe', msg: 'from inside' });
      expect(lines[1]).toMatchObject({ level: 'error', context: 'Probe', err: { name: 'Error' } });
      expect(Object.keys(lines[2] ?? {}).toSorted()).toEqual([
        'context',
        'event',
        'host',
        'level',
        'msg',
        'pid',
        'time',
      ]);
    });

    it('says in every line which process wrote it', () => {
      expect(running.lines.filter((line) => !line.includes(`"host":"${hostname()}","pid":${process.pid}`))).toEqual([]);
    });

    it('held none of the canaries that this file sent, anywhere', () => {
      expect(running.lines.length).toBeGreaterThan(50);
      expect(running.lines.filter((line) => line.includes('4711'))).toEqual([]);
    });
  });

  it('gives headers 10 seconds to arrive and a handler 15 to answer', async () => {
    const { headers, stuck } = waiting;
    const slow = await headers;
    expect(slow.answer).toMatch(/^HTTP\/1\.1 408 [^]*"timed_out"/);
    expect(slow.took).toBeGreaterThanOrEqual(9);
    const { answer, took: tookStuck } = await stuck;
    expect([answer.status, JSON.parse(answer.text).code]).toEqual([503, 'unavailable']);
    expect(answer.headers['retry-after']).toBe('1');
    expect(tookStuck).toBeGreaterThanOrEqual(14);
  });
});

describe('a service that is reached by https', () => {
  it('tells browsers for a year to try nothing else, whatever it answers and where', async () => {
    const secure = await start({ publicUrl: 'https://mandaat.example.nl', rateLimit: 3 });
    const [everywhere, whenThere] = ['max-age=31536000; includeSubDomains', /(^|;)upgrade-insecure-requests(;|$)/];
    const seen: [string, number][] = [];
    for (const path of ['/v1/page', '/desk', '/docs', '/v1/nothing', '/v1/throws/%ff', '/v1/page']) {
      const { status, headers } = await secure.api.get(path);
      seen.push([path, status]);
      expect([path, headers['strict-transport-security']]).toEqual([path, everywhere]);
      expect(headers['content-security-policy']).toMatch(whenThere);
    }
    expect(seen.map(([, status]) => status)).toEqual([200, 200, 200, 404, 400, 429]);
    const bare = await sendRaw(secure.url, 'nonsense\r\n\r\n');
    expect(bare).toMatch(new RegExp(`\\r\\nstrict-transport-security: ${everywhere}\\r\\n`, 'i'));
    await closeApp(secure.app);
  });
});

describe('limits that protect the service', () => {
  it('counts an address, says what is left, and refuses with the time to wait', async () => {
    const running = await start({ rateLimit: 3 });
    const answers = [];
    for (let at = 0; at < 4; at += 1) answers.push(await running.api.get('/v1/page'));
    await closeApp(running.app);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429]);
    expect(answers.map(({ headers }) => headers['ratelimit-remaining'])).toEqual(['2', '1', '0', '0']);
    expect(answers[0]?.headers).toMatchObject({
      'ratelimit-limit': '3',
      'ratelimit-reset': expect.stringMatching(/^\d+$/),
    });
    expect(JSON.parse(answers[3]?.text ?? '').code).toBe('rate_limited');
    expect(Number(answers[3]?.headers['retry-after'])).toBeGreaterThan(0);
  });

  it('counts a key wherever it is used, and no key for another', async () => {
    const running = await start({ rateLimit: 3, trustedProxies: ['127.0.0.1'] });
    const ask = async (key: string, address: string) =>
      (await running.api.get('/v1/page').set({ 'X-Probe-Key': key, 'X-Forwarded-For': address })).status;
    const statuses = [];
    for (let at = 1; at <= 4; at += 1) statuses.push(await ask('one', `192.0.2.${at}`));
    statuses.push(await ask('two', '192.0.2.5'));
    await closeApp(running.app);
    expect(statuses).toEqual([200, 200, 200, 429, 200]);
  });

  it('believes X-Forwarded-For of nobody by default, and only its last entry from a proxy that is listed', async () => {
    const open = await start({ rateLimit: 3 });
    const listed = await start({ rateLimit: 3, trustedProxies: ['127.0.0.1'] });
    const statuses = async (running: Running): Promise<number[]> => {
      const found = [];
      for (let at = 1; at <= 4; at += 1) {
        const header = running === open ? `192.0.2.${at}` : `192.0.2.${at}, 198.51.100.7`;
        found.push((await running.api.get('/v1/page').set('X-Forwarded-For', header)).status);
      }
      await closeApp(running.app);
      return found;
    };
    expect(await statuses(open)).toEqual([200, 200, 200, 429]);
    expect(await statuses(listed)).toEqual([200, 200, 200, 429]);
  });
});

describe('closing', () => {
  it('answers what is running, takes nothing new, and does not wait for idle connections', async () => {
    const running = await start();
    const idle = net.connect(Number(new URL(running.url).port), '127.0.0.1');
    await once(idle, 'connect');
    await fetch(`${running.url}/v1/page`);
    const slow = fetch(`${running.url}/v1/slow`);
    await wait(100);
    // The test would run out of time before this deadline does.
    const closing = closeApp(running.app, 3_600_000);
    await wait(50);
    await expect(fetch(`${running.url}/v1/page`)).rejects.toThrow();
    const answer = await slow;
    expect([answer.status, await answer.json()]).toEqual([200, { done: true }]);
    await closing;
    idle.destroy();
  });

  it('cuts off what does not end before the deadline', async () => {
    const running = await start();
    const stuck = fetch(`${running.url}/v1/stuck`).then(
      () => 'answered',
      () => 'cut off',
    );
    await wait(100);
    await closeApp(running.app, 300);
    expect(await stuck).toBe('cut off');
  });
});

describe('what operators ask', () => {
  let test: TestApp;
  beforeAll(async () => {
    test = await startTestApp();
  });
  afterAll(() => test?.stop());

  it('is alive', async () => {
    const answer = await test.request.get('/health/live');
    expect([answer.status, answer.body.status]).toEqual([200, 'ok']);
  });

  it('is ready when the database answers and has every migration', async () => {
    const answer = await test.request.get('/health/ready');
    expect([answer.status, answer.body]).toEqual([
      200,
      { status: 'ok', checked: ['database', 'migrations', 'outbox'] },
    ]);
  });

  it('counts requests by route pattern and status, and connections of the pool', async () => {
    const answer = await test.request.get('/metrics');
    expect(answer.status).toBe(200);
    expect(answer.text).toMatch(
      /mandaat_http_request_seconds_count\{method="GET",route="\/health\/live",status="200"\} \d/,
    );
    expect(answer.text).toMatch(/mandaat_database_connections\{state="idle"\} [1-9]/);
  });

  it('keeps its numbers from whoever comes through a proxy', async () => {
    const answer = await test.request.get('/metrics').set('X-Forwarded-For', '192.0.2.1');
    expect(answer.status).toBe(404);
  });

  it('describes itself, with the key and the problems of every operation', async () => {
    const { body } = await test.request.get('/docs/openapi.json');
    expect(body.components.securitySchemes.bearer).toMatchObject({ type: 'http', scheme: 'bearer' });
    expect(body.components.schemas.Problem.properties.code.enum).toEqual([...ERROR_CODES]);
    for (const [path, item] of Object.entries<Record<string, { security?: unknown[]; responses: object }>>(
      body.paths,
    )) {
      for (const operation of Object.values(item)) {
        expect([path, Object.keys(operation.responses)]).toEqual([path, expect.arrayContaining(['429', '500', '503'])]);
        if (path.startsWith('/v1/') && operation.security?.length !== 0)
          expect(operation.responses).toHaveProperty('401');
      }
    }
  });

  it('is not ready when a migration is missing or the database is gone, and names that check and nothing more', async () => {
    const other = await startTestApp();
    const owner = new pg.Client({ connectionString: other.database.ownerUrl });
    await owner.connect();
    await owner.query('DELETE FROM migrations');
    await owner.end();
    const behind = await other.request.get('/health/ready');
    expect([behind.status, JSON.parse(behind.text).code]).toEqual([503, 'unavailable']);
    expect(JSON.parse(behind.text).errors).toEqual([{ pointer: '/migrations', detail: 'is not well' }]);

    await other.app.get(DataSource).destroy();
    const gone = await other.request.get('/health/ready');
    expect(JSON.parse(gone.text).errors).toEqual([
      { pointer: '/database', detail: 'is not well' },
      { pointer: '/migrations', detail: 'is not well' },
    ]);
    expect((await other.request.get('/health/live')).status).toBe(200);
    await other.stop();
  });
});
