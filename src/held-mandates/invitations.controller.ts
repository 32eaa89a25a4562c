import { Body, Controller, Get, HttpCode, HttpStatus, Param, Post, UseGuards } from '@nestjs/common';
import { ApiConflictResponse, ApiForbiddenResponse, ApiTags } from '@nestjs/swagger';

import { Public } from '../auth/access.decorators.ts';
import { AppError } from '../errors.ts';
import { AskedLanguage } from '../http/preferred-language.ts';
import { VisitorLimitGuard } from '../http/rate-limit.guard.ts';
import { AcceptanceService } from '../mandates/acceptance.service.ts';
import { AcceptanceResponse } from '../mandates/mandates.dto.ts';
import type { Language } from '../policy/vocabulary.ts';
import { AcceptMyMandateRequest } from './held-mandates.dto.ts';
import { InvitationParams, InvitationResponse } from './invitations.dto.ts';
import { InvitationsService } from './invitations.service.ts';

/** For who has the link in an invitation: see `InvitationPagesController`. */
@ApiTags('self-service')
@Controller('v1/me/invitations')
@Public()
@UseGuards(VisitorLimitGuard)
export class InvitationsController {
  constructor(
    private readonly invitations: InvitationsService,
    private readonly acceptance: AcceptanceService,
  ) {}

  /** Who invites, what for, until when. 404 for an invitation that is over. */
  @Get(':token')
  async get(@Param() { token }: InvitationParams, @AskedLanguage() language: Language): Promise<InvitationResponse> {
    const invitation = await this.invitations.find(token, language);
    if (invitation === null) throw new AppError('not_found', 'This invitation waits for nobody.');
    return InvitationResponse.of(invitation);
  }

  /**
   * Accepts with the code that the holder passed on, for a proxy who can't sign in yet (403 `forbidden` when they can). The same
   * five tries. A wrong code is an answer, not an error.
   */
  @Post(':token/acceptance')
  @HttpCode(HttpStatus.OK)
  @ApiForbiddenResponse()
  @ApiConflictResponse()
  async accept(
    @Param() { token }: InvitationParams,
    @Body() { code }: AcceptMyMandateRequest,
  ): Promise<AcceptanceResponse> {
    return AcceptanceResponse.of(await this.acceptance.acceptByLink(token, code));
  }
}
