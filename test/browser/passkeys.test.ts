import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, BrowserContext, CDPSession, Page } from 'playwright-core';

import { text } from '../../src/pages/text.ts';
import { Desk } from '../support/desk.ts';
import { CHROMIUM, HOW_TO_GET_ONE, startBrowser } from './browser.ts';
import { KeyboardReader } from './reader.ts';

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

function heading(): Promise<string> {
  return page.getByRole('heading', { level: 1 }).innerText();
}

async function press(name: string | RegExp): Promise<void> {
  await page.getByRole('button', { name }).focus();
  await page.keyboard.press('Enter');
}

async function typeCode(): Promise<void> {
  await page.waitForURL(/\/code(\?|$)/);
  const cookies = await context.cookies();
  const id = cookies.find(({ name }) => name === 'mandaat-sign-in')?.value.split('.')[0] ?? '';
  await page.getByRole('textbox').fill(await desk.codeOf(id));
  await page.keyboard.press('Enter');
}

/** Signed in by phone, with a code to the second contact point. */
async function signInTwice(): Promise<void> {
  await page.goto(at('/portal/sign-in'));
  await page.getByRole('textbox').first().fill(PHONE);
  await page.keyboard.press('Enter');
  await typeCode();
  await page.waitForURL(at('/portal'));
  await page.goto(at('/portal/prove?back=%2Fportal%2Fways'));
  await page.getByRole('radio', { name: 'E-mailadres s…@example.nl' }).check();
  await press('Stuur mij een code');
  await typeCode();
  await page.waitForURL(at('/portal/ways'));
}

inABrowser(`passkeys in a browser${CHROMIUM === null ? ` (SKIPPED, ${HOW_TO_GET_ONE})` : ''}`, () => {
  beforeAll(start, 60_000);
  afterAll(stop);

  it('are added, sign somebody in with the keyboard alone, and are removed', async () => {
    await signInTwice();
    await page.getByRole('link', { name: 'Een toegangssleutel toevoegen' }).click();
    expect(await heading()).toBe('Een toegangssleutel (passkey) toevoegen');
    expect(await page.locator('#passkey-without').isVisible()).toBe(false);
    await press('Toegangssleutel toevoegen');
    await page.waitForURL(at('/portal/ways'));
    const { credentials } = await devices.send('WebAuthn.getCredentials', { authenticatorId });
    expect(credentials).toHaveLength(1);
    expect(credentials[0]).toMatchObject({ isResidentCredential: true, rpId: 'localhost' });
    await press('Uitloggen');
    await page.waitForURL(at('/portal/sign-in'));

    await page.getByRole('link', { name: /toegangssleutel/ }).focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(at('/portal/sign-in/passkey'));
    await press('Toegangssleutel gebruiken');
    await page.waitForURL(at('/portal'));
    expect(await page.getByText('U bent ingelogd als S. Fictief').isVisible()).toBe(true);
    const { rows } = await desk.owner.query(
      'SELECT strength, methods FROM sessions WHERE ended_at IS NULL ORDER BY opened_at DESC LIMIT 1',
    );
    expect(rows).toEqual([{ strength: 3, methods: ['passkey'] }]);

    await page.goto(at('/portal/ways'));
    await press(/Toegangssleutel verwijderen/);
    await page.getByText('U heeft geen toegangssleutels.').waitFor();
    await press('Uitloggen');
    await page.waitForURL(at('/portal/sign-in'));
    await page.goto(at('/portal/sign-in/passkey'));
    await press('Toegangssleutel gebruiken');
    await page.getByText('Deze toegangssleutel is niet aangenomen').first().waitFor();
    expect(complaints).toEqual([]);
  }, 60_000);

  it('that are not shown leave the reader where they are, with another way', async () => {
    await page.goto(at('/portal/sign-in/passkey'));
    await devices.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false });
    await press('Toegangssleutel gebruiken');
    await page.getByRole('alert').waitFor();
    expect(await page.getByRole('alert').innerText()).toContain('Het is niet gelukt');
    await devices.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: true });
    await page.getByRole('link', { name: 'Liever een code krijgen' }).click();
    expect(await heading()).toBe('Inloggen');
  }, 60_000);

  it('have pages that everybody can read, in both languages, and that say what to do without a script', async () => {
    await desk.owner.query('DELETE FROM code_budget_entries');
    await signInTwice();
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
      expect(await heading()).toBe(text(language, 'passkey.prove'));
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
