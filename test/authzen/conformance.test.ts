import { readFileSync } from 'node:fs';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';

import { type Answer, Desk } from '../support/desk.ts';
import { makeKey } from '../support/app.ts';

// Every rule of the wire, over HTTP, with a policy of users, roles and records. The sections are those of the certification
// scenario of OpenID AuthZEN, Authorization API 1.0.

let desk: Desk;
let searching: string;

beforeAll(async () => {
  desk = await Desk.open();
  searching = (await makeKey(desk.api, 'crm', { maySearch: true })).text;
  const policy = await fetch(`${desk.api.url}/v1/policies`, {
    method: 'POST',
    headers: { authorization: desk.authorization('admin'), 'content-type': 'text/yaml' },
    body: readFileSync(new URL('records.yaml', import.meta.url)),
  });
  expect(await policy.json()).toMatchObject({ is_changed: true });
  await desk.put('crm', '/v1/people/alice', {
    kind: 'person',
    name: 'Alice Voorbeeld',
    language: 'en',
    contact_points: [],
  });
  await desk.put('crm', '/v1/people/bob', {
    kind: 'person',
    name: 'Bob Verzonnen',
    language: 'en',
    properties: { role: 'admin' },
    contact_points: [],
  });
  for (const [ref, status] of [
    ['record-1', 'active'],
    ['record-2', 'archived'],
  ] as const) {
    await desk.put('crm', `/v1/contracts/${ref}`, {
      resource_type: 'record',
      joint_rule: 'any',
      holders: ['alice', 'bob'],
      properties: { status },
    });
  }
});
afterAll(() => desk.close());

const alice = { type: 'user', id: 'alice' };
const bob = { type: 'user', id: 'bob' };
const administrator = { ...bob, properties: { role: 'admin' } };
const first = { type: 'record', id: 'record-1' };
const second = { type: 'record', id: 'record-2' };
const archived = { ...second, properties: { status: 'archived' } };
const read = { name: 'read' };
const write = { name: 'write' };
const CONTEXT = { time: '2025-06-27T18:03-07:00', ip: '192.168.1.1' };

function ask(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  return desk.post('crm', `/access/v1/${path}`, body, { authorization: `Bearer ${searching}`, ...headers });
}

async function decisionOf(body: object): Promise<boolean> {
  const answer = await ask('evaluation', body);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
  expect(typeof answer.body.decision).toBe('boolean');
  expect(typeof answer.body.context).toBe('object');
  return answer.body.decision;
}

async function decisionsOf(body: object): Promise<boolean[]> {
  const { status, body: answered } = await ask('evaluations', body);
  expect(status).toBe(200);
  expect(answered).not.toHaveProperty('decision');
  return answered.evaluations.map((one: { decision: boolean }) => one.decision);
}

