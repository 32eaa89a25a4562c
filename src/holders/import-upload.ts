import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Injectable, Logger } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { UnreadableError } from '../crypto/envelope.ts';
import { SealedPieces } from '../crypto/sealed-pieces.ts';
import { AppError } from '../errors.ts';
import { FewAtOnce } from '../http/few-at-once.ts';
import type { ImportFormat } from './import.service.ts';

/** Largest file over HTTP, in bytes; the command line has no limit. */
export const UPLOAD_LIMIT = 64 * 1024 * 1024;
/** Uploads at once in a process, each with its file on disk and its share of the database. */
export const MOST_UPLOADS = 2;
/** An import may take longer than other requests may, in milliseconds. */
const UPLOAD_TIMEOUT = 15 * 60_000;
/** Seconds after which a refused upload may find room. */
const RETRY_AFTER = 5;

export const UPLOAD_PATH = '/v1/imports';
export const UPLOAD_TYPES: Readonly<Record<string, ImportFormat>> = {
  'application/x-ndjson': 'ndjson',
  'text/csv': 'csv',
};

/** A body that has not been read yet. A class, as a JSON body can't pretend to be one. */
export class Upload {
  constructor(
    readonly format: ImportFormat,
    readonly stream: Readable,
  ) {}
}

/** The one route with a body beyond 64 KiB: handed over as a stream, never held in memory. */
@Injectable()
export class UploadReader {
  private readonly logger = new Logger(UploadReader.name);
  readonly #atOnce = new FewAtOnce(
    MOST_UPLOADS,
    `${MOST_UPLOADS} imports run in this process already: send the file again when one of them has ended.`,
    RETRY_AFTER,
  );

  constructor(host: HttpAdapterHost) {
    // Here, because routes are made after providers, and a route keeps the settings that it was made with. The command
    // line has no HTTP server.
    const fastify = host.httpAdapter?.getInstance<FastifyInstance>();
    if (fastify === undefined) return;
    fastify.addHook('onRoute', (route) => {
      if (route.url === UPLOAD_PATH) route.handlerTimeout = UPLOAD_TIMEOUT;
    });
    for (const [type, format] of Object.entries(UPLOAD_TYPES)) {
      fastify.addContentTypeParser(type, (request: FastifyRequest, stream, done) => {
        if (request.routeOptions.url === UPLOAD_PATH) done(null, new Upload(format, stream));
        else done(new AppError('unsupported_media_type', 'Send application/json.'));
      });
    }
  }

  /** @throws AppError `unsupported_media_type` when the body came as anything else, or not at all */
  uploadOf({ body }: FastifyRequest): Upload {
    if (body instanceof Upload) return body;
    throw new AppError('unsupported_media_type', `Send ${Object.keys(UPLOAD_TYPES).join(' or ')}.`);
  }

  /**
   * Receives the whole body before a line of it is used. A server gives a request seconds to arrive, while a big import takes
   * minutes; and only a whole file has a hash, by which an interrupted import goes on. It waits on disk, sealed with a key that
   * only this call knows: names never lie there readable, not even after a crash.
   *
   * What lies there is looked at whole before `use` begins, as lines are committed on the way: of a file that was altered, swapped
   * or cut nothing is used. What is altered while `use` reads is not used either; what it read before was right.
   *
   * @throws AppError `payload_too_large` beyond {@link UPLOAD_LIMIT}; `malformed_request` when it did not arrive whole;
   * `unavailable` when {@link MOST_UPLOADS} run already, or when the file was altered
   */
  withFile<T>(upload: Upload, use: (source: AsyncIterable<Uint8Array>, fileHash: string) => Promise<T>): Promise<T> {
    return this.#atOnce.run(async () => {
      const folder = await mkdtemp(path.join(tmpdir(), 'mandaat-import-'));
      try {
        const file = path.join(folder, 'body');
        const pieces = new SealedPieces();
        const hash = createHash('sha256');
        await pipeline(
          upload.stream,
          limited(hash),
          (source: AsyncIterable<Uint8Array>) => pieces.seal(source),
          createWriteStream(file, { mode: 0o600 }),
        ).catch(refuse);
        const read = (): AsyncGenerator<Uint8Array> => this.#unaltered(() => pieces.open(createReadStream(file)));
        await toItsEnd(read());
        return await use(read(), hash.digest('hex'));
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    });
  }

  /** Opens the file when somebody begins to read, and not before: whoever never does leaves nothing open. */
  async *#unaltered(open: () => AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    try {
      yield* open();
    } catch (error) {
      if (!(error instanceof UnreadableError)) throw error;
      // Nobody but this process has a reason to write there.
      this.logger.error({ event: 'import_file_altered', err: error });
      throw new AppError(
        'unavailable',
        'The file was altered while it waited here, and is used no further: send it again.',
        {
          cause: error,
          retryAfter: 1,
        },
      );
    }
  }
}

/** @throws whatever keeps it from being read */
async function toItsEnd(source: AsyncGenerator<Uint8Array>): Promise<void> {
  while ((await source.next()).done !== true);
}

/** Who goes away in the middle made no fault of ours. */
function refuse(error: Error & { code?: string }): never {
  if (error.code !== 'ERR_STREAM_PREMATURE_CLOSE' && error.code !== 'ECONNRESET') throw error;
  throw new AppError('malformed_request', 'The file did not arrive whole.', { cause: error });
}

function limited(hash: ReturnType<typeof createHash>): Transform {
  let length = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      length += chunk.length;
      if (length > UPLOAD_LIMIT) {
        done(
          new AppError(
            'payload_too_large',
            'A file may be 64 MiB over HTTP. Send it in parts, or use the command line.',
          ),
        );
        return;
      }
      hash.update(chunk);
      done(null, chunk);
    },
  });
}
