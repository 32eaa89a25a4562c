import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import type axe from 'axe-core';
import { type Browser, type CDPSession, chromium, type Page } from 'playwright-core';

/** The smaller of its two builds: the browser reads it anew for every page. */
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** The one without windows is as much of a browser, and takes a third less of the machine. */
const KNOWN = [
  '/usr/bin/chromium-headless-shell',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

/** The Chromium on this machine, or the one that `CHROMIUM` names; null = none. */
export const CHROMIUM: string | null =
  (process.env.CHROMIUM === undefined ? KNOWN : [process.env.CHROMIUM]).find((path) => existsSync(path)) ?? null;

export const HOW_TO_GET_ONE =
  'no Chromium: "apt-get install chromium-headless-shell", or put the path of one into CHROMIUM';

/**
 * A browser with an empty profile, in which the public address of the service leads to where it listens: links are
 * followed as they were sent.
 *
 * @param others more such pairs: a host with its port, and where it leads
 */
export function startBrowser(
  publicUrl: string,
  url: string,
  others: Readonly<Record<string, string>> = {},
): Promise<Browser> {
  const { hostname, port, protocol } = new URL(publicUrl);
  const from = `${hostname}:${port === '' ? (protocol === 'https:' ? 443 : 80) : port}`;
  const rules = Object.entries({ [from]: new URL(url).host, ...others }).map((pair) => `MAP ${pair.join(' ')}`);
  return chromium.launch({
    executablePath: CHROMIUM ?? '',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      `--host-resolver-rules=${rules.join(', ')}`,
    ],
  });
}

