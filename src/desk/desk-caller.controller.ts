import { Body, Controller, Param, Post } from '@nestjs/common';

import { CurrentPrincipal } from '../auth/access.decorators.ts';
import type { Principal } from '../auth/principal.ts';
import { ReverseVerification } from '../calls/reverse-verification.service.ts';
import { CurrentPage } from '../pages/page.decorators.ts';
import type { Page, PageAnswer } from '../pages/page.ts';
import type { Language } from '../policy/vocabulary.ts';
import { VerificationsService } from '../verifications/verifications.service.ts';
import { DeskCallPage } from './desk-call-page.tsx';
import { DeskCalls } from './desk-calls.service.ts';
import type { Typed } from './desk-form.ts';
import { DeskPages, Spoken } from './desk-page.decorators.ts';
import { type Said, said } from './desk-said.ts';
import { DeskCallParams, DeskVerificationParams } from './desk.dto.ts';

/** Longer than any code with its blanks. */
const LONGEST = 32;

/** Who is on the line, and that it is really us whom they talk to. */
@Controller('desk/calls/:call_id')
@DeskPages()
export class DeskCallerController {
  constructor(
    private readonly desk: DeskCalls,
    private readonly verifications: VerificationsService,
    private readonly reverse: ReverseVerification,
  ) {}

  @Post('verifications')
  send(@Param() { call_id: callId }: DeskCallParams, @CurrentPrincipal() principal: Principal): Promise<PageAnswer> {
    return said(callId, async () => {
      await this.desk.require(callId, principal);
      await this.verifications.sendCode(callId, principal);
      return 'code_sent';
    });
  }

  @Post('verifications/:verification_id')
  attempt(
    @Param() { call_id: callId, verification_id: id }: DeskVerificationParams,
    @Body() form: Typed,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    return this.#shown(callId, form, principal, async (code) => {
      const attempt = await this.verifications.attempt(callId, id, principal, code);
      return attempt.accepted ? 'caller_verified' : attempt.state === 'pending' ? 'wrong' : 'over';
    });
  }

  @Post('support-code')
  supportCode(
    @Param() { call_id: callId }: DeskCallParams,
    @Body() form: Typed,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    return this.#shown(callId, form, principal, async (code) => {
      const { accepted } = await this.verifications.verifySupportCode(callId, principal, code);
      return accepted ? 'caller_verified' : 'wrong';
    });
  }

  @Post('totp')
  totp(
    @Param() { call_id: callId }: DeskCallParams,
    @Body() form: Typed,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    return this.#shown(callId, form, principal, async (code) => {
      const { accepted } = await this.verifications.verifyTotp(callId, principal, code);
      return accepted ? 'caller_verified' : 'wrong';
    });
  }

  @Post('letter-code')
  letterCode(
    @Param() { call_id: callId }: DeskCallParams,
    @Body() form: Typed,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    return this.#shown(callId, form, principal, async (code) => {
      const { accepted } = await this.verifications.verifyLetterCode(callId, principal, code);
      return accepted ? 'caller_verified' : 'wrong';
    });
  }

  @Post('letter')
  sendLetter(
    @Param() { call_id: callId }: DeskCallParams,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    return said(callId, async () => {
      await this.desk.require(callId, principal);
      await this.verifications.sendLetter(callId, principal);
      return 'letter_sent';
    });
  }

  @Post('letter/cancel')
  cancelLetter(
    @Param() { call_id: callId }: DeskCallParams,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    return said(callId, async () => {
      await this.desk.require(callId, principal);
      await this.verifications.cancelLetter(callId, principal);
      return 'letter_cancelled';
    });
  }

  /** Shown in the answer to a form alone: no address of a page says it again. */
  @Post('reverse')
  async readOut(
    @CurrentPage() page: Page,
    @Param() { call_id: callId }: DeskCallParams,
    @Spoken() spoken: Language | null,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    await this.desk.require(callId, principal);
    const readOut = await this.reverse.show(callId, principal);
    const view = await this.desk.view(callId, principal, page.language, spoken);
    return DeskCallPage({ page, view, said: null, readOut });
  }

  /** A field that was left empty costs no try. */
  #shown(
    callId: string,
    { code = '' }: Typed,
    principal: Principal,
    attempt: (code: string) => Promise<Said>,
  ): Promise<PageAnswer> {
    return said(callId, async () => {
      await this.desk.require(callId, principal);
      return code.trim() === '' ? 'empty' : attempt(code.slice(0, LONGEST));
    });
  }
}
