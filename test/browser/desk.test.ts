import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, BrowserContext } from 'playwright-core';

import { changedConfig } from '../../src/config/config.ts';

import { text, type TextKey } from '../../src/pages/text.ts';
import type { Language } from '../../src/policy/vocabulary.ts';
import { startSibling } from '../support/app.ts';
import { Desk } from '../support/desk.ts';
import { OpenIdProvider } from '../support/openid-provider.ts';
import { CHROMIUM, HOW_TO_GET_ONE, startBrowser } from './browser.ts';
import { KeyboardReader } from './reader.ts';

if (CHROMIUM === null) process.stderr.write(`SKIPPED test/browser/desk: ${HOW_TO_GET_ONE}\n`);
const inABrowser = CHROMIUM === null ? describe.skip : describe;

const PUBLIC_URL = 'http://localhost';
const PROXY = '+44 7700 900172';

let provider: OpenIdProvider;
let desk: Desk;
let mandate: { readonly ref: string };
let browser: Browser;
let context: BrowserContext;
/** What the browser complained about since the last test. */
let complaints: string[] = [];

async function codeOfCall(purpose: 'verification' | 'action'): Promise<{ readonly id: string; readonly code: string }> {
  const { rows } = await desk.owner.query<{ id: string }>(
    'SELECT id FROM codes WHERE purpose = $1 ORDER BY issued_at DESC LIMIT 1',
    [purpose],
  );
  const id = rows[0]?.id ?? '';
  return { id, code: await desk.codeOf(id) };
}

/** Somebody else at the computer, who signs in at the employer's own provider. */
async function sitDown(agent: 'A-1' | 'A-2' | 'V-1' | 'V-2', language: Language): Promise<KeyboardReader> {
  await context?.close();
  provider.atKeyboard = agent;
  context = await browser.newContext({ viewport: { width: 1280, height: 720 } });
  context.on('console', (message) => {
    if (message.type() === 'error' && !/status of (400|404|409)/.test(message.text())) complaints.push(message.text());
  });
  const me = new KeyboardReader(await context.newPage(), PUBLIC_URL, language);
  await me.goto('/desk');
  expect(await me.heading()).toBe(text(language, 'desk.sign_in_title'));
  if (agent === 'A-1') await me.look('desk-sign-in');
  await me.press(`link "${text(language, 'desk.sign_in')}"`);
  // Whose role opens no calls begins with incidents.
  await me.page.waitForURL(agent.startsWith('V') ? /\/desk\/incidents$/ : /\/desk(\?|$)/);
  return me;
}

/** What is filled in about a paper; its file stays where it is. */
async function describePaper(me: KeyboardReader): Promise<void> {
  await me.pick(text(me.language, 'files.evidence_form'), text(me.language, 'files.proof.court'));
  await me.type(text(me.language, 'files.source'), 'Rechtbank Voorbeeldstad');
  await me.type(text(me.language, 'files.reference'), 'VB-2026-17');
  await me.typeDay(text(me.language, 'files.dated_on'), '2026-01-31');
  await me.type(text(me.language, 'files.sha256'), 'ab'.repeat(32));
}

