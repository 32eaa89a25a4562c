import { Controller, HttpStatus, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { Public } from '../auth/access.decorators.ts';
import { Config } from '../config/config.ts';
import { clearLeftBehind, COOKIES, Cookies } from '../pages/cookies.ts';
import { SessionsService } from '../sessions/sessions.service.ts';

/** What browsers say of a form on a page of ours is `same-origin`. These are forms of others; old browsers say nothing. */
const OTHER_SITES: ReadonlySet<unknown> = new Set(['cross-site', 'same-site']);

/**
 * Away from here at once, for somebody whose screen must not be seen. It asks for nothing that could be missing: no token of a
 * form, and no session, as that may be over. Whatever fails, they are away. A form on another site leads away as well, and
 * does nothing else: nobody is signed out by it. Whatever a browser says that is not known here, the reader's own wish counts.
 */
@ApiExcludeController()
@Controller('portal/leave')
@Public()
export class LeaveController {
  constructor(
    private readonly config: Config,
    private readonly cookies: Cookies,
    private readonly sessions: SessionsService,
  ) {}

  @Post()
  async leave(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    if (!OTHER_SITES.has(request.headers['sec-fetch-site'])) await this.#forget(request, reply);
    void reply
      .status(HttpStatus.SEE_OTHER)
      .header('location', this.config.exitUrl)
      .header('cache-control', 'no-store')
      .header('referrer-policy', 'no-referrer')
      .send('');
  }

  async #forget(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const token = this.cookies.get(request, 'session');
    if (token !== null) await this.sessions.endOf(token);
    for (const name of COOKIES) this.cookies.clear(reply, name);
    clearLeftBehind(reply);
  }
}
