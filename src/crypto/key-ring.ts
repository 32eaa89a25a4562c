import { createHmac, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { openEnvelope, sealEnvelope, UnreadableError } from './envelope.ts';

/** One master key. Purposes never use it as it is: each has a key of its own, derived from it. */
export interface RingEntry {
  readonly id: string;
  /** 32 bytes. */
  readonly key: Buffer;
}

export interface RingSealed {
  /** Which entry it was sealed with. Stands beside the value, so that a rotation finds what is still under an old key. */
  readonly keyId: string;
  readonly sealed: Buffer;
}

/** The entry with this id feeds the blind index alone: nothing is sealed with it. See {@link KeyRing.indexKeyId}. */
export const INDEX_ENTRY = 'index';

/**
 * The service's master keys; the first is current, the others still open what they sealed. It lives outside the database,
 * so a stolen database holds neither names nor codes.
 *
 * Rotation: put a new entry in front and restart; run `keys rewrap`; wait at least 22 days; take the old entry out, unless
 * it is the index entry. Until then it is what acceptance codes and links (7 days, by letter 21) and answers kept for repetition (24 hours)
 * were made with: taken out earlier, those stop working.
 */
export class KeyRing {
  readonly currentKeyId: string;

  /**
   * The entry behind the blind index. Equality look-ups need the same key for ever, so it doesn't follow the rotation: it is
   * the entry called `index`, else the oldest (last) one. To retire the oldest entry, keep its bytes under the id `index`:
   * the derived key is the same, and nothing is sealed with it any more.
   */
  readonly indexKeyId: string;

  readonly #entries: ReadonlyMap<string, RingEntry>;
  readonly #derived = new Map<string, KeyObject>();

  /** @throws Error when an entry is double or not 32 bytes long, or when there is nothing to seal with */
  constructor(entries: readonly RingEntry[]) {
    this.#entries = new Map(entries.map((entry) => [entry.id, entry]));
    if (this.#entries.size !== entries.length) throw new Error('Two entries of the key ring have the same id.');
    if (entries.some((entry) => entry.key.length !== 32)) throw new Error('A key of the ring is not 32 bytes long.');
    const current = entries.find((entry) => entry.id !== INDEX_ENTRY);
    const oldest = entries.at(-1);
    if (current === undefined || oldest === undefined) throw new Error('The key ring has no entry to seal with.');
    this.currentKeyId = current.id;
    this.indexKeyId = this.#entries.has(INDEX_ENTRY) ? INDEX_ENTRY : oldest.id;
  }

  has(keyId: string): boolean {
    return this.#entries.has(keyId);
  }

  /** Seals with the current entry. `aad` is what the value belongs to, and is needed again to open it. */
  seal(plain: Buffer, aad: string): RingSealed {
    const keyId = this.currentKeyId;
    return { keyId, sealed: sealEnvelope(this.#purposeKey(keyId, 'seal'), plain, aad) };
  }

  /** @throws UnreadableError when it was altered or moved, or when the ring no longer has its key */
  open({ keyId, sealed }: RingSealed, aad: string): Buffer {
    return openEnvelope(this.#purposeKey(keyId, 'seal'), sealed, aad);
  }

  /**
   * HMAC-SHA-256 under a key for this purpose alone; 32 bytes.
   *
   * @param purpose a constant of the calling code
   * @param keyId the entry to use, for what was made before a rotation; default the current one
   * @throws UnreadableError when the ring doesn't have that entry
   */
  mac(purpose: string, text: string, keyId: string = this.currentKeyId): Buffer {
    return createHmac('sha256', this.#purposeKey(keyId, `mac/${purpose}`))
      .update(text, 'utf8')
      .digest();
  }

  #purposeKey(keyId: string, purpose: string): KeyObject {
    const slot = `${keyId} ${purpose}`;
    const known = this.#derived.get(slot);
    if (known !== undefined) return known;
    const entry = this.#entries.get(keyId);
    if (entry === undefined) throw new UnreadableError(`The key ring has no entry "${keyId}".`);
    const derived = createSecretKey(Buffer.from(hkdfSync('sha256', entry.key, '', `mandaat/1/${purpose}`, 32)));
    this.#derived.set(slot, derived);
    return derived;
  }
}
