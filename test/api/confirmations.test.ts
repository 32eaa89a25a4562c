import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';

import type { Principal } from '../../src/auth/principal.ts';
import { CodesRepository } from '../../src/codes/codes.repository.ts';
import { CodesService } from '../../src/codes/codes.service.ts';
import { ConfirmationsService } from '../../src/confirmations/confirmations.service.ts';
import { metrics } from '../../src/http/metrics.ts';
import { DeliveryService } from '../../src/messages/delivery.service.ts';
import { MessagesService } from '../../src/messages/messages.service.ts';
import type { PersonId } from '../../src/policy/ids.ts';
import { eventually, QUICK } from '../messages/outbox.ts';
import { type Gateway, startGateway } from '../messages/stations.ts';
import { Asking, HOLDER_PHONE, PLAN, TERMINATE, wrong } from '../support/asking.ts';
import { Desk } from '../support/desk.ts';
import { altered } from '../support/two-desks.ts';

let desk: Desk;
let asking: Asking;

beforeAll(async () => {
  desk = await Desk.open();
  asking = await Asking.at(desk);
});
afterAll(() => desk?.close());

describe('a code to the holder', () => {
  it('permits the action that it is about, once, and nothing else', async () => {
    const { id, callId, code } = await asking.fresh();
    expect((await asking.attempt(id, code, callId)).body).toEqual({ accepted: true, state: 'approved', tries_left: 0 });
    const other = { name: PLAN.name, properties: { amount: 250.51, months: 6 } };
    expect(await asking.decide(callId, other)).toMatchObject({ outcome: 'ask_holder' });
    expect(await asking.decide(callId, TERMINATE)).toMatchObject({ outcome: 'ask_holder' });
    expect(await asking.decide(await asking.call(), PLAN)).toMatchObject({ outcome: 'ask_holder' });
    expect(await asking.decide(callId, PLAN, 'execute')).toMatchObject({ outcome: 'permit' });
    expect(await asking.decide(callId, PLAN, 'execute')).toMatchObject({ outcome: 'ask_holder' });
  });

  it.each(['', ' '])('is used after its first use, also when it comes again as "%s123456"', async (blank) => {
    const { id, callId, code } = await asking.fresh();
    await asking.attempt(id, code, callId);
    const again = await asking.attempt(id, `${blank}${code}${blank}`, callId);
    expect(again.body).toEqual({ accepted: false, state: 'approved', tries_left: 0 });
    expect(await asking.recorded(id, 'code.approved')).toBe(1);
    expect(await asking.used('failure')).toBe(0);
  });

  it('has eight digits when one of the actions is of high impact, else six', async () => {
    expect((await asking.fresh([PLAN])).code).toHaveLength(6);
    expect((await asking.fresh([TERMINATE])).code).toHaveLength(8);
    const both = await asking.fresh([PLAN, TERMINATE]);
    expect(both.code).toHaveLength(8);
    const part = await asking.attempt(both.id, both.code.slice(-6), both.callId, { actions: [PLAN, TERMINATE] });
    expect(part.body).toMatchObject({ accepted: false, tries_left: 4 });
    const reversed = await asking.attempt(both.id, both.code, both.callId, { actions: [TERMINATE, PLAN] });
    expect(reversed.body.accepted).toBe(true);
  });

  const SPACED: readonly [string, (code: string) => string][] = [
    ['a space in the middle', (code) => `${code.slice(0, 3)} ${code.slice(3)}`],
    ['spaces around it', (code) => `  ${code} `],
    ['hyphens', (code) => code.split('').join('-')],
    ['a tab and a no-break space', (code) => `\t${code.slice(0, 3)}\u00A0${code.slice(3)}`],
  ];
  it.each(SPACED)('is right when spelt with %s', async (_name, spell) => {
    const { id, callId, code } = await asking.fresh();
    expect((await asking.attempt(id, spell(code), callId)).body.accepted).toBe(true);
  });

  const OTHER: readonly [string, (code: string) => string][] = [
    ['full-width digits', (code) => code.replaceAll(/\d/g, (digit) => String.fromCharCode(0xff10 + Number(digit)))],
    ['Arabic digits', (code) => code.replaceAll(/\d/g, (digit) => String.fromCharCode(0x660 + Number(digit)))],
    ['a zero before it', (code) => `0${code}`],
    ['a plus before it', (code) => `+${code}`],
    ['a digit less', (code) => code.slice(0, -1)],
    ['a digit more', (code) => `${code}0`],
    ['a letter behind it', (code) => `${code}a`],
    ['dots between', (code) => code.split('').join('.')],
    ['an invisible character', (code) => `\u200B${code}`],
    ['nothing but a space', () => ' '],
  ];
  it.each(OTHER)('is wrong when spelt with %s, and that counts', async (_name, spell) => {
    const { id, callId, code } = await asking.fresh();
    const answer = await asking.attempt(id, spell(code), callId);
    expect(answer).toMatchObject({ status: 200, body: { accepted: false, state: 'pending', tries_left: 4 } });
    expect((await asking.attempt(id, code, callId)).body.accepted).toBe(true);
  });

  it.each(['', '1'.repeat(33)])(
    'is no code at all when it is "%s": nothing is compared and nothing counts',
    async (text) => {
      const { id, callId } = await asking.fresh();
      expect((await asking.attempt(id, text, callId)).status).toBe(400);
      expect((await asking.get(id)).body.tries_left).toBe(5);
    },
  );

  it('is dead after five wrong ones, the right one included', async () => {
    const { id, callId, code } = await asking.fresh();
    for (let left = 4; left >= 0; left -= 1) {
      const state = left === 0 ? 'tries_exhausted' : 'pending';
      expect((await asking.attempt(id, wrong(code, left + 1), callId)).body).toEqual({
        accepted: false,
        state,
        tries_left: left,
      });
    }
    expect((await asking.attempt(id, code, callId)).body).toEqual({
      accepted: false,
      state: 'tries_exhausted',
      tries_left: 0,
    });
    // It ended then, and not when its time was over.
    expect((await asking.get(id)).body).toMatchObject({ state: 'tries_exhausted', answered_at: expect.any(String) });
    expect(await asking.decide(callId, PLAN)).toMatchObject({ outcome: 'ask_holder' });
  });

  it('is another one after a resend, and the old one counts as wrong', async () => {
    const { id, callId, code } = await asking.fresh();
    // By the road that it is on, whether that is said or not.
    for (const body of [{}, { route: 'sms' }]) {
      const { body: resent } = await desk.post('agent', `/v1/confirmations/${id}/resend`, body);
      expect(resent).toMatchObject({ id, state: 'pending', route: 'sms' });
    }
    const resent = await desk.codeOf(id);
    if (resent !== code) expect((await asking.attempt(id, code, callId)).body).toMatchObject({ tries_left: 4 });
    expect((await asking.attempt(id, resent, callId)).body.accepted).toBe(true);
  });

  it('is superseded by the next question in the same call', async () => {
    const { id, callId, code } = await asking.fresh();
    const next = await asking.ask(callId);
    expect((await asking.attempt(id, code, callId)).body).toEqual({
      accepted: false,
      state: 'superseded',
      tries_left: 0,
    });
    expect((await asking.attempt(next, await desk.codeOf(next), callId)).body.accepted).toBe(true);
  });

  it('that was right, when the question had just ended, is told how that ended, and is no guess', async () => {
    const repository = desk.api.app.get(CodesRepository, { strict: false });
    const approve = repository.approve.bind(repository);
    const { id, callId, code } = await asking.fresh();
    const end = "UPDATE codes SET state = 'cancelled', answered_at = now() WHERE id = $1";
    // Between its comparison and its use.
    const late: typeof approve = (...what) => desk.owner.query(end, [id]).then(() => approve(...what));
    Object.assign(repository, { approve: late });
    const answer = await asking.attempt(id, code, callId).finally(() => Object.assign(repository, { approve }));
    expect(answer.body).toEqual({ accepted: false, state: 'cancelled', tries_left: 0 });
    const { rows } = await desk.owner.query(
      `SELECT kind, body::jsonb ->> 'state' AS state FROM audit_records
       WHERE body::jsonb ->> 'codeId' = $1 AND kind <> 'code.issued' ORDER BY sequence`,
      [id],
    );
    expect(rows).toEqual([
      { kind: 'code.tried', state: null },
      { kind: 'code.refused', state: 'cancelled' },
    ]);
    expect(await asking.used('failure')).toBe(0);
  });

  it('whose key was taken out is compared with nothing and sent by nobody, and that costs no try', async () => {
    const { id, callId, code } = await asking.fresh();
    const keyIs = (key: string) => desk.owner.query('UPDATE codes SET key_id = $2 WHERE id = $1', [id, key]);
    const { rows } = await desk.owner.query<{ key_id: string }>('SELECT key_id FROM codes WHERE id = $1', [id]);
    await keyIs('retired');
    const detail = 'The key of this code was taken out: nothing can be compared. Ask for a new code.';
    const refused = { status: 409, body: { code: 'invalid_state', detail } };
    expect(await asking.attempt(id, code, callId)).toMatchObject(refused);
    expect(await desk.post('agent', `/v1/confirmations/${id}/resend`)).toMatchObject(refused);
    expect([await asking.used('failure'), await asking.used('send')]).toEqual([0, 1]);
    await keyIs(rows[0]?.key_id ?? '');
    expect((await asking.get(id)).body).toMatchObject({ state: 'pending', tries_left: 5 });
    expect((await asking.attempt(id, code, callId)).body.accepted).toBe(true);
  });

  it('leaves open what asks something else: of whom, who calls, about which mandate, in which call', async () => {
    await asking.forgetBudgets();
    const about = async (mandateId: string, callId?: string): Promise<string> => {
      const body = callId === undefined ? {} : { call_id: callId };
      const scope = callId === undefined ? 'crm' : 'agent';
      return (await desk.expectSuccess(desk.post(scope, `/v1/mandates/${mandateId}/confirmations`, body))).body.id;
    };
    const states = async (...ids: string[]): Promise<string[]> => {
      const { rows } = await desk.owner.query<{ id: string; state: string }>(
        'SELECT id, state FROM codes WHERE id = ANY ($1)',
        [ids],
      );
      return ids.map((id) => rows.find((row) => row.id === id)?.state ?? 'gone');
    };
    const grant = { holder: 'P-1', proxy: 'P-2', contracts: ['C-1'], form: 'letter' };
    const granted = async (scope: string): Promise<string> =>
      (await desk.expectSuccess(desk.post('crm', '/v1/mandates', { ...grant, scopes: [scope] }))).body.id;
    const [faults, complaints] = [await granted('faults'), await granted('complaints')];
    const { id: callId } = (await desk.open('C-1', { as: 'holder', number: HOLDER_PHONE })).body.call;
    await desk.identify(callId);
    const verifying = await desk.expectSuccess(
      desk.post('agent', `/v1/calls/${callId}/verifications`, { method: 'code' }),
    );
    const action = await asking.ask(callId, [TERMINATE]);
    await asking.forgetBudgets();
    const [first, second] = [await about(faults, callId), await about(complaints, callId)];
    const elsewhere = await about(faults);
    await asking.forgetBudgets();
    const other = await asking.ask(await asking.call());
    const open = [verifying.body.id, action, second, other];
    expect(await states(...open)).toEqual(open.map(() => 'pending'));
    // The same mandate, asked about in no call, is the same question: two codes would both give it.
    expect(await states(first, elsewhere)).toEqual(['superseded', 'pending']);
    const again = await asking.ask(callId, [TERMINATE]);
    expect(await states(...open, again)).toEqual(['pending', 'superseded', 'pending', 'pending', 'pending']);
    for (const id of [faults, complaints]) await desk.expectSuccess(desk.post('crm', `/v1/mandates/${id}/withdraw`));
  });

  it('is refused once the budget of failures is used up, right or not', async () => {
    const { id, callId, code } = await asking.fresh();
    const reached = async (): Promise<number> => (await metrics.codeBudgets.get()).values[0]?.value ?? 0;
    const before = await reached();
    await asking.attempt(id, wrong(code), callId);
    expect(await reached()).toBe(before);
    await asking.useUp('failure', 10, '23 hours');
    expect((await asking.attempt(id, code, callId)).body).toEqual({
      accepted: false,
      state: 'tries_exhausted',
      tries_left: 0,
    });
    expect(await reached()).toBe(before + 1);
    await asking.forgetBudgets();
    expect((await asking.attempt(id, code, callId)).body.accepted).toBe(true);
  });

  it('that has ended tells how, also once the budget of failures is used up', async () => {
    const { id, callId, code } = await asking.fresh();
    await desk.expectSuccess(desk.post('agent', `/v1/confirmations/${id}/cancel`));
    await asking.useUp('failure', 10, '23 hours');
    expect((await asking.attempt(id, code, callId)).body).toEqual({
      accepted: false,
      state: 'cancelled',
      tries_left: 0,
    });
  });
});

