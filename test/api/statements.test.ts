import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { differences } from '../../src/statements/statement.ts';
import { type Answer, Desk } from '../support/desk.ts';
import { type Me, Visitor } from '../support/visitor.ts';

const HOLDER = '+44 7700 900161';
const JOINT = '+44 7700 900162';
const PROXY = '+44 7700 900163';
const SECRET = 'Zonder borg tot de verhuizing';

const PRICE = { subject: 'price', source: 'terms', amount: { cents: 2995, currency: 'EUR' } };

let desk: Desk;
let visitor: Visitor;
let holderId: string;
let mandate: { readonly ref: string };

beforeAll(async () => {
  desk = await Desk.open();
  visitor = new Visitor(desk);
  holderId = await desk.person('P-1', { name: 'Hanna Voorbeeld', phone: HOLDER });
  await desk.person('P-2', { name: 'Joost Voorbeeld', phone: JOINT, language: 'en' });
  await desk.person('P-3', { name: 'Willem Verzonnen', phone: PROXY });
  await desk.contract('C-1', ['P-1', 'P-2']);
  await desk.contract('C-2', ['P-1']);
  mandate = await desk.mandate('P-1', 'P-3', ['billing'], ['C-1']);
});
afterAll(() => desk.close());

async function call(contract = 'C-1', agent = 'A-1'): Promise<string> {
  const { body } = await desk.expectSuccess(desk.open(contract, { number: PROXY, mandateRef: mandate.ref, agent }));
  return body.call.id;
}

function say(
  callId: string,
  more: Record<string, unknown> = {},
  headers: Record<string, string> = {},
): Promise<Answer> {
  return desk.post('agent', `/v1/calls/${callId}/statements`, { ...PRICE, ...more }, headers);
}

async function said(callId: string, more: Record<string, unknown> = {}): Promise<Answer['body']> {
  return (await desk.expectSuccess(say(callId, more))).body;
}

async function listed(callId: string): Promise<readonly Answer['body'][]> {
  return (await desk.expectSuccess(desk.get('agent', `/v1/calls/${callId}/statements`))).body.statements;
}

async function recorded(): Promise<number> {
  const { rows } = await desk.owner.query<{ count: number }>(
    `SELECT (SELECT count(*) FROM statements)::integer * 1000
       + (SELECT count(*) FROM audit_records WHERE starts_with(kind, 'statement.'))::integer AS count`,
  );
  return rows[0]?.count ?? -1;
}

async function signIn(contact: string): Promise<Me> {
  await desk.owner.query('DELETE FROM code_budget_entries');
  return visitor.signIn(contact);
}

