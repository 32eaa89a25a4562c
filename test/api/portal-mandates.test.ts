import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { DataSource } from 'typeorm';

import { CodesService } from '../../src/codes/codes.service.ts';
import { InvitationLinks } from '../../src/mandates/invitation-links.service.ts';
import { RemindersService } from '../../src/mandates/reminders.service.ts';
import type { MandateId } from '../../src/policy/ids.ts';
import { Desk } from '../support/desk.ts';
import { type Me, type PlainBrowser, Visitor } from '../support/visitor.ts';

const HOLDER = '+44 7700 900241';
const PROXY = '+44 7700 900242';
const STRANGER = '+44 7700 900243';
const NOBODY = '00000000-0000-0000-0000-000000000000';

let desk: Desk;
let visitor: Visitor;
let holder: Me;
let proxy: Me;
let stranger: Me;

beforeAll(async () => {
  desk = await Desk.open();
  visitor = new Visitor(desk);
  await desk.person('P-1', { phone: HOLDER, email: 'geeft@example.nl', name: 'H. Fictief' });
  await desk.person('P-2', { phone: PROXY, email: 'krijgt@example.nl', name: 'G. Voorbeeld' });
  await desk.person('P-3', { phone: STRANGER, name: 'V. Verzonnen' });
  await desk.contract('C-1', ['P-1']);
  await desk.contract('C-2', ['P-1']);
  await desk.contract('C-3', ['P-3']);
  holder = await visitor.signIn(HOLDER);
  proxy = await visitor.signIn(PROXY);
  stranger = await visitor.signIn(STRANGER);
});
afterAll(() => desk.close());

/** What somebody gets who asks for their mandates. */
async function idsOf(me: Me, side: string, part = 'live'): Promise<string[]> {
  const { body } = await me.get(`/v1/me/mandates?side=${side}&part=${part}`);
  return body.mandates.map(({ id }: { id: string }) => id);
}

describe('the mandates of somebody who is signed in', () => {
  it('are listed on the side that they are on, and nobody else sees them', async () => {
    const { id } = await desk.mandate('P-1', 'P-2', ['billing'], ['C-1']);
    expect(await idsOf(holder, 'holder')).toContain(id);
    expect(await idsOf(proxy, 'proxy')).toContain(id);
    for (const [me, side] of [
      [holder, 'proxy'],
      [proxy, 'holder'],
      [stranger, 'holder'],
      [stranger, 'proxy'],
    ] as const) {
      expect(await idsOf(me, side)).not.toContain(id);
    }
    const seen = await proxy.get(`/v1/me/mandates/${id}`);
    expect(seen.headers.get('etag')).toBe('"1"');
    expect(seen.body).toMatchObject({
      side: 'proxy',
      state: 'active',
      holder: 'H. Fictief',
      proxy: 'G. Voorbeeld',
      contracts: ['C-1'],
      scopes: [{ scope: 'billing', title: 'Facturen en betalingen' }],
      strength: { level: 2 },
    });
    const foreign = await stranger.get(`/v1/me/mandates/${id}`);
    const absent = await stranger.get(`/v1/me/mandates/${randomUUID()}`);
    expect(foreign.status).toBe(404);
    expect({ ...foreign.body, requestId: null, instance: null }).toEqual({
      ...absent.body,
      requestId: null,
      instance: null,
    });
  });

  it('move to the ended ones when they end, and out of the sight of a proxy who is to notice nothing', async () => {
    const { id } = await desk.mandate('P-1', 'P-2', ['faults'], ['C-1']);
    await desk.expectSuccess(desk.post('crm', `/v1/mandates/${id}/withdraw`));
    expect(await idsOf(holder, 'holder')).not.toContain(id);
    expect(await idsOf(holder, 'holder', 'ended')).toContain(id);
    expect(await idsOf(proxy, 'proxy', 'ended')).toContain(id);

    // For 15 months.
    const endedAgo = async (ago: string): Promise<void> => {
      await desk.owner.query('ALTER TABLE mandates DISABLE TRIGGER mandates_refuse_revival');
      await desk.owner.query('UPDATE mandates SET ended_at = now() - $2::interval WHERE id = $1', [id, ago]);
      await desk.owner.query('ALTER TABLE mandates ENABLE TRIGGER mandates_refuse_revival');
    };
    await endedAgo('14 months 27 days');
    expect([await idsOf(holder, 'holder', 'ended'), await idsOf(proxy, 'proxy', 'ended')]).toEqual([
      expect.arrayContaining([id]),
      expect.arrayContaining([id]),
    ]);
    await endedAgo('15 months 1 day');
    for (const seen of [await idsOf(holder, 'holder', 'ended'), await idsOf(proxy, 'proxy', 'ended')]) {
      expect(seen).not.toContain(id);
    }

    const silent = await desk.mandate('P-1', 'P-2', ['faults'], ['C-1']);
    await desk.expectSuccess(desk.post('crm', `/v1/mandates/${silent.id}/withdraw`, { silent: true }));
    expect(await idsOf(holder, 'holder', 'ended')).toContain(silent.id);
    expect(await idsOf(proxy, 'proxy')).not.toContain(silent.id);
    expect(await idsOf(proxy, 'proxy', 'ended')).not.toContain(silent.id);
    expect((await proxy.get(`/v1/me/mandates/${silent.id}`)).status).toBe(404);
  });
});

const G = { name: 'G. Voorbeeld', contact: { kind: 'phone', value: '+44 7700 900242' } };

/** Gives somebody a mandate by phone session, and types the code. Answers its id. */
async function give(proxy: unknown, scopes: readonly string[], more: Record<string, unknown> = {}): Promise<string> {
  await desk.owner.query('DELETE FROM code_budget_entries');
  const granted = await holder.send('POST', '/v1/me/mandates', { proxy, scopes, contracts: ['C-1'], ...more });
  expect([granted.status, granted.body.state]).toEqual([201, 'draft']);
  const { id, confirmation } = granted.body;
  const path = `/v1/me/mandates/${id}/confirmations/${confirmation.id}/attempts`;
  const { body } = await holder.send('POST', path, { code: await desk.codeOf(confirmation.id) });
  expect(body.accepted).toBe(true);
  return id;
}

