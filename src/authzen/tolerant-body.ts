import { type ArgumentMetadata, createParamDecorator, type ExecutionContext, type PipeTransform } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

import { AppError } from '../errors.ts';
import { RequestValidationPipe } from '../http/validation.pipe.ts';

/** Reads a body into its class and ignores the fields that the class doesn't know, as the standard asks. */
class TolerantPipe implements PipeTransform {
  private readonly pipe = new RequestValidationPipe(true);

  transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    return this.pipe.transform(value, { ...metadata, type: 'body' });
  }
}

const bodyOf = createParamDecorator((_: unknown, context: ExecutionContext): unknown => {
  const { headers, body } = context.switchToHttp().getRequest<FastifyRequest>();
  if (body === undefined || /^\s*application\/json\s*(;|$)/i.test(headers['content-type'] ?? '')) return body;
  throw new AppError('malformed_request', 'Send application/json.');
});

/** The body of a route of the standard decision API. The application's own pipe, which forbids unknown fields, leaves it alone. */
export const TolerantBody = (): ParameterDecorator => bodyOf(new TolerantPipe());
