import { Body, Controller, Get, HttpCode, HttpStatus, Param, Post } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';

import { CurrentPrincipal, Scopes } from '../auth/access.decorators.ts';
import type { Principal } from '../auth/principal.ts';
import { AskedLanguage } from '../http/preferred-language.ts';
import type { Language } from '../policy/vocabulary.ts';
import { ObligationListResponse, ObligationsParams, OwedResponse, ReceiptRequest } from './obligations.dto.ts';
import { Obligations } from './obligations.service.ts';

/** What came with the permits of a call that were used, and what became of it. */
@ApiTags('calls')
@Controller('v1/calls/:call_id')
@Scopes('agent', 'crm')
export class ObligationsController {
  constructor(private readonly obligations: Obligations) {}

  /** Everything that was asked for in this call, in the order in which it came; also what is done. */
  @Get('obligations')
  async list(
    @Param() { call_id }: ObligationsParams,
    @CurrentPrincipal() principal: Principal,
    @AskedLanguage() language: Language,
  ): Promise<ObligationListResponse> {
    return ObligationListResponse.of(await this.obligations.ofCall(call_id, principal), language);
  }

  /**
   * Reports that an obligation was fulfilled, or could not be. The same report again changes nothing; with another note it is a
   * new one. `failed` can become `done` later; what was reported done stays. Possible after the call, too.
   */
  @Post('receipts')
  @HttpCode(HttpStatus.OK)
  @ApiOkResponse({ type: OwedResponse })
  async report(
    @Param() { call_id }: ObligationsParams,
    @Body() request: ReceiptRequest,
    @CurrentPrincipal() principal: Principal,
    @AskedLanguage() language: Language,
  ): Promise<OwedResponse> {
    return OwedResponse.of(await this.obligations.report(call_id, principal, request.toReceipt()), language);
  }
}
