import { hash } from 'node:crypto';

import type { AuthenticationResponseJSON, RegistrationResponseJSON, WebAuthnCredential } from '@simplewebauthn/server';

/** What is kept of a passkey, sealed. */
export interface Credential {
  /** Base64url. */
  readonly id: string;
  /** COSE key, base64url. */
  readonly publicKey: string;
}

/** What a browser answers, as JSON; null when it is nothing of the kind. It is examined by the library that verifies it. */
export function readAnswer(text: string): (RegistrationResponseJSON & AuthenticationResponseJSON) | null {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof answer !== 'object' || answer === null || !('id' in answer) || !('response' in answer)) return null;
  const { id, response } = answer;
  if (typeof id !== 'string' || typeof response !== 'object' || response === null) return null;
  return answer as RegistrationResponseJSON & AuthenticationResponseJSON;
}

export function credentialOf({ id, publicKey }: WebAuthnCredential): Credential {
  return { id, publicKey: Buffer.from(publicKey).toString('base64url') };
}

/** The count is compared where it is kept, in one statement: not by the library, which would compare a copy. */
export function verifiable({ id, publicKey }: Credential): WebAuthnCredential {
  return { id, publicKey: new Uint8Array(Buffer.from(publicKey, 'base64url')), counter: 0 };
}

export function hashOfCredential(id: string): Buffer {
  return hash('sha256', id, 'buffer');
}
