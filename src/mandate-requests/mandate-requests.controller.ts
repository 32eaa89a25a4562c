import { Body, Controller, Get, HttpCode, HttpStatus, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { CurrentPrincipal, Scopes } from '../auth/access.decorators.ts';
import type { Principal } from '../auth/principal.ts';
import { AskMandateRequest, MandateRequestResponse } from './mandate-requests.dto.ts';
import { MandateRequestsService } from './mandate-requests.service.ts';

/** Somebody asks others for a mandate. */
@ApiTags('self-service')
@Controller('v1/me/mandate-requests')
@Scopes('person')
export class MandateRequestsController {
  constructor(private readonly requests: MandateRequestsService) {}

  /**
   * Asks for a mandate. If there is such a customer, they are told of it, and may say yes for a week. The answer is the same if
   * there is none. Three requests a day.
   */
  @Post()
  @HttpCode(HttpStatus.ACCEPTED)
  async ask(
    @Body() request: AskMandateRequest,
    @CurrentPrincipal() principal: Principal,
  ): Promise<MandateRequestResponse> {
    return MandateRequestResponse.of(await this.requests.ask(request.toAsked(), principal));
  }

  /** What you asked for in the last 15 months, the newest first; 100 at most. */
  @Get()
  async list(@CurrentPrincipal() principal: Principal): Promise<MandateRequestResponse[]> {
    return (await this.requests.list(principal)).map((request) => MandateRequestResponse.of(request));
  }
}
