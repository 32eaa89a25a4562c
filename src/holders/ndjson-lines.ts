import { AppError } from '../errors.ts';
import { readJson } from '../http/request-body.ts';
import { LINE_LIMIT, type ImportLine } from './import-line.ts';

const NEW_LINE = 0x0a;
const BYTE_ORDER_MARK = Buffer.of(0xef, 0xbb, 0xbf);

/**
 * One JSON object a line; empty lines are passed over. Holds one line in memory, of at most {@link LINE_LIMIT} bytes: of a
 * longer one only its number is kept.
 */
export async function* ndjsonLines(source: AsyncIterable<Uint8Array>): AsyncGenerator<ImportLine> {
  let line = 0;
  for await (const bytes of split(source)) {
    line += 1;
    if (bytes === null) {
      yield { line, fault: `is longer than ${LINE_LIMIT} bytes` };
      continue;
    }
    try {
      const value = readJson(line === 1 && bytes.indexOf(BYTE_ORDER_MARK) === 0 ? bytes.subarray(3) : bytes);
      if (value !== undefined) yield { line, value };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      yield { line, fault: error.message.replace('The body', 'This line') };
    }
  }
}

/** Null for a line that is too long. */
async function* split(source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer | null> {
  let parts: Buffer[] = [];
  let length = 0;
  const take = (): Buffer | null => {
    const line = length > LINE_LIMIT ? null : Buffer.concat(parts);
    parts = [];
    length = 0;
    return line;
  };
  const add = (part: Buffer): void => {
    length += part.length;
    if (length > LINE_LIMIT) parts = [];
    else parts.push(part);
  };
  for await (const chunk of source) {
    let rest = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    for (let end = rest.indexOf(NEW_LINE); end !== -1; end = rest.indexOf(NEW_LINE)) {
      add(rest.subarray(0, end));
      yield take();
      rest = rest.subarray(end + 1);
    }
    add(rest);
  }
  if (length > 0) yield take();
}
