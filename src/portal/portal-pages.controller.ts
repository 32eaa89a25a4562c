import { Controller, Get, Param, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

import { CurrentPrincipal } from '../auth/access.decorators.ts';
import { actorOf, type Principal, signedInOf } from '../auth/principal.ts';
import { OwnConfirmations } from '../confirmations/own-confirmations.service.ts';
import type { Side } from '../mandates/mandate.ts';
import { MyMandatesService } from '../my-mandates/my-mandates.service.ts';
import { clearLeftBehind, Cookies } from '../pages/cookies.ts';
import { CurrentPage, Pages } from '../pages/page.decorators.ts';
import { type Page, type PageAnswer, seeOther } from '../pages/page.ts';
import { SIGN_IN } from '../pages/page.filter.ts';
import { SessionsService } from '../sessions/sessions.service.ts';
import { SignInParams } from '../sign-in/sign-in.dto.ts';
import { HomePage, SessionsPage } from './portal-pages.tsx';

/** Mandates of each side on the first page. */
const IN_SHORT = 5;

/** The start of the self-service, and where one is signed in. */
@Controller('portal')
@Pages()
export class PortalPagesController {
  constructor(
    private readonly sessions: SessionsService,
    private readonly mine: MyMandatesService,
    private readonly questions: OwnConfirmations,
    private readonly cookies: Cookies,
  ) {}

  @Get()
  async home(@CurrentPage() page: Page, @CurrentPrincipal() principal: Principal): Promise<PageAnswer> {
    const short = async (side: Side) =>
      (await this.mine.list({ side, part: 'live', limit: IN_SHORT, after: null }, principal, page.language)).mandates;
    const waiting = await this.questions.countWaiting(principal);
    return HomePage({ page, given: await short('holder'), got: await short('proxy'), waiting });
  }

  @Get('sessions')
  async list(
    @CurrentPage() page: Page,
    @CurrentPrincipal() principal: Principal,
    @Query('others') others: unknown,
  ): Promise<PageAnswer> {
    const { id, sessionId } = signedInOf(principal);
    const sessions = await this.sessions.list(id);
    return SessionsPage({ page, sessions, currentId: sessionId, areOthersEnded: others === 'ended' });
  }

  @Post('sessions/end-others')
  async endOthers(@CurrentPrincipal() principal: Principal): Promise<PageAnswer> {
    await this.sessions.endOthers(signedInOf(principal), actorOf(principal));
    return seeOther('/portal/sessions?others=ended');
  }

  @Post('sessions/:id/end')
  async end(
    @Param() { id }: SignInParams,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PageAnswer> {
    const person = signedInOf(principal);
    await this.sessions.end(id, person.id);
    return id === person.sessionId ? this.#out(reply) : seeOther('/portal/sessions');
  }

  @Post('sign-out')
  async signOut(
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PageAnswer> {
    const { id, sessionId } = signedInOf(principal);
    await this.sessions.end(sessionId, id);
    return this.#out(reply);
  }

  #out(reply: FastifyReply): PageAnswer {
    this.cookies.clear(reply, 'session');
    this.cookies.clear(reply, 'form');
    clearLeftBehind(reply);
    return seeOther(SIGN_IN);
  }
}
