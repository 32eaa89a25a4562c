import { randomBytes } from 'node:crypto';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { Webhook } from 'standardwebhooks';

import { itemStatus, taskStatus } from '../../src/authzen/access-request.ts';
import { AccessCallbacks } from '../../src/authzen/access-callbacks.service.ts';
import { AccessCallbacksRepository } from '../../src/authzen/access-callbacks.repository.ts';
import { AccessRequestsRepository } from '../../src/authzen/access-requests.repository.ts';
import { AccessRequests } from '../../src/authzen/access-requests.service.ts';
import { Approvals } from '../../src/authzen/approvals.ts';
import { Denials } from '../../src/authzen/denials.ts';
import { CodesRepository } from '../../src/codes/codes.repository.ts';
import { SigningKeys } from '../../src/crypto/signing-keys.ts';
import { HOST_RESOLVER, type HostResolver } from '../../src/webhooks/resolver.ts';
import { WEBHOOK_OPTIONS, type WebhookOptions } from '../../src/webhooks/webhook-options.ts';
import { startSibling, type TestApp } from '../support/app.ts';
import { carelessBudgets } from '../support/careless-codes.ts';
import { meet } from '../support/meet.ts';
import { type Answer, Desk } from '../support/desk.ts';
import { type Received, Receiver } from '../support/receiver.ts';
import { until } from '../support/until.ts';
import { type Alteration, altered } from '../support/two-desks.ts';

// The Access Request and Approval Profile: a holder is asked, and answers, over the standard's wire.

const PROXY_PHONE = '+49 30 23125 302';
const ERRORS = 'urn:openid:authzen:access-request:error:';

const SECRETS = [1, 2].map((fill) => `whsec_${Buffer.alloc(32, fill).toString('base64')}`);
const PATIENCE = 30_000;

let desk: Desk;
let receiver: Receiver;
let callId: string;
let mandate: { readonly id: string; readonly ref: string };

beforeAll(async () => {
  receiver = await Receiver.start();
  desk = await Desk.open({
    accessCallbacks: [
      { endpoint: receiver.url('/told'), secrets: SECRETS },
      { endpoint: receiver.url('/failing'), secrets: SECRETS.slice(1) },
      { endpoint: receiver.url('/moved'), secrets: SECRETS.slice(1) },
      { endpoint: receiver.url('/once'), secrets: SECRETS.slice(1) },
      { endpoint: receiver.url('/behind'), secrets: SECRETS.slice(1) },
      { endpoint: receiver.url('/turning', 'turning.example.nl'), secrets: SECRETS.slice(1) },
      { endpoint: 'http://10.0.0.7/inside', secrets: SECRETS.slice(1) },
    ],
  });
  hurry(desk.api);
  await desk.person('P-1', { name: 'Hanna Voorbeeld', phone: '+49 30 23125 301' });
  await desk.person('P-2', { name: 'Joost Voorbeeld', phone: PROXY_PHONE });
  await desk.person('P-3', { name: 'Willem Verzonnen', phone: '+49 30 23125 303' });
  await desk.person('P-4', { name: 'Fleur Fictief', phone: '+49 30 23125 304' });
  await desk.contract('C-1', ['P-1']);
  await desk.contract('C-2', ['P-1']);
  await desk.contract('C-3', ['P-1', 'P-4'], { jointRule: 'all' });
  await desk.person('P-5', { name: 'Sanne Verzonnen', phone: '+49 30 23125 305' });
  await desk.contract('C-4', ['P-1', 'P-5'], { jointRule: 'all' });
  mandate = await desk.mandate('P-1', 'P-2', ['billing', 'subscription'], ['C-1', 'C-2', 'C-3', 'C-4']);
  await desk.mandate('P-4', 'P-2', ['billing', 'subscription'], ['C-3']);
  await desk.mandate('P-5', 'P-2', ['subscription'], ['C-4']);
  // P-4 wants to be asked about bills first; P-1 doesn't.
  await desk.owner.query(
    "INSERT INTO ask_first (person_id, scope, chosen_at) SELECT id, 'billing', now() FROM people WHERE crm_ref = 'P-4'",
  );
});
afterAll(async () => {
  await receiver.stop();
  await desk.close();
});
beforeEach(async () => {
  await desk.owner.query('DELETE FROM code_budget_entries');
  callId = await openCall('C-1');
});

function hurry({ app }: TestApp): void {
  const quick = { tick: 30, delays: [30, 30], lease: 1_500 };
  Object.assign(app.get<WebhookOptions>(WEBHOOK_OPTIONS, { strict: false }), quick);
}

async function openCall(contract: string): Promise<string> {
  const { body } = await desk.expectSuccess(desk.open(contract, { number: PROXY_PHONE }));
  await desk.identify(body.call.id);
  await desk.owner.query('DELETE FROM code_budget_entries');
  return body.call.id;
}

const plan = (amount = 100): object => ({ name: 'payment.plan', properties: { amount, months: 3 } });
const TERMINATE = { name: 'contract.terminate' };

function question(changes: object = {}, context: object = {}): Record<string, unknown> & { readonly context: object } {
  return {
    subject: { type: 'person', id: 'P-2' },
    action: plan(),
    resource: { type: 'contract', id: 'C-1' },
    ...changes,
    context: { call_id: callId, ...context },
  };
}

async function evaluate(asked: object, headers: Record<string, string> = {}): Promise<Answer['body']> {
  return (await desk.expectSuccess(desk.post('agent', '/access/v1/evaluation', asked, headers))).body;
}

/** The denial of a question, as the asking side gives it back. */
async function denialOf(asked: object): Promise<Record<string, string>> {
  const { decision, context } = await evaluate(asked);
  expect([decision, context.outcome]).toEqual([false, 'ask_holder']);
  const { evaluation_id, evaluated_at, reason, access_request: request } = context;
  const { expires_at, binding_token, template } = request;
  return { evaluation_id, evaluated_at, reason, expires_at, binding_token, template };
}

const submit = (body: object, headers: Record<string, string> = {}): Promise<Answer> =>
  desk.post('agent', '/access/v1/requests', body, headers);
const look = (id: string): Promise<Answer> => desk.get('agent', `/access/v1/requests/${id}`);

/** A request that was accepted, about a question. */
async function requested(
  asked: object = question(),
): Promise<{ readonly id: string; readonly codes: readonly string[] }> {
  const { body } = await desk.expectSuccess(submit({ ...asked, denial: await denialOf(asked) }));
  return { id: body.task.id, codes: await codesOf(body.task.id) };
}

async function codesOf(id: string): Promise<readonly string[]> {
  const { rows } = await desk.owner.query<{ ids: string[] }>(
    'SELECT code_ids AS ids FROM access_requests WHERE id = $1',
    [id],
  );
  return rows[0]?.ids ?? [];
}

async function sayYes(codeId: string, actions: readonly object[] = [plan()], call = callId): Promise<boolean> {
  const tried = { code: await desk.codeOf(codeId), call_id: call, actions };
  return (await desk.post('agent', `/v1/confirmations/${codeId}/attempts`, tried)).body.accepted;
}

/** A request with the holder's yes, and what was given for it. */
async function approved(asked: object = question()): Promise<{ readonly id: string; readonly approval: object }> {
  const { id, codes } = await requested(asked);
  for (const code of codes) expect(await sayYes(code)).toBe(true);
  const { body } = await desk.expectSuccess(look(id));
  expect(body).toMatchObject({ task: { status: 'approved' }, result: { mode: 'reevaluate' } });
  return { id, approval: body.result.approval };
}

