import { Body, Controller, Get, Post, Query, Req, Res, UseGuards } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { AppError } from '../errors.ts';
import { VisitorLimitGuard } from '../http/rate-limit.guard.ts';
import { Cookies } from '../pages/cookies.ts';
import { CurrentPage, PublicPages } from '../pages/page.decorators.ts';
import { type Page, type PageAnswer, seeOther } from '../pages/page.ts';
import { SIGN_IN } from '../pages/page.filter.ts';
import { SignInCodeForm, SignInForm } from './sign-in.dto.ts';
import { CodePage, SignInPage } from './sign-in-pages.tsx';
import { type SignInAttempt, SignInService } from './sign-in.service.ts';

/** Seconds that a browser keeps which sign-in it asked for. Longer than any code lives. */
const ASKED_FOR = 30 * 60;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Signing in with a code, on two pages. */
@Controller('portal/sign-in')
@PublicPages()
export class SignInPagesController {
  constructor(
    private readonly signIns: SignInService,
    private readonly cookies: Cookies,
  ) {}

  @Get()
  ask(@CurrentPage() page: Page, @Query('back') back: unknown): PageAnswer {
    return SignInPage({ page, back: ownPath(back) });
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
      const { id, expiresAt } = await this.signIns.ask(request);
      this.cookies.set(reply, 'sign-in', `${id}.${expiresAt.getTime()}`, ASKED_FOR);
      return seeOther(withBack(`${SIGN_IN}/code`, back));
    } catch (error) {
      const fault = faultOf(error);
      return { page: SignInPage({ page, back, typed: form, fault }), status: fault === 'budget' ? 429 : 400 };
    }
  }

  @Get('code')
  code(@CurrentPage() page: Page, @Query('back') back: unknown, @Req() request: FastifyRequest): PageAnswer {
    const asked = this.asked(request);
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
    const asked = this.asked(request);
    if (asked === null) return seeOther(SIGN_IN);
    const { code = '' } = form;
    const back = ownPath(form.back);
    const { until } = asked;
    if (code.trim() === '') return { page: CodePage({ page, back, until, fault: { is: 'empty' } }), status: 400 };
    const attempt = await this.attempt(asked.id, code);
    if (!attempt.accepted) {
      const fault = attempt.triesLeft === 0 ? ({ is: 'over' } as const) : { is: 'wrong' as const, ...attempt };
      return { page: CodePage({ page, back, until, fault }), status: 400 };
    }
    this.cookies.set(reply, 'session', attempt.token);
    this.cookies.clear(reply, 'sign-in');
    // Forms of before belong to nobody; those of now belong to this session.
    this.cookies.clear(reply, 'form');
    return seeOther(back ?? '/portal');
  }

  /** A sign-in that is gone is as over as one whose tries are. */
  private async attempt(id: string, code: string): Promise<SignInAttempt> {
    try {
      return await this.signIns.attempt(id, code);
    } catch (error) {
      if (error instanceof AppError && (error.code === 'not_found' || error.code === 'invalid_state')) {
        return { accepted: false, triesLeft: 0 };
      }
      throw error;
    }
  }

  private asked(request: FastifyRequest): { readonly id: string; readonly until: Date } | null {
    const [id = '', at = ''] = this.cookies.get(request, 'sign-in')?.split('.') ?? [];
    const until = new Date(Number(at));
    return UUID.test(id) && !Number.isNaN(until.getTime()) ? { id, until } : null;
  }
}

/** @throws whatever is no fault of who typed */
function faultOf(error: unknown): 'contact' | 'budget' {
  if (error instanceof AppError && error.code === 'validation_failed') return 'contact';
  if (error instanceof AppError && error.code === 'code_budget_exhausted') return 'budget';
  throw error;
}

/** Where somebody wanted to go before they signed in: a page of ours, or nothing. */
function ownPath(back: unknown): string | null {
  return typeof back === 'string' && /^\/portal(\/[\w/-]*)?(\?[\w=&.-]*)?$/.test(back) ? back : null;
}

function withBack(path: string, back: string | null): string {
  return back === null ? path : `${path}?back=${encodeURIComponent(back)}`;
}
