import { compactVerify, createLocalJWKSet, errors, type JSONWebKeySet, type JWK } from 'jose';

import type { KeyEntry } from '../config/kinds.ts';
import { SIGNATURE_ALGORITHM, SigningKeys } from '../crypto/signing-keys.ts';
import { type Checkpoint, readPayload, readUnverified, writePayload } from './checkpoint.ts';

/** What the signed text says of itself: nothing else that a key signs can be passed off as a checkpoint. */
const TYPE = 'mandaat-checkpoint';

/** `unknown_key`: signed with a key that is not among those given. */
export type Unreadable = 'unreadable' | 'unknown_key' | 'bad_signature';

/** Checks what others signed, with their public keys alone. */
export class CheckpointVerificationKeys {
  readonly #find: ReturnType<typeof createLocalJWKSet>;

  /** @throws Error when these are no keys with which a checkpoint can be checked */
  constructor(readonly jwks: JSONWebKeySet) {
    const isFit = (key: JWK | null): boolean =>
      key?.kty === 'OKP' && key.crv === 'Ed25519' && typeof key.kid === 'string' && key.d === undefined;
    if (!Array.isArray(jwks.keys) || jwks.keys.length === 0 || !jwks.keys.every(isFit)) {
      throw new Error('These are no public Ed25519 keys with a kid, as a JWK or a JWK set.');
    }
    this.#find = createLocalJWKSet(jwks);
  }

  async read(jws: string): Promise<Checkpoint | Unreadable> {
    try {
      const { payload, protectedHeader } = await compactVerify(jws, this.#find, { algorithms: [SIGNATURE_ALGORITHM] });
      if (protectedHeader.typ !== TYPE) return 'unreadable';
      return readPayload(Buffer.from(payload).toString('utf8')) ?? 'unreadable';
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey) return 'unknown_key';
      if (error instanceof errors.JWSSignatureVerificationFailed) return 'bad_signature';
      if (error instanceof errors.JOSEError) return 'unreadable';
      throw error;
    }
  }
}

/** The service's own keys: the first signs, all of them are published. */
export class CheckpointKeys extends CheckpointVerificationKeys {
  readonly #signing: SigningKeys;

  /** @throws Error without a key */
  constructor(entries: readonly KeyEntry[]) {
    const signing = new SigningKeys(entries);
    super(signing.jwks);
    this.#signing = signing;
  }

  /**
   * One of our own that comes out of the database. Its key may have been taken out since, or got lost: then what it says
   * counts all the same, and is compared with the trees.
   *
   * @returns null when it was changed
   */
  async readOwn(jws: string): Promise<Checkpoint | null> {
    const read = await this.read(jws);
    if (read === 'unknown_key') return readUnverified(jws);
    return typeof read === 'string' ? null : read;
  }

  sign(checkpoint: Checkpoint): Promise<string> {
    return this.#signing.sign(writePayload(checkpoint), TYPE);
  }
}

/**
 * Keys as somebody was given them: one JWK, or a set.
 *
 * @throws Error when the text is neither
 */
export function readPublicKeys(text: string): CheckpointVerificationKeys {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw new Error('The key file is not JSON.', { cause });
  }
  const isSet = typeof parsed === 'object' && parsed !== null && 'keys' in parsed;
  return new CheckpointVerificationKeys(isSet ? (parsed as JSONWebKeySet) : { keys: [parsed as JWK] });
}
