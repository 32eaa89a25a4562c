import type { Fault } from '../errors.ts';
import type { Instant } from '../policy/ids.ts';
import { monthsAfter } from '../policy/strength.ts';

const DAY = 86_400_000;
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/;
/** Product rule: one year unless asked otherwise, five at most. Months. */
const DEFAULT_LENGTH = 12;
const LONGEST = 60;

/** Half-open: [startsAt, endsAt). */
export interface Period {
  readonly startsAt: Instant;
  readonly endsAt: Instant;
}

export interface AskedPeriod {
  /** A date begins at 00:00 in Europe/Amsterdam. */
  readonly starts_at?: string | undefined;
  /** A date counts whole: it ends at 24:00 in Europe/Amsterdam. */
  readonly ends_at?: string | undefined;
}

/**
 * The period that was asked for, or what is wrong with it. `known` is the period of a mandate that exists: what isn't asked
 * stays as it is, and its start may lie in the past.
 */
export function readPeriod(asked: AskedPeriod, now: Instant, known?: Period): Period | { readonly faults: Fault[] } {
  const faults: Fault[] = [];
  const read = (pointer: string, text: string | undefined, days: number): Instant | undefined => {
    if (text === undefined) return undefined;
    const at = readMoment(text, days);
    if (at === null)
      faults.push({
        pointer,
        detail: 'This is neither a date (2026-01-31) nor an instant with an offset (2026-01-31T09:00:00Z).',
      });
    return at ?? undefined;
  };
  const start = read('/starts_at', asked.starts_at, 0);
  const end = read('/ends_at', asked.ends_at, 1);
  if (faults.length > 0) return { faults };

  const startsAt = start ?? known?.startsAt ?? now;
  const endsAt = end ?? known?.endsAt ?? monthsAfter(startsAt, DEFAULT_LENGTH);
  // Nothing can be allowed in the past; a mandate from today on is what people mean by a date of today.
  if (start !== undefined && start !== known?.startsAt && start < startOfDay(now)) {
    faults.push({ pointer: '/starts_at', detail: 'A mandate starts today at the earliest.' });
  }
  if (endsAt <= startsAt) faults.push({ pointer: '/ends_at', detail: 'A mandate ends after it starts.' });
  else if (endsAt <= now)
    faults.push({ pointer: '/ends_at', detail: 'A mandate ends in the future; withdraw it to end it now.' });
  if (endsAt > monthsAfter(startsAt, LONGEST)) {
    faults.push({ pointer: '/ends_at', detail: 'A mandate lasts five years at most.' });
  }
  return faults.length > 0 ? { faults } : { startsAt, endsAt };
}

/** A date or an instant with its offset; null = neither. @param days added to a date, in whole days of Amsterdam */
export function readMoment(text: string, days: number): Instant | null {
  if (INSTANT.test(text))
    return isRealDate(text.slice(0, 10)) && !Number.isNaN(Date.parse(text)) ? Date.parse(text) : null;
  if (!DATE.test(text) || !isRealDate(text)) return null;
  return midnightInAmsterdam(Date.parse(text) + days * DAY);
}

/** JavaScript reads 31 February as 3 March. */
function isRealDate(date: string): boolean {
  const at = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(date);
}

const AMSTERDAM_OFFSET = new Intl.DateTimeFormat('en', { timeZone: 'Europe/Amsterdam', timeZoneName: 'longOffset' });
const AMSTERDAM_DATE = new Intl.DateTimeFormat('sv', { timeZone: 'Europe/Amsterdam' });

/**
 * @param utcMidnight 00:00 UTC of the date. The clock changes at 01:00 UTC, so Amsterdam has the same offset then as at its
 * own midnight, an hour or two before.
 */
export function midnightInAmsterdam(utcMidnight: number): Instant {
  const name = AMSTERDAM_OFFSET.formatToParts(utcMidnight).find((part) => part.type === 'timeZoneName')?.value ?? '';
  const [, hours = '0'] = /^GMT\+(\d{2}):00$/.exec(name) ?? [];
  return utcMidnight - Number(hours) * 3_600_000;
}

function startOfDay(now: Instant): Instant {
  return midnightInAmsterdam(Date.parse(dateInAmsterdam(now)));
}

/** Such as 2026-12-01: the day that it is there. */
export function dateInAmsterdam(at: Instant): string {
  return AMSTERDAM_DATE.format(at);
}
