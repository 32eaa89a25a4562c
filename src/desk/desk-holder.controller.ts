import { Body, Controller, HttpStatus, Param, Post } from '@nestjs/common';

import { CurrentPrincipal } from '../auth/access.decorators.ts';
import type { Principal } from '../auth/principal.ts';
import type { AskedAction } from '../calls/questions.ts';
import { ChecksService } from '../calls/checks.service.ts';
import { ConfirmationsService } from '../confirmations/confirmations.service.ts';
import { CurrentPage } from '../pages/page.decorators.ts';
import type { Page, PageAnswer } from '../pages/page.ts';
import { CODE_ROUTES, type Language } from '../policy/vocabulary.ts';
import { DeskCallPage, type DeskCallPageProps } from './desk-call-page.tsx';
import { actionsOf, type DeskAction, DeskCalls } from './desk-calls.service.ts';
import { askedOf, refusedProperties, type Typed } from './desk-form.ts';
import { DeskPages, Spoken } from './desk-page.decorators.ts';
import { said } from './desk-said.ts';
import { DeskCallParams, DeskConfirmationParams } from './desk.dto.ts';

/** The holder's yes to an action, and doing it. */
@Controller('desk/calls/:call_id')
@DeskPages()
export class DeskHolderController {
  constructor(
    private readonly desk: DeskCalls,
    private readonly checks: ChecksService,
    private readonly confirmations: ConfirmationsService,
  ) {}

  @Post('ask')
  async ask(
    @CurrentPage() page: Page,
    @Param() { call_id: callId }: DeskCallParams,
    @Body() form: Typed,
    @Spoken() spoken: Language | null,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    await this.desk.require(callId, principal);
    const asking = { page, callId, spoken, principal };
    const asked = await this.#asked(form, page);
    try {
      // What no yes would permit is answered instead of asked.
      const decision = await this.#decide(asking, asked, 'advise', null);
      if (decision.outcome !== 'ask_holder') {
        return await this.#page(asking, { answer: { decision, isDone: false } }, HttpStatus.OK);
      }
      return await said(callId, async () => {
        await this.confirmations.ask(callId, principal, [asked]);
        return 'asked';
      });
    } catch (error) {
      return this.#refused(asking, form, error);
    }
  }

  /** Records that it is done now. The same form sent twice does it once. */
  @Post('execute')
  async execute(
    @CurrentPage() page: Page,
    @Param() { call_id: callId }: DeskCallParams,
    @Body() form: Typed,
    @Spoken() spoken: Language | null,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    await this.desk.require(callId, principal);
    const asking = { page, callId, spoken, principal };
    const asked = await this.#asked(form, page);
    try {
      const once = `desk ${callId} ${(form['operation'] ?? '').slice(0, 64)}`;
      const decision = await this.#decide(asking, asked, 'execute', once);
      return await this.#page(asking, { answer: { decision, isDone: decision.outcome === 'permit' } }, HttpStatus.OK);
    } catch (error) {
      return this.#refused(asking, form, error);
    }
  }

  @Post('confirmations/:confirmation_id')
  attempt(
    @Param() { call_id: callId, confirmation_id: id }: DeskConfirmationParams,
    @Body() { code = '' }: Typed,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    return said(callId, async () => {
      const { asked } = await this.desk.confirmation(callId, id, principal);
      if (code.trim() === '') return 'empty';
      const attempt = await this.confirmations.attempt(id, principal, code.slice(0, 32), callId, asked);
      return attempt.accepted ? 'approved' : attempt.state === 'pending' ? 'wrong' : 'over';
    });
  }

  @Post('confirmations/:confirmation_id/resend')
  resend(
    @Param() { call_id: callId, confirmation_id: id }: DeskConfirmationParams,
    @Body() { route }: Typed,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    return said(callId, async () => {
      await this.desk.confirmation(callId, id, principal);
      await this.confirmations.resend(id, principal, CODE_ROUTES.find((one) => one === route) ?? null);
      return 'asked';
    });
  }

  @Post('confirmations/:confirmation_id/cancel')
  cancel(
    @Param() { call_id: callId, confirmation_id: id }: DeskConfirmationParams,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    return said(callId, async () => {
      await this.desk.confirmation(callId, id, principal);
      await this.confirmations.cancel(id, principal);
      return 'cancelled';
    });
  }

  async #asked(form: Typed, page: Page): Promise<AskedAction> {
    return askedOf(form, await this.desk.properties(form['action'] ?? '', page.language));
  }

  async #decide(
    { page, callId, spoken, principal }: Asking,
    asked: AskedAction,
    purpose: 'advise' | 'execute',
    operation: string | null,
  ): Promise<DeskAction> {
    const check = await this.checks.check(callId, principal, { purpose, asked: [asked] }, operation);
    const [decision] = actionsOf(check, page.language, spoken ?? check.language);
    if (decision === undefined) throw new Error('a check of one action without an answer');
    return decision;
  }

  #refused(asking: Asking, form: Typed, error: unknown): Promise<PageAnswer> {
    const properties = refusedProperties(error);
    if (properties === null || properties.length === 0) return said(asking.callId, () => Promise.reject(error));
    return this.#page(asking, { typed: { form, properties } }, HttpStatus.BAD_REQUEST);
  }

  async #page(
    { page, callId, spoken, principal }: Asking,
    more: Pick<DeskCallPageProps, 'answer' | 'typed'>,
    status: number,
  ): Promise<PageAnswer> {
    const view = await this.desk.view(callId, principal, page.language, spoken);
    return { page: DeskCallPage({ page, view, said: null, ...more }), status };
  }
}

/** Who asks, about which call, and how it is told. */
interface Asking {
  readonly page: Page;
  readonly callId: string;
  readonly spoken: Language | null;
  readonly principal: Principal;
}
