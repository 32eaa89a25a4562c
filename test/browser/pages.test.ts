import path from 'node:path';

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';

import { Asking, PLAN, TERMINATE, wrong } from '../support/asking.ts';
import { Desk } from '../support/desk.ts';
import {
  CHROMIUM,
  focused,
  HOW_TO_GET_ONE,
  measureByWcag,
  measureLayout,
  pressesTo,
  startBrowser,
  tabThrough,
} from './browser.ts';

if (CHROMIUM === null) process.stderr.write(`SKIPPED test/browser: ${HOW_TO_GET_ONE}\n`);
const inABrowser = CHROMIUM === null ? describe.skip : describe;

type Language = 'nl' | 'en';

let desk: Desk;
let asking: Asking;
let browser: Browser;
/** As a holder's browser may be: no script runs. */
let plain: BrowserContext;
/** To measure pages with. */
let scripted: BrowserContext;
/** What browsers complained about since the last test. */
let complaints: string[] = [];

async function start(): Promise<void> {
  desk = await Desk.open();
  asking = await Asking.at(desk);
  browser = await startBrowser(desk.api.config.publicUrl, desk.api.url);
  plain = await browser.newContext({ javaScriptEnabled: false });
  scripted = await browser.newContext();
  for (const context of [plain, scripted]) {
    context.on('console', (message) => {
      // That a page is a 404 is in its status, which is looked at.
      if (message.type() === 'error' && !message.text().includes('status of 404')) complaints.push(message.text());
    });
    context.on('weberror', (error) => complaints.push(error.error().message));
  }
}

async function stop(): Promise<void> {
  await browser?.close();
  await desk?.close();
}

/** A code that is about to be used, and the link in its message as it was sent. */
interface Sent {
  readonly id: string;
  readonly code: string;
  readonly link: string;
}

async function sent(id: string): Promise<Sent> {
  const { link } = await desk.message('code_id', id);
  if (link === null) throw new Error('the message has no link');
  return { id, link, code: await desk.codeOf(id) };
}

async function askedForAction(): Promise<Sent & { readonly callId: string }> {
  const { id, callId } = await asking.fresh([PLAN, TERMINATE]);
  return { ...(await sent(id)), callId };
}

async function askedForMandate(): Promise<Sent> {
  await asking.forgetBudgets();
  const asked = await desk.expectSuccess(desk.post('crm', `/v1/mandates/${asking.mandate.id}/confirmations`));
  return sent(asked.body.id);
}

async function askedWhoItIs(): Promise<Sent & { readonly callId: string }> {
  await asking.forgetBudgets();
  const { body } = await desk.expectSuccess(desk.open('C-1', { mandateRef: asking.mandate.ref }));
  const callId = body.call.id as string;
  const asked = await desk.expectSuccess(desk.post('agent', `/v1/calls/${callId}/verifications`, { method: 'code' }));
  return { ...(await sent(asked.body.id)), callId };
}

function sql(text: string, ...values: unknown[]): Promise<unknown> {
  return desk.owner.query(text, values);
}

/** Presses Tab until this has the keyboard. */
async function tabTo(page: Page, what: string): Promise<void> {
  // As far as it should be without a look, and there it is told as it is to who can't see it.
  for (let away = await pressesTo(page, what); away > 0; away -= 1) await page.keyboard.press('Tab');
  expect(await focused(page)).toBe(what);
}

async function enter(page: Page): Promise<void> {
  await Promise.all([page.waitForEvent('domcontentloaded'), page.keyboard.press('Enter')]);
}

function heading(page: Page): Promise<string> {
  return page.getByRole('heading', { level: 1 }).innerText();
}

/** With the keyboard alone and no script, as everything that follows. */
async function browse(link: string): Promise<Page> {
  const page = await plain.newPage();
  await page.goto(link);
  return page;
}

