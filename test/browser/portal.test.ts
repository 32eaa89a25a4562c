import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, BrowserContext } from 'playwright-core';

import { text, type TextKey } from '../../src/pages/text.ts';
import type { Language } from '../../src/policy/vocabulary.ts';
import { Desk } from '../support/desk.ts';
import { CHROMIUM, HOW_TO_GET_ONE, startBrowser } from './browser.ts';
import { KeyboardReader } from './reader.ts';

if (CHROMIUM === null) process.stderr.write(`SKIPPED test/browser/portal: ${HOW_TO_GET_ONE}\n`);
const inABrowser = CHROMIUM === null ? describe.skip : describe;

const PHONE = '+44 7700 900161';

let desk: Desk;
let browser: Browser;
let context: BrowserContext;
/** What the browser complained about since the last test. */
let complaints: string[] = [];

/** Somebody new at the computer: no cookie is left of the one before. */
async function reader(language: Language): Promise<KeyboardReader> {
  await context?.close();
  // Pages are measured by a script of the test; none of ours runs.
  context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  context.on('console', (message) => {
    if (message.type() === 'error' && !/status of (400|404|429)/.test(message.text())) complaints.push(message.text());
  });
  return new KeyboardReader(await context.newPage(), desk.api.config.publicUrl, language);
}

/** The code of the sign-in that this browser asked for. */
async function codeFor(): Promise<string> {
  const cookies = await context.cookies();
  const id = cookies.find(({ name }) => name === 'mandaat-sign-in')?.value.split('.')[0] ?? '';
  return desk.codeOf(id);
}

inABrowser(`the self-service${CHROMIUM === null ? ` (SKIPPED, ${HOW_TO_GET_ONE})` : ''}`, () => {
  beforeAll(async () => {
    desk = await Desk.open();
    await desk.person('P-1', { phone: PHONE, name: 'H. Fictief' });
    browser = await startBrowser(desk.api.config.publicUrl, desk.api.url);
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await desk?.close();
  });
  afterEach(async () => {
    await desk.owner.query('DELETE FROM code_budget_entries');
    const heard = complaints;
    complaints = [];
    expect(heard).toEqual([]);
  });

  describe.each(['nl', 'en'] as const)('in %s, with the keyboard alone', (language) => {
    const say = (key: TextKey, values: Readonly<Record<string, string | number>> = {}): string =>
      text(language, key, values);

    it('lets somebody in with a code, shows where they are signed in, and lets them out', async () => {
      const me = await reader(language);
      await me.goto('/portal');
      expect(await me.heading()).toBe(say('sign_in.title'));
      await me.look('sign-in');
      await me.press(`button "${say('sign_in.send')}"`);
      expect(await me.text()).toContain(say('sign_in.no_contact'));
      await me.look('sign-in-fault');
      await me.type(say('sign_in.contact'), PHONE);
      await me.press(`button "${say('sign_in.send')}"`);
      expect(await me.heading()).toBe(say('sign_in.code_title'));
      await me.look('sign-in-code');
      await me.type(say('sign_in.code'), '000000');
      await me.press(`button "${say('sign_in.enter')}"`);
      expect(await me.text()).toContain(say('sign_in.code_wrong', { tries: 4 }));
      await me.look('sign-in-code-fault');
      await me.type(say('sign_in.code'), await codeFor());
      await me.press(`button "${say('sign_in.enter')}"`);
      expect(await me.heading()).toBe(say('home.welcome'));
      await me.look('home');
      await me.press(`link "${say('portal.sessions')}"`);
      expect(await me.text()).toContain(say('sessions.this'));
      await me.look('sessions');
      await me.press(`button "${say('portal.sign_out')}"`);
      expect(await me.heading()).toBe(say('sign_in.title'));
      await me.page.goBack();
      await me.page.reload();
      expect(await me.heading()).toBe(say('sign_in.title'));
      expect(me.faults).toEqual([]);
    });

    it('reads every place that the navigation names', async () => {
      const me = await reader(language);
      await me.goto('/portal');
      await me.type(say('sign_in.contact'), PHONE);
      await me.press(`button "${say('sign_in.send')}"`);
      await me.type(say('sign_in.code'), await codeFor());
      await me.press(`button "${say('sign_in.enter')}"`);
      const places = await me.page
        .getByRole('navigation', { name: say('portal.navigation') })
        .getByRole('link')
        .evaluateAll((links) => links.map((link) => new URL((link as HTMLAnchorElement).href).pathname));
      expect(places.length).toBeGreaterThanOrEqual(9);
      for (const place of [...places, '/portal/requests/new', '/portal/held', '/portal/ways/authenticator']) {
        await me.goto(place);
        expect([place, await me.page.getByRole('heading', { level: 1 }).count()]).toEqual([place, 1]);
        await me.look(place.slice('/portal'.length).replaceAll('/', '-').slice(1) || 'start');
      }
      expect(me.faults).toEqual([]);
    });
  });
});