describe('giving a mandate in person', () => {
  it('is a draft of which nothing counts and nobody knows, until the holder types the code', async () => {
    await desk.owner.query('DELETE FROM code_budget_entries');
    const wish = { proxy: G, scopes: ['appointments'], contracts: ['C-1'] };
    const granted = await holder.send('POST', '/v1/me/mandates', wish);
    expect(granted.status).toBe(201);
    expect(granted.headers.get('location')).toBe(`/v1/me/mandates/${granted.body.id}`);
    expect(granted.body).toMatchObject({
      state: 'draft',
      strength: { level: 0 },
      invited: null,
      confirmation: { route: 'sms', digits: 6 },
    });
    const { id, confirmation } = granted.body;
    expect(await idsOf(proxy, 'proxy')).not.toContain(id);
    expect((await proxy.get(`/v1/me/mandates/${id}`)).status).toBe(404);
    expect((await holder.get(`/v1/me/mandates/${id}/acceptance-code`)).status).toBe(409);

    const message = await desk.message('code_id', confirmation.id);
    expect(message.body).toContain('U vroeg dit zelf op Mijn machtigingen.');
    const path = `/v1/me/mandates/${id}/confirmations/${confirmation.id}/attempts`;
    const code = await desk.codeOf(confirmation.id);
    expect((await stranger.send('POST', path, { code })).status).toBe(404);
    const wrong = code === '000000' ? '000001' : '000000';
    expect((await holder.send('POST', path, { code: wrong })).body).toMatchObject({ accepted: false, tries_left: 4 });
    expect((await holder.send('POST', path, { code })).body.accepted).toBe(true);
    const given = await holder.get(`/v1/me/mandates/${id}`);
    expect(given.body).toMatchObject({ state: 'pending_acceptance', strength: { level: 2 } });

    const shown = await holder.get(`/v1/me/mandates/${id}/acceptance-code`);
    expect(shown.body.code).toMatch(/^\w{4}-\w{4}$/);
    for (const other of [proxy, stranger]) {
      expect((await other.get(`/v1/me/mandates/${id}/acceptance-code`)).status).toBe(404);
    }
    const accepted = await desk.expectSuccess(
      desk.post('crm', `/v1/mandates/${id}/acceptance`, { code: shown.body.code }),
    );
    expect(accepted.body.accepted).toBe(true);
  });

  it('is approved at once in a session of strength 3, at that strength', async () => {
    await desk.owner.query(
      "UPDATE sessions SET strength = 3 WHERE person_id = (SELECT id FROM people WHERE crm_ref = 'P-1')",
    );
    await desk.owner.query("UPDATE messages SET queued_at = queued_at - interval '1 hour'");
    const wish = { proxy: G, scopes: ['subscription'], contracts: ['C-2'], ends_at: '2027-01-31' };
    const granted = await holder.send('POST', '/v1/me/mandates', wish);
    await desk.owner.query(
      "UPDATE sessions SET strength = 2 WHERE person_id = (SELECT id FROM people WHERE crm_ref = 'P-1')",
    );
    expect(granted.body).toMatchObject({
      state: 'pending_acceptance',
      strength: { level: 3 },
      confirmation: null,
      invited: { holder: true, proxy: true },
      ends_at: '2027-01-31T23:00:00.000Z',
    });
  });

  it('answers alike for somebody whom we know and somebody new, whose invitation goes where the holder said', async () => {
    const strange = { name: 'N. Nieuw', contact: { kind: 'email', value: 'nieuw@example.nl' } };
    const id = await give(strange, ['complaints']);
    const { rows } = await desk.owner.query(
      `SELECT p.id, p.crm_ref, p.kind, c.verified_at FROM mandates m JOIN people p ON p.id = m.proxy_id
       JOIN contact_points c ON c.person_id = p.id WHERE m.id = $1`,
      [id],
    );
    expect(rows).toEqual([expect.objectContaining({ kind: 'person', verified_at: null })]);
    expect(rows[0].crm_ref).toMatch(/^self-[0-9a-f]{24}$/);
    const invitation = await desk.message('person_id', rows[0].id, 'invitation');
    expect(invitation.link).toMatch(/\/portal\/invitations\/[\w-]+\.[\w-]{22}$/);
    expect(invitation.body).not.toMatch(/\b\w{4}-\w{4}\b(?<!M-\w{4}-\w{4})\./);

    // The same person again: nobody is registered twice.
    const again = await give(strange, ['faults']);
    const proxies = await desk.owner.query('SELECT proxy_id FROM mandates WHERE id = ANY ($1)', [[id, again]]);
    expect(new Set(proxies.rows.map(({ proxy_id: one }) => one)).size).toBe(1);

    const known = await holder.get(`/v1/me/mandates/${await give(G, ['complaints'])}`);
    const unknown = await holder.get(`/v1/me/mandates/${id}`);
    expect(Object.keys(known.body)).toEqual(Object.keys(unknown.body));
    expect(known.body).toMatchObject({ state: unknown.body.state, proxy: 'G. Voorbeeld' });
    // Their number under another name is somebody else.
    const other = await give({ ...G, name: 'Z. Anders' }, ['complaints']);
    expect(await idsOf(proxy, 'proxy')).not.toContain(other);
  });

  it('refuses a mandate to oneself, about what is not theirs, or for too long', async () => {
    await desk.owner.query('DELETE FROM code_budget_entries');
    const self = { name: 'h. fictief', contact: { kind: 'email', value: 'GEEFT@example.nl' } };
    for (const [change, pointer] of [
      [{ proxy: self }, '/proxy'],
      [{ contracts: ['C-3'] }, '/contracts/0'],
      [{ contracts: ['C-404'] }, '/contracts/0'],
      [{ scopes: ['everything'] }, '/scopes/0'],
      [{ ends_at: '2040-01-01' }, '/ends_at'],
      [{ starts_at: '2020-01-01' }, '/starts_at'],
      [{ proxy: { name: 'X', contact: { kind: 'phone', value: 'none' } } }, '/proxy/contact/value'],
    ] as const) {
      const wish = { proxy: G, scopes: ['billing'], contracts: ['C-1'], ...change };
      const { status, body } = await holder.send('POST', '/v1/me/mandates', wish);
      expect([pointer, status]).toEqual([pointer, 400]);
      expect(body.errors[0].pointer).toBe(pointer);
    }
  });

  it('floods nobody: ten invitations a day', async () => {
    const { id } = (await stranger.get('/v1/me')).body.ref === 'P-3' ? { id: 'P-3' } : { id: '' };
    expect(id).toBe('P-3');
    await desk.owner.query(
      "UPDATE sessions SET strength = 3 WHERE person_id = (SELECT id FROM people WHERE crm_ref = 'P-3')",
    );
    const statuses: number[] = [];
    for (let at = 0; at < 12; at += 1) {
      const contact = { kind: 'email', value: `iemand${at}@example.nl` };
      const wish = { proxy: { name: `I. Nummer${at}`, contact }, scopes: ['billing'], contracts: ['C-3'] };
      statuses.push((await stranger.send('POST', '/v1/me/mandates', wish)).status);
    }
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 201), 429, 429]);
  });
});

