import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { catchError, from, mergeMap, type Observable } from 'rxjs';

import type { AuthenticatedRequest } from '../auth/access.decorators.ts';
import { AppError } from '../errors.ts';
import { operationIdFactory } from '../http/open-api.ts';
import { AssistanceService } from './assistance.service.ts';
import { NON_DIGITAL } from './functions.ts';

/** Stands before every route: in an assisted session the list says what an employee may call, and each call is recorded. */
@Injectable()
export class AssistanceInterceptor implements NestInterceptor {
  constructor(private readonly assistance: AssistanceService) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest & AuthenticatedRequest>();
    const { principal } = request;
    if (principal?.person === undefined || principal.person.assistance === null) return next.handle();
    const operation = operationIdFactory(context.getClass().name, context.getHandler().name);
    const row = Object.hasOwn(NON_DIGITAL, operation) ? NON_DIGITAL[operation] : undefined;
    if (row?.by !== 'employee') {
      const other = row === undefined ? '' : ` Use ${row.operation}.`;
      throw new AppError('forbidden', `No employee does this for somebody else.${other}`);
    }
    return from(this.assistance.begin(operation, principal)).pipe(
      mergeMap((act) => {
        // The employee reads what the letter says.
        request.headers['accept-language'] = act.language;
        return next.handle().pipe(
          // What was refused was not done.
          catchError(async (error: unknown) => {
            if (error instanceof AppError) await this.assistance.refuse(act.id);
            throw error;
          }),
          mergeMap(async (answer: unknown) => {
            await this.assistance.finish(act, row.lines, answer, principal);
            return answer;
          }),
        );
      }),
    );
  }
}
