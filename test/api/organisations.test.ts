import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { generateSync } from 'otplib';
import { DataSource } from 'typeorm';

import type { PersonId } from '../../src/policy/ids.ts';
import { SessionsService } from '../../src/sessions/sessions.service.ts';
import { type Answer, Desk } from '../support/desk.ts';
import { type Me, type PlainBrowser, Visitor } from '../support/visitor.ts';

const LONG_AGO = '2020-01-01T00:00:00Z';
const ORGANISATION = '+44 7700 900271';
const FIRST = '+44 7700 900272';
const SECOND = '+44 7700 900273';
const STRANGER = '+44 7700 900274';
const HOLDER = '+44 7700 900275';

let desk: Desk;
let visitor: Visitor;
let first: Me;
let second: Me;
let stranger: Me;
let holder: Me;
let browser: PlainBrowser;
const ids: Record<string, string> = {};

beforeAll(async () => {
  desk = await Desk.open();
  visitor = new Visitor(desk);
  const points = [{ kind: 'phone', value: ORGANISATION, verified_at: LONG_AGO }];
  const organisation = { kind: 'organisation', name: 'Verzonnen Bakkerij', language: 'nl', contact_points: points };
  await desk.put('crm', '/v1/people/O-1', organisation);
  await desk.put('crm', '/v1/people/O-2', { ...organisation, name: 'Fictief Vervoer', contact_points: [] });
  await desk.owner.query('UPDATE contact_points SET changed_at = $1', [LONG_AGO]);
  ids['A'] = await desk.person('P-A', { phone: FIRST, name: 'A. Voorbeeld' });
  ids['B'] = await desk.person('P-B', { phone: SECOND, name: 'B. Verzonnen' });
  await desk.person('P-S', { phone: STRANGER, name: 'S. Nergens' });
  await desk.person('P-H', { phone: HOLDER, name: 'H. Fictief' });
  await desk.contract('C-O', ['O-1']);
  await desk.contract('C-O2', ['O-1']);
  await desk.contract('C-X', ['O-2']);
  await desk.contract('C-H', ['P-H']);
  const { rows } = await desk.owner.query<{ ref: string; id: string }>(
    "SELECT crm_ref AS ref, id FROM people WHERE kind = 'organisation'",
  );
  for (const { ref, id } of rows) ids[ref] = id;
  first = await visitor.signIn(FIRST);
  second = await visitor.signIn(SECOND);
  stranger = await visitor.signIn(STRANGER);
  holder = await visitor.signIn(HOLDER);
  browser = visitor.browser();
  await browser.signIn(FIRST);
});
afterAll(() => desk.close());
beforeEach(async () => {
  await desk.owner.query(
    `UPDATE mandates SET state = 'ended', ending = 'expired', ended_at = now() WHERE state <> 'ended'`,
  );
  await desk.owner.query('DELETE FROM code_budget_entries');
  await desk.owner.query("UPDATE messages SET queued_at = queued_at - interval '1 day'");
  await atStrength(2);
});

/** Makes somebody a contact person, by an extract that the CRM has seen; accepted. */
async function contact(proxy: string, rule: string, more: Record<string, unknown> = {}): Promise<string> {
  const { body } = await desk.expectSuccess(
    desk.post('crm', '/v1/mandates', {
      holder: 'O-1',
      proxy,
      scopes: ['billing', 'subscription'],
      contracts: ['C-O'],
      contact_rule: rule,
      form: 'portal',
      ...more,
    }),
  );
  await desk.owner.query("UPDATE mandates SET state = 'active', accepted_at = now() WHERE id = $1", [body.id]);
  return body.id;
}

/** A call of this contact person, identified. */
async function calling(number: string): Promise<string> {
  const { body } = await desk.expectSuccess(desk.open('C-O', { number }));
  await desk.identify(body.call.id);
  return body.call.id;
}

const give = (me: Me, more: Record<string, unknown> = {}, organisation = ids['O-1']): Promise<Answer> =>
  me.send('POST', `/v1/me/organisations/${organisation}/mandates`, {
    proxy: { name: 'P. Anders', contact: { kind: 'phone', value: '+44 7700 900279' } },
    scopes: ['billing'],
    contracts: ['C-O'],
    ...more,
  });
const atStrength = (strength: number) => desk.owner.query('UPDATE sessions SET strength = $1', [strength]);

