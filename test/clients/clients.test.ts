import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Controller, Get, Module, Post, type Type } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import express from 'express';
import { createLocalJWKSet, exportJWK, generateKeyPair, type JSONWebKeySet, SignJWT } from 'jose';

import { playStory } from '../../clients/example-crm/story.ts';
import { requireAction } from '../../clients/typescript/src/express.ts';
import {
  createMandaat,
  DecisionVerifier,
  enforce,
  evaluate,
  type MandaatClient,
  NotVerified,
  type Question,
  type Refusal,
  reportObligation,
  type RequiredQuestion,
} from '../../clients/typescript/src/index.ts';
import { ENFORCEMENT, type NestEnforcement, RequireAction } from '../../clients/typescript/src/nest.ts';
import { SignedDecisions } from '../../src/authzen/signed-decisions.ts';
import { changedConfig } from '../../src/config/config.ts';
import type { KeyEntry } from '../../src/config/kinds.ts';
import { makeKey } from '../support/app.ts';
import { type Answer, Desk } from '../support/desk.ts';

const HOLDER_PHONE = '+49 30 23125 001';
const PROXY_PHONE = '+49 30 23125 002';

let desk: Desk;
let mandaat: MandaatClient;
let callId: string;
const servers: Server[] = [];

beforeAll(async () => {
  desk = await Desk.open({ demoInbox: true });
  await desk.person('P-1', {
    name: 'Hanna Voorbeeld',
    phone: HOLDER_PHONE,
    postal: 'Voorbeeldstraat 1, 0000 XX Nergenshuizen',
  });
  await desk.person('P-2', { name: 'Joost Voorbeeld', phone: PROXY_PHONE });
  await desk.contract('C-1', ['P-1']);
  await desk.mandate('P-1', 'P-2', ['billing', 'subscription', 'faults'], ['C-1']);
  callId = (await desk.expectSuccess(desk.open('C-1', { number: PROXY_PHONE }))).body.call.id;
  await desk.identify(callId);
  mandaat = createMandaat({ url: desk.api.url, key: (await makeKey(desk.api, 'crm')).text });
});
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
});
afterAll(() => desk.close());

