import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { Cookies } from '../pages/cookies.ts';
import { SessionsService } from '../sessions/sessions.service.ts';

/** The browser of somebody who has just signed in. */
@Injectable()
export class SignedInBrowser {
  constructor(
    private readonly cookies: Cookies,
    private readonly sessions: SessionsService,
  ) {}

  /**
   * The session that the browser had before ends, whosever it was: nobody could sign out of it any more, and who copied its
   * cookie would be in.
   *
   * @param token of the new session
   */
  async keep(request: FastifyRequest, reply: FastifyReply, token: string): Promise<void> {
    const before = this.cookies.get(request, 'session');
    this.cookies.set(reply, 'session', token);
    // Forms of before belong to nobody; those of now belong to this session.
    this.cookies.clear(reply, 'form');
    if (before !== null) await this.sessions.endOf(before);
  }
}
