import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AuthenticatedRequest } from '../auth/access.decorators.ts';
import { AppError } from '../errors.ts';

export const RATE_WINDOW = 60_000;

/**
 * Limits what one key may do, from however many addresses. It comes after the guard that knows the key: counting by a key
 * that wasn't checked would let anybody use up somebody else's share. Addresses are counted before.
 */
export class RateLimitGuard implements CanActivate {
  readonly #count: ReturnType<FastifyInstance['createRateLimit']>;

  constructor(fastify: FastifyInstance, max: number) {
    this.#count = fastify.createRateLimit({
      max,
      timeWindow: RATE_WINDOW,
      keyGenerator: (request) => `key:${keyIdOf(request)}`,
    });
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    if (keyIdOf(request) === undefined) return true;
    const counted = await this.#count(request);
    if (counted.isAllowed) return true;
    const reply = http.getResponse<FastifyReply>();
    // Of the two limits the client is told the one that it will meet first.
    if (counted.remaining <= Number(reply.getHeader('ratelimit-remaining') ?? Number.POSITIVE_INFINITY)) {
      void reply.header('ratelimit-limit', counted.max);
      void reply.header('ratelimit-remaining', counted.remaining);
      void reply.header('ratelimit-reset', counted.ttlInSeconds);
    }
    if (counted.isExceeded) throw tooMany(counted.ttl);
    return true;
  }
}

/** @param ttl milliseconds until the window ends */
export function tooMany(ttl: number): AppError {
  return new AppError('rate_limited', 'Too many requests from here: wait as long as Retry-After says.', {
    retryAfter: ttl / 1000,
  });
}

/** Which key signed this request in; undefined on public routes and before the guard. */
export function keyIdOf(request: FastifyRequest): string | undefined {
  return (request as FastifyRequest & AuthenticatedRequest).principal?.keyId;
}