async function counted(text: string): Promise<number> {
  const { rows } = await desk.owner.query<{ n: number }>(`SELECT count(*)::integer AS n FROM ${text}`, [callId]);
  return rows[0]?.n ?? -1;
}
const asking = (): Promise<number> => counted("codes WHERE call_id = $1 AND purpose = 'action'");
const done = (): Promise<number> => counted('executions WHERE call_id = $1');

describe('a denial', () => {
  it('that the holder can lift says how to ask, and proves what was denied', async () => {
    const { body: found } = await desk.get('crm', '/.well-known/authzen-configuration');
    expect(found.capabilities).toEqual(['urn:openid:authzen:capability:access-request']);
    const asked = question();
    const { context } = await evaluate(asked);
    expect(context).toMatchObject({
      reason: 'holder_confirmation_required',
      evaluation_id: context.id,
      evaluated_at: context.decided_at,
      access_request: { template: 'holder_confirmation' },
    });
    const { binding_token: token, expires_at: until } = context.access_request;
    const { body: keys } = await desk.get('crm', new URL(found.jwks_uri).pathname);
    const wanted = { typ: 'mandaat-denial+jwt', audience: found.access_request_endpoint };
    const { payload } = await jwtVerify(token, createLocalJWKSet(keys), wanted);
    expect(payload).toMatchObject({ evaluation_id: context.id, exp: Date.parse(until) / 1000 });
    expect(JSON.stringify(payload)).not.toContain('P-2');
    expect(await desk.owner.query('SELECT FROM access_requests WHERE call_id = $1', [callId])).toMatchObject({
      rowCount: 0,
    });
  });

  it('that no yes lifts, and a permit, say nothing of it', async () => {
    const explained = await evaluate(question({ action: { name: 'invoice.explain' } }));
    const never = await evaluate(question({ action: { name: 'direct_debit.change' } }));
    const nobody = await evaluate(question({ subject: { type: 'person', id: 'P-99' } }));
    expect([explained, never, nobody].map(({ decision }) => decision)).toEqual([true, false, false]);
    for (const { context } of [explained, never, nobody]) {
      expect(context).not.toHaveProperty('access_request');
      expect(context).not.toHaveProperty('evaluation_id');
    }
  });
});

describe('a request', () => {
  it('asks the holder, and after the yes the same question is permitted, and done once', async () => {
    const asked = question();
    const denial = await denialOf(asked);
    const made = await submit({ ...asked, denial, client: { actor: { id: 'A-1' } } });
    expect(made.status).toBe(202);
    const { task } = made.body;
    expect(made.body).toEqual({
      task: {
        id: expect.any(String),
        status: 'pending',
        status_endpoint: expect.stringMatching(`/access/v1/requests/${task.id}$`),
        expires_at: expect.any(String),
        links: { cancel: `${task.status_endpoint}/cancel` },
      },
    });
    expect(made.headers.get('location')).toBe(task.status_endpoint);
    expect(made.headers.get('retry-after')).toBe('5');
    const [code = ''] = await codesOf(task.id);
    expect((await desk.message('code_id', code)).body).toContain('100');
    expect((await look(task.id)).body).toEqual(made.body);
    // Nothing is permitted by having asked.
    expect(await evaluate(asked)).toMatchObject({ decision: false });
    expect(await sayYes(code)).toBe(true);
    const { body, headers } = await look(task.id);
    const { approval } = body.result;
    expect(body.task.status).toBe('approved');
    expect(headers.get('retry-after')).toBeNull();
    expect(Date.parse(approval.approved_until)).toBeGreaterThan(Date.parse(approval.approved_at));
    const again = await evaluate(question({}, { approval }));
    const { id, approved_until } = approval;
    expect(again).toMatchObject({ decision: true, context: { approval: { id, approved_until } } });
    const executed = await evaluate(question({}, { approval, purpose: 'execute' }));
    expect(executed).toMatchObject({ decision: true, context: { execution_id: expect.any(String) } });
    const used = await evaluate(question({}, { approval, purpose: 'execute' }));
    expect(used).toMatchObject({
      decision: false,
      context: { reason: 'approval_expired', next_action: 'request', access_request: { template: expect.any(String) } },
    });
    expect(await done()).toBe(1);
    // What it says to do works.
    const { context } = used;
    const denied = { evaluation_id: context.evaluation_id, ...context.access_request };
    expect((await submit({ ...asked, denial: denied })).status).toBe(202);
  });

  it('is proved by the record alone as well', async () => {
    const asked = question();
    const { binding_token: _token, ...denial } = await denialOf(asked);
    const altered = [
      question({ action: plan(101) }),
      question({ action: TERMINATE }),
      question({ subject: { type: 'person', id: 'P-1' } }),
      question({ resource: { type: 'contract', id: 'C-2' } }),
    ];
    for (const other of altered) {
      expect(await submit({ ...other, denial })).toMatchObject({
        status: 400,
        body: { code: 'invalid_denial_binding' },
      });
    }
    const permitted = await evaluate(question({ action: { name: 'invoice.explain' } }));
    for (const id of [permitted.context.id, `${callId}.0`, denial.evaluation_id?.replace('.0', '.1'), '']) {
      const answer = await submit({ ...asked, denial: { ...denial, evaluation_id: id } });
      expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_denial_binding' } });
    }
    const late = { ...denial, expires_at: new Date(Date.parse(denial.expires_at ?? '') + 1000).toISOString() };
    expect(await submit({ ...asked, denial: late })).toMatchObject({ status: 400 });
    expect((await submit({ ...asked, denial })).status).toBe(202);
  });

  it('that differs in any member from what was denied is refused, and asks nobody', async () => {
    const asked = question();
    const denial = await denialOf(asked);
    const { expires_at: at = '', binding_token: token = '' } = denial;
    const changes: Readonly<Record<string, object>> = {
      'another subject': { subject: { type: 'person', id: 'P-1' } },
      'another subject who is the same person': { subject: { type: 'caller', id: callId } },
      'another resource': { resource: { type: 'contract', id: 'C-2' } },
      'another action': { action: TERMINATE },
      'another property': { action: plan(100.01) },
      'one property less': { action: { name: 'payment.plan', properties: { amount: 100 } } },
      'one property more': { action: { ...plan(), properties: { amount: 100, months: 3, channel: 'phone' } } },
      'no call': { subject: { type: 'caller', id: callId }, context: {} },
      'a later end': { denial: { ...denial, expires_at: later(at) } },
      'no end': { denial: { ...denial, expires_at: undefined } },
      'another evaluation': { denial: { ...denial, evaluation_id: `${callId}.0` } },
      'another signature': { denial: { ...denial, binding_token: forged(token) } },
      'words of its own': { denial: { ...denial, binding_token: 'garbage' } },
    };
    for (const [what, change] of Object.entries(changes)) {
      const { status, body, headers } = await submit({ ...asked, denial, ...change });
      expect([what, status, body.type]).toEqual([what, 400, `${ERRORS}invalid_denial_binding`]);
      expect(headers.get('content-type')).toContain('application/problem+json');
    }
    expect(await asking()).toBe(0);
    // The control: as it was denied it is asked.
    expect((await submit({ ...asked, denial })).status).toBe(202);
  });

  it('is not proved by a signed decision, by a token for somebody else, nor by one of another service', async () => {
    const asked = question();
    const denial = await denialOf(asked);
    const { context } = await evaluate(question({}, { sign: true }));
    const claims = JSON.parse(Buffer.from(denial.binding_token?.split('.')[1] ?? '', 'base64url').toString()) as object;
    const { decisionKeys, publicUrl } = desk.api.config;
    const ours = new SigningKeys(decisionKeys);
    const others = new SigningKeys(decisionKeys.map(({ id }) => ({ id, key: randomBytes(32) })));
    const sign = (by: SigningKeys, changes: object): Promise<string> =>
      by.sign(JSON.stringify({ ...claims, ...changes }), 'mandaat-denial+jwt');
    const tokens = [
      context.signature,
      await sign(others, {}),
      await sign(ours, { aud: publicUrl }),
      await sign(ours, { iss: 'https://elsewhere.example.nl' }),
      await sign(ours, { exp: undefined }),
    ];
    for (const binding_token of tokens) {
      const answer = await submit({ ...asked, denial: { ...denial, binding_token } });
      expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_denial_binding' } });
    }
    const same = await submit({ ...asked, denial: { ...denial, binding_token: await sign(ours, {}) } });
    expect(same.status).toBe(202);
  });

  it('on an old denial is refused', async () => {
    const asked = question();
    const denial = await denialOf(asked);
    const past = Date.now() - 600_000;
    const old = await desk.api.app.get(Denials).requestable(asked as never, `${callId}.0`, past, past + 300_000);
    const { evaluation_id, access_request } = old ?? { evaluation_id: '', access_request: {} };
    const answer = await submit({ ...asked, denial: { evaluation_id, ...access_request } });
    expect(answer).toMatchObject({ status: 410, body: { type: `${ERRORS}expired_denial` } });
    const echoed = { ...denial, expires_at: new Date(past).toISOString() };
    expect(await submit({ ...asked, denial: echoed })).toMatchObject({ status: 410 });
    await desk.expectSuccess(desk.post('agent', `/v1/calls/${callId}/end`));
    expect(await submit({ ...asked, denial })).toMatchObject({ status: 410, body: { code: 'expired_denial' } });
  });

  it('about what no yes would change is refused', async () => {
    const asked = question();
    const { approval: _ } = await approved(asked);
    const [lifted, bare, outside] = [
      { ...asked, denial: await deniedBefore(asked) },
      asked,
      { ...asked, denial: {}, context: {} },
    ];
    expect(await submit(lifted)).toMatchObject({ status: 400, body: { type: `${ERRORS}not_requestable` } });
    expect(await submit(bare)).toMatchObject({ status: 400, body: { type: `${ERRORS}not_requestable` } });
    expect(await submit(outside)).toMatchObject({ status: 403 });
    const system = await desk.post('crm', '/access/v1/requests', outside);
    expect(system).toMatchObject({ status: 400, body: { type: `${ERRORS}not_requestable` } });
    const soon = { requested_until: 'soon' };
    for (const body of [
      {},
      { subject: asked['subject'] },
      { ...asked, items: [] },
      { ...asked, items: [asked] },
      { ...asked, denial: {}, requested_access: soon },
      { ...asked, denial: {}, resource: undefined, action: undefined, items: [[asked]] },
      ...['denial', 'resource', 'action', 'items', 'context', 'requested_access', 'callback', 'client'].map((none) => ({
        ...asked,
        denial: {},
        [none]: null,
      })),
    ]) {
      const { status, body: problem } = await submit(body);
      expect([body, status, problem.code]).toEqual([body, 400, 'validation_failed']);
    }
  });

  it('names no actor but its own agent', async () => {
    const asked = question();
    const denial = await denialOf(asked);
    for (const actor of [{ id: 'A-2' }, { id: 'A-1', act: { sub: 'x', iss: 'y' } }, 'A-1']) {
      expect((await submit({ ...asked, denial, client: { actor } })).status).toBe(403);
    }
    expect(await asking()).toBe(0);
  });

  it('uses a denial up', async () => {
    const asked = question();
    const denial = await denialOf(asked);
    expect((await submit({ ...asked, denial })).status).toBe(202);
    const again = await submit({ ...asked, denial }, { 'idempotency-key': 'another-1' });
    expect(again).toMatchObject({ status: 400, body: { code: 'invalid_denial_binding' } });
    expect(await asking()).toBe(1);
  });
});

