import { randomInt } from 'node:crypto';
import { inGroups, normaliseSpoken, SPOKEN_ALPHABET } from './spoken-code.ts';

/** Without the check character: 29^7 references. */
const RANDOM_LENGTH = 7;
const SHAPE = new RegExp(`^M([${SPOKEN_ALPHABET}]{${RANDOM_LENGTH + 1}})$`);

/** A new reference such as `M-7K2Q-93FD`. It names a mandate on the phone and opens nothing. */
export function makeMandateRef(): string {
  const random = Array.from({ length: RANDOM_LENGTH }, () => SPOKEN_ALPHABET.charAt(randomInt(SPOKEN_ALPHABET.length)));
  const body = random.join('');
  return `M-${inGroups(body + checkCharacter(body))}`;
}

/** The reference in its one spelling; null when it can't be one: every single wrong character and every swap shows. */
export function parseMandateRef(text: string): string | null {
  const [, characters] = SHAPE.exec(normaliseSpoken(text)) ?? [];
  if (characters === undefined) return null;
  const body = characters.slice(0, RANDOM_LENGTH);
  return characters === body + checkCharacter(body) ? `M-${inGroups(characters)}` : null;
}

/** Different weights below a prime modulus: no substitution and no swap leaves the sum as it was. */
function checkCharacter(body: string): string {
  let sum = 0;
  for (let at = 0; at < body.length; at += 1) sum += (at + 2) * SPOKEN_ALPHABET.indexOf(body.charAt(at));
  const modulus = SPOKEN_ALPHABET.length;
  return SPOKEN_ALPHABET.charAt((modulus - (sum % modulus)) % modulus);
}
