import { readFileSync } from 'node:fs';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { parse } from 'yaml';

import { AuditReader } from '../../src/audit/audit-reader.ts';
import { KeysService } from '../../src/auth/keys.service.ts';
import { makeKey } from '../support/app.ts';
import { type Answer, Desk } from '../support/desk.ts';
import { altered } from '../support/two-desks.ts';
import { BEFORE_IT_IS_FORGOTTEN, until } from '../support/until.ts';

const HOLDER_PHONE = '+49 30 23125 001';
const PROXY_PHONE = '+49 30 23125 002';

describe('the main job, over HTTP', () => {
  let desk: Desk;
  let holderId: string;

  beforeAll(async () => {
    desk = await Desk.open();
    holderId = await desk.person('P-1', {
      name: 'Hanna Voorbeeld',
      phone: HOLDER_PHONE,
      postal: 'Voorbeeldstraat 1, 0000 XX Nergenshuizen',
    });
    await desk.person('P-2', { name: 'Willem Verzonnen', phone: PROXY_PHONE });
    await desk.contract('C-1', ['P-1']);
  });
  afterAll(() => desk.close());

  it('opens a call and answers every action of the policy at once', async () => {
    const opened = await desk.open('C-1', { number: PROXY_PHONE, name: 'Willem Verzonnen' });
    expect(opened.status).toBe(201);
    const { decisions } = opened.body.check;
    expect(decisions.length).toBeGreaterThanOrEqual(30);
    for (const decision of decisions) {
      expect(decision.sentence).not.toBe('');
      if (decision.outcome !== 'permit') expect(decision.next_steps.length).toBeGreaterThan(0);
    }
  });

  it('says what another policy would have answered, from what was recorded', async () => {
    const opened = await desk.open('C-1', { as: 'holder', number: HOLDER_PHONE });
    await desk.decide(opened.body.call.id, 'invoice.explain');
    const telecom = readFileSync('policies/telecom.yaml', 'utf8');
    const tried = (document: string, query = ''): Promise<Answer> =>
      desk.post('admin', `/v1/policies/dry-run${query}`, { document });
    const same = (await desk.expectSuccess(tried(telecom))).body;
    expect(same).toMatchObject({ differing: 0, changes: [], is_complete: true, new_actions: [], removed_actions: [] });
    expect(same.checks).toBeGreaterThanOrEqual(2);
    expect(same.decisions).toBeGreaterThan(30);

    // Bills are not explained on the phone any more, and nobody restarts a modem.
    const start = telecom.indexOf('  invoice.explain:');
    const narrower = telecom.slice(0, start) + telecom.slice(start).replace('channels: [phone, ', 'channels: [');
    const changed = narrower.replace('  modem.restart:', '  modem.reset:');
    const { rows } = await desk.owner.query<{ id: string }>(
      `SELECT id FROM audit_records WHERE kind = 'check.advised' ORDER BY sequence DESC LIMIT 1`,
    );
    const before = await desk.owner.query('SELECT count(*) FROM audit_records');
    const { body } = await desk.expectSuccess(tried(changed, '?days=1'));
    expect(body).toMatchObject({
      checks: same.checks,
      new_actions: ['modem.reset'],
      removed_actions: ['modem.restart'],
    });
    const explained = body.changes.filter(({ action }: { action: string }) => action === 'invoice.explain');
    expect(explained).toContainEqual({
      action: 'invoice.explain',
      was: { outcome: 'verify_caller', reason: 'caller_level_too_low' },
      would_be: { outcome: 'deny', reason: 'channel_not_allowed' },
      count: 2,
      decision_ids: [`${rows[0]?.id}.0`, expect.stringMatching(/\.1$/)],
    });
    expect(body.changes.map(({ action }: { action: string }) => action)).toContain('modem.restart');
    expect(body.broken).toEqual([]);
    expect(body.differing).toBe(body.changes.reduce((sum: number, { count }: { count: number }) => sum + count, 0));
    expect(await desk.owner.query('SELECT count(*) FROM audit_records')).toMatchObject({ rows: before.rows });

    const wrong = await tried(telecom.replace('decay_months: 12', 'decay_months: 13'));
    expect(wrong).toMatchObject({ status: 400, body: { errors: [{ pointer: '/limits/decay_months' }] } });
    for (const days of ['0', '32', 'x', '1.5']) expect((await tried(telecom, `?days=${days}`)).status).toBe(400);
  });

  it('compares policies one at a time in a process: another run is refused while one goes on', async () => {
    const document = readFileSync('policies/telecom.yaml', 'utf8');
    const tried = (): Promise<Answer> => desk.post('admin', '/v1/policies/dry-run', { document });
    // The first one waits for the records until it is let go.
    let letGo = (): void => undefined;
    const held = new Promise<void>((resolve) => (letGo = resolve));
    let isHeld = false;
    const hold = (app: NestFastifyApplication) => {
      const reader = app.get(AuditReader, { strict: false });
      const eachBackTo: AuditReader['eachBackTo'] = async (...given) => {
        isHeld = true;
        await held;
        return AuditReader.prototype.eachBackTo.apply(reader, given);
      };
      return [{ of: reader, does: { eachBackTo } }];
    };
    await altered([desk.api.app], hold, async () => {
      const first = tried();
      await until(() => isHeld);
      const second = await tried();
      expect(second).toMatchObject({
        status: 503,
        body: {
          code: 'unavailable',
          detail: 'A dry run is under way in this process already: ask again when it has ended.',
        },
      });
      expect(second.headers.get('retry-after')).toBe('2');
      letGo();
      expect((await first).status).toBe(200);
    });
    // One that fails makes room too.
    expect((await desk.post('admin', '/v1/policies/dry-run', { document: 'x' })).status).toBe(400);
    expect((await tried()).status).toBe(200);
  });

  it('says which questions another policy would not even take, from what was recorded of them', async () => {
    const { body: opened } = await desk.expectSuccess(desk.open('C-1', { as: 'holder', number: HOLDER_PHONE }));
    const plan = (amount: number, months: number) =>
      desk.check(opened.call.id, [{ name: 'payment.plan', properties: { amount, months } }]);
    const fault = (properties: Record<string, unknown>) =>
      desk.check(opened.call.id, [{ name: 'fault.report', properties }]);
    const asked: Answer[] = [];
    for (const one of [plan(400, 6), plan(900, 6), fault({ description: 'x'.repeat(400) }), fault({})]) {
      asked.push(await desk.expectSuccess(one));
    }
    const [small, large, long, bare] = asked.map(({ body }) => body.decisions[0].id as string);
    const telecom = readFileSync('policies/telecom.yaml', 'utf8');
    const told = async (...changes: readonly (readonly [string, string])[]) => {
      let document = telecom;
      for (const [from, to] of changes) {
        expect(document.split(from)).toHaveLength(2);
        document = document.replace(from, to);
      }
      const { body } = await desk.expectSuccess(desk.post('admin', '/v1/policies/dry-run?days=1', { document }));
      const counted = [...body.changes, ...body.broken].reduce(
        (sum: number, one: { count: number }) => sum + one.count,
        0,
      );
      expect(body.differing).toBe(counted);
      return body.broken;
    };
    const amounts = 'minimum: 0.01\n        maximum: 100000\n      months:';
    const most = { property: 'amount', detail: 'Give a number of at most 500.' };
    expect(await told([amounts, amounts.replace('100000', '500')])).toEqual([
      { action: 'payment.plan', ...most, count: 1, decision_ids: [large] },
    ]);
    expect(await told([amounts, amounts])).toEqual([]);
    const [gone] = await told(
      ['      months:\n', '      weeks:\n'],
      ['action.properties.months', 'action.properties.weeks'],
    );
    expect(gone).toMatchObject({ action: 'payment.plan', property: 'months', count: 2 });
    expect(new Set(gone.decision_ids)).toEqual(new Set([small, large]));
    // What a fault was in words stands nowhere: that there were words does.
    const words = 'personal: true\n        max_length: 500\n  fault.status:';
    expect(await told([words, words.replace('500', '50')])).toEqual([]);
    expect(await told([words, `required: true\n        ${words}`])).toEqual([
      {
        action: 'fault.report',
        property: 'description',
        detail: 'Give this string: the policy needs it.',
        count: 1,
        decision_ids: [bare],
      },
    ]);
    expect(long).not.toBe(bare);
  });

  it('goes from a mandate to a confirmed, executed, recorded decision, and refuses after the withdrawal', async () => {
    const mandate = await desk.mandate('P-1', 'P-2', ['billing', 'subscription'], ['C-1']);
    const opened = await desk.open('C-1', { number: PROXY_PHONE, mandateRef: mandate.ref });
    const callId = opened.body.call.id;
    const explain = () => desk.decide(callId, 'invoice.explain');

    expect(await explain()).toMatchObject({ outcome: 'verify_caller', reason: 'caller_level_too_low' });
    await desk.identify(callId);
    expect(await explain()).toMatchObject({
      outcome: 'permit',
      authority: { kind: 'mandate', mandate_ids: [mandate.id] },
    });

    const terminate = { name: 'contract.terminate' };
    expect(await desk.decide(callId, terminate.name)).toMatchObject({
      outcome: 'ask_holder',
      reason: 'holder_confirmation_required',
      next_steps: [{ type: 'ask_holder', holders: 1 }, { type: 'letter' }],
    });
    await desk.confirm(callId, [terminate]);
    expect(await desk.decide(callId, terminate.name)).toMatchObject({ outcome: 'permit' });
    const done = await desk.decide(callId, terminate.name, 'execute');
    expect(done).toMatchObject({ outcome: 'permit', execution_id: expect.any(String) });
    const again = await desk.decide(callId, terminate.name, 'execute');
    expect(again).toMatchObject({ outcome: 'ask_holder', reason: 'holder_confirmation_required' });
    expect(again.execution_id).toBeUndefined();

    const notice = await desk.message('person_id', holderId, 'action_executed');
    expect(notice.body).toContain('Willem Verzonnen');

    await desk.expectSuccess(desk.post('crm', `/v1/mandates/${mandate.id}/withdraw`));
    expect(await explain()).toMatchObject({ outcome: 'deny', reason: 'mandate_withdrawn' });
  });

  it('hands the phone over: the one who comes is identified anew, and what was proved stays with who left', async () => {
    await desk.mandate('P-1', 'P-2', ['faults'], ['C-1']);
    const opened = await desk.open('C-1', { as: 'holder', number: HOLDER_PHONE });
    const callId = opened.body.call.id;
    await desk.identify(callId);
    expect(await desk.decide(callId, 'invoice.explain')).toMatchObject({
      outcome: 'permit',
      authority: { kind: 'holder' },
    });
    const handed = await desk.post('agent', `/v1/calls/${callId}/caller`, { as: 'proxy', name: 'Willem Verzonnen' });
    expect(handed.status).toBe(200);
    expect(await desk.decide(callId, 'fault.status')).toMatchObject({ outcome: 'verify_caller', had: { caller: 0 } });
    expect(await desk.decide(callId, 'invoice.explain')).toMatchObject({ outcome: 'deny', reason: 'no_mandate' });
    const back = await desk.post('agent', `/v1/calls/${callId}/caller`, { as: 'holder' });
    expect(back.status).toBe(200);
    expect(await desk.decide(callId, 'invoice.explain')).toMatchObject({ outcome: 'permit' });
  });

  it('opens a call once under one Idempotency-Key, and decides anew each time', async () => {
    const mandate = await desk.mandate('P-1', 'P-2', ['appointments'], ['C-1']);
    const body = {
      channel: 'phone',
      contract_ref: 'C-1',
      claim: { as: 'proxy', mandate_ref: mandate.ref, calling_number: PROXY_PHONE },
    };
    const open = () => desk.post('agent', '/v1/calls', body, { 'idempotency-key': 'open-once' });
    const action = 'appointment.cancel';
    const of = (answer: Awaited<ReturnType<typeof open>>) =>
      answer.body.check.decisions.find((decision: { action: string }) => decision.action === action);
    const first = await open();
    expect(of(first).reason).not.toBe('no_mandate');
    await desk.expectSuccess(desk.post('crm', `/v1/mandates/${mandate.id}/withdraw`, { silent: true }));
    const second = await open();
    expect(second.status).toBe(201);
    expect(second.body.call.id).toBe(first.body.call.id);
    expect(of(second)).toMatchObject({ outcome: 'deny', reason: 'no_mandate' });
  });

  it('never repeats an advice from memory', async () => {
    const opened = await desk.open('C-1', { as: 'holder', number: HOLDER_PHONE });
    const callId = opened.body.call.id;
    const check = () =>
      desk.post(
        'agent',
        `/v1/calls/${callId}/checks`,
        { actions: [{ name: 'invoice.explain' }] },
        { 'idempotency-key': 'advice' },
      );
    expect((await check()).body.decisions[0].outcome).toBe('verify_caller');
    await desk.identify(callId);
    expect((await check()).body.decisions[0].outcome).toBe('permit');
  });

  it('takes a number for proof only once it has aged', async () => {
    await desk.person('P-5', { name: 'Nora Denkbeeld', phone: '+49 30 23125 005' });
    await desk.contract('C-5', ['P-5']);
    const level = async () => {
      const { body } = await desk.open('C-5', { as: 'holder', number: '+49 30 23125 005' });
      return (await desk.decide(body.call.id, 'invoice.explain')).had.caller;
    };
    expect(await level()).toBe(1);
    await desk.owner.query(
      "UPDATE contact_points SET changed_at = now() - interval '6 days 23 hours' WHERE person_id = (SELECT id FROM people WHERE crm_ref = 'P-5')",
    );
    expect(await level()).toBe(0);
  });

  it('stops with the contract: nothing more is decided on one that ended during the call', async () => {
    await desk.contract('C-6', ['P-1']);
    const opened = await desk.open('C-6', { as: 'holder', number: HOLDER_PHONE });
    await desk.owner.query("UPDATE contracts SET ended_at = now() WHERE contract_ref = 'C-6'");
    const answer = await desk.check(opened.body.call.id, ['complaint.register']);
    expect([answer.status, answer.body.code]).toEqual([409, 'call_ended']);
  });

  describe('a check by the fast lane', () => {
    /** What differs between two answers to one question: ids of its own and times. */
    const settled = ({ status, body, headers }: Answer): unknown => ({
      status,
      headers: [...headers.keys()].toSorted(),
      type: headers.get('content-type'),
      length: headers.get('content-length'),
      cache: headers.get('cache-control'),
      body: JSON.parse(
        JSON.stringify(body)
          .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'id')
          .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'time'),
      ),
    });

    it('is answered to the letter as by the controller, whatever is asked, in both languages', async () => {
      const { body } = await desk.open('C-1', { number: PROXY_PHONE, name: 'Willem Verzonnen' });
      const path = `/v1/calls/${body.call.id}/checks`;
      const unknown = '/v1/calls/00000000-0000-4000-8000-000000000000/checks';
      const three = { actions: [{ name: 'invoice.explain' }, { name: 'no.such' }, { name: 'contract.change' }] };
      const questions: [path: string, body: unknown][] = [
        [path, {}],
        [path, three],
        [path, { actions: [{ name: 'goodwill.credit', properties: { amount: 25 } }], purpose: 'advise' }],
        [path, { actions: [{ name: 'goodwill.credit', properties: { amount: 'much' } }] }],
        [path, { actions: [] }],
        [path, { actions: [[{ name: 'invoice.explain' }]] }],
        [path, { actions: [{ name: 'invoice.explain', properties: null }], purpose: null }],
        [path, { actions: null }],
        [path, { actions: [{ name: 'invoice.explain' }, { name: 'invoice.explain' }] }],
        [path, { more: 1 }],
        [path, []],
        [unknown, three],
        ['/v1/calls/nonsense/checks', three],
      ];
      for (const [where, question] of questions) {
        for (const language of ['nl', 'en', 'de']) {
          const headers = { 'accept-language': language };
          const fast = await desk.post('agent', where, question, headers);
          // A key for repeating makes it an unusual request, although an answer is never repeated from memory.
          const ordinary = await desk.post('agent', where, question, { ...headers, 'idempotency-key': 'once' });
          expect([question, settled(fast)]).toEqual([question, settled(ordinary)]);
        }
      }
    });

    it('is for nobody who may not ask: wrong scope, no agent, an agent who left, a revoked key', async () => {
      const { body } = await desk.open('C-1', { name: 'Willem Verzonnen' });
      const path = `/v1/calls/${body.call.id}/checks`;
      const ask = (scope: 'agent' | 'crm' | 'admin' | 'privacy', headers = {}) => desk.post(scope, path, {}, headers);
      expect((await ask('agent')).status).toBe(200);
      expect((await ask('crm')).status).toBe(200);
      expect((await ask('admin')).status).toBe(403);
      expect((await ask('privacy')).status).toBe(403);
      expect((await ask('agent', { 'mandaat-agent': 'A-2' })).status).toBe(404);
      expect((await ask('agent', { 'mandaat-agent': 'A-9' })).status).toBe(403);
      expect((await ask('crm', { 'mandaat-agent': 'A-1' })).status).toBe(200);
      expect((await ask('agent', { authorization: 'Bearer nonsense' })).status).toBe(401);

      await desk.put('admin', '/v1/agents/A-1', { role: 'agent', team: 'service', is_active: false });
      expect((await ask('agent')).status).toBe(403);
      await desk.put('admin', '/v1/agents/A-1', { role: 'agent', team: 'service', is_active: true });
      expect((await ask('agent')).status).toBe(200);

      const other = await makeKey(desk.api, 'crm');
      const authorization = `Bearer ${other.text}`;
      expect((await ask('crm', { authorization })).status).toBe(200);
      await desk.api.app.get(KeysService, { strict: false }).revoke(other.key.id, 'test');
      expect((await ask('crm', { authorization })).status).toBe(401);
    });
  });

  it('shows the policy to everybody: every scope and action, and other ways where a channel takes nobody for another', async () => {
    const page = async (language: string): Promise<string> =>
      (await fetch(`${desk.api.url}/portal/limits?lang=${language}`)).text();
    const load = (document: string): Promise<Answer> =>
      desk.expectSuccess(desk.post('admin', '/v1/policies', { document }));
    const telecom = readFileSync('policies/telecom.yaml', 'utf8');
    const named = parse(telecom) as Record<'scopes' | 'actions', Record<string, { title: Record<string, string> }>>;
    for (const language of ['nl', 'en']) {
      const text = await page(language);
      const titles = [...Object.values(named.scopes), ...Object.values(named.actions)].map(
        ({ title }) => title[language],
      );
      expect(titles.length).toBeGreaterThan(30);
      expect(titles.filter((title = '?') => !text.includes(`>${title}</h`))).toEqual([]);
    }
    expect(await page('nl')).toContain('Kan niet op sociale media: daar regelen we niets voor een ander. Wel');
    const other = telecom
      .replace('alternatives: [phone, chat, desk, letter]', 'alternatives: [letter]')
      .replace('Een factuur uitleggen', 'Een rekening doornemen');
    await load(other);
    await until(async () => (await page('nl')).includes('Een rekening doornemen'), BEFORE_IT_IS_FORGOTTEN);
    const changed = await page('nl');
    expect(changed).not.toContain('Een factuur uitleggen');
    expect(changed).toMatch(/Kan niet op sociale media: daar regelen we niets voor een ander\. Wel per brief\./);
    await load(telecom);
  });
});
