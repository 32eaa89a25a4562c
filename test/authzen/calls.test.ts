import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { ReplayService } from '../../src/calls/replay.service.ts';
import { makeKey } from '../support/app.ts';
import { keepsFacts } from '../support/careless-readers.ts';
import { type Answer, Desk } from '../support/desk.ts';
import { altered } from '../support/two-desks.ts';

// The standard decision API about contracts, in calls, with the policy that comes with the product.

const HOLDER_PHONE = '+49 30 23125 001';
const PROXY_PHONE = '+49 30 23125 002';

let desk: Desk;
let callId: string;
let mandateId: string;

beforeAll(async () => {
  desk = await Desk.open();
  const postal = 'Voorbeeldstraat 1, 0000 XX Nergenshuizen';
  await desk.person('P-1', { name: 'Hanna Voorbeeld', phone: HOLDER_PHONE, postal });
  await desk.person('P-2', { name: 'Joost Voorbeeld', phone: PROXY_PHONE });
  await desk.person('P-3', { name: 'Willem Verzonnen' });
  await desk.contract('C-1', ['P-1']);
  await desk.contract('C-2', ['P-1']);
  mandateId = (await desk.mandate('P-1', 'P-2', ['billing', 'subscription'], ['C-1'])).id;
  callId = (await desk.expectSuccess(desk.open('C-1', { number: PROXY_PHONE }))).body.call.id;
});
afterAll(() => desk.close());

const proxy = { type: 'person', id: 'P-2' };
const contract = { type: 'contract', id: 'C-1' };
const explain = { name: 'invoice.explain' };

function ask(path: string, body: object, headers: Record<string, string> = {}): Promise<Answer> {
  return desk.post('agent', `/access/v1/${path}`, body, headers);
}

async function evaluate(changes: object = {}, context: object = {}): Promise<Answer['body']> {
  const question = {
    subject: proxy,
    action: explain,
    resource: contract,
    context: { call_id: callId, ...context },
    ...changes,
  };
  return (await desk.expectSuccess(ask('evaluation', question))).body;
}

/** What does not differ from answer to answer. */
function settled({ context }: Answer['body']): object {
  const {
    id: _id,
    decided_at: _at,
    valid_until: _until,
    policy: _policy,
    obligations: _obligations,
    evaluation_id: _evaluation,
    evaluated_at: _evaluated,
    access_request: _request,
    ...same
  } = context;
  return same;
}