describe('the audit of a code', () => {
  it('tells all of its life: what was asked, by whom, of whom, and what came of it', async () => {
    const { id: first, callId } = await asking.fresh();
    const id = await asking.ask(callId, [PLAN, TERMINATE]);
    await desk.expectSuccess(desk.post('agent', `/v1/confirmations/${id}/resend`));
    const code = await desk.codeOf(id);
    const actions = [PLAN, TERMINATE];
    await asking.attempt(id, wrong(code), callId, { actions });
    await asking.attempt(id, code, callId, { actions });
    await asking.attempt(id, code, callId, { actions });
    const { rows } = await desk.owner.query<{
      kind: string;
      actor: string;
      people: string[];
      call: string;
      body: string;
    }>(
      `SELECT kind, actor, person_ids AS people, call_id AS call, body FROM audit_records
       WHERE body::jsonb ->> 'codeId' = $1 ORDER BY sequence`,
      [id],
    );
    const told = rows.map(({ kind, body }) => [kind, { ...JSON.parse(body), codeId: 'its own' }]);
    const about = { codeId: 'its own', purpose: 'action' };
    expect(told).toEqual([
      [
        'code.issued',
        {
          ...about,
          route: 'sms',
          digits: 8,
          expiresAt: expect.any(String),
          actions: [PLAN.name, TERMINATE.name],
          mandateId: asking.mandate.id,
          mandateRevision: expect.any(Number),
          superseded: [first],
        },
      ],
      ['code.resent', { ...about, counter: 1, route: 'sms' }],
      ['code.tried', { ...about, tries: 1 }],
      ['code.failed', { ...about, tries: 1, state: 'pending' }],
      ['code.tried', { ...about, tries: 2 }],
      ['code.approved', about],
      ['code.refused', { ...about, state: 'approved' }],
    ]);
    for (const { actor, people, call } of rows) {
      expect(actor).toMatch(/^agent:[0-9a-f-]{36} key:\w{12}$/);
      expect(people).toEqual([asking.holderId, asking.proxyId]);
      expect(call).toBe(callId);
    }
  });
});

