import { Controller, HttpStatus, Logger, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { Public } from '../auth/access.decorators.ts';
import { Config } from '../config/config.ts';
import { COOKIES, Cookies } from '../pages/cookies.ts';
import { SessionsService } from '../sessions/sessions.service.ts';

/**
 * Away from here at once, for somebody whose screen must not be seen. It asks for nothing that could be missing: no token of a
 * form, as no other site's form brings a cookie along, and no session, as that may be over. Whatever fails, they are away.
 */
@ApiExcludeController()
@Controller('portal/leave')
@Public()
export class LeaveController {
  private readonly logger = new Logger(LeaveController.name);

  constructor(
    private readonly config: Config,
    private readonly cookies: Cookies,
    private readonly sessions: SessionsService,
  ) {}

  @Post()
  async leave(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const token = this.cookies.get(request, 'session');
    if (token !== null) await this.#end(token);
    for (const name of COOKIES) this.cookies.clear(reply, name);
    void reply
      .status(HttpStatus.SEE_OTHER)
      .header('location', this.config.exitUrl)
      .header('cache-control', 'no-store')
      .header('referrer-policy', 'no-referrer')
      // What the browser kept of these pages goes too.
      .header('clear-site-data', '"cache", "cookies", "storage"')
      .send('');
  }

  async #end(token: string): Promise<void> {
    try {
      await this.sessions.endOf(token);
    } catch (error) {
      this.logger.warn({ event: 'left_without_sign_out', err: error });
    }
  }
}
