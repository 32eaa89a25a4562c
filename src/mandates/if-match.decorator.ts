import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { ApiHeaderOptions } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { AppError } from '../errors.ts';

/** One strong tag, as `etagOf` writes it. `*` would be an edit of something that the client has not seen. */
const TAG = /^"([1-9]\d{0,8})"$/;

/** How the OpenAPI document shows it. */
export const IF_MATCH: ApiHeaderOptions = {
  name: 'If-Match',
  required: true,
  description: 'The ETag of the mandate that was looked at.',
  schema: { type: 'string', pattern: TAG.source },
};

export function etagOf(revision: number): string {
  return `"${revision}"`;
}

/**
 * The revision that the client saw, from `If-Match`.
 *
 * @throws AppError `precondition_required` without the header, `malformed_request` when it isn't one tag of ours
 */
export const IfMatch = createParamDecorator((_: unknown, context: ExecutionContext): number => {
  const header = context.switchToHttp().getRequest<FastifyRequest>().headers['if-match'];
  if (header === undefined) {
    throw new AppError('precondition_required', 'Send If-Match with the ETag of the mandate that you looked at.');
  }
  const [, revision] = TAG.exec(header) ?? [];
  if (revision === undefined) {
    throw new AppError('malformed_request', 'If-Match must be one ETag as this service gave it, such as "3".');
  }
  return Number(revision);
});
