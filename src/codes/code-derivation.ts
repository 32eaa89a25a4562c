import { createHash, timingSafeEqual } from 'node:crypto';

import { generateSync } from 'otplib';

import type { KeyRing } from '../crypto/key-ring.ts';
import { AppError } from '../errors.ts';
import { canonicalBinding, type CodeBinding } from '../policy/binding.ts';
import type { Code } from './code.ts';

/** Which value of a code's secret: the key it is derived with, how often it was resent, how many digits it has. */
export interface CodePlace {
  readonly keyId: string;
  readonly counter: number;
  readonly digits: number;
}

/**
 * The code for a binding: HOTP (RFC 4226) over a secret that is derived from the binding and the server's key, and is
 * stored nowhere. Alter any part of the binding and another code comes out; a stolen database holds none.
 */
export function deriveCode(ring: KeyRing, binding: CodeBinding, { keyId, counter, digits }: CodePlace): string {
  const secret = ring.mac('code', canonicalBinding(binding), keyId);
  return generateSync({ strategy: 'hotp', secret, counter, digits });
}

/** What a person may put between the digits. Anything else makes it another code, and a wrong one. */
export function normaliseCode(presented: string): string {
  return presented.replaceAll(/[\s-]/g, '');
}

export function isSameCode(expected: string, presented: string): boolean {
  return isSameText(expected, normaliseCode(presented));
}

/** Compares in constant time, whatever the length of what was presented. */
export function isSameText(expected: string, presented: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(expected), digest(presented));
}

/** What a code is bound to, as its row says. */
export function bindingOf(code: Code): CodeBinding {
  return {
    purpose: code.purpose,
    codeId: code.id,
    personId: code.personId ?? '',
    contactPointId: code.contactPointId,
    callId: code.callId,
    agentId: code.agentId,
    mandateId: code.mandateId,
    mandateRevision: code.mandateRevision,
    actionKeys: code.actions.map(({ key }) => key),
  };
}

/** What the link in a code's message carries: names one value of the code, and nobody else can make it. 128 bits. */
export function linkToken(ring: KeyRing, code: CodePlace & { readonly id: string }): string {
  const mac = ring.mac('link', `${code.id}.${code.counter}`, code.keyId).subarray(0, 16);
  return `${code.id}.${code.counter}.${mac.toString('base64url')}`;
}

/**
 * A key that was taken out of the ring, too early or because it leaked, takes its codes with it.
 *
 * @throws AppError `invalid_state`
 */
export function requireKey(ring: KeyRing, { keyId }: Code): void {
  if (ring.has(keyId)) return;
  throw new AppError(
    'invalid_state',
    'The key of this code was taken out: nothing can be compared. Ask for a new code.',
  );
}
