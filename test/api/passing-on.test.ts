import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { TO_ANY_POINT } from '../../src/messages/notices.service.ts';
import { Desk } from '../support/desk.ts';
import { type Me, type PlainBrowser, Visitor } from '../support/visitor.ts';

const HOLDER = '+44 7700 900261';
const PROXY = '+44 7700 900262';
const OTHER = '+44 7700 900263';
const STRANGER = '+44 7700 900264';
const O = { name: 'O. Verzonnen', contact: { kind: 'phone', value: OTHER } };

let desk: Desk;
let visitor: Visitor;
let holder: Me;
let proxy: Me;
let other: Me;
let stranger: Me;
let browser: PlainBrowser;
const ids: Record<string, string> = {};

beforeAll(async () => {
  desk = await Desk.open();
  visitor = new Visitor(desk);
  ids['P-1'] = await desk.person('P-1', { phone: HOLDER, name: 'H. Fictief' });
  ids['P-2'] = await desk.person('P-2', { phone: PROXY, name: 'G. Voorbeeld' });
  ids['P-3'] = await desk.person('P-3', { phone: OTHER, name: 'O. Verzonnen' });
  await desk.person('P-4', { phone: STRANGER, name: 'V. Nergens' });
  await desk.contract('C-1', ['P-1']);
  await desk.contract('C-2', ['P-1']);
  holder = await visitor.signIn(HOLDER);
  proxy = await visitor.signIn(PROXY);
  other = await visitor.signIn(OTHER);
  stranger = await visitor.signIn(STRANGER);
  browser = visitor.browser();
  await browser.signIn(PROXY);
});
afterAll(() => desk.close());
beforeEach(async () => {
  // In silence: no answer tells of it.
  await desk.owner.query(`UPDATE mandates SET state = 'ended', ending = 'withdrawn_by_holder', ended_at = now(),
    is_silent = true WHERE state <> 'ended'`);
  await desk.owner.query('DELETE FROM code_budget_entries');
  await desk.owner.query("UPDATE messages SET queued_at = queued_at - interval '1 day'");
});

/** A mandate that P-2 holds and may pass on. */
async function held(scopes = ['billing', 'faults', 'sim_and_number'], contracts = ['C-1', 'C-2']): Promise<string> {
  const { id } = await desk.mandate('P-1', 'P-2', scopes, contracts);
  await desk.owner.query('UPDATE mandates SET may_pass_on = true WHERE id = $1', [id]);
  return id;
}

const pathOf = (id: string): string => `/v1/me/mandates/${id}`;

/** Passes it on in a session of strength 2, and types the code: what P-3 has then is offered, and not accepted yet. */
async function passOn(parentId: string, more: Record<string, unknown> = {}): Promise<string> {
  const wish = { proxy: O, scopes: ['billing'], contracts: ['C-1'], ...more };
  const { body } = await desk.expectSuccess(proxy.send('POST', `${pathOf(parentId)}/sub-mandates`, wish));
  const code = await desk.codeOf(body.confirmation.id);
  const attempts = `${pathOf(body.id)}/confirmations/${body.confirmation.id}/attempts`;
  expect((await proxy.send('POST', attempts, { code })).body.accepted).toBe(true);
  return body.id;
}

/** The same, accepted by P-3. */
async function passedOn(parentId: string, more: Record<string, unknown> = {}): Promise<string> {
  const id = await passOn(parentId, more);
  const shown = await proxy.get(`${pathOf(id)}/acceptance-code`);
  const accepted = await other.send('POST', `${pathOf(id)}/acceptance`, { code: shown.body.code });
  expect(accepted.body.accepted).toBe(true);
  return id;
}

/** What P-3 may do on the phone. */
async function calling(contract = 'C-1'): Promise<string> {
  const { body } = await desk.expectSuccess(desk.open(contract, { number: OTHER, name: 'O. Verzonnen' }));
  await desk.owner.query('UPDATE calls SET caller_id = $2 WHERE id = $1', [body.call.id, ids['P-3']]);
  await desk.owner.query(
    `INSERT INTO verifications (id, call_id, person_id, method, route, verified_at)
     VALUES (gen_random_uuid(), $1, $2, 'code', 'sms', now() - interval '1 minute')`,
    [body.call.id, ids['P-3']],
  );
  return body.call.id;
}

