import { Body, Controller, Get, Post, Query, Req, Res, UseGuards } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { Config } from '../config/config.ts';
import { AppError } from '../errors.ts';
import { VisitorLimitGuard } from '../http/rate-limit.guard.ts';
import { Cookies } from '../pages/cookies.ts';
import { ownPath, withBack } from '../pages/own-path.ts';
import { CurrentPage, PublicPages } from '../pages/page.decorators.ts';
import { type Page, type PageAnswer, seeOther } from '../pages/page.ts';
import { SIGN_IN } from '../pages/page.filter.ts';
import { PasskeysService } from '../passkeys/passkeys.service.ts';
import { askedBy, attemptOnPage, faultOfTry, keepAsked } from './asked-sign-in.ts';
import { SignInCodeForm, SignInForm } from './sign-in.dto.ts';
import { LoginService } from './login.service.ts';
import { SignedInBrowser } from './signed-in-browser.ts';
import { CodePage, SignInPage, type SignInPageProps } from './sign-in-pages.tsx';
import { SignInService } from './sign-in.service.ts';

/** Signing in with a code, on two pages. */
@Controller('portal/sign-in')
@PublicPages()
export class SignInPagesController {
  constructor(
    private readonly signIns: SignInService,
    private readonly cookies: Cookies,
    private readonly browser: SignedInBrowser,
    private readonly logins: LoginService,
    private readonly passkeys: PasskeysService,
    private readonly config: Config,
  ) {}

  @Get()
  ask(@CurrentPage() page: Page, @Query('back') back: unknown): PageAnswer {
    return SignInPage({ page, back: ownPath(back), ...this.others });
  }

  @Post()
  @UseGuards(VisitorLimitGuard)
  async send(
    @CurrentPage() page: Page,
    @Body() form: SignInForm,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PageAnswer> {
    const { contact = '', customer = '', how } = form;
    const back = ownPath(form.back);
    try {
      const request = { contact, customer: customer === '' ? null : customer, isSpoken: how === 'voice' };
      const asked = await this.signIns.ask(request);
      keepAsked(this.cookies, reply, asked);
      return seeOther(withBack(`${SIGN_IN}/code`, back));
    } catch (error) {
      const fault = faultOf(error);
      return {
        page: SignInPage({ page, back, typed: form, fault, ...this.others }),
        status: fault === 'budget' ? 429 : 400,
      };
    }
  }

  @Get('code')
  code(@CurrentPage() page: Page, @Query('back') back: unknown, @Req() request: FastifyRequest): PageAnswer {
    const asked = askedBy(this.cookies, request);
    return asked === null ? seeOther(SIGN_IN) : CodePage({ page, back: ownPath(back), until: asked.until });
  }

  @Post('code')
  @UseGuards(VisitorLimitGuard)
  async enter(
    @CurrentPage() page: Page,
    @Body() form: SignInCodeForm,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PageAnswer> {
    const asked = askedBy(this.cookies, request);
    if (asked === null) return seeOther(SIGN_IN);
    const { code = '' } = form;
    const back = ownPath(form.back);
    const { until } = asked;
    if (code.trim() === '') return { page: CodePage({ page, back, until, fault: { is: 'empty' } }), status: 400 };
    const attempt = await attemptOnPage(this.signIns.attempt(asked.id, code));
    if (!attempt.accepted) return { page: CodePage({ page, back, until, fault: faultOfTry(attempt) }), status: 400 };
    await this.browser.keep(request, reply, attempt.token);
    this.cookies.clear(reply, 'sign-in');
    return seeOther(back ?? '/portal');
  }

  /** Other ways in that there are here. */
  private get others(): Pick<SignInPageProps, 'login' | 'hasPasskeys'> {
    const login = this.logins.isConfigured ? (this.config.loginName ?? this.config.organisationName) : null;
    return { login, hasPasskeys: this.passkeys.isPossible };
  }
}

/** @throws whatever is no fault of who typed */
function faultOf(error: unknown): 'contact' | 'budget' {
  if (error instanceof AppError && error.code === 'validation_failed') return 'contact';
  if (error instanceof AppError && error.code === 'code_budget_exhausted') return 'budget';
  throw error;
}
