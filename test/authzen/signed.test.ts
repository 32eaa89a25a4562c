import { randomBytes } from 'node:crypto';

import { describe, expect, it } from '@jest/globals';
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify, type JWTPayload } from 'jose';

import { SignedDecisions } from '../../src/authzen/signed-decisions.ts';
import { changedConfig } from '../../src/config/config.ts';
import type { KeyEntry } from '../../src/config/kinds.ts';
import { canonicalJson, type Json } from '../../src/policy/binding.ts';
import { testConfig } from '../support/config.ts';

const [old, fresh, foreign] = ['d1', 'd2', 'd1'].map((id): KeyEntry => ({ id, key: randomBytes(32) })) as [
  KeyEntry,
  KeyEntry,
  KeyEntry,
];
const signerWith = (...decisionKeys: KeyEntry[]): SignedDecisions =>
  new SignedDecisions(changedConfig(testConfig(), { decisionKeys }));

const request = {
  subject: { type: 'person', id: 'P-1', properties: undefined },
  action: { name: 'invoice.explain' },
  resource: { type: 'contract', id: 'C-1' },
  context: { call_id: '018f4e4e-0000-4000-8000-000000000000', sign: true },
};
const ASKED = { callId: request.context.call_id, purpose: 'advise', supported: null, isSigned: true } as const;
const decidedAt = new Date(Date.now() - 1000).toISOString();
const validUntil = new Date(Date.now() + 300_000).toISOString();
const answer = {
  decision: true,
  context: { id: 'a.0', decided_at: decidedAt, valid_until: validUntil, sentence: 'Dat mag: “één”.' },
};

async function signatureOf(signer: SignedDecisions): Promise<string> {
  return String((await signer.sign(request, [], ASKED, answer)).context['signature']);
}

async function verify(signature: string, { jwks }: SignedDecisions): Promise<JWTPayload> {
  const { publicUrl: issuer } = testConfig();
  const options = { issuer, typ: 'mandaat-decision+jwt', algorithms: ['EdDSA'] };
  return (await jwtVerify(signature, createLocalJWKSet(jwks), options)).payload;
}

describe('A signed decision', () => {
  it('says what was asked and what was answered, until when, in canonical JSON', async () => {
    const signer = signerWith(old);
    const signature = await signatureOf(signer);
    const payload = await verify(signature, signer);
    expect(payload).toMatchObject({
      jti: 'a.0',
      iat: Math.floor(Date.parse(decidedAt) / 1000),
      exp: Math.floor(Date.parse(validUntil) / 1000),
      request: {
        subject: { type: 'person', id: 'P-1' },
        context: { call_id: request.context.call_id, purpose: 'advise' },
      },
      ...answer,
    });
    const [, text = ''] = signature.split('.');
    expect(Buffer.from(text, 'base64url').toString()).toBe(canonicalJson(payload as unknown as Json));
    expect(decodeProtectedHeader(signature)).toEqual({ alg: 'EdDSA', kid: 'd1', typ: 'mandaat-decision+jwt' });
    expect(JSON.stringify(signer.jwks)).not.toContain('"d":');
  });

  it('fits no other words, no other key of that name, and no other service', async () => {
    const signer = signerWith(old);
    const signature = await signatureOf(signer);
    const [head = '', body = '', mark = ''] = signature.split('.');
    const text = Buffer.from(body, 'base64url').toString().replace('"P-1"', '"P-2"');
    const changed = [head, Buffer.from(text).toString('base64url'), mark].join('.');
    await expect(verify(changed, signer)).rejects.toThrow(/signature/);
    await expect(verify(await signatureOf(signerWith(foreign)), signer)).rejects.toThrow(/signature/);
    const elsewhere = new SignedDecisions(
      changedConfig(testConfig(), { decisionKeys: [old], publicUrl: 'https://elsewhere.example.nl' }),
    );
    await expect(verify(await signatureOf(elsewhere), signer)).rejects.toThrow(/iss/);
  });

  it('verifies all the time while a key takes the place of another, with what either process publishes', async () => {
    const steps = [signerWith(old), signerWith(old, fresh), signerWith(fresh, old), signerWith(fresh)];
    const kids = [];
    for (const [index, signer] of steps.entries()) {
      const signature = await signatureOf(signer);
      kids.push(decodeProtectedHeader(signature).kid);
      // A process that is a step behind or ahead publishes the key as well.
      for (const near of steps.slice(Math.max(0, index - 1), index + 2)) await verify(signature, near);
    }
    expect(kids).toEqual(['d1', 'd1', 'd2', 'd2']);
    // The control: two steps apart it doesn't.
    await expect(verify(await signatureOf(signerWith(old)), signerWith(fresh))).rejects.toThrow(/no applicable key/i);
  });

  it('is none where nothing was decided', async () => {
    const error = { decision: false, context: { error: { status: 404, message: 'There is no such resource.' } } };
    expect(await signerWith(old).sign(request, [], ASKED, error)).toEqual(error);
  });
});