/** One of before the holder said yes: the record of a decision is what proves it. */
async function deniedBefore(asked: object): Promise<object> {
  const at = Date.now();
  const made = await desk.api.app.get(Denials).requestable(asked as never, `${callId}.0`, at, at + 60_000);
  return { evaluation_id: made?.evaluation_id, ...made?.access_request };
}

function later(moment: string): string {
  return new Date(Date.parse(moment) + 1000).toISOString();
}

function forged(token: string): string {
  const [head = '', body = '', mark = ''] = token.split('.');
  const text = Buffer.from(body, 'base64url').toString().replace('"binding_hash":"', '"binding_hash":"x');
  return [head, Buffer.from(text).toString('base64url'), mark].join('.');
}

describe('an Idempotency-Key', () => {
  it('makes one request of many that are the same, one after the other and at once', async () => {
    const asked = question();
    const body = { ...asked, denial: await denialOf(asked) };
    const key = { 'idempotency-key': 'request-1' };
    const answers = await Promise.all(Array.from({ length: 5 }, () => submit(body, key)));
    const later = await submit({ denial: body.denial, ...asked }, key);
    const ids = [...answers, later].map((answer) => [answer.status, answer.body.task?.id]);
    expect(new Set(ids.map(String)).size).toBe(1);
    expect(ids[0]).toEqual([202, expect.any(String)]);
    expect(await asking()).toBe(1);
    const [code = ''] = await codesOf(later.body.task.id);
    await sayYes(code);
    const settled = await submit(body, key);
    expect(settled).toMatchObject({
      status: 201,
      body: { task: { status: 'approved' }, result: { mode: 'reevaluate' } },
    });
    // The control: without a key the same is another one.
    expect((await submit(body)).status).toBe(400);
  });

  it('with another request is refused, and with the same of somebody else is their own', async () => {
    const asked = question();
    const body = { ...asked, denial: await denialOf(asked) };
    const key = { 'idempotency-key': 'request-2' };
    const first = await desk.expectSuccess(submit(body, key));
    const other = await submit(
      { ...body, requested_access: { requested_until: later(new Date().toISOString()) } },
      key,
    );
    expect(other).toMatchObject({ status: 409, body: { type: `${ERRORS}duplicate_request` } });
    const system = await desk.post('crm', '/access/v1/requests', body, key);
    expect(system).toMatchObject({ status: 400, body: { code: 'invalid_denial_binding' } });
    expect(await submit(body, { 'idempotency-key': 'ü' }).catch(() => ({ status: 400 }))).toMatchObject({
      status: 400,
    });
    expect((await submit(body, key)).body.task.id).toBe(first.body.task.id);
  });
});

