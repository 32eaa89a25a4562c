import { describe, expect, it } from '@jest/globals';
import { ENVELOPE_HEAD, UnreadableError } from '../../src/crypto/envelope.ts';
import { SealedPieces } from '../../src/crypto/sealed-pieces.ts';

const PIECE = 64 * 1024;
const SEALED = ENVELOPE_HEAD + PIECE;

async function* chunks(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function whole(source: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of source) parts.push(part);
  return Buffer.concat(parts);
}

/** Each byte tells where it stood. */
function text(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; at += 1) bytes[at] = (at * 7 + Math.floor(at / 251)) % 256;
  return bytes;
}

describe('what is sealed in pieces', () => {
  it.each([0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE, 3 * PIECE + 500])(
    'is opened again, %d bytes of it, in whatever chunks it comes and goes',
    async (length) => {
      const pieces = new SealedPieces();
      for (const size of [5_000, PIECE, SEALED, 10 * PIECE]) {
        const sealed = await whole(pieces.seal(chunks(text(length), size)));
        const count = Math.max(1, Math.ceil(length / PIECE));
        expect(sealed).toHaveLength(length + count * ENVELOPE_HEAD);
        for (const other of [5_000, SEALED, 10 * PIECE]) {
          expect((await whole(pieces.open(chunks(sealed, other)))).equals(text(length))).toBe(true);
        }
      }
    },
  );

  const swapped = (sealed: Buffer): Buffer =>
    Buffer.concat([sealed.subarray(SEALED, 2 * SEALED), sealed.subarray(0, SEALED), sealed.subarray(2 * SEALED)]);

  it.each<[string, (sealed: Buffer) => Buffer]>([
    ['two pieces are swapped', swapped],
    ['a piece is left out', (sealed) => Buffer.concat([sealed.subarray(0, SEALED), sealed.subarray(2 * SEALED)])],
    ['the first piece is left out', (sealed) => sealed.subarray(SEALED)],
    ['the last piece is left out', (sealed) => sealed.subarray(0, 3 * SEALED)],
    ['the end is cut off', (sealed) => sealed.subarray(0, -1)],
    ['all is cut off', () => Buffer.alloc(0)],
    ['a piece comes twice', (sealed) => Buffer.concat([sealed.subarray(0, SEALED), sealed])],
    ['the last piece comes twice', (sealed) => Buffer.concat([sealed, sealed.subarray(3 * SEALED)])],
    ['a byte follows', (sealed) => Buffer.concat([sealed, Buffer.of(0)])],
  ])('is refused when %s', async (_what, change) => {
    const pieces = new SealedPieces();
    const sealed = await whole(pieces.seal(chunks(text(3 * PIECE + 500), 5_000)));
    expect((await whole(pieces.open(chunks(sealed, 5_000)))).equals(text(3 * PIECE + 500))).toBe(true);
    await expect(whole(pieces.open(chunks(change(sealed), 5_000)))).rejects.toThrow(UnreadableError);
  });

  it('is refused for one bit, wherever it is, and nothing of that piece comes out', async () => {
    const pieces = new SealedPieces();
    const sealed = await whole(pieces.seal(chunks(text(2 * PIECE + 500), PIECE)));
    const inside = [0, 1, ENVELOPE_HEAD - 1, ENVELOPE_HEAD, SEALED - 1];
    const places = [...inside, ...inside.map((at) => at + SEALED), 2 * SEALED, sealed.length - 1];
    for (const place of places) {
      const altered = Buffer.from(sealed);
      altered[place] = (altered[place] ?? 0) ^ 1;
      const came: Buffer[] = [];
      const open = async (): Promise<void> => {
        for await (const part of pieces.open(chunks(altered, SEALED))) came.push(part);
      };
      await expect(open()).rejects.toThrow(UnreadableError);
      const right = text(2 * PIECE + 500).subarray(0, Math.floor(place / SEALED) * PIECE);
      expect([place, Buffer.concat(came).equals(right)]).toEqual([place, true]);
    }
  });

  it('is opened by nobody else', async () => {
    const sealed = await whole(new SealedPieces().seal(chunks(Buffer.from('Hanna Voorbeeld'), 100)));
    expect(sealed.includes('Hanna')).toBe(false);
    await expect(whole(new SealedPieces().open(chunks(sealed, 100)))).rejects.toThrow(UnreadableError);
  });
});