describe('a code about an action', () => {
  const notFound = { code: 'not_found', message: 'There is no such confirmation.' };

  it('is no answer from whoever did not ask: not of another agent, of none, nor of none at all', async () => {
    const { id, callId, code } = await asking.fresh();
    for (const path of ['', '/cancel', '/resend', '/attempts']) {
      const body = path === '/attempts' ? { code, call_id: callId, actions: [PLAN] } : {};
      const [method, sent] = path === '' ? ['GET'] : ['POST', body];
      const answer = await desk.send('agent', method, `/v1/confirmations/${id}${path}`, sent, {
        'mandaat-agent': 'A-2',
      });
      expect(answer).toMatchObject({ status: 404, body: { detail: 'There is no such confirmation.' } });
    }
    // The CRM may look at it, and acts for no agent.
    const tried = await desk.post('crm', `/v1/confirmations/${id}/attempts`, {
      code,
      call_id: callId,
      actions: [PLAN],
    });
    expect(tried.body).toEqual({ accepted: false, state: 'pending', tries_left: 4 });
    expect((await asking.get(randomUUID())).body).toMatchObject({ code: 'not_found' });
    expect((await asking.attempt(id, code, callId)).body.accepted).toBe(true);
  });

  it('is not to be typed in a session of its own, as one about a mandate is, by nobody else and for no other one', async () => {
    const service = desk.api.app.get(ConfirmationsService, { strict: false });
    const signedIn = (id: string): Principal => ({
      keyId: 'session-test',
      scope: 'person',
      strength: 2,
      agent: null,
      person: { id: id as PersonId, sessionId: randomUUID(), provedAt: new Date(), assistance: null },
    });
    const { id, code } = await asking.fresh();
    const about = asking.mandate.id;
    await expect(service.attemptInPerson(id, about, signedIn(asking.holderId), code)).rejects.toMatchObject(notFound);
    expect((await asking.get(id)).body).toMatchObject({ state: 'pending', tries_left: 5 });

    const { body } = await desk.expectSuccess(desk.post('crm', `/v1/mandates/${about}/confirmations`));
    const typed = await desk.codeOf(body.id);
    const attempts = [
      [randomUUID(), asking.holderId],
      [about, asking.proxyId],
    ] as const;
    for (const [mandateId, personId] of attempts) {
      const attempt = service.attemptInPerson(body.id, mandateId, signedIn(personId), typed);
      await expect(attempt).rejects.toMatchObject(notFound);
    }
    expect((await asking.get(body.id)).body).toMatchObject({ state: 'pending', tries_left: 5 });
    const attempt = service.attemptInPerson(body.id, about, signedIn(asking.holderId), typed);
    await expect(attempt).resolves.toMatchObject({ accepted: true });
  });
});