describe('a statement', () => {
  it('keeps what was told in a call, by role, with its contract and source, in order', async () => {
    const callId = await call();
    const first = await said(callId, { date: '2026-12-31', text: SECRET });
    expect(first).toMatchObject({
      call_id: callId,
      role: 'agent',
      heard_as: 'proxy',
      ...PRICE,
      date: '2026-12-31',
      text: SECRET,
      crm_value: null,
      comparison: 'none',
      corrects: null,
      is_corrected: false,
    });
    const words = { subject: 'fault', source: 'colleague', amount: undefined, text: 'Vandaag opgelost.' };
    const second = await said(callId, words);
    expect(await listed(callId)).toEqual([first, second]);
    const { rows } = await desk.owner.query<{ contract: string; agent: string }>(
      `SELECT c.contract_ref AS contract, a.agent_ref AS agent FROM statements s JOIN contracts c ON c.id = s.contract_id
       JOIN agents a ON a.id = s.agent_id WHERE s.id = $1`,
      [first.id],
    );
    expect(rows).toEqual([{ contract: 'C-1', agent: 'A-1' }]);
  });

  it('is kept sealed: neither amounts, dates nor words can be read in the database', async () => {
    const callId = await call();
    await said(callId, { amount: { cents: 7_654_321, currency: 'EUR' }, text: SECRET });
    const { rows } = await desk.owner.query<{ row: string }>(
      `SELECT s::text AS row FROM statements s UNION ALL SELECT body FROM audit_records WHERE starts_with(kind, 'statement.')`,
    );
    expect(rows.length).toBeGreaterThan(1);
    for (const secret of [SECRET, '7654321']) {
      const spellings = [secret, Buffer.from(secret).toString('hex')];
      expect(rows.some(({ row }) => spellings.some((one) => row.includes(one)))).toBe(false);
    }
    // The same look finds what is there.
    expect(rows.some(({ row }) => row.includes('price'))).toBe(true);
  });

  it('cannot be changed or taken away by the application', async () => {
    const { rows } = await desk.owner.query<{ may: boolean }>(
      `SELECT unnest(ARRAY[has_table_privilege('mandaat_app', 'statements', 'INSERT'),
         has_any_column_privilege('mandaat_app', 'statements', 'UPDATE'), has_table_privilege('mandaat_app', 'statements', 'DELETE')]) AS may`,
    );
    expect(rows.map(({ may }) => may)).toEqual([true, false, false]);
  });

  it('is recorded once under one key', async () => {
    const callId = await call();
    const key = { 'idempotency-key': randomUUID() };
    const [one, two] = [await say(callId, {}, key), await say(callId, {}, key)];
    expect([one.status, two.status, two.body.id]).toEqual([201, 201, one.body.id]);
    expect(await listed(callId)).toHaveLength(1);
    expect((await say(callId)).status).toBe(201);
    expect(await listed(callId)).toHaveLength(2);
  });

  const WRONG: Readonly<Record<string, Record<string, unknown>>> = {
    'an unknown subject': { subject: 'weather' },
    'an unknown source': { source: 'rumour' },
    'half a cent': { amount: { cents: 0.5, currency: 'EUR' } },
    'a text for an amount': { amount: { cents: '2995', currency: 'EUR' } },
    'no amount in a list': { amount: [] },
    'an amount in a list': { amount: [PRICE.amount] },
    'what the CRM has in a list': { crm_value: [{ amount: PRICE.amount }] },
    'too much': { amount: { cents: 1_000_000_001, currency: 'EUR' } },
    'no currency': { amount: { cents: 1 } },
    'a currency that there is not': { amount: { cents: 1, currency: 'XQX' } },
    'a day that there is not': { date: '2026-02-30' },
    'a moment for a day': { date: '2026-02-28T00:00:00Z' },
    'too long a text': { text: 'x'.repeat(201) },
    'an empty text': { text: ' ' },
    'a text with a control character': { text: 'a\u0007b' },
    nothing: { amount: undefined },
    'an amount of the CRM beside none': { amount: undefined, date: '2026-12-31', crm_value: { amount: PRICE.amount } },
    'a date of the CRM beside none': { crm_value: { date: '2026-12-31' } },
    'a field too many': { said_by: 'caller' },
    'no id of what it corrects': { corrects: 'the first one' },
  };

  it.each(Object.entries(WRONG))('with %s is refused, and nothing is recorded', async (_what, more) => {
    const callId = await call();
    const before = await recorded();
    expect(await say(callId, more)).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
    expect(await recorded()).toBe(before);
    // The control: the same without it.
    expect((await say(callId)).status).toBe(201);
  });

  it('is for who runs the call, while it lasts', async () => {
    const callId = await call();
    const before = await recorded();
    const path = `/v1/calls/${callId}/statements`;
    const other = { 'mandaat-agent': 'A-2' };
    const absent = await say(randomUUID());
    const foreign = await say(callId, {}, other);
    const bare = ({ body: { requestId: _id, ...body } }: Answer) => body;
    expect([foreign.status, bare(foreign)]).toEqual([404, bare(absent)]);
    expect((await desk.send('agent', 'GET', path, undefined, other)).status).toBe(404);
    // A system sees every call, and says nothing in any, neither by itself nor for somebody else's.
    expect((await desk.post('crm', path, PRICE)).body.code).toBe('malformed_request');
    expect((await desk.post('crm', path, PRICE, other)).status).toBe(404);
    expect(await recorded()).toBe(before);
    expect((await desk.post('crm', path, PRICE, { 'mandaat-agent': 'A-1' })).status).toBe(201);
    expect((await desk.get('crm', path)).body.statements).toHaveLength(1);

    await desk.post('agent', `/v1/calls/${callId}/end`);
    expect((await say(callId)).body.code).toBe('call_ended');
    expect(await listed(callId)).toHaveLength(1);
  });
});

describe('a call', () => {
  it('has a hundred statements at most', async () => {
    const callId = await call();
    await said(callId);
    await desk.owner.query(
      `INSERT INTO statements SELECT gen_random_uuid(), call_id, contract_id, agent_id, role, heard_as, subject, source, comparison,
         NULL, sealed_for, facts_sealed, said_at FROM statements, generate_series(1, 98) WHERE call_id = $1`,
      [callId],
    );
    expect((await say(callId)).status).toBe(201);
    const before = await recorded();
    expect(await say(callId)).toMatchObject({ status: 409, body: { code: 'invalid_state' } });
    expect(await recorded()).toBe(before);
  });
});

