import { Body, Controller, Get, HttpStatus, Param, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

import { CurrentPrincipal, DESK_SCOPES, DeskPage } from '../auth/access.decorators.ts';
import type { Principal } from '../auth/principal.ts';
import { CallsService } from '../calls/calls.service.ts';
import { AppError } from '../errors.ts';
import { RECEIPT_STATUSES } from '../obligations/obligation.ts';
import { Obligations } from '../obligations/obligations.service.ts';
import { Cookies } from '../pages/cookies.ts';
import { CurrentPage } from '../pages/page.decorators.ts';
import { type Page, type PageAnswer, seeOther } from '../pages/page.ts';
import type { Language } from '../policy/vocabulary.ts';
import type { StaffSession } from '../staff/staff-session.ts';
import { StaffSessions } from '../staff/staff-sessions.service.ts';
import { DeskCallPage } from './desk-call-page.tsx';
import { DeskCalls } from './desk-calls.service.ts';
import { claimOf, type Faults, openCallOf, type Typed } from './desk-form.ts';
import { DeskHomePage } from './desk-home-page.tsx';
import { CurrentStaffSession, DeskPages, Spoken } from './desk-page.decorators.ts';
import { deskStart } from './desk-navigation.tsx';
import { callPath, DESK } from './desk-paths.ts';
import { SAID, said } from './desk-said.ts';
import { DeskCallParams } from './desk.dto.ts';

/** A call from its beginning to its end. The employee of the call is who is signed in. */
@Controller('desk')
@DeskPages()
export class DeskCallsController {
  constructor(
    private readonly calls: CallsService,
    private readonly desk: DeskCalls,
    private readonly obligations: Obligations,
    private readonly sessions: StaffSessions,
    private readonly cookies: Cookies,
  ) {}

  /** Whose roles open no calls begins elsewhere. */
  @Get()
  @DeskPage(DESK_SCOPES)
  home(@CurrentPage() page: Page, @CurrentStaffSession() { callId }: StaffSession): PageAnswer {
    const start = deskStart(page);
    if (start !== DESK) return seeOther(start);
    return DeskHomePage({ page, callId, typed: {}, faults: {} });
  }

  @Post('calls')
  async open(
    @CurrentPage() page: Page,
    @Body() form: Typed,
    @CurrentPrincipal() principal: Principal,
    @CurrentStaffSession() session: StaffSession,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PageAnswer> {
    const again = (faults: Faults): PageAnswer => ({
      page: DeskHomePage({ page, callId: session.callId, typed: form, faults }),
      status: HttpStatus.BAD_REQUEST,
    });
    const asked = openCallOf(form);
    if ('faults' in asked) return again(asked.faults);
    try {
      const { call } = await this.calls.open(asked, principal);
      await this.sessions.keepCall(session.id, call.id);
      this.cookies.clear(reply, 'staff-caller');
      return seeOther(callPath(call.id));
    } catch (error) {
      const isNumber = error instanceof AppError && error.code === 'validation_failed';
      if (isNumber) return again({ calling_number: 'desk.bad_number' });
      if (error instanceof AppError && error.code === 'not_found') return again({ contract: 'desk.no_contract' });
      throw error;
    }
  }

  @Get('calls/:call_id')
  async show(
    @CurrentPage() page: Page,
    @Param() { call_id: callId }: DeskCallParams,
    @Query('said') what: unknown,
    @Query('correct') correct: unknown,
    @Spoken() spoken: Language | null,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    const view = await this.desk.view(callId, principal, page.language, spoken);
    return DeskCallPage({
      page,
      view,
      said: SAID.find((one) => one === what) ?? null,
      correct: typeof correct === 'string' ? correct : null,
    });
  }

  @Post('calls/:call_id/caller')
  handOver(
    @Param() { call_id: callId }: DeskCallParams,
    @Body() form: Typed,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    return said(callId, async () => {
      await this.desk.require(callId, principal);
      await this.calls.handOver(callId, principal, claimOf(form));
      return 'handed_over';
    });
  }

  /** What came with something that was done: done, or not to be done. After the call, too. */
  @Post('calls/:call_id/receipts')
  report(
    @Param() { call_id: callId }: DeskCallParams,
    @Body() { obligation: obligationId = '', status }: Typed,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    return said(callId, async () => {
      await this.desk.require(callId, principal);
      const known = RECEIPT_STATUSES.find((one) => one === status) ?? 'failed';
      await this.obligations.report(callId, principal, { obligationId, status: known, note: null });
      return known === 'done' ? 'duty_done' : 'duty_failed';
    });
  }

  @Post('calls/:call_id/end')
  async end(
    @Param() { call_id: callId }: DeskCallParams,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    await this.desk.require(callId, principal);
    await this.calls.end(callId, principal);
    return seeOther(callPath(callId));
  }
}
