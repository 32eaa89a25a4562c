import { generateKeySync } from 'node:crypto';
import { ENVELOPE_HEAD, openEnvelope, sealEnvelope } from './envelope.ts';

/** Bytes of plain text in every piece but the last. */
const PIECE = 64 * 1024;

/**
 * Seals what is too long to be held in memory, for this process alone: the key is made here and given to nobody. Every piece is an
 * envelope of its own, bound to its number and to whether it is the last: one that was altered, moved or left out is found, and
 * so is an end that was cut off or added. What was opened before that piece was right.
 */
export class SealedPieces {
  readonly #key = generateKeySync('aes', { length: 256 });

  async *seal(source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
    for await (const { bytes, place } of cut(source, PIECE)) yield sealEnvelope(this.#key, bytes, place);
  }

  /**
   * @param sealed what {@link seal} gave, in chunks of any size
   * @throws UnreadableError at the first piece that is not as it was sealed
   */
  async *open(sealed: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
    for await (const { bytes, place } of cut(sealed, ENVELOPE_HEAD + PIECE))
      yield openEnvelope(this.#key, bytes, place);
  }
}

interface Piece {
  readonly bytes: Buffer;
  /** What it is bound to. */
  readonly place: string;
}

/** Pieces of this many bytes. The last has what is left; it alone may be shorter, even empty. */
async function* cut(source: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Piece> {
  let rest: Buffer = Buffer.alloc(0);
  let number = 0;
  for await (const chunk of source) {
    rest = Buffer.concat([rest, chunk]);
    // A whole one waits until something follows: only then is it known not to be the last.
    for (; rest.length > size; rest = rest.subarray(size)) {
      yield { bytes: rest.subarray(0, size), place: `piece ${number}` };
      number += 1;
    }
  }
  yield { bytes: rest, place: `piece ${number}, the last` };
}