describe('what the CRM has otherwise', () => {
  const OTHER = { amount: { cents: 3495, currency: 'EUR' } };

  it('warns before it is said: nothing is recorded until the agent says it all the same', async () => {
    const callId = await call();
    const before = await recorded();
    const warned = await say(callId, { crm_value: OTHER });
    expect(warned).toMatchObject({ status: 409, body: { code: 'statement_differs' } });
    expect(warned.body.errors).toEqual([{ pointer: '/amount', detail: expect.any(String) }]);
    // No value is in the answer: it goes into logs of others.
    expect(JSON.stringify([warned.body.detail, warned.body.errors])).not.toMatch(/2995|3495/);
    expect(await recorded()).toBe(before);
    const anyway = await said(callId, { crm_value: OTHER, said_anyway: true });
    expect(anyway).toMatchObject({ comparison: 'different', crm_value: { ...OTHER, date: null } });
    expect(await listed(callId)).toHaveLength(1);
  });

  it('is no warning when it is the same, and says so', async () => {
    const callId = await call();
    expect(await said(callId, { crm_value: { amount: PRICE.amount } })).toMatchObject({ comparison: 'same' });
    expect(await said(callId, { crm_value: {} })).toMatchObject({ comparison: 'none' });
    // Nobody can say beforehand that what is the same was other.
    const same = { crm_value: { amount: PRICE.amount }, said_anyway: true };
    expect(await said(callId, same)).toMatchObject({ comparison: 'same' });
  });

  it('is told apart by amount, currency and date, and by nothing that the CRM left out', () => {
    const euros = { cents: 1, currency: 'EUR' };
    const fact = (amount: typeof euros | null, date: string | null) => ({ amount, date });
    expect(differences(fact(euros, '2026-01-01'), fact(euros, '2026-01-01'))).toEqual([]);
    expect(differences(fact(euros, '2026-01-01'), fact(null, null))).toEqual([]);
    expect(differences(fact(euros, null), fact({ ...euros, cents: 2 }, null))).toEqual(['amount']);
    expect(differences(fact(euros, null), fact({ ...euros, currency: 'USD' }, null))).toEqual(['amount']);
    expect(differences(fact(euros, '2026-01-01'), fact(euros, '2026-01-02'))).toEqual(['date']);
    expect(differences(fact(euros, '2026-01-01'), fact({ ...euros, cents: 2 }, '2026-01-02'))).toEqual([
      'amount',
      'date',
    ]);
  });
});

describe('a correction', () => {
  it('stands beside the first, always links to that one, and reaches every holder in their language', async () => {
    const callId = await call();
    const first = await said(callId);
    await desk.sent();
    const second = await said(callId, { amount: { cents: 3495, currency: 'EUR' }, corrects: first.id });
    expect(second).toMatchObject({ corrects: first.id, is_corrected: false });
    const third = await said(callId, { amount: { cents: 3595, currency: 'EUR' }, corrects: second.id });
    expect(third.corrects).toBe(first.id);
    const all = await listed(callId);
    expect(all.map(({ id, is_corrected: isCorrected }) => [id, isCorrected])).toEqual([
      [first.id, true],
      [second.id, true],
      [third.id, false],
    ]);
    expect(all[0]).toMatchObject(PRICE);

    const { body: dutch } = await desk.message('person_id', holderId, 'statement_corrected');
    expect(dutch).toMatch(/niet klopt.*Dit klopt wel: Prijs \(Bedrag: "€ 35,95"\)/);
    const { rows } = await desk.owner.query<{ id: string }>("SELECT id FROM people WHERE crm_ref = 'P-2'");
    const { body: english } = await desk.message('person_id', rows[0]?.id ?? '', 'statement_corrected');
    expect(english).toMatch(/not right.*This is right: Price \(Amount: "€35.95"\)/);
    const { rows: told } = await desk.owner.query<{ ref: string }>(
      `SELECT DISTINCT p.crm_ref AS ref FROM messages m JOIN people p ON p.id = m.person_id
       WHERE m.template = 'statement_corrected' ORDER BY ref`,
    );
    expect(told.map(({ ref }) => ref)).toEqual(['P-1', 'P-2']);
  });

  it('can come after the call, and in a later call about the same contract; never about another one', async () => {
    const callId = await call();
    const first = await said(callId);
    await desk.post('agent', `/v1/calls/${callId}/end`);
    expect((await say(callId, { corrects: first.id })).status).toBe(201);
    const later = await call('C-1', 'A-2');
    const by = { 'mandaat-agent': 'A-2' };
    expect((await say(later, { corrects: first.id }, by)).body).toMatchObject({ call_id: later, corrects: first.id });
    const before = await recorded();
    const elsewhere = await call('C-2', 'A-2');
    expect((await say(elsewhere, { corrects: first.id }, by)).status).toBe(404);
    expect((await say(later, { corrects: randomUUID() }, by)).status).toBe(404);
    expect(await recorded()).toBe(before);
  });

  it('of a first statement there is no news: only what was wrong is written to anybody', async () => {
    const count = async (): Promise<number> => {
      const { rows } = await desk.owner.query<{ count: number }>('SELECT count(*)::integer AS count FROM messages');
      return rows[0]?.count ?? -1;
    };
    const callId = await call();
    const before = await count();
    const first = await said(callId);
    expect(await count()).toBe(before);
    await said(callId, { corrects: first.id });
    expect(await count()).toBe(before + 2);
  });
});

