import { createHash, randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { type CheckRecord, replay } from '../../src/calls/check-record.ts';
import { ReplayService } from '../../src/calls/replay.service.ts';
import { Obligations } from '../../src/obligations/obligations.service.ts';
import { PolicyDocuments } from '../../src/policy-documents/policy-documents.service.ts';
import { type Answer, type Asked, Desk } from '../support/desk.ts';

let desk: Desk;
let serial = 0;

function phone(): string {
  serial += 1;
  return `+49 30 23125 ${String(serial).padStart(3, '0')}`;
}

const HOLDER_PHONE = phone();
const PARTNER_PHONE = phone();

beforeAll(async () => {
  desk = await Desk.open();
  const postal = 'Voorbeeldstraat 1, 0000 XX Nergenshuizen';
  await desk.person('P-1', { name: 'Hanna Voorbeeld', phone: HOLDER_PHONE, postal });
  await desk.person('P-2', { name: 'Joost Voorbeeld', phone: PARTNER_PHONE });
  await desk.contract('C-1', ['P-1']);
});
afterAll(() => desk.close());

interface Caller {
  readonly callId: string;
  readonly mandateId: string;
  readonly ref: string;
}

/** A proxy of their own with a mandate on this contract, on the line; identified unless told otherwise. */
async function proxyOnTheLine(
  scopes: readonly string[],
  { contract = 'C-1', isIdentified = true, holders = ['P-1'] } = {},
): Promise<Caller> {
  const number = phone();
  const proxy = `X-${serial}`;
  await desk.person(proxy, { phone: number });
  const mandates = [];
  for (const holder of holders) mandates.push(await desk.mandate(holder, proxy, scopes, [contract]));
  const { body } = await desk.expectSuccess(desk.open(contract, { number }));
  if (isIdentified) await desk.identify(body.call.id);
  // Budgets are another file's; here a holder is asked more often than one would be in a day.
  await desk.owner.query('DELETE FROM code_budget_entries');
  const [first] = mandates;
  return { callId: body.call.id, mandateId: first?.id ?? '', ref: first?.ref ?? '' };
}

async function count(table: string, callId: string): Promise<number> {
  const { rows } = await desk.owner.query<{ count: number }>(
    `SELECT count(*)::integer AS count FROM ${table} WHERE call_id = $1`,
    [callId],
  );
  return rows[0]?.count ?? -1;
}

/** Properties within what the policy's conditions allow. */
const PROPERTIES: Readonly<Record<string, unknown>> = {
  days: 5,
  amount: 10,
  months: 6,
  monthly_price: 5,
  folder: 'Postvak IN',
  message: 'Bericht 7',
  purpose: 'training',
};

/** Decisions by action, but for ids and the passing of time. */
function decisionsOf({ status, body }: Answer): ReadonlyMap<string, unknown> {
  expect(status).toBeLessThan(300);
  const check = body.check ?? body;
  const decidedAt = Date.parse(check.decided_at);
  return new Map(
    check.decisions.map(({ id: _id, valid_until: until, ...decision }: Record<string, string>) => {
      const life = Date.parse(until ?? '') - decidedAt;
      return [decision['action'], { ...decision, validFor: life === 300_000 ? 'the longest' : until }];
    }),
  );
}

describe('The same question in another form', () => {
  let named: readonly Asked[];

  beforeAll(async () => {
    const opened = await desk.expectSuccess(desk.open('C-1', { as: 'holder' }));
    named = opened.body.check.decisions.map(
      ({ action, required_properties: required }: { action: string; required_properties: string[] }): Asked => {
        if (required.length === 0) return action;
        return { name: action, properties: Object.fromEntries(required.map((name) => [name, PROPERTIES[name]])) };
      },
    );
    expect(named.length).toBeGreaterThanOrEqual(30);
    expect(named.length).toBeLessThanOrEqual(50);
  });

  const STATES: Readonly<Record<string, () => Promise<string>>> = {
    'nobody we know': async () => (await desk.open('C-1', {})).body.call.id,
    'a proxy who has not proved anything': async () =>
      (await proxyOnTheLine(['billing', 'faults'], { isIdentified: false })).callId,
    'an identified proxy': async () => (await proxyOnTheLine(['billing', 'subscription', 'mailbox_support'])).callId,
    'a confirmed proxy': async () => {
      const { callId } = await proxyOnTheLine(['subscription', 'sim_and_number']);
      await desk.confirm(callId, [{ name: 'contract.renew' }, { name: 'sim.replace' }]);
      return callId;
    },
    'the holder': async () => {
      const { body } = await desk.open('C-1', { as: 'holder', number: HOLDER_PHONE });
      await desk.identify(body.call.id);
      await desk.owner.query('DELETE FROM code_budget_entries');
      return body.call.id;
    },
    'somebody on a channel with fewer actions': async () =>
      (await desk.open('C-1', { channel: 'social' })).body.call.id,
  };

  it.each(Object.keys(STATES))(
    'has the same answer: asked alone, together, in any order, or in general; by %s',
    async (who) => {
      const callId = await STATES[who]!();
      const inGeneral = decisionsOf(await desk.check(callId, null));
      const together = decisionsOf(await desk.check(callId, named));
      const reversed = decisionsOf(await desk.check(callId, named.toReversed()));
      const shuffled = decisionsOf(
        await desk.check(
          callId,
          named.toSorted(() => Math.random() - 0.5),
        ),
      );
      expect(together).toEqual(inGeneral);
      expect(reversed).toEqual(inGeneral);
      expect(shuffled).toEqual(inGeneral);

      const one = decisionsOf(await desk.check(callId, [named[0] ?? '']));
      expect(one.size).toBe(1);
      // All at once, so that they share batches with each other.
      const alone = await Promise.all(named.map(async (asked) => decisionsOf(await desk.check(callId, [asked]))));
      expect(new Map(alone.flatMap((decisions) => [...decisions]))).toEqual(inGeneral);
      // In the order asked.
      expect([...reversed.keys()]).toEqual([...inGeneral.keys()].toReversed());
    },
  );

  it('has an answer of its own in a batch with others that fail', async () => {
    const { callId } = await proxyOnTheLine(['billing']);
    const { callId: endedId } = await proxyOnTheLine(['billing']);
    await desk.post('agent', `/v1/calls/${endedId}/end`);
    const asked = [
      desk.check(callId, ['invoice.explain']),
      desk.check(endedId, ['invoice.explain']),
      desk.check('11111111-2222-4333-8444-555555555555', ['invoice.explain']),
      desk.check(callId, [{ name: 'goodwill.credit', properties: { amount: -1 } }]),
      desk.check(callId, ['invoice.explain', 'nobody.knows']),
    ];
    const answers = await Promise.all(asked);
    expect(answers.map(({ status }) => status)).toEqual([200, 409, 404, 400, 200]);
    expect(answers[0]?.body.decisions[0].outcome).toBe('permit');
    expect(answers[4]?.body.decisions.map(({ reason }: { reason: string }) => reason)).toEqual([
      'permitted',
      'unknown_action',
    ]);
  });
});

describe('An answer is fresh', () => {
  const untilOf = async (
    callId: string,
    action: string,
  ): Promise<{ until: number; at: number; decision: Answer['body'] }> => {
    const { body } = await desk.expectSuccess(desk.check(callId, [action]));
    const [decision] = body.decisions;
    return { until: Date.parse(decision.valid_until), at: Date.parse(body.decided_at), decision };
  };
  /** A moment from now by the database's clock, in whole milliseconds. */
  const moment = async (interval: string): Promise<Date> => {
    const { rows } = await desk.owner.query<{ at: Date }>(
      "SELECT date_trunc('milliseconds', now() + $1::interval) AS at",
      [interval],
    );
    return rows[0]?.at ?? new Date(0);
  };

  it('for five minutes at most', async () => {
    const { callId } = await proxyOnTheLine(['billing', 'subscription']);
    const { body } = await desk.check(callId, null);
    for (const { action, valid_until: until } of body.decisions) {
      const life = Date.parse(until) - Date.parse(body.decided_at);
      expect([action, life > 0 && life <= 300_000]).toEqual([action, true]);
    }
    const { until, at } = await untilOf(callId, 'invoice.explain');
    expect(until - at).toBe(300_000);
  });

  it('for no longer than the call, whatever the answer', async () => {
    const { callId } = await proxyOnTheLine(['billing']);
    const end = await moment('90 seconds');
    await desk.owner.query('UPDATE calls SET ends_at = $2 WHERE id = $1', [callId, end]);
    const { body } = await desk.check(callId, null);
    expect(new Set(body.decisions.map(({ valid_until: until }: { valid_until: string }) => until))).toEqual(
      new Set([end.toISOString()]),
    );
  });

  it('until the end of the mandate that it relies on, and is another one from that moment on', async () => {
    const { callId, mandateId } = await proxyOnTheLine(['billing']);
    const end = await moment('1500 milliseconds');
    await desk.owner.query('UPDATE mandates SET ends_at = $2 WHERE id = $1', [mandateId, end]);
    const { until, decision } = await untilOf(callId, 'invoice.explain');
    expect([decision.outcome, until]).toEqual(['permit', end.getTime()]);
    for (;;) {
      const { at, decision: next } = await untilOf(callId, 'invoice.explain');
      expect(next.outcome === 'permit').toBe(at < end.getTime());
      if (at >= end.getTime()) {
        expect(next.reason).toBe('mandate_expired');
        break;
      }
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
  });

  it('until the mandate begins', async () => {
    const { callId, mandateId } = await proxyOnTheLine(['billing']);
    const start = await moment('100 seconds');
    await desk.owner.query('UPDATE mandates SET starts_at = $2 WHERE id = $1', [mandateId, start]);
    const { until, decision } = await untilOf(callId, 'invoice.explain');
    expect([decision.reason, until]).toEqual(['mandate_not_started', start.getTime()]);
  });

  it("until the holder's yes is too old", async () => {
    const { callId } = await proxyOnTheLine(['subscription']);
    await desk.confirm(callId, [{ name: 'contract.renew' }]);
    const answered = await moment('-14 minutes');
    await desk.owner.query(
      "UPDATE codes SET answered_at = $2 WHERE call_id = $1 AND purpose = 'action' AND state = 'approved'",
      [callId, answered],
    );
    const { until, decision } = await untilOf(callId, 'contract.renew');
    expect([decision.outcome, until]).toEqual(['permit', answered.getTime() + 15 * 60_000]);
    await desk.owner.query("UPDATE codes SET answered_at = now() - interval '15 minutes' WHERE call_id = $1", [callId]);
    expect(await desk.decide(callId, 'contract.renew', 'execute')).toMatchObject({ outcome: 'ask_holder' });
  });

  it('until the strength of the mandate falls by itself', async () => {
    const { callId, mandateId } = await proxyOnTheLine(['billing']);
    const fall = await moment('100 seconds');
    await desk.owner.query(
      "UPDATE mandate_evidence SET registered_at = $2::timestamptz - interval '12 months' WHERE mandate_id = $1",
      [mandateId, fall],
    );
    const { until, decision } = await untilOf(callId, 'invoice.explain');
    expect([decision.outcome, until]).toEqual(['permit', fall.getTime()]);
  });
});

describe('A call that is over', () => {
  const endings: Readonly<Record<string, (callId: string) => Promise<unknown>>> = {
    'was ended': (callId) => desk.expectSuccess(desk.post('agent', `/v1/calls/${callId}/end`)),
    'is past its hard end': (callId) =>
      desk.owner.query(
        "UPDATE calls SET opened_at = opened_at - interval '5 hours', ends_at = now() - interval '1 millisecond' WHERE id = $1",
        [callId],
      ),
  };

  it.each(Object.keys(endings))('because it %s answers nothing more and does nothing more', async (how) => {
    const { callId } = await proxyOnTheLine(['billing', 'subscription']);
    await desk.confirm(callId, [{ name: 'contract.renew' }]);
    const asked = await desk.expectSuccess(
      desk.post('agent', `/v1/calls/${callId}/confirmations`, { actions: [{ name: 'contract.terminate' }] }),
    );
    const confirmationId = asked.body.confirmations[0].id;
    const code = await desk.codeOf(confirmationId);
    await endings[how]!(callId);
    const answers = [
      await desk.check(callId, null),
      await desk.check(callId, ['invoice.explain']),
      await desk.check(callId, ['contract.renew'], 'execute'),
      await desk.post('agent', `/v1/calls/${callId}/confirmations`, { actions: [{ name: 'contract.change' }] }),
      await desk.post('agent', `/v1/calls/${callId}/verifications`, { method: 'code' }),
    ];
    for (const answer of answers) expect(answer).toMatchObject({ status: 409, body: { code: 'call_ended' } });
    expect(await count('executions', callId)).toBe(0);
    if (how === 'was ended') {
      const actions = [{ name: 'contract.terminate' }];
      const late = await desk.post('agent', `/v1/confirmations/${confirmationId}/attempts`, {
        code,
        call_id: callId,
        actions,
      });
      expect(late.body).toMatchObject({ accepted: false, state: 'cancelled' });
    }
    const { status, body } = await desk.get('agent', `/v1/calls/${callId}`);
    expect([status, body.id]).toEqual([200, callId]);
  });
});

describe('An execution', () => {
  it('names what it does', async () => {
    const { callId } = await proxyOnTheLine(['billing']);
    expect(await desk.check(callId, null, 'execute')).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/actions' }] },
    });
    expect(await count('executions', callId)).toBe(0);
  });

  it('does what is permitted, answers the rest, and records each under its own decision', async () => {
    const { callId } = await proxyOnTheLine(['billing']);
    const { body } = await desk.check(callId, ['contract.terminate', 'invoice.explain', 'contact.change'], 'execute');
    const [terminate, explain, contact] = body.decisions;
    expect([terminate.outcome, contact.outcome]).toEqual(['deny', 'deny']);
    expect(terminate.execution_id).toBeUndefined();
    const { rows } = await desk.owner.query('SELECT id, action, decision_id FROM executions WHERE call_id = $1', [
      callId,
    ]);
    expect(rows).toEqual([{ id: explain.execution_id, action: 'invoice.explain', decision_id: explain.id }]);
    const { rows: recorded } = await desk.owner.query<{ kind: string; body: string }>(
      'SELECT kind, body FROM audit_records WHERE id = $1',
      [body.id],
    );
    expect(recorded[0]?.kind).toBe('check.executed');
    expect(JSON.parse(recorded[0]?.body ?? '')).toMatchObject({
      executions: { 'invoice.explain': explain.execution_id },
    });
  });

  it('of advice is none: advice uses nothing up, however often it is asked', async () => {
    const { callId } = await proxyOnTheLine(['subscription']);
    await desk.confirm(callId, [{ name: 'contract.renew' }]);
    for (let time = 0; time < 3; time += 1) {
      expect(await desk.decide(callId, 'contract.renew')).toMatchObject({ outcome: 'permit' });
    }
    expect(await count('executions', callId)).toBe(0);
    expect(await desk.decide(callId, 'contract.renew', 'execute')).toMatchObject({ outcome: 'permit' });
  });

  it('uses a yes to two actions up for one at a time', async () => {
    const { callId } = await proxyOnTheLine(['subscription']);
    await desk.confirm(callId, [{ name: 'contract.renew' }, { name: 'contract.change' }]);
    expect(await desk.decide(callId, 'contract.renew', 'execute')).toMatchObject({ outcome: 'permit' });
    expect(await desk.decide(callId, 'contract.renew', 'execute')).toMatchObject({ outcome: 'ask_holder' });
    expect(await desk.decide(callId, 'contract.change', 'execute')).toMatchObject({ outcome: 'permit' });
    expect(await desk.decide(callId, 'contract.change', 'execute')).toMatchObject({ outcome: 'ask_holder' });
    expect(await count('executions', callId)).toBe(2);
  });

  it('is of exactly what the holder said yes to, and of nothing that is a little more', async () => {
    const { callId } = await proxyOnTheLine(['billing']);
    const plan = (amount: number, months: number) => ({ name: 'payment.plan', properties: { amount, months } });
    await desk.confirm(callId, [plan(100, 6)]);
    for (const other of [plan(101, 6), plan(100, 7), plan(100.000_001, 6)]) {
      expect(await desk.decide(callId, other, 'execute')).toMatchObject({ outcome: 'ask_holder' });
    }
    const reordered = { name: 'payment.plan', properties: { months: 6, amount: 100 } };
    expect(await desk.decide(callId, reordered, 'execute')).toMatchObject({ outcome: 'permit' });
    expect(await count('executions', callId)).toBe(1);
  });

  it('does not take a yes that was given in another call, or about the mandate as it was', async () => {
    const { callId, mandateId, ref } = await proxyOnTheLine(['subscription', 'billing']);
    await desk.confirm(callId, [{ name: 'contract.renew' }]);
    const { body: next } = await desk.open('C-1', { mandateRef: ref });
    await desk.owner.query(
      'INSERT INTO verifications SELECT gen_random_uuid(), $2, person_id, method, route, verified_at FROM verifications WHERE call_id = $1',
      [callId, next.call.id],
    );
    expect(await desk.decide(next.call.id, 'contract.renew', 'execute')).toMatchObject({ outcome: 'ask_holder' });

    const narrowed = desk.send(
      'crm',
      'PATCH',
      `/v1/mandates/${mandateId}`,
      { scopes: ['subscription'] },
      { 'if-match': '"1"' },
    );
    await desk.expectSuccess(narrowed);
    expect(await desk.decide(callId, 'contract.renew', 'execute')).toMatchObject({
      outcome: 'ask_holder',
      reason: 'holder_confirmation_required',
    });
    expect(await count('executions', callId)).toBe(0);
  });

  it('is refused once the holder said no, blocked the caller or took the mandate back, whatever they said before', async () => {
    const said = async (): Promise<Caller> => {
      const caller = await proxyOnTheLine(['subscription']);
      await desk.confirm(caller.callId, [{ name: 'contract.renew' }]);
      return caller;
    };
    const withdrawn = await said();
    await desk.expectSuccess(desk.post('crm', `/v1/mandates/${withdrawn.mandateId}/withdraw`));
    expect(await desk.decide(withdrawn.callId, 'contract.renew', 'execute')).toMatchObject({
      reason: 'mandate_withdrawn',
    });

    const suspended = await said();
    await desk.expectSuccess(desk.post('crm', `/v1/mandates/${suspended.mandateId}/suspend`));
    expect(await desk.decide(suspended.callId, 'contract.renew', 'execute')).toMatchObject({
      reason: 'mandate_suspended',
    });

    const blocked = await said();
    await desk.expectSuccess(desk.post('crm', '/v1/blocks', { holder: 'P-1', caller: `X-${serial}` }));
    expect(await desk.decide(blocked.callId, 'contract.renew', 'execute')).toMatchObject({ reason: 'holder_block' });

    const declined = await said();
    const again = await desk.expectSuccess(
      desk.post('agent', `/v1/calls/${declined.callId}/confirmations`, { actions: [{ name: 'contract.terminate' }] }),
    );
    await refuse(again.body.confirmations[0].id);
    expect(await desk.decide(declined.callId, 'contract.terminate', 'execute')).toMatchObject({
      reason: 'holder_declined',
    });
    for (const { callId } of [withdrawn, suspended, blocked, declined])
      expect(await count('executions', callId)).toBe(0);
  });
});

