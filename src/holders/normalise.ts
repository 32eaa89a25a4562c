import { domainToASCII } from 'node:url';
import { isEmail } from 'class-validator';
import type { ContactPointKind } from './contact-point.ts';
import { parsePhone } from './phone-number.ts';

/** A contact point's value as it is kept, and the one spelling that equal values share. */
export interface NormalisedValue {
  readonly value: string;
  /** For the blind index alone. */
  readonly indexed: string;
}

/** Longest value that is accepted, in characters. */
export const VALUE_LENGTH = { phone: 40, email: 254, postal: 300 } as const satisfies Record<ContactPointKind, number>;

/** What a right value looks like, for who sent a wrong one. */
export const VALUE_HELP = {
  phone:
    'must be a phone number that can be called, such as "+49 30 23125 000" or a Dutch "020-…"; no extension, no premium number',
  email: 'must be an e-mail address of at most 254 characters, such as "naam@example.nl"',
  postal: 'must be an address on one line of 5 to 300 characters, such as "Voorbeeldstraat 12, 0000 XX Nergenshuizen"',
} as const satisfies Record<ContactPointKind, string>;

/**
 * Null when the value is no such thing.
 *
 * - **phone** is kept as E.164, so every spelling of a number is the same number.
 * - **email** is kept with its domain in lower case (and ASCII); the local part and any `+alias` stay as given, because
 *   an alias is an address that somebody chose. Two addresses that differ in case alone are the same for look-ups and for
 *   "did it change?": hardly a server tells them apart, and no holder does.
 * - **postal** is kept with single spaces; case and commas don't make another address.
 */
export function normaliseValue(kind: ContactPointKind, text: string): NormalisedValue | null {
  const clean = tidy(text);
  if (clean.length > VALUE_LENGTH[kind]) return null;
  switch (kind) {
    case 'phone': {
      const number = parsePhone(clean);
      return number === null ? null : { value: number, indexed: number };
    }
    case 'email':
      return normaliseEmail(clean);
    case 'postal': {
      if (clean.length < 5) return null;
      return { value: clean, indexed: fold(clean.replaceAll(/[,\s]+/g, ' ')) };
    }
  }
}

/** What somebody typed: people know, and a form need not ask them for its kind. */
export function contactKindOf(typed: string): ContactPointKind {
  if (typed.includes('@')) return 'email';
  return /^[+\d\s().-]*$/.test(typed) ? 'phone' : 'postal';
}

/** The one spelling of a name for look-ups: no case, accents, dots, hyphens or double spaces. */
export function normaliseName(name: string): string {
  const plain = name.normalize('NFKD').replaceAll(/\p{M}+/gu, '');
  return fold(plain.replaceAll(/[\s.,'’-]+/gu, ' ').trim());
}

/** Composed Unicode, single spaces, none at the ends. */
export function tidy(text: string): string {
  return text.normalize('NFC').replaceAll(/\s+/gu, ' ').trim();
}

/** Control, formatting (zero-width, text direction) and unassigned characters; also halves of surrogate pairs. */
export const FORBIDDEN_CHARACTERS = /[\p{Cc}\p{Cf}\p{Cs}\p{Cn}\p{Zl}\p{Zp}]/u;

function normaliseEmail(text: string): NormalisedValue | null {
  const at = text.lastIndexOf('@');
  const domain = domainToASCII(text.slice(at + 1));
  const value = `${text.slice(0, at)}@${domain}`;
  if (at < 1 || !isEmail(value, { allow_utf8_local_part: true, allow_ip_domain: false })) return null;
  return { value, indexed: fold(value) };
}

function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}
