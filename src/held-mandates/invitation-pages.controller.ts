import { Body, Controller, Get, HttpStatus, Param, Post, UseGuards } from '@nestjs/common';

import { VisitorLimitGuard } from '../http/rate-limit.guard.ts';
import { AcceptanceService } from '../mandates/acceptance.service.ts';
import { CurrentPage, PublicPages } from '../pages/page.decorators.ts';
import { type Page, type PageAnswer, seeOther } from '../pages/page.ts';
import type { AcceptanceFault } from './acceptance-pages.tsx';
import { AcceptanceCodeForm } from './held-mandates.dto.ts';
import { AcceptedPage, InvitationOverPage, InvitationPage } from './invitation-pages.tsx';
import { InvitationParams } from './invitations.dto.ts';
import { InvitationsService } from './invitations.service.ts';

/** The page behind the link in an invitation. */
@Controller('portal/invitations')
@PublicPages()
export class InvitationPagesController {
  constructor(
    private readonly invitations: InvitationsService,
    private readonly acceptance: AcceptanceService,
  ) {}

  /** Where one goes after accepting: the link has become a link to nothing. */
  @Get('accepted')
  accepted(@CurrentPage() page: Page): PageAnswer {
    return AcceptedPage({ page });
  }

  @Get(':token')
  @UseGuards(VisitorLimitGuard)
  show(@CurrentPage() page: Page, @Param() { token }: InvitationParams): Promise<PageAnswer> {
    return this.#page(page, token);
  }

  @Post(':token')
  @UseGuards(VisitorLimitGuard)
  async accept(
    @CurrentPage() page: Page,
    @Param() { token }: InvitationParams,
    @Body() { code = '' }: AcceptanceCodeForm,
  ): Promise<PageAnswer> {
    if (code.trim() === '') return this.#page(page, token, { is: 'empty' });
    const { isAccepted, triesLeft } = await this.acceptance.acceptByLink(token, code);
    return isAccepted ? seeOther('/portal/invitations/accepted') : this.#page(page, token, { is: 'wrong', triesLeft });
  }

  async #page(page: Page, token: string, fault?: AcceptanceFault): Promise<PageAnswer> {
    const invitation = await this.invitations.find(token, page.language);
    if (invitation === null) return { page: InvitationOverPage({ page }), status: HttpStatus.NOT_FOUND };
    if (fault === undefined) return InvitationPage({ page, invitation, path: `/portal/invitations/${token}` });
    const answer = InvitationPage({ page, invitation, path: `/portal/invitations/${token}`, fault });
    return { page: answer, status: HttpStatus.BAD_REQUEST };
  }
}