inABrowser(`in a browser${CHROMIUM === null ? ` (SKIPPED, ${HOW_TO_GET_ONE})` : ''}`, () => {
  beforeAll(start, 60_000);
  afterAll(stop);
  afterEach(async () => {
    for (const context of [plain, scripted]) await Promise.all(context.pages().map((page) => page.close()));
    const heard = complaints;
    complaints = [];
    expect(heard).toEqual([]);
  });

  describe('a holder with a keyboard and no script', () => {
    it('finds the message in the sandbox, reads everything, and says yes', async () => {
      const { callId, code } = await askedForAction();
      const page = await browse(`${desk.api.config.publicUrl}/demo/inbox`);
      await tabTo(page, 'link "Open the page in this message"');
      await enter(page);
      expect(await heading(page)).toBe('Vindt u dit goed?');
      const read = await page.getByRole('main').innerText();
      for (const part of [
        'Bedrag in euro: 250,5',
        'Aantal maanden: 6',
        'Het abonnement opzeggen',
        'Willem Verzonnen',
      ]) {
        expect(read).toContain(part);
      }

      await page.keyboard.press('Tab');
      expect(await focused(page)).toBe('link "Ga naar de inhoud"');
      expect(await page.locator(':focus').boundingBox()).toMatchObject({ x: 0, y: 0 });
      await page.keyboard.press('Enter');
      await page.keyboard.press('Tab');
      expect(await focused(page)).toBe('textbox "Code uit het bericht"');
      await page.keyboard.type(`${code.slice(0, 3)} ${code.slice(3)}`);
      await enter(page);
      expect(await heading(page)).toBe('U hebt ja gezegd');
      expect(await desk.decide(callId, { name: PLAN.name, properties: { ...PLAN.properties } })).toMatchObject({
        outcome: 'permit',
      });
      await page.reload();
      expect(await heading(page)).toBe('U hebt ja gezegd');
    });

    it('is told of a wrong code before anything else, and is led to the field', async () => {
      const { link, code } = await askedForAction();
      const page = await browse(link);
      await tabTo(page, 'textbox "Code uit het bericht"');
      await page.keyboard.type(wrong(code));
      await tabTo(page, 'button "Ja, ik vind dit goed"');
      await enter(page);
      expect(await page.title()).toBe('Fout: Vindt u dit goed? – Voorbeeld Telecom');
      // Without a script nothing but the browser itself can bring the reader here.
      expect(await page.locator(':focus').innerText()).toContain('Er ging iets mis');
      expect(await page.getByRole('alert').innerText()).toContain('nog 4 keer');

      await page.keyboard.press('Tab');
      expect(await focused(page)).toBe('link "Deze code klopt niet. U kunt het nog 4 keer proberen."');
      await page.keyboard.press('Enter');
      const field = page.locator(':focus');
      expect(await focused(page)).toBe('textbox "Code uit het bericht"');
      expect(await field.getAttribute('aria-invalid')).toBe('true');
      expect(await field.inputValue()).toBe('');
      const [hint, fault] = ((await field.getAttribute('aria-describedby')) ?? '').split(' ');
      expect(await page.locator(`#${hint}`).innerText()).toBe('Alleen cijfers. Spaties mogen.');
      expect(await page.locator(`#${fault}`).innerText()).toContain('Deze code klopt niet.');
      await page.keyboard.type(code);
      await enter(page);
      expect(await heading(page)).toBe('U hebt ja gezegd');
    });

    it('says no', async () => {
      const { link, callId } = await askedForAction();
      const page = await browse(link);
      await tabTo(page, 'button "Nee"');
      await enter(page);
      expect(await heading(page)).toBe('U hebt nee gezegd');
      expect(await desk.decide(callId, TERMINATE.name)).toMatchObject({ outcome: 'deny', reason: 'holder_declined' });
    });

    it('says no and blocks the caller', async () => {
      const { link, callId } = await askedForAction();
      const page = await browse(link);
      await tabTo(page, 'button "Nee, en blokkeer deze persoon"');
      await enter(page);
      expect(await page.getByRole('main').innerText()).toContain('Deze persoon is geblokkeerd.');
      expect(await desk.decide(callId, 'invoice.explain')).toMatchObject({ reason: 'holder_block' });
      await sql('UPDATE blocks SET lifted_at = now() WHERE lifted_at IS NULL');
    });

    it('reads it in the other language, and stays in it', async () => {
      const { link, code } = await askedForAction();
      const page = await browse(link);
      await tabTo(page, 'link "English"');
      await enter(page);
      expect(await heading(page)).toBe('Do you agree to this?');
      await tabTo(page, 'textbox "Code from the message"');
      await page.keyboard.type(wrong(code));
      await enter(page);
      expect(await page.title()).toBe('Error: Do you agree to this? – Voorbeeld Telecom');
      await tabTo(page, 'textbox "Code from the message"');
      await page.keyboard.type(code);
      await enter(page);
      expect(await heading(page)).toBe('You said yes');
      await tabTo(page, 'link "Nederlands"');
      await enter(page);
      expect(await heading(page)).toBe('U hebt ja gezegd');
    });

    it('gives a mandate', async () => {
      const { link, code } = await askedForMandate();
      const page = await browse(link);
      expect(await heading(page)).toBe('Geeft u deze machtiging?');
      expect(await page.getByRole('main').innerText()).toContain(asking.mandate.ref);
      await tabTo(page, 'textbox "Code uit het bericht"');
      await page.keyboard.type(code);
      await enter(page);
      expect(await heading(page)).toBe('U hebt ja gezegd');
    });

    it('tells that it was not them who called', async () => {
      const { link, callId, id, code } = await askedWhoItIs();
      const page = await browse(link);
      expect(await heading(page)).toBe('Hebt u nu contact met ons?');
      expect(await page.getByRole('textbox').count()).toBe(0);
      await tabTo(page, 'button "Nee"');
      await enter(page);
      expect(await heading(page)).toBe('U hebt nee gezegd');
      const attempt = await desk.post('agent', `/v1/calls/${callId}/verifications/${id}/attempts`, { code });
      expect(attempt.body).toMatchObject({ accepted: false, state: 'declined' });
    });

    it('comes too late, and finds nothing left to fill in', async () => {
      const { link, id, code } = await askedForAction();
      const page = await browse(link);
      await sql('UPDATE codes SET expires_at = now() WHERE id = $1', id);
      await tabTo(page, 'textbox "Code uit het bericht"');
      await page.keyboard.type(code);
      await enter(page);
      expect(await heading(page)).toBe('De code is verlopen');
      expect(await page.getByRole('textbox').count()).toBe(0);
    });
  });

  /** Every layout. Endings that differ in their words alone are left to test/api. */
  const TITLES = {
    pending: { nl: 'Vindt u dit goed?', en: 'Do you agree to this?' },
    wrong: { nl: 'Fout: Vindt u dit goed?', en: 'Error: Do you agree to this?' },
    refused: { nl: 'Fout: Vindt u dit goed?', en: 'Error: Do you agree to this?' },
    approved: { nl: 'U hebt ja gezegd', en: 'You said yes' },
    declined: { nl: 'U hebt nee gezegd', en: 'You said no' },
    blocked: { nl: 'U hebt nee gezegd', en: 'You said no' },
    expired: { nl: 'De code is verlopen', en: 'The code has expired' },
    tries_exhausted: { nl: 'Te vaak een verkeerde code', en: 'Too many wrong codes' },
    gone: { nl: 'Deze link werkt niet meer', en: 'This link no longer works' },
    mandate: { nl: 'Geeft u deze machtiging?', en: 'Do you give this mandate?' },
    verification: { nl: 'Hebt u nu contact met ons?', en: 'Are you in contact with us now?' },
    identified: { nl: 'De code is gebruikt', en: 'The code was used' },
    inbox: { en: 'Sandbox inbox' },
  } as const;
  type State = keyof typeof TITLES;

  const PAGES = Object.entries(TITLES).flatMap(([state, titles]) =>
    Object.entries(titles).map(([language, title]) => [state as State, language as Language, title] as const),
  );

  describe('every page', () => {
    let action: Sent;
    let ended: Sent;
    let mandate: Sent;
    let verification: Sent;
    let identified: Sent;

    beforeAll(async () => {
      ended = await askedForAction();
      await sql("UPDATE codes SET state = 'cancelled', answered_at = now() WHERE id = $1", ended.id);
      action = await askedForAction();
      mandate = await askedForMandate();
      identified = await askedWhoItIs();
      await sql("UPDATE codes SET state = 'approved', answered_at = now() WHERE id = $1", identified.id);
      verification = await askedWhoItIs();
    });

    /** Brings a page to this state. What the stories don't come by is arranged in the database. */
    async function open(page: Page, state: State, language: Language): Promise<number> {
      const to = async (link: string) => (await page.goto(`${link}?lang=${language}`))?.status() ?? 0;
      const submit = async (typed: string) => {
        await to(action.link);
        await page.getByRole('textbox').fill(typed);
        const [answer] = await Promise.all([
          page.waitForResponse((response) => response.request().method() === 'POST'),
          page.waitForEvent('domcontentloaded'),
          page.keyboard.press('Enter'),
        ]);
        return answer.status();
      };
      switch (state) {
        case 'pending':
          return to(action.link);
        case 'wrong':
          return submit(wrong(action.code));
        case 'refused':
          await asking.useUp('failure', 10, '3 hours');
          return submit(action.code).finally(() => asking.forgetBudgets());
        case 'mandate':
          return to(mandate.link);
        case 'verification':
          return to(verification.link);
        case 'identified':
          return to(identified.link);
        case 'inbox':
          return (await page.goto(`${desk.api.config.publicUrl}/demo/inbox`))?.status() ?? 0;
        case 'gone':
          return to(`${ended.link}x`);
        case 'blocked':
          await fetch(`${desk.api.url}${new URL(ended.link).pathname}/no`, {
            method: 'POST',
            body: new URLSearchParams({ block: 'yes' }),
            redirect: 'manual',
          });
          await sql("UPDATE codes SET state = 'declined' WHERE id = $1", ended.id);
          return to(ended.link).finally(() => sql('UPDATE blocks SET lifted_at = now() WHERE lifted_at IS NULL'));
        case 'approved':
        case 'declined':
        case 'expired':
        case 'tries_exhausted':
          await sql('UPDATE codes SET state = $2 WHERE id = $1', ended.id, state);
          return to(ended.link);
      }
    }

    it.each(PAGES)('%s in %s says what it is, and can be read by everybody', async (state, language, title) => {
      const page = await scripted.newPage();
      expect(await open(page, state, language)).toBe(state === 'gone' ? 404 : 200);
      expect(await page.title()).toBe(`${title} – Voorbeeld Telecom`);
      expect(await page.locator('html').getAttribute('lang')).toBe(language);
      expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1);

      const desktop = await measureLayout(page, 1280, 16);
      await keepPicture(page, `${state}-${language}-1280`);
      const { broken, kept } = await measureByWcag(page);
      expect(broken).toEqual([]);
      for (const rule of ['color-contrast', 'document-title', 'html-has-lang']) expect(kept).toContain(rule);

      // A phone; text of twice the size; both.
      const usual = await measureLayout(page, 320, 16);
      await keepPicture(page, `${state}-${language}-320`);
      const large = await measureLayout(page, 320, 32);
      await keepPicture(page, `${state}-${language}-320-large`);
      const wide = await measureLayout(page, 1280, 32);
      await keepPicture(page, `${state}-${language}-1280-large`);
      for (const layout of [desktop, usual, large, wide]) expect(layout).toMatchObject({ sideways: 0, cutOff: [] });
      expect(large.rootSize).toBe(2 * usual.rootSize);
    });

    it.each([
      [
        'wrong',
        'nl',
        [
          /^link "Ga naar de inhoud"/,
          /^link "English"/,
          /^link "Deze code klopt niet/,
          /^textbox "Code uit het bericht"/,
          /^button "Ja, ik vind dit goed"/,
          /^button "Nee"/,
          /^button "Nee, en blokkeer deze persoon"/,
        ],
      ],
      ['expired', 'en', [/^link "Skip to the content"/, /^link "Nederlands"/, /^button "Block this person"/]],
    ] as const)('%s shows where the keyboard is, all the way', async (state, language, names) => {
      const page = await scripted.newPage();
      await open(page, state, language);
      const stops = await tabThrough(page);
      expect(stops.map(({ name }) => name)).toEqual(names.map((name) => expect.stringMatching(name)));
      // As much as a line of 2 pixels under it.
      expect(stops.filter(({ thickness }) => thickness < 2)).toEqual([]);
    });

    it('notices what these pages are measured by', async () => {
      const page = await scripted.newPage();
      await open(page, 'pending', 'nl');
      await page.evaluate(() => {
        const bad = document.createElement('div');
        bad.innerHTML = '<p style="color: red">A style of its own.</p><p>Too pale.</p><button>x</button>';
        document.querySelector('main')?.append(bad);
        bad.style.setProperty('width', '900px');
        bad.style.setProperty('color', '#ddd');
        bad.querySelector('button')?.style.setProperty('outline', 'none');
      });
      expect((await measureByWcag(page)).broken).toContainEqual(expect.stringMatching(/^color-contrast: .*Too pale/));
      expect((await measureLayout(page, 320, 16)).sideways).toBeGreaterThan(500);
      expect((await tabThrough(page)).at(-1)).toMatchObject({ name: 'button "x"', thickness: 0 });
      expect(complaints).toEqual([expect.stringContaining('Content Security Policy')]);
      complaints = [];
    });
  });
});

/** For whoever wants to look at the pages: SCREENSHOTS names a folder. */
async function keepPicture(page: Page, name: string): Promise<void> {
  const folder = process.env.SCREENSHOTS;
  if (folder !== undefined) await page.screenshot({ path: path.join(folder, `${name}.png`) });
}
