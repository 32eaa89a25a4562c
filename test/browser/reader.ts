import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import type { Page } from 'playwright-core';

import type { Language } from '../../src/policy/vocabulary.ts';
import { focusedAtOnce, measureByWcag, measureLayout, pressesTo, setWindow } from './browser.ts';
import { isOf, PLACES, SCREENS } from './screens.ts';

/** Where pictures of every screen go; unset = none are made. */
const PICTURES = process.env.SCREENSHOTS;

/** A width at which everything must be readable without scrolling sideways, with text at twice its usual size. */
const NARROW = 320;
const LARGE_TEXT = 32;
const USUAL_TEXT = 16;

/** Names of screens and the routes that they are at. */
const ROUTES = new Map(Object.entries({ ...SCREENS, ...PLACES }).map(([route, name]) => [name, route]));

/** Somebody who uses pages with the keyboard alone, and everything that was wrong with the screens they came by. */
export class KeyboardReader {
  readonly faults: string[] = [];
  /** Pages that were loaded. */
  loads = 0;

  constructor(
    readonly page: Page,
    private readonly base: string,
    readonly language: Language,
  ) {}

  async goto(address: string): Promise<void> {
    const url = new URL(address, this.base);
    url.searchParams.set('lang', this.language);
    await this.page.goto(url.href);
    this.loads += 1;
  }

  heading(): Promise<string> {
    return this.page.getByRole('heading', { level: 1 }).innerText();
  }

  text(): Promise<string> {
    return this.page.getByRole('main').innerText();
  }

  /** Presses Tab until what has the keyboard is told like this: `button "Nee"`. */
  async tabTo(what: string): Promise<void> {
    // As far as it should be without a look: most of these tests would else be spent on looking.
    const away = await pressesTo(this.page, what);
    await Promise.all(Array.from({ length: Math.max(0, away - 1) }, () => this.page.keyboard.press('Tab')));
    const passed: string[] = [];
    while (passed.length < 60) {
      await this.page.keyboard.press('Tab');
      const now = await focusedAtOnce(this.page);
      if (now.startsWith(what)) return;
      passed.push(now);
    }
    throw new Error(`Tab never came to ${what}, but to ${passed.join(', ')}`);
  }

  /** Types into a field in place of what stands there. */
  async type(label: string, value: string): Promise<void> {
    await this.tabTo(`textbox "${label}`);
    await this.page.keyboard.press('Control+A');
    await this.page.keyboard.type(value);
  }

  /** Ticks a box. */
  async tick(label: string): Promise<void> {
    await this.tabTo(`checkbox "${label}`);
    await this.page.keyboard.press('Space');
  }

  /** Chooses one of a group: Tab comes to the group, arrows to the one. */
  async choose(label: string): Promise<void> {
    await this.tabTo('radio "');
    for (let press = 0; press < 10; press += 1) {
      if ((await focusedAtOnce(this.page)).startsWith(`radio "${label}`)) return this.page.keyboard.press('Space');
      await this.page.keyboard.press('ArrowDown');
    }
    throw new Error(`There is no ${label} to choose.`);
  }

  /** Chooses one of a list that opens: arrows go through it without opening it. */
  async pick(label: string, option: string): Promise<void> {
    await this.tabTo(`combobox "${label}`);
    const chosen = (): Promise<string> =>
      this.page.locator('select:focus').evaluate((list) => (list as HTMLSelectElement).selectedOptions[0]?.text ?? '');
    await this.page.keyboard.press('Home');
    for (let press = 0; press < 20; press += 1) {
      if ((await chosen()) === option) return;
      await this.page.keyboard.press('ArrowDown');
    }
    throw new Error(`There is no ${option} to pick.`);
  }

  /** Types a day, as this browser asks for it: month, day, year. */
  async typeDay(label: string, day: string): Promise<void> {
    const [year = '', month = '', date = ''] = day.split('-');
    await this.tabTo(`textbox "${label}`);
    await this.page.keyboard.type(`${month}${date}${year}`);
    const typed = await this.page.locator('input:focus').inputValue();
    if (typed !== day) throw new Error(`${label} became ${typed} instead of ${day}`);
  }

  /** Unfolds what is folded up. */
  async unfold(label: string): Promise<void> {
    await this.tabTo(`summary "${label}`);
    await this.page.keyboard.press('Enter');
  }

  /** Follows a link or presses a button, and comes to another page. */
  async press(what: string): Promise<void> {
    await this.tabTo(what);
    await Promise.all([this.page.waitForEvent('domcontentloaded'), this.page.keyboard.press('Enter')]);
    this.loads += 1;
  }

  /** Measures the screen: WCAG 2.2 AA, and its layout as it is, when it is narrow and when text is large. Takes its picture. */
  async look(name: string): Promise<void> {
    const { page, language } = this;
    const where = `${name} (${language})`;
    const path = new URL(page.url()).pathname;
    const route = ROUTES.get(name);
    if (route !== undefined && !isOf(route, path)) this.faults.push(`${where}: is at ${path}, not at ${route}`);
    const viewport = page.viewportSize();
    const { broken, kept } = await measureByWcag(page);
    this.faults.push(...broken.map((fault) => `${where}: ${fault}`));
    if (!kept.includes('html-has-lang')) this.faults.push(`${where}: it was not measured`);
    if ((await page.getByRole('heading', { level: 1 }).count()) !== 1) this.faults.push(`${where}: not one h1`);
    const { sideways, cutOff } = await measureLayout(page, NARROW, LARGE_TEXT);
    if (sideways > 0) this.faults.push(`${where}: scrolls sideways by ${sideways}`);
    this.faults.push(...cutOff.map((part) => `${where}: cut off: ${part}`));
    const own = viewport ?? { width: 1280, height: 900 };
    await setWindow(page, own, USUAL_TEXT);
    const aside = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    if (aside > 0) this.faults.push(`${where}: is wider than a window of ${own.width} by ${own.height}, by ${aside}`);
    if (PICTURES === undefined) return;
    await mkdir(PICTURES, { recursive: true });
    await page.screenshot({ path: join(PICTURES, `${name}.${language}.png`), fullPage: true });
  }
}
