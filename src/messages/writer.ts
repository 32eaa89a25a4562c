import { IntlMessageFormat } from 'intl-messageformat';
import type { CodeRoute, Language } from '../policy/vocabulary.ts';
import { en } from './catalogue.en.ts';
import { nl, type Catalogue, type MessageKey } from './catalogue.nl.ts';
import { neutralise, shorten } from './neutral-text.ts';
import type { ActionOnMessage, AgentOnMessage, CallerOnMessage } from './template-values.ts';

const CATALOGUES: Readonly<Record<Language, Catalogue>> = { nl, en };
const LOCALES: Readonly<Record<Language, string>> = { nl: 'nl-NL', en: 'en-GB' };
const ZONE = 'Europe/Amsterdam';

/** Short where every character costs. An e-mail or letter cuts nothing that a policy lets a property hold by default. */
const LENGTHS = {
  sms: { name: 32, value: 40, items: 3, reference: 20, references: 2 },
  other: { name: 80, value: 200, items: 100, reference: 80, references: 100 },
} as const;

export interface Envelope {
  readonly route: CodeRoute;
  readonly language: Language;
  /** The reader's own name; null when we don't know it. */
  readonly name: string | null;
  /** When the message was asked for, by the database's clock. */
  readonly queuedAt: Date;
}

/** Writes values in the reader's language, for one message; remembers whether something had to be shortened. */
export class Writer {
  readonly #envelope: Envelope;
  readonly #lengths: (typeof LENGTHS)[keyof typeof LENGTHS];
  #isShortened = false;

  constructor(envelope: Envelope) {
    this.#envelope = envelope;
    this.#lengths = envelope.route === 'sms' ? LENGTHS.sms : LENGTHS.other;
  }

  get isShortened(): boolean {
    return this.#isShortened;
  }

  /** @throws Error when the text needs a value that isn't given */
  text(key: MessageKey, filled: Readonly<Record<string, string>> = {}): string {
    return String(compiled(this.#envelope.language, key).format({ ...filled }));
  }

  name(name: string): string {
    return this.#shortened(neutralise(name), this.#lengths.name);
  }

  agent(agent: AgentOnMessage): string {
    return `${this.name(agent.pseudonym)} (${this.name(agent.role)})`;
  }

  /** Values for the catalogue: which sentence, the name in it, and for whom they ask. */
  caller(caller: CallerOnMessage): { readonly caller: string; readonly callerName: string; readonly behalf: string } {
    if (caller.is === 'recipient') return { caller: 'recipient', callerName: '', behalf: '' };
    const isDutch = this.#envelope.language === 'nl';
    const whose = caller.behalf === undefined ? null : `"${this.name(caller.behalf)}"${isDutch ? '' : '’s'}`;
    const behalf = whose ?? (isDutch ? 'u' : 'your');
    if (caller.name === null) return { caller: 'unknown', callerName: '', behalf };
    return { caller: 'named', callerName: this.name(caller.name), behalf };
  }

  actions(actions: readonly ActionOnMessage[]): string {
    return this.list(
      actions.map((action) => {
        const properties = action.properties.map(({ title, value }) => `${neutralise(title)}: ${this.#value(value)}`);
        const title = neutralise(action.title);
        return properties.length === 0 ? title : `${title} (${properties.join(', ')})`;
      }),
    );
  }

  /** The CRM's own references, which may look like an address. */
  references(references: readonly string[]): string {
    const { references: most, reference: length } = this.#lengths;
    return this.list(
      references.map((reference) => this.#shortened(neutralise(reference), length)),
      most,
    );
  }

  /** One under the other where there is room, else in one sentence. */
  list(items: readonly string[], most: number = this.#lengths.items): string {
    const { route } = this.#envelope;
    const lines = items.slice(0, most);
    if (lines.length < items.length) {
      this.#isShortened = true;
      lines.push(this.text('more', { count: String(items.length - lines.length) }));
    }
    return route === 'email' || route === 'letter' ? lines.map((line) => `- ${line}`).join('\n') : lines.join('; ');
  }

  /** A heading each, with a list below it. Lines hold what people were called, and what they wrote. */
  sections(sections: readonly { readonly title: string; readonly lines: readonly string[] }[]): string {
    return sections
      .map(({ title, lines }) => [title, ...lines.map((line) => `- ${neutralise(line)}`)].join('\n'))
      .join('\n\n');
  }

  /** When something happened. */
  moment(at: Date): string {
    return this.text('moment', { date: this.date(at), time: this.#time(at) });
  }

  /** Until when something works. A time of the same day goes without its date where every word counts. */
  deadline(at: Date): string {
    const { route, queuedAt } = this.#envelope;
    const isShort = (route === 'sms' || route === 'voice') && this.date(at) === this.date(queuedAt);
    return isShort ? this.text('clock', { time: this.#time(at) }) : this.moment(at);
  }

  date(at: Date): string {
    return this.#format(at, { day: 'numeric', month: 'long', year: 'numeric' });
  }

  /** Periods are half-open; people are told the last day that counts. */
  lastDay(end: Date): string {
    return this.date(new Date(end.getTime() - 1));
  }

  #value(value: string | number | boolean): string {
    if (typeof value === 'boolean') return this.text(value ? 'yes' : 'no');
    if (typeof value === 'number') {
      return value.toLocaleString(LOCALES[this.#envelope.language], { maximumFractionDigits: 10 });
    }
    // In quotes, so that the reader sees where somebody else's words begin and end.
    return `"${this.#shortened(neutralise(value), this.#lengths.value)}"`;
  }

  #time(at: Date): string {
    return this.#format(at, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  }

  #shortened(text: string, length: number): string {
    const short = shorten(text, length);
    if (short !== text) this.#isShortened = true;
    return short;
  }

  #format(at: Date, options: Intl.DateTimeFormatOptions): string {
    return new Intl.DateTimeFormat(LOCALES[this.#envelope.language], { ...options, timeZone: ZONE }).format(at);
  }
}

const formats = new Map<string, IntlMessageFormat>();

function compiled(language: Language, key: MessageKey): IntlMessageFormat {
  const name = `${language}.${key}`;
  let format = formats.get(name);
  if (format === undefined) {
    format = new IntlMessageFormat(CATALOGUES[language][key], LOCALES[language], undefined, { ignoreTag: true });
    formats.set(name, format);
  }
  return format;
}
