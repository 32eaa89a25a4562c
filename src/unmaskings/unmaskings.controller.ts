import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { CurrentPrincipal, Scopes } from '../auth/access.decorators.ts';
import type { Principal } from '../auth/principal.ts';
import { UnmaskingParams, UnmaskingRequest, UnmaskingResponse } from './unmaskings.dto.ts';
import { Unmaskings } from './unmaskings.service.ts';

@ApiTags('agents')
@Controller('v1/unmaskings')
@Scopes('privacy')
export class UnmaskingsController {
  constructor(private readonly unmaskings: Unmaskings) {}

  /** Asks who is behind a pseudonym. By a staff token: another person has to agree. */
  @Post()
  async ask(
    @Body() { pseudonym, reason, case_ref: caseRef }: UnmaskingRequest,
    @CurrentPrincipal() principal: Principal,
  ): Promise<UnmaskingResponse> {
    return UnmaskingResponse.of(await this.unmaskings.ask({ pseudonym, reason, caseRef }, principal));
  }

  /** What was asked, the latest first, at most 100. Who anybody is stands in none. */
  @Get()
  async list(@CurrentPrincipal() principal: Principal): Promise<UnmaskingResponse[]> {
    return (await this.unmaskings.list(principal)).map((one) => UnmaskingResponse.of(one));
  }

  /** To who asked, for 24 hours after a colleague agreed: who it is. Each time is recorded. */
  @Get(':id')
  async get(@Param() { id }: UnmaskingParams, @CurrentPrincipal() principal: Principal): Promise<UnmaskingResponse> {
    return UnmaskingResponse.of(await this.unmaskings.get(id, principal));
  }

  /** A second person agrees. It is told to who asked, and to nobody else. */
  @Post(':id/approve')
  @HttpCode(200)
  async approve(
    @Param() { id }: UnmaskingParams,
    @CurrentPrincipal() principal: Principal,
  ): Promise<UnmaskingResponse> {
    return UnmaskingResponse.of(await this.unmaskings.decide(id, 'approved', principal));
  }

  /** It is not told. Who asked may take it back by this, too. */
  @Post(':id/reject')
  @HttpCode(200)
  async reject(@Param() { id }: UnmaskingParams, @CurrentPrincipal() principal: Principal): Promise<UnmaskingResponse> {
    return UnmaskingResponse.of(await this.unmaskings.decide(id, 'rejected', principal));
  }
}