describe('contact persons of an organisation', () => {
  it('act alone where each speaks alone', async () => {
    await contact('P-A', 'several');
    await contact('P-B', 'several');
    expect(await desk.decide(await calling(FIRST), 'invoice.explain')).toMatchObject({ outcome: 'permit' });
  });

  it('act together where they speak jointly: the code goes to the other one, who is told for whom', async () => {
    await contact('P-A', 'joint');
    await contact('P-B', 'joint');
    const callId = await calling(FIRST);
    const asked = await desk.decide(callId, 'invoice.explain');
    expect(asked).toMatchObject({ outcome: 'ask_holder', reason: 'joint_holder_missing' });
    const actions = [{ name: 'invoice.explain' }];
    const { body } = await desk.expectSuccess(desk.post('agent', `/v1/calls/${callId}/confirmations`, { actions }));
    expect(body.confirmations).toHaveLength(1);
    const { id } = body.confirmations[0];
    const message = await desk.message('person_id', ids['B'] ?? '', 'action_code');
    expect(message.body).toContain('"A. Voorbeeld" vraagt ons namens "Verzonnen Bakkerij"');
    const [question] = (await second.get('/v1/me/confirmations')).body;
    expect(question).toMatchObject({ id, caller: 'A. Voorbeeld', behalf: 'Verzonnen Bakkerij' });
    const code = await desk.codeOf(id);
    const typed = await desk.post('agent', `/v1/confirmations/${id}/attempts`, { code, call_id: callId, actions });
    expect(typed.body).toMatchObject({ accepted: true });
    const done = await desk.decide(callId, 'invoice.explain', 'execute');
    expect(done).toMatchObject({ outcome: 'permit', authority: { kind: 'mandate' } });
    expect(done.authority.mandate_ids).toHaveLength(2);
    // It was for once.
    expect(await desk.decide(callId, 'invoice.explain')).toMatchObject({ outcome: 'ask_holder' });
  });

  it('are asked over the standard’s wire, where the yes of one of several is enough', async () => {
    await desk.person('P-Q', { name: 'Q. Voorbeeld', phone: '+44 7700 900288' });
    await contact('P-A', 'joint');
    for (const other of ['P-B', 'P-Q']) await contact(other, 'several');
    const callId = await calling(FIRST);
    const [action, resource] = [{ name: 'invoice.explain' }, { type: 'contract', id: 'C-O' }];
    const context = { call_id: callId };
    const asked = { subject: { type: 'caller', id: callId }, action, resource, context };
    const denied = await desk.expectSuccess(desk.post('agent', '/access/v1/evaluation', asked));
    const { evaluation_id, access_request } = denied.body.context;
    const denial = { evaluation_id, ...access_request };
    const { body } = await desk.expectSuccess(desk.post('agent', '/access/v1/requests', { ...asked, denial }));
    const { rows } = await desk.owner.query<{ id: string }>(
      "SELECT id FROM codes WHERE call_id = $1 AND purpose = 'action' AND person_id = $2",
      [callId, ids['B']],
    );
    const [{ id: codeId } = { id: '' }] = rows;
    const tried = { code: await desk.codeOf(codeId), call_id: callId, actions: [action] };
    await desk.expectSuccess(desk.post('agent', `/v1/confirmations/${codeId}/attempts`, tried));
    const { body: told } = await desk.get('agent', `/access/v1/requests/${body.task.id}`);
    expect(told.task.status).toBe('approved');
    const again = { ...asked, context: { ...context, approval: told.result.approval, purpose: 'execute' } };
    expect((await desk.post('agent', '/access/v1/evaluation', again)).body).toMatchObject({ decision: true });
  });

  it('of two organisations that must both agree are asked for the one, and then for the other', async () => {
    await desk.contract('C-BOTH', ['O-1', 'O-2'], { jointRule: 'all' });
    for (const proxy of ['P-A', 'P-B']) {
      await contact(proxy, 'joint', { contracts: ['C-BOTH'] });
      await contact(proxy, 'joint', { holder: 'O-2', contracts: ['C-BOTH'] });
    }
    const { body } = await desk.expectSuccess(desk.open('C-BOTH', { number: FIRST }));
    const callId = body.call.id as string;
    await desk.identify(callId);
    const actions = [{ name: 'invoice.explain' }];
    const messages: string[] = [];
    for (let question = 1; question <= 2; question += 1) {
      expect(await desk.decide(callId, 'invoice.explain')).toMatchObject({ outcome: 'ask_holder' });
      const asked = await desk.expectSuccess(desk.post('agent', `/v1/calls/${callId}/confirmations`, { actions }));
      // Somebody with two messages would have to guess which code counts.
      expect(asked.body.confirmations).toHaveLength(1);
      const [{ id }] = asked.body.confirmations;
      messages.push((await desk.message('code_id', id, 'action_code')).body);
      const tried = { code: await desk.codeOf(id), call_id: callId, actions };
      const typed = await desk.post('agent', `/v1/confirmations/${id}/attempts`, tried);
      expect(typed.body).toMatchObject({ accepted: true });
    }
    // Each says for whom it is asked.
    for (const name of ['Verzonnen Bakkerij', 'Fictief Vervoer']) {
      expect(messages.filter((message) => message.includes(`namens "${name}"`))).toHaveLength(1);
    }
    const done = await desk.decide(callId, 'invoice.explain', 'execute');
    expect(done).toMatchObject({ outcome: 'permit', authority: { kind: 'mandate' } });
    expect(new Set(done.authority.mandate_ids).size).toBe(4);
  });

  it('are out at once when their mandate is withdrawn, also after their yes', async () => {
    await contact('P-A', 'joint');
    const other = await contact('P-B', 'joint');
    const callId = await calling(FIRST);
    await desk.confirm(callId, [{ name: 'invoice.explain' }]);
    expect(await desk.decide(callId, 'invoice.explain')).toMatchObject({ outcome: 'permit' });
    await desk.expectSuccess(desk.post('crm', `/v1/mandates/${other}/withdraw`));
    expect(await desk.decide(callId, 'invoice.explain', 'execute')).toMatchObject({
      outcome: 'deny',
      reason: 'joint_holder_missing',
    });
    expect((await second.get(`/v1/me/organisations/${ids['O-1']}`)).status).toBe(404);
  });

  it('speak for it instead of itself: neither on the phone nor in the self-service is it there on its own', async () => {
    const onThePhone = async (): Promise<string> => {
      const { body } = await desk.expectSuccess(desk.open('C-O', { as: 'holder', number: ORGANISATION }));
      await desk.identify(body.call.id);
      return (await desk.decide(body.call.id, 'invoice.explain')).outcome;
    };
    expect(await onThePhone()).toBe('permit');
    await expect(visitor.signIn(ORGANISATION)).resolves.toBeDefined();
    await contact('P-A', 'joint');
    await desk.owner.query('DELETE FROM code_budget_entries');
    expect(await onThePhone()).toBe('deny');
    const { id } = await visitor.ask(ORGANISATION);
    await desk.addressed();
    expect((await visitor.attempt(id, '000000')).body).toMatchObject({ accepted: false });
    const { rows } = await desk.owner.query('SELECT person_id FROM codes WHERE id = $1', [id]);
    expect(rows).toEqual([{ person_id: null }]);
    // Nor by a passkey or a login that it has from before.
    const { manager } = desk.api.app.get(DataSource);
    const opened = desk.api.app
      .get(SessionsService, { strict: false })
      .open(manager, new Date(), ids['O-1'] as PersonId, { method: 'openid', level: 3 });
    await expect(opened).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('end what it did on its own: its session, and what it says on its telephone', async () => {
    const own = await visitor.signIn(ORGANISATION);
    const { body } = await desk.expectSuccess(desk.open('C-O', { as: 'holder', number: ORGANISATION }));
    await desk.identify(body.call.id);
    const said = (): Promise<Answer> =>
      desk.post('agent', '/v1/mandates', {
        holder: 'O-1',
        proxy: 'P-S',
        scopes: ['billing'],
        contracts: ['C-O'],
        form: 'oral',
        call_id: body.call.id,
      });
    expect((await own.get('/v1/me')).status).toBe(200);
    const before = await said();
    expect(before.status).toBe(201);
    await desk.expectSuccess(desk.post('crm', `/v1/mandates/${before.body.id}/withdraw`));
    const mandateId = await contact('P-A', 'several');
    expect((await own.get('/v1/me')).status).toBe(401);
    expect(await said()).toMatchObject({ status: 400, body: { errors: [{ pointer: '/form' }] } });
    // Nobody has to sign in again because there was somebody for a while.
    await desk.expectSuccess(desk.post('crm', `/v1/mandates/${mandateId}/withdraw`));
    expect((await said()).status).toBe(201);
  });

  it('speak no more once something happened to them', async () => {
    await contact('P-S', 'several');
    const here = `/v1/me/organisations/${ids['O-1']}`;
    expect((await stranger.get(here)).status).toBe(200);
    const event = { person: 'P-S', kind: 'curatele', occurred_on: '2026-01-20', reported_by: 'relative' };
    const { body } = await desk.expectSuccess(desk.post('agent', '/v1/life-events', event));
    expect((await stranger.get(here)).status).toBe(404);
    await desk.expectSuccess(desk.post('agent', `/v1/life-events/${body.id}/reject`, {}, { 'mandaat-agent': 'A-2' }));
    expect((await stranger.get(here)).status).toBe(200);
  });

  it('are registered of organisations and people alone, and never by word on the phone', async () => {
    const wish = { scopes: ['billing'], contact_rule: 'several', form: 'portal' };
    const faults = async (more: Record<string, unknown>): Promise<string[]> => {
      const { status, body } = await desk.post('crm', '/v1/mandates', { ...wish, ...more });
      expect(status).toBe(400);
      return body.errors.map(({ pointer }: { pointer: string }) => pointer);
    };
    expect(await faults({ holder: 'P-H', proxy: 'P-A', contracts: ['C-H'] })).toEqual(['/contact_rule']);
    expect(await faults({ holder: 'O-1', proxy: 'O-2', contracts: ['C-O'] })).toEqual(['/proxy']);
    expect(await faults({ holder: 'O-1', proxy: 'P-A', contracts: ['C-O'], may_pass_on: true })).toEqual([
      '/may_pass_on',
    ]);
  });

  it('are taken down from an extract by two employees, and then the organisation says yes', async () => {
    const paper = { reference: 'UITTREKSEL-17', sha256: '0'.repeat(64) };
    const wish = { holder: 'O-1', proxy: 'P-A', scopes: ['billing'], contracts: ['C-O'], contact_rule: 'joint' };
    const { body } = await desk.expectSuccess(
      desk.post('agent', '/v1/registrations', { ...wish, form: 'letter', paper, route: 'sms' }),
    );
    expect(body).toMatchObject({ contact_rule: 'joint', state: 'waiting' });
    const second = { 'mandaat-agent': 'A-2' };
    const approved = await desk.expectSuccess(desk.post('agent', `/v1/registrations/${body.id}/approve`, {}, second));
    const code = await desk.codeOf(approved.body.confirmation_id);
    const { link } = await desk.message('code_id', approved.body.confirmation_id);
    expect(link).not.toBeNull();
    const typed = await desk.post(
      'agent',
      `/v1/confirmations/${approved.body.confirmation_id}/attempts`,
      { code },
      { 'mandaat-agent': 'A-1' },
    );
    expect(typed.body).toMatchObject({ accepted: true });
    const { body: known } = await desk.get('crm', `/v1/mandates/${body.mandate_id}`);
    expect(known).toMatchObject({ state: 'pending_acceptance', contact_rule: 'joint', strength: { level: 2 } });
  });
});

describe('in the place of an organisation', () => {
  it('a contact person sees it, its mandates and what happened; for others it does not exist', async () => {
    await contact('P-A', 'several');
    const { body: list } = await first.get('/v1/me/organisations');
    expect(list).toEqual([
      expect.objectContaining({ id: ids['O-1'], name: 'Verzonnen Bakkerij', rule: 'several', contracts: ['C-O'] }),
    ]);
    const here = `/v1/me/organisations/${ids['O-1']}`;
    expect((await first.get(`${here}/mandates`)).body.mandates).toHaveLength(1);
    expect((await first.get(`${here}/activity`)).body.entries.length).toBeGreaterThan(0);
    expect((await stranger.get('/v1/me/organisations')).body).toEqual([]);
    const absent = await stranger.get('/v1/me/organisations/11111111-2222-4333-8444-555555555555');
    for (const path of ['', '/mandates', '/activity']) {
      const foreign = await stranger.get(`${here}${path}`);
      expect([path, foreign.status]).toEqual([path, 404]);
      expect([foreign.body.code, foreign.body.detail]).toEqual([absent.body.code, absent.body.detail]);
    }
    expect((await give(stranger)).status).toBe(404);
    expect((await give(first, { contracts: ['C-X'] }, ids['O-2'])).status).toBe(404);
  });

  it('who speaks alone gives at once in a strong session, and never more than they may do themselves', async () => {
    await contact('P-A', 'several', { form: 'portal' });
    await desk.owner.query('UPDATE mandate_evidence SET session_strength = 3');
    await atStrength(3);
    const beyond = await give(first, { scopes: ['faults'] });
    expect(beyond).toMatchObject({ status: 400, body: { errors: [{ pointer: '/scopes' }] } });
    expect((await give(first, { contracts: ['C-O2'] })).status).toBe(400);
    expect((await give(first, { ends_at: '2030-01-01' })).status).toBe(400);
    const { body } = await desk.expectSuccess(give(first));
    expect(body).toMatchObject({ state: 'pending_acceptance', side: 'holder', confirmation: null });
    // The proxy is no contact person: nobody becomes one here.
    expect(body.contact_rule).toBeNull();
  });

  it('of somebody whose own mandate is weak, the organisation itself confirms it', async () => {
    await contact('P-A', 'several', { ends_at: '2030-06-30' });
    await desk.owner.query('UPDATE mandate_evidence SET session_strength = 2');
    await atStrength(3);
    const { body } = await desk.expectSuccess(give(first));
    expect(body).toMatchObject({ state: 'draft', side: 'holder', holder: 'Verzonnen Bakkerij', contact_rule: null });
    const { rows } = await desk.owner.query('SELECT person_id FROM codes WHERE id = $1', [body.confirmation.id]);
    expect(rows).toEqual([{ person_id: ids['O-1'] }]);
  });

  it('who speaks jointly gives nothing until another contact person typed the code', async () => {
    await contact('P-A', 'joint', { ends_at: '2030-06-30' });
    await desk.owner.query('UPDATE mandate_evidence SET session_strength = 3');
    await atStrength(3);
    expect((await give(first)).status).toBe(403);
    await contact('P-B', 'joint', { ends_at: '2030-06-30' });
    const { body } = await desk.expectSuccess(give(first));
    expect(body).toMatchObject({ state: 'draft' });
    const { id } = body.confirmation;
    const { body: words, link } = await desk.message('code_id', id);
    expect(words).toContain('namens "Verzonnen Bakkerij"');
    expect(words).toContain('Een andere contactpersoon vraagt dit.');
    const answered = await fetch(`${desk.api.url}${new URL(link ?? '').pathname}`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: `code=${await desk.codeOf(id)}`,
      redirect: 'manual',
    });
    expect(answered.status).toBeLessThan(400);
    const { body: given } = await desk.get('crm', `/v1/mandates/${body.id}`);
    expect(given).toMatchObject({ state: 'pending_acceptance', strength: { level: 2 } });
    const path = `/v1/me/organisations/${ids['O-1']}/mandates/${body.id}`;
    expect((await first.get(`${path}/acceptance-code`)).body.code).toMatch(/^[0-9A-Z]{4}-[0-9A-Z]{4}$/);
    expect((await stranger.get(`${path}/acceptance-code`)).status).toBe(404);
    // Taking away takes one.
    expect((await second.send('POST', `${path}/withdraw`)).body).toMatchObject({ state: 'ended', is_silent: false });
    const { rows } = await desk.owner.query<{ actor: string }>(
      "SELECT actor FROM audit_records WHERE kind = 'mandate.withdrawn' ORDER BY recorded_at DESC LIMIT 1",
    );
    expect(rows[0]?.actor).toContain(`person:${ids['B']} `);
  });

  it('who speaks jointly asks whoever of the others can be reached', async () => {
    await desk.person('P-C', { name: 'C. Zonder Telefoon' });
    await contact('P-A', 'joint');
    await contact('P-C', 'joint');
    const alone = await give(first);
    expect(alone).toMatchObject({ status: 409, body: { code: 'no_usable_contact_point' } });
    await contact('P-B', 'joint');
    const { body } = await desk.expectSuccess(give(first));
    const { rows } = await desk.owner.query('SELECT person_id FROM codes WHERE id = $1', [body.confirmation.id]);
    expect(rows).toEqual([{ person_id: ids['B'] }]);
  });

  it('the pages do the same', async () => {
    await contact('P-A', 'several', { ends_at: '2030-06-30' });
    await desk.owner.query('UPDATE mandate_evidence SET session_strength = 3');
    await atStrength(3);
    const here = `/portal/organisations/${ids['O-1']}`;
    expect((await browser.get('/portal/organisations')).text).toContain('Verzonnen Bakkerij');
    await browser.get(`${here}/new`);
    const form = { name: 'Q. Anders', contact: '+44 7700 900278', 'scope.billing': 'yes' };
    const wrong = await browser.submit(`${here}/mandates`, form);
    expect([wrong.status, wrong.text.includes('href="#contract"')]).toEqual([400, true]);
    const given = await browser.submit(`${here}/mandates`, { ...form, 'contract.C-O': 'yes', ends_at: '2029-12-31' });
    expect(given).toMatchObject({ status: 303, location: `${here}?done=given` });
    const shown = await browser.get(`${here}?done=given`);
    expect(shown.text).toContain('Q. Anders');
    const action = /action="([^"]*)"[^>]*>(?:(?!<\/form>)[\s\S])*Q\. Anders/.exec(shown.text)?.[1] ?? '';
    expect((await browser.submit(action, {})).location).toBe(`${here}?done=withdrawn`);
    expect((await browser.get(here)).text).not.toContain('Q. Anders</h3>');
    expect((await browser.get(`/portal/organisations/${ids['O-2']}`)).status).toBe(404);
  });
});