/** The holder's no, by the button on the page behind the message. */
async function refuse(codeId: string): Promise<void> {
  const { link } = await desk.message('code_id', codeId);
  const path = new URL(link ?? '').pathname;
  const response = await fetch(`${desk.api.url}${path}/no`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'block=no',
    redirect: 'manual',
  });
  expect(response.status).toBeLessThan(400);
}

describe('A contract of several holders who must all agree', () => {
  const RENEW = [{ name: 'contract.renew' }];
  let serialContract = 0;

  async function jointContract(): Promise<string> {
    serialContract += 1;
    const ref = `C-ALL-${serialContract}`;
    await desk.contract(ref, ['P-1', 'P-2'], { jointRule: 'all' });
    return ref;
  }

  async function ask(callId: string, actions = RENEW): Promise<readonly string[]> {
    const { body } = await desk.expectSuccess(desk.post('agent', `/v1/calls/${callId}/confirmations`, { actions }));
    const ids = body.confirmations.map(({ id }: { id: string }) => id);
    const { rows } = await desk.owner.query<{ id: string }>(
      'SELECT id FROM codes WHERE id = ANY ($1) ORDER BY person_id',
      [ids],
    );
    // In one order for everybody: two who ask the same holders at once lock their budgets in turn.
    expect(ids).toEqual(rows.map(({ id }) => id));
    return ids;
  }

  async function approve(callId: string, id: string): Promise<void> {
    const code = await desk.codeOf(id);
    const answer = await desk.post('agent', `/v1/confirmations/${id}/attempts`, {
      code,
      call_id: callId,
      actions: RENEW,
    });
    expect(answer.body).toMatchObject({ accepted: true });
  }

  const renew = (callId: string, purpose: 'advise' | 'execute' = 'advise') =>
    desk.decide(callId, 'contract.renew', purpose);
  const asks = (holders: number) => ({
    outcome: 'ask_holder',
    next_steps: [{ type: 'ask_holder', holders }, { type: 'letter' }],
  });

  it('asks both, takes the codes of both, tells both, and uses both up', async () => {
    const contract = await jointContract();
    const { callId } = await proxyOnTheLine(['subscription'], { contract, holders: ['P-1', 'P-2'] });
    expect(await renew(callId)).toMatchObject({ ...asks(2), reason: 'holder_confirmation_required' });
    const [first = '', second = ''] = await ask(callId);
    expect(await desk.codeOf(first)).not.toBe(await desk.codeOf(second));

    // One holder's code is no answer to what the other was asked.
    const crossed = await desk.post('agent', `/v1/confirmations/${second}/attempts`, {
      code: await desk.codeOf(first),
      call_id: callId,
      actions: RENEW,
    });
    expect(crossed.body).toMatchObject({ accepted: false });

    await approve(callId, first);
    expect(await renew(callId)).toMatchObject(asks(1));
    expect(await renew(callId, 'execute')).toMatchObject(asks(1));
    expect(await count('executions', callId)).toBe(0);
    await approve(callId, second);
    expect(await renew(callId)).toMatchObject({ outcome: 'permit', authority: { kind: 'mandate' } });
    const done = await renew(callId, 'execute');
    expect(done).toMatchObject({ outcome: 'permit', execution_id: expect.any(String) });
    expect(done.authority.mandate_ids).toHaveLength(2);
    const { rows } = await desk.owner.query('SELECT code_id FROM code_uses WHERE execution_id = $1', [
      done.execution_id,
    ]);
    expect(rows.map(({ code_id: id }: { code_id: string }) => id).toSorted()).toEqual([first, second].toSorted());
    const { rows: told } = await desk.owner.query(
      "SELECT DISTINCT person_id FROM messages WHERE template = 'action_executed' AND parameters ->> 'executionId' = $1",
      [done.execution_id],
    );
    expect(told).toHaveLength(2);
    expect(await renew(callId, 'execute')).toMatchObject(asks(2));
  });

  it('asks them in that order also where one of them has said yes to a part of it', async () => {
    for (const said of [0, 1]) {
      const contract = await jointContract();
      const { callId } = await proxyOnTheLine(['subscription'], { contract, holders: ['P-1', 'P-2'] });
      const ids = await ask(callId);
      await approve(callId, ids[said] ?? '');
      expect(await renew(callId)).toMatchObject(asks(1));
      expect(await ask(callId, [...RENEW, { name: 'contract.terminate' }])).toHaveLength(2);
    }
  });

  it("asks the one who granted nothing, and the mandate of the other isn't enough before", async () => {
    const contract = await jointContract();
    const { callId } = await proxyOnTheLine(['subscription', 'billing'], { contract });
    expect(await desk.decide(callId, 'invoice.explain')).toMatchObject({
      outcome: 'ask_holder',
      reason: 'joint_holder_missing',
    });
    expect(await renew(callId)).toMatchObject({ ...asks(1), reason: 'joint_holder_missing' });
    for (const id of await ask(callId)) await approve(callId, id);
    expect(await renew(callId)).toMatchObject({ ...asks(1), reason: 'holder_confirmation_required' });
    for (const id of await ask(callId)) await approve(callId, id);
    expect(await renew(callId, 'execute')).toMatchObject({ outcome: 'permit' });
    expect(await renew(callId, 'execute')).toMatchObject({ outcome: 'ask_holder' });
    expect(await count('executions', callId)).toBe(1);
  });

  it("ends with one holder's no, even after the other's yes", async () => {
    const contract = await jointContract();
    const { callId } = await proxyOnTheLine(['subscription'], { contract, holders: ['P-1', 'P-2'] });
    const [first = '', second = ''] = await ask(callId);
    await approve(callId, first);
    await refuse(second);
    expect(await renew(callId, 'execute')).toMatchObject({ outcome: 'deny', reason: 'holder_declined' });
    expect(await count('executions', callId)).toBe(0);
  });

  it('asks the other when one of them is on the line', async () => {
    const contract = await jointContract();
    const { body } = await desk.open(contract, { as: 'holder', number: PARTNER_PHONE });
    const callId = body.call.id;
    await desk.identify(callId);
    await desk.owner.query('DELETE FROM code_budget_entries');
    const before = await desk.decide(callId, 'contract.renew', 'execute');
    expect(before).toMatchObject({ outcome: 'ask_holder', reason: 'joint_holder_missing' });
    for (const id of await ask(callId)) await approve(callId, id);
    expect(await renew(callId, 'execute')).toMatchObject({ outcome: 'permit' });
  });
});

