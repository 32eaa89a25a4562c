import {
  applyDecorators,
  createParamDecorator,
  type ExecutionContext,
  SetMetadata,
  UseInterceptors,
} from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import {
  IDEMPOTENCY_HEADER,
  IDEMPOTENT,
  type IdempotentOptions,
  type IdempotentRequest,
  IdempotencyInterceptor,
} from './idempotency.interceptor.ts';

/**
 * For a POST that creates something. The header is optional, as a client that never repeats a request needs none; who
 * sends it may repeat the request safely. See {@link IdempotencyInterceptor} for what a crash can still do.
 */
export function Idempotent(options: IdempotentOptions = {}): MethodDecorator {
  return applyDecorators(
    SetMetadata(IDEMPOTENT, options),
    UseInterceptors(IdempotencyInterceptor),
    ApiHeader({
      name: IDEMPOTENCY_HEADER,
      required: false,
      description:
        'Optional, 1 to 255 visible ASCII characters, best a UUID. The same request with the same key is done once, ' +
        'and for 24 hours gets the same answer again, with `Idempotency-Replayed: true`. Only successes are kept: ' +
        'after an error the same key may be tried again. After a crash of the service in the middle of a request the ' +
        'key is refused as in progress for 60 seconds, and then the request is done again; an execution that had been ' +
        'done by then is told and not done again.',
      schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[!-~]+$' },
    }),
  );
}

/** The same for every repetition of a request under its key, and for no other; null when it came without a key. */
export const Operation = createParamDecorator((_: unknown, context: ExecutionContext): string | null => {
  return context.switchToHttp().getRequest<IdempotentRequest>().operation ?? null;
});

/** On a route whose repeated requests are done again: the answer that the first one got; null on the first. */
export const Replayed = createParamDecorator((_: unknown, context: ExecutionContext): unknown => {
  return context.switchToHttp().getRequest<IdempotentRequest>().replayed ?? null;
});