describe('passing a mandate on', () => {
  it('goes the way of every mandate: a draft, a code to who passes it on, their acceptance code; and the holder hears it', async () => {
    const parentId = await held();
    const id = await passOn(parentId);
    const { body: given } = await proxy.get(pathOf(id));
    expect(given).toMatchObject({
      side: 'giver',
      state: 'pending_acceptance',
      holder: 'H. Fictief',
      proxy: 'O. Verzonnen',
      passed_on_by: 'G. Voorbeeld',
      parent_id: parentId,
      may_pass_on: false,
      strength: { level: 2 },
    });
    // What they say yes to, and hand on, is not theirs.
    const asked = await desk.message('person_id', ids['P-2'] ?? '', 'mandate_code');
    expect(asked.body).toContain('u machtigt "O. Verzonnen" namens "H. Fictief" voor');
    const handed = await desk.message('person_id', ids['P-2'] ?? '', 'acceptance_code');
    expect(handed.body).toContain('als die namens "H. Fictief" mag regelen');
    const told = await desk.message('person_id', ids['P-1'] ?? '', 'mandate_changed');
    expect(told.body).toContain('gegeven door iemand die u had gemachtigd');
    const invited = await desk.message('person_id', ids['P-3'] ?? '', 'invitation');
    expect(invited.body).toContain('"G. Voorbeeld" vraagt u om namens "H. Fictief" te regelen');
    expect(invited.body).toContain('Vraag "G. Voorbeeld" om de code');
    for (const [me, status] of [
      [holder, 404],
      [other, 404],
      [stranger, 404],
      [proxy, 200],
    ] as const) {
      expect((await me.get(`${pathOf(id)}/acceptance-code`)).status).toBe(status);
    }
    const { body: shown } = await proxy.get(`${pathOf(id)}/acceptance-code`);
    expect((await stranger.send('POST', `${pathOf(id)}/acceptance`, { code: shown.code })).status).toBe(404);
    expect((await other.send('POST', `${pathOf(id)}/acceptance`, { code: shown.code })).body.accepted).toBe(true);
    const decision = await desk.decide(await calling(), 'invoice.explain');
    expect(decision).toMatchObject({ outcome: 'permit', authority: { kind: 'mandate', mandate_ids: [id, parentId] } });
  });

  it('is seen by the holder with who passed it on, by who passed it on, and by nobody else', async () => {
    const parentId = await held();
    const id = await passedOn(parentId);
    const list = async (me: Me) => (await me.get(`${pathOf(parentId)}/sub-mandates`)).body.mandates;
    expect(await list(holder)).toMatchObject([{ id, passed_on_by: 'G. Voorbeeld', side: 'holder' }]);
    expect(await list(proxy)).toMatchObject([{ id, side: 'giver' }]);
    for (const me of [other, stranger]) expect((await me.get(`${pathOf(parentId)}/sub-mandates`)).status).toBe(404);
    const { body: mine } = await proxy.get('/v1/me/mandates?side=giver');
    expect(mine.mandates.map((one: { id: string }) => one.id)).toEqual([id]);
    const { body: got } = await other.get(pathOf(id));
    expect(got).toMatchObject({ side: 'proxy', holder: 'H. Fictief', passed_on_by: 'G. Voorbeeld' });
    expect((await stranger.get(pathOf(id))).status).toBe(404);
  });

  it('is approved at once in a session of strength 3, and is no stronger than what was passed on', async () => {
    const parentId = await held();
    await desk.owner.query('UPDATE sessions SET strength = 3 WHERE person_id = $1', [ids['P-2']]);
    const wish = { proxy: O, scopes: ['billing'], contracts: ['C-1'] };
    const { body } = await proxy.send('POST', `${pathOf(parentId)}/sub-mandates`, wish);
    await desk.owner.query('UPDATE sessions SET strength = 2 WHERE person_id = $1', [ids['P-2']]);
    expect(body).toMatchObject({ state: 'pending_acceptance', confirmation: null, strength: { level: 2 } });
  });

  it.each([
    ['a scope that the mandate has not', { scopes: ['subscription'] }, '/scopes/0'],
    ['a scope that the policy lets nobody pass on', { scopes: ['sim_and_number'] }, '/scopes/0'],
    ['a contract that it is not about', { contracts: ['C-9'] }, '/contracts/0'],
    ['longer than the mandate', { ends_at: '2031-01-01' }, '/ends_at'],
    ['the holder', { proxy: { name: 'H. Fictief', contact: { kind: 'phone', value: HOLDER } } }, '/proxy'],
    ['themselves', { proxy: { name: 'G. Voorbeeld', contact: { kind: 'phone', value: PROXY } } }, '/proxy'],
  ])('refuses %s', async (_what, more, pointer) => {
    const parentId = await held();
    const wish = { proxy: O, scopes: ['billing'], contracts: ['C-1'], ...more };
    const { status, body } = await proxy.send('POST', `${pathOf(parentId)}/sub-mandates`, wish);
    expect(status).toBe(400);
    expect(body.errors.map((one: { pointer: string }) => one.pointer)).toContain(pointer);
  });

  it('is for nobody but the proxy, where the holder said so, while it counts, and one step', async () => {
    const parentId = await held();
    const wish = { proxy: O, scopes: ['billing'], contracts: ['C-1'] };
    for (const me of [holder, other, stranger]) {
      expect((await me.send('POST', `${pathOf(parentId)}/sub-mandates`, wish)).status).toBe(404);
    }
    const id = await passedOn(parentId);
    const further = { ...wish, proxy: { name: 'V. Nergens', contact: { kind: 'phone', value: STRANGER } } };
    expect((await other.send('POST', `${pathOf(id)}/sub-mandates`, further)).status).toBe(403);
    expect((await proxy.send('POST', `${pathOf(parentId)}/sub-mandates`, wish)).body.code).toBe('invalid_state');
    // Nor does it say whether the holder gave them something themselves.
    await desk.mandate('P-1', 'P-4', ['faults'], ['C-1']);
    const again = await proxy.send('POST', `${pathOf(parentId)}/sub-mandates`, { ...further, scopes: ['faults'] });
    expect([again.status, again.body.code]).toEqual([409, 'invalid_state']);
    expect(again.body.detail).not.toMatch(/live mandate|covers/);
    await desk.expectSuccess(holder.send('POST', `${pathOf(parentId)}/suspend`));
    expect((await proxy.send('POST', `${pathOf(parentId)}/sub-mandates`, further)).status).toBe(409);
    const { id: plain } = await desk.mandate('P-1', 'P-2', ['appointments'], ['C-1']);
    const forbidden = { ...wish, scopes: ['appointments'] };
    expect((await proxy.send('POST', `${pathOf(plain)}/sub-mandates`, forbidden)).status).toBe(403);
    for (const me of [holder, proxy]) {
      const changed = await me.send('PATCH', pathOf(id), { scopes: ['faults'] }, { 'if-match': '"3"' });
      expect([404, 409]).toContain(changed.status);
    }
  });
});