inABrowser(`the desk${CHROMIUM === null ? ` (SKIPPED, ${HOW_TO_GET_ONE})` : ''}`, () => {
  beforeAll(async () => {
    provider = await OpenIdProvider.start(PUBLIC_URL);
    desk = await Desk.open({ publicUrl: PUBLIC_URL, ...provider.settings });
    await desk.person('P-1', { name: 'Hanna Voorbeeld', phone: '+44 7700 900171' });
    await desk.person('P-2', { name: 'Willem Verzonnen', phone: PROXY });
    await desk.contract('C-1', ['P-1']);
    mandate = await desk.mandate('P-1', 'P-2', ['billing', 'subscription'], ['C-1']);
    for (const agent of ['A-1', 'A-2']) provider.roles.set(agent, ['desk-agent']);
    for (const agent of ['V-1', 'V-2']) {
      await desk.put('admin', `/v1/agents/${agent}`, { role: 'privacy', team: 'privacy', is_active: true });
      provider.roles.set(agent, ['desk-privacy']);
    }
    browser = await startBrowser(PUBLIC_URL, desk.api.url);
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await desk?.close();
    await provider?.stop();
  });
  afterEach(async () => {
    await context?.close();
    await desk.owner.query('DELETE FROM code_budget_entries');
    const heard = complaints;
    complaints = [];
    expect(heard).toEqual([]);
  });

  it('sees the holder answer where no event gets through, too', async () => {
    provider.atKeyboard = 'A-1';
    context = await browser.newContext();
    const page = await context.newPage();
    await page.route('**/live?*', (route) => route.abort());
    context.on('console', (message) => {
      if (message.type() === 'error' && !message.text().includes('net::ERR_FAILED')) complaints.push(message.text());
    });
    const { body } = await desk.expectSuccess(desk.open('C-1', { mandateRef: mandate.ref }));
    const callId = body.call.id as string;
    await desk.identify(callId);
    const actions = [{ name: 'contract.terminate' }];
    const question = await desk.expectSuccess(desk.post('agent', `/v1/calls/${callId}/confirmations`, { actions }));
    const { link } = await desk.message('code_id', question.body.confirmations[0].id);
    await page.goto(`${PUBLIC_URL}/desk?lang=nl`);
    await page.getByRole('link', { name: text('nl', 'desk.sign_in') }).click();
    await page.waitForURL(/\/desk(\?|$)/);
    await page.goto(`${PUBLIC_URL}/desk/calls/${callId}?lang=nl`);
    expect(await page.getByRole('main').innerText()).not.toContain(text('nl', 'desk.state.declined'));
    // As long as nothing is new it asks for that alone, and not for the page.
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await page.waitForResponse((response) => response.url().endsWith('/live/state'));
    expect(asked.filter((path) => path.endsWith(callId))).toEqual([]);
    await fetch(`${desk.api.url}${new URL(link ?? '').pathname}/no`, {
      method: 'POST',
      body: new URLSearchParams({ block: 'no' }),
      redirect: 'manual',
    });
    await page.getByText(text('nl', 'desk.state.declined')).first().waitFor();
    expect(asked.filter((path) => path.endsWith(callId))).toHaveLength(1);
    await desk.post('agent', `/v1/calls/${callId}/end`);
    await page.waitForURL((url) => url.search === '');
    await page.getByText(text('nl', 'desk.ended_title')).first().waitFor();
  });

  it('stands in the frame of a page that may show it, and in no other', async () => {
    const framed = 'http://localhost:8181';
    const config = changedConfig(desk.api.config, { publicUrl: framed, deskFrameOrigins: ['http://crm.example.nl'] });
    const sibling = await startSibling({ ...desk.api, config });
    // Programs that show the desk are on this machine, too: a browser keeps a page of elsewhere from what is here.
    const program = createServer((_, response) => {
      response.setHeader('content-type', 'text/html');
      response.end(`<!doctype html><title>CRM</title><iframe src="${framed}/desk/sign-in?lang=nl"></iframe>`);
    });
    await new Promise<void>((resolve) => program.listen(0, '127.0.0.1', resolve));
    const here = `127.0.0.1:${(program.address() as AddressInfo).port}`;
    const hosts = ['crm.example.nl:80', 'other.example.nl:80', 'crm.example.nl:8080', 'x.crm.example.nl:80'];
    const other = await startBrowser(framed, sibling.url, Object.fromEntries(hosts.map((host) => [host, here])));
    try {
      const shown = async (origin: string): Promise<boolean> => {
        const page = await other.newPage();
        await page.goto(`${origin}/`);
        const [, frame] = page.frames();
        const headings = await frame?.getByRole('heading', { level: 1 }).allInnerTexts();
        await page.close();
        return headings?.includes(text('nl', 'desk.sign_in_title')) === true;
      };
      expect(await shown('http://crm.example.nl')).toBe(true);
      for (const origin of ['http://other.example.nl', 'http://crm.example.nl:8080', 'http://x.crm.example.nl']) {
        expect([origin, await shown(origin)]).toEqual([origin, false]);
      }
    } finally {
      await other.close();
      program.close();
      await sibling.stop();
    }
  });

  it('shows what a call begins with in a window of 1280 by 720, and a look finds what would not fit', async () => {
    const { body } = await desk.expectSuccess(desk.open('C-1', { mandateRef: mandate.ref }));
    const me = await sitDown('A-1', 'nl');
    await me.goto(`/desk/calls/${body.call.id}`);
    const bottom = async (what: string): Promise<number> => {
      const box = await me.page.locator(what).first().boundingBox();
      return box === null ? Infinity : box.y + box.height;
    };
    for (const what of ['.desk-tiles', '#caller', '#group-permit h2', `form[action$="/end"] button`]) {
      expect([what, (await bottom(what)) <= 720]).toEqual([what, true]);
    }
    await me.look('desk-call-wide');
    expect(me.faults).toEqual([]);
    await me.page.evaluate(() => {
      const wide = document.createElement('div');
      wide.style.width = '1400px';
      wide.textContent = 'x';
      document.querySelector('main')?.append(wide);
    });
    await me.look('desk-call-too-wide');
    expect(me.faults.filter((fault) => fault.includes('1280 by 720'))).toHaveLength(1);
  });

  describe.each(['nl', 'en'] as const)('in %s, with the keyboard alone', (language: Language) => {
    const say = (key: TextKey, values: Readonly<Record<string, string | number>> = {}): string =>
      text(language, key, values);

    it('takes a call from signing in to its end, and sees the holder answer without a reload', async () => {
      const me = await sitDown('A-1', language);
      expect(await me.heading()).toBe(say('desk.open_title'));

      await me.type(say('desk.contract'), 'C-1');
      await me.page.keyboard.press('Tab');
      await me.page.keyboard.press('Tab');
      await me.page.keyboard.press('ArrowDown');
      await me.type(say('desk.mandate_ref'), mandate.ref);
      await me.look('desk-open');
      await me.press(`button "${say('desk.open')}"`);
      expect(await me.heading()).toBe(say('desk.call_title', { contract: 'C-1' }));
      await me.look('desk-call');

      await me.press(`button "${say('desk.send_code')}"`);
      await me.type(say('desk.code_of_caller'), (await codeOfCall('verification')).code);
      await me.press(`button "${say('desk.check_code')}"`);
      expect(await me.text()).toContain(say('desk.said.caller_verified'));

      const action = language === 'nl' ? 'Het abonnement opzeggen' : 'End the subscription';
      await me.press(`button "${say('desk.ask')} ${say('desk.ask_hidden', { action })}"`);
      const question = await codeOfCall('action');
      await me.page
        .getByText(new RegExp(say('desk.state.pending')))
        .first()
        .waitFor();
      await me.look('desk-asked');
      // The message is on its way, and then it has left: the page says so by itself.
      const sent = say('desk.delivery', { state: 'sent', route: 'sms' });
      await me.page.getByText(sent).waitFor();
      // What is being typed meanwhile stays.
      await me.type(say('desk.code_of_holder'), question.code.slice(0, 4));
      await desk.owner.query('UPDATE codes SET tries = tries + 1 WHERE id = $1', [question.id]);
      await me.page
        .getByText(say('desk.until_tries', { until: 'x', tries: 4 }).split('x')[1]?.slice(2) ?? '')
        .waitFor();
      await me.page.keyboard.type(question.code.slice(4));
      await Promise.all([me.page.waitForEvent('domcontentloaded'), me.page.keyboard.press('Enter')]);
      expect(await me.text()).toContain(say('desk.state.approved'));
      const permitted = await me.page.locator('#group-permit').innerText();
      expect(permitted).toContain(action);
      await me.look('desk-approved');

      await me.press(`button "${say('desk.end')}"`);
      expect(await me.text()).toContain(say('desk.ended_title'));
      await me.look('desk-ended');
      await me.press(`link "${say('log.title')}"`);
      expect(await me.text()).toContain(action);
      await me.look('desk-log');
      expect(me.faults).toEqual([]);
      await me.goto('/desk/nowhere');
      await me.look('desk-nowhere');
      expect(me.faults).toEqual([]);
    });

    it('does what comes with an act, says something, is warned, puts it right, and reports an incident', async () => {
      const { body } = await desk.expectSuccess(desk.open('C-1', { as: 'holder', number: '+44 7700 900171' }));
      const callId = body.call.id as string;
      const me = await sitDown('A-1', language);
      await me.goto(`/desk/calls/${callId}`);

      // What has to be done with it is a list, gone through by its buttons.
      const test = language === 'nl' ? 'De lijn testen' : 'Test the line';
      await me.unfold(test);
      await me.press(`button "${say('desk.execute')}`);
      expect(await me.text()).toContain(say('desk.owed_title'));
      await me.press(`button "${say('desk.receipt.done')}`);
      expect(await me.text()).toContain(say('desk.said.duty_done'));

      await me.unfold(say('said.new'));
      await me.pick(say('said.source'), say('said.source.terms'));
      await me.press(`button "${say('said.record')}"`);
      expect(await me.text()).toContain(say('said.empty'));
      await me.look('desk-said-fault');
      await me.type(say('said.amount_field'), '29,95');
      await me.typeDay(say('said.date'), '2026-12-31');
      await me.type(say('said.text'), language === 'nl' ? 'Per maand.' : 'A month.');
      await me.type(say('said.crm_amount'), '34,95');
      await me.press(`button "${say('said.record')}"`);
      expect(await me.text()).toContain(say('said.warning_title'));
      expect(await me.text()).toContain(say('said.none'));
      await me.look('desk-said-warning');
      await me.tick(say('said.anyway'));
      await me.press(`button "${say('said.record')}"`);
      expect(await me.text()).toContain(say('desk.said.said'));
      expect(await me.text()).toContain(say('said.differs'));
      await me.look('desk-said');

      await me.press(`link "${say('said.correct')}`);
      await me.look('desk-correct');
      await me.type(say('said.amount_field'), '34,95');
      await me.press(`button "${say('said.record')}"`);
      expect(await me.text()).toContain(say('desk.said.corrected'));
      expect(await me.text()).toContain(say('said.is_corrected'));

      await me.unfold(say('report.title'));
      await me.press(`button "${say('report.send')}"`);
      expect(await me.text()).toContain(say('report.fault'));
      await me.look('desk-report-fault');
      await me.pick(say('report.type'), say('incidents.type.secret_received'));
      await me.type(say('report.what'), `R-${language}`);
      await me.press(`button "${say('report.send')}"`);
      expect(await me.text()).toContain(say('desk.said.reported'));
      await me.goto(`/desk/log/${callId}`);
      for (const kind of [
        'obligation.done',
        'statement.recorded',
        'statement.corrected',
        'incident.reported',
      ] as const) {
        expect(await me.text()).toContain(say(`log.kind.${kind}`));
      }
      await me.look('desk-log-call');
      expect(me.faults).toEqual([]);
    });

    it('deals with incidents, and finds out by two who somebody is', async () => {
      const { body } = await desk.expectSuccess(desk.open('C-1', { as: 'holder', number: '+44 7700 900171' }));
      const came = { type: 'incidental_use', text: `B-${language}` };
      await desk.expectSuccess(desk.post('agent', `/v1/calls/${body.call.id}/incidents`, came));
      const { rows } = await desk.owner.query<{ pseudonym: string }>(
        "SELECT pseudonym FROM agents WHERE agent_ref = 'A-1'",
      );
      const pseudonym = rows[0]?.pseudonym ?? '';

      let me = await sitDown('V-1', language);
      expect(await me.text()).toContain(`B-${language}`);
      await me.look('desk-incidents');
      await me.type(say('incidents.note'), language === 'nl' ? 'Besproken.' : 'Talked about.');
      await me.press(`button "${say('incidents.close')}`);
      expect(await me.text()).toContain(say('incidents.done'));
      await me.press(`link "${say('incidents.state.closed')}"`);
      expect(await me.text()).toContain(language === 'nl' ? 'Besproken.' : 'Talked about.');
      await me.look('desk-incidents-closed');

      await me.press(`link "${say('unmasking.title')}"`);
      await me.press(`button "${say('unmasking.ask')}"`);
      expect(await me.text()).toContain(say('unmasking.bad_pseudonym'));
      await me.look('desk-unmaskings');
      await me.type(say('unmasking.pseudonym'), pseudonym);
      await me.pick(say('unmasking.reason'), say('unmasking.reason.authority'));
      await me.type(say('unmasking.case_ref'), `K-${language}`);
      await me.press(`button "${say('unmasking.ask')}"`);
      expect(await me.text()).toContain(say('unmasking.said.asked'));
      await me.look('desk-unmasking');
      const path = new URL(me.page.url()).pathname;
      expect(me.faults).toEqual([]);

      me = await sitDown('V-2', language);
      await me.goto(path);
      await me.press(`button "${say('unmasking.approve')}"`);
      expect(await me.text()).toContain(say('unmasking.said.decided'));
      expect(await me.text()).not.toContain('A-1');

      me = await sitDown('V-1', language);
      await me.press(`link "${say('unmasking.title')}"`);
      // The newest is the first in the list.
      await me.press(`link "${pseudonym}"`);
      expect(await me.text()).toContain('A-1');
      await me.look('desk-unmasking-told');
      expect(me.faults).toEqual([]);
    });

    it('uses the self-service of a caller who has no screen with them, and a colleague looks at what they give', async () => {
      const [ref, phone, other] = [
        `Z-${language}`,
        ...(language === 'nl' ? [5, 6] : [7, 8]).map((last) => `+44 7700 90018${last}`),
      ];
      await desk.person(ref, {
        name: `Z. Schermloos ${language}`,
        phone,
        postal: 'Nergensweg 2, 0000 XX Nergenshuizen',
      });
      await desk.person(`Y-${language}`, { name: `Y. Verzonnen ${language}`, phone: other });
      await desk.owner.query('UPDATE people SET language = $1 WHERE crm_ref = $2', [language, ref]);
      await desk.contract(`C-${ref}`, [ref]);
      const given = await desk.mandate(ref, `Y-${language}`, ['subscription'], [`C-${ref}`]);
      const { body } = await desk.expectSuccess(desk.open(`C-${ref}`, { as: 'holder', number: phone }));
      const callId = body.call.id as string;
      const asking = await desk.expectSuccess(desk.open(`C-${ref}`, { number: other, mandateRef: given.ref }));
      await desk.identify(asking.body.call.id);
      const actions = [{ name: 'contract.terminate' }];
      await desk.owner.query('DELETE FROM code_budget_entries');

      let me = await sitDown('A-1', language);
      await me.goto(`/desk/calls/${callId}`);
      await me.press(`link "${say('help.title')}"`);
      expect(await me.text()).toContain(say('help.first'));
      await me.press(`button "${say('help.begin')}"`);
      expect(await me.text()).toContain(say('help.said.proof'));
      await me.look('desk-help-closed');
      await me.press(`link "${say('help.back')}"`);
      await me.press(`button "${say('desk.send_code')}"`);
      await me.type(say('desk.code_of_caller'), (await codeOfCall('verification')).code);
      await me.press(`button "${say('desk.check_code')}"`);
      await me.press(`link "${say('help.title')}"`);
      await me.press(`button "${say('help.begin')}"`);
      expect(await me.text()).toContain(say('help.said.begun'));
      await me.look('desk-help');

      await me.press(`link "${say('help.given')}"`);
      expect(await me.text()).toContain(`Y. Verzonnen ${language}`);
      await me.look('desk-help-given');
      await me.press(`button "${say('help.suspend')}`);
      expect(await me.text()).toContain(say('help.said.done'));
      await me.press(`button "${say('help.resume')}`);
      expect((await desk.get('crm', `/v1/mandates/${given.id}`)).body.state).toBe('active');
      await me.press(`link "${say('help.held')}"`);
      expect(await me.text()).toContain(say('help.none'));
      await me.look('desk-help-held');

      // Somebody on another line wants something; the code that the caller got is theirs to read out.
      await desk.owner.query('DELETE FROM code_budget_entries');
      const asked = await desk.expectSuccess(
        desk.post('agent', `/v1/calls/${asking.body.call.id}/confirmations`, { actions }),
      );
      await me.press(`link "${say('help.questions')}"`);
      await me.look('desk-help-questions');
      await me.type(say('help.code'), await desk.codeOf(asked.body.confirmations[0].id));
      await me.press(`button "${say('help.enter')}"`);
      expect(await me.text()).toContain(say('help.said.done'));
      expect((await desk.decide(asking.body.call.id, 'contract.terminate')).outcome).toBe('permit');

      await me.press(`link "${say('help.preferences')}"`);
      await me.look('desk-help-preferences');
      await me.type(say('preferences.safe_from'), '18');
      await me.press(`button "${say('help.save')}"`);
      expect(await me.text()).toContain(say('help.said.hours'));
      await me.look('desk-help-preferences-fault');
      await me.tick(say('preferences.large_type'));
      await me.press(`button "${say('help.save')}"`);
      expect(await me.text()).toContain(say('help.said.done'));

      await me.press(`link "${say('help.activity')}"`);
      await me.look('desk-help-activity');
      await me.unfold(say('help.report'));
      await me.type(say('help.report_text'), language === 'nl' ? 'Dat was ik niet.' : 'That was not me.');
      await me.press(`button "${say('help.report_send')}"`);
      expect(await me.text()).toContain(say('help.said.done'));

      await me.press(`link "${say('help.given')}"`);
      await me.tick(say('help.silent'));
      await me.tick(say('help.sure'));
      await me.press(`button "${say('help.withdraw')}`);
      expect(await me.text()).toContain(say('help.none'));
      const { rows } = await desk.owner.query('SELECT state, is_silent AS silent FROM mandates WHERE id = $1', [
        given.id,
      ]);
      expect(rows).toEqual([{ state: 'ended', silent: true }]);

      // What they give is said in this call, taken down, and looked at by somebody else.
      await me.press(`link "${say('help.back')}"`);
      await me.press(`link "${say('help.title')}"`);
      await me.press(`link "${say('files.new_registration')}"`);
      await me.type(say('files.holder'), ref);
      await me.type(say('files.proxy'), `Y-${language}`);
      await me.type(say('files.contracts'), `C-${ref}`);
      await me.pick(say('files.form'), say('files.form.letter'));
      await me.type(say('files.paper_reference'), 'DOC-78');
      await me.type(say('files.sha256'), 'ef'.repeat(32));
      await me.tick(language === 'nl' ? 'Klachten' : 'Complaints');
      await me.press(`button "${say('files.record')}"`);
      expect(await me.text()).toContain(say('files.second'));
      const registration = new URL(me.page.url()).pathname;
      expect(me.faults).toEqual([]);
      me = await sitDown('A-2', language);
      await me.goto(registration);
      await me.press(`button "${say('files.approve')}"`);
      expect(await me.text()).toContain(say('files.said.decided'));
      // The colleague has the files, and none of the caller.
      await me.goto(`/desk/calls/${callId}/help`);
      expect(await me.text()).not.toContain(say('help.begin'));
      expect(me.faults).toEqual([]);
    });

    it('puts on file what one employee records and another approves, contests and takes back', async () => {
      const [holder, other] = [`F-${language}`, `G-${language}`];
      const phone = `+44 7700 90017${language === 'nl' ? 5 : 6}`;
      await desk.person(holder, { name: `F. Voorbeeld ${language}`, phone });
      await desk.person(other, { name: `G. Verzonnen ${language}` });
      await desk.contract(`C-${holder}`, [holder]);
      const scope = language === 'nl' ? 'Klachten' : 'Complaints';
      const recorded = say('files.said.recorded');
      const decided = say('files.said.decided');
      const back = `link "${say('files.back')}"`;

      // What one employee records.
      let me = await sitDown('A-1', language);
      await me.press(`link "${say('files.title')}"`);
      await me.look('desk-files');
      await me.press(`link "${say('files.new_event')}"`);
      await me.look('desk-new-event');
      await me.press(`button "${say('files.record')}"`);
      expect(await me.text()).toContain(say('files.bad_field', { field: say('files.person') }));
      await me.look('desk-new-event-fault');
      await me.type(say('files.person'), holder);
      await me.pick(say('files.kind'), say('files.event.bewind'));
      await me.typeDay(say('files.occurred_on'), '2026-02-01');
      await me.pick(say('files.reported_by'), say('files.reporter.court'));
      await describePaper(me);
      await me.press(`button "${say('files.record')}"`);
      expect(await me.text()).toContain(recorded);
      expect(await me.text()).toContain(say('files.second'));
      await me.look('desk-event');

      await me.press(back);
      await me.press(`link "${say('files.new_representation')}"`);
      await me.look('desk-new-representation');
      await me.type(say('files.holder'), holder);
      await me.type(say('files.representative'), other);
      await me.pick(say('files.kind'), say('files.rep.bewind'));
      await me.typeDay(say('files.ends'), '2099-01-01');
      await describePaper(me);
      await me.press(`button "${say('files.record')}"`);
      expect(await me.text()).toContain(recorded);
      await me.look('desk-representation');

      // An extract of a register: each row waits for a colleague, like one that was typed.
      await me.press(back);
      await me.press(`link "${say('files.new_import')}"`);
      await me.look('desk-import');
      await describePaper(me);
      await me.press(`button "${say('files.import')}"`);
      expect(await me.text()).toContain(say('files.bad_field', { field: say('files.rows') }));
      await me.look('desk-import-fault');
      await me.type(say('files.rows'), `${holder};${other};mentorschap;2026-01-01;2099-01-01`);
      await me.page.keyboard.press('Enter');
      await me.page.keyboard.type(`${holder};P-NERGENS;bewind;;2099-01-01`);
      await me.press(`button "${say('files.import')}"`);
      expect(await me.text()).toContain(say('files.imported_text', { count: 1 }));
      expect(await me.text()).toContain(say('files.bad_field', { field: say('files.representative') }));
      await me.look('desk-imported');

      await me.press(back);
      await me.press(`link "${say('files.new_registration')}"`);
      await me.look('desk-new-registration');
      await me.press(`button "${say('files.record')}"`);
      expect(await me.text()).toContain(say('files.bad_field', { field: say('files.scopes') }));
      await me.look('desk-new-registration-fault');
      await me.type(say('files.holder'), holder);
      await me.type(say('files.proxy'), other);
      await me.type(say('files.contracts'), `C-${holder}`);
      await me.pick(say('files.form'), say('files.form.letter'));
      await me.type(say('files.paper_reference'), 'DOC-77');
      await me.type(say('files.sha256'), 'cd'.repeat(32));
      await me.pick(say('files.route'), say('files.route.voice'));
      await me.tick(scope);
      await me.press(`button "${say('files.record')}"`);
      expect(await me.text()).toContain(recorded);
      await me.look('desk-registration');
      const registration = new URL(me.page.url()).pathname;
      expect(me.faults).toEqual([]);

      // What another says of it.
      me = await sitDown('A-2', language);
      await me.press(`link "${say('files.title')}"`);
      await me.look('desk-files-waiting');
      await me.press(`link "${say('files.event.bewind')}`);
      await me.press(`button "${say('files.approve')}"`);
      expect(await me.text()).toContain(decided);
      await me.unfold(say('files.contest'));
      await me.type(say('files.contest_text'), language === 'nl' ? 'Er is geen bewind.' : 'There is none.');
      await me.press(`button "${say('files.contest_send')}"`);
      expect(await me.text()).toContain(say('files.said.contested'));
      await me.unfold(say('files.reverse'));
      await me.look('desk-event-in-force');
      await me.typeDay(say('files.reverse_on'), '2026-03-01');
      await describePaper(me);
      await me.press(`button "${say('files.record')}"`);
      expect(await me.text()).toContain(recorded);

      await me.press(back);
      await me.press(`link "${say('files.rep.bewind')}"`);
      await me.press(`button "${say('files.approve')}"`);
      expect(await me.text()).toContain(say('files.rep_state.in_force'));
      await me.press(`button "${say('files.revoke')}"`);
      expect(await me.text()).toContain(say('files.rep_state.revoked'));

      await me.press(back);
      await me.press(`link "${say('files.rep.mentorschap')}"`);
      await me.press(`button "${say('files.approve')}"`);
      expect(await me.text()).toContain(say('files.rep_state.in_force'));

      await me.goto(registration);
      await me.press(`button "${say('files.approve')}"`);
      expect(await me.text()).toContain(decided);
      expect(me.faults).toEqual([]);

      // The code that the holder reads out to who took it down.
      me = await sitDown('A-1', language);
      await me.goto(registration);
      const { body } = await desk.get('crm', registration.replace('/desk/files', '/v1'));
      const code = await desk.codeOf(body.confirmation_id);
      await me.type(say('files.code'), code === '000000' ? '000001' : '000000');
      await me.press(`button "${say('files.enter_code')}"`);
      expect(await me.text()).toContain(say('files.said.code_wrong'));
      await me.look('desk-registration-fault');
      await me.type(say('files.code'), code);
      await me.press(`button "${say('files.enter_code')}"`);
      expect(await me.heading()).toBe(say('files.title'));
      expect(me.faults).toEqual([]);
      const { body: done } = await desk.get('crm', registration.replace('/desk/files', '/v1'));
      expect(done.mandate_state).toBe('pending_acceptance');
    });
  });
});