describe('an evaluation in a call', () => {
  it('asks for a better identified caller by the step-up of the standard', async () => {
    const { decision, context } = await evaluate();
    expect(decision).toBe(false);
    expect(context).toMatchObject({ outcome: 'verify_caller', reason: 'caller_level_too_low' });
    expect(context.obligations).toEqual([
      { id: 'step-up', type: 'step-up', properties: { acr_value: 'urn:mandaat:caller:2', amr_values: ['sms', 'otp'] } },
    ]);
  });

  it('is the decision of a check, word for word, for the caller by their reference and by the call', async () => {
    await desk.identify(callId);
    const { body } = await desk.expectSuccess(desk.check(callId, ['invoice.explain']));
    const [{ id: _id, valid_until: _until, obligations: _obligations, ...checked }] = body.decisions;
    const byReference = await evaluate();
    expect(byReference.decision).toBe(true);
    expect(settled(byReference)).toEqual(checked);
    expect(byReference.context.policy).toBe(body.policy);
    const byCall = await evaluate({ subject: { type: 'caller', id: callId } });
    expect(settled(byCall)).toEqual(checked);
    // The call says it all; the context may leave it out.
    const short = { subject: { type: 'caller', id: callId }, action: explain, resource: contract };
    expect(settled((await desk.expectSuccess(ask('evaluation', short))).body)).toEqual(checked);
  });

  it('is the same one by one, together, and found', async () => {
    const evaluations = ['invoice.explain', 'contract.terminate', 'fault.report', 'subscription.explain'].map(
      (name) => ({
        action: { name },
      }),
    );
    const defaults = { subject: proxy, resource: contract, context: { call_id: callId } };
    const together = await desk.expectSuccess(ask('evaluations', { ...defaults, evaluations }));
    const found = await desk.expectSuccess(ask('search/action', defaults));
    const names = found.body.results.map((one: { name: string }) => one.name);
    for (const [index, { action }] of evaluations.entries()) {
      const alone = await evaluate({ action });
      expect(settled(together.body.evaluations[index])).toEqual(settled(alone));
      if (alone.context.required_properties.length === 0) expect(names.includes(action.name)).toBe(alone.decision);
    }
    expect(names).toContain('invoice.explain');
    expect(names).not.toContain('contract.terminate');
  });

  it('waits with checks, and is recorded in one batch with them', async () => {
    const timesOf = async (answers: readonly string[]): Promise<readonly number[]> => {
      const { rows } = await desk.owner.query<{ recorded_at: Date }>(
        'SELECT recorded_at FROM audit_records WHERE id = ANY ($1)',
        [answers.map((id) => id.split('.')[0])],
      );
      expect(rows).toHaveLength(answers.length);
      return rows.map(({ recorded_at: at }) => at.getTime());
    };
    const evaluation = async (): Promise<string> => (await evaluate()).context.id;
    const check = async (): Promise<string> =>
      (await desk.expectSuccess(desk.check(callId, ['invoice.explain']))).body.decisions[0].id;
    const several = (one: () => Promise<string>): Promise<string[]> => Promise.all(Array.from({ length: 5 }, one));
    // One after the other they are batches of their own.
    const alone = [...(await timesOf([await evaluation()])), ...(await timesOf([await check()]))];
    expect(new Set(alone).size).toBe(2);
    // What comes while nothing can be recorded is gathered.
    await desk.owner.query('BEGIN');
    await desk.owner.query('SELECT 1 FROM audit_chains FOR UPDATE');
    const first = [check(), check()];
    const waiting = Promise.all([several(evaluation), several(check)]);
    await new Promise((resolve) => setTimeout(resolve, 500));
    await desk.owner.query('COMMIT');
    await Promise.all(first);
    const [evaluations, checks] = await waiting;
    const [times, others] = [await timesOf(evaluations), new Set(await timesOf(checks))];
    expect(times.some((at) => others.has(at))).toBe(true);
  });

  it('about somebody else is the same as about nobody', async () => {
    const other = await evaluate({ subject: { type: 'person', id: 'P-3' } });
    const nobody = await evaluate({ subject: { type: 'person', id: 'P-99' } });
    const otherType = await evaluate({ subject: { type: 'organisation', id: 'P-2' } });
    expect(other).toMatchObject({ decision: false, context: { reason: 'no_mandate' } });
    expect(settled(other)).toEqual(settled(nobody));
    expect(settled(otherType)).toEqual(settled(nobody));
  });

  it('believes no property about anybody', async () => {
    const properties = { caller: 4, role: 'admin', strength: 4 };
    const bold = await evaluate({ subject: { ...proxy, properties }, action: { name: 'contract.terminate' } });
    expect(bold).toMatchObject({ decision: false });
  });

  it.each([
    ['about another contract', { resource: { type: 'contract', id: 'C-2' } }, {}, 409],
    ['about a contract that there is not', { resource: { type: 'contract', id: 'C-99' } }, {}, 409],
    ['about a contract as something else', { resource: { type: 'mailbox', id: 'C-1' } }, {}, 409],
    ['on another channel', { action: { ...explain, properties: { channel: 'chat' } } }, {}, 409],
    ['on a channel that is none', { action: { ...explain, properties: { channel: 'smoke' } } }, {}, 400],
    ['in a call that there is not', {}, { call_id: '018f4e4e-0000-4000-8000-000000000000' }, 404],
    ['of a caller in two calls', { subject: { type: 'caller', id: '018f4e4e-0000-4000-8000-000000000000' } }, {}, 400],
    ['by an agent outside a call', {}, { call_id: undefined }, 403],
  ])('%s is a deny that says why', async (_, changes, context, status) => {
    const answer = await evaluate(changes, context);
    expect(answer).toMatchObject({ decision: false, context: { error: { status } } });
  });

  it('is recorded with what the asking side knows it by, which decides nothing', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const activity = 'https://register.example.nl/verwerkingen/facturen#7';
    const traceIn = async (id: string): Promise<unknown> => {
      const { rows } = await desk.owner.query<{ body: string }>('SELECT body FROM audit_records WHERE id = $1', [
        id.split('.')[0],
      ]);
      return (JSON.parse(rows[0]?.body ?? '{}') as { trace?: unknown }).trace;
    };
    const properties = { processing_activity_id: activity };
    for (const purpose of ['advise', 'execute']) {
      const plain = await evaluate({}, { purpose });
      const traced = await evaluate({ action: { ...explain, properties } }, { purpose, traceparent });
      expect([plain.decision, traced.decision]).toEqual([true, true]);
      expect(await traceIn(plain.context.id)).toBeUndefined();
      expect(await traceIn(traced.context.id)).toEqual({ traceparent, processingActivityId: activity });
    }
    // What has another form is as any member that nobody knows: no record is a place for what somebody writes about people.
    for (const [name, wrong] of [
      ['traceparent', 'Hanna Voorbeeld'],
      ['traceparent', 7],
      ['processing_activity_id', 'Facturen van Hanna Voorbeeld'],
      ['processing_activity_id', 'x'.repeat(201)],
      ['processing_activity_id', { id: activity }],
    ] as const) {
      const changes = name === 'traceparent' ? {} : { action: { ...explain, properties: { [name]: wrong } } };
      const { decision, context } = await evaluate(changes, name === 'traceparent' ? { [name]: wrong } : {});
      expect([wrong, decision, await traceIn(context.id)]).toEqual([wrong, true, undefined]);
    }
    const defaults = { subject: proxy, resource: contract, context: { call_id: callId, traceparent } };
    const { body } = await desk.expectSuccess(ask('evaluations', { ...defaults, evaluations: [{ action: explain }] }));
    expect(await traceIn(body.evaluations[0].context.id)).toEqual({ traceparent });
    await desk.expectSuccess(ask('search/action', defaults));
    const { rows } = await desk.owner.query<{ n: number }>(
      `SELECT count(*)::integer AS n FROM audit_records WHERE kind = 'check.advised' AND body::jsonb -> 'asked' = 'null'
         AND body::jsonb #>> '{trace,traceparent}' = $1`,
      [traceparent],
    );
    expect(rows).toEqual([{ n: 1 }]);
    const replayed = await desk.api.app.get(ReplayService, { strict: false }).replayAll();
    expect(replayed.differences).toEqual([]);
  });

  it("in another agent's call is in none", async () => {
    const question = { subject: proxy, action: explain, resource: contract, context: { call_id: callId } };
    const { body } = await ask('evaluation', question, { 'mandaat-agent': 'A-2' });
    expect(body).toEqual({ decision: false, context: { error: { status: 404, message: 'There is no such call.' } } });
  });

  it('tells an agent nothing of what there is outside their own call', async () => {
    const errorOf = async (resource: object, call: string): Promise<unknown> =>
      (await evaluate({ resource }, { call_id: call })).context.error;
    const [other, none] = ['C-2', 'C-99'].map((id) => ({ type: 'contract', id }));
    expect(await errorOf(other ?? {}, callId)).toEqual(await errorOf(none ?? {}, callId));
    const nowhere = '018f4e4e-0000-4000-8000-000000000000';
    expect(await errorOf(other ?? {}, nowhere)).toEqual(await errorOf(none ?? {}, nowhere));
    for (const id of ['P-2', 'P-99']) {
      const question = { subject: { type: 'person', id }, resource: contract };
      expect((await ask('search/action', question)).status).toBe(403);
    }
    // Whoever is not on the line is like nobody, also where anybody may have something done.
    for (const id of ['P-3', 'P-99']) {
      const question = { subject: { type: 'person', id }, resource: contract, context: { call_id: callId } };
      expect((await desk.expectSuccess(ask('search/action', question))).body.results).toEqual([]);
    }
  });

  it('outside a call is none about a contract, whoever asks', async () => {
    const key = (await makeKey(desk.api, 'crm', { maySearch: true })).text;
    const asking = { authorization: `Bearer ${key}` };
    const question = { subject: proxy, action: explain, resource: contract };
    const { body } = await desk.post('crm', '/access/v1/evaluation', question, asking);
    expect(body).toMatchObject({ decision: false, context: { error: { status: 409 } } });
    const found = await desk.post(
      'crm',
      '/access/v1/search/subject',
      { ...question, subject: { type: 'person' } },
      asking,
    );
    expect(found.body).toEqual({ page: { next_token: '', count: 0, total: 0 }, results: [] });
    const inCall = { ...question, subject: { type: 'person' }, context: { call_id: callId } };
    const caller = await desk.post('crm', '/access/v1/search/subject', inCall, asking);
    expect(caller.body.results).toEqual([proxy]);
    const resources = { ...question, resource: { type: 'contract' }, context: { call_id: callId } };
    expect((await desk.post('crm', '/access/v1/search/resource', resources, asking)).body.results).toEqual([contract]);
  });
});

