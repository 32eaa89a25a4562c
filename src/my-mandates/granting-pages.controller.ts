import { Body, Controller, Get, Param, Post, UseGuards } from '@nestjs/common';
import { IsUUID } from 'class-validator';

import { CurrentPrincipal } from '../auth/access.decorators.ts';
import type { Principal } from '../auth/principal.ts';
import { VisitorLimitGuard } from '../http/rate-limit.guard.ts';
import { isApproval } from '../mandates/mandate-terms.ts';
import { CurrentPage, Pages } from '../pages/page.decorators.ts';
import { type Page, type PageAnswer, seeOther } from '../pages/page.ts';
import { chosenOf } from '../pages/parts.tsx';
import { type GrantAnswers, GrantDrafts } from './grant-drafts.service.ts';
import { grantFault, readDates, readProxy, readRoute, type Typed, usualDates } from './granting-form.ts';
import { CheckPage, WhatPage, WhenPage, WhoPage, type FieldFault } from './granting-pages.tsx';
import { GrantingService } from './granting.service.ts';

/** The screens on which somebody gives a mandate. */
const HERE = '/portal/mandates/new';

export class DraftParams {
  @IsUUID()
  draft: string;
}

/** Giving a mandate, on five screens; the last one is of the mandate itself. */
@Controller('portal/mandates/new')
@Pages()
export class GrantingPagesController {
  constructor(
    private readonly drafts: GrantDrafts,
    private readonly granting: GrantingService,
  ) {}

  @Get()
  begin(@CurrentPage() page: Page): PageAnswer {
    return WhoPage({ page, action: HERE, name: '', contact: '' });
  }

