import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { from, lastValueFrom, type Observable } from 'rxjs';

import type { AuthenticatedRequest } from '../auth/access.decorators.ts';
import { operationIdFactory } from '../http/open-api.ts';
import { AssistanceService } from './assistance.service.ts';

/** Stands before every route: in an assisted session the list says what an employee may call, and each call is recorded. */
@Injectable()
export class AssistanceInterceptor implements NestInterceptor {
  constructor(private readonly assistance: AssistanceService) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest & AuthenticatedRequest>();
    const { principal } = request;
    if (principal?.person === undefined || principal.person.assistance === null) return next.handle();
    const operation = operationIdFactory(context.getClass().name, context.getHandler().name);
    const acted = this.assistance.act(operation, principal, (language) => {
      request.headers['accept-language'] = language;
      return lastValueFrom(next.handle(), { defaultValue: undefined });
    });
    return from(acted.then(({ answer }) => answer));
  }
}