describe('a code dies', () => {
  it('with the call', async () => {
    const { id, callId, code } = await asking.fresh();
    await desk.expectSuccess(desk.post('agent', `/v1/calls/${callId}/end`));
    expect((await asking.attempt(id, code, callId)).body).toMatchObject({ accepted: false, state: 'cancelled' });
  });

  it('when the question is taken back', async () => {
    const { id, callId, code } = await asking.fresh();
    expect((await desk.post('agent', `/v1/confirmations/${id}/cancel`)).body).toMatchObject({ state: 'cancelled' });
    expect((await asking.attempt(id, code, callId)).body).toMatchObject({ accepted: false, state: 'cancelled' });
    expect(await desk.post('agent', `/v1/confirmations/${id}/cancel`)).toMatchObject({
      status: 409,
      body: { code: 'invalid_state', detail: 'This code is no longer open.' },
    });
    expect(await asking.recorded(id, 'code.cancelled')).toBe(1);
    expect(await desk.post('agent', `/v1/confirmations/${id}/resend`)).toMatchObject({
      status: 409,
      body: { code: 'invalid_state', detail: 'This code is no longer open. Ask for a new one.' },
    });
  });

  it('when the mandate is suspended, and stays dead when it is resumed', async () => {
    const { id, callId, code } = await asking.fresh();
    await desk.expectSuccess(desk.post('crm', `/v1/mandates/${asking.mandate.id}/suspend`));
    await desk.expectSuccess(desk.post('crm', `/v1/mandates/${asking.mandate.id}/resume`));
    expect((await asking.attempt(id, code, callId)).body).toMatchObject({ accepted: false, state: 'cancelled' });
    expect(await asking.decide(callId, PLAN)).toMatchObject({ outcome: 'ask_holder' });
  });

  it('when the holder gets another number, which gets no code for seven days', async () => {
    const { id, callId, code } = await asking.fresh();
    const put = (phone: string) =>
      desk.put('crm', '/v1/people/P-1', {
        kind: 'person',
        name: 'Hanna Voorbeeld',
        language: 'nl',
        contact_points: [{ kind: 'phone', value: phone, verified_at: '2020-01-01T00:00:00Z' }],
      });
    await put('+49 30 23125 199');
    expect((await asking.attempt(id, code, callId)).body).toMatchObject({ accepted: false, state: 'pending' });

    const ask = () => desk.post('agent', `/v1/calls/${callId}/confirmations`, { actions: [PLAN] });
    const age = (interval: string) =>
      desk.owner.query(
        'UPDATE contact_points SET changed_at = now() - $2::interval WHERE person_id = $1 AND ended_at IS NULL',
        [asking.holderId, interval],
      );
    expect(await asking.decide(callId, PLAN)).toMatchObject({ outcome: 'deny' });
    expect((await ask()).status).toBe(409);
    await age('6 days 23 hours');
    expect((await ask()).status).toBe(409);
    expect(await asking.used('send')).toBe(1);
    await age('7 days');
    expect((await ask()).status).toBe(201);
    await put(HOLDER_PHONE);
    await age('1 year');
  });
});

