import { Controller, Get, HttpStatus, Query, Req, Res, UseGuards } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { VisitorLimitGuard } from '../http/rate-limit.guard.ts';
import { Cookies } from '../pages/cookies.ts';
import { ownPath } from '../pages/own-path.ts';
import { CurrentPage, PublicPages } from '../pages/page.decorators.ts';
import { SIGN_IN } from '../pages/page.filter.ts';
import { type Page, type PageAnswer, seeOther } from '../pages/page.ts';
import type { Session } from '../sessions/session.ts';
import { SessionsService } from '../sessions/sessions.service.ts';
import { LoginRefusedPage } from './login-pages.tsx';
import { type LoginRefusal, LoginService } from './login.service.ts';
import { SignedInBrowser } from './signed-in-browser.ts';

/** Seconds that a browser may be away. */
const AWAY = 15 * 60;

/**
 * There and back. By a link and not by a form: a form that ends at another host is stopped by the content security policy.
 * Whoever makes a browser follow it signs nobody in: the person is asked at the provider.
 */
@Controller('portal/sign-in/openid')
@PublicPages()
export class LoginPagesController {
  constructor(
    private readonly logins: LoginService,
    private readonly sessions: SessionsService,
    private readonly cookies: Cookies,
    private readonly browser: SignedInBrowser,
  ) {}

  @Get()
  @UseGuards(VisitorLimitGuard)
  async begin(
    @Query('back') back: unknown,
    @Query('prove') prove: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PageAnswer> {
    if (!this.logins.isConfigured) return seeOther(SIGN_IN);
    const current = prove === 'yes' ? await this.current(request) : null;
    const { address, secret } = await this.logins.begin(current?.id ?? null);
    const kept = [secret, current === null ? 'new' : 'same', ownPath(back) ?? ''];
    this.cookies.set(reply, 'elsewhere', kept.join('|'), AWAY);
    return seeOther(address);
  }

  @Get('back')
  @UseGuards(VisitorLimitGuard)
  async finish(
    @CurrentPage() page: Page,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PageAnswer> {
    if (!this.logins.isConfigured) return seeOther(SIGN_IN);
    const [secret = null, whose, back] = this.cookies.get(request, 'elsewhere')?.split('|') ?? [];
    this.cookies.clear(reply, 'elsewhere');
    // Without the session that it set out from, the state doesn't fit either.
    const current = whose === 'same' ? await this.current(request) : null;
    const query = request.url.slice(request.url.indexOf('?') + 1);
    const outcome = await this.logins.finish(`?${query}`, secret, current);
    if (!outcome.accepted) {
      const { why } = outcome;
      return { page: LoginRefusedPage({ page, why }), status: STATUS[why] };
    }
    await this.browser.keep(request, reply, outcome.token);
    return seeOther(ownPath(back) ?? '/portal');
  }

  private async current(request: FastifyRequest): Promise<Session | null> {
    const token = this.cookies.get(request, 'session');
    return token === null ? null : this.sessions.authenticate(token);
  }
}

const STATUS: Readonly<Record<LoginRefusal, number>> = {
  unknown: HttpStatus.FORBIDDEN,
  weak: HttpStatus.FORBIDDEN,
  other: HttpStatus.FORBIDDEN,
  cancelled: HttpStatus.OK,
  failed: HttpStatus.BAD_REQUEST,
};
