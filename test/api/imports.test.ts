import { open, readdir, readlink, stat, truncate } from 'node:fs/promises';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ENVELOPE_HEAD } from '../../src/crypto/envelope.ts';
import { Upload, UploadReader } from '../../src/holders/import-upload.ts';
import { createLog } from '../../src/http/log.ts';
import { type Answer, Desk } from '../support/desk.ts';
import { until } from '../support/until.ts';

const PIECE = 64 * 1024;
/** As it lies on disk. */
const SEALED = ENVELOPE_HEAD + PIECE;

let desk: Desk;
const logged: string[] = [];

beforeAll(async () => {
  desk = await Desk.open({}, { log: createLog('info', { write: (line) => void logged.push(line) }) });
});
afterAll(() => desk?.close());

function person(ref: string): string {
  return `${JSON.stringify({ type: 'person', crm_ref: ref, kind: 'person', name: 'Wolk Fictief', language: 'nl', contact_points: [] })}\n`;
}

/** Somebody, then blank lines over some pieces, then somebody else. */
function file(first: string, last: string): Buffer {
  return Buffer.from(`${person(first)}${`${' '.repeat(50_000)}\n`.repeat(5)}${person(last)}`);
}

/** An upload whose pieces come when the test says so. */
class SlowUpload {
  readonly answer: Promise<Pick<Answer, 'status' | 'body'> & { readonly retryAfter: string | undefined }>;
  readonly #request: http.ClientRequest;

  constructor() {
    this.#request = http.request(`${desk.api.url}/v1/imports`, {
      method: 'POST',
      agent: false,
      headers: { authorization: desk.authorization('crm'), 'content-type': 'application/x-ndjson' },
    });
    this.answer = new Promise((resolve, reject) => {
      this.#request.on('error', reject);
      this.#request.on('response', (response) => {
        const read = async (): Promise<void> => {
          const parts: Buffer[] = [];
          for await (const part of response) parts.push(part as Buffer);
          const { statusCode: status = 0, headers } = response;
          resolve({
            status,
            body: JSON.parse(Buffer.concat(parts).toString()),
            retryAfter: headers['retry-after'],
          });
        };
        read().catch(reject);
      });
    });
    // One that breaks is not waited for.
    this.answer.catch(() => undefined);
  }

  send(bytes: Buffer): void {
    this.#request.write(bytes);
  }

  end(bytes: Buffer): void {
    this.#request.end(bytes);
  }

  break(): void {
    this.#request.destroy();
  }
}

/** The files of uploads of which so many pieces lie on disk by now. */
async function waiting(pieces: number): Promise<string[]> {
  const folders = (await readdir(tmpdir())).filter((name) => name.startsWith('mandaat-import-'));
  const files = folders.map((folder) => path.join(tmpdir(), folder, 'body'));
  const sizes = await Promise.all(
    files.map((one) =>
      stat(one).then(
        ({ size }) => size,
        () => -1,
      ),
    ),
  );
  return files.filter((_one, at) => sizes[at] === pieces * SEALED);
}

/** Begins an upload and holds it where three pieces of it lie on disk. */
async function begin(body: Buffer): Promise<{ readonly upload: SlowUpload; readonly file: string }> {
  const before = await waiting(3);
  const upload = new SlowUpload();
  upload.send(body.subarray(0, 3 * PIECE + 100));
  let found = '';
  await until(async () => {
    found = (await waiting(3)).find((one) => !before.includes(one)) ?? '';
    return found !== '';
  });
  return { upload, file: found };
}

async function isGone(file: string): Promise<boolean> {
  return stat(file).then(
    () => false,
    () => true,
  );
}

/** Changes what lies in a file, which somebody else goes on writing. */
async function rewrite(file: string, change: (bytes: Buffer) => void): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    const { size } = await handle.stat();
    const bytes = Buffer.alloc(size);
    await handle.read(bytes, 0, size, 0);
    change(bytes);
    await handle.write(bytes, 0, size, 0);
  } finally {
    await handle.close();
  }
}

function flip(bytes: Buffer): void {
  const place = SEALED + ENVELOPE_HEAD + 5_000;
  bytes[place] = (bytes[place] ?? 0) ^ 1;
}

function swap(bytes: Buffer): void {
  const first = Buffer.from(bytes.subarray(0, SEALED));
  bytes.copyWithin(0, SEALED, 2 * SEALED);
  first.copy(bytes, SEALED);
}

/** What imports have left behind: records, and people. */
async function traces(): Promise<unknown> {
  const { rows } = await desk.owner.query(
    `SELECT (SELECT count(*) FROM audit_records WHERE kind LIKE 'import.%') AS records,
       (SELECT count(*) FROM imports) AS imports, (SELECT count(*) FROM people) AS people`,
  );
  return rows[0];
}

function events(name: string): number {
  return logged.filter((line) => line.includes(`"event":"${name}"`)).length;
}

