import { KeyRing } from './key-ring.ts';

export const INDEX_KINDS = ['phone', 'email', 'postal', 'name', 'claim'] as const;
export type IndexKind = (typeof INDEX_KINDS)[number];

/**
 * Finds equal values without reading them: a keyed hash of the normalised value, under a key for each kind, so that a
 * phone number and a name never meet. The key is the ring's index entry and does not rotate: equal must stay equal.
 *
 * What it gives away to who holds the database without the ring: which rows have the same value. To who holds the ring
 * as well: whether a guessed value is there.
 */
export class BlindIndex {
  constructor(private readonly ring: KeyRing) {}

  /** @param normalised one spelling for all that is the same; the caller's duty. 32 bytes come back. */
  of(kind: IndexKind, normalised: string): Buffer {
    return this.ring.mac(`blind-index/${kind}`, normalised, this.ring.indexKeyId);
  }
}