describe('what was passed on', () => {
  it('rests with the mandate, at once, and works again with it', async () => {
    const parentId = await held();
    const id = await passedOn(parentId);
    const callId = await calling();
    const reason = async () => (await desk.decide(callId, 'invoice.explain')).reason;
    expect(await reason()).toBe('permitted');
    await desk.expectSuccess(holder.send('POST', `${pathOf(parentId)}/suspend`));
    expect(await reason()).toBe('mandate_suspended');
    expect((await other.get(pathOf(id))).body.state).toBe('suspended');
    await desk.expectSuccess(holder.send('POST', `${pathOf(parentId)}/resume`));
    expect(await reason()).toBe('permitted');
  });

  it('rests while who passed it on is separated from the holder, and cannot be passed on then', async () => {
    const parentId = await held();
    await desk.owner.query('UPDATE mandates SET while_partner = true WHERE id = $1', [parentId]);
    const id = await passedOn(parentId);
    const callId = await calling();
    const { rows } = await desk.owner.query<{ id: string }>(
      `INSERT INTO life_events (id, person_id, kind, occurred_on, reported_by, suspends_until, recorded_by, recorded_at)
       SELECT gen_random_uuid(), $1, 'separation', '2026-01-01', 'other', now() + interval '5 days', id, now()
       FROM agents LIMIT 1 RETURNING id`,
      [ids['P-2']],
    );
    expect((await desk.decide(callId, 'invoice.explain')).reason).toBe('mandate_suspended');
    expect((await other.get(pathOf(id))).body.state).toBe('suspended');
    const wish = { proxy: { name: 'V. Nergens', contact: { kind: 'phone', value: STRANGER } }, scopes: ['faults'] };
    const refused = await proxy.send('POST', `${pathOf(parentId)}/sub-mandates`, { ...wish, contracts: ['C-1'] });
    expect([refused.status, refused.body.code]).toEqual([409, 'invalid_state']);
    await desk.owner.query('DELETE FROM life_events WHERE id = $1', [rows[0]?.id]);
    expect((await desk.decide(callId, 'invoice.explain')).reason).toBe('permitted');
  });

  // First: what ended before and was told would be told here.
  it('ends in silence with a mandate that ended in silence: to its proxy, and to who passed it on, it never was', async () => {
    const parentId = await held();
    const id = await passedOn(parentId);
    const callId = await calling();
    await desk.expectSuccess(holder.send('POST', `${pathOf(parentId)}/withdraw`, { silent: true }));
    expect((await desk.decide(callId, 'invoice.explain')).reason).toBe('no_mandate');
    for (const me of [proxy, other]) expect((await me.get(pathOf(id))).status).toBe(404);
    expect((await holder.get(pathOf(id))).body).toMatchObject({ state: 'ended', is_silent: true });
  });

  /** Asked for by P-2, who has not typed the code. */
  const draft = async (parentId: string, scopes = ['billing']): Promise<{ id: string; codeId: string }> => {
    const wish = { proxy: O, scopes, contracts: ['C-1'] };
    const { body } = await desk.expectSuccess(proxy.send('POST', `${pathOf(parentId)}/sub-mandates`, wish));
    return { id: body.id, codeId: body.confirmation.id };
  };
  const toldOf = async (mandateId: string): Promise<string[]> => {
    const { rows } = await desk.owner.query<{ person_id: string }>(
      `SELECT person_id FROM messages WHERE template = 'mandate_changed' AND parameters->>'mandateId' = $1`,
      [mandateId],
    );
    return rows.map(({ person_id: personId }) => personId);
  };

  it('is the business of who passes it on alone until they say yes: nobody else hears that it was made less, or ended', async () => {
    const parentId = await held();
    const { id } = await draft(parentId, ['billing', 'faults']);
    const { body } = await holder.get(pathOf(parentId));
    const match = { 'if-match': `"${body.revision}"` };
    await desk.expectSuccess(holder.send('PATCH', pathOf(parentId), { scopes: ['billing'] }, match));
    expect((await proxy.get(pathOf(id))).body).toMatchObject({ state: 'draft', revision: 2 });
    expect(await toldOf(id)).toEqual([ids['P-2']]);
    await desk.expectSuccess(holder.send('POST', `${pathOf(parentId)}/withdraw`));
    expect(await toldOf(id)).toEqual([ids['P-2'], ids['P-2']]);
  });

  it('that who passes it on says no to is theirs to have ended, and no silence of the holder', async () => {
    const { id, codeId } = await draft(await held());
    const { link } = await desk.message('code_id', codeId);
    const { pathname } = new URL(link ?? '');
    expect((await visitor.browser().get(pathname)).text).toMatch(/Voor wie[^]*H\. Fictief/);
    expect((await visitor.browser().post(`${pathname}/no`, { block: 'no' })).status).toBe(303);
    expect((await proxy.get(pathOf(id))).body).toMatchObject({ state: 'ended', ending: 'withdrawn_by_proxy' });
    expect((await holder.get(pathOf(id))).body).toMatchObject({ is_silent: false });
    expect(await toldOf(id)).toEqual([ids['P-2']]);
    expect(JSON.stringify((await holder.get('/v1/me/activity')).body)).not.toContain(id);
  });

  it('with an employee beside who passes it on is still their own doing: invited wherever they say, and counted as theirs', async () => {
    const parentId = await held();
    const { id, codeId } = await draft(parentId);
    await desk.owner.query(
      `UPDATE mandate_evidence SET registered_by = 'agent:' || $1 || ' ' || registered_by WHERE mandate_id = $1`,
      [id],
    );
    const code = await desk.codeOf(codeId);
    await desk.expectSuccess(proxy.send('POST', `${pathOf(id)}/confirmations/${codeId}/attempts`, { code }));
    const { rows } = await desk.owner.query<{ id: string; parameters: Record<string, unknown> }>(
      `SELECT id, parameters FROM messages WHERE template = 'invitation' AND parameters->>'mandateId' = $1`,
      [id],
    );
    expect(rows.map(({ parameters }) => parameters[TO_ANY_POINT])).toEqual([1]);
    // Nine more, and the day's ten are spent.
    await desk.owner.query(
      `INSERT INTO messages SELECT (jsonb_populate_record(m, jsonb_build_object('id', gen_random_uuid()))).*
       FROM messages m, generate_series(1, 9) WHERE m.id = $1`,
      [rows[0]?.id],
    );
    const further = { proxy: { name: 'V. Nergens', contact: { kind: 'phone', value: STRANGER } }, contracts: ['C-1'] };
    const wish = { ...further, scopes: ['faults'] };
    const { status, body } = await proxy.send('POST', `${pathOf(parentId)}/sub-mandates`, wish);
    expect([status, body.code]).toEqual([429, 'code_budget_exhausted']);
  });

  it.each([
    ['withdrawn by the holder', () => holder, 'withdraw', 'withdrawn_by_holder'],
    ['laid down by its proxy', () => proxy, 'renounce', 'withdrawn_by_proxy'],
  ] as const)('ends with the mandate when that is %s, and everybody hears it', async (_how, me, verb, ending) => {
    const parentId = await held();
    const id = await passedOn(parentId);
    const callId = await calling();
    await desk.expectSuccess(me().send('POST', `${pathOf(parentId)}/${verb}`));
    expect((await desk.decide(callId, 'invoice.explain')).reason).toBe('mandate_withdrawn');
    expect((await other.get(pathOf(id))).body).toMatchObject({ state: 'ended', ending });
    for (const person of ['P-1', 'P-2', 'P-3']) {
      const told = await desk.message('person_id', ids[person] ?? '', 'mandate_changed');
      expect(told.body).toMatch(/ingetrokken|neergelegd/);
    }
  });

  it('is stopped by itself: by the holder, also in silence, and by who passed it on', async () => {
    const parentId = await held();
    const first = await passedOn(parentId);
    await desk.expectSuccess(holder.send('POST', `${pathOf(first)}/withdraw`));
    expect((await other.get(pathOf(first))).body.ending).toBe('withdrawn_by_holder');
    const second = await passedOn(parentId);
    expect((await stranger.send('POST', `${pathOf(second)}/withdraw`)).status).toBe(404);
    await desk.expectSuccess(proxy.send('POST', `${pathOf(second)}/withdraw`, { silent: true }));
    expect((await other.get(pathOf(second))).body).toMatchObject({ ending: 'withdrawn_by_proxy', is_silent: false });
    const third = await passedOn(parentId);
    await desk.expectSuccess(holder.send('POST', `${pathOf(third)}/withdraw`, { silent: true }));
    expect((await proxy.get(pathOf(third))).status).toBe(404);
    expect((await holder.get(pathOf(parentId))).body.state).toBe('active');
  });

  it('loses for good what the mandate loses, and is over when nothing is left or the holder forbids it', async () => {
    const parentId = await held(['billing', 'faults', 'appointments']);
    const id = await passedOn(parentId, { scopes: ['billing', 'faults'], contracts: ['C-1', 'C-2'] });
    const change = async (terms: Record<string, unknown>) => {
      const { body } = await holder.get(pathOf(parentId));
      const match = { 'if-match': `"${body.revision}"` };
      return desk.expectSuccess(holder.send('PATCH', pathOf(parentId), terms, match));
    };
    await change({ scopes: ['billing', 'appointments'], contracts: ['C-1'], ends_at: '2027-01-31' });
    const { body: left } = await other.get(pathOf(id));
    expect(left).toMatchObject({ state: 'active', contracts: ['C-1'], ends_at: '2027-01-31T23:00:00.000Z' });
    expect(left.scopes.map(({ scope }: { scope: string }) => scope)).toEqual(['billing']);
    // More again, and stronger: nothing of it comes back.
    await desk.owner.query('UPDATE sessions SET strength = 3 WHERE person_id = $1', [ids['P-1']]);
    await change({ scopes: ['billing', 'faults'], contracts: ['C-1', 'C-2'], ends_at: '2028-01-31' });
    await desk.owner.query('UPDATE sessions SET strength = 2 WHERE person_id = $1', [ids['P-1']]);
    expect((await other.get(pathOf(id))).body.scopes).toHaveLength(1);
    expect((await desk.decide(await calling('C-2'), 'invoice.explain')).reason).not.toBe('permitted');
    const forbidden = await change({ may_pass_on: false });
    expect(forbidden.body).toMatchObject({ may_pass_on: false, state: 'active', confirmation: null });
    expect((await other.get(pathOf(id))).body).toMatchObject({ state: 'ended', ending: 'withdrawn_by_holder' });

    const another = await held(['subscription', 'complaints']);
    const lost = await passedOn(another, { scopes: ['complaints'] });
    const { body } = await holder.get(pathOf(another));
    const match = { 'if-match': `"${body.revision}"` };
    await desk.expectSuccess(holder.send('PATCH', pathOf(another), { scopes: ['subscription'] }, match));
    expect((await other.get(pathOf(lost))).body.state).toBe('ended');
  });

  it('is as if it were not there while the holder blocks who passed it on, which nobody sees; and nothing can be passed on to who the holder blocked', async () => {
    const callId = await calling();
    const without = (await desk.decide(callId, 'invoice.explain')).reason;
    const parentId = await held();
    const id = await passedOn(parentId);
    const { body } = await desk.expectSuccess(desk.post('crm', '/v1/blocks', { holder: 'P-1', caller: 'P-2' }));
    expect((await desk.decide(callId, 'invoice.explain')).reason).toBe(without);
    // A block is the holder's secret.
    for (const me of [proxy, other]) expect((await me.get(pathOf(id))).body.state).toBe('active');
    await desk.send('crm', 'DELETE', `/v1/blocks/${body.id}`);
    expect((await desk.decide(callId, 'invoice.explain')).reason).toBe('permitted');
    const second = await desk.expectSuccess(desk.post('crm', '/v1/blocks', { holder: 'P-1', caller: 'P-3' }));
    expect((await desk.decide(callId, 'invoice.explain')).reason).toBe('holder_block');
    await desk.send('crm', 'DELETE', `/v1/blocks/${second.body.id}`);
  });

  it('can be allowed later only by who proves it: a code about exactly that', async () => {
    const { id } = await desk.mandate('P-1', 'P-2', ['billing'], ['C-1']);
    const asked = await holder.send('PATCH', pathOf(id), { may_pass_on: true }, { 'if-match': '"1"' });
    expect(asked.body).toMatchObject({ may_pass_on: false });
    const message = await desk.message('code_id', asked.body.confirmation.id);
    expect(message.body).toContain('Deze persoon mag het ook door iemand anders laten doen.');
    const attempts = `${pathOf(id)}/confirmations/${asked.body.confirmation.id}/attempts`;
    const code = await desk.codeOf(asked.body.confirmation.id);
    expect((await holder.send('POST', attempts, { code })).body.accepted).toBe(true);
    expect((await holder.get(pathOf(id))).body.may_pass_on).toBe(true);
  });
});