describe('one evaluation', () => {
  it.each([
    [true, alice, read, first],
    [true, alice, write, first],
    [true, bob, read, first],
    [false, bob, write, first],
    [false, alice, write, archived],
    [true, administrator, write, archived],
    [true, alice, { name: 'delete', properties: { soft: true } }, first],
    [false, alice, { name: 'delete', properties: { soft: false } }, first],
  ])('is decided by the policy: %s for %j, %j, %j', async (decision, subject, action, resource) => {
    expect(await decisionOf({ subject, action, resource })).toBe(decision);
    // Whatever the context says that nobody knows, and as often as one asks.
    expect(await decisionOf({ subject, action, resource, context: CONTEXT })).toBe(decision);
  });

  it("counts stored properties where the request gives none, and the request's own where the policy trusts them", async () => {
    expect(await decisionOf({ subject: bob, action: write, resource: second })).toBe(true);
    expect(await decisionOf({ subject: alice, action: write, resource: second })).toBe(false);
    const active = { ...second, properties: { status: 'active' } };
    expect(await decisionOf({ subject: alice, action: write, resource: active })).toBe(true);
    const other = { ...bob, properties: { role: 'reader' } };
    expect(await decisionOf({ subject: other, action: write, resource: first })).toBe(true);
  });

  it('ignores properties and fields that mean nothing here', async () => {
    const subject = { ...alice, properties: { department: 'Sales', role: 'manager' } };
    const action = { ...read, properties: { method: 'GET' } };
    const resource = { ...first, properties: { status: 'active', owner: 'bob' } };
    expect(await decisionOf({ subject, action, resource })).toBe(true);
    const futureField = { nested: true };
    expect(await decisionOf({ subject: alice, action: read, resource: first, foo: 'bar', futureField })).toBe(true);
  });

  it.each([
    ['a stranger', { subject: { type: 'user', id: 'mallory' }, action: read, resource: first }],
    ['a person by another type', { subject: { type: 'organisation', id: 'alice' }, action: read, resource: first }],
    [
      'a type of subject that nobody knows',
      { subject: { type: 'spaceship', id: 'alice' }, action: read, resource: first },
    ],
    ['an unknown action', { subject: alice, action: { name: 'paint' }, resource: first }],
    ['an action by what is no name', { subject: alice, action: { name: 'Kees, +49 30 23125 007' }, resource: first }],
    ['an unknown resource', { subject: alice, action: read, resource: { type: 'record', id: 'record-9' } }],
    ['a resource by another type', { subject: alice, action: read, resource: { type: 'contract', id: 'record-1' } }],
    ['a required property left out', { subject: alice, action: { name: 'delete' }, resource: first }],
    [
      'a trusted property of another kind',
      { subject: { ...bob, properties: { role: 7 } }, action: write, resource: archived },
    ],
    ['a call that is none', { subject: alice, action: read, resource: first, context: { call_id: 'yes' } }],
    ['a purpose that is none', { subject: alice, action: read, resource: first, context: { purpose: 'try' } }],
    [
      'doing something outside a call',
      { subject: alice, action: read, resource: first, context: { purpose: 'execute' } },
    ],
  ])('denies %s, with an answer', async (_, request) => {
    expect(await decisionOf(request)).toBe(false);
  });

  const records = async (): Promise<number> => {
    const { rows } = await desk.owner.query<{ n: number }>('SELECT count(*)::integer AS n FROM audit_records');
    return rows[0]?.n ?? 0;
  };
  /** What is answered about this resource, and how many records that leaves. */
  const told = async (question: object, resource: object): Promise<readonly [unknown, number]> => {
    const before = await records();
    const { body } = await ask('evaluation', { ...question, resource });
    return [body.context.error, (await records()) - before];
  };
  const nowhere = { type: 'record', id: 'record-9' };

  it.each([
    ['what is no name of an action', { subject: alice, action: { name: 'Kees, +49 30 23125 007' } }, '/action/name'],
    [
      'a channel that is none',
      { subject: alice, action: { ...read, properties: { channel: 'pigeon' } } },
      '/action/properties/channel',
    ],
    [
      'a property of another kind',
      { subject: alice, action: { name: 'delete', properties: { soft: 'very' } } },
      '/actions/0/properties/soft',
    ],
    ['a required property left out', { subject: alice, action: { name: 'delete' } }, '/actions/0/properties/soft'],
    [
      'a trusted property of another kind',
      { subject: { ...bob, properties: { role: 7 } }, action: write },
      '/subject/properties/role',
    ],
    ['doing something outside a call', { subject: alice, action: read, context: { purpose: 'execute' } }, undefined],
  ])(
    'tells %s before it looks anything up: nobody learns from it, unseen, what there is',
    async (_, question, pointer) => {
      const [there, ofIt] = await told(question, first);
      const [absent, ofNone] = await told(question, nowhere);
      expect([ofIt, ofNone]).toEqual([0, 0]);
      expect(there).toEqual(absent);
      expect([400, 409]).toContain((there as { status: number }).status);
      if (pointer !== undefined) expect(JSON.stringify(there)).toContain(pointer);
    },
  );

  it('records what is looked up, there or not (positive control)', async () => {
    expect(await told({ subject: alice, action: read }, first)).toEqual([undefined, 1]);
    expect(await told({ subject: alice, action: read }, nowhere)).toEqual([
      expect.objectContaining({ status: 404 }),
      1,
    ]);
  });

  it.each([
    ['no subject', { action: read, resource: first }],
    ['no action', { subject: alice, resource: first }],
    ['no resource', { subject: alice, action: read }],
    ['a subject without a type', { subject: { id: 'alice' }, action: read, resource: first }],
    ['a subject without an id', { subject: { type: 'user' }, action: read, resource: first }],
    ['an action without a name', { subject: alice, action: {}, resource: first }],
    ['a resource without a type', { subject: alice, action: read, resource: { id: 'record-1' } }],
    ['a resource without an id', { subject: alice, action: read, resource: { type: 'record' } }],
    ['a subject that is a text', { subject: 'alice', action: read, resource: first }],
    ['a name that is a number', { subject: alice, action: { name: 123 }, resource: first }],
    ['an empty id', { subject: { type: 'user', id: '' }, action: read, resource: first }],
    ['a context that is a text', { subject: alice, action: read, resource: first, context: 'now' }],
    ['a list', [alice, read, first]],
  ])('is a broken request with %s', async (_, request) => {
    const { status, body } = await ask('evaluation', request);
    expect(status).toBe(400);
    expect(body).toMatchObject({ code: 'validation_failed' });
  });

  it.each([
    ['text/plain', JSON.stringify({ subject: alice, action: read, resource: first })],
    ['application/x-www-form-urlencoded', 'subject=alice'],
    ['application/json', '{"subject": '],
    ['application/json', ''],
  ])('is a broken request as %s: %j', async (type, body) => {
    const { status } = await fetch(`${desk.api.url}/access/v1/evaluation`, {
      method: 'POST',
      headers: { authorization: `Bearer ${searching}`, 'content-type': type },
      body,
    });
    expect(status).toBe(400);
  });

  it('needs a key, and says so as the standard wants it', async () => {
    const { status, headers } = await ask(
      'evaluation',
      { subject: alice, action: read, resource: first },
      { authorization: '' },
    );
    expect(status).toBe(401);
    expect(headers.get('www-authenticate')).toMatch(/^Bearer /);
  });

  it('gives back the id of the request as it came, and one of its own where none came', async () => {
    const question = { subject: alice, action: read, resource: first };
    for (const id of ['7', 'bfe9eb29-ab87-4ca3-be83-a1d5d8305716', 'a b/c?d']) {
      expect((await ask('evaluation', question, { 'x-request-id': id })).headers.get('x-request-id')).toBe(id);
    }
    expect((await ask('evaluation', question)).headers.get('x-request-id')).toMatch(/^[\w-]{36}$/);
  });

  it('says all that a check says: who decided by what, until when, what to say', async () => {
    const { body } = await ask(
      'evaluation',
      { subject: bob, action: write, resource: first },
      { 'accept-language': 'en' },
    );
    expect(body.context).toMatchObject({
      action: 'write',
      outcome: 'deny',
      reason: 'condition_failed',
      policy: expect.stringMatching(/^[0-9a-f]{64}$/),
      sentence: expect.any(String),
      next_steps: [{ type: 'call_back' }, { type: 'letter' }],
      obligations: [],
    });
    expect(Date.parse(body.context.valid_until)).toBeGreaterThan(Date.parse(body.context.decided_at));
    const { rows } = await desk.owner.query<{ kind: string; call_id: string | null; body: Buffer }>(
      'SELECT kind, call_id, body FROM audit_records WHERE id = $1',
      [body.context.id.split('.')[0]],
    );
    expect(rows).toMatchObject([{ kind: 'check.advised', call_id: null }]);
  });

  it("tells the obligations of a permit, and is a deny for who says that they can't perform one", async () => {
    const question = { subject: alice, action: { name: 'delete', properties: { soft: true } }, resource: first };
    const { body } = await ask('evaluation', question, { 'accept-language': 'en' });
    expect(body.context.obligations).toEqual([
      {
        id: 'announce',
        type: 'custom',
        properties: { name: 'announce', text: 'The record goes to the bin.', receipt_required: true },
      },
    ]);
    const able = { supported_obligations: ['custom', 'something-else'] };
    expect(await decisionOf({ ...question, context: able })).toBe(true);
    const unable = { supported_obligations: ['step-up'] };
    const refused = await ask('evaluation', { ...question, context: unable });
    expect(refused.body).toMatchObject({ decision: false, context: { outcome: 'deny', error: { status: 409 } } });
  });
});

