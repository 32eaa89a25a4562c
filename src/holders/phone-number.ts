import { parsePhoneNumberFromString, type CountryCode, type PhoneNumber } from 'libphonenumber-js/max';

declare const brand: unique symbol;
/** A phone number in its one international spelling: `+`, country code, number, digits alone. */
export type E164 = string & { readonly [brand]: 'e164' };

/** Longest text that is read as a number, in characters. */
export const PHONE_LENGTH = 40;

/**
 * Reads a number in any usual spelling: `06-…`, `+31 (0)6 …`, `0031 6 …` are the same number. Null for anything
 * else, for extensions (no message reaches them) and for premium numbers (calling them costs, and that is why they are given).
 *
 * A number may be well-formed without being in use: ranges reserved for fiction are accepted.
 *
 * @param defaultCountry ISO code of the country that a number without country code lies in
 */
export function parsePhone(text: string, defaultCountry = 'NL'): E164 | null {
  if (text.length > PHONE_LENGTH) return null;
  const parsed = parsePhoneNumberFromString(text.normalize('NFKC'), {
    defaultCountry: defaultCountry as CountryCode,
    // The whole text is the number: nothing is fished out of a sentence.
    extract: false,
  });
  if (parsed === undefined || !parsed.isPossible() || parsed.ext !== undefined) return null;
  return parsed.getType() === 'PREMIUM_RATE' ? null : (parsed.number as E164);
}

/**
 * ISO code of the country where this number is. Countries may share a code (`+44`, `+1`): a number that is in no known range
 * counts as the main one's. Null for numbers without a country, such as satellite phones.
 */
export function countryOf(number: E164): string | null {
  const parsed = parsed164(number);
  return parsed?.country ?? parsed?.getPossibleCountries()[0] ?? null;
}

/** True when text messages can't reach it, so a code must be spoken. False when not known. */
export function isFixedLine(number: E164): boolean {
  return parsed164(number)?.getType() === 'FIXED_LINE';
}

function parsed164(number: E164): PhoneNumber | undefined {
  return parsePhoneNumberFromString(number);
}
