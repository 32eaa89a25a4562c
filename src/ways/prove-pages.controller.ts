import { Body, Controller, Get, HttpStatus, Post, Query, Req, Res, UseGuards } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { CurrentPrincipal } from '../auth/access.decorators.ts';
import { type Principal, signedInOf } from '../auth/principal.ts';
import { Config } from '../config/config.ts';
import { AppError } from '../errors.ts';
import { VisitorLimitGuard } from '../http/rate-limit.guard.ts';
import { Cookies } from '../pages/cookies.ts';
import { ownPath, withBack } from '../pages/own-path.ts';
import { CurrentPage, Pages } from '../pages/page.decorators.ts';
import { PROVE } from '../pages/page.filter.ts';
import { type Page, type PageAnswer, seeOther } from '../pages/page.ts';
import { PasskeysService } from '../passkeys/passkeys.service.ts';
import { askedBy, attemptOnPage, faultOfTry, keepAsked } from '../sign-in/asked-sign-in.ts';
import { LoginService } from '../sign-in/login.service.ts';
import { ShowPasskeyPage } from '../sign-in/passkey-pages.tsx';
import { CodePage } from '../sign-in/sign-in-pages.tsx';
import { SignInService } from '../sign-in/sign-in.service.ts';
import { AuthenticatorsService } from '../verifications/authenticators.service.ts';
import { type ProveFault, ProvePage } from './prove-pages.tsx';
import { DigitsForm, PasskeyForm, ProofCodeForm } from './ways.dto.ts';
import { WaysService } from './ways.service.ts';

const WAYS = '/portal/ways';
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Showing once more that it is you, in whatever way there is; and back to where that was asked for. */
@Controller('portal/prove')
@Pages()
@UseGuards(VisitorLimitGuard)
export class ProvePagesController {
  constructor(
    private readonly config: Config,
    private readonly cookies: Cookies,
    private readonly ways: WaysService,
    private readonly signIns: SignInService,
    private readonly authenticators: AuthenticatorsService,
    private readonly passkeys: PasskeysService,
    private readonly logins: LoginService,
  ) {}

  @Get()
  choose(
    @CurrentPage() page: Page,
    @CurrentPrincipal() principal: Principal,
    @Query('back') back: unknown,
  ): Promise<PageAnswer> {
    return this.#choice(page, principal, ownPath(back));
  }

  @Post('code')
  async send(
    @CurrentPage() page: Page,
    @CurrentPrincipal() principal: Principal,
    @Body() { point = '', how, back }: ProofCodeForm,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PageAnswer> {
    const path = ownPath(back);
    if (!UUID.test(point)) return this.#choice(page, principal, path, 'no_point');
    try {
      keepAsked(this.cookies, reply, await this.ways.sendCode(principal, point, how === 'voice'));
      return seeOther(withBack(`${PROVE}/code`, path));
    } catch (error) {
      return this.#choice(page, principal, path, faultOf(error));
    }
  }

  @Get('code')
  code(@CurrentPage() page: Page, @Query('back') back: unknown, @Req() request: FastifyRequest): PageAnswer {
    const asked = askedBy(this.cookies, request);
    const path = ownPath(back);
    return asked === null ? seeOther(withBack(PROVE, path)) : CodePage({ ...codePage(page, path), until: asked.until });
  }

  @Post('code/attempts')
  async enter(
    @CurrentPage() page: Page,
    @CurrentPrincipal() principal: Principal,
    @Body() { code = '', back }: DigitsForm,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PageAnswer> {
    const asked = askedBy(this.cookies, request);
    const path = ownPath(back);
    if (asked === null) return seeOther(withBack(PROVE, path));
    const props = { ...codePage(page, path), until: asked.until };
    if (code.trim() === '') return bad(CodePage({ ...props, fault: { is: 'empty' } }));
    const attempt = await attemptOnPage(this.signIns.attempt(asked.id, code, signedInOf(principal)));
    if (!attempt.accepted) return bad(CodePage({ ...props, fault: faultOfTry(attempt) }));
    this.cookies.clear(reply, 'sign-in');
    return this.#proved(attempt.token, path, reply);
  }

  @Post('authenticator')
  async show(
    @CurrentPage() page: Page,
    @CurrentPrincipal() principal: Principal,
    @Body() { code = '', back }: DigitsForm,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PageAnswer> {
    const path = ownPath(back);
    if (code.trim() === '') return this.#choice(page, principal, path, 'app_empty');
    try {
      const proof = await this.authenticators.prove(principal, code);
      return proof.accepted
        ? this.#proved(proof.token, path, reply)
        : await this.#choice(page, principal, path, 'app_wrong');
    } catch (error) {
      return this.#choice(page, principal, path, faultOf(error));
    }
  }

  @Get('passkey')
  ask(
    @CurrentPage() page: Page,
    @CurrentPrincipal() principal: Principal,
    @Query('back') back: unknown,
  ): Promise<PageAnswer> {
    return this.#question(page, principal, ownPath(back), false);
  }

  @Post('passkey')
  async answer(
    @CurrentPage() page: Page,
    @CurrentPrincipal() principal: Principal,
    @Body() { credential = '', back }: PasskeyForm,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PageAnswer> {
    const path = ownPath(back);
    const proof = await this.passkeys.prove(credential, null, signedInOf(principal));
    return proof.accepted ? this.#proved(proof.token, path, reply) : this.#question(page, principal, path, true);
  }

  #proved(token: string, back: string | null, reply: FastifyReply): PageAnswer {
    this.cookies.set(reply, 'session', token);
    return seeOther(back ?? WAYS);
  }

  async #choice(page: Page, principal: Principal, back: string | null, fault?: ProveFault): Promise<PageAnswer> {
    const ways = await this.ways.of(principal);
    const login = this.logins.isConfigured ? (this.config.loginName ?? this.config.organisationName) : null;
    const shown = ProvePage({ page, ways, login, back, ...(fault === undefined ? {} : { fault }) });
    if (fault === undefined) return shown;
    return { page: shown, status: fault === 'budget' ? HttpStatus.TOO_MANY_REQUESTS : HttpStatus.BAD_REQUEST };
  }

  async #question(page: Page, principal: Principal, back: string | null, isRefused: boolean): Promise<PageAnswer> {
    const { options } = await this.passkeys.ask(signedInOf(principal));
    const way = { page, title: 'passkey.prove', action: `${PROVE}/passkey`, otherwise: PROVE } as const;
    const shown = ShowPasskeyPage({ ...way, options, back, isRefused });
    return isRefused ? bad(shown) : shown;
  }
}

/** What the page for the code of a proof has that the one of a sign-in has not. */
function codePage(page: Page, back: string | null) {
  const action = `${PROVE}/code/attempts`;
  return { page, back, action, again: withBack(PROVE, back), enter: 'prove.enter' } as const;
}

function bad(page: ReturnType<typeof CodePage>): PageAnswer {
  return { page, status: HttpStatus.BAD_REQUEST };
}

/** @throws whatever is no fault of who chose */
function faultOf(error: unknown): ProveFault {
  if (error instanceof AppError && error.code === 'code_budget_exhausted') return 'budget';
  if (error instanceof AppError && error.code === 'not_found') return 'no_point';
  throw error;
}