/** A server that this test may make behave as it likes. Answers its address. */
async function serve(handler: RequestListener): Promise<string> {
  const server = createServer(handler).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function question(more: object = {}): Question {
  return {
    subject: { type: 'caller', id: callId },
    action: { name: 'invoice.explain' },
    resource: { type: 'contract', id: 'C-1' },
    context: { call_id: callId },
    ...more,
  };
}

/** Whatever is no decision, by what the service does instead. */
const FAILURES: readonly (readonly [string, RequestListener])[] = [
  ['fails', (_, response) => response.writeHead(500).end('{}')],
  ['is not ready', (_, response) => response.writeHead(503).end('{"code":"unavailable"}')],
  ['refuses the key', (_, response) => response.writeHead(401).end('{}')],
  ['never answers', () => {}],
  ['hangs up', (request) => request.socket.destroy()],
  [
    'hangs up in the middle',
    (_, response) => void response.writeHead(200).write('{"decision":tr', () => response.destroy()),
  ],
  ['answers something else', (_, response) => json(response, [true])],
  ['answers nothing', (_, response) => json(response, null)],
  ['answers a permit as a text', (_, response) => json(response, { decision: 'true', context: { outcome: 'permit' } })],
  ['answers a permit as a number', (_, response) => json(response, { decision: 1, context: { outcome: 'permit' } })],
  ['answers a permit without an outcome', (_, response) => json(response, { decision: true })],
  [
    'answers a permit that is a deny',
    (_, response) => json(response, { decision: true, context: { outcome: 'deny' } }),
  ],
  [
    'answers a permit with an error',
    (_, response) => json(response, { decision: true, context: { outcome: 'permit', error: { status: 500 } } }),
  ],
  [
    'answers a permit that is over',
    (_, response) =>
      json(response, { decision: true, context: { outcome: 'permit', valid_until: '2020-01-01T00:00:00Z' } }),
  ],
  ['leads elsewhere', (_, response) => response.writeHead(307, { location: '/elsewhere' }).end()],
];

function json(response: Parameters<RequestListener>[1], body: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

describe('the client', () => {
  it('knows every operation, and sends whose key it has and for whom', async () => {
    const agent = createMandaat({ url: desk.api.url, key: (await makeKey(desk.api, 'agent')).text, agent: 'A-1' });
    const { data } = await agent.GET('/v1/calls/{call_id}', { params: { path: { call_id: callId } } });
    expect(data).toMatchObject({ id: callId, channel: 'phone' });
    const stranger = createMandaat({ url: desk.api.url, key: 'mdt_test_none' });
    const { error, response } = await stranger.GET('/v1/calls/{call_id}', { params: { path: { call_id: callId } } });
    expect([response.status, error]).toMatchObject([401, { code: 'unauthenticated' }]);
  });

  it('tells a permit with what comes with it, and a deny with its sentence', async () => {
    expect(await evaluate(mandaat, question())).toMatchObject({
      kind: 'permit',
      answer: { outcome: 'permit', reason: 'permitted', id: expect.any(String) },
    });
    expect(await evaluate(mandaat, question({ action: { name: 'contract.terminate' } }))).toMatchObject({
      kind: 'deny',
      answer: { reason: 'holder_confirmation_required', sentence: expect.stringMatching(/\S/) },
    });
    expect(await evaluate(mandaat, question({ resource: { type: 'contract', id: 'C-9' } }))).toMatchObject({
      kind: 'deny',
      answer: { error: { status: 409 } },
    });
  });

  it.each(FAILURES)('permits nothing where the service %s', async (_, handler) => {
    const url = await serve(handler);
    const broken = createMandaat({ url, key: 'mdt_test_none', timeout: 300 });
    expect((await evaluate(broken, question())).kind).toBe('unavailable');
  });

  it('permits nothing where there is no service', async () => {
    const url = await serve(() => {});
    for (const server of servers.splice(0)) server.close();
    expect((await evaluate(createMandaat({ url, key: 'mdt_test_none' }), question())).kind).toBe('unavailable');
  });

  it('takes a permit of exactly that shape (or the cases above would show nothing)', async () => {
    const url = await serve((_, response) => json(response, { decision: true, context: { outcome: 'permit' } }));
    expect((await evaluate(createMandaat({ url, key: 'mdt_test_none' }), question())).kind).toBe('permit');
  });

  it('decides nothing that has not seen the change it names', async () => {
    const { data } = await mandaat.GET('/v1/changes', { params: { query: { after: 'now' } } });
    expect(await evaluate(mandaat, question(), { atLeast: data?.next ?? '' })).toMatchObject({ kind: 'permit' });
    const future = Buffer.from(`1.18446744073709551000.1.${Date.now()}`).toString('base64url');
    expect(await evaluate(mandaat, question(), { atLeast: future })).toMatchObject({
      kind: 'unavailable',
      cause: { code: 'unavailable' },
    });
    const { action, ...rest } = question({ context: { call_id: callId, purpose: 'advise' } });
    const required = (atLeast: string): RequiredQuestion => ({ ...rest, atLeast });
    expect(await enforce({ mandaat }, action.name, required(data?.next ?? ''))).toMatchObject({ isPermitted: true });
    expect(await enforce({ mandaat }, action.name, required(future))).toMatchObject({
      isPermitted: false,
      refusal: { status: 503, code: 'no_decision' },
    });
  });

  it('does a repeated request once', async () => {
    const asked = question({ action: { name: 'invoice.copy' }, context: { call_id: callId, purpose: 'execute' } });
    const [first, again] = [
      await evaluate(mandaat, asked, { idempotencyKey: 'client-1' }),
      await evaluate(mandaat, asked, { idempotencyKey: 'client-1' }),
    ];
    expect(first).toMatchObject({ kind: 'permit', isReplayed: false });
    expect(again).toEqual({ ...first, isReplayed: true });
  });

  it('gives what is permitted for nothing but what comes with it to who sees to that alone, and once', async () => {
    const { body } = await desk.expectSuccess(desk.open('C-1', { name: 'Willem Verzonnen' }));
    const { action, ...rest } = question({
      subject: { type: 'caller', id: body.call.id },
      action: { name: 'invoice.copy' },
      context: { call_id: body.call.id, purpose: 'execute' },
    });
    // A copy of a bill goes to the address of record and nowhere else: who can't see to that gets no permit, and nothing is done.
    expect(await enforce({ mandaat }, action.name, rest, 'client-2')).toMatchObject({
      isPermitted: false,
      refusal: { status: 403, code: 'not_permitted' },
    });
    const posted: unknown[] = [];
    const able = { mandaat, obligations: { deliver_to_record: () => posted.push('posted') } };
    expect(await enforce(able, action.name, rest, 'client-3')).toMatchObject({ isPermitted: true });
    expect(await enforce(able, action.name, rest, 'client-3')).toMatchObject({
      isPermitted: false,
      refusal: { status: 409, code: 'done_before' },
    });
    expect(posted).toEqual(['posted']);
  });
});

describe('enforcing', () => {
  const required = (): RequiredQuestion => {
    const { action: _action, ...rest } = question();
    return { ...rest, context: { call_id: callId, purpose: 'advise' } };
  };
  const WITH_OBLIGATION = { decision: true, context: { outcome: 'permit', obligations: [custom('announce')] } };

  it('reports what came with what it did: done where it was, failed where it was not, and then nothing goes on', async () => {
    const { body } = await desk.expectSuccess(desk.open('C-1', { number: PROXY_PHONE }));
    const { id } = body.call;
    const line = {
      subject: { type: 'caller', id },
      resource: { type: 'contract', id: 'C-1' },
      context: { call_id: id },
    };
    const statuses = async (): Promise<string[]> =>
      (await desk.get('agent', `/v1/calls/${id}/obligations`)).body.obligations.map(
        (one: Answer['body']) => one.status,
      );
    const able = { mandaat, obligations: { announce: () => {} } };
    expect(await enforce(able, 'line.test', line)).toMatchObject({ isPermitted: true, unreported: [] });
    const unable = { mandaat, obligations: { announce: () => Promise.reject(new Error('nobody listens')) } };
    expect(await enforce(unable, 'line.test', line)).toMatchObject({ refusal: { code: 'obligation_failed' } });
    expect(await statuses()).toEqual(['done', 'failed']);
    const waits = await enforce(able, 'line.test', line);
    expect(waits).toMatchObject({ refusal: { code: 'not_permitted', decision: { reason: 'condition_failed' } } });
    const [, { id: owed }] = (await desk.get('agent', `/v1/calls/${id}/obligations`)).body.obligations;
    expect([await reportObligation(mandaat, id, owed, 'done', 'Alsnog.'), await statuses()]).toEqual([
      true,
      ['done', 'done'],
    ]);
    // Where the service can't be told, the permit stands, and somebody hears of it.
    const url = await serve((request, response) =>
      request.url?.endsWith('/receipts') ? response.writeHead(503).end('{}') : json(response, WITH_OBLIGATION),
    );
    const deaf = { mandaat: createMandaat({ url, key: 'k' }), obligations: { announce: () => {} } };
    expect(await enforce(deaf, 'line.test', line)).toMatchObject({
      isPermitted: true,
      unreported: [{ id: 'announce' }],
    });
  });

  it('tells of what was done before what nobody reported, and carries out nothing a second time', async () => {
    const { body } = await desk.expectSuccess(desk.open('C-1', { number: PROXY_PHONE }));
    // The call is the subject, which is enough.
    const line = { subject: { type: 'caller', id: body.call.id }, resource: { type: 'contract', id: 'C-1' } };
    const announced: unknown[] = [];
    const able = { mandaat, obligations: { announce: () => announced.push('said') } };
    // The first answer got lost: it was done, and nobody heard what came with it.
    const { text: key } = await makeKey(desk.api, 'crm');
    const here = { ...able, mandaat: createMandaat({ url: desk.api.url, key }) };
    const away = createMandaat({
      url: desk.api.url,
      key,
      fetch: async (request, init) => {
        await fetch(request, init);
        throw new TypeError('fetch failed');
      },
    });
    expect(await enforce({ ...able, mandaat: away }, 'line.test', line, 'client-4')).toMatchObject({
      isPermitted: false,
      refusal: { status: 503, code: 'no_decision' },
    });
    const again = await enforce(here, 'line.test', line, 'client-4');
    const owed = [{ id: expect.any(String), properties: { name: 'announce', receipt_required: true } }];
    expect(again).toMatchObject({ isPermitted: false, refusal: { status: 409, code: 'done_before', owed } });
    expect(announced).toEqual([]);
    // It holds up the next one until it is seen to.
    expect(await enforce(here, 'line.test', line, 'client-5')).toMatchObject({
      refusal: { decision: { reason: 'condition_failed' } },
    });
    const [{ id } = { id: '' }] = (again as { refusal: Refusal }).refusal.owed ?? [];
    expect(await reportObligation(mandaat, body.call.id, id, 'done')).toBe(true);
    const { refusal } = (await enforce(here, 'line.test', line, 'client-4')) as { refusal: Refusal };
    expect([refusal.code, refusal.owed]).toEqual(['done_before', []]);
    // The call was read from its subject: what came with this one was reported.
    expect(await enforce(here, 'line.test', line, 'client-6')).toMatchObject({ isPermitted: true, unreported: [] });
    const { body: all } = await desk.get('agent', `/v1/calls/${body.call.id}/obligations`);
    expect(all.obligations.map((one: Answer['body']) => one.status)).toEqual(['done', 'done']);
    expect(announced).toEqual(['said']);
  });

  it('carries out what a permit asks for, before it lets anything through', async () => {
    const done: unknown[] = [];
    const url = await serve((_, response) => json(response, WITH_OBLIGATION));
    const enforced = await enforce(
      {
        mandaat: createMandaat({ url, key: 'k' }),
        obligations: { announce: ({ properties }) => done.push(properties) },
      },
      'mailbox.read',
      required(),
    );
    expect([enforced.isPermitted, done]).toEqual([true, [{ name: 'announce' }]]);
  });

  it.each([
    ['can’t be carried out', { announce: () => Promise.reject(new Error('no announcement')) }],
    ['nobody carries out', { toString: () => {} }],
  ])('refuses what comes with something that %s', async (_, obligations) => {
    const url = await serve((__, response) => json(response, WITH_OBLIGATION));
    const enforced = await enforce(
      { mandaat: createMandaat({ url, key: 'k' }), obligations },
      'mailbox.read',
      required(),
    );
    expect(enforced).toMatchObject({ isPermitted: false, refusal: { status: 503, code: 'obligation_failed' } });
  });

  it('tells the service by name what it can carry out', async () => {
    const asked: unknown[] = [];
    const url = await serve((request, response) => {
      let text = '';
      request.on('data', (chunk: Buffer) => (text += chunk.toString()));
      request.on('end', () => {
        asked.push(JSON.parse(text));
        json(response, { decision: false });
      });
    });
    const { action: _action, context: _context, ...rest } = question();
    await enforce(
      { mandaat: createMandaat({ url, key: 'k' }), obligations: { announce: () => {} } },
      'mailbox.read',
      rest,
    );
    expect(asked).toEqual([
      {
        ...rest,
        action: { name: 'mailbox.read' },
        context: { purpose: 'execute', supported_obligations: ['announce'] },
      },
    ]);
  });
});

function custom(name: string): object {
  return { id: name, type: 'custom', properties: { name } };
}

/** The request's own headers say which call; a real system knows it from its session. */
const fromHeaders = (headers: Readonly<Record<string, string | string[] | undefined>>): RequiredQuestion => {
  const { 'x-call': call } = headers;
  if (typeof call !== 'string') throw new Error('no call');
  const context = { call_id: call, purpose: 'advise' as const };
  return { subject: { type: 'caller', id: call }, resource: { type: 'contract', id: 'C-1' }, context };
};

describe.each([
  ['Express', startExpress],
  ['Nest', startNest],
] as const)('%s', (_, start) => {
  it('runs a handler for what is permitted, and for nothing else', async () => {
    const crm = await start(mandaat);
    try {
      expect(await crm.post('explain', { 'x-call': callId })).toMatchObject({ status: 201, body: { done: 'explain' } });
      const refused = await crm.post('terminate', { 'x-call': callId });
      expect(refused).toMatchObject({
        status: 403,
        body: { code: 'not_permitted', decision: { reason: 'holder_confirmation_required' } },
      });
      expect(refused.body.detail).toBe(refused.body.decision.sentence);
      expect(await crm.post('terminate', {})).toMatchObject({ status: 503, body: { code: 'no_decision' } });
      expect(crm.handled).toEqual(['explain']);
    } finally {
      await crm.stop();
    }
  });

  it.each(FAILURES)('runs nothing where the service %s', async (__, handler) => {
    const url = await serve(handler);
    const crm = await start(createMandaat({ url, key: 'k', timeout: 300 }));
    try {
      expect(await crm.post('explain', { 'x-call': callId })).toMatchObject({
        status: 503,
        body: { code: 'no_decision' },
      });
      expect(crm.handled).toEqual([]);
    } finally {
      await crm.stop();
    }
  });
});

interface Crm {
  readonly handled: string[];
  // oxlint-disable-next-line typescript/no-explicit-any -- a test reads whatever is answered
  post(what: string, headers: Record<string, string>): Promise<{ status: number; body: any }>;
  stop(): Promise<void>;
}

async function startExpress(client: MandaatClient): Promise<Crm> {
  const handled: string[] = [];
  const app = express();
  for (const what of ['explain', 'terminate']) {
    const action = what === 'explain' ? 'invoice.explain' : 'contract.terminate';
    app.post(
      `/${what}`,
      requireAction({ mandaat: client }, action, ({ headers }) => fromHeaders(headers)),
      (__, response) => {
        handled.push(what);
        response.status(201).json({ done: what });
      },
    );
  }
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return { handled, post: poster(`http://127.0.0.1:${(server.address() as AddressInfo).port}`), stop };
}

async function startNest(client: MandaatClient): Promise<Crm> {
  const handled: string[] = [];
  @Controller()
  class Contracts {
    @Post('explain')
    @RequireAction('invoice.explain')
    explain(): object {
      handled.push('explain');
      return { done: 'explain' };
    }

    @Post('terminate')
    @RequireAction('contract.terminate')
    terminate(): object {
      handled.push('terminate');
      return { done: 'terminate' };
    }

    @Get()
    open(): string {
      return 'open to everybody';
    }
  }
  const app = await nestWith(Contracts, client);
  return { handled, post: poster(await app.getUrl()), stop: () => app.close() };
}

async function nestWith(controller: Type, client: MandaatClient): Promise<NestFastifyApplication> {
  const enforcement: NestEnforcement = {
    mandaat: client,
    questionOf: (context) =>
      fromHeaders(context.switchToHttp().getRequest<{ headers: Record<string, string> }>().headers),
  };
  @Module({ controllers: [controller], providers: [{ provide: ENFORCEMENT, useValue: enforcement }] })
  class CrmModule {}
  const built = await Test.createTestingModule({ imports: [CrmModule] }).compile();
  const app = built.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), { logger: false });
  await app.listen(0, '127.0.0.1');
  return app;
}

