import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { AppError } from '../errors.ts';

/** Lets the routes of this room, and no other, read a body that is YAML. */
@Injectable()
export class YamlReader implements OnModuleInit {
  constructor(private readonly host: HttpAdapterHost) {}

  onModuleInit(): void {
    // The command line has no HTTP server.
    const fastify = this.host.httpAdapter?.getInstance<FastifyInstance>();
    if (fastify === undefined) return;
    fastify.addContentTypeParser('text/yaml', { parseAs: 'buffer' }, (request, body, done) => {
      if (request.routeOptions.url?.startsWith('/v1/policies') !== true) {
        done(new AppError('unsupported_media_type', 'Send application/json.'));
        return;
      }
      try {
        done(null, new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body as Buffer));
      } catch (error) {
        done(new AppError('malformed_request', 'The body is not valid UTF-8.', { cause: error }));
      }
    });
  }
}