describe('two requests at once in two processes', () => {
  let sibling: TestApp;
  beforeAll(async () => {
    sibling = await startSibling(desk.api);
  });
  afterAll(() => sibling.stop());

  /** Each to a process of its own, and none writes before both have looked. Answers the statuses. */
  async function race(bodies: readonly object[], keys: readonly string[], careless?: Alteration): Promise<number[]> {
    const bothLook: Alteration = (app) => {
      const repository = app.get(AccessRequestsRepository, { strict: false });
      const ofKey: AccessRequestsRepository['ofKey'] = async (...asked) => {
        const found = await AccessRequestsRepository.prototype.ofKey.apply(repository, asked);
        await meet('key');
        return found;
      };
      return [{ of: repository, does: { ofKey } }, ...(careless?.(app) ?? [])];
    };
    const answers = await altered([desk.api.app, sibling.app], bothLook, () =>
      Promise.all(
        [desk, desk.at(sibling)].map((at, n) =>
          at.post('agent', '/access/v1/requests', bodies[n], { 'idempotency-key': keys[n] ?? '' }),
        ),
      ),
    );
    return answers.map(({ status }) => status).toSorted((one, other) => one - other);
  }

  async function requestOf(amount: number): Promise<object> {
    const asked = question({ action: plan(amount) });
    return { ...asked, denial: await denialOf(asked) };
  }

  const made = (): Promise<number> => counted('access_requests WHERE call_id = $1');

  /** One key, for two bodies. */
  async function oneKey(key: string): Promise<{ readonly told: number[]; readonly made: number }> {
    const told = await race([await requestOf(100), await requestOf(200)], [key, key]);
    return { told, made: await made() };
  }

  /** One denial, under two keys. */
  async function oneDenial(
    keys: readonly string[],
    careless?: Alteration,
  ): Promise<{ readonly told: number[]; readonly made: number }> {
    const body = await requestOf(100);
    const told = await race([body, body], keys, careless);
    return { told, made: await made() };
  }

  it('under one key: one of two bodies is asked', async () => {
    expect(await oneKey('request-3')).toEqual({ told: [202, 409], made: 1 });
  });

  it('under one key: both would be, if no two rows were kept from having it (positive control)', async () => {
    const { rows } = await desk.owner.query<{ made: string }>(
      "SELECT indexdef AS made FROM pg_indexes WHERE indexname = 'access_requests_key_key'",
    );
    await desk.owner.query('DROP INDEX access_requests_key_key');
    try {
      expect(await oneKey('request-6')).toEqual({ told: [202, 202], made: 2 });
    } finally {
      await desk.owner.query("DELETE FROM access_requests WHERE idempotency_key = 'request-6'");
      await desk.owner.query(rows[0]?.made ?? '');
    }
  });

  it('on one denial: one uses it up', async () => {
    expect(await oneDenial(['request-4', 'request-5'])).toEqual({ told: [202, 400], made: 1 });
  });

  it('on one denial: both would use it, if nobody waited behind the budget of the holder (positive control)', async () => {
    const neitherWaits: Alteration = (app) => {
      const repository = app.get(AccessRequestsRepository, { strict: false });
      const isUsed: AccessRequestsRepository['isUsed'] = async (...asked) => {
        const isOne = await AccessRequestsRepository.prototype.isUsed.apply(repository, asked);
        await meet('denial');
        return isOne;
      };
      return [...carelessBudgets(app), { of: repository, does: { isUsed } }];
    };
    expect(await oneDenial(['request-7', 'request-8'], neitherWaits)).toEqual({ told: [202, 202], made: 2 });
  });
});

describe('the key of a request', () => {
  it('counts until a day after the call’s latest end, and is forgotten with it then', async () => {
    const asked = question();
    const body = { ...asked, denial: await denialOf(asked) };
    const key = { 'idempotency-key': `kept-${callId}` };
    const { body: made } = await desk.expectSuccess(submit(body, key));
    const requests = desk.api.app.get(AccessRequests, { strict: false });
    const endedAgo = async (ago: string): Promise<number> => {
      await desk.owner.query('UPDATE access_requests SET expires_at = now() - $2::interval WHERE id = $1', [
        made.task.id,
        ago,
      ]);
      await requests.clear();
      return (await desk.owner.query('SELECT FROM access_requests WHERE id = $1', [made.task.id])).rowCount ?? -1;
    };
    expect(await endedAgo('23 hours 59 minutes')).toBe(1);
    const again = await submit(body, key);
    expect([again.status < 300, again.body.task.id]).toEqual([true, made.task.id]);
    const other = await submit(
      { ...body, requested_access: { requested_until: later(new Date().toISOString()) } },
      key,
    );
    expect(other).toMatchObject({ status: 409, body: { type: `${ERRORS}duplicate_request` } });
    expect(await endedAgo('24 hours')).toBe(0);
  });
});

