import { Body, Controller, Get, HttpStatus, Param, Post, Query, UseGuards } from '@nestjs/common';

import { CurrentPrincipal } from '../auth/access.decorators.ts';
import type { Principal } from '../auth/principal.ts';
import { VisitorLimitGuard } from '../http/rate-limit.guard.ts';
import { grantFault, readDates, readProxy, type Typed, usualDates } from '../my-mandates/granting-form.ts';
import type { FieldFault } from '../my-mandates/granting-pages.tsx';
import { GrantingService } from '../my-mandates/granting.service.ts';
import { CurrentPage, Pages } from '../pages/page.decorators.ts';
import { type Page, type PageAnswer, seeOther } from '../pages/page.ts';
import { chosenOf } from '../pages/parts.tsx';
import type { TextKey } from '../pages/text.ts';
import { DeclareSoftwarePage, SoftwareDeclaredPage, SoftwarePage } from './software-pages.tsx';
import { SoftwareParams } from './software.dto.ts';
import { CEILINGS, SoftwareService, USUAL_CEILING } from './software.service.ts';

const HERE = '/portal/software';

/** The same on pages. */
@Controller(HERE.slice(1))
@Pages()
export class SoftwarePagesController {
  constructor(
    private readonly software: SoftwareService,
    private readonly granting: GrantingService,
  ) {}

  @Get()
  async list(
    @CurrentPage() page: Page,
    @Query('revoked') revoked: unknown,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    return SoftwarePage({ page, software: await this.software.list(principal), isRevoked: revoked === 'yes' });
  }

  @Get('new')
  async ask(@CurrentPage() page: Page, @CurrentPrincipal() principal: Principal): Promise<PageAnswer> {
    const { endsAt } = usualDates(new Date());
    return this.#form(page, principal, { ends_at: endsAt, ceiling: String(USUAL_CEILING) }, []);
  }

  /** Answered with a page and no way on: the secret is told this once, and stands nowhere to be fetched again. */
  @Post()
  @UseGuards(VisitorLimitGuard)
  async declare(
    @CurrentPage() page: Page,
    @Body() form: Record<string, string>,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    const read = readProxy(form);
    const scopes = chosenOf(form, 'scope');
    const contracts = chosenOf(form, 'contract');
    const typed = form as Typed;
    const faults: FieldFault[] = [
      ...('faults' in read ? read.faults : []),
      ...(scopes.length === 0 ? [{ field: 'scope', key: 'grant.no_scope' } as const] : []),
      ...(contracts.length === 0 ? [{ field: 'contract', key: 'grant.no_contract' } as const] : []),
      ...readDates(typed, new Date()).faults,
    ];
    if ('faults' in read || faults.length > 0) return wrong(await this.#form(page, principal, form, faults));
    const { name, kind, value } = read;
    const ceiling = CEILINGS.find((one) => String(one) === typed['ceiling']) ?? USUAL_CEILING;
    const ends = typed['ends_at'] === undefined || typed['ends_at'] === '' ? {} : { ends_at: typed['ends_at'] };
    try {
      const terms = { scopes, contracts, ...ends, route: null };
      const declared = await this.software.declare({ name, operator: { kind, value }, ceiling, ...terms }, principal);
      return SoftwareDeclaredPage({ page, declared });
    } catch (error) {
      const fault = grantFault(error);
      const again = await this.#form(page, principal, form, [], fault);
      return wrong(again, fault === 'grant.fault.busy' ? HttpStatus.TOO_MANY_REQUESTS : HttpStatus.BAD_REQUEST);
    }
  }

  @Post(':id/revocation')
  async revoke(@Param() { id }: SoftwareParams, @CurrentPrincipal() principal: Principal): Promise<PageAnswer> {
    await this.software.revoke(id, principal);
    return seeOther(`${HERE}?revoked=yes`);
  }

  async #form(page: Page, principal: Principal, typed: Typed, faults: readonly FieldFault[], fault?: TextKey) {
    return DeclareSoftwarePage({
      page,
      typed,
      chosenScopes: chosenOf(typed, 'scope'),
      chosenContracts: chosenOf(typed, 'contract'),
      offered: await this.granting.offered(page.language),
      contracts: await this.granting.contracts(principal),
      faults,
      ...(fault === undefined ? {} : { fault }),
    });
  }
}

function wrong(page: ReturnType<typeof DeclareSoftwarePage>, status: number = HttpStatus.BAD_REQUEST): PageAnswer {
  return { page, status };
}
