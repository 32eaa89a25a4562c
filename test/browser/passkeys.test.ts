import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, BrowserContext, CDPSession, Page } from 'playwright-core';

import { text } from '../../src/pages/text.ts';
import { Desk } from '../support/desk.ts';
import { CHROMIUM, HOW_TO_GET_ONE, startBrowser } from './browser.ts';
import { KeyboardReader } from './reader.ts';
import { sayIn } from './self-service.ts';

if (CHROMIUM === null) process.stderr.write(`SKIPPED test/browser/passkeys: ${HOW_TO_GET_ONE}\n`);
const inABrowser = CHROMIUM === null ? describe.skip : describe;

const PHONE = '+44 7700 900161';
const EMAIL = 'sleutel@example.nl';

let desk: Desk;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let devices: CDPSession;
let authenticatorId: string;
const complaints: string[] = [];

async function start(): Promise<void> {
  desk = await Desk.open();
  await desk.person('P-1', { phone: PHONE, email: EMAIL, name: 'S. Fictief' });
  browser = await startBrowser(desk.api.config.publicUrl, desk.api.url);
  context = await browser.newContext({ locale: 'nl-NL' });
  context.on('console', (message) => {
    // Statuses are looked at; no page has a picture of its own for the tab, which browsers ask for.
    if (message.type() === 'error' && !/status of 40[04]/.test(message.text())) complaints.push(message.text());
  });
  context.on('weberror', (error) => complaints.push(error.error().message));
  page = await context.newPage();
  devices = await context.newCDPSession(page);
  await devices.send('WebAuthn.enable');
  const added = await devices.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  authenticatorId = added.authenticatorId;
}

async function stop(): Promise<void> {
  await browser?.close();
  await desk?.close();
}

function at(path: string): string {
  return new URL(path, desk.api.config.publicUrl).href;
}

/** The code of the sign-in, or of the proof, that this browser asked for. */
async function codeFor(): Promise<string> {
  const cookies = await context.cookies();
  return desk.codeOf(cookies.find(({ name }) => name === 'mandaat-sign-in')?.value.split('.')[0] ?? '');
}

/** Signed in by phone, with a code to the second contact point. */
async function signInTwice(me: KeyboardReader): Promise<void> {
  const say = sayIn(me.language);
  await desk.owner.query('DELETE FROM code_budget_entries');
  await me.goto('/portal/sign-in');
  await me.type(say('sign_in.contact'), PHONE);
  await me.press(`button "${say('sign_in.send')}"`);
  await me.type(say('sign_in.code'), await codeFor());
  await me.press(`button "${say('sign_in.enter')}"`);
  await me.goto('/portal/prove?back=%2Fportal%2Fways');
  await me.choose(say('ways.email', { masked: 's…@example.nl' }));
  await me.press(`button "${say('sign_in.send')}"`);
  await me.type(say('sign_in.code'), await codeFor());
  await me.press(`button "${say('prove.enter')}"`);
  await page.waitForURL(/\/portal\/ways(\?|$)/);
}

inABrowser(`passkeys in a browser${CHROMIUM === null ? ` (SKIPPED, ${HOW_TO_GET_ONE})` : ''}`, () => {
  beforeAll(start, 60_000);
  afterAll(stop);

  describe.each(['nl', 'en'] as const)('in %s, with the keyboard alone', (language) => {
    const say = sayIn(language);

    it('are added, sign somebody in, and are removed', async () => {
      const me = new KeyboardReader(page, desk.api.config.publicUrl, language);
      await signInTwice(me);
      await me.press(`link "${say('ways.add_passkey')}"`);
      expect(await me.heading()).toBe(say('passkey.add_title'));
      expect(await page.locator('#passkey-without').isVisible()).toBe(false);
      await me.press(`button "${say('passkey.add_now')}"`);
      await page.waitForURL(at('/portal/ways?changed=yes'));
      const { credentials } = await devices.send('WebAuthn.getCredentials', { authenticatorId });
      expect(credentials).toHaveLength(1);
      expect(credentials[0]).toMatchObject({ isResidentCredential: true, rpId: 'localhost' });
      await me.press(`button "${say('portal.sign_out')}"`);
      await page.waitForURL(/\/portal\/sign-in/);

      await me.press(`link "${say('passkey.sign_in')}"`);
      await me.press(`button "${say('passkey.show_now')}"`);
      await page.waitForURL(at('/portal'));
      expect(await page.getByText('S. Fictief').isVisible()).toBe(true);
      const { rows } = await desk.owner.query(
        'SELECT strength, methods FROM sessions WHERE ended_at IS NULL ORDER BY opened_at DESC LIMIT 1',
      );
      expect(rows).toEqual([{ strength: 3, methods: ['passkey'] }]);

      await me.goto('/portal/ways');
      await me.press(`button "${say('ways.remove_passkey')}`);
      expect(await me.text()).toContain(say('ways.no_passkeys'));
      await me.press(`button "${say('portal.sign_out')}"`);
      // It is still on the device, and opens nothing any more.
      await me.goto('/portal/sign-in/passkey');
      await me.press(`button "${say('passkey.show_now')}"`);
      await page.getByText(say('passkey.refused')).first().waitFor();
      await devices.send('WebAuthn.clearCredentials', { authenticatorId });
      expect(complaints).toEqual([]);
    }, 60_000);

    it('that are not shown leave the reader where they are, with another way', async () => {
      const me = new KeyboardReader(page, desk.api.config.publicUrl, language);
      await me.goto('/portal/sign-in/passkey');
      await devices.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false });
      await me.tabTo(`button "${say('passkey.show_now')}"`);
      await page.keyboard.press('Enter');
      await page.getByRole('alert').waitFor();
      expect(await page.getByRole('alert').innerText()).toContain(say('passkey.failed'));
      await devices.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: true });
      await me.press(`link "${say('passkey.otherwise')}"`);
      expect(await me.heading()).toBe(say('sign_in.title'));
    }, 60_000);
  });

  it('have pages that everybody can read, in both languages, and that say what to do without a script', async () => {
    await signInTwice(new KeyboardReader(page, desk.api.config.publicUrl, 'nl'));
    await page.goto(at('/portal/ways'));
    for (const language of ['nl', 'en'] as const) {
      const me = new KeyboardReader(page, desk.api.config.publicUrl, language);
      await me.goto('/portal/sign-in/passkey');
      expect(await page.locator('html').getAttribute('lang')).toBe(language);
      await me.look('sign-in-passkey');
      await me.goto('/portal/ways');
      await me.look('ways-strong');
      await me.goto('/portal/ways/passkeys/new');
      await me.look('passkey-new');
      await me.goto('/portal/prove');
      await me.look('prove-strong');
      await me.goto('/portal/prove/passkey?back=/portal/ways');
      expect(await me.heading()).toBe(text(language, 'passkey.prove'));
      await me.look('prove-passkey');
      expect(me.faults).toEqual([]);
    }
    const plain = await browser.newContext({ javaScriptEnabled: false, locale: 'en-GB' });
    const without = await plain.newPage();
    await without.goto(at('/portal/sign-in/passkey?lang=en'));
    expect(await without.getByText('JavaScript is off').isVisible()).toBe(true);
    expect(await without.getByRole('button', { name: 'Use a passkey' }).isVisible()).toBe(false);
    expect(complaints).toEqual([]);
  }, 120_000);
});
