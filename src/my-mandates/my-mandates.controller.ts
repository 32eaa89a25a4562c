import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

import { CurrentPrincipal, Scopes } from '../auth/access.decorators.ts';
import type { Principal } from '../auth/principal.ts';
import { AskedLanguage } from '../http/preferred-language.ts';
import { etagOf } from '../mandates/if-match.decorator.ts';
import { MandateParams } from '../mandates/mandates.dto.ts';
import type { Language } from '../policy/vocabulary.ts';
import { MyMandatePageResponse, MyMandateResponse, MyMandatesQuery } from './my-mandates.dto.ts';
import { MyMandatesService } from './my-mandates.service.ts';

/** The same as the pages, for the organisation's own site or app. */
@ApiTags('self-service')
@Controller('v1/me/mandates')
@Scopes('person')
export class MyMandatesController {
  constructor(private readonly mine: MyMandatesService) {}

  /** The mandates that you gave, or that you got. */
  @Get()
  async list(
    @Query() query: MyMandatesQuery,
    @CurrentPrincipal() principal: Principal,
    @AskedLanguage() language: Language,
  ): Promise<MyMandatePageResponse> {
    return MyMandatePageResponse.of(await this.mine.list(query.toQuery(), principal, language));
  }

  /** One of your mandates. Somebody else's does not exist (404). */
  @Get(':id')
  async get(
    @Param() { id }: MandateParams,
    @CurrentPrincipal() principal: Principal,
    @AskedLanguage() language: Language,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<MyMandateResponse> {
    return tagged(reply, MyMandateResponse.of(await this.mine.get(id, principal, language)));
  }
}

function tagged(reply: FastifyReply, response: MyMandateResponse): MyMandateResponse {
  void reply.header('ETag', etagOf(response.revision));
  return response;
}
