import { AppError } from '../errors.ts';
import { contactKindOf, FORBIDDEN_CHARACTERS, normaliseValue, tidy } from '../holders/normalise.ts';
import { dateInAmsterdam, type Period, readPeriod } from '../mandates/mandate-period.ts';
import type { TextKey } from '../pages/text.ts';
import { CODE_ROUTES, type CodeRoute } from '../policy/vocabulary.ts';
import type { FieldFault } from './granting-pages.tsx';
import type { NamedProxy } from './proxies.service.ts';

/** What a browser sent: flat fields, of which nothing is known yet. */
export type Typed = Readonly<Record<string, string | undefined>>;

const LONGEST_NAME = 200;

/** Whom the form names, or what is wrong with it. */
export function readProxy({ name = '', contact = '' }: Typed): NamedProxy | { readonly faults: readonly FieldFault[] } {
  const faults: FieldFault[] = [];
  const isName = tidy(name) !== '' && tidy(name).length <= LONGEST_NAME && !FORBIDDEN_CHARACTERS.test(name);
  if (!isName) faults.push({ field: 'name', key: 'grant.no_name' });
  const kind = contactKindOf(contact);
  if (FORBIDDEN_CHARACTERS.test(contact) || normaliseValue(kind, contact) === null) {
    faults.push({ field: 'contact', key: 'grant.no_contact' });
  }
  return faults.length > 0 ? { faults } : { name: tidy(name), kind, value: tidy(contact) };
}

/** @param known of a mandate that exists: only its end is asked for */
export function readDates(
  { starts_at: start, ends_at: end }: Typed,
  now: Date,
  known?: Period,
): { readonly period: Period | null; readonly faults: readonly FieldFault[] } {
  const blankless = (value: string | undefined): string | undefined => (value === '' ? undefined : value);
  const read = readPeriod({ starts_at: blankless(start), ends_at: blankless(end) }, now.getTime(), known);
  if (!('faults' in read)) return { period: read, faults: [] };
  const isStart = read.faults.some(({ pointer }) => pointer === '/starts_at');
  const faults: FieldFault[] = isStart
    ? [{ field: 'starts_at', key: 'grant.bad_from' }]
    : [{ field: 'ends_at', key: 'grant.bad_until' }];
  return { period: null, faults };
}

/** Today, and the last day of a year from it, or of what ends sooner. */
export function usualDates(
  now: Date,
  atMost = Number.POSITIVE_INFINITY,
): { readonly startsAt: string; readonly endsAt: string } {
  const startsAt = dateInAmsterdam(now.getTime());
  const { period } = readDates({ starts_at: startsAt }, now);
  return { startsAt, endsAt: dateInAmsterdam(Math.min(period?.endsAt ?? now.getTime(), atMost) - 1) };
}

export function readRoute({ route }: Typed): CodeRoute | null {
  return CODE_ROUTES.find((one) => one === route && one !== 'email') ?? null;
}

/**
 * What to tell about a grant that was refused.
 *
 * @throws whatever is no fault of who gave it
 */
export function grantFault(error: unknown): TextKey {
  if (error instanceof AppError) {
    switch (error.code) {
      case 'validation_failed':
        return error.faults.some(({ pointer }) => pointer === '/proxy') ? 'grant.fault.self' : 'grant.fault.changed';
      case 'invalid_state':
      case 'forbidden':
        return 'pass_on.fault.gone';
      case 'mandate_overlaps':
        return 'grant.fault.overlap';
      case 'code_budget_exhausted':
        return 'grant.fault.busy';
      case 'no_usable_contact_point':
        return 'grant.fault.unreachable';
      default:
    }
  }
  throw error;
}
