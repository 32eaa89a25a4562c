import { Body, Controller, Get, HttpStatus, Param, Post } from '@nestjs/common';
import { IsIn } from 'class-validator';

import { CurrentPrincipal } from '../auth/access.decorators.ts';
import type { Principal } from '../auth/principal.ts';
import { AppError } from '../errors.ts';
import { IsLeftOutOr } from '../holders/field-rules.ts';
import { MandateParams } from '../mandates/mandates.dto.ts';
import { CurrentPage, Pages } from '../pages/page.decorators.ts';
import { type Page, type PageAnswer, seeOther } from '../pages/page.ts';
import type { TextKey } from '../pages/text.ts';
import { AskedOnePage, AskedPage } from './asked-pages.tsx';
import { AskedService } from './asked.service.ts';

/** Which of the two buttons for no was pressed. */
export class DeclineForm {
  @IsLeftOutOr(IsIn(['yes']))
  block?: 'yes';
}

/** What others ask of the reader, and their answer. */
@Controller('portal/asked')
@Pages()
export class AskedPagesController {
  constructor(private readonly asked: AskedService) {}

  @Get()
  async list(@CurrentPage() page: Page, @CurrentPrincipal() principal: Principal): Promise<PageAnswer> {
    return AskedPage({ page, asked: await this.asked.list(principal, page.language) });
  }

  @Get(':id')
  async show(
    @CurrentPage() page: Page,
    @Param() { id }: MandateParams,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    return AskedOnePage({ page, own: await this.asked.get(id, principal, page.language) });
  }

  /** Then as when one gives a mandate: the code of the reader, and the one to pass on. */
  @Post(':id/approve')
  async approve(
    @CurrentPage() page: Page,
    @Param() { id }: MandateParams,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    try {
      await this.asked.approve(id, principal, null);
    } catch (error) {
      const fault = faultOf(error);
      const own = await this.asked.get(id, principal, page.language);
      const status = fault === 'asked.busy' ? HttpStatus.TOO_MANY_REQUESTS : HttpStatus.BAD_REQUEST;
      return { page: AskedOnePage({ page, own, fault }), status };
    }
    return seeOther(`/portal/mandates/${id}/code`);
  }

  @Post(':id/decline')
  async decline(
    @Param() { id }: MandateParams,
    @Body() { block }: DeclineForm,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    await this.asked.decline(id, principal, block === 'yes');
    return seeOther('/portal/asked');
  }
}

/** @throws whatever the reader can't help on this page */
function faultOf(error: unknown): TextKey {
  if (error instanceof AppError && error.code === 'code_budget_exhausted') return 'asked.busy';
  if (error instanceof AppError && error.code === 'no_usable_contact_point') return 'asked.unreachable';
  throw error;
}
