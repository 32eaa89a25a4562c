import { Body, Controller, Get, Param, Post, Query, UseGuards } from '@nestjs/common';

import { CurrentPrincipal } from '../auth/access.decorators.ts';
import type { Principal } from '../auth/principal.ts';
import { AppError } from '../errors.ts';
import { VisitorLimitGuard } from '../http/rate-limit.guard.ts';
import { AcceptanceService } from '../mandates/acceptance.service.ts';
import { dateInAmsterdam } from '../mandates/mandate-period.ts';
import { isApproval } from '../mandates/mandate-terms.ts';
import { MandateParams } from '../mandates/mandates.dto.ts';
import { MandatesService } from '../mandates/mandates.service.ts';
import { CurrentPage, Pages } from '../pages/page.decorators.ts';
import { type Page, type PageAnswer, seeOther } from '../pages/page.ts';
import { chosenOf } from '../pages/parts.tsx';
import { readDates, type Typed } from './granting-form.ts';
import { ConfirmPage, DonePage, type FieldFault } from './granting-pages.tsx';
import { GrantingService } from './granting.service.ts';
import { ChangePage, type ChangePageProps, MandatePage, MandatesPage, WithdrawPage } from './my-mandates-pages.tsx';
import { MyMandatesService, type OwnMandate } from './my-mandates.service.ts';

const PAGE_LENGTH = 20;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const REVISION = /^[1-9]\d{0,8}$/;

/** The mandates that somebody gave, or passed on: looked at, confirmed, changed, stopped. */
@Controller('portal/mandates')
@Pages()
export class MyMandatesPagesController {
  constructor(
    private readonly mine: MyMandatesService,
    private readonly granting: GrantingService,
    private readonly mandates: MandatesService,
    private readonly acceptance: AcceptanceService,
  ) {}

  @Get()
  async list(
    @CurrentPage() page: Page,
    @Query('live') live: unknown,
    @Query('ended') ended: unknown,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    const part = (name: 'live' | 'ended', after: unknown) =>
      this.mine.list(
        { side: 'holder', part: name, limit: PAGE_LENGTH, after: pageMark(after) },
        principal,
        page.language,
      );
    return MandatesPage({ page, live: await part('live', live), ended: await part('ended', ended) });
  }

  @Get(':id')
  async look(
    @CurrentPage() page: Page,
    @Param() { id }: MandateParams,
    @Query('done') done: unknown,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    const own = await this.mine.get(id, principal, page.language);
    const subs = own.side === 'holder' ? await this.mine.subMandates(id, principal, page.language) : [];
    return MandatePage({
      page,
      own,
      subs,
      principal,
      ...(done === 'invited' ? { news: 'mandate.invited' as const } : {}),
    });
  }

  /** The last screen of giving: the code to type, and then the code to pass on. */
  @Get(':id/code')
  async code(
    @CurrentPage() page: Page,
    @Param() { id }: MandateParams,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    const own = await this.#given(id, principal, page);
    const { state } = own.mandate;
    if (state === 'draft') return ConfirmPage({ page, own, isAsked: await this.granting.isAsked(id) });
    const isAsked = await this.granting.isAsked(id);
    if (isAsked) return ConfirmPage({ page, own, isAsked });
    if (state !== 'pending_acceptance') return seeOther(`/portal/mandates/${id}`);
    return DonePage({ page, own, shown: await this.acceptance.showCode(id, { principal, callId: null }) });
  }

