import { randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BlindIndex, INDEX_KINDS } from '../../src/crypto/blind-index.ts';
import { UnreadableError } from '../../src/crypto/envelope.ts';
import { KeyRing, type RingEntry } from '../../src/crypto/key-ring.ts';
import { PersonKeys } from '../../src/crypto/person-keys.ts';
import { placeOf } from '../../src/crypto/place.ts';
import { runs } from '../support/runs.ts';

function entry(id: string): RingEntry {
  return { id, key: randomBytes(32) };
}

describe('a value sealed with a person’s key', () => {
  const keys = new PersonKeys(new KeyRing([entry('a')]));
  const person = keys.create(randomUUID());
  const place = placeOf('people', 'name_sealed', person.id);

  it('comes back as it was, whatever text it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(keys.open(person, keys.seal(person, text, place), place)).toBe(text);
      }),
      runs(300),
    );
  });

  it('is different each time, and does not hold the text', () => {
    const first = keys.seal(person, 'Hanna Voorbeeld', place);
    expect(first.equals(keys.seal(person, 'Hanna Voorbeeld', place))).toBe(false);
    expect(first.includes('Voorbeeld')).toBe(false);
    expect(first[0]).toBe(1);
  });

  it('is unreadable after one altered bit, anywhere', () => {
    const sealed = keys.seal(person, 'Hanna Voorbeeld', place);
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const altered = Buffer.from(sealed);
      altered[bit >> 3] = (altered[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(() => keys.open(person, altered, place)).toThrow(UnreadableError);
    }
  });

  it('is unreadable when cut short', () => {
    const sealed = keys.seal(person, 'Hanna Voorbeeld', place);
    for (let length = 0; length < sealed.length; length += 1) {
      expect(() => keys.open(person, sealed.subarray(0, length), place)).toThrow(UnreadableError);
    }
  });

  it('is unreadable in another row, another field and with another person', () => {
    const sealed = keys.seal(person, 'Hanna Voorbeeld', place);
    expect(() => keys.open(person, sealed, placeOf('people', 'name_sealed', randomUUID()))).toThrow(UnreadableError);
    expect(() => keys.open(person, sealed, placeOf('people', 'other_sealed', person.id))).toThrow(UnreadableError);
    expect(() => keys.open(keys.create(person.id), sealed, place)).toThrow(UnreadableError);
  });

  it('is unreadable when somebody else’s key is put in the person’s row', () => {
    const other = keys.create(randomUUID());
    const sealed = keys.seal(other, 'Willem Verzonnen', place);
    expect(() => keys.open({ ...other, id: person.id }, sealed, place)).toThrow(UnreadableError);
  });

  it('is unreadable for good once the key is destroyed', () => {
    const sealed = keys.seal(person, 'Hanna Voorbeeld', place);
    expect(() => keys.open({ id: person.id, keyWrapped: null, keyRingId: null }, sealed, place)).toThrow(/destroyed/);
  });

  it('is unreadable with another ring of the same ids', () => {
    const sealed = keys.seal(person, 'Hanna Voorbeeld', place);
    expect(() => new PersonKeys(new KeyRing([entry('a')])).open(person, sealed, place)).toThrow(UnreadableError);
  });
});

describe('a rotation of the ring', () => {
  const old = entry('old');
  const fresh = entry('fresh');
  const before = new PersonKeys(new KeyRing([old]));
  const person = before.create(randomUUID());
  const place = placeOf('people', 'name_sealed', person.id);
  const sealed = before.seal(person, 'Hanna Voorbeeld', place);

  it('keeps what the old entry wrapped readable, and wraps anew with the first', () => {
    const during = new PersonKeys(new KeyRing([fresh, old]));
    expect(during.open(person, sealed, place)).toBe('Hanna Voorbeeld');
    expect(during.create(randomUUID()).keyRingId).toBe('fresh');
  });

  it('lets the old entry go once the person’s key was wrapped anew', () => {
    const rewrapped = new PersonKeys(new KeyRing([fresh, old])).rewrap(person);
    expect(rewrapped.keyRingId).toBe('fresh');
    const after = new PersonKeys(new KeyRing([fresh]));
    expect(after.open(rewrapped, sealed, place)).toBe('Hanna Voorbeeld');
    expect(() => after.open(person, sealed, place)).toThrow(/no entry "old"/);
  });

  it('leaves the blind index as it was, also when the oldest entry is kept as "index" alone', () => {
    const of = (...entries: RingEntry[]): string =>
      new BlindIndex(new KeyRing(entries)).of('phone', '+493023125000').toString('hex');
    const first = of(old);
    expect(of(fresh, old)).toBe(first);
    expect(of(fresh, { ...old, id: 'index' })).toBe(first);
    expect(of({ ...old, id: 'index' }, fresh)).toBe(first);
    expect(of(fresh)).not.toBe(first);
  });

  it('never seals with the index entry', () => {
    expect(new KeyRing([{ ...old, id: 'index' }, fresh]).currentKeyId).toBe('fresh');
    expect(() => new KeyRing([{ ...old, id: 'index' }])).toThrow(/no entry to seal with/);
  });
});

describe('the key ring', () => {
  const a = entry('a');
  const b = entry('b');

  it('gives each purpose and each entry a mac of its own, and the same one again', () => {
    const ring = new KeyRing([a, b]);
    const mac = ring.mac('codes', 'text');
    expect(mac).toHaveLength(32);
    expect(ring.mac('codes', 'text')).toEqual(mac);
    expect(new KeyRing([b, a]).mac('codes', 'text', 'a')).toEqual(mac);
    expect(ring.mac('links', 'text')).not.toEqual(mac);
    expect(ring.mac('codes', 'texts')).not.toEqual(mac);
    expect(ring.mac('codes', 'text', 'b')).not.toEqual(mac);
    expect(() => ring.mac('codes', 'text', 'c')).toThrow(UnreadableError);
  });

  it('refuses double ids and short keys', () => {
    expect(() => new KeyRing([a, { ...b, id: 'a' }])).toThrow(/same id/);
    expect(() => new KeyRing([{ id: 'a', key: randomBytes(31) }])).toThrow(/32 bytes/);
    expect(() => new KeyRing([])).toThrow(/no entry/);
  });

  it('gives each kind of value an index of its own', () => {
    const index = new BlindIndex(new KeyRing([a]));
    expect(new Set(INDEX_KINDS.map((kind) => index.of(kind, 'x').toString('hex'))).size).toBe(INDEX_KINDS.length);
  });
});