describe('the link of an invitation', () => {
  it('leads to its mandate while that waits under the same terms, and any other text leads nowhere', async () => {
    const wish = { holder: 'P-3', proxy: 'P-2', scopes: ['billing'], contracts: ['C-3'], form: 'portal' };
    const { body } = await desk.expectSuccess(desk.post('crm', '/v1/mandates', wish));
    const links = desk.api.app.get(InvitationLinks, { strict: false });
    const { manager } = desk.api.app.get(DataSource, { strict: false });
    const { rows } = await desk.owner.query('SELECT acceptance_key_id AS key FROM mandates WHERE id = $1', [body.id]);
    const mandate = { id: body.id as MandateId, termsRevision: 1, acceptanceKeyId: rows[0].key };
    const token = links.of(mandate).split('/').at(-1) ?? '';
    expect(token.startsWith(`${body.id}.`)).toBe(true);
    expect((await links.find(manager, token))?.id).toBe(body.id);
    const otherTerms =
      links
        .of({ ...mandate, termsRevision: 2 })
        .split('/')
        .at(-1) ?? '';
    const otherMandate = `${randomUUID()}${token.slice(36)}`;
    for (const wrong of [otherTerms, otherMandate, `${token}x`, token.slice(0, -1), body.id, '']) {
      expect([wrong, await links.find(manager, wrong)]).toEqual([wrong, null]);
    }
    await desk.expectSuccess(desk.post('crm', `/v1/mandates/${body.id}/withdraw`));
    expect(await links.find(manager, token)).toBeNull();
  });
});

describe('a mandate that somebody gave', () => {
  it('is suspended, resumed and withdrawn by its holder alone', async () => {
    const { id } = await desk.mandate('P-1', 'P-2', ['mailbox_support'], ['C-1']);
    for (const verb of ['suspend', 'resume', 'withdraw', 'invitation'] as const) {
      const body = verb === 'withdraw' ? {} : undefined;
      expect((await proxy.send('POST', `/v1/me/mandates/${id}/${verb}`, body)).status).toBe(404);
      expect((await stranger.send('POST', `/v1/me/mandates/${id}/${verb}`, body)).status).toBe(404);
    }
    expect((await holder.send('POST', `/v1/me/mandates/${id}/suspend`)).body.state).toBe('suspended');
    const byMail = await visitor.signIn('geeft@example.nl');
    expect((await byMail.send('POST', `/v1/me/mandates/${id}/resume`)).status).toBe(403);
    expect((await holder.send('POST', `/v1/me/mandates/${id}/resume`)).body.state).toBe('active');
    const ended = await byMail.send('POST', `/v1/me/mandates/${id}/withdraw`, { silent: true });
    expect(ended.body).toMatchObject({ state: 'ended', ending: 'withdrawn_by_holder', is_silent: true });
  });

  it('is made less at once, and more at once only in a session that is an approval', async () => {
    const { id } = await desk.mandate('P-1', 'P-2', ['sim_and_number', 'personal_data'], ['C-1']);
    const path = `/v1/me/mandates/${id}`;
    const less = await holder.send('PATCH', path, { scopes: ['personal_data'] }, { 'if-match': '"1"' });
    expect(less.body).toMatchObject({ state: 'active', revision: 2, strength: { level: 2 } });
    const late = await holder.send('PATCH', path, { scopes: ['personal_data'] }, { 'if-match': '"1"' });
    expect(late.status).toBe(412);
    const foreign = await proxy.send('PATCH', path, { scopes: ['personal_data'] }, { 'if-match': '"2"' });
    expect(foreign.status).toBe(404);
    const more = { contracts: ['C-1', 'C-2'] };
    await desk.owner.query(
      "UPDATE sessions SET strength = 3 WHERE person_id = (SELECT id FROM people WHERE crm_ref = 'P-1')",
    );
    const changed = await holder.send('PATCH', path, more, { 'if-match': '"2"' });
    await desk.owner.query(
      "UPDATE sessions SET strength = 2 WHERE person_id = (SELECT id FROM people WHERE crm_ref = 'P-1')",
    );
    expect(changed.body).toMatchObject({ state: 'active', contracts: ['C-1', 'C-2'], strength: { level: 3 } });
    expect(changed.body.confirmation).toBe(null);
  });

  it('is made more, and renewed, in a weaker session by a code that is about exactly that', async () => {
    await desk.owner.query('DELETE FROM code_budget_entries');
    await desk.person('P-21', { name: 'M. Meer' });
    const { id } = await desk.mandate('P-1', 'P-21', ['sim_and_number'], ['C-1']);
    const path = `/v1/me/mandates/${id}`;
    const ends = new Date(Date.now() + 700 * 86_400_000).toISOString().slice(0, 10);
    const more = { scopes: ['sim_and_number', 'personal_data'], contracts: ['C-1', 'C-2'], ends_at: ends };
    const asked = await holder.send('PATCH', path, more, { 'if-match': '"1"' });
    expect(asked.body).toMatchObject({ state: 'active', revision: 1, contracts: ['C-1'], confirmation: { digits: 6 } });
    const { id: codeId } = asked.body.confirmation;
    const message = await desk.message('code_id', codeId, 'mandate_code');
    for (const told of ['C-1', 'C-2', 'Uw gegevens']) expect(message.body).toContain(told);
    const typed = { code: await desk.codeOf(codeId) };
    const attempts = `${path}/confirmations/${codeId}/attempts`;
    expect((await proxy.send('POST', attempts, typed)).status).toBe(404);
    expect((await holder.send('POST', attempts, typed)).body.accepted).toBe(true);
    const { body } = await holder.get(path);
    expect(body).toMatchObject({ state: 'active', revision: 2, contracts: ['C-1', 'C-2'], strength: { level: 2 } });
    expect(body.scopes.map(({ scope }: { scope: string }) => scope)).toEqual(['personal_data', 'sim_and_number']);
    expect(body.ends_at.slice(0, 4)).toBe(ends.slice(0, 4));
    // The proof before was about less: what counts now is the code.
    const { rows } = await desk.owner.query(
      'SELECT form, terms_revision FROM mandate_evidence WHERE mandate_id = $1 ORDER BY registered_at DESC LIMIT 1',
      [id],
    );
    expect(rows).toEqual([{ form: 'code', terms_revision: 2 }]);
  });

  it('stays as it is when the holder says no to more, or changes it meanwhile', async () => {
    await desk.owner.query('DELETE FROM code_budget_entries');
    await desk.person('P-22', { name: 'N. Neemal' });
    const { id } = await desk.mandate('P-1', 'P-22', ['complaints'], ['C-1']);
    const path = `/v1/me/mandates/${id}`;
    const more = { contracts: ['C-1', 'C-2'] };
    const asked = await holder.send('PATCH', path, more, { 'if-match': '"1"' });
    const link = (await desk.message('code_id', asked.body.confirmation.id, 'mandate_code')).link ?? '';
    const page = `${desk.api.url}${new URL(link).pathname}`;
    const shown = await (await fetch(page)).text();
    for (const told of ['C-1, C-2', 'N. Neemal']) expect(shown).toContain(told);
    // What it would become, in words: never as the code is bound to it.
    expect(shown).not.toContain('mandate.change');
    const no = await fetch(`${page}/no`, {
      method: 'POST',
      body: new URLSearchParams({ block: 'no' }),
      redirect: 'manual',
    });
    expect(no.status).toBe(303);
    expect((await holder.get(path)).body).toMatchObject({ state: 'active', revision: 1, contracts: ['C-1'] });

    const again = await holder.send('PATCH', path, more, { 'if-match': '"1"' });
    const { id: codeId } = again.body.confirmation;
    const code = await desk.codeOf(codeId);
    await desk.expectSuccess(holder.send('POST', `${path}/suspend`));
    const late = await holder.send('POST', `${path}/confirmations/${codeId}/attempts`, { code });
    expect(late.body).toEqual({ accepted: false, state: 'cancelled', tries_left: 0 });
    expect((await holder.get(path)).body).toMatchObject({ state: 'suspended', revision: 2, contracts: ['C-1'] });
  });

  it('is renewed on pages', async () => {
    await desk.owner.query('DELETE FROM code_budget_entries');
    await desk.person('P-23', { name: 'L. Langer' });
    const { id } = await desk.mandate('P-1', 'P-23', ['complaints'], ['C-2']);
    const browser = visitor.browser();
    await browser.signIn(HOLDER);
    const change = `/portal/mandates/${id}/change`;
    expect((await browser.get(change)).text).toContain('Dan sturen wij u een code');
    const ends = new Date(Date.now() + 700 * 86_400_000).toISOString().slice(0, 10);
    const form = { revision: '1', 'scope.complaints': 'on', 'contract.C-2': 'on', ends_at: ends };
    const sent = await browser.submit(change, form);
    expect([sent.status, sent.location]).toEqual([303, `/portal/mandates/${id}/code`]);
    expect((await browser.get(`/portal/mandates/${id}/code`)).text).toContain('Bevestig de verandering met de code');
    const again = await browser.submit(`/portal/mandates/${id}/code`, {});
    expect(again.status).toBe(303);
    await browser.get(`/portal/mandates/${id}/code`);
    const wrong = await browser.submit(`/portal/mandates/${id}/confirm`, { code: '000000' });
    expect(wrong.status).toBe(400);
    const { rows } = await desk.owner.query("SELECT id FROM codes WHERE mandate_id = $1 AND state = 'pending'", [id]);
    const right = await browser.submit(`/portal/mandates/${id}/confirm`, { code: await desk.codeOf(rows[0].id) });
    expect([right.status, right.location]).toEqual([303, `/portal/mandates/${id}/code`]);
    expect((await browser.get(`/portal/mandates/${id}/code`)).location).toBe(`/portal/mandates/${id}`);
    expect((await holder.get(`/v1/me/mandates/${id}`)).body.ends_at.slice(0, 4)).toBe(ends.slice(0, 4));
  });
});

