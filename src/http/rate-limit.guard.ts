import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AuthenticatedRequest } from '../auth/access.decorators.ts';
import { Config } from '../config/config.ts';
import { AppError } from '../errors.ts';

export const RATE_WINDOW = 60_000;
/** Keys whose requests are counted at once. */
const MOST_KEYS = 20_000;

/**
 * Limits what one key may do, from however many addresses. It comes after the guard that knows the key: counting by a key
 * that wasn't checked would let anybody use up somebody else's share. Addresses are counted before.
 */
class KeyLimit {
  readonly #windows = new Map<string, { since: number; requests: number }>();
  readonly #max: number;

  constructor(max: number) {
    this.#max = max;
  }

  /** @throws AppError `rate_limited` */
  count(request: FastifyRequest, reply: FastifyReply): void {
    const key = keyIdOf(request);
    if (key === undefined) return;
    const window = this.#windowOf(key);
    window.requests += 1;
    const ttl = window.since + RATE_WINDOW - performance.now();
    const remaining = Math.max(0, this.#max - window.requests);
    // Of the two limits the client is told the one that it will meet first.
    if (remaining <= Number(reply.getHeader('ratelimit-remaining') ?? Number.POSITIVE_INFINITY)) {
      void reply.header('ratelimit-limit', this.#max);
      void reply.header('ratelimit-remaining', remaining);
      void reply.header('ratelimit-reset', Math.ceil(ttl / 1000));
    }
    if (window.requests > this.#max) throw tooMany(ttl);
  }

  #windowOf(key: string): { since: number; requests: number } {
    const now = performance.now();
    const running = this.#windows.get(key);
    if (running !== undefined && now < running.since + RATE_WINDOW) return running;
    // Keys were checked, so they are few: this is only there so that memory is bounded.
    if (this.#windows.size >= MOST_KEYS) this.#windows.clear();
    const window = { since: now, requests: 0 };
    this.#windows.set(key, window);
    return window;
  }
}

const limits = new WeakMap<FastifyInstance, KeyLimit>();

/** The server's one count of keys. */
export function keyLimitOf(fastify: FastifyInstance): KeyLimit {
  const known = limits.get(fastify);
  if (known === undefined) throw new Error('the limits of this server were not set up');
  return known;
}

/** @param max requests of one key in a window */
export function limitKeys(fastify: FastifyInstance, max: number): void {
  limits.set(fastify, new KeyLimit(max));
}

/** Counts the key of every request that a controller answers. */
export class RateLimitGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    keyLimitOf(request.server).count(request, http.getResponse<FastifyReply>());
    return true;
  }
}

const visits = new WeakMap<FastifyInstance, ReturnType<FastifyInstance['createRateLimit']>>();

/** For routes on which strangers have something sent or guess at codes. What protects people is counted in the database. */
@Injectable()
export class VisitorLimitGuard implements CanActivate {
  constructor(private readonly config: Config) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const { server } = request;
    const count =
      visits.get(server) ??
      server.createRateLimit({
        max: this.config.visitorLimit,
        timeWindow: RATE_WINDOW,
        keyGenerator: ({ ip }) => `visitor:${ip}`,
      });
    visits.set(server, count);
    const counted = await count(request);
    if (!counted.isAllowed && counted.isExceeded) throw tooMany(counted.ttl);
    return true;
  }
}

/** @param ttl milliseconds until the window ends */
export function tooMany(ttl: number): AppError {
  return new AppError('rate_limited', 'Too many requests from here: wait as long as Retry-After says.', {
    retryAfter: ttl / 1000,
  });
}

/** Which key signed this request in, or was refused what it wanted; undefined on public routes and before the guard. */
export function keyIdOf(request: FastifyRequest): string | undefined {
  const { principal, knownAs } = request as FastifyRequest & AuthenticatedRequest;
  return principal?.keyId ?? knownAs;
}