describe('what is told of a code too late', () => {
  it('ends no newer value, nothing that has ended, and is no error where there is no code', async () => {
    const codes = desk.api.app.get(CodesService, { strict: false });
    const { id } = await asking.fresh();
    await desk.expectSuccess(desk.post('agent', `/v1/confirmations/${id}/resend`));
    const state = async (): Promise<string> => (await asking.get(id)).body.state;
    await codes.markUndeliverable(id, 0, 'rejected');
    expect(await state()).toBe('pending');
    await codes.markUndeliverable(id, 1, 'rejected');
    expect(await state()).toBe('undeliverable');
    await codes.markUndeliverable(id, 1, 'rejected');
    const { rows } = await desk.owner.query(
      `SELECT actor FROM audit_records WHERE kind = 'code.undeliverable' AND body::jsonb ->> 'codeId' = $1`,
      [id],
    );
    expect(rows).toEqual([{ actor: 'system' }]);
    await codes.markUndeliverable(randomUUID(), 0, 'rejected');
    await codes.address(randomUUID(), 0);
  });

  it('is in no message: what was queued for an older value is dropped', async () => {
    const service = desk.api.app.get(ConfirmationsService, { strict: false });
    type Kind = 'actionOnCode' | 'actionOnQuestion' | 'mandateOnCode';
    const write = (kind: Kind, codeId: string, codeCounter: number): Promise<unknown> =>
      Reflect.get(service, kind).call(service, { codeId, codeCounter, personId: asking.holderId, language: 'en' });
    const { id, code } = await asking.fresh();
    const about = await desk.expectSuccess(desk.post('crm', `/v1/mandates/${asking.mandate.id}/confirmations`));
    expect(await write('actionOnCode', id, 0)).toMatchObject({ code, caller: { name: 'Willem Verzonnen' } });
    expect(await write('mandateOnCode', about.body.id, 0)).toMatchObject({
      code: await desk.codeOf(about.body.id),
      mandateRef: asking.mandate.ref,
      agent: { pseudonym: 'Voorbeeld Telecom', role: 'our own system' },
    });
    expect(await write('actionOnQuestion', id, 0)).toMatchObject({
      caller: { name: 'Willem Verzonnen' },
      link: `http://localhost/portal/questions/${id}`,
    });
    expect(await write('actionOnCode', id, 1)).toBe('drop');
    expect(await write('actionOnQuestion', id, 1)).toBe('drop');
    expect(await write('mandateOnCode', about.body.id, 1)).toBe('drop');
  });

  it('is never sent: not an old value, nor one that is over or whose key is gone', async () => {
    const codes = desk.api.app.get(CodesService, { strict: false });
    const { id, code: value } = await asking.fresh();
    const code = await codes.require(desk.api.app.get(DataSource).manager, id);
    const now = await codes.clock();
    expect(codes.valueOf(code, 0, now)).toBe(value);
    expect(codes.valueOf(code, 1, now)).toBeNull();
    for (const other of [{ state: 'cancelled' }, { expiresAt: now }, { keyId: 'retired' }] as const) {
      expect(codes.valueOf({ ...code, ...other }, 0, now)).toBeNull();
    }
  });
});

