/**
 * Letters and digits that survive a telephone and a bad hand: no vowels, so that no word comes out, and no 0, 1, I and O.
 * 29 is a prime, which the check character needs.
 */
export const SPOKEN_ALPHABET = '23456789BCDFGHJKLMNPQRSTVWXYZ';

/** One spelling for all that people type or read out: capitals, without spaces, hyphens and dots. */
export function normaliseSpoken(text: string): string {
  return text.replaceAll(/[\s.\u2010-\u2015-]/g, '').toUpperCase();
}

/** In groups of four, as people read it out. */
export function inGroups(text: string): string {
  return text.replaceAll(/(.{4})(?=.)/g, '$1-');
}