describe('the pages of giving', () => {
  const NEW = '/portal/mandates/new';
  /** Fills in the first three screens. Answers the address of the summary. */
  async function fillIn(browser: PlainBrowser, name: string, contact: string, scope: string): Promise<string> {
    await browser.get(NEW);
    const what = (await browser.submit(NEW, { name, contact })).location ?? '';
    expect(what).toMatch(/^\/portal\/mandates\/new\/[0-9a-f-]{36}\/what$/);
    await browser.get(what);
    const when = (await browser.submit(what, { [`scope.${scope}`]: 'on' })).location ?? '';
    const shown = await browser.get(when);
    const [startsAt = '', endsAt = ''] = [...shown.text.matchAll(/type="date" value="([\d-]+)"/g)].map(
      ([, day]) => day,
    );
    const fields = { 'contract.C-2': 'on', starts_at: startsAt, ends_at: endsAt };
    const check = (await browser.submit(when, fields)).location ?? '';
    expect(check).toBe(what.replace('/what', '/check'));
    return check;
  }

  it('are five: who, what, when, the summary, and the code to type and to pass on', async () => {
    await desk.owner.query('DELETE FROM code_budget_entries');
    const browser = visitor.browser();
    await browser.signIn(HOLDER);
    expect((await browser.get('/portal')).text).toContain(`href="${NEW}"`);
    const check = await fillIn(browser, 'K. Pagina', 'pagina@example.nl', 'billing');
    const summary = await browser.get(check);
    for (const part of ['K. Pagina', 'pagina@example.nl', 'Facturen en betalingen', 'C-2', 'Stap 4 van 5']) {
      expect(summary.text).toContain(part);
    }
    // What was filled in is kept sealed, and in no address.
    expect(check).not.toContain('agina');
    const drafts = await desk.owner.query('SELECT answers_sealed FROM grant_drafts');
    for (const { answers_sealed: sealed } of drafts.rows) expect(sealed.includes('agina')).toBe(false);

    const code = (await browser.submit(check, { route: 'sms' })).location ?? '';
    expect(code).toMatch(/^\/portal\/mandates\/[0-9a-f-]{36}\/code$/);
    const id = code.split('/')[3] ?? '';
    expect((await browser.get(code)).text).toContain('Stap 5 van 5');
    expect((await browser.submit(`/portal/mandates/${id}/confirm`, { code: ' ' })).status).toBe(400);
    const { rows } = await desk.owner.query("SELECT id FROM codes WHERE mandate_id = $1 AND state = 'pending'", [id]);
    const right = await desk.codeOf(rows[0].id);
    const tried = await browser.submit(`/portal/mandates/${id}/confirm`, { code: right === '000000' ? '1' : '000000' });
    expect([tried.status, tried.text.includes('nog 4 keer')]).toEqual([400, true]);
    expect((await browser.submit(`/portal/mandates/${id}/confirm`, { code: right })).location).toBe(code);
    const done = await browser.get(code);
    const shown = await holder.get(`/v1/me/mandates/${id}/acceptance-code`);
    expect(done.text).toContain(shown.body.code);
    expect((await browser.get(check)).status).toBe(404);
  });

  it('need no code in a session of strength 3', async () => {
    const browser = visitor.browser();
    await desk.owner.query('DELETE FROM code_budget_entries');
    await browser.signIn(HOLDER);
    await desk.owner.query(
      "UPDATE sessions SET strength = 3 WHERE person_id = (SELECT id FROM people WHERE crm_ref = 'P-1')",
    );
    const check = await fillIn(browser, 'D. Drie', '+44 7700 900249', 'billing');
    expect((await browser.get(check)).text).toContain('Ja, ik geef deze machtiging');
    const code = (await browser.submit(check, {})).location ?? '';
    expect((await browser.get(code)).text).toMatch(/[A-Z2-9]{4}-[A-Z2-9]{4}/);
    await desk.owner.query(
      "UPDATE sessions SET strength = 2 WHERE person_id = (SELECT id FROM people WHERE crm_ref = 'P-1')",
    );
  });

  it('say at the field what is wrong, keep what was typed, and are of this session alone', async () => {
    const browser = visitor.browser();
    await desk.owner.query('DELETE FROM code_budget_entries');
    await browser.signIn(HOLDER);
    await browser.get(NEW);
    const wrong = await browser.submit(NEW, { name: 'W. Fout', contact: '12' });
    expect(wrong.status).toBe(400);
    expect(wrong.text).toMatch(/href="#contact"/);
    expect(wrong.text).toContain('value="W. Fout"');
    const check = await fillIn(browser, 'W. Fout', 'Voorbeeldstraat 12, 0000 XX Nergenshuizen', 'faults');
    const what = check.replace('/check', '/what');
    await browser.get(what);
    expect((await browser.submit(what, {})).status).toBe(400);
    const when = check.replace('/check', '/when');
    await browser.get(when);
    const late = await browser.submit(when, { 'contract.C-2': 'on', starts_at: '2020-01-01', ends_at: '2090-01-01' });
    expect([late.status, late.text.includes('href="#starts_at"')]).toEqual([400, true]);

    const other = visitor.browser();
    await other.signIn(STRANGER);
    expect((await other.get(check)).status).toBe(404);
    expect((await other.submit(check, {})).status).toBe(404);
    const again = visitor.browser();
    await desk.owner.query('DELETE FROM code_budget_entries');
    await again.signIn(HOLDER);
    expect((await again.get(check)).status).toBe(404);
  });
});