describe('what became of a request', () => {
  it('is shown to the agent of the call and to the CRM; to another agent there is none', async () => {
    const { id } = await requested();
    expect((await look(id)).status).toBe(200);
    expect((await desk.get('crm', `/access/v1/requests/${id}`)).status).toBe(200);
    const other = { 'mandaat-agent': 'A-2' };
    const absent = '018f4e4e-0000-4000-8000-000000000000';
    for (const [method, end] of [
      ['GET', ''],
      ['POST', '/cancel'],
    ] as const) {
      const [theirs, none, noId] = await Promise.all(
        [id, absent, 'arq_none'].map((one) =>
          desk.send('agent', method, `/access/v1/requests/${one}${end}`, undefined, other),
        ),
      );
      const { requestId: _requestId, ...told } = theirs?.body ?? {};
      expect(told).toMatchObject({ status: 404, type: `${ERRORS}unknown_task` });
      for (const answer of [none, noId]) expect({ ...answer?.body, requestId: 0 }).toEqual({ ...told, requestId: 0 });
    }
    const asked = question();
    const denial = await denialOf(asked);
    const stolen = await submit({ ...asked, denial }, other);
    expect(stolen).toMatchObject({ status: 400, body: { code: 'invalid_denial_binding' } });
    expect((await look(id)).body.task.status).toBe('pending');
  });

  it.each<[string, string, (code: string) => Promise<unknown>]>([
    ['denied', 'the holder says no', async (code) => sayNo(code)],
    ['expired', 'nobody answers', (code) => change(code, "expires_at = now() - interval '1 second'")],
    [
      'failed',
      'no message gets there, and the call ends',
      async (code) => {
        await change(code, "state = 'undeliverable', answered_at = now()");
        await desk.post('agent', `/v1/calls/${callId}/end`);
      },
    ],
    ['failed', 'all tries were wrong', (code) => change(code, 'tries = 5')],
    ['cancelled', 'the agent takes the code back', (code) => desk.post('agent', `/v1/confirmations/${code}/cancel`)],
    ['cancelled', 'the call ends', () => desk.post('agent', `/v1/calls/${callId}/end`)],
    ['cancelled', 'the holder is asked something else', () => requested(question({ action: plan(200) }))],
  ])('is %s when %s, and stays so', async (status, _, happens) => {
    const { id, codes } = await requested();
    const [code = ''] = codes;
    await happens(code);
    const { body } = await look(id);
    expect(body).toMatchObject({ task: { status } });
    expect(body).not.toHaveProperty('result');
    // Whatever becomes of the code now: it was told.
    await change(code, "state = 'approved', answered_at = now(), expires_at = now() + interval '1 minute', tries = 0");
    expect((await look(id)).body).toEqual(body);
    const again = await desk.post('agent', `/access/v1/requests/${id}/cancel`);
    expect(again).toMatchObject({ status: 409, body: { type: `${ERRORS}invalid_task_state` } });
  });

  it('is open as long as another road may bring the question there, and ends as that ends', async () => {
    // A mobile phone gets texts, and can be spoken to.
    const holder = await desk.person('P-6', { phone: '+44 7700 900366' });
    await desk.contract('C-6', ['P-6']);
    await desk.mandate('P-6', 'P-2', ['billing'], ['C-6']);
    const lost = async (): Promise<{ id: string; code: string }> => {
      callId = await openCall('C-6');
      const { id, codes } = await requested(question({ resource: { type: 'contract', id: 'C-6' } }));
      const [code = ''] = codes;
      await desk.codeOf(code);
      await change(code, "state = 'undeliverable', answered_at = now()");
      expect((await look(id)).body.task.status).toBe('pending');
      return { id, code };
    };
    const { id, code } = await lost();
    await desk.expectSuccess(desk.post('agent', `/v1/confirmations/${code}/resend`, { route: 'voice' }));
    await until(async () => (await desk.message('code_id', code)).body.includes(', '), PATIENCE);
    expect(await sayYes(code)).toBe(true);
    expect((await look(id)).body).toMatchObject({ task: { status: 'approved' } });
    // Taken back it is over, though it might still have got there.
    const { id: back } = await lost();
    const taken = await desk.post('agent', `/access/v1/requests/${back}/cancel`);
    expect(taken).toMatchObject({ status: 200, body: { task: { status: 'cancelled' } } });
    // No road is left: there is nothing to wait for.
    const { id: last } = await lost();
    await desk.owner.query('UPDATE contact_points SET ended_at = now() WHERE person_id = $1', [holder]);
    expect((await look(last)).body.task.status).toBe('failed');
  });

  it('is cancelled by who asked, and its code is dead', async () => {
    const { id, codes } = await requested();
    const answer = await desk.post('agent', `/access/v1/requests/${id}/cancel`, { reason: 'changed_mind' });
    expect(answer).toMatchObject({ status: 200, body: { task: { id, status: 'cancelled' } } });
    expect(await sayYes(codes[0] ?? '')).toBe(false);
    expect(await evaluate(question())).toMatchObject({ decision: false });
  });

  it('is over with its call', async () => {
    const { id } = await requested();
    await desk.owner.query('UPDATE access_requests SET expires_at = now() WHERE id = $1', [id]);
    expect(await look(id)).toMatchObject({ status: 410, body: { type: `${ERRORS}task_expired` } });
    expect(await desk.post('agent', `/access/v1/requests/${id}/cancel`)).toMatchObject({ status: 410 });
  });

  /** A yes and a cancellation at once. What is told of either, and what is then permitted, must be one story. */
  async function race(): Promise<readonly unknown[]> {
    const broken: unknown[] = [];
    for (const delay of [0, 8]) {
      await desk.owner.query('DELETE FROM code_budget_entries');
      callId = await openCall('C-1');
      const { id, codes } = await requested();
      const [code = ''] = codes;
      await desk.codeOf(code);
      const cancelled = new Promise((resolve) => setTimeout(resolve, delay)).then(() =>
        desk.post('agent', `/access/v1/requests/${id}/cancel`),
      );
      const [isYes, { status }] = await Promise.all([sayYes(code), cancelled]);
      const { body } = await look(id);
      const { decision } = await evaluate(question({}, { approval: body.result?.approval ?? {} }));
      const story = [isYes, status, body.task.status, decision];
      const stories = [
        [true, 409, 'approved', true],
        [false, 200, 'cancelled', false],
      ];
      if (!stories.some((one) => String(one) === String(story))) broken.push(story);
    }
    return broken;
  }

  it('is one story when a yes and a cancellation meet', async () => {
    expect(await race()).toEqual([]);
    // The control: one who takes back what was answered.
    const careless: Alteration = (app) => [
      {
        of: app.get(CodesRepository, { strict: false }),
        does: {
          settle: async (tx: { query: (sql: string, values: unknown[]) => Promise<unknown> }, id: string) => {
            await tx.query("UPDATE codes SET state = 'cancelled', answered_at = now() WHERE id = $1", [id]);
            return { id, purpose: 'action', callId, personId: null, callerId: null };
          },
        },
      },
    ];
    const [first, second] = [await altered([desk.api.app], careless, lateCancellation), await lateCancellation()];
    expect([first, second]).toEqual(['cancelled', 'approved']);
  });

  /** The yes comes while the cancellation is on its way: after it looked, before it takes back. */
  async function lateCancellation(): Promise<string> {
    await desk.owner.query('DELETE FROM code_budget_entries');
    callId = await openCall('C-1');
    const { id, codes } = await requested();
    const [code = ''] = codes;
    const repository = desk.api.app.get(CodesRepository, { strict: false });
    const settle = repository.settle.bind(repository);
    const slow: Alteration = () => [
      {
        of: repository,
        does: {
          settle: async (...given: Parameters<typeof repository.settle>) => {
            await change(code, "state = 'approved', answered_at = clock_timestamp()");
            return settle(...given);
          },
        },
      },
    ];
    await altered([desk.api.app], slow, () => desk.post('agent', `/access/v1/requests/${id}/cancel`));
    return (await look(id)).body.task.status;
  }
});

function change(codeId: string, how: string): Promise<unknown> {
  return desk.owner.query(`UPDATE codes SET ${how} WHERE id = $1`, [codeId]);
}

async function sayNo(codeId: string): Promise<unknown> {
  const { link } = await desk.message('code_id', codeId);
  return fetch(`${desk.api.url}${new URL(link ?? '').pathname}/no`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'block=no',
    redirect: 'manual',
  });
}