/** Rules of WCAG 2.0 to 2.2, A and AA, that this page breaks; and those that it was measured by. */
export async function measureByWcag(page: Page): Promise<{ readonly broken: string[]; readonly kept: string[] }> {
  await page.evaluate(AXE);
  const { violations, passes } = await page.evaluate(() =>
    (globalThis as unknown as { axe: typeof axe }).axe.run({
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
      rules: { 'target-size': { enabled: true } },
      // Of what passes, that it was looked at is enough: to describe every part of it takes as long as to measure it.
      resultTypes: ['violations'],
      preload: false,
    }),
  );
  return {
    broken: violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary}`)),
    kept: passes.map(({ id }) => id),
  };
}

/** Left open: its end would undo what was set by it. */
const sessions = new WeakMap<Page, CDPSession>();

export async function setWindow(
  page: Page,
  size: { readonly width: number; readonly height: number },
  textSize: number,
): Promise<void> {
  await page.setViewportSize(size);
  const session = sessions.get(page) ?? (await page.context().newCDPSession(page));
  sessions.set(page, session);
  await session.send('Page.setFontSizes', { fontSizes: { standard: textSize, fixed: textSize } });
}

/** How the page is laid out, in CSS pixels, at this width and with the reader's own size of text (16 is usual). */
export async function measureLayout(
  page: Page,
  width: number,
  textSize: number,
): Promise<{ readonly sideways: number; readonly cutOff: string[]; readonly rootSize: number }> {
  await setWindow(page, { width, height: 2000 }, textSize);
  return page.evaluate(() => {
    const root = document.documentElement;
    const cutOff = [...document.querySelectorAll('body *')].filter((element) => {
      const { left, right, width: wide } = element.getBoundingClientRect();
      const isHidden = element.matches('.govuk-visually-hidden, .govuk-skip-link');
      // A table keeps its columns, and scrolls in a box of its own (WCAG 1.4.10 leaves it that).
      const box = element.closest('table')?.parentElement;
      if (box instanceof HTMLElement && getComputedStyle(box).overflowX === 'auto') return false;
      return !isHidden && wide > 0 && (left < 0 || right > root.clientWidth + 0.5);
    });
    return {
      sideways: root.scrollWidth - root.clientWidth,
      cutOff: cutOff.map((element) => element.outerHTML.slice(0, 200)),
      rootSize: Number.parseFloat(getComputedStyle(root).fontSize),
    };
  });
}

/** What has the keyboard, as it is told to who can't see it; empty when nothing has. */
export async function focused(page: Page): Promise<string> {
  const now = page.locator('body :focus');
  if ((await now.count()) === 0) return '';
  const [first = ''] = (await now.ariaSnapshot()).split('\n');
  return /^- (\w+ ".*")/.exec(first)?.[1] ?? first;
}

/** The same in one question to the browser, for what our pages have: links, buttons and fields with labels. */
export async function focusedAtOnce(page: Page): Promise<string> {
  return (await page.evaluate(lookAround, null)).now;
}

/** How many presses of Tab away this is, by the order of the page; 0 = it is not behind what has the keyboard. */
export async function pressesTo(page: Page, what: string): Promise<number> {
  return (await page.evaluate(lookAround, what)).away;
}

/** Runs in the page. What has the keyboard, and how far from it something is that is told like that. */
function lookAround(what: string | null): { readonly now: string; readonly away: number } {
  const told = (element: Element | null): string => {
    if (!(element instanceof HTMLElement) || element === document.body) return '';
    const isField = ['INPUT', 'TEXTAREA', 'SELECT'].includes(element.tagName);
    const label = isField ? (element as HTMLInputElement).labels?.[0]?.textContent : element.textContent;
    const type = element instanceof HTMLInputElement ? element.type : element.tagName.toLowerCase();
    const roles: Record<string, string> = {
      a: 'link',
      button: 'button',
      checkbox: 'checkbox',
      radio: 'radio',
      select: 'combobox',
      summary: 'summary',
    };
    return `${roles[type] ?? 'textbox'} "${(label ?? '').replaceAll(/\s+/g, ' ').trim()}"`;
  };
  const current = document.activeElement;
  const now = told(current);
  if (what === null) return { now, away: 0 };
  /** Tab comes to one of a group: the one that is chosen, else the first. */
  const isStop = (element: HTMLElement): boolean => {
    if (element.matches(':disabled') || !element.checkVisibility()) return false;
    if (!(element instanceof HTMLInputElement) || element.type !== 'radio') return true;
    if (current instanceof HTMLInputElement && current.type === 'radio' && current.name === element.name) return false;
    const group = [...document.querySelectorAll<HTMLInputElement>('input[type=radio]')].filter(
      ({ name }) => name === element.name,
    );
    return (group.find(({ checked }) => checked) ?? group[0]) === element;
  };
  const isBehind = (element: Element): boolean =>
    current === null ||
    current === document.body ||
    (current.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING) > 0;
  const stops = [
    ...document.querySelectorAll<HTMLElement>(
      'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]',
    ),
  ].filter((element) => isBehind(element) && isStop(element));
  return { now, away: stops.findIndex((element) => told(element).startsWith(what)) + 1 };
}

/** One stop of the Tab key. */
export interface Stop {
  readonly name: string;
  /** How well it shows that the keyboard is here: area that changed by at least 3:1, in CSS pixels, by its width. */
  readonly thickness: number;
}

/** Every stop of the Tab key, from the top of the page to its end. */
export async function tabThrough(page: Page): Promise<Stop[]> {
  const stops: Stop[] = [];
  // From the top, wherever the page itself put the reader.
  await page.evaluate(() => {
    document.body.tabIndex = -1;
    document.body.focus();
  });
  const blank = await page.context().newPage();
  try {
    for (let press = 0; press < 30; press += 1) {
      await page.keyboard.press('Tab');
      const now = page.locator('body :focus');
      if ((await now.count()) === 0) return stops;
      await now.scrollIntoViewIfNeeded();
      const box = await now.boundingBox();
      if (box === null) throw new Error('what has the keyboard is not on the page');
      const around = { x: box.x - 6, y: box.y - 6, width: box.width + 12, height: box.height + 12 };
      const clip = { ...around, x: Math.max(0, around.x), y: Math.max(0, around.y) };
      const name = await focused(page);
      const withFocus = await page.screenshot({ clip });
      const handle = await now.elementHandle();
      await handle?.evaluate((element) => (element as HTMLElement).blur());
      const without = await page.screenshot({ clip });
      await handle?.evaluate((element) => (element as HTMLElement).focus({ preventScroll: true }));
      stops.push({ name, thickness: (await changedArea(blank, withFocus, without)) / Math.floor(box.width) });
    }
  } finally {
    await blank.close();
  }
  throw new Error(`the Tab key does not come to an end: ${stops.map(({ name }) => name).join(', ')}`);
}

/** Pixels whose contrast between two pictures of one size is at least 3:1 (WCAG 2.2, 2.4.13). */
function changedArea(blank: Page, one: Buffer, other: Buffer): Promise<number> {
  return blank.evaluate(
    async (pictures) => {
      const luminances = await Promise.all(
        pictures.map(async (picture) => {
          const bitmap = await createImageBitmap(await (await fetch(`data:image/png;base64,${picture}`)).blob());
          const canvas = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
          canvas?.drawImage(bitmap, 0, 0);
          const { data } = canvas?.getImageData(0, 0, bitmap.width, bitmap.height) ?? { data: [] };
          const linear = (part: number): number =>
            part <= 10 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4;
          return Array.from({ length: data.length / 4 }, (_, at) => {
            const [red = 0, green = 0, blue = 0] = data.slice(at * 4, at * 4 + 3);
            return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
          });
        }),
      );
      const [first = [], second = []] = luminances;
      return first.filter((light, at) => {
        const after = second[at] ?? light;
        return (Math.max(light, after) + 0.05) / (Math.min(light, after) + 0.05) >= 3;
      }).length;
    },
    [one.toString('base64'), other.toString('base64')],
  );
}