describe('each of the five endpoints', () => {
  const ENDPOINTS: readonly (readonly [string, Record<string, unknown>])[] = [
    ['evaluation', { subject: alice, action: read, resource: first }],
    ['evaluations', { subject: alice, resource: first, evaluations: [{ action: read }] }],
    ['search/subject', { subject: { type: 'user' }, action: read, resource: first }],
    ['search/resource', { subject: alice, action: read, resource: { type: 'record' } }],
    ['search/action', { subject: alice, resource: first }],
  ];
  const send = (path: string, body: string | undefined, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${desk.api.url}/access/v1/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${searching}`, 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body }),
    });

  it.each(ENDPOINTS)('%s answers in one form', async (path, question) => {
    const text = JSON.stringify(question);
    for (const type of ['application/json', 'application/json; charset=utf-8']) {
      const answer = await send(path, text, { 'content-type': type, 'x-request-id': 'wire-7' });
      expect(answer.status).toBe(200);
      expect(Object.fromEntries(answer.headers)).toMatchObject({
        'content-type': expect.stringMatching(/^application\/json(; charset=utf-8)?$/),
        'x-request-id': 'wire-7',
        'cache-control': 'no-store',
      });
      await answer.json();
    }
    // A request that nobody knows all of is answered; its own id is ours then.
    const unknown = JSON.stringify({ ...question, later: { more: [1] } });
    const answer = await send(path, unknown);
    expect([answer.status, answer.headers.get('x-request-id')]).toEqual([200, expect.stringMatching(/^[\w-]{36}$/)]);
    expect((await fetch(`${desk.api.url}/access/v1/${path}`)).status).toBe(404);
  });

  it.each(ENDPOINTS)('%s refuses in one form', async (path, question) => {
    const text = JSON.stringify(question);
    const REFUSALS: readonly (readonly [number, string, string | undefined, Record<string, string>])[] = [
      [401, 'unauthenticated', text, { authorization: '' }],
      [401, 'unauthenticated', text, { authorization: 'Bearer mdt_test_none' }],
      [400, 'malformed_request', text, { 'content-type': 'text/plain' }],
      [400, 'malformed_request', text.slice(0, -1), {}],
      [400, 'validation_failed', '', {}],
      [400, 'validation_failed', undefined, {}],
      [400, 'validation_failed', '[]', {}],
      [400, 'validation_failed', '{}', {}],
      [400, 'validation_failed', text.replace(/"subject":\{[^}]*\}/, '"subject":"alice"'), {}],
      [400, 'validation_failed', JSON.stringify({ ...question, context: 7 }), {}],
    ];
    for (const [status, code, body, headers] of REFUSALS) {
      const answer = await send(path, body, { 'x-request-id': 'wire-8', ...headers });
      const told = (await answer.json()) as Record<string, unknown>;
      const asked = [body?.slice(0, 80), headers];
      expect([asked, answer.status, told['code']]).toEqual([asked, status, code]);
      // By the id in the body we find it again in our log, whatever somebody else called it.
      const requestId = expect.stringMatching(/^[\w-]{36}$/);
      expect(told).toMatchObject({ status, requestId, title: expect.any(String), detail: expect.any(String) });
      expect(Object.fromEntries(answer.headers)).toMatchObject({
        'content-type': expect.stringMatching(/^application\/problem\+json/),
        'x-request-id': 'wire-8',
        'cache-control': 'no-store',
      });
      expect(answer.headers.has('www-authenticate')).toBe(status === 401);
    }
  });
});

it('knows organisations and software as well as people, each by its own type alone', async () => {
  for (const [ref, kind] of [
    ['acme', 'organisation'],
    ['robot', 'software'],
  ] as const) {
    await desk.put('crm', `/v1/people/${ref}`, { kind, name: `${ref} Voorbeeld`, language: 'en', contact_points: [] });
  }
  const record = { resource_type: 'record', joint_rule: 'any', properties: { status: 'active' } };
  await desk.put('crm', '/v1/contracts/record-3', { ...record, holders: ['acme'] });
  await desk.put('crm', '/v1/contracts/record-4', { ...record, holders: ['robot'] });
  for (const [type, id, number] of [
    ['organisation', 'acme', 'record-3'],
    ['software', 'robot', 'record-4'],
  ] as const) {
    const resource = { type: 'record', id: number };
    expect([type, await decisionOf({ subject: { type, id }, action: read, resource })]).toEqual([type, true]);
    for (const other of ['person', 'user', 'organisation', 'software'].filter((one) => one !== type)) {
      expect([other, await decisionOf({ subject: { type: other, id }, action: read, resource })]).toEqual([
        other,
        false,
      ]);
    }
    const { body } = await ask('search/subject', { subject: { type }, action: read, resource });
    expect(body.results).toMatchObject([{ type, id }]);
  }
  // Whoever is spoken to has to be told that it is a program.
  const { body } = await ask('evaluation', {
    subject: { type: 'software', id: 'robot' },
    action: read,
    resource: { type: 'record', id: 'record-4' },
  });
  expect(body.context.obligations).toMatchObject([{ properties: { name: 'announce', receipt_required: false } }]);
});

it('serves mandates about records as about anything: given, found, and no more from the moment they are withdrawn', async () => {
  for (const ref of ['owner', 'carol']) {
    await desk.put('crm', `/v1/people/${ref}`, {
      kind: 'person',
      name: `${ref} Voorbeeld`,
      language: 'en',
      contact_points: [],
    });
  }
  const record = { resource_type: 'record', joint_rule: 'any', properties: { status: 'active' }, holders: ['owner'] };
  for (const ref of ['record-5', 'record-6']) await desk.put('crm', `/v1/contracts/${ref}`, record);
  const [owner, carol] = [
    { type: 'user', id: 'owner' },
    { type: 'user', id: 'carol' },
  ];
  const given = { type: 'record', id: 'record-5' };
  const other = { type: 'record', id: 'record-6' };
  const decisions = (): Promise<boolean[]> =>
    decisionsOf({
      subject: carol,
      action: read,
      evaluations: [{ resource: given }, { resource: other }, { resource: given, action: write }, { resource: first }],
    });
  const found = async (path: string, body: object): Promise<string[]> =>
    (await ask(`search/${path}`, body)).body.results.map((one: { id?: string; name?: string }) => one.id ?? one.name);
  expect(await decisions()).toEqual([false, false, false, false]);
  const { body: mandate } = await desk.expectSuccess(
    desk.post('crm', '/v1/mandates', {
      holder: 'owner',
      proxy: 'carol',
      scopes: ['records'],
      contracts: ['record-5'],
      form: 'portal',
    }),
  );
  // Nobody accepted it yet.
  expect(await decisions()).toEqual([false, false, false, false]);
  await desk.owner.query("UPDATE mandates SET state = 'active', accepted_at = now() WHERE id = $1", [mandate.id]);
  expect(await decisions()).toEqual([true, false, true, false]);
  const { body } = await ask('evaluation', { subject: carol, action: read, resource: given });
  expect(body.context.authority).toMatchObject({ kind: 'mandate', mandate_ids: [mandate.id] });
  expect(await found('subject', { subject: { type: 'user' }, action: read, resource: given })).toEqual([
    'carol',
    'owner',
  ]);
  expect(await found('resource', { subject: carol, action: read, resource: { type: 'record' } })).toEqual(['record-5']);
  // Deleting is for who owns it.
  expect(await found('action', { subject: carol, resource: given })).toEqual(['read', 'write']);
  await desk.expectSuccess(desk.post('crm', `/v1/mandates/${mandate.id}/withdraw`));
  expect(await decisions()).toEqual([false, false, false, false]);
  expect(await found('subject', { subject: { type: 'user' }, action: read, resource: given })).toEqual(['owner']);
  expect(await decisionOf({ subject: owner, action: read, resource: given })).toBe(true);
});

it('is signed for who asks for it, each for itself', async () => {
  const keys = createLocalJWKSet(
    (await (await fetch(`${desk.api.url}/.well-known/jwks.json`)).json()) as JSONWebKeySet,
  );
  const context = { sign: true };
  const evaluations = [{ action: read }, { action: write }, { action: read, context: {} }, { resource: second }];
  const { body } = await ask('evaluations', { subject: bob, resource: first, context, evaluations });
  const [yes, no, unsigned, broken] = body.evaluations;
  for (const [answer, decision, name] of [
    [yes, true, 'read'],
    [no, false, 'write'],
  ] as const) {
    const { signature, ...said } = answer.context;
    const { payload } = await jwtVerify(signature, keys, {
      typ: 'mandaat-decision+jwt',
      issuer: desk.api.config.publicUrl,
    });
    expect(payload).toMatchObject({
      decision,
      context: said,
      request: { subject: bob, action: { name }, resource: first },
    });
  }
  expect([unsigned, broken].map((answer) => 'signature' in answer.context)).toEqual([false, false]);
  // What the policy trusts is signed with its value; what counts for nothing, by its name alone.
  const told = await ask('evaluation', {
    subject: { ...bob, properties: { role: 'admin', department: 'Sales' } },
    action: { ...read, properties: { processing_activity_id: 'register/7' } },
    resource: first,
    context,
  });
  const { payload } = await jwtVerify(told.body.context.signature, keys);
  expect(payload).toMatchObject({
    request: { subject: { ...bob, properties: { role: 'admin' } } },
    ignored: ['/action/properties/processing_activity_id', '/subject/properties/department'],
  });
  expect(JSON.stringify(payload)).not.toContain('Sales');
  expect(await decisionOf({ subject: alice, action: read, resource: first, context: { sign: 'yes' } })).toBe(false);
});

it('takes the word of a system for what the policy trusts, and that of nobody else', async () => {
  const opened = await desk.expectSuccess(
    desk.open('record-1', { channel: 'desk', as: 'holder', name: 'Alice Voorbeeld' }),
  );
  const question = {
    subject: { type: 'caller', id: opened.body.call.id },
    action: write,
    resource: { ...first, properties: { status: 'archived' } },
  };
  const bySystem = await ask('evaluation', question);
  const byAgent = await desk.post('agent', '/access/v1/evaluation', question);
  expect(bySystem.body.context.reason).toBe('condition_failed');
  expect(byAgent.body.context.reason).toBe('caller_not_identified');
  const long = { ...question, resource: { ...first, properties: { status: 'x'.repeat(201) } } };
  expect((await ask('evaluation', long)).body.context).toMatchObject({ error: { status: 400 } });
});

it('reads nothing that is stored of somebody who has only said who they are', async () => {
  const opened = await desk.expectSuccess(
    desk.open('record-2', { channel: 'desk', as: 'holder', name: 'Bob Verzonnen' }),
  );
  const { body } = await desk.post('agent', '/access/v1/evaluation', {
    subject: { type: 'caller', id: opened.body.call.id },
    action: write,
    resource: second,
  });
  // An administrator may write in an archived record; the claim alone makes nobody one.
  expect(body.context.reason).toBe('condition_failed');
  expect(await decisionOf({ subject: bob, action: write, resource: second })).toBe(true);
});

describe('several evaluations', () => {
  it('take what they leave open from the top, as whole objects', async () => {
    expect(
      await decisionsOf({ subject: bob, resource: first, evaluations: [{ action: read }, { action: write }] }),
    ).toEqual([true, false]);
    const active = { ...first, properties: { status: 'active' } };
    expect(
      await decisionsOf({ subject: alice, action: write, resource: active, evaluations: [{}, { resource: archived }] }),
    ).toEqual([true, false]);
    // Not merged: the subject of the item has no role of the subject at the top.
    const evaluations = [{ subject: alice }, { subject: administrator }];
    expect(await decisionsOf({ subject: administrator, action: write, resource: archived, evaluations })).toEqual([
      false,
      true,
    ]);
    const whole = [
      { subject: alice, action: read, resource: first },
      { subject: bob, action: write, resource: first },
    ];
    expect(await decisionsOf({ evaluations: whole })).toEqual([true, false]);
  });

  it('take their context from the top, or have their own', async () => {
    const evaluations = [{ resource: first }, { resource: second, context: { source: 'batch-override' } }];
    expect(await decisionsOf({ subject: alice, action: read, context: CONTEXT, evaluations })).toEqual([true, true]);
    const doing = { purpose: 'execute' };
    expect(await decisionsOf({ subject: alice, action: read, context: doing, evaluations })).toEqual([false, true]);
  });

  it('are answered each for itself: a broken one is a deny that says why', async () => {
    const { status, body } = await ask('evaluations', {
      subject: alice,
      action: read,
      options: { evaluations_semantic: 'execute_all' },
      evaluations: [
        { resource: first },
        {},
        'record-1',
        { resource: 7 },
        { resource: { type: 'record', id: 'record-9' } },
      ],
    });
    expect(status).toBe(200);
    expect(body.evaluations.map((one: { decision: boolean }) => one.decision)).toEqual([
      true,
      false,
      false,
      false,
      false,
    ]);
    const errors = body.evaluations.map(
      ({ context }: { context: { error?: { status: number; errors?: { pointer: string }[] } } }) =>
        context.error === undefined ? null : [context.error.status, context.error.errors?.[0]?.pointer],
    );
    expect(errors).toEqual([null, [400, '/resource'], [400, undefined], [400, '/resource'], [404, undefined]]);
  });

  it.each([
    ['execute_all', [true, false, true]],
    ['deny_on_first_deny', [true, false]],
    ['permit_on_first_permit', [true]],
  ])('go on as long as %s says, and what is not asked is not recorded', async (semantic, decisions) => {
    const count = async (): Promise<number> =>
      (
        await desk.owner.query<{ n: number }>(
          "SELECT count(*)::integer AS n FROM audit_records WHERE kind = 'check.advised'",
        )
      ).rows[0]?.n ?? 0;
    const before = await count();
    const evaluations = [{ resource: first }, { resource: archived }, { resource: first }];
    const options = { evaluations_semantic: semantic };
    expect(await decisionsOf({ subject: alice, action: write, options, evaluations })).toEqual(decisions);
    expect((await count()) - before).toBe(decisions.length);
  });

  it('is one evaluation where there are none', async () => {
    const question = { subject: alice, action: read, resource: first };
    for (const body of [question, { ...question, evaluations: [] }]) {
      expect((await ask('evaluations', body)).body).toMatchObject({ decision: true });
    }
    expect((await ask('evaluations', { subject: alice, action: read })).status).toBe(400);
  });

  it.each([
    ['evaluations that are no list', { evaluations: { resource: first } }],
    ['a semantic that is none', { evaluations: [{ resource: first }], options: { evaluations_semantic: 'any' } }],
    ['more than fifty', { evaluations: Array.from({ length: 51 }, () => ({})), resource: first }],
    ['a subject at the top that is a text', { subject: 'alice', evaluations: [{ resource: first }] }],
  ])('are a broken request with %s', async (_, body) => {
    expect((await ask('evaluations', { subject: alice, action: read, ...body })).status).toBe(400);
  });
});

describe('a search', () => {
  const idsOf = async (path: string, body: object): Promise<string[]> => {
    const answer = await ask(`search/${path}`, body);
    expect(answer.status).toBe(200);
    const count = answer.body.results.length;
    expect(answer.body.page).toEqual({ next_token: '', count, total: count });
    return answer.body.results.map((one: { id?: string; name?: string }) => one.id ?? one.name);
  };

  it('for subjects finds who may, whatever id was given for them', async () => {
    const question = { subject: { type: 'user' }, action: read, resource: first };
    expect(await idsOf('subject', question)).toEqual(['alice', 'bob']);
    expect(await idsOf('subject', { ...question, subject: alice })).toEqual(['alice', 'bob']);
    expect(await idsOf('subject', { ...question, context: CONTEXT })).toEqual(['alice', 'bob']);
    expect(await idsOf('subject', { subject: { type: 'user' }, action: write, resource: archived })).toEqual(['bob']);
    const { body } = await ask('search/subject', question);
    expect(body.results[0]).toEqual({ type: 'user', id: 'alice' });
  });

  it('for resources finds on what, whatever id was given for it', async () => {
    const question = { subject: alice, action: read, resource: { type: 'record' } };
    expect(await idsOf('resource', question)).toEqual(['record-1', 'record-2']);
    expect(await idsOf('resource', { ...question, resource: first })).toEqual(['record-1', 'record-2']);
    expect(await idsOf('resource', { subject: administrator, action: write, resource: { type: 'record' } })).toEqual([
      'record-2',
    ]);
  });

  it('for actions finds what, with the obligations of each', async () => {
    expect(await idsOf('action', { subject: alice, resource: first, context: CONTEXT })).toEqual([
      'read',
      'write',
      'delete',
    ]);
    expect(await idsOf('action', { subject: administrator, resource: archived })).toEqual(['read', 'write', 'delete']);
    expect(await idsOf('action', { subject: bob, resource: first })).toEqual(['read', 'delete']);
    const { body } = await ask('search/action', { subject: alice, resource: first });
    expect(body.results[2]).toMatchObject({ name: 'delete', obligations: [{ id: 'announce', type: 'custom' }] });
    const context = { supported_obligations: [] };
    expect(await idsOf('action', { subject: alice, resource: first, context })).toEqual(['read', 'write']);
  });

  it.each([
    ['subject', { subject: { type: 'spaceship' }, action: read, resource: first }],
    ['subject', { subject: { type: 'user' }, action: read, resource: { type: 'record', id: 'record-9' } }],
    ['subject', { subject: { type: 'user' }, action: read, resource: { type: 'moon', id: 'record-1' } }],
    ['subject', { subject: { type: 'user' }, action: { name: 'paint' }, resource: first }],
    ['resource', { subject: { type: 'user', id: 'nobody' }, action: read, resource: { type: 'record' } }],
    ['resource', { subject: { type: 'spaceship', id: 'alice' }, action: read, resource: { type: 'record' } }],
    ['resource', { subject: alice, action: read, resource: { type: 'moon' } }],
    ['action', { subject: { type: 'user', id: 'nobody' }, resource: first }],
    ['action', { subject: { type: 'spaceship', id: 'alice' }, resource: first }],
    ['action', { subject: alice, resource: { type: 'moon', id: 'record-1' } }],
  ])('for a %s that nobody knows finds nothing: %j', async (path, body) => {
    expect(await idsOf(path, body)).toEqual([]);
  });

  it('finds page after page what it would find at once', async () => {
    const question = { subject: { type: 'user' }, action: read, resource: first };
    const one = await ask('search/subject', { ...question, page: { limit: 1 } });
    expect(one.body).toMatchObject({ page: { count: 1 }, results: [{ id: 'alice' }] });
    // Who else there is was not weighed yet.
    expect(one.body.page).not.toHaveProperty('total');
    const { next_token: token } = one.body.page;
    expect(token).not.toBe('');
    for (const page of [{ token }, { token, limit: 1 }]) {
      const two = await ask('search/subject', { ...question, page });
      expect(two.body).toEqual({ page: { count: 1, next_token: '' }, results: [{ type: 'user', id: 'bob' }] });
    }
    const actions = [];
    for (let page: object | null = { limit: 2 }; page !== null;) {
      const { body } = await ask('search/action', { subject: alice, resource: first, page });
      actions.push(...body.results.map((found: { name: string }) => found.name));
      expect(body.page).toMatchObject({ count: body.results.length, total: 3 });
      page = body.page.next_token === '' ? null : { token: body.page.next_token };
    }
    expect(actions).toEqual(['read', 'write', 'delete']);
    const whole = await ask('search/subject', { ...question, page: { limit: 0 } });
    expect(whole.body.results).toHaveLength(2);
    // More than fit in one answer may be asked for; nonsense may not.
    const most = await ask('search/subject', { ...question, page: { limit: 1_000_000 } });
    expect(most.body).toEqual(whole.body);
    for (const limit of [1_000_001, 1.5, '2']) {
      expect((await ask('search/subject', { ...question, page: { limit } })).status).toBe(400);
    }
  });

  it('refuses a token that somebody made', async () => {
    const question = { subject: { type: 'user' }, action: read, resource: first };
    const { next_token: token } = (await ask('search/subject', { ...question, page: { limit: 1 } })).body.page;
    const [, , print] = JSON.parse(Buffer.from(token, 'base64url').toString()) as [string, number, string];
    for (const [after, limit] of [
      ['\u0000', 1],
      ['alice', 1e9],
      ['alice', 0],
      ['alice', -1],
      ['alice', 0.5],
      ['', 1],
      ['x'.repeat(201), 1],
    ]) {
      const forged = Buffer.from(JSON.stringify([after, limit, print])).toString('base64url');
      expect((await ask('search/subject', { ...question, page: { token: forged } })).status).toBe(400);
    }
  });

  it('refuses a token with another question, another limit, or of nobody', async () => {
    const question = { subject: { type: 'user' }, action: read, resource: first };
    const { next_token: token } = (await ask('search/subject', { ...question, page: { limit: 1 } })).body.page;
    for (const body of [
      { ...question, action: write, page: { token } },
      { ...question, context: { purpose: 'advise' }, page: { token } },
      { ...question, page: { token, limit: 2 } },
      { ...question, page: { token: 'bm90IG91cnM' } },
    ]) {
      expect(await ask('search/subject', body)).toMatchObject({
        status: 400,
        body: { errors: [{ pointer: '/page/token' }] },
      });
    }
  });

  it.each([
    ['subject', { subject: { type: 'user' }, resource: first }],
    ['subject', { subject: { type: 'user' }, action: read, resource: { type: 'record' } }],
    ['subject', { subject: {}, action: read, resource: first }],
    ['resource', { action: read, resource: { type: 'record' } }],
    ['resource', { subject: { type: 'user' }, action: read, resource: { type: 'record' } }],
    ['action', { subject: alice }],
    ['action', { subject: { type: 'user' }, resource: first }],
    ['action', { subject: alice, resource: first, page: { limit: -1 } }],
    ['action', { subject: alice, resource: first, context: { call_id: 'x' } }],
  ])('for a %s is a broken request without what it is about: %j', async (path, body) => {
    expect((await ask(`search/${path}`, body)).status).toBe(400);
  });

  it('for subjects or resources takes a key that was made for it', async () => {
    const [subjects, resources] = [
      { subject: { type: 'user' }, action: read, resource: first },
      { subject: alice, action: read, resource: { type: 'record' } },
    ];
    expect((await desk.post('crm', '/access/v1/search/subject', subjects)).status).toBe(403);
    expect((await desk.post('crm', '/access/v1/search/resource', resources)).status).toBe(403);
    expect((await desk.post('agent', '/access/v1/search/subject', subjects)).status).toBe(403);
    expect((await desk.post('crm', '/access/v1/search/action', { subject: alice, resource: first })).status).toBe(200);
  });

  it('finds what an evaluation would permit, and nothing else', async () => {
    for (const subject of [alice, bob, administrator]) {
      for (const resource of [first, second, archived]) {
        const found = await idsOf('action', { subject, resource });
        const evaluations = ['read', 'write'].map((name) => ({ action: { name } }));
        const decisions = await decisionsOf({ subject, resource, evaluations });
        expect(['read', 'write'].map((name) => found.includes(name))).toEqual(decisions);
      }
    }
  });
});

describe('the metadata', () => {
  it('says where everything is', async () => {
    const answer = await fetch(`${desk.api.url}/.well-known/authzen-configuration`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    const base = desk.api.config.publicUrl;
    expect(await answer.json()).toEqual({
      policy_decision_point: base,
      access_evaluation_endpoint: `${base}/access/v1/evaluation`,
      access_evaluations_endpoint: `${base}/access/v1/evaluations`,
      search_subject_endpoint: `${base}/access/v1/search/subject`,
      search_resource_endpoint: `${base}/access/v1/search/resource`,
      search_action_endpoint: `${base}/access/v1/search/action`,
      access_request_endpoint: `${base}/access/v1/requests`,
      jwks_uri: `${base}/.well-known/jwks.json`,
      capabilities: ['urn:openid:authzen:capability:access-request'],
      supported_obligations: ['step-up', 'custom'],
    });
  });
});