describe('the pages of a mandate that somebody gave', () => {
  it('show it, change it from what was looked at, and take it back two screens from the start', async () => {
    await desk.owner.query('DELETE FROM code_budget_entries');
    await desk.person('P-9', { name: 'P. Pagina' });
    const { id } = await desk.mandate('P-1', 'P-9', ['billing', 'faults'], ['C-1']);
    const browser = visitor.browser();
    await browser.signIn(HOLDER);
    const detail = `/portal/mandates/${id}`;
    expect((await browser.get('/portal')).text).toContain(`href="${detail}"`);
    const look = await browser.get(detail);
    for (const part of ['P. Pagina', 'Facturen en betalingen', 'C-1', 'Werkt', `href="${detail}/withdraw"`]) {
      expect(look.text).toContain(part);
    }
    expect((await browser.submit(`${detail}/suspend`, {})).location).toBe(detail);
    expect((await browser.get(detail)).text).toContain('Tijdelijk gestopt');
    expect((await browser.submit(`${detail}/resume`, {})).location).toBe(detail);

    const form = await browser.get(`${detail}/change`);
    const revision = /name="revision" value="(\d+)"/.exec(form.text)?.[1] ?? '';
    const endsAt = /type="date" value="([\d-]+)"/.exec(form.text)?.[1] ?? '';
    const fields = { revision, 'scope.billing': 'on', 'contract.C-1': 'on', ends_at: endsAt };
    const more = await browser.submit(`${detail}/change`, { ...fields, 'contract.C-2': 'on' });
    expect(more.location).toBe(`${detail}/code`);
    expect((await browser.submit(`${detail}/change`, fields)).location).toBe(detail);
    expect((await holder.get(`/v1/me/mandates/${id}`)).body.scopes).toHaveLength(1);
    const late = await browser.submit(`${detail}/change`, fields);
    expect([late.status, late.text.includes('Er is intussen iets veranderd')]).toEqual([412, true]);

    await browser.get(`${detail}/withdraw`);
    expect((await browser.submit(`${detail}/withdraw`, {})).status).toBe(400);
    expect((await browser.submit(`${detail}/withdraw`, { how: 'silent' })).location).toBe(detail);
    expect((await browser.get(detail)).text).toContain('in stilte gestopt');
    expect((await browser.get('/portal/mandates')).text).toContain('Afgelopen machtigingen');
  });

  it('do not exist for anybody else', async () => {
    await desk.owner.query('DELETE FROM code_budget_entries');
    const { id } = await desk.mandate('P-1', 'P-9', ['billing'], ['C-1']);
    const browser = visitor.browser();
    await browser.signIn(STRANGER);
    for (const path of ['', '/code', '/withdraw', '/change']) {
      expect((await browser.get(`/portal/mandates/${id}${path}`)).status).toBe(404);
    }
    for (const [path, fields] of [
      ['code', {}],
      ['confirm', { code: '1' }],
      ['invite', {}],
      ['suspend', {}],
      ['resume', {}],
      ['withdraw', { how: 'told' }],
      ['change', { revision: '1' }],
    ] as const) {
      expect([path, (await browser.submit(`/portal/mandates/${id}/${path}`, fields)).status]).toEqual([path, 404]);
    }
  });
});

