import { type ArgumentsHost, Catch, type ExceptionFilter, HttpStatus, Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

import { Config } from '../config/config.ts';
import { organisationOf } from '../config/organisation.ts';
import { appErrorOf, PROBLEMS } from '../http/problem.filter.ts';
import { ChosenLanguage } from './chosen-language.ts';
import { Cookies } from './cookies.ts';
import { FaultPage, type FaultKind } from './fault-page.tsx';
import { HTML, renderPage } from './layout.tsx';
import { ownPath, withBack } from './own-path.ts';
import type { Page } from './page.ts';
import type { PageRequest } from './page.guard.ts';

/** Where people sign in. */
export const SIGN_IN = '/portal/sign-in';

/** Where people who are signed in show once more that it is them. */
export const PROVE = '/portal/prove';

/** Whatever goes wrong on a page is told on a page; who is not signed in, or has to show more, goes to where one does that, and comes back. */
@Catch()
@Injectable()
export class PageFilter implements ExceptionFilter {
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
      this.languages.of(request, reply);
      this.cookies.clear(reply, 'session');
      const back =
        request.method === 'GET' && request.url !== '/portal' ? `?back=${encodeURIComponent(request.url)}` : '';
      void reply.status(HttpStatus.SEE_OTHER).header('location', `${SIGN_IN}${back}`).send('');
      return;
    }
    if (error.code === 'proof_required') {
      void reply
        .status(HttpStatus.SEE_OTHER)
        .header('location', withBack(PROVE, backFrom(request)))
        .send('');
      return;
    }
    const { status } = PROBLEMS[error.code];
    if (status >= 500) request.log.error({ requestId: request.id, err: thrown, code: error.code }, 'page failed');
    if (reply.sent || reply.raw.headersSent) return;
    if (error.retryAfter !== undefined)
      void reply.header('retry-after', String(Math.max(1, Math.ceil(error.retryAfter))));
    const page = request.page ?? this.#bare(request, reply);
    const kind = KINDS[status] ?? (status >= 500 ? 'broken' : 'refused');
    void reply
      .status(status)
      .header('cache-control', 'no-store')
      .type(HTML)
      .send(
        renderPage(FaultPage({ page, kind: error.code === 'form_expired' ? 'expired' : kind, requestId: request.id })),
      );
  }

  /** For what failed before anybody looked at who reads. */
  #bare(request: PageRequest, reply: FastifyReply): Page {
    const path = request.url.split('?')[0] ?? '/';
    const language = this.languages.of(request, reply) ?? this.languages.ofBrowser(request);
    return { language, sender: organisationOf(this.config), path, formToken: '', reader: null };
  }
}

/** What was in a form is not sent again: back to the page of its area. */
function backFrom({ method, url }: PageRequest): string | null {
  return ownPath(method === 'GET' ? url : url.split('/').slice(0, 3).join('/'));
}

const KINDS: Readonly<Partial<Record<number, FaultKind>>> = {
  403: 'refused',
  404: 'gone',
  409: 'moved',
  412: 'moved',
  429: 'busy',
  503: 'busy',
};