describe('What comes with a permit', () => {
  const receipt = (callId: string, obligation: string, status: string, note?: string): Promise<Answer> =>
    desk.post('agent', `/v1/calls/${callId}/receipts`, { obligation_id: obligation, status, note });
  const owed = async (callId: string): Promise<Answer['body'][]> =>
    (await desk.expectSuccess(desk.get('agent', `/v1/calls/${callId}/obligations`))).body.obligations;
  const told = async (obligation: string): Promise<number> => {
    await desk.api.app.get(Obligations, { strict: false }).tellOpen();
    const { rows } = await desk.owner.query<{ count: number }>(
      `SELECT count(*)::integer AS count FROM changes WHERE type = 'obligation.open' AND data ->> 'obligation_id' = $1`,
      [obligation],
    );
    return rows[0]?.count ?? -1;
  };
  const waiting = (id: string) => ({
    outcome: 'deny',
    reason: 'condition_failed',
    sentence: 'Ik moet eerst nog iets anders doen. Daarna kan ik u hiermee helpen.',
    next_steps: [{ type: 'fulfil_obligation', obligations: [{ id, type: 'announce' }] }],
    obligations: [],
  });

  it('is owed once it is done, and not when it was only asked; the next thing of its scope waits for its receipt', async () => {
    const { callId } = await proxyOnTheLine(['faults', 'billing']);
    const [asked] = (await desk.decide(callId, 'line.test')).obligations;
    expect(asked).toEqual({ type: 'announce', text: expect.stringMatching(/^Ik ga/), receipt_required: true });
    expect(await owed(callId)).toEqual([]);

    const done = await desk.decide(callId, 'line.test', 'execute');
    const [{ id }] = done.obligations;
    expect(done.obligations).toEqual([{ ...asked, id: `${done.id}.0` }]);
    for (const purpose of ['advise', 'execute'] as const) {
      expect(await desk.decide(callId, 'modem.restart', purpose)).toMatchObject(waiting(id));
    }
    expect(await count('executions', callId)).toBe(1);
    expect(await desk.decide(callId, 'invoice.explain', 'execute')).toMatchObject({ outcome: 'permit' });

    const failed = await desk.expectSuccess(receipt(callId, id, 'failed', 'De beller hing op.'));
    expect(failed.body).toMatchObject({ id, action: 'line.test', status: 'failed', note: 'De beller hing op.' });
    expect(await desk.decide(callId, 'modem.restart', 'execute')).toMatchObject(waiting(id));
    expect((await desk.expectSuccess(receipt(callId, id, 'done'))).body).toMatchObject({ status: 'done', note: null });
    expect(await desk.decide(callId, 'modem.restart', 'execute')).toMatchObject({ outcome: 'permit' });
    expect(await owed(callId)).toMatchObject([
      { action: 'line.test', status: 'done' },
      { action: 'modem.restart', status: 'open', receipt_required: true, reported_at: null },
    ]);
  });

  it('keeps the next one of its scope waiting, also where both are asked in one request, in the order asked', async () => {
    const executed = async (...names: string[]): Promise<readonly [Answer['body'][], string]> => {
      const { callId } = await proxyOnTheLine(['faults', 'billing']);
      const { body } = await desk.expectSuccess(desk.check(callId, names, 'execute'));
      return [body.decisions, callId];
    };
    const [[done, waits, other], callId] = await executed('line.test', 'modem.restart', 'invoice.explain');
    const [{ id }] = done.obligations;
    expect([done.outcome, other.outcome]).toEqual(['permit', 'permit']);
    expect(id).toBe(`${done.id}.0`);
    expect(waits).toMatchObject(waiting(id));
    expect(waits.execution_id).toBeUndefined();
    expect(await owed(callId)).toMatchObject([{ id, action: 'line.test', status: 'open' }]);
    expect(await count('executions', callId)).toBe(2);
    await desk.expectSuccess(receipt(callId, id, 'done'));
    expect(await desk.decide(callId, 'modem.restart', 'execute')).toMatchObject({ outcome: 'permit' });
    // The other way round it is the other one.
    const [turned] = await executed('modem.restart', 'line.test');
    expect(turned.map(({ outcome }) => outcome)).toEqual(['permit', 'deny']);
    // What is only asked is asked of one moment, in which nothing is owed yet.
    const { callId: asking } = await proxyOnTheLine(['faults']);
    const { body } = await desk.check(asking, ['line.test', 'modem.restart']);
    expect(body.decisions.map(({ outcome }: { outcome: string }) => outcome)).toEqual(['permit', 'permit']);
    // Years later it is decided again as it was, and by who decided it together, from the same facts, it would not be.
    const replays = desk.api.app.get(ReplayService, { strict: false });
    expect((await replays.replayAll()).differences).toEqual([]);
    const { rows } = await desk.owner.query<{ id: string; body: string; hash: string }>(
      `SELECT id, body, body::jsonb ->> 'policy' AS hash FROM audit_records WHERE kind = 'check.executed' AND call_id = $1
       ORDER BY recorded_at LIMIT 1`,
      [callId],
    );
    const { isInOrder, ...together } = JSON.parse(rows[0]?.body ?? '') as CheckRecord;
    const policy = await desk.api.app.get(PolicyDocuments, { strict: false }).byHash(together.policy);
    expect([isInOrder, replay(policy, together, rows[0]?.id ?? '')]).toEqual([true, ['modem.restart']]);
  });

  it('is told again in the same order where nobody kept the answer', async () => {
    const { callId } = await proxyOnTheLine(['faults']);
    const actions = [{ name: 'line.test' }, { name: 'modem.restart' }];
    const again = (): Promise<Answer> =>
      desk.expectSuccess(
        desk.post(
          'agent',
          `/v1/calls/${callId}/checks`,
          { purpose: 'execute', actions },
          { 'idempotency-key': `order-${callId}` },
        ),
      );
    const first = await again();
    expect(first.body.decisions.map(({ reason }: Answer['body']) => reason)).toEqual(['permitted', 'condition_failed']);
    // The process died between the commit and the answer: what was done is in the record alone.
    await desk.owner.query('DELETE FROM idempotency_keys');
    expect((await again()).body.decisions).toEqual(first.body.decisions);
    expect(await count('executions', callId)).toBe(1);
    expect(await owed(callId)).toMatchObject([{ action: 'line.test' }]);
  });

  it('is owed by the first of several evaluations of the standard, and the second waits for it', async () => {
    const { callId } = await proxyOnTheLine(['faults']);
    const { body } = await desk.expectSuccess(
      desk.post('agent', '/access/v1/evaluations', {
        subject: { type: 'caller', id: callId },
        resource: { type: 'contract', id: 'C-1' },
        context: { call_id: callId, purpose: 'execute' },
        evaluations: [{ action: { name: 'line.test' } }, { action: { name: 'modem.restart' } }],
      }),
    );
    const [first, second] = body.evaluations;
    expect([first.decision, second.decision, second.context.reason]).toEqual([true, false, 'condition_failed']);
    const [{ id }] = first.context.obligations;
    expect(second.context.next_steps).toMatchObject([{ type: 'fulfil_obligation', obligations: [{ id }] }]);
  });

  it('has the note of its last report, which another one replaces and the same one does not', async () => {
    const { callId } = await proxyOnTheLine(['faults']);
    const [{ id }] = (await desk.decide(callId, 'line.test', 'execute')).obligations;
    const noteNow = async (): Promise<unknown> => (await owed(callId))[0]?.note;
    const records = async (): Promise<readonly unknown[]> =>
      (
        await desk.owner.query<{ kind: string; again: boolean }>(
          `SELECT kind, (body::jsonb ->> 'isCorrection')::boolean AS again FROM audit_records
           WHERE kind LIKE 'obligation.%' AND body::jsonb ->> 'obligationId' = $1 ORDER BY recorded_at, id`,
          [id],
        )
      ).rows.map(({ kind, again }) => [kind, again]);
    for (const [status, note, stands] of [
      ['failed', 'In gesprek.', 'In gesprek.'],
      ['failed', 'In gesprek.', 'In gesprek.'],
      ['failed', undefined, 'In gesprek.'],
      ['failed', 'Nam niet op.', 'Nam niet op.'],
      ['done', undefined, null],
      ['done', 'Alsnog gezegd.', 'Alsnog gezegd.'],
    ] as const) {
      const { body } = await desk.expectSuccess(receipt(callId, id, status, note));
      expect([body.status, body.note, await noteNow()]).toEqual([status, stands, stands]);
    }
    expect((await receipt(callId, id, 'failed', 'Toch niet.')).status).toBe(409);
    expect(await noteNow()).toBe('Alsnog gezegd.');
    expect(await records()).toEqual([
      ['obligation.failed', false],
      ['obligation.failed', true],
      ['obligation.done', true],
      ['obligation.done', true],
    ]);
  });

  it('is reported once however often it is said, stays done, and is told to the people whom it concerns', async () => {
    const { callId } = await proxyOnTheLine(['faults']);
    const [{ id }] = (await desk.decide(callId, 'line.test', 'execute')).obligations;
    const answers = await Promise.all([1, 2, 3].map(() => receipt(callId, id, 'done', 'Gezegd.')));
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    const late = await receipt(callId, id, 'failed');
    expect([late.status, late.body.code]).toEqual([409, 'invalid_state']);
    const { rows } = await desk.owner.query<{ person_ids: string[]; body: string }>(
      "SELECT person_ids, body FROM audit_records WHERE kind LIKE 'obligation.%' AND call_id = $1",
      [callId],
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]?.person_ids).toHaveLength(2);
    // What somebody wrote for their colleagues stands nowhere in the open.
    const { rows: kept } = await desk.owner.query<{ row: string }>('SELECT b::text AS row FROM obligations b');
    expect([...rows.map(({ body }) => body), ...kept.map(({ row }) => row)].join()).not.toContain('Gezegd');
  });

  it('is nobody else’s to report, nor in another call', async () => {
    const one = await proxyOnTheLine(['faults']);
    const other = await proxyOnTheLine(['faults']);
    const [{ id }] = (await desk.decide(one.callId, 'line.test', 'execute')).obligations;
    const path = `/v1/calls/${one.callId}/receipts`;
    const foreign = await desk.post('agent', path, { obligation_id: id, status: 'done' }, { 'mandaat-agent': 'A-2' });
    const absent = await receipt(one.callId, `${randomUUID()}.0.0`, 'done');
    for (const { status, body } of [foreign, absent, await receipt(other.callId, id, 'done')]) {
      expect([status, body.code, body.detail]).toEqual([404, 'not_found', absent.body.detail]);
    }
    for (const bad of [
      { obligation_id: 'announce', status: 'done' },
      { obligation_id: id, status: 'open' },
      { obligation_id: id, status: 'done', note: 'x'.repeat(501) },
    ]) {
      expect((await desk.post('agent', path, bad)).status).toBe(400);
    }
    expect(await owed(one.callId)).toMatchObject([{ status: 'open' }]);
  });

  it('that is still open after its call, or for long, is told to subscribers once, and can still be reported', async () => {
    const { callId } = await proxyOnTheLine(['faults']);
    const [{ id }] = (await desk.decide(callId, 'line.test', 'execute')).obligations;
    expect(await told(id)).toBe(0);
    await desk.expectSuccess(desk.post('agent', `/v1/calls/${callId}/end`));
    expect([await told(id), await told(id)]).toEqual([1, 1]);
    expect((await receipt(callId, id, 'done')).status).toBe(200);

    const long = await proxyOnTheLine(['faults']);
    const [{ id: open }] = (await desk.decide(long.callId, 'line.test', 'execute')).obligations;
    await desk.owner.query("UPDATE obligations SET opened_at = opened_at - interval '16 minutes' WHERE id = $1", [
      open,
    ]);
    expect(await told(open)).toBe(1);
    expect((await receipt(long.callId, open, 'failed')).status).toBe(200);
    expect(await told(open)).toBe(1);

    const fulfilled = await proxyOnTheLine(['faults']);
    const [{ id: done }] = (await desk.decide(fulfilled.callId, 'line.test', 'execute')).obligations;
    await receipt(fulfilled.callId, done, 'done');
    await desk.expectSuccess(desk.post('agent', `/v1/calls/${fulfilled.callId}/end`));
    expect(await told(done)).toBe(0);
  });

  it('is answered again as it was, where an execution is repeated', async () => {
    const { callId } = await proxyOnTheLine(['faults']);
    const again = (): Promise<Answer> =>
      desk.post(
        'agent',
        `/v1/calls/${callId}/checks`,
        { purpose: 'execute', actions: [{ name: 'line.test' }] },
        { 'idempotency-key': `owed-${callId}` },
      );
    const [first, second] = [await again(), await again()];
    expect(second.body.decisions).toEqual(first.body.decisions);
    expect(await owed(callId)).toHaveLength(1);
  });
});