describe('a callback', () => {
  const ask = async (callback: unknown, asked: object = question()): Promise<Answer> =>
    submit({ ...asked, denial: await denialOf(asked), callback });
  const arrived = async (path: string, count: number): Promise<readonly Received[]> => {
    await until(() => receiver.at(path).length >= count, PATIENCE);
    return receiver.at(path);
  };
  const noted = async (id: string): Promise<Record<string, unknown> | undefined> =>
    (await desk.owner.query<Record<string, unknown>>('SELECT * FROM access_callbacks WHERE request_id = $1', [id]))
      .rows[0];

  it('goes to an address that the operator allows, and that leads nowhere inside', async () => {
    for (const [callback, pointer] of [
      [{ endpoint: 'https://crm.example.nl/approvals' }, '/callback/endpoint'],
      [{ endpoint: `${receiver.url('/told')}?more` }, '/callback/endpoint'],
      [{ endpoint: 'http://10.0.0.7/inside' }, '/callback/endpoint'],
      [{}, '/callback/endpoint'],
      [{ endpoint: receiver.url('/told'), state: 'x'.repeat(201) }, '/callback/state'],
      [{ endpoint: receiver.url('/told'), events: 'approved' }, '/callback/events'],
    ]) {
      const refused = await ask(callback);
      expect(refused).toMatchObject({ status: 400, body: { code: 'validation_failed', errors: [{ pointer }] } });
    }
    expect(await asking()).toBe(0);
  });

  it('tells once that the request has ended and how, signed, though nobody asked; what was given is read as ever', async () => {
    const { body } = await desk.expectSuccess(
      ask({ endpoint: receiver.url('/told'), state: 'c-17', events: ['approved', 'x'] }),
    );
    const { id, status_endpoint: address } = body.task;
    const [code = ''] = await codesOf(id);
    expect(await sayYes(code)).toBe(true);
    const [told] = await arrived('/told', 1);
    for (const secret of SECRETS) {
      expect(new Webhook(secret).verify(told?.body ?? '', told?.headers ?? {})).toEqual({
        state: 'c-17',
        task: { id, status: 'approved', status_endpoint: address },
      });
    }
    const other = `whsec_${Buffer.alloc(32, 3).toString('base64')}`;
    expect(() => new Webhook(other).verify(told?.body ?? '', told?.headers ?? {})).toThrow();
    expect((await look(id)).body).toMatchObject({ task: { status: 'approved' }, result: { mode: 'reevaluate' } });
    await until(async () => (await noted(id))?.['state'] === 'delivered', PATIENCE);
    // Several looks later there is still one.
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(receiver.at('/told')).toHaveLength(1);
  });

  it('is sent again under the same id until it arrives', async () => {
    receiver.answer('/failing', (response, count) => void response.writeHead(count === 1 ? 500 : 204).end());
    const { body } = await desk.expectSuccess(ask({ endpoint: receiver.url('/failing') }));
    await desk.expectSuccess(desk.post('agent', `/access/v1/requests/${body.task.id}/cancel`));
    const told = await arrived('/failing', 2);
    expect(new Set(told.map(({ headers }) => headers['webhook-id']))).toEqual(
      new Set([`access_request.${body.task.id}`]),
    );
    expect(JSON.parse(told[1]?.body ?? '{}')).toEqual({ task: expect.objectContaining({ status: 'cancelled' }) });
    await until(async () => (await noted(body.task.id))?.['state'] === 'delivered', PATIENCE);
  });

  it('of an end that nobody wanted to hear of is none', async () => {
    const { body } = await desk.expectSuccess(ask({ endpoint: receiver.url('/told'), events: ['denied'] }));
    const before = receiver.at('/told').length;
    await desk.expectSuccess(desk.post('agent', `/access/v1/requests/${body.task.id}/cancel`));
    expect(await noted(body.task.id)).toMatchObject({ state: 'unwanted', status: 'cancelled', attempts: 0 });
    expect(receiver.at('/told')).toHaveLength(before);
  });

  it('that is answered by the way to somewhere else does not go there, and has not arrived', async () => {
    receiver.answer('/moved', (response) => void response.writeHead(307, { location: receiver.url('/told') }).end());
    const before = receiver.at('/told').length;
    const { body } = await desk.expectSuccess(ask({ endpoint: receiver.url('/moved') }));
    await desk.expectSuccess(desk.post('agent', `/access/v1/requests/${body.task.id}/cancel`));
    await until(async () => (await noted(body.task.id))?.['state'] === 'failed', PATIENCE);
    expect(await noted(body.task.id)).toMatchObject({ attempts: 3, last_status: 307 });
    expect([receiver.at('/moved').length, receiver.at('/told').length]).toEqual([3, before]);
  });

  it('is not sent to who was allowed when it was asked for, and is no more', async () => {
    const { body } = await desk.expectSuccess(ask({ endpoint: receiver.url('/told') }));
    await desk.owner.query('UPDATE access_callbacks SET endpoint = $2 WHERE request_id = $1', [
      body.task.id,
      receiver.url('/removed'),
    ]);
    await desk.expectSuccess(desk.post('agent', `/access/v1/requests/${body.task.id}/cancel`));
    await until(async () => (await noted(body.task.id))?.['state'] === 'failed', PATIENCE);
    expect(await noted(body.task.id)).toMatchObject({ last_fault: 'address_refused', last_status: null });
    expect(receiver.at('/removed')).toEqual([]);
  });

  it('is sent once by two processes that both notice the end', async () => {
    const sibling = await startSibling(desk.api);
    hurry(sibling);
    try {
      const ids: string[] = [];
      for (let n = 0; n < 6; n += 1) {
        await desk.owner.query('DELETE FROM code_budget_entries');
        callId = await openCall('C-1');
        const { body } = await desk.expectSuccess(ask({ endpoint: receiver.url('/once') }));
        ids.push(body.task.id);
      }
      // Nobody asks what became of them: either process may find it out, at the same moment.
      await desk.owner.query(
        `UPDATE codes SET expires_at = now() - interval '1 second'
         WHERE id IN (SELECT unnest(code_ids) FROM access_requests WHERE id = ANY ($1))`,
        [ids],
      );
      const delivered = async (): Promise<boolean> =>
        (await Promise.all(ids.map(noted))).every((one) => one?.['state'] === 'delivered');
      await until(delivered, PATIENCE);
      expect(
        receiver
          .at('/once')
          .map(({ headers }) => headers['webhook-id'])
          .toSorted(),
      ).toEqual(ids.map((id) => `access_request.${id}`).toSorted());
    } finally {
      await sibling.stop();
    }
    // The control: of two who take what is due without keeping it from each other, both would send it.
    const { body } = await desk.expectSuccess(ask({ endpoint: receiver.url('/once') }));
    const { id } = body.task;
    const repository = desk.api.app.get(AccessCallbacksRepository, { strict: false });
    const taken = { requestId: id, endpoint: receiver.url('/once'), opaque: null, status: 'cancelled', attempt: 1 };
    const careless: Alteration = () => [
      { of: repository, does: { claim: () => Promise.resolve([{ ...taken, at: new Date() }]) } },
    ];
    const sent = (): number =>
      receiver.at('/once').filter(({ headers }) => headers['webhook-id'] === `access_request.${id}`).length;
    const sender = desk.api.app.get(AccessCallbacks, { strict: false });
    await altered([desk.api.app], careless, () => Promise.all([sender.sendSome(1), sender.sendSome(1)]));
    expect(sent()).toBeGreaterThanOrEqual(2);
  });

  it('is not held up by many others that wait for one more holder', async () => {
    const HELD = 25;
    // One of two holders has said yes: one of its codes has an end, and the request has none.
    callId = await openCall('C-3');
    const joint = question({ resource: { type: 'contract', id: 'C-3' } });
    const waiting = await requested(joint);
    await sayYes(waiting.codes[0] ?? '');
    expect((await look(waiting.id)).body.task.status).toBe('pending');
    await desk.owner.query(
      `INSERT INTO access_requests SELECT (jsonb_populate_record(r, jsonb_build_object(
         'id', lpad(n::text, 8, '0') || '-0000-4000-8000-000000000000', 'approval_id', gen_random_uuid()))).*
       FROM access_requests r, generate_series(1, $2::int) n WHERE r.id = $1`,
      [waiting.id, HELD],
    );
    await desk.owner.query(
      `INSERT INTO access_callbacks (request_id, endpoint) SELECT id, $1 FROM access_requests WHERE id::text LIKE '%-0000-4000-8000-000000000000'`,
      [receiver.url('/behind')],
    );
    /** One more ends, of itself. Answers what became of it, after some rounds at least. */
    const ended = async (isDone: (state: unknown) => boolean): Promise<unknown> => {
      await desk.owner.query('DELETE FROM code_budget_entries');
      callId = await openCall('C-1');
      const { body } = await desk.expectSuccess(ask({ endpoint: receiver.url('/behind') }));
      const [code = ''] = await codesOf(body.task.id);
      await sayYes(code);
      await until(async () => isDone((await noted(body.task.id))?.['state']), PATIENCE);
      return (await noted(body.task.id))?.['state'];
    };
    try {
      expect(await ended((state) => state === 'delivered')).toBe('delivered');
      // The control: who looks at the first of them alone, again and again.
      const callbacks = desk.api.app.get(AccessCallbacks, { strict: false });
      let looks = 0;
      const first: Alteration = () => [
        {
          of: callbacks,
          does: {
            perhapsEnded: (most: number, after: string | null) => {
              looks += 1;
              const asked = AccessCallbacks.prototype.perhapsEnded.call(callbacks, most, null);
              return after === null ? asked : Promise.resolve([]);
            },
          },
        },
      ];
      expect(await altered([desk.api.app], first, () => ended(() => looks >= 10))).toBe('waiting');
    } finally {
      await desk.owner.query("DELETE FROM access_requests WHERE id::text LIKE '%-0000-4000-8000-000000000000'");
    }
  });

  it('is not sent to what has become an address inside since', async () => {
    const resolver = desk.api.app.get<HostResolver>(HOST_RESOLVER, { strict: false });
    const original = resolver.resolve.bind(resolver);
    const answers = [['127.0.0.1'], ['10.0.0.1']];
    resolver.resolve = (host) =>
      host === 'turning.example.nl' ? Promise.resolve(answers.shift() ?? ['10.0.0.1']) : original(host);
    try {
      const { body } = await desk.expectSuccess(ask({ endpoint: receiver.url('/turning', 'turning.example.nl') }));
      await desk.expectSuccess(desk.post('agent', `/access/v1/requests/${body.task.id}/cancel`));
      await until(async () => (await noted(body.task.id))?.['state'] === 'failed', PATIENCE);
      expect(await noted(body.task.id)).toMatchObject({
        last_fault: 'address_refused',
        last_status: null,
        attempts: 3,
      });
      expect(receiver.at('/turning')).toHaveLength(0);
    } finally {
      resolver.resolve = original;
    }
  });
});