describe('an execution', () => {
  const done = async (): Promise<number> => {
    const { rows } = await desk.owner.query<{ n: number }>(
      'SELECT count(*)::integer AS n FROM executions WHERE call_id = $1',
      [callId],
    );
    return rows[0]?.n ?? -1;
  };

  it('does what it permits, once for one Idempotency-Key', async () => {
    const question = {
      subject: proxy,
      action: explain,
      resource: contract,
      context: { call_id: callId, purpose: 'execute' },
    };
    const before = await done();
    const first = await desk.expectSuccess(ask('evaluation', question, { 'idempotency-key': 'evaluation-1' }));
    const again = await desk.expectSuccess(ask('evaluation', question, { 'idempotency-key': 'evaluation-1' }));
    expect(first.body).toMatchObject({ decision: true, context: { execution_id: expect.any(String) } });
    expect(again.body).toEqual(first.body);
    expect((await done()) - before).toBe(1);
  });

  it("is not done for another than the caller, nor with an obligation that can't be performed", async () => {
    const before = await done();
    const doing = { purpose: 'execute' };
    expect(await evaluate({ subject: { type: 'person', id: 'P-3' } }, doing)).toMatchObject({ decision: false });
    const copy = { action: { name: 'invoice.copy' } };
    const unable = await evaluate(copy, { ...doing, supported_obligations: ['step-up'] });
    const able = await evaluate(copy, { supported_obligations: ['custom'] });
    // A copy of a bill to a proxy with a mandate has nothing left to be done by who enforces it.
    expect([unable.decision, able.decision]).toEqual([true, true]);
    expect((await done()) - before).toBe(1);
  });

  it('is none in a search, and with a key that would be ignored', async () => {
    const before = await done();
    const key = (await makeKey(desk.api, 'crm', { maySearch: true })).text;
    const asking = { authorization: `Bearer ${key}` };
    const context = { call_id: callId, purpose: 'execute' };
    const searches = {
      subject: { subject: { type: 'person' }, action: explain, resource: contract, context },
      resource: { subject: proxy, action: explain, resource: { type: 'contract' }, context },
      action: { subject: proxy, resource: contract, context },
    };
    for (const [searched, body] of Object.entries(searches)) {
      const answer = await desk.post('crm', `/access/v1/search/${searched}`, body, asking);
      expect(answer).toMatchObject({ status: 400, body: { errors: [{ pointer: '/context/purpose' }] } });
    }
    const defaults = { subject: proxy, resource: contract, context };
    for (const body of [
      { ...defaults, evaluations: [{ action: explain }] },
      { ...defaults, action: explain },
    ]) {
      const answer = await ask('evaluations', body, { 'idempotency-key': 'evaluations-1' });
      expect(answer).toMatchObject({ status: 400, body: { code: 'malformed_request' } });
    }
    expect(await done()).toBe(before);
  });

  it('of several is done in the order asked, until one settles it', async () => {
    const before = await done();
    const defaults = { subject: proxy, resource: contract, context: { call_id: callId, purpose: 'execute' } };
    const evaluations = [{ action: explain }, { action: { name: 'contract.terminate' } }, { action: explain }];
    const options = { evaluations_semantic: 'deny_on_first_deny' };
    const { body } = await desk.expectSuccess(ask('evaluations', { ...defaults, evaluations, options }));
    expect(body.evaluations.map((one: { decision: boolean }) => one.decision)).toEqual([true, false]);
    expect((await done()) - before).toBe(1);
  });
});

