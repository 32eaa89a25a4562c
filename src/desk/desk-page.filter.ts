import { type ArgumentsHost, Catch, type ExceptionFilter, HttpStatus, Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

import { Config } from '../config/config.ts';
import { organisationOf } from '../config/organisation.ts';
import { appErrorOf, PROBLEMS } from '../http/problem.filter.ts';
import { ChosenLanguage } from '../pages/chosen-language.ts';
import { Cookies } from '../pages/cookies.ts';
import { HTML, renderPage } from '../pages/layout.tsx';
import type { PageRequest } from '../pages/page.guard.ts';
import type { Page } from '../pages/page.ts';
import { DESK_SIGN_IN, withDeskBack } from './desk-paths.ts';
import { DeskFaultPage } from './desk-fault-page.tsx';

/** Whatever goes wrong at the desk is told on a page; who is not signed in goes to where one does that, and comes back. */
@Catch()
@Injectable()
export class DeskPageFilter implements ExceptionFilter {
  constructor(
    private readonly config: Config,
    private readonly cookies: Cookies,
    private readonly languages: ChosenLanguage,
  ) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<PageRequest>();
    const reply = http.getResponse<FastifyReply>();
    const error = appErrorOf(thrown);
    if (error.code === 'unauthenticated') {
      // Chosen on the way here, it counts on the page where one signs in too.
      this.languages.of(request, reply, 'staff-language');
      this.cookies.clear(reply, 'staff');
      const back = request.method === 'GET' ? request.url : null;
      void reply.status(HttpStatus.SEE_OTHER).header('location', withDeskBack(DESK_SIGN_IN, back)).send('');
      return;
    }
    const { status } = PROBLEMS[error.code];
    if (status >= 500) request.log.error({ requestId: request.id, err: thrown, code: error.code }, 'page failed');
    if (reply.sent || reply.raw.headersSent) return;
    if (error.retryAfter !== undefined)
      void reply.header('retry-after', String(Math.max(1, Math.ceil(error.retryAfter))));
    const page = request.page ?? this.#bare(request, reply);
    void reply
      .status(status)
      .header('cache-control', 'no-store')
      .type(HTML)
      .send(renderPage(DeskFaultPage({ page, code: error.code, status, requestId: request.id })));
  }

  /** For what failed before anybody looked at who reads. */
  #bare(request: PageRequest, reply: FastifyReply): Page {
    const language = this.languages.of(request, reply, 'staff-language') ?? this.languages.ofBrowser(request);
    return {
      language,
      sender: organisationOf(this.config),
      path: request.url.split('?')[0] ?? '/',
      formToken: '',
      reader: null,
    };
  }
}
