import { createPublicKey, randomBytes, verify } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { decodeProtectedHeader } from 'jose';
import { SIGNATURE_ALGORITHM, SigningKeys } from '../../src/crypto/signing-keys.ts';

const NOW = new Date('2026-03-16T10:30:00.000Z');
const SECONDS = NOW.getTime() / 1_000;

const WANTED = { type: 'test+jwt', issuer: 'https://here.example.nl', audience: 'https://there.example.nl', at: NOW };
const CLAIMS = { iss: WANTED.issuer, aud: WANTED.audience, exp: SECONDS + 60, sub: 'pim' };

/** RFC 8032, section 7.1, the first test. */
const SEED = '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60';
const PUBLIC = 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a';

function entry(id: string) {
  return { id, key: randomBytes(32) };
}

function signed(keys: SigningKeys, changes: object = {}, type = WANTED.type): Promise<string> {
  return keys.sign(JSON.stringify({ ...CLAIMS, ...changes }), type);
}

/** The code of the library's error: what a token is refused for. */
async function refusalOf(keys: SigningKeys, token: string, changes: Partial<typeof WANTED> = {}): Promise<string> {
  const verdict = keys.verify(token, { ...WANTED, ...changes });
  return verdict.then(
    () => 'none',
    (error: unknown) => (error as { code: string }).code,
  );
}

describe('keys to sign with', () => {
  const [first, second] = [entry('first'), entry('second')];
  const keys = new SigningKeys([first, second]);

  it('sign so that everybody who has the published key can see it', async () => {
    const token = await signed(keys);
    expect(await keys.verify(token, WANTED)).toEqual(CLAIMS);
    expect(decodeProtectedHeader(token)).toEqual({ alg: 'EdDSA', kid: 'first', typ: 'test+jwt' });
    const [head, body, signature] = token.split('.') as [string, string, string];
    const published = createPublicKey({ key: { ...keys.jwks.keys[0] }, format: 'jwk' });
    expect(verify(null, Buffer.from(`${head}.${body}`), published, Buffer.from(signature, 'base64url'))).toBe(true);
    expect(verify(null, Buffer.from(`${head}.${body}x`), published, Buffer.from(signature, 'base64url'))).toBe(false);
  });

  it('are published all, for signatures alone, with nothing of what signs', () => {
    const [one] = new SigningKeys([{ id: 'rfc', key: Buffer.from(SEED, 'hex') }]).jwks.keys;
    const x = Buffer.from(PUBLIC, 'hex').toString('base64url');
    expect(one).toEqual({ kty: 'OKP', crv: 'Ed25519', x, kid: 'rfc', use: 'sig', alg: SIGNATURE_ALGORITHM });
    expect(keys.jwks.keys.map(({ kid }) => kid)).toEqual(['first', 'second']);
  });

  it('are at least one', () => {
    expect(() => new SigningKeys([])).toThrow('There is no key to sign with.');
  });

  it('know what an older one of them signed, and nothing that one of them did not', async () => {
    const before = await signed(new SigningKeys([second]));
    expect(await refusalOf(keys, before)).toBe('none');
    expect(await refusalOf(keys, await signed(new SigningKeys([entry('third')])))).toBe('ERR_JWKS_NO_MATCHING_KEY');
    expect(await refusalOf(keys, await signed(new SigningKeys([entry('first')])))).toBe(
      'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
    );
  });

  it('hold what was signed to its purpose, who says it and whom it is for', async () => {
    const refusals = [
      await refusalOf(keys, await signed(keys, {}, 'other+jwt')),
      await refusalOf(keys, await signed(keys, { iss: 'https://elsewhere.example.nl' })),
      await refusalOf(keys, await signed(keys, { aud: WANTED.issuer })),
      await refusalOf(keys, await signed(keys), { type: 'other+jwt' }),
    ];
    expect(refusals).toEqual(Array(4).fill('ERR_JWT_CLAIM_VALIDATION_FAILED'));
    expect(await refusalOf(keys, await signed(keys))).toBe('none');
  });

  it('hold it to its time, and take nothing that has none', async () => {
    const token = await signed(keys);
    expect(await refusalOf(keys, token, { at: new Date(NOW.getTime() + 59_000) })).toBe('none');
    expect(await refusalOf(keys, token, { at: new Date(NOW.getTime() + 60_000) })).toBe('ERR_JWT_EXPIRED');
    expect(await refusalOf(keys, await signed(keys, { exp: undefined }))).toBe('ERR_JWT_CLAIM_VALIDATION_FAILED');
  });

  it('take no other way of signing, whatever a token says of itself', async () => {
    const [, body] = (await signed(keys)).split('.');
    const bare = Buffer.from(JSON.stringify({ alg: 'none', kid: 'first', typ: WANTED.type })).toString('base64url');
    expect(await refusalOf(keys, `${bare}.${body}.`)).toBe('ERR_JOSE_ALG_NOT_ALLOWED');
  });
});