function poster(url: string): Crm['post'] {
  return async (what, headers) => {
    const response = await fetch(`${url}/${what}`, { method: 'POST', headers });
    return { status: response.status, body: await response.json() };
  };
}

it('Nest asks every action that is required, of the controller and of the handler, once each', async () => {
  const asked: unknown[] = [];
  const url = await serve((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      const { action } = JSON.parse(text) as Question;
      asked.push(action.name);
      json(response, { decision: action.name !== 'c', context: { outcome: action.name === 'c' ? 'deny' : 'permit' } });
    });
  });
  @Controller()
  @RequireAction('a')
  class Both {
    @Post('two')
    @RequireAction('b')
    two(): object {
      return {};
    }

    @Post('three')
    @RequireAction('c')
    three(): object {
      return {};
    }
  }
  const app = await nestWith(Both, createMandaat({ url, key: 'k' }));
  const post = poster(await app.getUrl());
  expect([(await post('two', { 'x-call': callId })).status, asked.splice(0)]).toEqual([201, ['a', 'b']]);
  expect([(await post('three', { 'x-call': callId })).status, asked.splice(0)]).toEqual([403, ['a', 'c']]);
  await app.close();
});

describe('the verifier of signed decisions', () => {
  const issuer = (): string => desk.api.config.publicUrl;

  async function signed(): Promise<string> {
    const decision = await evaluate(mandaat, question({ context: { call_id: callId, sign: true } }));
    if (decision.kind !== 'permit' || decision.answer.signature === undefined) throw new Error('nothing was signed');
    return decision.answer.signature;
  }

  async function keys(): Promise<JSONWebKeySet> {
    return (await (await fetch(`${desk.api.url}/.well-known/jwks.json`)).json()) as JSONWebKeySet;
  }

  it('shows what was decided, by the keys that the service publishes', async () => {
    const signature = await signed();
    const verifier = new DecisionVerifier(issuer(), createLocalJWKSet(await keys()));
    const verified = await verifier.verify(signature, question());
    expect(verified).toMatchObject({ decision: true, context: { outcome: 'permit' } });
    expect(verified.expiresAt.getTime()).toBeGreaterThan(Date.now());
    // Fetched from the address of who signs, which here is where it listens.
    const here = await serve((_, response) => void keys().then((set) => json(response, set)));
    const elsewhere = new DecisionVerifier(here);
    await expect(elsewhere.verify(signature, question())).rejects.toThrow(NotVerified);
  });

  it('fetches the keys from below the address of who signs, which may have a path', async () => {
    const { privateKey, publicKey } = await generateKeyPair('EdDSA', { extractable: true });
    const jwk = { ...(await exportJWK(publicKey)), kid: 'own', alg: 'EdDSA' };
    const asked: (string | undefined)[] = [];
    const root = await serve((request, response) => {
      asked.push(request.url);
      if (request.url === '/mandaat/.well-known/jwks.json') json(response, { keys: [jwk] });
      else response.writeHead(404).end();
    });
    const signature = await new SignJWT({ decision: true, context: {}, request: question(), jti: 'a.0' })
      .setProtectedHeader({ alg: 'EdDSA', kid: 'own', typ: 'mandaat-decision+jwt' })
      .setIssuer(`${root}/mandaat`)
      .setIssuedAt()
      .setExpirationTime('1 minute')
      .sign(privateKey);
    for (const url of [`${root}/mandaat`, `${root}/mandaat/`]) {
      expect(await new DecisionVerifier(url).verify(signature, question())).toMatchObject({ decision: true });
    }
    expect(asked).toEqual(Array(2).fill('/mandaat/.well-known/jwks.json'));
    await expect(new DecisionVerifier(root).verify(signature, question())).rejects.toThrow();
  });

  it('shows it also where the question has what is only for the record', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const asked = question({
      action: { name: 'invoice.explain', properties: { processing_activity_id: 'verwerkingen/7' } },
      context: { call_id: callId, sign: true, traceparent },
    });
    const decision = await evaluate(mandaat, asked);
    if (decision.kind !== 'permit') throw new Error('it was no permit');
    const verifier = new DecisionVerifier(issuer(), createLocalJWKSet(await keys()));
    const signature = decision.answer.signature ?? '';
    expect(await verifier.verify(signature, asked)).toMatchObject({ decision: true });
    const other = { ...asked, action: { name: 'invoice.explain', properties: { amount: 5 } } };
    await expect(verifier.verify(signature, other)).rejects.toThrow('another question');
  });

  it('tells what was sent and did not count from what was left out', async () => {
    const verifier = new DecisionVerifier(issuer(), createLocalJWKSet(await keys()));
    const properties = { processing_activity_id: 'verwerkingen/7', 'a/b~c': 1 };
    const more: readonly object[] = [
      { action: { name: 'invoice.explain', properties } },
      { subject: { ...question().subject, properties: { role: 'manager' } } },
      { resource: { ...question().resource, properties: { status: 'closed' } } },
    ];
    const bare = await signed();
    for (const changes of more) {
      const asked = question({ ...changes, context: { call_id: callId, sign: true } });
      const decision = await evaluate(mandaat, asked);
      if (decision.kind !== 'permit') throw new Error('it was no permit');
      expect(await verifier.verify(decision.answer.signature ?? '', asked)).toMatchObject({ decision: true });
      // Nobody weighed these words: whether they would have counted, a decision without them does not say.
      await expect(verifier.verify(bare, asked)).rejects.toThrow('another question');
    }
    expect(await verifier.verify(bare, question())).toMatchObject({ decision: true });
  });

  it('goes on while a key takes the place of another: fetches the new one when it first meets it, and not for each that it does not know', async () => {
    const [old, fresh, foreign] = ['d1', 'd2', 'd9'].map((id) => ({ id, key: randomBytes(32) })) as [
      KeyEntry,
      KeyEntry,
      KeyEntry,
    ];
    let published: readonly KeyEntry[] = [old];
    let fetches = 0;
    const signerOf = (...decisionKeys: readonly KeyEntry[]): SignedDecisions =>
      new SignedDecisions(changedConfig(desk.api.config, { decisionKeys: [...decisionKeys], publicUrl: root }));
    const root: string = await serve((_, response) => {
      fetches += 1;
      json(response, signerOf(...published).jwks);
    });
    const asked = question();
    const decided = { decided_at: new Date().toISOString(), valid_until: new Date(Date.now() + 300_000).toISOString() };
    const sign = async (...keys: readonly KeyEntry[]): Promise<string> => {
      const weighed = { ...asked, context: { ...asked.context } };
      const known = { callId, purpose: 'advise', supported: null, isSigned: true } as const;
      const answer = { decision: true, context: { id: 'a.0', outcome: 'permit', ...decided } };
      return String((await signerOf(...keys).sign(weighed, [], known, answer)).context['signature']);
    };
    const verifier = new DecisionVerifier(root);
    const isVerified = (signature: string): Promise<boolean> =>
      verifier.verify(signature, asked).then(
        ({ decision }) => decision,
        (error: unknown) => {
          expect(error).toBeInstanceOf(NotVerified);
          return false;
        },
      );
    const earlier = await sign(old);
    let ahead = 0;
    const now = Date.now.bind(Date);
    const clock = jest.spyOn(Date, 'now').mockImplementation(() => now() + ahead);
    try {
      expect([await isVerified(earlier), await isVerified(await sign(old, fresh)), fetches]).toEqual([true, true, 1]);
      // A day before it signs the new one is published. Who asked just before that asks again half a minute later at most.
      published = [old, fresh];
      ahead = 31_000;
      expect([await isVerified(await sign(fresh, old)), fetches]).toEqual([true, 2]);
      expect([await isVerified(earlier), await isVerified(await sign(fresh)), fetches]).toEqual([true, true, 2]);
      // Made up names of keys are asked about once in half a minute, however many come.
      for (let n = 0; n < 20; n += 1) expect(await isVerified(await sign({ ...foreign, id: `x${n}` }))).toBe(false);
      expect(fetches).toBe(2);
      ahead = 62_000;
      for (let n = 0; n < 20; n += 1) expect(await isVerified(await sign({ ...foreign, id: `y${n}` }))).toBe(false);
      expect([await isVerified(await sign(fresh)), fetches]).toEqual([true, 3]);
      // Taken out: what it signed shows nothing any more once the keys are read again, five minutes later at most.
      published = [fresh];
      expect([await isVerified(earlier), fetches]).toEqual([true, 3]);
      ahead = 62_000 + 301_000;
      expect([await isVerified(earlier), await isVerified(await sign(fresh)), fetches]).toEqual([false, true, 4]);
    } finally {
      clock.mockRestore();
    }
  });

  it.each([
    ['another action', { action: { name: 'invoice.copy' } }],
    ['more said about the action', { action: { name: 'invoice.explain', properties: { amount: 5 } } }],
    ['another contract', { resource: { type: 'contract', id: 'C-2' } }],
    ['somebody else', { subject: { type: 'person', id: 'P-2' } }],
    ['doing it', { context: { call_id: '$call', purpose: 'execute' } }],
    ['another call', { context: { call_id: '018f4e4e-0000-4000-8000-000000000000' } }],
  ])('refuses one that was given about something else: %s', async (_, changes) => {
    const verifier = new DecisionVerifier(issuer(), createLocalJWKSet(await keys()));
    const asked = JSON.parse(JSON.stringify(question(changes)).replace('$call', callId)) as Question;
    await expect(verifier.verify(await signed(), asked)).rejects.toThrow('another question');
  });

  it('refuses what is over, what nobody signed, and every algorithm but the one', async () => {
    const { privateKey, publicKey } = await generateKeyPair('EdDSA', { extractable: true });
    const jwk = { ...(await exportJWK(publicKey)), kid: 'own', alg: 'EdDSA' };
    const verifier = new DecisionVerifier(issuer(), createLocalJWKSet({ keys: [jwk] }));
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      iss: issuer(),
      iat: now - 600,
      exp: now + 60,
      jti: 'a.0',
      decision: true,
      context: {},
      request: question(),
    };
    const sign = (
      changes: object,
      head: object = {},
      key: Parameters<SignJWT['sign']>[0] = privateKey,
    ): Promise<string> =>
      new SignJWT({ ...claims, ...changes })
        .setProtectedHeader({ alg: 'EdDSA', kid: 'own', typ: 'mandaat-decision+jwt', ...head })
        .sign(key);
    expect(await verifier.verify(await sign({}), question())).toMatchObject({ decision: true });
    const unsigned = [{ alg: 'none', kid: 'own', typ: 'mandaat-decision+jwt' }, claims]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.');
    for (const bad of [
      await sign({ exp: now - 1 }),
      await sign({ exp: undefined }),
      await sign({ iss: 'https://elsewhere.example.nl' }),
      await sign({ decision: 'true' }),
      await sign({}, { typ: 'JWT' }),
      await sign({}, { kid: 'other' }),
      await sign({}, {}, (await generateKeyPair('EdDSA')).privateKey),
      await sign({}, { alg: 'HS256' }, new TextEncoder().encode(jwk.x)),
      `${unsigned}.`,
      await signed(),
      'nothing',
    ]) {
      await expect(verifier.verify(bad, question())).rejects.toThrow(NotVerified);
    }
  });
});