describe('a mandate that is withdrawn after the code was sent', () => {
  it('takes the code with it', async () => {
    await desk.person('P-3', { phone: '+49 30 23125 103' });
    await desk.person('P-4', { phone: '+49 30 23125 104' });
    await desk.contract('C-2', ['P-3']);
    const mandate = await desk.mandate('P-3', 'P-4', ['billing'], ['C-2']);
    const callId = (await desk.open('C-2', { mandateRef: mandate.ref })).body.call.id;
    await desk.identify(callId);
    const asked = await desk.expectSuccess(
      desk.post('agent', `/v1/calls/${callId}/confirmations`, { actions: [PLAN] }),
    );
    const { id } = asked.body.confirmations[0];
    const code = await desk.codeOf(id);
    await desk.expectSuccess(desk.post('crm', `/v1/mandates/${mandate.id}/withdraw`));
    const answer = await asking.attempt(id, code, callId);
    expect(answer.body).toEqual({ accepted: false, state: 'cancelled', tries_left: 0 });
    expect(await asking.decide(callId, PLAN)).toMatchObject({ outcome: 'deny', reason: 'mandate_withdrawn' });
  });
});

describe('a question that is looked at', () => {
  it('is told with the delivery of the value that was read, though a newer one is sent by another road meanwhile', async () => {
    const { id } = await asking.fresh();
    let isFirst = true;
    const view = await altered(
      [desk.api.app],
      (app) => {
        const messages = app.get(MessagesService, { strict: false });
        const deliveriesOf: MessagesService['deliveriesOf'] = async (manager, codeId) => {
          if (isFirst) {
            isFirst = false;
            await desk.expectSuccess(desk.post('agent', `/v1/confirmations/${id}/resend`, { route: 'voice' }));
          }
          return MessagesService.prototype.deliveriesOf.call(messages, manager, codeId);
        };
        return [{ of: messages, does: { deliveriesOf } }];
      },
      () => asking.get(id),
    );
    expect(view.body).toMatchObject({ route: 'sms', delivery: { route: 'sms' } });
    expect((await asking.get(id)).body).toMatchObject({ route: 'voice', delivery: { route: 'voice' } });
  });
});