describe('a withdrawal', () => {
  /** Evaluations while the proxy's one mandate is withdrawn: how many permit that began before its answer, and after. */
  async function raced(): Promise<{ readonly early: number; readonly late: number }> {
    const question = { subject: proxy, action: explain, resource: contract, context: { call_id: callId } };
    const early: Promise<Answer>[] = [ask('evaluation', question)];
    await early[0];
    const late: Promise<Answer>[] = [];
    let isWithdrawn = false;
    const asking = (async () => {
      for (let round = 0; round < 60; round += 1) {
        const answer = ask('evaluation', question);
        (isWithdrawn ? late : early).push(answer);
        if (round % 8 === 0) await answer;
      }
    })();
    const { headers } = await desk.get('crm', `/v1/mandates/${mandateId}`);
    const revision = { 'if-match': headers.get('etag') ?? '' };
    await desk.expectSuccess(desk.post('crm', `/v1/mandates/${mandateId}/withdraw`, {}, revision));
    isWithdrawn = true;
    await asking;
    late.push(ask('evaluation', question));
    const permits = async (answers: readonly Promise<Answer>[]): Promise<number> => {
      const all = await Promise.all(answers.map((answer) => desk.expectSuccess(answer)));
      return all.filter(({ body }) => body.decision === true).length;
    };
    return { early: await permits(early), late: await permits(late) };
  }

  it('is seen by every evaluation that begins after it', async () => {
    const { early, late } = await raced();
    expect(late).toBe(0);
    // Before it there was something to withdraw.
    expect(early).toBeGreaterThan(0);
  });

  it('would not be seen if facts were kept (positive control)', async () => {
    mandateId = (await desk.mandate('P-1', 'P-2', ['billing', 'subscription'], ['C-1'])).id;
    const { early, late } = await altered([desk.api.app], keepsFacts, raced);
    expect(early).toBeGreaterThan(0);
    expect(late).toBeGreaterThan(0);
  });
});
