import { Controller, Get, Param, Post, Query } from '@nestjs/common';

import { CurrentPrincipal } from '../auth/access.decorators.ts';
import { type Principal, signedInOf } from '../auth/principal.ts';
import { DeskPages } from '../desk/desk-page.decorators.ts';
import { DeskCallParams } from '../desk/desk.dto.ts';
import { CurrentPage } from '../pages/page.decorators.ts';
import type { Page, PageAnswer } from '../pages/page.ts';
import { DeskHelp } from './desk-help.service.ts';
import { HelpPage } from './help-pages.tsx';
import { helped, helpSaidOf } from './help-said.ts';

/** The self-service of whoever is on the line: where it begins. */
@Controller('desk/calls/:call_id/help')
@DeskPages()
export class HelpController {
  constructor(private readonly help: DeskHelp) {}

  @Get()
  async show(
    @CurrentPage() page: Page,
    @Param() { call_id: callId }: DeskCallParams,
    @Query('said') what: unknown,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PageAnswer> {
    const person = await this.help.current(callId, principal);
    const provedAt = person === null ? null : signedInOf(person).provedAt;
    return HelpPage({ page, callId, provedAt, said: helpSaidOf(what) });
  }

  @Post()
  begin(@Param() { call_id: callId }: DeskCallParams, @CurrentPrincipal() principal: Principal): Promise<PageAnswer> {
    return helped(callId, '', async () => ((await this.help.begin(callId, principal)) ? 'begun' : 'begun_no_letter'));
  }
}