/**
 * The inbox as it is at its worst: a message is not there yet when it is first looked for, and the link in the one before has eight digits in a
 * row. One in forty has.
 */
async function lateInbox(): Promise<string> {
  const sent = new Set<string>();
  return serve((request, response) => {
    void (async () => {
      const answer = await fetch(new URL(request.url ?? '', desk.api.url));
      const { messages } = (await answer.json()) as { messages: { id: string; body: string }[] };
      const arrived = messages.filter(({ id }) => sent.has(id));
      for (const { id } of messages) sent.add(id);
      const body = (text: string): string => text.replace(/\/c\/[0-9a-f]{8}-/, '/c/20261123-');
      json(response, { messages: arrived.map((one) => ({ ...one, body: body(one.body) })) });
    })();
  });
}

it('the example CRM enforces, asks the holder, and hears of a withdrawal, also where messages are late', async () => {
  const told: string[] = [];
  const isGone = { now: false };
  const agent = createMandaat({ url: desk.api.url, key: (await makeKey(desk.api, 'agent')).text, agent: 'A-1' });
  // Taken away without stopping it for the others.
  const crm = createMandaat({
    url: desk.api.url,
    key: (await makeKey(desk.api, 'crm')).text,
    fetch: (request, init) => (isGone.now ? Promise.reject(new TypeError('fetch failed')) : fetch(request, init)),
  });
  const stop = (): Promise<void> => {
    isGone.now = true;
    return Promise.resolve();
  };
  const admin = createMandaat({ url: desk.api.url, key: (await makeKey(desk.api, 'admin')).text });
  await playStory({ url: await lateInbox(), crm, desk: agent, admin, stop }, (line) => told.push(line));
  expect(told.filter((line) => line.includes('✓'))).toHaveLength(5);
  expect(told.filter((line) => line.includes('✗'))).toHaveLength(10);
});
