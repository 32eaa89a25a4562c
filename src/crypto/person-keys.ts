import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import { openEnvelope, sealEnvelope, UnreadableError } from './envelope.ts';
import { KeyRing } from './key-ring.ts';
import { placeOf, type Place } from './place.ts';

/** A person's own 256-bit key, wrapped by the ring, as it stands in `people`. Null once erasure destroyed it. */
export interface PersonKey {
  readonly id: string;
  readonly keyWrapped: Buffer | null;
  readonly keyRingId: string | null;
}

/** A key that exists. */
export interface LivePersonKey extends PersonKey {
  readonly keyWrapped: Buffer;
  readonly keyRingId: string;
}

/**
 * Personal data is sealed with a key per person. Destroying the wrapped key makes all of it unreadable at once, in
 * every table and every backup that doesn't hold the key. Not guaranteed: a backup of `people` from before the
 * erasure, together with the ring, still reads; backups must expire.
 */
export class PersonKeys {
  constructor(private readonly ring: KeyRing) {}

  /** A new key for the person with this id, which the wrapping is bound to. */
  create(personId: string): LivePersonKey {
    return this.#wrap(personId, randomBytes(32));
  }

  /** The same key, wrapped by the ring's current entry. What it sealed stays as it is. */
  rewrap(person: PersonKey): LivePersonKey {
    return this.#wrap(person.id, this.#unwrap(person));
  }

  seal(person: PersonKey, text: string, place: Place): Buffer {
    return sealEnvelope(this.#key(person), Buffer.from(text, 'utf8'), place);
  }

  /** @throws UnreadableError when altered, moved to another place or person, or when the person's key was destroyed */
  open(person: PersonKey, sealed: Buffer, place: Place): string {
    return openEnvelope(this.#key(person), sealed, place).toString('utf8');
  }

  #key(person: PersonKey): KeyObject {
    return createSecretKey(this.#unwrap(person));
  }

  #wrap(personId: string, key: Buffer): LivePersonKey {
    const { keyId, sealed } = this.ring.seal(key, keyPlace(personId));
    return { id: personId, keyWrapped: sealed, keyRingId: keyId };
  }

  #unwrap({ id, keyWrapped, keyRingId }: PersonKey): Buffer {
    if (keyWrapped === null || keyRingId === null) throw new UnreadableError("The person's key was destroyed.");
    return this.ring.open({ keyId: keyRingId, sealed: keyWrapped }, keyPlace(id));
  }
}

function keyPlace(personId: string): Place {
  return placeOf('people', 'key_wrapped', personId);
}