  /** A new code to confirm it with. */
  @Post(':id/code')
  async askAgain(
    @CurrentPage() page: Page,
    @Param() { id }: MandateParams,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    await this.granting.askAgain((await this.#given(id, principal, page)).mandate, principal);
    return seeOther(`/portal/mandates/${id}/code`);
  }

  @Post(':id/confirm')
  @UseGuards(VisitorLimitGuard)
  async confirm(
    @CurrentPage() page: Page,
    @Param() { id }: MandateParams,
    @Body() form: Record<string, string>,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    const own = await this.#given(id, principal, page);
    const { code = '' } = form as Typed;
    const refused = (fault: NonNullable<Parameters<typeof ConfirmPage>[0]['fault']>): PageAnswer => ({
      page: ConfirmPage({ page, own, isAsked: fault.is !== 'over', fault }),
      status: 400,
    });
    if (code.trim() === '') return refused({ is: 'empty' });
    const attempt = await this.granting.confirmOpen(id, code, principal);
    if (attempt?.accepted === true) return seeOther(`/portal/mandates/${id}/code`);
    if (attempt === null || attempt.triesLeft === 0) return refused({ is: 'over' });
    return refused({ is: 'wrong', triesLeft: attempt.triesLeft });
  }

  @Post(':id/invite')
  async invite(@Param() { id }: MandateParams, @CurrentPrincipal() principal: Principal): Promise<PageAnswer> {
    await this.acceptance.invite(id, { principal, callId: null });
    return seeOther(`/portal/mandates/${id}?done=invited`);
  }

  @Post(':id/suspend')
  async suspend(@Param() { id }: MandateParams, @CurrentPrincipal() principal: Principal): Promise<PageAnswer> {
    await this.mandates.switch(id, 'suspend', { principal, callId: null });
    return seeOther(`/portal/mandates/${id}`);
  }

  @Post(':id/resume')
  async resume(@Param() { id }: MandateParams, @CurrentPrincipal() principal: Principal): Promise<PageAnswer> {
    await this.mandates.switch(id, 'resume', { principal, callId: null });
    return seeOther(`/portal/mandates/${id}`);
  }

  @Get(':id/withdraw')
  async askWithdraw(
    @CurrentPage() page: Page,
    @Param() { id }: MandateParams,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    return WithdrawPage({ page, own: await this.#given(id, principal, page) });
  }

  @Post(':id/withdraw')
  async withdraw(
    @CurrentPage() page: Page,
    @Param() { id }: MandateParams,
    @Body() form: Record<string, string>,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    const { how } = form as Typed;
    if (how !== 'told' && how !== 'silent') {
      const own = await this.#given(id, principal, page);
      return { page: WithdrawPage({ page, own, fault: 'withdraw.choose' }), status: 400 };
    }
    await this.mandates.end(id, 'withdraw', { principal, callId: null }, how === 'silent');
    return seeOther(`/portal/mandates/${id}`);
  }

  @Get(':id/change')
  async askChange(
    @CurrentPage() page: Page,
    @Param() { id }: MandateParams,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    const own = await this.#given(id, principal, page);
    const { revision, scopes, contracts } = own.mandate;
    return this.#changePage(page, own, principal, {
      revision,
      chosenScopes: scopes,
      chosenContracts: contracts.map(({ ref }) => ref),
      mayPassOn: own.mandate.mayPassOn,
      endsAt: lastDay(own),
    });
  }

  @Post(':id/change')
  async change(
    @CurrentPage() page: Page,
    @Param() { id }: MandateParams,
    @Body() form: Record<string, string>,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    const own = await this.#given(id, principal, page);
    const { revision = '', ends_at: endsAt = '' } = form as Typed;
    const scopes = chosenOf(form, 'scope');
    const contracts = chosenOf(form, 'contract');
    const known = { startsAt: own.mandate.startsAt, endsAt: own.mandate.askedEndsAt ?? own.mandate.endsAt };
    const isSameEnd = endsAt === lastDay(own);
    const faults: FieldFault[] = [
      ...(scopes.length === 0 ? [{ field: 'scope', key: 'grant.no_scope' } as const] : []),
      ...(contracts.length === 0 ? [{ field: 'contract', key: 'grant.no_contract' } as const] : []),
      ...(isSameEnd ? [] : readDates({ ends_at: endsAt }, new Date(), known).faults),
    ];
    if (!REVISION.test(revision)) throw new AppError('revision_conflict', 'The form does not say what was looked at.');
    const mayPassOn = chosenOf(form, 'pass_on').length > 0;
    const typed = { revision: Number(revision), chosenScopes: scopes, chosenContracts: contracts, mayPassOn, endsAt };
    if (faults.length > 0) return wrong(await this.#changePage(page, own, principal, { ...typed, faults }));
    try {
      const change = {
        scopes,
        contracts,
        may_pass_on: mayPassOn,
        ...(isSameEnd || endsAt === '' ? {} : { ends_at: endsAt }),
      };
      const { code } = await this.granting.change(id, Number(revision), change, principal);
      return seeOther(code === null ? `/portal/mandates/${id}` : `/portal/mandates/${id}/code`);
    } catch (error) {
      const refused = changeFault(error);
      return wrong(await this.#changePage(page, own, principal, { ...typed, refused }));
    }
  }

  /** One that the reader gave, or passed on: what they got has pages of its own. */
  async #given(id: string, principal: Principal, { language }: Page): Promise<OwnMandate> {
    const own = await this.mine.get(id, principal, language);
    if (own.side !== 'proxy') return own;
    throw new AppError('not_found', 'There is no such mandate.');
  }

  async #changePage(
    page: Page,
    own: OwnMandate,
    principal: Principal,
    typed: Pick<
      ChangePageProps,
      'revision' | 'chosenScopes' | 'chosenContracts' | 'mayPassOn' | 'endsAt' | 'faults' | 'refused'
    >,
  ): Promise<ReturnType<typeof ChangePage>> {
    const has = own.mandate.contracts.map(({ ref }) => ref);
    return ChangePage({
      page,
      own,
      needsCode: !isApproval(principal),
      offered: await this.granting.offered(page.language),
      contracts: [...new Set([...has, ...(await this.granting.contracts(principal))])],
      ...typed,
    });
  }
}

function pageMark(after: unknown): string | null {
  return typeof after === 'string' && UUID.test(after) ? after : null;
}

function lastDay({ mandate }: OwnMandate): string {
  return dateInAmsterdam((mandate.askedEndsAt ?? mandate.endsAt) - 1);
}

/** @throws whatever the reader can do nothing about on this page; a lost race is told on a page of its own */
function changeFault(error: unknown): NonNullable<ChangePageProps['refused']> {
  if (error instanceof AppError) {
    if (error.code === 'code_budget_exhausted') return 'grant.fault.busy';
    if (error.code === 'no_usable_contact_point') return 'grant.fault.unreachable';
    if (error.code === 'validation_failed') return 'grant.fault.changed';
    if (error.code === 'mandate_overlaps') return 'grant.fault.overlap';
  }
  throw error;
}

function wrong(page: ReturnType<typeof ChangePage>): PageAnswer {
  return { page, status: 400 };
}