describe('a file that waits for its import', () => {
  it('is imported when nobody touches it, and gone afterwards', async () => {
    const body = file('I-1', 'I-2');
    const { upload, file: waits } = await begin(body);
    await rewrite(waits, () => undefined);
    upload.end(body.subarray(3 * PIECE + 100));
    expect(await upload.answer).toMatchObject({ status: 200, body: { lines: 2, imported: 2, error_count: 0 } });
    expect(await isGone(waits)).toBe(true);
    expect(events('import_file_altered')).toBe(0);
  });

  it.each([
    ['one bit of it is altered', flip],
    ['two pieces of it are swapped', swap],
  ])('is refused when %s, and nothing of it is imported', async (_what, change) => {
    const body = file('I-3', 'I-4');
    const before = await traces();
    const told = events('import_file_altered');
    const { upload, file: waits } = await begin(body);
    await rewrite(waits, change);
    upload.end(body.subarray(3 * PIECE + 100));
    const answer = await upload.answer;
    expect(answer).toMatchObject({ status: 503, retryAfter: '1', body: { code: 'unavailable' } });
    expect(answer.body.detail).toBe(
      'The file was altered while it waited here, and is used no further: send it again.',
    );
    expect(await traces()).toEqual(before);
    expect(await isGone(waits)).toBe(true);
    expect(events('import_file_altered')).toBe(told + 1);
  });

  it('leaves as little behind when its upload breaks off', async () => {
    const before = await traces();
    const { upload, file: waits } = await begin(file('I-5', 'I-6'));
    upload.break();
    await until(() => isGone(waits));
    expect(await traces()).toEqual(before);
  });

  it.each<[string, (waits: string) => Promise<void>]>([
    ['altered', (waits) => rewrite(waits, flip)],
    ['swapped', (waits) => rewrite(waits, swap)],
    ['cut at the end of a piece', (waits) => truncate(waits, 2 * SEALED)],
    ['cut anywhere', (waits) => truncate(waits, 2 * SEALED + 100)],
  ])('gives out nothing wrong when it is %s while it is read', async (_what, change) => {
    const body = file('I-7', 'I-8');
    const read: Buffer[] = [];
    const known = await readdir(tmpdir());
    const use = async (source: AsyncIterable<Uint8Array>): Promise<void> => {
      const size = body.length + 4 * ENVELOPE_HEAD;
      const folders = (await readdir(tmpdir())).filter(
        (name) => !known.includes(name) && name.startsWith('mandaat-import-'),
      );
      for (const folder of folders) {
        const waits = path.join(tmpdir(), folder, 'body');
        if ((await stat(waits)).size === size) await change(waits);
      }
      for await (const part of source) read.push(Buffer.from(part));
    };
    const upload = new Upload('ndjson', Readable.from([body]));
    await expect(desk.api.app.get(UploadReader).withFile(upload, use)).rejects.toMatchObject({ code: 'unavailable' });
    const came = Buffer.concat(read);
    expect(came.length).toBeLessThan(body.length);
    expect(came.equals(body.subarray(0, came.length))).toBe(true);
  });
});

describe('an import that cannot begin', () => {
  // What is open can be looked at on Linux alone.
  (process.platform === 'linux' ? it : it.skip)('leaves no file open, deleted as it may be', async () => {
    const open = async (): Promise<readonly string[]> => {
      const ids = await readdir('/proc/self/fd');
      const files = await Promise.all(ids.map((id) => readlink(`/proc/self/fd/${id}`).catch(() => '')));
      return files.filter((name) => name.includes('mandaat-import-'));
    };
    const reader = desk.api.app.get(UploadReader);
    const upload = (): Upload => new Upload('ndjson', Readable.from([file('I-21', 'I-22')]));
    const full = new Error('the queue is full');
    await expect(reader.withFile(upload(), () => Promise.reject(full))).rejects.toBe(full);
    expect(await open()).toEqual([]);
    // Positive control: while it is read, it is open.
    await reader.withFile(upload(), async (source) => {
      for await (const part of source) {
        expect(part.length).toBeGreaterThan(0);
        expect(await open()).not.toEqual([]);
        break;
      }
    });
    await until(async () => (await open()).length === 0);
  });
});

describe('imports at once', () => {
  it('are two in a process: the third is refused at once, however large, until one has ended', async () => {
    const [one, other] = [file('I-11', 'I-12'), file('I-13', 'I-14')];
    const first = await begin(one);
    const second = await begin(other);
    const large = Buffer.concat([file('I-15', 'I-16'), Buffer.from(`${' '.repeat(50_000)}\n`.repeat(160))]);
    const third = async (): Promise<Awaited<SlowUpload['answer']>> => {
      const upload = new SlowUpload();
      upload.end(large);
      return upload.answer;
    };
    const before = await traces();
    expect(await third()).toMatchObject({
      status: 503,
      retryAfter: '5',
      body: {
        code: 'unavailable',
        detail: '2 imports run in this process already: send the file again when one of them has ended.',
      },
    });
    expect(await traces()).toEqual(before);

    // One that breaks off makes room like one that ends.
    first.upload.break();
    await until(() => isGone(first.file));
    expect(await third()).toMatchObject({ status: 200, body: { imported: 2 } });
    second.upload.end(other.subarray(3 * PIECE + 100));
    expect(await second.upload.answer).toMatchObject({ status: 200, body: { imported: 2 } });
    expect(await third()).toMatchObject({ status: 200, body: { unchanged: 2 } });
  });
});
