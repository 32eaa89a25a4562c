import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { from, lastValueFrom, of, type Observable } from 'rxjs';
import type { AuthenticatedRequest } from '../auth/access.decorators.ts';
import type { Principal } from '../auth/principal.ts';
import { AppError } from '../errors.ts';
import { IdempotencyService, type Answer } from './idempotency.service.ts';

export const IDEMPOTENCY_HEADER = 'Idempotency-Key';
const REPLAYED_HEADER = 'Idempotency-Replayed';
const VISIBLE_ASCII = /^[\x21-\x7e]{1,255}$/;
/** Where `@Idempotent()` leaves its options. */
export const IDEMPOTENT = Symbol('idempotent');

export interface IdempotentOptions {
  /** Which bodies a key counts for; the others are done each time. */
  readonly appliesTo?: (body: unknown) => boolean;
  /** A repeated request gets to the route again, with the first answer, instead of that answer itself. */
  readonly isDoneAgain?: boolean;
}

/** What the interceptor leaves for such a route: the earlier answer, and what is the same for every repetition. */
export interface IdempotentRequest {
  replayed?: unknown;
  operation?: string;
}

/** What of an answer's headers belongs to its meaning; the others are made anew. */
const KEPT_HEADERS = ['location', 'etag'];

/**
 * Does a request that carries an `Idempotency-Key` once, and repeats its answer for 24 hours.
 *
 * The effect and the kept answer are two transactions. A process that dies between them leaves an effect without an
 * answer: for 60 s the key is refused as being in progress, after that the same request gets to the route again; at once,
 * when the effect was committed and only the word of it got lost. So whatever must never happen twice recognises its
 * `Operation`, or needs a constraint of its own.
 */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(
    private readonly idempotency: IdempotencyService,
    private readonly reflector: Reflector,
  ) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const request = context.switchToHttp().getRequest<FastifyRequest & AuthenticatedRequest & IdempotentRequest>();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    const header = request.headers[IDEMPOTENCY_HEADER.toLowerCase()];
    const options = this.reflector.get<IdempotentOptions>(IDEMPOTENT, context.getHandler());
    if (header === undefined || options.appliesTo?.(request.body) === false) return next.handle();
    const start = await this.idempotency.start({
      principal: requesterOf(request.principal),
      key: validKey(header),
      method: request.method,
      path: request.url,
      body: request.body,
    });
    if ('answer' in start) {
      const earlier = replay(reply, start.answer);
      if (options.isDoneAgain !== true) return of(earlier);
      request.replayed = earlier;
      return next.handle();
    }
    const { reservation, operation } = start;
    request.operation = operation;
    const work = async (): Promise<unknown> => {
      let body: unknown;
      try {
        body = await lastValueFrom(next.handle(), { defaultValue: undefined });
      } catch (error) {
        await this.idempotency.release(reservation);
        throw error;
      }
      const status = reply.statusCode;
      if (status < 200 || status > 299) await this.idempotency.release(reservation);
      else await this.idempotency.keep(reservation, { status, headers: keptHeaders(reply), body });
      return body;
    };
    return from(work());
  }
}

/** @throws AppError `malformed_request` */
export function validKey(header: string | string[]): string {
  if (typeof header === 'string' && VISIBLE_ASCII.test(header)) return header;
  throw new AppError(
    'malformed_request',
    `${IDEMPOTENCY_HEADER} must be one value of 1 to 255 visible ASCII characters.`,
  );
}

/** With the agent: one agent's answer is not repeated to another who uses the same key of the CRM. */
export function requesterOf(principal: Principal | undefined): string {
  // Our own mistake: nobody's requests can't be told apart on a public route.
  if (principal === undefined) throw new Error('@Idempotent() needs a route with @Scopes(…).');
  return principal.agent === null ? `key:${principal.keyId}` : `key:${principal.keyId} agent:${principal.agent.id}`;
}

function keptHeaders(reply: FastifyReply): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const name of KEPT_HEADERS) {
    const value = reply.getHeader(name);
    if (value !== undefined) headers[name] = String(value);
  }
  return headers;
}

function replay(reply: FastifyReply, answer: Answer): unknown {
  void reply.status(answer.status).headers({ ...answer.headers, [REPLAYED_HEADER]: 'true' });
  return answer.body;
}