describe('A process with one connection to the database', () => {
  it('decides, also when it is asked before it has ever read the policy, or the policy has just changed', async () => {
    const small = await Desk.open({ databasePoolSize: 1 });
    try {
      await small.person('P-1', { postal: 'Voorbeeldstraat 1, 0000 XX Nergenshuizen' });
      await small.contract('C-1', ['P-1']);
      const { body } = await small.expectSuccess(small.open('C-1'));
      const ask = async (purpose: 'advise' | 'execute') =>
        (await small.decide(body.call.id, 'fault.outage', purpose)).outcome;
      expect(await ask('advise')).toBe('permit');
      // Another process brings another policy into force: this one has to read it in the midst of its work.
      for (const purpose of ['advise', 'execute'] as const) {
        const { rows } = await small.owner.query<{ document: string }>('SELECT document FROM policies LIMIT 1');
        const document = `${rows[0]?.document ?? ''}\n# ${purpose}\n`;
        const hash = createHash('sha256').update(document).digest('hex');
        await small.owner.query("INSERT INTO policies VALUES ($1, 'test', $2, now())", [hash, document]);
        await small.owner.query('INSERT INTO policy_activations (hash, activated_at) VALUES ($1, now())', [hash]);
        expect(await ask(purpose)).toBe('permit');
        expect((await small.check(body.call.id, null)).body.policy).toBe(hash);
      }
      const many = await Promise.all(Array.from({ length: 40 }, () => small.check(body.call.id, null)));
      expect(new Set(many.map(({ status }) => status))).toEqual(new Set([200]));
      const { differences, checks } = await small.api.app.get(ReplayService, { strict: false }).replayAll();
      expect([differences, checks > 40]).toEqual([[], true]);
    } finally {
      await small.close();
    }
  }, 60_000);
});
