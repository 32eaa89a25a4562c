import type { Language } from '../policy/vocabulary.ts';
import { LOCALES } from './text.ts';

/** Where people live who read our pages. Days begin and end there. */
const ZONE = 'Europe/Amsterdam';

/** `21 november 2026`. */
export function dayOf(at: Date, language: Language): string {
  return new Intl.DateTimeFormat(LOCALES[language], {
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    timeZone: ZONE,
  }).format(at);
}

/** `21 november 2026, 14:35`. */
export function momentOf(at: Date, language: Language): string {
  return `${dayOf(at, language)}, ${timeOf(at, language)}`;
}

/** `14:35`. */
export function timeOf(at: Date, language: Language): string {
  return new Intl.DateTimeFormat(LOCALES[language], {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone: ZONE,
  }).format(at);
}

/** Periods are half-open; people are told the last day that counts. */
export function lastDayOf(end: Date, language: Language): string {
  return dayOf(new Date(end.getTime() - 1), language);
}
