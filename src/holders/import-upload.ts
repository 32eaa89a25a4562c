import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError } from '../errors.ts';
import type { ImportFormat } from './import.service.ts';

/** Largest file over HTTP, in bytes; the command line has no limit. */
export const UPLOAD_LIMIT = 64 * 1024 * 1024;
/** An import may take longer than other requests may, in milliseconds. */
const UPLOAD_TIMEOUT = 15 * 60_000;

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
   * minutes; and only a whole file has a hash, by which an interrupted import goes on. It waits on disk, encrypted
   * with a key that only this call knows: names never lie there readable, not even after a crash.
   *
   * @throws AppError `payload_too_large` beyond {@link UPLOAD_LIMIT}
   */
  async withFile<T>(
    upload: Upload,
    use: (source: AsyncIterable<Uint8Array>, fileHash: string) => Promise<T>,
  ): Promise<T> {
    const folder = await mkdtemp(path.join(tmpdir(), 'mandaat-import-'));
    try {
      const file = path.join(folder, 'body');
      const key = randomBytes(32);
      const counter = randomBytes(16);
      const hash = createHash('sha256');
      const cipher = createCipheriv('aes-256-ctr', key, counter);
      await pipeline(upload.stream, limited(hash), cipher, createWriteStream(file, { mode: 0o600 })).catch(refuse);
      return await use(decrypted(file, key, counter), hash.digest('hex'));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
}

async function* decrypted(file: string, key: Buffer, counter: Buffer): AsyncGenerator<Uint8Array> {
  const decipher = createDecipheriv('aes-256-ctr', key, counter);
  for await (const chunk of createReadStream(file)) yield decipher.update(chunk as Buffer);
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