  @Post()
  async start(
    @CurrentPage() page: Page,
    @Body() form: Record<string, string>,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    const proxy = readProxy(form);
    if ('faults' in proxy) return wrong(this.#who(page, HERE, form, proxy.faults));
    const answers = { proxy, scopes: [], contracts: [], startsAt: null, endsAt: null };
    return seeOther(`${HERE}/${await this.drafts.start(answers, principal)}/what`);
  }

  @Get(':draft/who')
  async who(
    @CurrentPage() page: Page,
    @Param() { draft }: DraftParams,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    const { proxy } = await this.drafts.read(draft, principal);
    return this.#who(page, `${HERE}/${draft}/who`, { name: proxy.name, contact: proxy.value }, []);
  }

  @Post(':draft/who')
  async changeWho(
    @CurrentPage() page: Page,
    @Param() { draft }: DraftParams,
    @Body() form: Record<string, string>,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    const answers = await this.drafts.read(draft, principal);
    const proxy = readProxy(form);
    if ('faults' in proxy) return wrong(this.#who(page, `${HERE}/${draft}/who`, form, proxy.faults));
    return this.#next(draft, { ...answers, proxy }, principal);
  }

  @Get(':draft/what')
  async what(
    @CurrentPage() page: Page,
    @Param() { draft }: DraftParams,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    const answers = await this.drafts.read(draft, principal);
    return this.#what(page, draft, answers, answers.scopes, []);
  }

  @Post(':draft/what')
  async changeWhat(
    @CurrentPage() page: Page,
    @Param() { draft }: DraftParams,
    @Body() form: Record<string, string>,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    const answers = await this.drafts.read(draft, principal);
    const offered = (await this.granting.offered(page.language)).map(({ name }) => name);
    const scopes = chosenOf(form, 'scope').filter((name) => offered.includes(name));
    if (scopes.length === 0) {
      return wrong(await this.#what(page, draft, answers, [], [{ field: 'scope', key: 'grant.no_scope' }]));
    }
    return this.#next(draft, { ...answers, scopes }, principal);
  }

  @Get(':draft/when')
  async when(
    @CurrentPage() page: Page,
    @Param() { draft }: DraftParams,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    const { contracts: chosen, startsAt, endsAt } = await this.drafts.read(draft, principal);
    const contracts = await this.granting.contracts(principal);
    const usual = usualDates(new Date());
    return WhenPage({
      page,
      action: `${HERE}/${draft}/when`,
      contracts,
      // Who has one contract means that one.
      chosen: chosen.length === 0 && contracts.length === 1 ? contracts : chosen,
      startsAt: startsAt ?? usual.startsAt,
      endsAt: endsAt ?? usual.endsAt,
    });
  }

  @Post(':draft/when')
  async changeWhen(
    @CurrentPage() page: Page,
    @Param() { draft }: DraftParams,
    @Body() form: Record<string, string>,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    const answers = await this.drafts.read(draft, principal);
    const own = await this.granting.contracts(principal);
    const contracts = chosenOf(form, 'contract').filter((ref) => own.includes(ref));
    const { faults } = readDates(form, new Date());
    const all: readonly FieldFault[] =
      contracts.length === 0 ? [{ field: 'contract', key: 'grant.no_contract' }, ...faults] : faults;
    const { starts_at: startsAt = '', ends_at: endsAt = '' } = form as Typed;
    if (all.length > 0) {
      const action = `${HERE}/${draft}/when`;
      return wrong(WhenPage({ page, action, contracts: own, chosen: contracts, startsAt, endsAt, faults: all }));
    }
    return this.#next(draft, { ...answers, contracts, startsAt, endsAt }, principal);
  }

  @Get(':draft/check')
  async check(
    @CurrentPage() page: Page,
    @Param() { draft }: DraftParams,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    const answers = await this.drafts.read(draft, principal);
    const missing = missingStep(answers);
    return missing === null
      ? this.#check(page, draft, answers, principal, 'sms')
      : seeOther(`${HERE}/${draft}/${missing}`);
  }

  @Post(':draft/check')
  @UseGuards(VisitorLimitGuard)
  async give(
    @CurrentPage() page: Page,
    @Param() { draft }: DraftParams,
    @Body() form: Record<string, string>,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    const answers = await this.drafts.read(draft, principal);
    const missing = missingStep(answers);
    if (missing !== null) return seeOther(`${HERE}/${draft}/${missing}`);
    const { proxy, scopes, contracts, startsAt, endsAt } = answers;
    const asked = { proxy, scopes, contracts, ...periodOf(startsAt, endsAt), route: readRoute(form) };
    try {
      const { mandate } = await this.granting.grant(asked, principal);
      await this.drafts.drop(draft, principal);
      return seeOther(`/portal/mandates/${mandate.id}/code`);
    } catch (error) {
      const fault = grantFault(error);
      const again = await this.#check(page, draft, answers, principal, readRoute(form) ?? 'sms', fault);
      return wrong(again, fault === 'grant.fault.busy' ? 429 : 400);
    }
  }

  #who(page: Page, action: string, { name = '', contact = '' }: Typed, faults: readonly FieldFault[]) {
    return WhoPage({ page, action, name, contact, faults });
  }

  async #what(
    page: Page,
    draft: string,
    { proxy }: GrantAnswers,
    chosen: readonly string[],
    faults: readonly FieldFault[],
  ) {
    const offered = await this.granting.offered(page.language);
    return WhatPage({ page, action: `${HERE}/${draft}/what`, name: proxy.name, offered, chosen, faults });
  }

  async #check(
    page: Page,
    draft: string,
    answers: GrantAnswers,
    principal: Principal,
    route: string,
    fault?: ReturnType<typeof grantFault>,
  ) {
    const now = new Date();
    const { period } = readDates(periodOf(answers.startsAt, answers.endsAt), now);
    return CheckPage({
      page,
      base: `${HERE}/${draft}`,
      answers,
      scopes: (await this.granting.offered(page.language)).filter(({ name }) => answers.scopes.includes(name)),
      period: { startsAt: new Date(period?.startsAt ?? now), endsAt: new Date(period?.endsAt ?? now) },
      isApproval: isApproval(principal),
      route,
      ...(fault === undefined ? {} : { fault }),
    });
  }

  /** To the first screen that has no answer yet; from there on to the summary. */
  async #next(draft: string, answers: GrantAnswers, principal: Principal): Promise<PageAnswer> {
    await this.drafts.save(draft, answers, principal);
    return seeOther(`${HERE}/${draft}/${missingStep(answers) ?? 'check'}`);
  }
}

function missingStep({ scopes, contracts, startsAt }: GrantAnswers): 'what' | 'when' | null {
  if (scopes.length === 0) return 'what';
  return contracts.length === 0 || startsAt === null ? 'when' : null;
}

function periodOf(startsAt: string | null, endsAt: string | null): { starts_at?: string; ends_at?: string } {
  return {
    ...(startsAt === null || startsAt === '' ? {} : { starts_at: startsAt }),
    ...(endsAt === null || endsAt === '' ? {} : { ends_at: endsAt }),
  };
}

function wrong(page: ReturnType<typeof WhoPage>, status = 400): PageAnswer {
  return { page, status };
}
