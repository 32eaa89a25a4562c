import { Body, Controller, Get, HttpStatus, Post, Query, Req, Res, UseGuards } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { VisitorLimitGuard } from '../http/rate-limit.guard.ts';
import { Cookies } from '../pages/cookies.ts';
import { ownPath } from '../pages/own-path.ts';
import { CurrentPage, PublicPages } from '../pages/page.decorators.ts';
import { type Page, type PageAnswer, seeOther } from '../pages/page.ts';
import { PasskeysService } from '../passkeys/passkeys.service.ts';
import { PasskeySignInForm } from './passkey-sign-ins.dto.ts';
import { ShowPasskeyPage } from './passkey-pages.tsx';
import { SignedInBrowser } from './signed-in-browser.ts';

/** Seconds that a browser keeps what it must bring back. */
const ASKED_FOR = 5 * 60;
const HERE = '/portal/sign-in/passkey';

/** Signing in with a passkey alone. */
@Controller('portal/sign-in/passkey')
@PublicPages()
@UseGuards(VisitorLimitGuard)
export class PasskeyPagesController {
  constructor(
    private readonly passkeys: PasskeysService,
    private readonly cookies: Cookies,
    private readonly browser: SignedInBrowser,
  ) {}

  @Get()
  ask(
    @CurrentPage() page: Page,
    @Query('back') back: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PageAnswer> {
    return this.question(page, ownPath(back), reply);
  }

  @Post()
  async show(
    @CurrentPage() page: Page,
    @Body() { credential = '', back }: PasskeySignInForm,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PageAnswer> {
    const proof = await this.passkeys.prove(credential, this.cookies.get(request, 'passkey'), null);
    if (!proof.accepted) return this.question(page, ownPath(back), reply, true);
    await this.browser.keep(request, reply, proof.token);
    this.cookies.clear(reply, 'passkey');
    return seeOther(ownPath(back) ?? '/portal');
  }

  private async question(page: Page, back: string | null, reply: FastifyReply, isRefused = false): Promise<PageAnswer> {
    const { options, secret } = await this.passkeys.ask(null);
    this.cookies.set(reply, 'passkey', secret ?? '', ASKED_FOR);
    const shown = ShowPasskeyPage({
      page,
      title: 'passkey.sign_in',
      options,
      back,
      isRefused,
      action: HERE,
      otherwise: '/portal/sign-in',
    });
    return { page: shown, status: isRefused ? HttpStatus.BAD_REQUEST : HttpStatus.OK };
  }
}
