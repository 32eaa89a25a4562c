import { Body, Controller, Get, HttpStatus, Param, Post, Query } from '@nestjs/common';

import { CurrentPrincipal, PRIVACY_SCOPES } from '../auth/access.decorators.ts';
import type { Principal } from '../auth/principal.ts';
import type { Faults, Typed } from '../desk/desk-form.ts';
import { DeskPages } from '../desk/desk-page.decorators.ts';
import { DESK_UNMASKINGS } from '../desk/desk-paths.ts';
import { AppError, type ErrorCode } from '../errors.ts';
import { REFERENCE } from '../holders/field-rules.ts';
import { CurrentPage } from '../pages/page.decorators.ts';
import { type Page, type PageAnswer, seeOther } from '../pages/page.ts';
import { UNMASKING_REASONS, type UnmaskingVerdict } from '../unmaskings/unmasking.ts';
import { UnmaskingParams } from '../unmaskings/unmaskings.dto.ts';
import { Unmaskings } from '../unmaskings/unmaskings.service.ts';
import { SAID, type Said, UnmaskingPage, UnmaskingsPage } from './unmasking-pages.tsx';

const PSEUDONYM = /^[A-Z0-9]{4}$/;

/** Who an agent is: one asks, another agrees, and the first reads it for a day. */
@Controller(DESK_UNMASKINGS)
@DeskPages(PRIVACY_SCOPES)
export class UnmaskingPagesController {
  constructor(private readonly unmaskings: Unmaskings) {}

  @Get()
  list(@CurrentPage() page: Page, @CurrentPrincipal() principal: Principal): Promise<PageAnswer> {
    return this.#list(page, principal, {}, {}, HttpStatus.OK);
  }

  @Post()
  async ask(
    @CurrentPage() page: Page,
    @Body() form: Typed,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    const pseudonym = (form['pseudonym'] ?? '').trim().toUpperCase();
    const caseRef = (form['case_ref'] ?? '').trim();
    const reason = UNMASKING_REASONS.find((one) => one === form['reason']) ?? UNMASKING_REASONS[0];
    const again = (faults: Faults): Promise<PageAnswer> =>
      this.#list(page, principal, form, faults, HttpStatus.BAD_REQUEST);
    const faults: Faults = {
      ...(PSEUDONYM.test(pseudonym) ? {} : { pseudonym: 'unmasking.bad_pseudonym' as const }),
      ...(REFERENCE.test(caseRef) ? {} : { case_ref: 'unmasking.bad_case' as const }),
    };
    if (Object.keys(faults).length > 0) return again(faults);
    try {
      const { unmasking } = await this.unmaskings.ask({ pseudonym, reason, caseRef }, principal);
      return seeOther(`${DESK_UNMASKINGS}/${unmasking.id}?said=asked`);
    } catch (error) {
      if (error instanceof AppError && error.code === 'not_found') {
        return again({ pseudonym: 'unmasking.bad_pseudonym' });
      }
      throw error;
    }
  }

  /** To who asked, once it is approved: who it is. That is recorded each time. */
  @Get(':id')
  async show(
    @CurrentPage() page: Page,
    @Param() { id }: UnmaskingParams,
    @Query('said') what: unknown,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    const view = await this.unmaskings.get(id, principal);
    return UnmaskingPage({
      page,
      view,
      isOwn: view.unmasking.askedBy.id === principal.agent?.id,
      said: SAID.find((one) => one === what) ?? null,
    });
  }

  @Post(':id/approve')
  approve(@Param() { id }: UnmaskingParams, @CurrentPrincipal() principal: Principal): Promise<PageAnswer> {
    return this.#decide(id, 'approved', principal);
  }

  @Post(':id/reject')
  reject(@Param() { id }: UnmaskingParams, @CurrentPrincipal() principal: Principal): Promise<PageAnswer> {
    return this.#decide(id, 'rejected', principal);
  }

  async #decide(id: string, verdict: UnmaskingVerdict, principal: Principal): Promise<PageAnswer> {
    const said = await this.unmaskings.decide(id, verdict, principal).then((): Said => 'decided', refusalOf);
    return seeOther(`${DESK_UNMASKINGS}/${id}?said=${said}`);
  }

  async #list(page: Page, principal: Principal, typed: Typed, faults: Faults, status: number): Promise<PageAnswer> {
    return { page: UnmaskingsPage({ page, views: await this.unmaskings.list(principal), typed, faults }), status };
  }
}

const REFUSALS: Readonly<Partial<Record<ErrorCode, Said>>> = {
  forbidden: 'own',
  conflict: 'not_now',
  invalid_state: 'not_now',
};

function refusalOf(error: unknown): Said {
  const refusal = error instanceof AppError ? REFUSALS[error.code] : undefined;
  if (refusal === undefined) throw error;
  return refusal;
}
