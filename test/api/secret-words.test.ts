import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { looksLikeSecret } from '../../src/holders/secret-words.ts';
import { type Answer, Desk } from '../support/desk.ts';
import { OpenIdProvider } from '../support/openid-provider.ts';
import { type Me, PlainBrowser, Visitor } from '../support/visitor.ts';

const PUBLIC_URL = 'http://localhost';
const HOLDER = '+49 30 23125 061';
const SECRET = 'Zonnebloem77';
const WORDS = `De beller zei: mijn wachtwoord is ${SECRET}, schrijf maar op.`;
const WITHOUT = 'De beller zei een wachtwoord, en wij vragen daar nooit om.';

describe('Words in which a secret seems to stand', () => {
  it.each([
    'Wachtwoord is Welkom01',
    'het wachtwoord van de klant is Welkom01',
    'Her password: hunter2!',
    'password “zonnebloem”',
    'WW = geheim!9',
    'pin 1234',
    'Pincode: 4821',
    'the code was 482913',
    'sms-code 482 913',
    'the OTP is 48-29-13',
    'mdt_test_AbCdEfGhIjKlMnOpQrStUvWx',
  ])('are told: %s', (words) => expect(looksLikeSecret(words)).toBe(true));

  it.each([
    'Wachtwoord vergeten; een link gestuurd op 22-11-2026',
    'Iemand vroeg om mijn wachtwoord.',
    'The password link was sent on 2026-11-22',
    'Someone asked me for a code at 14:30 on 2026-11-22',
    'the code was sent to the number ending in 78',
    'Postcode 1234 AB, foutcode 1044',
    'error code 1044, product code 88412',
    'The caller was told 29.95 a month until 2026-12-31',
    'Opzegging van C-5001 per 31-12-2026, kenmerk 20260017',
  ])('are not taken for others: %s', (words) => expect(looksLikeSecret(words)).toBe(false));

  it('are found in no time, however they are repeated', () => {
    const start = performance.now();
    for (const part of ['wachtwoord ', 'code : ', 'pin is van de ', 'password "', 'ww='])
      looksLikeSecret(part.repeat(5_000));
    expect(performance.now() - start).toBeLessThan(1_000);
  });
});

describe('A field for words', () => {
  let provider: OpenIdProvider;
  let desk: Desk;
  let callId: string;
  let eventId: string;
  let holder: Me;
  let visitor: Visitor;

  beforeAll(async () => {
    provider = await OpenIdProvider.start(PUBLIC_URL);
    desk = await Desk.open({ publicUrl: PUBLIC_URL, ...provider.settings });
    visitor = new Visitor(desk);
    await desk.person('P-1', { name: 'Hanna Voorbeeld', phone: HOLDER });
    await desk.contract('C-1', ['P-1']);
    callId = (await desk.expectSuccess(desk.open('C-1', { as: 'holder', number: HOLDER }))).body.call.id;
    holder = await visitor.signIn(HOLDER);
    const happened = { kind: 'bankruptcy', person: 'P-1', occurred_on: '2026-01-31', reported_by: 'relative' };
    eventId = (await desk.expectSuccess(desk.post('agent', '/v1/life-events', happened))).body.id;
  }, 60_000);
  afterAll(async () => {
    await desk?.close();
    await provider?.stop();
  });

  const incident = (text: string): Promise<Answer> =>
    desk.post('agent', `/v1/calls/${callId}/incidents`, { type: 'secret_received', text });
  const entry = async (): Promise<string> => (await holder.get('/v1/me/activity')).body.entries[0].id;

  /** Each by the API, with what else it takes. */
  const FIELDS: Readonly<Record<string, (text: string) => Promise<Answer>>> = {
    'of a statement': (text) =>
      desk.post('agent', `/v1/calls/${callId}/statements`, { subject: 'other', source: 'crm', text }),
    'of a report by an employee': incident,
    'of a report by the person concerned': async (text) =>
      holder.send('POST', `/v1/me/activity/${await entry()}/incidents`, { text }),
    'of how an incident ended': async (note) => {
      const { body } = await desk.expectSuccess(incident(WITHOUT));
      return desk.post('privacy', `/v1/incidents/${body.id}/close`, { note });
    },
    'of why something was not done': async (note) => {
      const receipt = { obligation_id: `${callId}.0.0`, status: 'failed', note };
      const answer = await desk.post('agent', `/v1/calls/${callId}/receipts`, receipt);
      // There is no such obligation: nobody looked for it before the words were read.
      return answer.status === 404 ? { ...answer, status: 201 } : answer;
    },
    'of an action that is asked about': (description) =>
      desk.check(callId, [{ name: 'fault.report', properties: { description } }]),
    'of what somebody says against a life event': (text) =>
      desk.post('agent', `/v1/life-events/${eventId}/contests`, { text }),
  };

  it.each(Object.entries(FIELDS))('%s takes none, and the same without it', async (_, send) => {
    const refused = await send(WORDS);
    expect([refused.status, refused.body.code]).toEqual([400, 'validation_failed']);
    expect(JSON.stringify(refused.body)).toContain('without a password or a code');
    expect(JSON.stringify(refused.body)).not.toContain(SECRET);
    expect((await send(WITHOUT)).status).toBeLessThan(300);
  });

  it('on a page shows it no more, and says what to leave out; other words stay', async () => {
    const employee = new PlainBrowser(desk);
    provider.roles.set('A-1', ['desk-agent']);
    provider.atKeyboard = 'A-1';
    const start = await employee.get('/desk/sign-in/start');
    const back = new URL(await provider.walkBack(start.location ?? ''));
    await employee.get(`${back.pathname}${back.search}`);
    await employee.get(`/desk/calls/${callId}`);
    const customer = visitor.browser();
    await desk.owner.query('DELETE FROM code_budget_entries');
    await customer.signIn(HOLDER);
    const about = await entry();
    await customer.get(`/portal/activity/${about}`);
    const tooLong = 'x'.repeat(1_001);
    const forms: readonly (readonly [PlainBrowser, string, (text: string) => Record<string, string>])[] = [
      [employee, `/desk/calls/${callId}/incidents`, (what) => ({ type: 'other', what })],
      [employee, `/desk/calls/${callId}/statements`, (text) => ({ subject: 'other', source: 'crm', text })],
      [employee, `/desk/calls/${callId}/execute`, (text) => ({ action: 'fault.report', 'p.description': text })],
      [employee, `/desk/files/life-events/${eventId}/contest`, (text) => ({ text })],
      [customer, `/portal/activity/${about}`, (text) => ({ text, stop: 'none' })],
    ];
    for (const [browser, path, form] of forms) {
      const refused = await browser.submit(path, form(WORDS));
      expect([path, refused.status, refused.text.includes(SECRET)]).toEqual([path, 400, false]);
      expect(refused.text).toMatch(/zonder (het )?wachtwoord of (de )?code/);
      // The control: what is refused for another reason is there to be mended.
      expect((await browser.submit(path, form(tooLong))).text).toContain(tooLong);
    }
  });

  it('leaves no trace of it anywhere in the database', async () => {
    const { rows: tables } = await desk.owner.query<{ name: string }>(
      "SELECT quote_ident(table_name) AS name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'",
    );
    for (const { name } of tables) {
      const spellings = `${SECRET}|${Buffer.from(SECRET).toString('hex')}`;
      const { rows } = await desk.owner.query(`SELECT FROM ${name} t WHERE t::text ~ $1`, [spellings]);
      expect([name, rows.length]).toEqual([name, 0]);
    }
  });
});
