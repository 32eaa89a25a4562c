import { Body, Controller, Get, HttpStatus, Param, Post, Query, UseGuards } from '@nestjs/common';

import { CurrentPrincipal } from '../auth/access.decorators.ts';
import type { Principal } from '../auth/principal.ts';
import { VisitorLimitGuard } from '../http/rate-limit.guard.ts';
import { grantFault, readDates, readProxy, type Typed, usualDates } from '../my-mandates/granting-form.ts';
import type { FieldFault } from '../my-mandates/granting-pages.tsx';
import { CurrentPage, Pages } from '../pages/page.decorators.ts';
import { type Page, type PageAnswer, seeOther } from '../pages/page.ts';
import { chosenOf } from '../pages/parts.tsx';
import type { TextKey } from '../pages/text.ts';
import { GiveForPage, OrganisationCodePage, OrganisationPage, OrganisationsPage } from './organisations-pages.tsx';
import { OrganisationMandateParams, OrganisationParams } from './organisations.dto.ts';
import { OrganisationsService } from './organisations.service.ts';

const HERE = '/portal/organisations';
/** Lines of its activity on its page; the rest is in the API. */
const RECENT = 20;
/** Milliseconds. */
const DAY = 86_400_000;
/** What may be said of what was done just now. */
const NEWS: Readonly<Record<string, TextKey>> = {
  given: 'organisation.given',
  asked: 'organisation.asked',
  withdrawn: 'organisation.withdrawn',
};

/** The same on pages. */
@Controller(HERE.slice(1))
@Pages()
export class OrganisationsPagesController {
  constructor(private readonly organisations: OrganisationsService) {}

  @Get()
  async list(@CurrentPage() page: Page, @CurrentPrincipal() principal: Principal): Promise<PageAnswer> {
    return OrganisationsPage({ page, organisations: await this.organisations.list(principal, page.language) });
  }

  @Get(':id')
  async show(
    @CurrentPage() page: Page,
    @Param() { id }: OrganisationParams,
    @Query('done') done: unknown,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    const { language } = page;
    const query = { part: 'live', limit: 100, after: null } as const;
    const recent = { category: null, from: null, to: null, after: null, limit: RECENT } as const;
    const [organisation, { mandates }, { entries }] = await Promise.all([
      this.organisations.get(id, principal, language),
      this.organisations.listMandates(id, query, principal, language),
      this.organisations.activity(id, recent, principal, () => language),
    ]);
    const news = typeof done === 'string' && Object.hasOwn(NEWS, done) ? NEWS[done] : undefined;
    return OrganisationPage({ page, organisation, mandates, entries, ...(news === undefined ? {} : { news }) });
  }

  @Get(':id/new')
  async ask(
    @CurrentPage() page: Page,
    @Param() { id }: OrganisationParams,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    const { until } = await this.organisations.get(id, principal, page.language);
    // The whole of its last day.
    return this.#form(page, id, principal, { ends_at: usualDates(new Date(), until - DAY).endsAt }, []);
  }

  @Post(':id/mandates')
  @UseGuards(VisitorLimitGuard)
  async give(
    @CurrentPage() page: Page,
    @Param() { id }: OrganisationParams,
    @Body() form: Record<string, string>,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    const proxy = readProxy(form);
    const scopes = chosenOf(form, 'scope');
    const contracts = chosenOf(form, 'contract');
    const faults: FieldFault[] = [
      ...('faults' in proxy ? proxy.faults : []),
      ...(scopes.length === 0 ? [{ field: 'scope', key: 'grant.no_scope' } as const] : []),
      ...(contracts.length === 0 ? [{ field: 'contract', key: 'grant.no_contract' } as const] : []),
      ...readDates(form, new Date()).faults,
    ];
    if ('faults' in proxy || faults.length > 0) return wrong(await this.#form(page, id, principal, form, faults));
    const { ends_at: endsAt = '' } = form as Typed;
    const ends = endsAt === '' ? {} : { ends_at: endsAt };
    try {
      const asked = { proxy, scopes, contracts, ...ends, route: null };
      const given = await this.organisations.grant(id, asked, principal, page.language);
      return seeOther(`${HERE}/${id}?done=${given.code === null ? 'given' : 'asked'}`);
    } catch (error) {
      const fault = grantFault(error);
      const again = await this.#form(page, id, principal, form, [], fault);
      return wrong(again, fault === 'grant.fault.busy' ? HttpStatus.TOO_MANY_REQUESTS : HttpStatus.BAD_REQUEST);
    }
  }

  /** The code to pass on, once the mandate waits for who gets it. Every look at it is recorded. */
  @Get(':id/mandates/:mandate_id/code')
  async code(
    @CurrentPage() page: Page,
    @Param() { id, mandate_id: mandateId }: OrganisationMandateParams,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    const organisation = await this.organisations.get(id, principal, page.language);
    const { name, shown } = await this.organisations.codeToPassOn(id, mandateId, principal, page.language);
    return OrganisationCodePage({ page, organisation, name, shown });
  }

  @Post(':id/mandates/:mandate_id/withdrawal')
  async withdraw(
    @CurrentPage() { language }: Page,
    @Param() { id, mandate_id: mandateId }: OrganisationMandateParams,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    await this.organisations.withdraw(id, mandateId, principal, language);
    return seeOther(`${HERE}/${id}?done=withdrawn`);
  }

  async #form(
    page: Page,
    id: string,
    principal: Principal,
    typed: Typed,
    faults: readonly FieldFault[],
    fault?: TextKey,
  ) {
    return GiveForPage({
      page,
      organisation: await this.organisations.get(id, principal, page.language),
      typed,
      chosenScopes: chosenOf(typed, 'scope'),
      chosenContracts: chosenOf(typed, 'contract'),
      faults,
      ...(fault === undefined ? {} : { fault }),
    });
  }
}

function wrong(page: ReturnType<typeof GiveForPage>, status: number = HttpStatus.BAD_REQUEST): PageAnswer {
  return { page, status };
}
