import { createCipheriv, createHash, createHmac, createSecretKey, hkdfSync, randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { genesisHash, recordHash } from '../../src/audit/chain.ts';
import { bindingOf, deriveCode, isSameCode, linkToken, normaliseCode } from '../../src/codes/code-derivation.ts';
import { type Code, CODE_PURPOSES, CODE_STATES, isSent, stateAt, triesLeft } from '../../src/codes/code.ts';
import { BlindIndex } from '../../src/crypto/blind-index.ts';
import { openEnvelope, sealEnvelope, UnreadableError } from '../../src/crypto/envelope.ts';
import { KeyRing } from '../../src/crypto/key-ring.ts';
import { PersonKeys } from '../../src/crypto/person-keys.ts';
import { placeOf } from '../../src/crypto/place.ts';
import { canonicalBinding } from '../../src/policy/binding.ts';
import { aCode as anyCode, NOW } from '../support/a-code.ts';

/**
 * What is stored or sent must be readable, and right, with the next version too. Each format is made here a second time,
 * with Node's own functions alone: a change of one of them is a change that needs a migration.
 */

const KEY = Buffer.from(Array.from({ length: 32 }, (_, at) => at));
const ring = new KeyRing([{ id: 'a', key: KEY }]);

function derived(purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', KEY, '', `mandaat/1/${purpose}`, 32));
}

function mac(purpose: string, text: string): Buffer {
  return createHmac('sha256', derived(`mac/${purpose}`))
    .update(text)
    .digest();
}

function enveloped(key: Buffer, text: string, aad: string, version = 1): Buffer {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(Buffer.from(aad));
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([Buffer.of(version), nonce, cipher.getAuthTag(), body]);
}

describe('the formats of what is kept', () => {
  it('a mac is HMAC-SHA-256 under a key that HKDF derives for its purpose', () => {
    expect(ring.mac('codes', 'tëxt')).toEqual(mac('codes', 'tëxt'));
  });

  it('a blind index is such a mac for its kind of value', () => {
    expect(new BlindIndex(ring).of('phone', '+493023125001')).toEqual(mac('blind-index/phone', '+493023125001'));
  });

  it('what the ring sealed is AES-256-GCM: version, nonce, tag, ciphertext', () => {
    const plain = Buffer.from('sealed elsewhere');
    const elsewhere = { keyId: 'a', sealed: enveloped(derived('seal'), 'sealed elsewhere', 'here') };
    expect(ring.open(elsewhere, 'here')).toEqual(plain);
    expect(ring.seal(plain, 'here').keyId).toBe('a');
    expect(ring.seal(plain, 'here').sealed).toHaveLength(1 + 12 + 16 + plain.length);
  });

  it('a place names table, column and row, and a person’s key is bound to theirs', () => {
    expect(placeOf('people', 'name_sealed', 'p1')).toBe('people.name_sealed/p1');
    const keys = new PersonKeys(ring);
    const wrapped = ring.seal(KEY, 'people.key_wrapped/p1');
    const person = { id: 'p1', keyWrapped: wrapped.sealed, keyRingId: wrapped.keyId };
    const name = enveloped(KEY, 'Hanna Voorbeeld', 'people.name_sealed/p1');
    expect(keys.open(person, name, placeOf('people', 'name_sealed', 'p1'))).toBe('Hanna Voorbeeld');
  });

  it('a person’s key has 256 bits, and another person another', () => {
    const keys = new PersonKeys(ring);
    const [one, other] = ['p1', 'p2'].map((id) => {
      const { keyWrapped, keyRingId } = keys.create(id);
      return ring.open({ keyId: keyRingId, sealed: keyWrapped }, `people.key_wrapped/${id}`);
    });
    expect(one).toHaveLength(32);
    expect(one).not.toEqual(other);
  });

  it('nothing is read whose key is only half there', () => {
    const keys = new PersonKeys(ring);
    const whole = keys.create('p1');
    for (const half of [
      { ...whole, keyWrapped: null },
      { ...whole, keyRingId: null },
    ]) {
      expect(() => keys.rewrap(half)).toThrow(new UnreadableError("The person's key was destroyed."));
    }
  });
});

describe('an envelope', () => {
  const key = createSecretKey(KEY);

  it('holds nothing, too: there is no shortest text', () => {
    const sealed = sealEnvelope(key, Buffer.alloc(0), 'here');
    expect(sealed).toHaveLength(29);
    expect(openEnvelope(key, sealed, 'here')).toHaveLength(0);
  });

  it('of another version is not this one, whole as it is', () => {
    expect(() => openEnvelope(key, enveloped(KEY, 'text', 'here', 2), 'here')).toThrow(/known version/);
    expect(() => openEnvelope(key, Buffer.alloc(28, 1), 'here')).toThrow(/known version/);
  });

  it('that was altered says so, by name, and with the reason underneath', () => {
    const sealed = sealEnvelope(key, Buffer.from('text'), 'here');
    try {
      openEnvelope(key, sealed, 'elsewhere');
      throw new Error('it was read');
    } catch (error) {
      expect(error).toBeInstanceOf(UnreadableError);
      expect(error).toMatchObject({ name: 'UnreadableError', message: expect.stringMatching(/altered, moved/) });
      // Node's own error is one of another realm here.
      expect(String((error as Error).cause)).toMatch(/authenticate/);
    }
  });

  it('never has the nonce of another', () => {
    const nonces = Array.from({ length: 200 }, () =>
      sealEnvelope(key, Buffer.of(0), '').subarray(1, 13).toString('hex'),
    );
    expect(new Set(nonces).size).toBe(200);
  });
});

describe('the ring', () => {
  it('knows its entries', () => {
    expect([ring.has('a'), ring.has('b')]).toEqual([true, false]);
  });

  it('has the oldest entry, or the one called index, behind the blind index', () => {
    const entries = ['new', 'old'].map((id) => ({ id, key: randomBytes(32) }));
    expect(new KeyRing(entries).indexKeyId).toBe('old');
    expect(new KeyRing([...entries, { id: 'index', key: KEY }]).indexKeyId).toBe('index');
    expect(new KeyRing([{ id: 'index', key: KEY }, ...entries]).indexKeyId).toBe('index');
  });
});

const ofAMandate = {
  mandateId: 'mandate',
  mandateRevision: 3,
  actions: [
    { name: 'b', key: '["b",{}]' },
    { name: 'a', key: '["a",{}]' },
  ],
  issuedAt: new Date(NOW.getTime() - 60_000),
} as const;
const aCode = (changes: Partial<Code> = {}): Code => anyCode({ ...ofAMandate, ...changes });

describe('a code', () => {
  /** RFC 4226, section 5.3. */
  function hotp(secret: Buffer, counter: number, digits: number): string {
    const text = Buffer.alloc(8);
    text.writeBigUInt64BE(BigInt(counter));
    const digest = createHmac('sha1', secret).update(text).digest();
    const offset = (digest.at(-1) ?? 0) & 15;
    return String((digest.readUInt32BE(offset) & 0x7fffffff) % 10 ** digits).padStart(digits, '0');
  }

  it('is bound to every part that its row names', () => {
    expect(bindingOf(aCode())).toEqual({
      purpose: 'action',
      codeId: '11111111-1111-4111-8111-111111111111',
      personId: 'person',
      contactPointId: 'point',
      callId: 'call',
      agentId: 'agent',
      mandateId: 'mandate',
      mandateRevision: 3,
      actionKeys: ['["b",{}]', '["a",{}]'],
    });
    expect(bindingOf(aCode({ personId: null })).personId).toBe('');
  });

  it.each([
    [0, 6],
    [1, 6],
    [7, 8],
    [0, 10],
  ])('is HOTP value %d in %d digits of a secret that is derived from its binding', (counter, digits) => {
    const binding = bindingOf(aCode());
    const wanted = hotp(mac('code', canonicalBinding(binding)), counter, digits);
    expect(deriveCode(ring, binding, { keyId: 'a', counter, digits })).toBe(wanted);
  });

  it('may be read out with blanks and hyphens, and with nothing else', () => {
    expect(normaliseCode(' 12-34\t5 6\n')).toBe('123456');
    expect(isSameCode('123456', '123 456')).toBe(true);
    for (const other of ['12345', '1234567', '0123456', '123.456', '', '123457']) {
      expect(isSameCode('123456', other)).toBe(false);
    }
  });

  it('has a link of its id, its counter and half a mac over both', () => {
    const code = aCode({ counter: 2 });
    const half = mac('link', `${code.id}.2`).subarray(0, 16).toString('base64url');
    expect(linkToken(ring, code)).toBe(`${code.id}.2.${half}`);
  });

  it('is one that somebody gets when it has a person and a place to go', () => {
    expect(isSent(aCode())).toBe(true);
    expect(isSent(aCode({ personId: null }))).toBe(false);
    expect(isSent(aCode({ contactPointId: null }))).toBe(false);
  });

  it.each<[string, Partial<Code>, string, number]>([
    ['open', { tries: 2 }, 'pending', 3],
    ['open at its last try', { tries: 4 }, 'pending', 1],
    ['tried out', { tries: 5 }, 'tries_exhausted', 0],
    ['tried out and late', { tries: 5, expiresAt: NOW }, 'tries_exhausted', 0],
    ['at its end', { expiresAt: NOW }, 'expired', 0],
    ['a millisecond before its end', { expiresAt: new Date(NOW.getTime() + 1) }, 'pending', 5],
    ['answered, whatever else', { state: 'approved', tries: 5, expiresAt: NOW }, 'approved', 0],
    ['declined', { state: 'declined', tries: 1 }, 'declined', 0],
  ])('that is %s says so', (_, changes, state, left) => {
    expect(stateAt(aCode(changes), NOW)).toBe(state);
    expect(triesLeft(aCode(changes), NOW)).toBe(left);
  });

  it('has the states and purposes that the API and the table know', () => {
    expect(CODE_PURPOSES).toEqual(['action', 'mandate', 'verification', 'sign_in', 'contact']);
    expect(CODE_STATES).toEqual([
      'pending',
      'approved',
      'declined',
      'expired',
      'cancelled',
      'superseded',
      'tries_exhausted',
      'undeliverable',
    ]);
  });
});

describe('the audit chain', () => {
  const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
  const record = {
    chainId: 7,
    sequence: 41n,
    id: 'r1',
    recordedAt: NOW,
    kind: 'mandate.withdrawn',
    callId: null,
    personIds: ['p1', 'p2'],
    actor: 'crm:k1',
    body: '{"mandateId":"m1"}',
    previousHash: Buffer.alloc(32, 9),
  };

  it('begins with a hash of its own number', () => {
    expect(genesisHash(7).toString('hex')).toBe(sha256('mandaat audit chain 7'));
  });

  it('hashes a record as canonical JSON of its parts in order, the body by its own hash', () => {
    const parts = `[7,"41","r1","2026-03-16T10:30:00.000Z","mandate.withdrawn",null,["p1","p2"],"crm:k1"`;
    const text = `${parts},"${sha256(record.body)}","${'09'.repeat(32)}"]`;
    expect(recordHash(record).toString('hex')).toBe(sha256(text));
  });

  it('has another hash for a record that differs in any one part', () => {
    const others = [
      { chainId: 8 },
      { sequence: 42n },
      { id: 'r2' },
      { recordedAt: new Date(NOW.getTime() + 1) },
      { kind: 'mandate.renounced' },
      { callId: 'c1' },
      { personIds: ['p1'] },
      { actor: 'crm:k2' },
      { body: '{"mandateId":"m2"}' },
      { previousHash: Buffer.alloc(32, 8) },
    ].map((change) => recordHash({ ...record, ...change }).toString('hex'));
    expect(new Set([recordHash(record).toString('hex'), ...others]).size).toBe(others.length + 1);
  });
});
