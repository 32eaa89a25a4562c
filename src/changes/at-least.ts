import { applyDecorators, type CanActivate, type ExecutionContext, Injectable, UseGuards } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';

import { LONGEST_TOKEN } from './change-token.ts';
import { ChangesService } from './changes.service.ts';

/** Names a change that the answer must have seen. */
export const AT_LEAST_HEADER = 'Mandaat-At-Least';

@Injectable()
class AtLeastGuard implements CanActivate {
  constructor(private readonly changes: ChangesService) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const token = context.switchToHttp().getRequest<FastifyRequest>().headers[AT_LEAST_HEADER.toLowerCase()];
    if (token !== undefined) await this.changes.requireSeen(String(token), '/headers/mandaat-at-least');
    return true;
  }
}

/** Lets who heard of a change insist that a decision has seen it. Its module imports `ChangesModule`. */
export const AtLeast = (): MethodDecorator & ClassDecorator =>
  applyDecorators(
    UseGuards(AtLeastGuard),
    ApiHeader({
      name: AT_LEAST_HEADER,
      required: false,
      schema: { type: 'string', minLength: 1, maxLength: LONGEST_TOKEN },
      description:
        'The id of a change, from the feed or a webhook. The answer has seen it; 503 with `Retry-After` where it has not ' +
        'arrived, as on a copy that lags, or in a database that was restored from before it.',
    }),
  );