describe('a question that waits for the holder while somebody else is on the line', () => {
  const TERMINATE = [{ name: 'contract.terminate' }];
  let callId: string;
  let mandateId: string;

  /** Asks the holder of C-4 about ending it; answers the id of what waits. */
  async function ask(): Promise<string> {
    await desk.owner.query('DELETE FROM code_budget_entries');
    const asked = await desk.expectSuccess(
      desk.post('agent', `/v1/calls/${callId}/confirmations`, { actions: TERMINATE }),
    );
    return asked.body.confirmations[0].id;
  }

  function setStrength(strength: number): Promise<unknown> {
    const ofHolder = "person_id = (SELECT id FROM people WHERE crm_ref = 'P-1')";
    return desk.owner.query(`UPDATE sessions SET strength = ${strength}, proved_at = now() WHERE ${ofHolder}`);
  }

  /** As if nobody had answered anything. */
  function forget(): Promise<unknown> {
    const never =
      "UPDATE codes SET state = 'cancelled', session_strength = NULL, answered_at = coalesce(answered_at, now()) WHERE call_id = $1 AND purpose = 'action'";
    return desk.owner.query(never, [callId]);
  }

  async function decision(): Promise<{ outcome: string; reason: string; had: { confirmation: number } }> {
    return desk.decide(callId, 'contract.terminate');
  }

  beforeAll(async () => {
    await desk.owner.query('DELETE FROM code_budget_entries');
    await desk.contract('C-4', ['P-1']);
    await desk.person('P-24', { phone: '+44 7700 900244', name: 'O. Opbeller' });
    const mandate = await desk.mandate('P-1', 'P-24', ['subscription'], ['C-4']);
    mandateId = mandate.id;
    const opened = await desk.open('C-4', { number: '+44 7700 900244', mandateRef: mandate.ref });
    callId = opened.body.call.id;
    await desk.identify(callId);
    await setStrength(2);
  });
  afterAll(() => setStrength(2));

  it('stands on their pages in full, and for nobody else', async () => {
    const id = await ask();
    const { body } = await holder.get('/v1/me/confirmations');
    expect(body).toEqual([
      {
        id,
        state: 'pending',
        actions: [{ title: 'Het abonnement opzeggen', properties: [] }],
        asked_by: 'somebody_else',
        caller: 'O. Opbeller',
        agent: expect.any(String),
        behalf: null,
        by_session: false,
        digits: 8,
        tries_left: 5,
        expires_at: expect.any(String),
      },
    ]);
    const foreign = await proxy.get(`/v1/me/confirmations/${id}`);
    const absent = await proxy.get(`/v1/me/confirmations/${randomUUID()}`);
    expect([foreign.status, absent.status]).toEqual([404, 404]);
    expect((await proxy.get('/v1/me/confirmations')).body).toEqual([]);
    for (const answer of ['approve', 'decline']) {
      const tried = await stranger.send('POST', `/v1/me/confirmations/${id}/${answer}`, {});
      expect(tried.status).toBe(404);
    }
    const browser = visitor.browser();
    await browser.signIn('geeft@example.nl');
    expect((await browser.get('/portal')).text).toContain('Er wacht een vraag op uw antwoord');
    expect((await browser.get('/portal/questions')).text).toContain(`/portal/questions/${id}`);
    const page = (await browser.get(`/portal/questions/${id}`)).text;
    for (const told of ['Het abonnement opzeggen', 'O. Opbeller', 'name="code"']) expect(page).toContain(told);
  });

  it('wants the code in a session below strength 3, which the same tries and budgets hold', async () => {
    const id = await ask();
    const path = `/v1/me/confirmations/${id}/approve`;
    const bare = await holder.send('POST', path, {});
    expect([bare.status, bare.body.code]).toEqual([409, 'proof_required']);
    const wrong = await holder.send('POST', path, { code: '00000000' });
    expect(wrong.body).toEqual({ accepted: false, state: 'pending', tries_left: 4 });
    expect((await decision()).outcome).toBe('ask_holder');
    const right = await holder.send('POST', path, { code: await desk.codeOf(id) });
    expect(right.body).toMatchObject({ accepted: true, state: 'approved' });
    expect(await decision()).toMatchObject({ outcome: 'permit', had: { confirmation: 2 } });
    expect((await holder.get('/v1/me/confirmations')).body).toEqual([]);
    await desk.expectSuccess(desk.check(callId, ['contract.terminate'], 'execute'));
  });

  it('needs no code in a session of strength 3, and is worth 3 then', async () => {
    const id = await ask();
    await setStrength(3);
    const { status, body } = await holder.send('POST', `/v1/me/confirmations/${id}/approve`, {});
    await setStrength(2);
    expect([status, body.accepted]).toEqual([200, true]);
    expect(await decision()).toMatchObject({ outcome: 'permit', had: { confirmation: 3 } });
    // The code that went out is of no use any more.
    const late = await desk.post('agent', `/v1/confirmations/${id}/attempts`, {
      code: await desk.codeOf(id),
      call_id: callId,
      actions: TERMINATE,
    });
    expect(late.body).toEqual({ accepted: false, state: 'approved', tries_left: 0 });
    await desk.expectSuccess(desk.check(callId, ['contract.terminate'], 'execute'));
    expect((await decision()).outcome).toBe('ask_holder');
  });

  it('is not answered by a session that proved itself long ago', async () => {
    const id = await ask();
    await setStrength(3);
    await desk.owner.query(
      "UPDATE sessions SET proved_at = now() - interval '601 seconds', opened_at = least(opened_at, now() - interval '601 seconds')",
    );
    const stale = await holder.send('POST', `/v1/me/confirmations/${id}/approve`, {});
    await setStrength(2);
    expect([stale.status, stale.body.code]).toEqual([409, 'proof_required']);
    expect((await holder.get(`/v1/me/confirmations/${id}`)).body.state).toBe('pending');
  });

  it('is about the mandate as it was: after a change nobody says yes to it', async () => {
    const id = await ask();
    await desk.owner.query('UPDATE mandates SET revision = revision + 1 WHERE id = $1', [mandateId]);
    await setStrength(3);
    const { body } = await holder.send('POST', `/v1/me/confirmations/${id}/approve`, {});
    await desk.owner.query('UPDATE mandates SET revision = revision - 1 WHERE id = $1', [mandateId]);
    await setStrength(2);
    expect(body).toEqual({ accepted: false, state: 'pending', tries_left: 5 });
    expect((await decision()).outcome).toBe('ask_holder');
  });

  it('has one answer, however many are given at once', async () => {
    await setStrength(3);
    const answers: string[] = [];
    for (let round = 0; round < 8; round += 1) {
      await forget();
      const id = await ask();
      const [yes] = await Promise.all([
        holder.send('POST', `/v1/me/confirmations/${id}/approve`, {}),
        holder.send('POST', `/v1/me/confirmations/${id}/decline`, {}),
        holder.send('POST', `/v1/me/confirmations/${id}/approve`, {}),
      ]);
      const { body } = await holder.get(`/v1/me/confirmations/${id}`);
      answers.push(body.state);
      if (yes.body.accepted === true) expect(body.state).toBe('approved');
      const { rows } = await desk.owner.query(
        "SELECT count(*)::int AS n FROM audit_records WHERE kind IN ('code.approved_in_session', 'code.declined') AND body LIKE $1",
        [`%${id}%`],
      );
      expect(rows).toEqual([{ n: 1 }]);
    }
    await setStrength(2);
    expect(answers.every((state) => state === 'approved' || state === 'declined')).toBe(true);
    await forget();
  });

  it('is answered with yes on the page, with the code or without it', async () => {
    for (const strength of [2, 3]) {
      await forget();
      const id = await ask();
      const browser = visitor.browser();
      await browser.signIn(HOLDER);
      await setStrength(strength);
      const page = (await browser.get(`/portal/questions/${id}`)).text;
      expect(page.includes('name="code"')).toBe(strength === 2);
      const typed: Record<string, string> = strength === 2 ? { code: await desk.codeOf(id) } : {};
      const said = await browser.submit(`/portal/questions/${id}/yes`, typed);
      expect([said.status, said.location]).toEqual([303, `/portal/questions/${id}`]);
      expect((await browser.get(`/portal/questions/${id}`)).text).toContain('U hebt ja gezegd');
      expect(await decision()).toMatchObject({ outcome: 'permit', had: { confirmation: strength } });
    }
    await setStrength(2);
    await forget();
  });

  it('is answered with no, and the caller kept out, on the page', async () => {
    const id = await ask();
    const browser = visitor.browser();
    await browser.signIn('geeft@example.nl');
    await browser.get(`/portal/questions/${id}`);
    const empty = await browser.submit(`/portal/questions/${id}/yes`, { code: ' ' });
    expect([empty.status, empty.text.includes('Vul de code uit het bericht in')]).toEqual([400, true]);
    const wrong = await browser.submit(`/portal/questions/${id}/yes`, { code: '00000000' });
    expect([wrong.status, wrong.text.includes('U kunt het nog 4 keer proberen')]).toEqual([400, true]);
    const said = await browser.submit(`/portal/questions/${id}/no`, { block: 'yes' });
    expect([said.status, said.location]).toEqual([303, `/portal/questions/${id}`]);
    const after = (await browser.get(`/portal/questions/${id}`)).text;
    expect(after).toContain('U hebt nee gezegd');
    expect(after).toContain('Deze persoon is geblokkeerd.');
    expect(await decision()).toMatchObject({ outcome: 'deny', reason: 'holder_declined' });
    const again = await desk.open('C-4', { number: '+44 7700 900244', name: 'O. Opbeller' });
    expect(await desk.decide(again.body.call.id, 'contract.terminate')).toMatchObject({ reason: 'holder_block' });
  });
});

