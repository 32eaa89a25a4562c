import { Controller, Get, HttpStatus, Post, Query, Req, Res, UseGuards } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { DESK_SCOPES } from '../auth/access.decorators.ts';
import { VisitorLimitGuard } from '../http/rate-limit.guard.ts';
import { clearLeftBehind, Cookies } from '../pages/cookies.ts';
import { CurrentPage } from '../pages/page.decorators.ts';
import { type Page, type PageAnswer, seeOther } from '../pages/page.ts';
import type { StaffSession } from '../staff/staff-session.ts';
import { StaffSessions } from '../staff/staff-sessions.service.ts';
import { CurrentStaffSession, DeskPages, PublicDeskPages } from './desk-page.decorators.ts';
import { DESK, DESK_SIGN_IN, ownDeskPath, withDeskBack } from './desk-paths.ts';
import { DeskRefusedPage, DeskSignInPage } from './desk-sign-in-pages.tsx';
import { type DeskRefusal, DeskSignIn } from './desk-sign-in.service.ts';

/** Seconds that a browser may be away. */
const AWAY = 15 * 60;

/**
 * There and back. By a link and not by a form: a form that ends at another host is stopped by the content security policy.
 * Whoever makes a browser follow it from another site gets no further than the page with that link: the provider may well ask
 * nobody anything, and nobody is signed in without having wanted it.
 */
@Controller('desk/sign-in')
@PublicDeskPages()
export class DeskSignInController {
  constructor(
    private readonly signIn: DeskSignIn,
    private readonly sessions: StaffSessions,
    private readonly cookies: Cookies,
  ) {}

  @Get()
  ask(
    @CurrentPage() page: Page,
    @Query('back') back: unknown,
    @Query('out') out: unknown,
    @Req() request: FastifyRequest,
  ): PageAnswer {
    // No provider lets itself be framed, so from a frame one goes to another window.
    const isFramed = request.headers['sec-fetch-dest'] === 'iframe';
    const { isConfigured } = this.signIn;
    return DeskSignInPage({ page, back: ownDeskPath(back), isConfigured, isFramed, isOut: out === 'yes' });
  }

  @Get('start')
  @UseGuards(VisitorLimitGuard)
  async begin(
    @Query('back') back: unknown,
    @Query('anew') anew: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PageAnswer> {
    if (!this.signIn.isConfigured) return seeOther(DESK_SIGN_IN);
    if (request.headers['sec-fetch-site'] === 'cross-site')
      return seeOther(withDeskBack(DESK_SIGN_IN, ownDeskPath(back)));
    const { address, secret } = await this.signIn.begin(anew === 'yes');
    this.cookies.set(reply, 'staff-elsewhere', `${secret}|${ownDeskPath(back) ?? ''}`, AWAY);
    return seeOther(address);
  }

  @Get('back')
  @UseGuards(VisitorLimitGuard)
  async finish(
    @CurrentPage() page: Page,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PageAnswer> {
    if (!this.signIn.isConfigured) return seeOther(DESK_SIGN_IN);
    const [secret = null, back] = this.cookies.get(request, 'staff-elsewhere')?.split('|') ?? [];
    this.cookies.clear(reply, 'staff-elsewhere');
    const query = `?${request.url.slice(request.url.indexOf('?') + 1)}`;
    // Who copied the cookie of before has nothing left of it.
    const outcome = await this.signIn.finish(query, secret, this.cookies.get(request, 'staff'));
    if (!outcome.accepted) {
      const { why } = outcome;
      return { page: DeskRefusedPage({ page, why }), status: STATUS[why] };
    }
    this.cookies.set(reply, 'staff', outcome.token);
    // Forms of before belong to nobody; those of now belong to this session.
    this.cookies.clear(reply, 'staff-form');
    return seeOther(ownDeskPath(back) ?? DESK);
  }
}

/** Out again: at once, and for good. */
@Controller('desk/sign-out')
@DeskPages(DESK_SCOPES)
export class DeskSignOutController {
  constructor(
    private readonly sessions: StaffSessions,
    private readonly cookies: Cookies,
  ) {}

  @Post()
  async out(
    @CurrentStaffSession() { id }: StaffSession,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PageAnswer> {
    await this.sessions.end(id);
    for (const name of ['staff', 'staff-form', 'staff-caller'] as const) this.cookies.clear(reply, name);
    clearLeftBehind(reply);
    return seeOther(`${DESK_SIGN_IN}?out=yes`);
  }
}

const STATUS: Readonly<Record<DeskRefusal, number>> = {
  unknown: HttpStatus.FORBIDDEN,
  weak: HttpStatus.FORBIDDEN,
  role: HttpStatus.FORBIDDEN,
  cancelled: HttpStatus.OK,
  failed: HttpStatus.BAD_REQUEST,
};
