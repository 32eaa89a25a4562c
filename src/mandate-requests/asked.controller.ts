import { Body, Controller, Get, HttpCode, HttpStatus, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { CurrentPrincipal, Scopes } from '../auth/access.decorators.ts';
import type { Principal } from '../auth/principal.ts';
import { AskedLanguage } from '../http/preferred-language.ts';
import { MandateParams } from '../mandates/mandates.dto.ts';
import { MyMandateResponse } from '../my-mandates/my-mandates.dto.ts';
import { MyMandatesService } from '../my-mandates/my-mandates.service.ts';
import type { Language } from '../policy/vocabulary.ts';
import { AskedService } from './asked.service.ts';
import { ApproveAskedRequest, ApprovedResponse, DeclineAskedRequest } from './mandate-requests.dto.ts';

/** What others ask of you. */
@ApiTags('self-service')
@Controller('v1/me/asked')
@Scopes('person')
export class AskedController {
  constructor(
    private readonly asked: AskedService,
    private readonly mine: MyMandatesService,
  ) {}

  /** The drafts that wait for your yes or no, the newest first. Three at most. */
  @Get()
  async list(
    @CurrentPrincipal() principal: Principal,
    @AskedLanguage() language: Language,
  ): Promise<MyMandateResponse[]> {
    return (await this.asked.list(principal, language)).map((own) => MyMandateResponse.of(own));
  }

  /**
   * Your yes. In a session of strength 3 that is all: the proxy is invited. Below that you are sent a code, and nothing counts
   * until you type it.
   */
  @Post(':id/approve')
  @HttpCode(HttpStatus.OK)
  async approve(
    @Param() { id }: MandateParams,
    @Body() { route }: ApproveAskedRequest,
    @CurrentPrincipal() principal: Principal,
    @AskedLanguage() language: Language,
  ): Promise<ApprovedResponse> {
    const code = await this.asked.approve(id, principal, route ?? null);
    return ApprovedResponse.of(await this.mine.get(id, principal, language), code);
  }

  /** Your no. Who asked is not told: to them it lapses. */
  @Post(':id/decline')
  @HttpCode(HttpStatus.NO_CONTENT)
  async decline(
    @Param() { id }: MandateParams,
    @Body() { block = false }: DeclineAskedRequest,
    @CurrentPrincipal() principal: Principal,
  ): Promise<void> {
    await this.asked.decline(id, principal, block);
  }
}