describe('a mandate that is about to end', () => {
  const DAY = 86_400_000;
  let reminders: RemindersService;

  /** In force between two people of its own, and ends this many days from now. */
  async function ending(number: number, days: number): Promise<string> {
    await desk.person(`H-${number}`, { name: `H. Einde ${number}`, phone: `+44 7700 9005${number}` });
    await desk.person(`G-${number}`, { name: `G. Einde ${number}`, phone: `+44 7700 9006${number}` });
    await desk.contract(`CE-${number}`, [`H-${number}`]);
    const { id } = await desk.mandate(`H-${number}`, `G-${number}`, ['billing'], [`CE-${number}`]);
    await endIn(id, days);
    return id;
  }

  function endIn(id: string, days: number): Promise<unknown> {
    return desk.owner.query(
      "UPDATE mandates SET ends_at = $2, starts_at = least(starts_at, $2::timestamptz - interval '1 day') WHERE id = $1",
      [id, new Date(Date.now() + days * DAY)],
    );
  }

  /** Time passes: the service looked last when it was this many days ago. */
  function lookedAgo(days: number): Promise<unknown> {
    const back = `ends_at = now() + days_before * interval '1 day' - interval '${days} days', mandate_id = '${NOBODY}'`;
    return desk.owner.query(`UPDATE mandate_reminders SET ${back}`);
  }

  async function remindersOf(id: string): Promise<{ days: number; people: number }[]> {
    const { rows } = await desk.owner.query<{ body: string; people: number }>(
      `SELECT body, cardinality(person_ids) AS people FROM audit_records
       WHERE kind = 'mandate.reminded' AND body LIKE $1 ORDER BY recorded_at`,
      [`%${id}%`],
    );
    return rows.map(({ body, people }) => ({ days: JSON.parse(body).days, people }));
  }

  beforeAll(() => {
    reminders = desk.api.app.get(RemindersService, { strict: false });
  });

  it('is told to both, 30 and 7 days before, once each', async () => {
    const [soon, sooner, later] = [await ending(11, 29.5), await ending(12, 6.5), await ending(13, 31)];
    await lookedAgo(1);
    await Promise.all([reminders.remind(), reminders.remind()]);
    await reminders.remind();
    expect(await remindersOf(soon)).toEqual([{ days: 30, people: 2 }]);
    expect(await remindersOf(sooner)).toEqual([{ days: 7, people: 2 }]);
    expect(await remindersOf(later)).toEqual([]);
    const { rows } = await desk.owner.query<{ id: string; crm_ref: string }>(
      "SELECT id, crm_ref FROM people WHERE crm_ref IN ('H-11', 'G-11') ORDER BY crm_ref DESC",
    );
    const [holderOf, proxyOf] = rows;
    const toHolder = await desk.message('person_id', holderOf?.id ?? '', 'mandate_ending');
    expect(toHolder.body).toContain('Moet die langer gelden?');
    expect(toHolder.link).toContain(`/portal/mandates/${soon}`);
    const toProxy = await desk.message('person_id', proxyOf?.id ?? '', 'mandate_ending');
    expect(toProxy.body).toContain('Vraag of de machtiging langer mag gelden.');
    expect(toProxy.link).toContain(`/portal/held/${soon}`);
  });

  it('is told again when it was renewed, and not told when it ended before, or late', async () => {
    const renewed = await ending(14, 29.5);
    const over = await ending(15, 29.5);
    const late = await ending(16, -1);
    await desk.expectSuccess(desk.post('crm', `/v1/mandates/${over}/withdraw`));
    await lookedAgo(40);
    await reminders.remind();
    await endIn(renewed, 45);
    await reminders.remind();
    expect(await remindersOf(renewed)).toEqual([{ days: 30, people: 2 }]);
    await endIn(renewed, 29.9);
    await lookedAgo(1);
    await reminders.remind();
    expect(await remindersOf(renewed)).toHaveLength(2);
    expect(await remindersOf(over)).toEqual([]);
    expect(await remindersOf(late)).toEqual([]);
  });

  it('is found also when more end at one moment than one transaction takes', async () => {
    const ids: string[] = [];
    for (let number = 20; number < 31; number += 1) ids.push(await ending(number, 20));
    await desk.owner.query('UPDATE mandates SET ends_at = $2 WHERE id = ANY ($1)', [
      ids,
      new Date(Date.now() + 25 * DAY),
    ]);
    await lookedAgo(10);
    await reminders.remind();
    for (const id of ids) expect(await remindersOf(id)).toEqual([{ days: 30, people: 2 }]);
  });
});

