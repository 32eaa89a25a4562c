import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, BrowserContext } from 'playwright-core';

import { text, type TextKey } from '../../src/pages/text.ts';
import type { Language } from '../../src/policy/vocabulary.ts';
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

inABrowser(`the desk${CHROMIUM === null ? ` (SKIPPED, ${HOW_TO_GET_ONE})` : ''}`, () => {
  beforeAll(async () => {
    provider = await OpenIdProvider.start(PUBLIC_URL);
    desk = await Desk.open({ publicUrl: PUBLIC_URL, ...provider.settings });
    await desk.person('P-1', { name: 'Hanna Voorbeeld', phone: '+44 7700 900171' });
    await desk.person('P-2', { name: 'Willem Verzonnen', phone: PROXY });
    await desk.contract('C-1', ['P-1']);
    mandate = await desk.mandate('P-1', 'P-2', ['billing', 'subscription'], ['C-1']);
    provider.atKeyboard = 'A-1';
    provider.roles.set('A-1', ['desk-agent']);
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
    const asked = await desk.expectSuccess(desk.post('agent', `/v1/calls/${callId}/confirmations`, { actions }));
    const { link } = await desk.message('code_id', asked.body.confirmations[0].id);
    await page.goto(`${PUBLIC_URL}/desk?lang=nl`);
    await page.getByRole('link', { name: text('nl', 'desk.sign_in') }).click();
    await page.waitForURL(/\/desk(\?|$)/);
    await page.goto(`${PUBLIC_URL}/desk/calls/${callId}?lang=nl`);
    expect(await page.getByRole('main').innerText()).not.toContain(text('nl', 'desk.state.declined'));
    await fetch(`${desk.api.url}${new URL(link ?? '').pathname}/no`, {
      method: 'POST',
      body: new URLSearchParams({ block: 'no' }),
      redirect: 'manual',
    });
    await page.getByText(text('nl', 'desk.state.declined')).first().waitFor();
  });

  describe.each(['nl', 'en'] as const)('in %s, with the keyboard alone', (language: Language) => {
    const say = (key: TextKey, values: Readonly<Record<string, string | number>> = {}): string =>
      text(language, key, values);

    it('takes a call from signing in to its end, and sees the holder answer without a reload', async () => {
      context = await browser.newContext({ viewport: { width: 1280, height: 720 } });
      context.on('console', (message) => {
        if (message.type() === 'error' && !/status of (400|404)/.test(message.text())) complaints.push(message.text());
      });
      const me = new KeyboardReader(await context.newPage(), PUBLIC_URL, language);
      await me.goto('/desk');
      expect(await me.heading()).toBe(say('desk.sign_in_title'));
      if (language === 'nl') await me.look('desk-sign-in');
      await me.press(`link "${say('desk.sign_in')}"`);
      await me.page.waitForURL(/\/desk(\?|$)/);
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
      if (language === 'nl') await me.look('desk-asked');
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
      if (language === 'nl') await me.look('desk-ended');
      expect(me.faults).toEqual([]);
      if (language === 'en') return;

      await me.press(`link "${say('files.title')}"`);
      await me.look('desk-files');
      await me.press(`link "${say('files.new_event')}"`);
      await me.look('desk-new-event');
      await me.press(`button "${say('files.record')}"`);
      expect(await me.text()).toContain(say('files.bad_field', { field: say('files.person') }));
      await me.look('desk-new-event-fault');
      expect(me.faults).toEqual([]);
    });
  });
});
