import type { ActionOnMessage } from '../messages/template-values.ts';
import { dayOf } from '../pages/moments.ts';
import { LOCALES, text } from '../pages/text.ts';
import type { Language } from '../policy/vocabulary.ts';
import type { Amount, SaidFacts, StatementSubject, TypedFacts } from './statement.ts';

/** `€ 29,95` */
export function amountInWords({ cents, currency }: Amount, language: Language): string {
  return new Intl.NumberFormat(LOCALES[language], {
    style: 'currency',
    currency,
    minimumFractionDigits: 2,
    maximumFractionDigits: 2,
  }).format(cents / 100);
}

/** `31 december 2026` */
export function dateInWords(date: string, language: Language): string {
  // At noon it is the same day everywhere that we write to.
  return dayOf(new Date(`${date}T12:00:00Z`), language);
}

/** Each fact with its name, in a fixed order. */
export function namedFacts(
  facts: TypedFacts & Partial<Pick<SaidFacts, 'text'>>,
  language: Language,
): readonly { readonly title: string; readonly value: string }[] {
  const { amount, date, text: words = null } = facts;
  return [
    ...(amount === null ? [] : [{ title: text(language, 'said.amount'), value: amountInWords(amount, language) }]),
    ...(date === null ? [] : [{ title: text(language, 'said.date'), value: dateInWords(date, language) }]),
    ...(words === null ? [] : [{ title: text(language, 'said.text'), value: words }]),
  ];
}

/** A line each: `Bedrag: € 29,95`. */
export function factsInWords(
  facts: TypedFacts & Partial<Pick<SaidFacts, 'text'>>,
  language: Language,
): readonly string[] {
  return namedFacts(facts, language).map(({ title, value }) => `${title}: ${value}`);
}

/** What is right after all, for a message: what was typed stands in quotes there. */
export function rightInWords(subject: StatementSubject, facts: SaidFacts, language: Language): ActionOnMessage {
  return { title: text(language, `said.subject.${subject}`), properties: namedFacts(facts, language) };
}