describe('several actions of joint holders', () => {
  const resource = { type: 'contract', id: 'C-3' };
  const explain = { name: 'invoice.explain' };

  async function bundle(): Promise<{ readonly id: string; readonly codes: ReadonlyMap<string, string> }> {
    callId = await openCall('C-3');
    const items = [];
    for (const action of [explain, TERMINATE]) {
      items.push({ resource, action, denial: await denialOf(question({ resource, action })) });
    }
    const { subject, context } = question();
    const { status, body } = await submit({ subject, context, items });
    expect(status).toBe(202);
    expect(body.task.items).toEqual([
      { resource, action: explain, status: 'pending' },
      { resource, action: TERMINATE, status: 'pending' },
    ]);
    const { rows } = await desk.owner.query<{ id: string; ref: string }>(
      'SELECT c.id, p.crm_ref AS ref FROM codes c JOIN people p ON p.id = c.person_id WHERE c.id = ANY ($1)',
      [await codesOf(body.task.id)],
    );
    return { id: body.task.id, codes: new Map(rows.map(({ id, ref }) => [ref, id])) };
  }

  it('are approved one by one, each for itself', async () => {
    const { id, codes } = await bundle();
    expect([...codes.keys()].toSorted()).toEqual(['P-1', 'P-4']);
    expect(await sayYes(codes.get('P-4') ?? '', [explain, TERMINATE])).toBe(true);
    const { body: half } = await look(id);
    expect(half.task).toMatchObject({ status: 'pending', items: [{ status: 'approved' }, { status: 'pending' }] });
    expect(half).not.toHaveProperty('result');
    expect(await sayYes(codes.get('P-1') ?? '', [explain, TERMINATE])).toBe(true);
    const { body } = await look(id);
    expect(body.task).toMatchObject({ status: 'approved', items: [{ status: 'approved' }, { status: 'approved' }] });
    const [first, second] = body.task.items.map((item: Answer['body']) => item.result.approval);
    expect(first.id).not.toBe(second.id);
    const fits = (action: object, approval: object): Promise<Answer['body']> =>
      evaluate(question({ resource, action }, { approval }));
    expect((await fits(explain, first)).decision).toBe(true);
    expect((await fits(TERMINATE, second)).decision).toBe(true);
    expect(await fits(TERMINATE, first)).toMatchObject({ decision: false, context: { reason: 'out_of_scope' } });
  });

  it('end as they end: partly', async () => {
    const { id, codes } = await bundle();
    await change(codes.get('P-1') ?? '', "expires_at = now() - interval '1 second'");
    expect(await sayYes(codes.get('P-4') ?? '', [explain, TERMINATE])).toBe(true);
    const { body } = await look(id);
    expect(body.task).toMatchObject({ status: 'partial', items: [{ status: 'approved' }, { status: 'expired' }] });
    expect(body.task.items[1]).not.toHaveProperty('result');
  });

  it('are all refused by one no', async () => {
    const { id, codes } = await bundle();
    await sayNo(codes.get('P-1') ?? '');
    expect((await look(id)).body.task).toMatchObject({
      status: 'denied',
      items: [{ status: 'denied' }, { status: 'denied' }],
    });
  });

  it('are bound each by its own denial, in one call', async () => {
    callId = await openCall('C-3');
    const [one, two] = [explain, TERMINATE].map((action) => question({ resource, action }));
    const [first, second] = [await denialOf(one ?? {}), await denialOf(two ?? {})];
    const { subject, context } = question();
    const items = [
      { resource, action: explain, denial: first },
      { resource, action: TERMINATE },
    ];
    const swapped = [
      { resource, action: explain, denial: second },
      { resource, action: TERMINATE, denial: first },
    ];
    for (const body of [
      { items, denial: first },
      { items: swapped },
      { items, context: { call_id: await openCall('C-3') } },
    ]) {
      expect((await submit({ subject, context, ...body })).status).toBe(400);
    }
    expect((await submit({ subject, context, items, denial: second })).status).toBe(202);
  });

  it('are asked apart where one holder gave different mandates for them', async () => {
    callId = await openCall('C-4');
    const items = [];
    for (const action of [explain, TERMINATE]) {
      const other = { resource: { type: 'contract', id: 'C-4' }, action };
      items.push({ ...other, denial: await denialOf(question(other)) });
    }
    const { subject, context } = question();
    expect(await submit({ subject, context, items })).toMatchObject({ status: 400, body: { code: 'not_requestable' } });
    expect(await asking()).toBe(0);
    for (const item of items) expect((await submit({ subject, context, items: [item] })).status).toBe(202);
  });

  it('are summed up as the profile says', () => {
    expect(itemStatus([['approved'], ['pending']], ['approved', 'pending'])).toBe('pending');
    expect(itemStatus([['approved']], ['approved', 'declined'])).toBe('denied');
    expect(itemStatus([['approved']], ['approved', 'expired'])).toBe('approved');
    expect(itemStatus([['expired'], ['superseded']], [])).toBe('cancelled');
    // Of several who could join, one yes is enough, and it is over when nobody can say it any more.
    expect(itemStatus([['approved', 'pending']], ['approved', 'pending'])).toBe('approved');
    expect(itemStatus([['undeliverable', 'pending']], [])).toBe('pending');
    expect(itemStatus([['undeliverable', 'expired']], [])).toBe('failed');
    expect(itemStatus([['approved', 'expired'], ['expired']], [])).toBe('expired');
    const of = (...statuses: Parameters<typeof taskStatus>[0][number]['status'][]) =>
      taskStatus(statuses.map((status) => ({ status })));
    expect([of('approved', 'pending'), of('denied', 'denied'), of('denied', 'expired')]).toEqual([
      'pending',
      'denied',
      'partial',
    ]);
  });
});

