import type { Browser, BrowserContext } from 'playwright-core';

import type { Config } from '../../src/config/config.ts';
import { text, type TextKey } from '../../src/pages/text.ts';
import type { Language } from '../../src/policy/vocabulary.ts';
import { Desk } from '../support/desk.ts';
import { startBrowser } from './browser.ts';
import { KeyboardReader } from './reader.ts';

/** What a page says, in one language. */
export const sayIn =
  (language: Language) =>
  (key: TextKey, values: Readonly<Record<string, string | number>> = {}): string =>
    text(language, key, values);

/** The self-service with a browser before it, in which one after the other sits down. */
export class SelfService {
  #context: BrowserContext | undefined;
  #complaints: string[] = [];

  private constructor(
    readonly desk: Desk,
    private readonly browser: Browser,
  ) {}

  static async open(settings: Partial<Config> = {}): Promise<SelfService> {
    const desk = await Desk.open(settings);
    return new SelfService(desk, await startBrowser(desk.api.config.publicUrl, desk.api.url));
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.desk.close();
  }

  /** What the browser complained about since this was asked the last time. */
  complaints(): readonly string[] {
    const heard = this.#complaints;
    this.#complaints = [];
    return heard;
  }

  /** Somebody new at the computer: no cookie is left of the one before. */
  async reader(language: Language): Promise<KeyboardReader> {
    await this.#context?.close();
    // Pages are measured by a script of the test; none of ours runs.
    const context = await this.browser.newContext({ viewport: { width: 1280, height: 900 } });
    this.#context = context;
    context.on('console', (message) => {
      if (message.type() === 'error' && !/status of (400|404|409|429)/.test(message.text())) {
        this.#complaints.push(message.text());
      }
    });
    return new KeyboardReader(await context.newPage(), this.desk.api.config.publicUrl, language);
  }

  /** The code of the sign-in that this browser asked for. */
  async codeFor(): Promise<string> {
    const cookies = (await this.#context?.cookies()) ?? [];
    const id = cookies.find(({ name }) => name === 'mandaat-sign-in')?.value.split('.')[0] ?? '';
    return this.desk.codeOf(id);
  }

  /** As far as the first page of the self-service. */
  async signIn(me: KeyboardReader, phone: string): Promise<void> {
    const say = sayIn(me.language);
    await me.goto('/portal');
    await me.type(say('sign_in.contact'), phone);
    await me.press(`button "${say('sign_in.send')}"`);
    await me.type(say('sign_in.code'), await this.codeFor());
    await me.press(`button "${say('sign_in.enter')}"`);
    me.loads = 0;
  }
}
