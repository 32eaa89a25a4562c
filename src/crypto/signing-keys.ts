import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';

import { CompactSign, createLocalJWKSet, type JWK, type JWTPayload, jwtVerify } from 'jose';

import type { KeyEntry } from '../config/kinds.ts';

/** Ed25519 (RFC 8037). */
export const SIGNATURE_ALGORITHM = 'EdDSA';

/** What stands before the 32 bytes of an Ed25519 key in PKCS #8 (RFC 8410). */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

/** Keys for one purpose: the first signs, all of them are published, so that a new one is known before it signs. */
export class SigningKeys {
  readonly jwks: { readonly keys: JWK[] };
  readonly #current: { readonly id: string; readonly key: KeyObject };

  /** @throws Error without a key */
  constructor(entries: readonly KeyEntry[]) {
    const keys = entries.map(({ id, key }) => ({ id, key: privateKey(key) }));
    const [current] = keys;
    if (current === undefined) throw new Error('There is no key to sign with.');
    this.#current = current;
    this.jwks = { keys: keys.map(({ id, key }) => publicJwk(id, key)) };
  }

  /** @param type what the signed text says of itself: nothing that is signed for one purpose can be passed off as another */
  sign(payload: string, type: string): Promise<string> {
    return new CompactSign(Buffer.from(payload))
      .setProtectedHeader({ alg: SIGNATURE_ALGORITHM, kid: this.#current.id, typ: type })
      .sign(this.#current.key);
  }

  /**
   * What one of these keys signed for this purpose.
   *
   * @param at the moment at which it must not have expired
   * @throws JOSEError; `JWTExpired` only for what is right otherwise
   */
  async verify(
    token: string,
    { at, ...wanted }: { readonly type: string; readonly issuer: string; readonly audience: string; readonly at: Date },
  ): Promise<JWTPayload> {
    const { type: typ, issuer, audience } = wanted;
    const options = {
      typ,
      issuer,
      audience,
      currentDate: at,
      algorithms: [SIGNATURE_ALGORITHM],
      requiredClaims: ['exp'],
    };
    return (await jwtVerify(token, createLocalJWKSet(this.jwks), options)).payload;
  }
}

function privateKey(seed: Buffer): KeyObject {
  return createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: 'der', type: 'pkcs8' });
}

function publicJwk(kid: string, key: KeyObject): JWK {
  return { ...createPublicKey(key).export({ format: 'jwk' }), kid, use: 'sig', alg: SIGNATURE_ALGORITHM };
}
