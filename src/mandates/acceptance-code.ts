import { timingSafeEqual } from 'node:crypto';
import type { KeyRing } from '../crypto/key-ring.ts';
import { canonicalBinding } from '../policy/binding.ts';
import { normaliseSpoken, SPOKEN_ALPHABET } from './spoken-code.ts';

/** 29^8 codes, five tries. */
const LENGTH = 8;
const COUNT = BigInt(SPOKEN_ALPHABET.length) ** BigInt(LENGTH);

/** What an acceptance code is about: these very terms of this mandate. Widened terms have another code. */
export interface AcceptanceTerms {
  readonly id: string;
  readonly holderId: string;
  readonly termsRevision: number;
  /** The entry of the key ring that was current when the mandate began to wait: rotation leaves its code as it is. */
  readonly keyId: string;
}

/**
 * The code that the holder passes on to the proxy. Derived with a key outside the database and stored nowhere.
 *
 * @throws UnreadableError when the ring no longer has the key
 */
export function acceptanceCode(ring: KeyRing, terms: AcceptanceTerms): string {
  const binding = canonicalBinding({
    purpose: 'acceptance',
    codeId: terms.id,
    personId: terms.holderId,
    contactPointId: null,
    callId: null,
    agentId: null,
    mandateId: terms.id,
    mandateRevision: terms.termsRevision,
    actionKeys: [],
  });
  // 256 bits folded into fewer than 39: what the remainder favours is immeasurable.
  let rest = BigInt(`0x${ring.mac('acceptance', binding, terms.keyId).toString('hex')}`) % COUNT;
  let code = '';
  while (code.length < LENGTH) {
    code += SPOKEN_ALPHABET.charAt(Number(rest % BigInt(SPOKEN_ALPHABET.length)));
    rest /= BigInt(SPOKEN_ALPHABET.length);
  }
  return code;
}

/** In the time that a comparison takes, whatever was typed. Capitals, spaces and hyphens don't matter. */
export function isAcceptanceCode(ring: KeyRing, terms: AcceptanceTerms, typed: string): boolean {
  // Both under one key, so that the lengths are equal and say nothing.
  const wanted = ring.mac('acceptance-comparison', acceptanceCode(ring, terms));
  return timingSafeEqual(wanted, ring.mac('acceptance-comparison', normaliseSpoken(typed)));
}