describe('a question', () => {
  it('is refused, and costs no send, when a yes would not permit it', async () => {
    await asking.forgetBudgets();
    const callId = await asking.call();
    const ask = (actions: unknown, call = callId) => desk.post('agent', `/v1/calls/${call}/confirmations`, { actions });
    const permitted = { name: 'invoice.explain' };
    const never = { name: 'contact.change' };
    const tooMuch = { name: PLAN.name, properties: { amount: 5000, months: 6 } };
    for (const actions of [[permitted], [never], [tooMuch], [PLAN, permitted], [{ name: 'no.such' }]]) {
      // It names what is in the way, and nothing else.
      const { name } = actions.at(-1) ?? permitted;
      const errors = [{ pointer: '/actions', detail: expect.stringContaining(`"${name}"`) }];
      const detail = 'The holder can be asked only about what a check answers with ask_holder.';
      expect(await ask(actions)).toMatchObject({ status: 409, body: { code: 'invalid_state', detail, errors } });
    }
    const stranger = (await desk.open('C-1', { number: '+49 30 23125 999' })).body.call.id;
    expect((await ask([PLAN], stranger)).status).toBe(409);
    expect((await ask([PLAN, PLAN])).status).toBe(400);
    expect((await ask([])).status).toBe(400);
    expect(await asking.used('send')).toBe(0);
  });

  it('does not go to a telephone that the caller reads too', async () => {
    const shared = { kind: 'phone', value: '+44 7700 900108', verified_at: '2020-01-01T00:00:00Z' };
    await desk.person('P-8', { name: 'Huis Fictief', phone: shared.value });
    await desk.person('P-9', { name: 'Genoot Fictief', phone: shared.value });
    await desk.contract('C-8', ['P-8']);
    const mandate = await desk.mandate('P-8', 'P-9', ['billing'], ['C-8']);
    const { id: callId } = (await desk.open('C-8', { mandateRef: mandate.ref })).body.call;
    await desk.identify(callId);
    const ask = () => desk.post('agent', `/v1/calls/${callId}/confirmations`, { actions: [PLAN] });
    const confirmMandate = () => desk.post('crm', `/v1/mandates/${mandate.id}/confirmations`);
    expect((await ask()).status).toBe(409);
    expect(await confirmMandate()).toMatchObject({ status: 409, body: { code: 'no_usable_contact_point' } });

    const points = [shared, { ...shared, value: '+44 7700 900118' }];
    const person = { kind: 'person', name: 'Huis Fictief', language: 'nl', contact_points: points };
    await desk.put('crm', '/v1/people/P-8', person);
    await desk.owner.query("UPDATE contact_points SET changed_at = '2020-01-01'");
    const asked = await desk.expectSuccess(ask());
    const { rows } = await desk.owner.query<{ recipient: string }>(
      'SELECT recipient FROM demo_inbox i JOIN messages m ON m.id = i.message_id WHERE m.code_id = $1',
      [(await desk.message('code_id', asked.body.confirmations[0].id)) && asked.body.confirmations[0].id],
    );
    expect(rows).toEqual([{ recipient: '+447700900118' }]);
  });

  it('does not go by e-mail: that proves too little', async () => {
    await desk.person('P-5', { email: 'fictief@example.nl' });
    await desk.contract('C-3', ['P-5']);
    const mandate = await desk.mandate('P-5', 'P-2', ['billing'], ['C-3']);
    const { id } = (await desk.open('C-3', { mandateRef: mandate.ref })).body.call;
    await asking.forgetBudgets();
    await desk.identify(id);
    expect(await asking.decide(id, PLAN)).toMatchObject({ outcome: 'deny' });
    expect((await desk.post('agent', `/v1/calls/${id}/confirmations`, { actions: [PLAN] })).status).toBe(409);
  });
});

describe('the message', () => {
  const WORDS = {
    nl: {
      plan: 'Een betalingsregeling afspreken (Bedrag in euro: 250,5, Aantal maanden: 6)',
      terminate: 'Het abonnement opzeggen',
      who: '"Willem Verzonnen" vraagt ons namens u',
      never: 'Wij bellen of mailen u nooit om deze code te vragen',
      no: 'Nee zeggen: ',
    },
    en: {
      plan: 'Agree on a payment plan (Amount in euros: 250.5, Number of months: 6)',
      terminate: 'End the subscription',
      who: '"Willem Verzonnen" asks us on your behalf',
      never: 'We never call or mail you for this code',
      no: 'Say no: ',
    },
  } as const;

  it.each(['nl', 'en'] as const)(
    'says in %s what the yes is for, who asks, until when, and how to say no',
    async (language) => {
      await desk.owner.query('UPDATE people SET language = $2 WHERE id = $1', [asking.holderId, language]);
      const words = WORDS[language];
      const { id, code } = await asking.fresh([PLAN, TERMINATE]);
      const { body, link } = await desk.message('code_id', id);
      const { rows } = await desk.owner.query<{ pseudonym: string; until: string; recipient: string }>(
        `SELECT a.pseudonym, to_char(c.expires_at AT TIME ZONE 'Europe/Amsterdam', 'HH24:MI') AS until, i.recipient
       FROM codes c JOIN agents a ON a.id = c.agent_id JOIN messages m ON m.code_id = c.id
         JOIN demo_inbox i ON i.message_id = m.id WHERE c.id = $1`,
        [id],
      );
      const [row] = rows;
      expect(body).toContain(`${language === 'nl' ? 'Code' : 'Code'} ${code}.`);
      for (const part of [
        'Voorbeeld Telecom',
        words.plan,
        words.terminate,
        words.who,
        words.never,
        `${words.no}${link}`,
      ]) {
        expect(body).toContain(part);
      }
      expect(body).toContain(`${row?.pseudonym} (agent)`);
      expect(body).toContain(row?.until);
      expect(row?.recipient).toBe('+447700900101');
      expect(link).toMatch(new RegExp(`^http://localhost/c/${id}\\.0\\.[\\w-]{22}$`));
      expect(body).not.toContain('A-1');
      await desk.owner.query("UPDATE people SET language = 'nl' WHERE id = $1", [asking.holderId]);
    },
  );

  it('speaks to the holder as "you" when they are on the line themselves', async () => {
    await asking.forgetBudgets();
    const { id: callId } = (await desk.open('C-1', { as: 'holder', number: HOLDER_PHONE })).body.call;
    await desk.identify(callId);
    const id = await asking.ask(callId, [TERMINATE]);
    expect((await desk.message('code_id', id)).body).toContain('u vraagt ons zelf: Het abonnement opzeggen');
  });

  it('never holds the code in an answer of the API, nor where it went', async () => {
    const { id, callId, code } = await asking.fresh();
    const answers = [await asking.get(id), await desk.get('agent', `/v1/calls/${callId}`)];
    for (const { body } of answers) {
      expect(JSON.stringify(body)).not.toContain(code);
      expect(JSON.stringify(body)).not.toContain('900101');
    }
  });
});

