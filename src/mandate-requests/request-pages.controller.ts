import { Body, Controller, Get, HttpStatus, Post } from '@nestjs/common';

import { CurrentPrincipal } from '../auth/access.decorators.ts';
import type { Principal } from '../auth/principal.ts';
import { AppError } from '../errors.ts';
import { GrantingService } from '../my-mandates/granting.service.ts';
import { CurrentPage, Pages } from '../pages/page.decorators.ts';
import { type Page, type PageAnswer, seeOther } from '../pages/page.ts';
import { MandateRequestsService } from './mandate-requests.service.ts';
import { readRequest, type TypedRequest } from './request-form.ts';
import { RequestFormPage, RequestsPage } from './request-pages.tsx';

/** What somebody asks of others, and how that stands. */
@Controller('portal/requests')
@Pages()
export class RequestPagesController {
  constructor(
    private readonly requests: MandateRequestsService,
    private readonly granting: GrantingService,
  ) {}

  @Get()
  async list(@CurrentPage() page: Page, @CurrentPrincipal() principal: Principal): Promise<PageAnswer> {
    const requests = await this.requests.list(principal);
    return RequestsPage({ page, requests, offered: await this.granting.offered(page.language) });
  }

  @Get('new')
  async form(@CurrentPage() page: Page): Promise<PageAnswer> {
    return RequestFormPage({ page, offered: await this.granting.offered(page.language) });
  }

  @Post('new')
  async ask(
    @CurrentPage() page: Page,
    @Body() form: Record<string, string>,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    const typed: TypedRequest = form;
    const offered = await this.granting.offered(page.language);
    const asked = readRequest(typed, new Date());
    if ('faults' in asked) {
      const { faults } = asked;
      return { page: RequestFormPage({ page, offered, typed, faults }), status: HttpStatus.BAD_REQUEST };
    }
    try {
      await this.requests.ask(asked, principal);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'code_budget_exhausted') throw error;
      return { page: RequestFormPage({ page, offered, typed, isBusy: true }), status: HttpStatus.TOO_MANY_REQUESTS };
    }
    return seeOther('/portal/requests');
  }
}
