import { Body, Controller, Get, Param, Post, Query, UseGuards } from '@nestjs/common';
import { IsUUID, isUUID } from 'class-validator';

import { CurrentPrincipal } from '../auth/access.decorators.ts';
import type { Principal } from '../auth/principal.ts';
import { AppError } from '../errors.ts';
import { VisitorLimitGuard } from '../http/rate-limit.guard.ts';
import { dateInAmsterdam } from '../mandates/mandate-period.ts';
import { isApproval } from '../mandates/mandate-terms.ts';
import { CurrentPage, Pages } from '../pages/page.decorators.ts';
import { type Page, type PageAnswer, seeOther } from '../pages/page.ts';
import { chosenOf } from '../pages/parts.tsx';
import { type GrantAnswers, GrantDrafts } from './grant-drafts.service.ts';
import { grantFault, readDates, readProxy, readRoute, type Typed, usualDates } from './granting-form.ts';
import { CheckPage, WhatPage, WhenPage, WhoPage, type FieldFault } from './granting-pages.tsx';
import { GrantingService, type OfferedScope } from './granting.service.ts';
import { MyMandatesService, type OwnMandate } from './my-mandates.service.ts';

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
    private readonly mine: MyMandatesService,
  ) {}

  /** @param on the mandate that the reader holds and passes on; left out by who gives one of their own */
  @Get()
  async begin(
    @CurrentPage() page: Page,
    @Query('on') on: unknown,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    if (on !== undefined) await this.#passable(on, page, principal);
    return WhoPage({ page, action: pathOf(on), name: '', contact: '' });
  }

  @Post()
  async start(
    @CurrentPage() page: Page,
    @Query('on') on: unknown,
    @Body() form: Record<string, string>,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    const parent = on === undefined ? null : await this.#passable(on, page, principal);
    const proxy = readProxy(form);
    if ('faults' in proxy) return wrong(this.#who(page, pathOf(on), form, proxy.faults));
    const parentId = parent?.mandate.id;
    const answers = {
      proxy,
      scopes: [],
      contracts: [],
      startsAt: null,
      endsAt: null,
      ...(parentId === undefined ? {} : { parentId }),
    };
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
    return this.#what(page, draft, answers, principal, []);
  }

  @Post(':draft/what')
  async changeWhat(
    @CurrentPage() page: Page,
    @Param() { draft }: DraftParams,
    @Body() form: Record<string, string>,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    const answers = await this.drafts.read(draft, principal);
    const offered = (await this.#offered(answers, page, principal)).map(({ name }) => name);
    const scopes = chosenOf(form, 'scope').filter((name) => offered.includes(name));
    const isOwn = answers.parentId === undefined;
    const mayPassOn = isOwn && chosenOf(form, 'pass_on').length > 0;
    const isWhilePartner = isOwn && chosenOf(form, 'partner').length > 0;
    if (scopes.length === 0) {
      const typed = { ...answers, scopes, mayPassOn, isWhilePartner };
      return wrong(await this.#what(page, draft, typed, principal, [{ field: 'scope', key: 'grant.no_scope' }]));
    }
    return this.#next(draft, { ...answers, scopes, mayPassOn, isWhilePartner }, principal);
  }

  @Get(':draft/when')
  async when(
    @CurrentPage() page: Page,
    @Param() { draft }: DraftParams,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    const answers = await this.drafts.read(draft, principal);
    const { contracts: chosen, startsAt, endsAt } = answers;
    const parent = await this.#parent(answers, page, principal);
    const contracts = await this.#contracts(parent, principal);
    const usual = usualDates(new Date(), parent?.mandate.endsAt);
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
    const parent = await this.#parent(answers, page, principal);
    const own = await this.#contracts(parent, principal);
    const contracts = chosenOf(form, 'contract').filter((ref) => own.includes(ref));
    const { starts_at: startsAt = '', ends_at: endsAt = '' } = form as Typed;
    const isTooLong = parent !== null && endsAt > dateInAmsterdam(parent.mandate.endsAt - 1);
    const faults: readonly FieldFault[] = isTooLong
      ? [{ field: 'ends_at', key: 'pass_on.bad_until' }]
      : readDates(form, new Date()).faults;
    const all: readonly FieldFault[] =
      contracts.length === 0 ? [{ field: 'contract', key: 'grant.no_contract' }, ...faults] : faults;
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
    const { proxy, scopes, contracts, mayPassOn = false, isWhilePartner = false, parentId, startsAt, endsAt } = answers;
    const asked = { proxy, scopes, contracts, ...periodOf(startsAt, endsAt), route: readRoute(form) };
    try {
      const { mandate } = await (parentId === undefined
        ? this.granting.grant({ ...asked, may_pass_on: mayPassOn, while_partner: isWhilePartner }, principal)
        : this.granting.passOn(parentId, asked, principal));
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

  async #what(page: Page, draft: string, answers: GrantAnswers, principal: Principal, faults: readonly FieldFault[]) {
    const offered = await this.#offered(answers, page, principal);
    return WhatPage({ page, action: `${HERE}/${draft}/what`, answers, offered, faults });
  }

  /** What the reader passes on; null = they give a mandate of their own. */
  async #parent({ parentId }: GrantAnswers, page: Page, principal: Principal): Promise<OwnMandate | null> {
    return parentId === undefined ? null : this.#passable(parentId, page, principal);
  }

  /** @throws AppError `not_found` for what the reader does not hold, or may not pass on */
  async #passable(id: unknown, { language }: Page, principal: Principal): Promise<OwnMandate> {
    const own = typeof id === 'string' && isUUID(id) ? await this.mine.get(id, principal, language) : null;
    if (own?.side === 'proxy' && own.mandate.mayPassOn && own.mandate.state === 'active') return own;
    throw new AppError('not_found', 'There is no such mandate to pass on.');
  }

  async #offered(answers: GrantAnswers, page: Page, principal: Principal): Promise<readonly OfferedScope[]> {
    const parent = await this.#parent(answers, page, principal);
    return parent === null
      ? this.granting.offered(page.language)
      : this.granting.passable(parent.mandate, page.language);
  }

  async #contracts(parent: OwnMandate | null, principal: Principal): Promise<readonly string[]> {
    return parent === null ? this.granting.contracts(principal) : parent.mandate.contracts.map(({ ref }) => ref);
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
      holder: (await this.#parent(answers, page, principal))?.holder ?? null,
      scopes: (await this.#offered(answers, page, principal)).filter(({ name }) => answers.scopes.includes(name)),
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

/** Where the first screen goes. */
function pathOf(on: unknown): string {
  return typeof on === 'string' ? `${HERE}?on=${encodeURIComponent(on)}` : HERE;
}

function wrong(page: ReturnType<typeof WhoPage>, status = 400): PageAnswer {
  return { page, status };
}
