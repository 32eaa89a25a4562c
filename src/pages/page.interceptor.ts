import { type CallHandler, type ExecutionContext, HttpStatus, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { map, type Observable } from 'rxjs';

import { HTML, renderPage } from './layout.tsx';
import type { PageAnswer, StatusPage } from './page.ts';

/** Turns what a page's controller answers into HTML, into the way to another page, or into a file. */
@Injectable()
export class PageInterceptor implements NestInterceptor<PageAnswer, string> {
  intercept(context: ExecutionContext, next: CallHandler<PageAnswer>): Observable<string> {
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    return next.handle().pipe(
      map((answer) => {
        if ('seeOther' in answer) {
          void reply.status(HttpStatus.SEE_OTHER).header('location', answer.seeOther);
          return '';
        }
        if ('file' in answer) {
          const { name, type, text } = answer.file;
          void reply.type(type).header('content-disposition', `attachment; filename="${name}"`);
          return text;
        }
        const { page, status, retryAfter }: StatusPage =
          'page' in answer ? answer : { page: answer, status: HttpStatus.OK };
        if (retryAfter !== undefined) void reply.header('retry-after', String(Math.max(1, Math.ceil(retryAfter))));
        void reply.status(status).type(HTML);
        return renderPage(page);
      }),
    );
  }
}
