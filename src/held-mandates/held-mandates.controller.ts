import { Body, Controller, HttpCode, HttpStatus, Param, Post, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

import { CurrentPrincipal, Scopes } from '../auth/access.decorators.ts';
import type { Principal } from '../auth/principal.ts';
import { AskedLanguage } from '../http/preferred-language.ts';
import { AcceptanceService } from '../mandates/acceptance.service.ts';
import { etagOf } from '../mandates/if-match.decorator.ts';
import { AcceptanceResponse, MandateParams } from '../mandates/mandates.dto.ts';
import { MandatesService } from '../mandates/mandates.service.ts';
import { MyMandateResponse } from '../my-mandates/my-mandates.dto.ts';
import { MyMandatesService } from '../my-mandates/my-mandates.service.ts';
import type { Language } from '../policy/vocabulary.ts';
import { AcceptMyMandateRequest } from './held-mandates.dto.ts';

/** What the proxy does with the mandates that they hold: see `HeldPagesController`. */
@ApiTags('self-service')
@Controller('v1/me/mandates')
@Scopes('person')
export class HeldMandatesController {
  constructor(
    private readonly mandates: MandatesService,
    private readonly mine: MyMandatesService,
    private readonly acceptance: AcceptanceService,
  ) {}

  /** You accept, with the code that the holder passed on. Five tries. A wrong code is an answer, not an error. */
  @Post(':id/acceptance')
  @HttpCode(HttpStatus.OK)
  async accept(
    @Param() { id }: MandateParams,
    @Body() { code }: AcceptMyMandateRequest,
    @CurrentPrincipal() principal: Principal,
  ): Promise<AcceptanceResponse> {
    return AcceptanceResponse.of(await this.acceptance.accept(id, code, { principal, callId: null }));
  }

  /** You lay down a mandate that you hold, or say no to an invitation: at once, and for good. Both of you are told. */
  @Post(':id/renounce')
  @HttpCode(HttpStatus.OK)
  async renounce(
    @Param() { id }: MandateParams,
    @CurrentPrincipal() principal: Principal,
    @AskedLanguage() language: Language,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<MyMandateResponse> {
    const ended = await this.mandates.end(id, 'renounce', { principal, callId: null });
    void reply.header('ETag', etagOf(ended.revision));
    return MyMandateResponse.of(await this.mine.asOwn(ended, principal, language));
  }
}