describe('a message that does not arrive', () => {
  let gateway: Gateway;
  let other: Desk;
  let there: Asking;

  beforeAll(async () => {
    gateway = await startGateway();
    other = await Desk.open({
      demoInbox: false,
      smsGatewayUrl: gateway.url,
      smsGatewayToken: 'test-token-of-the-gateway',
      smsFrom: 'Voorbeeld',
    });
    there = await Asking.at(other);
    // Short waits between the tries.
    Object.assign(other.api.app.get(DeliveryService, { strict: false }), { options: QUICK });
  });
  afterAll(async () => {
    await other?.close();
    await gateway?.stop();
  });

  /** Asks, and the gateway does with the message what is told. */
  async function ask(script: Gateway['script']): Promise<{ callId: string; id: string }> {
    await there.forgetBudgets();
    const callId = await there.call();
    // Nobody else's message must meet it.
    await eventually(async () => {
      const { rows } = await other.owner.query("SELECT 1 FROM messages WHERE state = 'queued'");
      return rows.length === 0 ? true : null;
    });
    gateway.requests.length = 0;
    gateway.script = script;
    return { callId, id: await there.ask(callId) };
  }

  function isNow(id: string, state: string) {
    return eventually(async () => ((await there.get(id)).body.state === state ? true : null));
  }

  function sentCode(): string {
    return /\b\d{6}\b/.exec(String(gateway.requests.at(-1)?.body.text))?.[0] ?? '';
  }

  it('ends the code as undeliverable when the gateway refuses it; the right code is dead then', async () => {
    const { id, callId } = await ask([400]);
    await isNow(id, 'undeliverable');
    expect(sentCode()).toHaveLength(6);
    expect((await there.attempt(id, sentCode(), callId)).body).toEqual({
      accepted: false,
      state: 'undeliverable',
      tries_left: 0,
    });
    expect((await other.post('agent', `/v1/confirmations/${id}/resend`)).status).toBe(409);
    expect(await there.decide(callId, PLAN)).toMatchObject({ outcome: 'ask_holder' });
    expect(await there.recorded(id, 'code.undeliverable')).toBe(1);
  });

  it('is tried again while the gateway may come back, and ends the code when it does not', async () => {
    const { id } = await ask([503, 500, 'reset', 429, 503]);
    await isNow(id, 'undeliverable');
    expect(gateway.requests).toHaveLength(QUICK.codeDelays.length + 1);
  });

  it('leaves the code alone when a later one is under way', async () => {
    const slow = { ...QUICK, codeDelays: [1_500] };
    const delivery = other.api.app.get(DeliveryService, { strict: false });
    Object.assign(delivery, { options: slow });
    const { id, callId } = await ask([503]);
    await eventually(() => (gateway.requests.length === 1 ? true : null));
    await other.expectSuccess(other.post('agent', `/v1/confirmations/${id}/resend`));
    await eventually(() => (gateway.requests.length === 2 ? true : null));
    const code = sentCode();
    // The first message is dropped: its value is dead, and so it ends nothing.
    const states = await eventually(async () => {
      const { rows } = await other.owner.query<{ state: string }>(
        'SELECT state FROM messages WHERE code_id = $1 ORDER BY code_counter',
        [id],
      );
      return rows.some(({ state }) => state === 'queued') ? null : rows.map(({ state }) => state);
    }, 60_000);
    expect(states).toEqual(['dropped', 'sent']);
    expect(gateway.requests).toHaveLength(2);
    expect((await there.attempt(id, code, callId)).body.accepted).toBe(true);
    Object.assign(delivery, { options: QUICK });
  });
});
