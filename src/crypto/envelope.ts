import { createCipheriv, createDecipheriv, randomBytes, type KeyObject } from 'node:crypto';

/** The first byte of everything sealed. A later format gets the next number, and both are read. */
const VERSION = 1;
const NONCE = 12;
const TAG = 16;
/** Bytes before the ciphertext, which is as long as the plain text. */
export const ENVELOPE_HEAD = 1 + NONCE + TAG;

/** Sealed data that cannot be read: altered, moved to another place, sealed with a key that we lack or that was destroyed. */
export class UnreadableError extends Error {
  constructor(detail: string, options?: ErrorOptions) {
    super(detail, options);
    this.name = 'UnreadableError';
  }
}

/**
 * AES-256-GCM under a random 96-bit nonce: `version ‖ nonce ‖ tag ‖ ciphertext`. Random nonces bound one key to 2³²
 * messages; a person's key sees some tens, a ring key one for each person and rotation.
 *
 * @param aad what the value belongs to. It isn't stored: who moves a sealed value elsewhere makes it unreadable.
 */
export function sealEnvelope(key: KeyObject, plain: Buffer, aad: string): Buffer {
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG });
  cipher.setAAD(Buffer.from(aad, 'utf8'));
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([Buffer.of(VERSION), nonce, cipher.getAuthTag(), body]);
}

/** @throws UnreadableError for any other key, place, version, or a single altered bit. */
export function openEnvelope(key: KeyObject, sealed: Buffer, aad: string): Buffer {
  if (sealed.length < ENVELOPE_HEAD || sealed[0] !== VERSION)
    throw new UnreadableError('This is no sealed value of a known version.');
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(1, 1 + NONCE), { authTagLength: TAG });
  decipher.setAAD(Buffer.from(aad, 'utf8'));
  decipher.setAuthTag(sealed.subarray(1 + NONCE, ENVELOPE_HEAD));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(ENVELOPE_HEAD)), decipher.final()]);
  } catch (error) {
    throw new UnreadableError('The sealed value was altered, moved, or sealed with another key.', { cause: error });
  }
}