describe('a question that no code of the holder is strong enough for', () => {
  const TERMINATE = [{ name: 'contract.terminate' }];

  it('comes without one, and is answered in a session of strength 3 alone', async () => {
    await desk.owner.query('DELETE FROM code_budget_entries');
    const email = 'sleutel@example.nl';
    const holderId = await desk.person('P-31', { email, name: 'S. Sleutel' });
    await desk.person('P-32', { phone: '+44 7700 900332', name: 'O. Opbeller' });
    await desk.contract('C-31', ['P-31']);
    const mandate = await desk.mandate('P-31', 'P-32', ['subscription'], ['C-31']);
    const opened = await desk.open('C-31', { number: '+44 7700 900332', mandateRef: mandate.ref });
    const callId = opened.body.call.id;
    await desk.identify(callId);
    // By e-mail alone nobody says yes to this.
    expect(await desk.decide(callId, 'contract.terminate')).toMatchObject({ outcome: 'deny' });
    await desk.owner.query(
      `INSERT INTO passkeys (id, person_id, credential_hash, credential_sealed, sign_count, added_at)
       VALUES (gen_random_uuid(), $1, sha256('sleutel'), 'x', 0, now())`,
      [holderId],
    );
    expect(await desk.decide(callId, 'contract.terminate')).toMatchObject({ outcome: 'ask_holder' });
    const asked = await desk.expectSuccess(
      desk.post('agent', `/v1/calls/${callId}/confirmations`, { actions: TERMINATE }),
    );
    const { id } = asked.body.confirmations[0];
    const message = await desk.message('code_id', id);
    expect(message.body).toContain('Log dan in met een toegangssleutel');
    // But for the link, whose id may have eight digits in a row.
    expect(message.body.replace(id, '')).not.toMatch(/\b\d{6,8}\b/);
    expect(message.link).toContain(`/portal/questions/${id}`);
    // Not even the value that it would have had.
    const codes = desk.api.app.get(CodesService, { strict: false });
    const code = await codes.find(desk.api.app.get(DataSource).manager, id);
    const value = code === null ? null : codes.valueOf(code, code.counter, await codes.clock());
    expect(value).toMatch(/^\d{8}$/);
    const typed = { code: value, call_id: callId, actions: TERMINATE };
    expect(await desk.post('agent', `/v1/confirmations/${id}/attempts`, typed)).toMatchObject({
      status: 409,
      body: { code: 'invalid_state', detail: expect.stringContaining('the holder answers it after signing in') },
    });

    const me = await visitor.signIn(email);
    expect((await me.get('/v1/me/confirmations')).body).toEqual([
      expect.objectContaining({ id, digits: 0, by_session: true }),
    ]);
    const path = `/v1/me/confirmations/${id}/approve`;
    expect((await me.send('POST', path, { code: value })).body).toMatchObject({ code: 'proof_required' });
    const browser = visitor.browser();
    await browser.signIn(email);
    const page = (await browser.get(`/portal/questions/${id}`)).text;
    expect(page).toContain('Voor deze vraag is een code te zwak');
    expect(page).not.toContain('name="code"');
    // Nor does one factor at 2 type what nobody was sent: it costs no try.
    await desk.owner.query('UPDATE sessions SET strength = 2 WHERE person_id = $1', [holderId]);
    for (const body of [{}, { code: value }]) {
      expect((await me.send('POST', path, body)).body).toMatchObject({ code: 'proof_required' });
    }
    expect((await browser.get(`/portal/questions/${id}`)).text).not.toContain('name="code"');
    expect((await me.get(`/v1/me/confirmations/${id}`)).body).toMatchObject({ tries_left: 5 });
    await desk.owner.query('UPDATE sessions SET strength = 3, proved_at = now() WHERE person_id = $1', [holderId]);
    expect((await me.send('POST', path, {})).body).toMatchObject({ accepted: true });
    expect(await desk.decide(callId, 'contract.terminate', 'execute')).toMatchObject({
      outcome: 'permit',
      had: { confirmation: 3 },
    });
  });

  it('is answered by a session that is just strong enough, also where the policy asks for as much as there is', async () => {
    const telecom = await readFile('policies/telecom.yaml', 'utf8');
    const twice = 'proxy: { mandate: 2, caller: 2, confirmation: 2 }';
    const start = telecom.indexOf('  contract.terminate:');
    const strict =
      telecom.slice(0, start) +
      telecom.slice(start).replace(twice, twice.replace('confirmation: 2', 'confirmation: 3'));
    expect(strict).not.toBe(telecom);
    await desk.owner.query('DELETE FROM code_budget_entries');
    const phone = '+44 7700 900333';
    const holderId = await desk.person('P-33', { phone, name: 'S. Sleutel' });
    await desk.person('P-34', { phone: '+44 7700 900334', name: 'O. Opbeller' });
    await desk.contract('C-33', ['P-33']);
    await desk.owner.query(
      `INSERT INTO passkeys (id, person_id, credential_hash, credential_sealed, sign_count, added_at)
       VALUES (gen_random_uuid(), $1, sha256('sleutel van P-33'), 'x', 0, now())`,
      [holderId],
    );
    const mandate = await desk.mandate('P-33', 'P-34', ['subscription'], ['C-33']);
    try {
      await desk.expectSuccess(desk.post('admin', '/v1/policies', { document: strict }));
      const opened = await desk.open('C-33', { number: '+44 7700 900334', mandateRef: mandate.ref });
      const callId = opened.body.call.id;
      await desk.identify(callId);
      const asked = await desk.expectSuccess(
        desk.post('agent', `/v1/calls/${callId}/confirmations`, { actions: TERMINATE }),
      );
      const { id } = asked.body.confirmations[0];
      const { rows } = await desk.owner.query('SELECT level FROM codes WHERE id = $1', [id]);
      expect(rows).toEqual([{ level: 3 }]);
      const me = await visitor.signIn(phone);
      const path = `/v1/me/confirmations/${id}/approve`;
      expect((await me.send('POST', path, {})).body).toMatchObject({ code: 'proof_required' });
      await desk.owner.query('UPDATE sessions SET strength = 3, proved_at = now() WHERE person_id = $1', [holderId]);
      expect((await me.send('POST', path, {})).body).toMatchObject({ accepted: true });
      expect(await desk.decide(callId, 'contract.terminate')).toMatchObject({
        outcome: 'permit',
        had: { confirmation: 3 },
      });
    } finally {
      await desk.expectSuccess(desk.post('admin', '/v1/policies', { document: telecom }));
    }
  });
});