describe('the people whose contract it was about', () => {
  it('read what was said, each of them, in data, in the table and on a page, and can question it', async () => {
    const callId = await call('C-1');
    const first = await said(callId, { date: '2026-12-31', text: SECRET, crm_value: { date: '2026-12-31' } });
    await said(callId, { amount: { cents: 3495, currency: 'EUR' }, corrects: first.id });
    for (const contact of [HOLDER, JOINT]) {
      const me = await signIn(contact);
      const { body } = await me.send('GET', '/v1/me/activity?category=said', undefined, { 'accept-language': 'nl' });
      const [correction, statement] = body.entries;
      expect(statement).toMatchObject({
        category: 'said',
        sentence: 'In een contact over een contract van u is iets gezegd over: Prijs.',
        who: { is: 'agent', text: expect.stringMatching(/^Medewerker [A-Z2-9]{4} \(agent, service\)$/) },
        details: [expect.stringMatching(/^Bedrag: €\s29,95$/), 'Datum: 31 december 2026', `In woorden: ${SECRET}`],
        channel: 'phone',
      });
      expect(correction.details).toEqual([expect.stringMatching(/^Bedrag: €\s34,95$/)]);
      const { body: table } = await me.get('/v1/me/activity/export?format=csv&category=said');
      expect(table).toContain(SECRET);
      const path = `/v1/me/activity/${statement.id}/incidents`;
      expect(await me.send('POST', path, { text: 'Dat is mij niet verteld.' })).toMatchObject({ status: 201 });
    }
    const browser = visitor.browser();
    await desk.owner.query('DELETE FROM code_budget_entries');
    await browser.signIn(HOLDER);
    expect((await browser.get('/portal/activity?category=said')).text).toContain(SECRET);
    expect((await browser.get('/portal/activity?category=said&lang=en')).text).toContain('31 December 2026');
  });

  it('are the only ones: who was on the line reads nothing of it afterwards', async () => {
    const proxy = await signIn(PROXY);
    const { body } = await proxy.get('/v1/me/activity?limit=100');
    // The control: their own calls are there.
    expect(body.entries.length).toBeGreaterThan(0);
    expect(body.entries.filter(({ category }: { category: string }) => category === 'said')).toEqual([]);
    expect(JSON.stringify(body)).not.toContain(SECRET);
  });

  it('leave no trace of it when their key is gone, but that something was said', async () => {
    const person = '+44 7700 900164';
    const id = await desk.person('P-4', { phone: person });
    await desk.contract('C-4', ['P-4', 'P-1']);
    const { body } = await desk.expectSuccess(desk.open('C-4', { as: 'holder', number: person }));
    const callId = body.call.id;
    await said(callId, { text: SECRET });
    await desk.owner.query(
      'UPDATE people SET key_wrapped = NULL, key_ring_id = NULL, name_sealed = NULL WHERE id = $1',
      [id],
    );
    expect(await listed(callId)).toEqual([expect.objectContaining({ subject: 'price', amount: null, text: null })]);
    const me = await signIn(HOLDER);
    const [entry] = (await me.get('/v1/me/activity?category=said')).body.entries;
    expect(entry.details).toEqual([]);
  });
});

describe('the log of who said it', () => {
  it('counts it, and repeats nothing of it', async () => {
    const callId = await call();
    const first = await said(callId, { text: SECRET });
    await said(callId, { text: SECRET, corrects: first.id });
    const { body } = await desk.get('agent', '/v1/agents/me/log?limit=1');
    expect(body.calls[0].call_id).toBe(callId);
    const kinds = body.calls[0].records.map(({ kind }: { kind: string }) => kind);
    expect(kinds).toEqual(['call.opened', 'check.advised', 'statement.recorded', 'statement.corrected']);
    expect(JSON.stringify(body)).not.toContain(SECRET);
  });
});