describe('on the pages', () => {
  it('the holder is asked once, sees what was passed on, and forbids it', async () => {
    const page = visitor.browser();
    await page.signIn(HOLDER);
    await page.get('/portal/mandates/new');
    const started = await page.submit('/portal/mandates/new', { name: 'G. Voorbeeld', contact: PROXY });
    const what = await page.get(started.location ?? '');
    expect(what.text).toContain('Mag iemand anders het ook doen?');
    const next = await page.submit(started.location ?? '', {
      'scope.billing': 'on',
      'partner.yes': 'on',
      'pass_on.yes': 'on',
    });
    const dates = { 'contract.C-1': 'on', starts_at: '2026-12-01', ends_at: '2027-11-30' };
    const checked = await page.submit(next.location ?? '', dates);
    const summary = await page.get(checked.location ?? '');
    expect(summary.text).toContain('Mag ook door iemand anders worden gedaan');
    expect(summary.text).toContain('Geldt zolang u partners bent');
    const given = await page.submit(checked.location ?? '', { route: 'sms' });
    const [, id = ''] = /mandates\/([0-9a-f-]{36})\/code/.exec(given.location ?? '') ?? [];
    expect((await holder.get(pathOf(id))).body).toMatchObject({ may_pass_on: true, while_partner: true });
    await desk.expectSuccess(holder.send('POST', `${pathOf(id)}/withdraw`, { silent: true }));

    const parentId = await held();
    await passedOn(parentId);
    const mandate = await page.get(`/portal/mandates/${parentId}`);
    expect(mandate.text).toContain('Doorgegeven aan');
    expect(mandate.text).toContain('Doorgegeven door G. Voorbeeld');
    await page.get(`/portal/mandates/${parentId}/change`);
    const { body } = await holder.get(pathOf(parentId));
    const kept = { 'scope.billing': 'on', 'scope.faults': 'on', 'scope.sim_and_number': 'on' };
    const saved = await page.submit(`/portal/mandates/${parentId}/change`, {
      revision: String(body.revision),
      ...kept,
      'contract.C-1': 'on',
      'contract.C-2': 'on',
      ends_at: '',
    });
    expect(saved.status).toBe(303);
    expect((await holder.get(`${pathOf(parentId)}/sub-mandates`)).body.mandates).toEqual([]);
  });

  it('the proxy lets somebody else do it on the same screens, shows them the code, and stops it', async () => {
    const parentId = await held();
    expect((await browser.get(`/portal/held/${parentId}`)).text).toContain('Laat het ook door iemand anders doen');
    const who = `/portal/mandates/new?on=${parentId}`;
    await browser.get(who);
    const started = await browser.submit(who, { name: 'O. Verzonnen', contact: OTHER });
    const what = await browser.get(started.location ?? '');
    expect(what.text).not.toContain('Mag iemand anders het ook doen?');
    expect(what.text).not.toContain('scope.sim_and_number');
    const none = await browser.submit(started.location ?? '', { 'scope.sim_and_number': 'on' });
    expect(none.status).toBe(400);
    const when = await browser.submit(started.location ?? '', { 'scope.billing': 'on' });
    await browser.get(when.location ?? '');
    const tooLong = { 'contract.C-1': 'on', starts_at: '', ends_at: '2030-01-01' };
    expect((await browser.submit(when.location ?? '', tooLong)).text).toContain('Uw eigen machtiging stopt eerder');
    const check = await browser.submit(when.location ?? '', { ...tooLong, ends_at: '' });
    const summary = await browser.get(check.location ?? '');
    expect(summary.text).toContain('O. Verzonnen mag dan voor H. Fictief regelen');
    const given = await browser.submit(check.location ?? '', { route: 'sms' });
    const [, id = ''] = /mandates\/([0-9a-f-]{36})\/code/.exec(given.location ?? '') ?? [];
    await browser.get(given.location ?? '');
    const { rows } = await desk.owner.query<{ id: string }>(
      "SELECT id FROM codes WHERE mandate_id = $1 AND state = 'pending'",
      [id],
    );
    await browser.submit(`/portal/mandates/${id}/confirm`, { code: await desk.codeOf(rows[0]?.id ?? '') });
    const shown = await browser.get(`/portal/mandates/${id}/code`);
    const [code = ''] = /\b[2-9B-Z]{4}-[2-9B-Z]{4}\b/.exec(shown.text) ?? [];

    const theirs = visitor.browser();
    await theirs.signIn(OTHER);
    const asked = await theirs.get(`/portal/held/${id}`);
    expect(asked.text).toContain('Vraag G. Voorbeeld om die code');
    expect((await theirs.submit(`/portal/held/${id}/acceptance`, { code })).status).toBe(303);
    expect((await theirs.get(`/portal/mandates/new?on=${id}`)).status).toBe(404);

    expect((await browser.get(`/portal/held/${parentId}`)).text).toContain('Aan wie u het doorgaf');
    const own = await browser.get(`/portal/mandates/${id}`);
    expect(own.text).toContain('Namens');
    expect(own.text).not.toContain('/suspend');
    const withdraw = await browser.get(`/portal/mandates/${id}/withdraw`);
    expect(withdraw.text).toContain('met wat u doorgaf');
    expect((await browser.submit(`/portal/mandates/${id}/withdraw`, { how: 'told' })).status).toBe(303);
    expect((await other.get(pathOf(id))).body.ending).toBe('withdrawn_by_proxy');
    const log = await proxy.get('/v1/me/activity');
    expect(JSON.stringify(log.body)).toContain('De machtiging die u doorgaf aan O. Verzonnen is ingetrokken.');
  });

  it('the link in an invitation names who passes it on', async () => {
    const id = await passOn(await held());
    const { link } = await desk.message('person_id', ids['P-3'] ?? '', 'invitation');
    const { pathname } = new URL(link ?? '');
    const page = await visitor.browser().get(pathname);
    expect(page.text).toContain('G. Voorbeeld vraagt of u iets wilt regelen namens H. Fictief');
    const token = pathname.split('/').at(-1) ?? '';
    const { body } = await stranger.get(`/v1/me/invitations/${token}`);
    expect(body).toMatchObject({ holder: 'H. Fictief', passed_on_by: 'G. Voorbeeld' });
    expect((await other.get(pathOf(id))).body.state).toBe('pending_acceptance');
  });
});