describe('software that calls for a holder', () => {
  const program = {
    name: 'Verzonnen programma',
    operator: { kind: 'email', value: 'maker@example.nl' },
    scopes: ['billing'],
    contracts: ['C-H'],
  };

  async function declared(more: Record<string, unknown> = {}): Promise<Answer['body']> {
    await atStrength(3);
    return (await desk.expectSuccess(holder.send('POST', '/v1/me/software', { ...program, ...more }))).body;
  }

  /** It calls, with its mandate's number and its own digits. */
  async function callOf(
    software: Answer['body'],
    isAnnounced: boolean,
    secret: string = software.secret,
  ): Promise<{ callId: string; accepted: boolean }> {
    const { rows } = await desk.owner.query<{ ref: string }>('SELECT mandate_ref AS ref FROM mandates WHERE id = $1', [
      software.mandate_id,
    ]);
    const claim = { as: 'proxy', mandate_ref: rows[0]?.ref, is_software: isAnnounced };
    const { body } = await desk.expectSuccess(
      desk.post('agent', '/v1/calls', { channel: 'chat', contract_ref: 'C-H', claim }),
    );
    await desk.owner.query('UPDATE authenticators SET last_step = -1');
    const totp = generateSync({ strategy: 'totp', secret });
    const path = `/v1/calls/${body.call.id}/verifications`;
    const shown = await desk.post('agent', path, { method: 'totp', totp });
    return { callId: body.call.id, accepted: shown.body.state === 'approved' };
  }

  it('is helped once it said what it is, is told of, and shows who it is with its own secret', async () => {
    const software = await declared();
    expect(software).toMatchObject({ ceiling: 2, confirmation: null });
    const { callId, accepted } = await callOf(software, true);
    expect(accepted).toBe(true);
    const decision = await desk.decide(callId, 'invoice.explain');
    expect(decision).toMatchObject({ outcome: 'permit', had: { caller: 2 }, obligations: [{ type: 'announce' }] });
    expect(decision.obligations[0].text).toContain('computerprogramma');
    // Its secret is told once.
    expect(JSON.stringify((await holder.get('/v1/me/software')).body)).not.toContain(software.secret);
  });

  it('is refused while it passes for a human being, whatever it shows', async () => {
    const { callId, accepted } = await callOf(await declared(), false);
    expect(accepted).toBe(true);
    expect(await desk.decide(callId, 'invoice.explain')).toMatchObject({
      outcome: 'deny',
      reason: 'caller_not_identified',
    });
    const { rows } = await desk.owner.query<{ ref: string }>(
      "SELECT mandate_ref AS ref FROM mandates WHERE state = 'active' ORDER BY created_at DESC LIMIT 1",
    );
    // It says so after all: the call goes on.
    const claim = { as: 'proxy', mandate_ref: rows[0]?.ref, is_software: true };
    await desk.expectSuccess(desk.post('agent', `/v1/calls/${callId}/caller`, claim));
    expect(await desk.decide(callId, 'invoice.explain')).toMatchObject({ outcome: 'permit' });
  });

  it('never counts for more than its ceiling', async () => {
    const low = await callOf(await declared({ ceiling: 1 }), true);
    expect(low.accepted).toBe(true);
    expect(await desk.decide(low.callId, 'invoice.explain')).toMatchObject({
      outcome: 'deny',
      reason: 'caller_level_too_low',
      had: { caller: 1 },
    });
    expect((await holder.send('POST', '/v1/me/software', { ...program, ceiling: 4 })).status).toBe(400);
  });

  it('is no human being: a person who is said to be software is nobody', async () => {
    const { ref } = await desk.mandate('P-H', 'P-A', ['billing'], ['C-H']);
    const open = async (isSoftware: boolean): Promise<string> => {
      const claim = { as: 'proxy', mandate_ref: ref, calling_number: FIRST, is_software: isSoftware };
      const { body } = await desk.expectSuccess(
        desk.post('agent', '/v1/calls', { channel: 'phone', contract_ref: 'C-H', claim }),
      );
      return body.call.id;
    };
    expect(await desk.decide(await open(true), 'invoice.explain')).toMatchObject({ reason: 'no_mandate' });
    const callId = await open(false);
    await desk.identify(callId);
    expect(await desk.decide(callId, 'invoice.explain')).toMatchObject({ outcome: 'permit', obligations: [] });
  });

  it('is out at once when its holder stops it; nobody else can', async () => {
    const software = await declared();
    const { callId } = await callOf(software, true);
    expect(await desk.decide(callId, 'invoice.explain')).toMatchObject({ outcome: 'permit' });
    const path = `/v1/me/software/${software.id}/revoke`;
    expect((await stranger.send('POST', path)).status).toBe(404);
    expect((await holder.send('POST', path)).status).toBe(204);
    expect((await holder.send('POST', path)).status).toBe(204);
    expect(await desk.decide(callId, 'invoice.explain', 'execute')).toMatchObject({ outcome: 'deny' });
    expect((await callOf(software, true)).accepted).toBe(false);
    expect(JSON.stringify((await holder.get('/v1/me/software')).body)).not.toContain(software.id);
  });

  it('counts for nothing in a weak session until its holder typed the code', async () => {
    await atStrength(2);
    const { body } = await desk.expectSuccess(holder.send('POST', '/v1/me/software', program));
    const { callId } = await callOf(body, true);
    expect(await desk.decide(callId, 'invoice.explain')).toMatchObject({ outcome: 'deny' });
    const path = `/v1/me/mandates/${body.mandate_id}/confirmations/${body.confirmation.id}/attempts`;
    const code = await desk.codeOf(body.confirmation.id);
    expect((await holder.send('POST', path, { code })).body).toMatchObject({ accepted: true });
    expect(await desk.decide(callId, 'invoice.explain')).toMatchObject({ outcome: 'permit' });
  });

  it('the pages do the same, and show the secret once', async () => {
    const own = visitor.browser();
    await own.signIn(HOLDER);
    await atStrength(3);
    await own.get('/portal/software/new');
    const form = { name: 'Programma Fictief', contact: 'maker@example.nl', ceiling: '1', 'scope.billing': 'yes' };
    expect((await own.submit('/portal/software', form)).status).toBe(400);
    const done = await own.submit('/portal/software', { ...form, 'contract.C-H': 'yes', ends_at: '2027-06-30' });
    expect(done.status).toBe(200);
    const secret = /mandaat-code">([A-Z2-7 ]+)</.exec(done.text)?.[1] ?? '';
    expect(secret.replaceAll(' ', '')).toMatch(/^[A-Z2-7]{32}$/);
    const list = await own.get('/portal/software');
    expect(list.text).toContain('Programma Fictief');
    expect(list.text).not.toContain(secret);
    // The newest comes last.
    const action = [...list.text.matchAll(/action="(\/portal\/software\/[^"]*\/revocation)"/g)].at(-1)?.[1] ?? '';
    expect((await own.submit(action, {})).location).toBe('/portal/software?revoked=yes');
    expect((await own.get('/portal/software')).text).not.toContain('Programma Fictief');
  });
});