describe('an approval', () => {
  it('is no longer than was asked for, and no longer than the call', async () => {
    const asked = question();
    const until = new Date(Date.now() + 60_000).toISOString();
    const wish = { requested_access: { requested_until: until } };
    const { body } = await desk.expectSuccess(submit({ ...asked, ...wish, denial: await denialOf(asked) }));
    const [code = ''] = await codesOf(body.task.id);
    await sayYes(code);
    const { result } = (await look(body.task.id)).body;
    expect(result.approval.approved_until).toBe(until);
    await desk.owner.query(
      `UPDATE access_requests SET items = jsonb_set(items, '{0,approvedUntil}', '"2020-01-01T00:00:00.000Z"') WHERE id = $1`,
      [body.task.id],
    );
    const approval = { ...result.approval, approved_until: '2020-01-01T00:00:00.000Z' };
    const late = await evaluate(question({}, { approval, purpose: 'execute' }));
    expect(late).toMatchObject({ decision: false, context: { reason: 'approval_expired', outcome: 'deny' } });
    expect(await done()).toBe(0);
  });

  it('is for nothing else, member by member', async () => {
    const { approval } = await approved();
    const more = { name: 'payment.plan', properties: { amount: 100, months: 3, channel: 'phone' } };
    const others: Readonly<Record<string, Record<string, unknown>>> = {
      subject: question({ subject: { type: 'caller', id: callId } }),
      action: question({ action: { name: 'invoice.explain' } }),
      property: question({ action: plan(99) }),
      'property more': question({ action: more }),
      'place of the call': { ...question({ subject: { type: 'caller', id: callId } }), context: {} },
    };
    for (const [what, other] of Object.entries(others)) {
      for (const purpose of ['advise', 'execute']) {
        const { decision, context } = await evaluate({
          ...other,
          context: { ...(other['context'] as object), approval, purpose },
        });
        expect([what, decision, context.reason]).toEqual([what, false, 'out_of_scope']);
        expect(context.next_action).toBe(context.access_request === undefined ? 'none' : 'request');
      }
    }
    expect(await done()).toBe(0);
    // The control: it is for this.
    expect((await evaluate(question({}, { approval }))).decision).toBe(true);
  });

  it('that was altered, made up, or given to somebody else, is none', async () => {
    const { approval } = await approved();
    const { id, approved_at, approved_until } = approval as Record<string, string>;
    const made = [
      { ...approval, id: `${callId}.0` },
      { ...approval, id: `${id?.slice(0, -1)}1` },
      { ...approval, id: `${id}.0` },
      { ...approval, approved_until: later(approved_until ?? '') },
      { ...approval, approved_at: later(approved_at ?? '') },
      { ...approval, state: 'x' },
      { id },
      {},
      'yes',
      null,
      [approval],
    ];
    for (const one of made) {
      const answer = await evaluate(question({}, { approval: one, purpose: 'execute' }));
      expect([one, answer.decision, answer.context.reason, answer.context.next_action]).toEqual([
        one,
        false,
        'approval_unverifiable',
        'none',
      ]);
    }
    expect(await done()).toBe(0);
    // Another agent, in a call of their own about the same.
    const { body } = await desk.expectSuccess(desk.open('C-1', { number: PROXY_PHONE, agent: 'A-2' }));
    const theirs = { ...question({}, { approval }), context: { call_id: body.call.id, approval } };
    const answer = await evaluate(theirs, { 'mandaat-agent': 'A-2' });
    expect(answer).toMatchObject({
      decision: false,
      context: { reason: 'approval_unverifiable', next_action: 'none' },
    });
    expect((await evaluate(question({}, { approval }))).decision).toBe(true);
  });

  it('opens nothing where the law has changed', async () => {
    const { approval } = await approved();
    const again = (): Promise<Answer['body']> => evaluate(question({}, { approval, purpose: 'execute' }));
    await desk.owner.query('CREATE TEMP TABLE kept AS SELECT * FROM verifications WHERE call_id = $1', [callId]);
    await desk.owner.query('DELETE FROM verifications WHERE call_id = $1', [callId]);
    expect(await again()).toMatchObject({
      decision: false,
      context: { outcome: 'verify_caller', reason: 'grant_pending', next_action: 'retry', retry_after: 5 },
    });
    await desk.owner.query('INSERT INTO verifications SELECT * FROM kept');
    expect((await evaluate(question({}, { approval }))).decision).toBe(true);
    await desk.expectSuccess(desk.post('crm', '/v1/blocks', { holder: 'P-1', caller: 'P-2' }));
    expect(await again()).toMatchObject({ context: { reason: 'policy_denied', next_action: 'none' } });
    await desk.owner.query('UPDATE blocks SET lifted_at = now()');
    await desk.expectSuccess(desk.post('agent', `/v1/calls/${callId}/end`));
    expect(await again()).toMatchObject({
      decision: false,
      context: { error: { status: 409 }, reason: 'approval_expired', next_action: 'none' },
    });
    expect(await done()).toBe(0);
  });

  it('is done once, however often at once', async () => {
    const { approval } = await approved();
    const asked = question({}, { approval, purpose: 'execute' });
    const answers = await Promise.all(Array.from({ length: 6 }, () => evaluate(asked)));
    expect(answers.filter(({ decision }) => decision === true)).toHaveLength(1);
    expect(await done()).toBe(1);
  });

  it('never outlives the mandate that it was about, also when both meet', async () => {
    const { approval } = await approved();
    const asked = question({}, { approval });
    // The control: before the withdrawal it is permitted.
    expect((await evaluate(asked)).decision).toBe(true);
    const early: Promise<Answer['body']>[] = [];
    const late: Promise<Answer['body']>[] = [];
    let isWithdrawn = false;
    const all = (async () => {
      for (let round = 0; round < 40; round += 1) {
        const answer = evaluate(asked);
        // Those that begin before it may be answered either way.
        (isWithdrawn ? late : early).push(answer);
        if (round % 4 === 0) await answer;
      }
    })();
    const { headers } = await desk.get('crm', `/v1/mandates/${mandate.id}`);
    const revision = { 'if-match': headers.get('etag') ?? '' };
    await desk.expectSuccess(desk.post('crm', `/v1/mandates/${mandate.id}/withdraw`, {}, revision));
    isWithdrawn = true;
    await all;
    await Promise.all(early);
    late.push(evaluate(asked), evaluate(question({}, { approval, purpose: 'execute' })));
    for (const { decision, context } of await Promise.all(late)) {
      expect([decision, context.approval]).toEqual([false, undefined]);
    }
    expect(await done()).toBe(0);
    // And another: an approval that were the ground would still permit.
    const found = await desk.api.app.get(Approvals).find(approval, asked as never, {
      keyId: 'x',
      scope: 'crm',
      strength: 2,
      agent: null,
    });
    expect(found.refusal).toBeNull();
  });
});
