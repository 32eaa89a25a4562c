import { Body, Controller, Get, Headers, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiConflictResponse, ApiTags } from '@nestjs/swagger';

import { ActivityPageQuery, ActivityPageResponse } from '../activity/activity.dto.ts';
import { CurrentPrincipal, Scopes } from '../auth/access.decorators.ts';
import type { Principal } from '../auth/principal.ts';
import { AskedLanguage, preferredLanguage } from '../http/preferred-language.ts';
import {
  AcceptanceCodeResponse,
  ChangedMyMandateResponse,
  GrantSubMandateRequest,
} from '../my-mandates/granting.dto.ts';
import { MyMandatePageResponse, MyMandateResponse } from '../my-mandates/my-mandates.dto.ts';
import type { Language } from '../policy/vocabulary.ts';
import {
  OrganisationMandateParams,
  OrganisationMandatesQuery,
  OrganisationParams,
  OrganisationResponse,
} from './organisations.dto.ts';
import { OrganisationsService } from './organisations.service.ts';

/** Organisations for which you speak, as their contact person. Others do not exist for you (404). */
@ApiTags('self-service')
@Controller('v1/me/organisations')
@Scopes('person')
export class OrganisationsController {
  constructor(private readonly organisations: OrganisationsService) {}

  /** For whom you speak now. */
  @Get()
  async list(
    @CurrentPrincipal() principal: Principal,
    @AskedLanguage() language: Language,
  ): Promise<OrganisationResponse[]> {
    return (await this.organisations.list(principal, language)).map((one) => OrganisationResponse.of(one));
  }

  /** One of them: what you may do for it, and about which contracts. */
  @Get(':id')
  async get(
    @Param() { id }: OrganisationParams,
    @CurrentPrincipal() principal: Principal,
    @AskedLanguage() language: Language,
  ): Promise<OrganisationResponse> {
    return OrganisationResponse.of(await this.organisations.get(id, principal, language));
  }

  /** The mandates that it gave. */
  @Get(':id/mandates')
  async mandates(
    @Param() { id }: OrganisationParams,
    @Query() query: OrganisationMandatesQuery,
    @CurrentPrincipal() principal: Principal,
    @AskedLanguage() language: Language,
  ): Promise<MyMandatePageResponse> {
    return MyMandatePageResponse.of(await this.organisations.listMandates(id, query.toQuery(), principal, language));
  }

  /**
   * Gives a mandate in its name, of no more than you may do for it yourself. Alone, in a session of strength 3, it waits for the
   * proxy at once; below that the organisation gets a code, over its own contact point. Where you speak jointly another contact
   * person gets the code (403 where there is none). Until it is typed nothing counts.
   */
  @Post(':id/mandates')
  async grant(
    @Param() { id }: OrganisationParams,
    @Body() request: GrantSubMandateRequest,
    @CurrentPrincipal() principal: Principal,
    @AskedLanguage() language: Language,
  ): Promise<ChangedMyMandateResponse> {
    const { own, code, invited } = await this.organisations.grant(id, request.toGrant(), principal, language);
    return ChangedMyMandateResponse.ofChanged(own, code, invited);
  }

  /** What the proxy types to accept. Pass it on to them, and to nobody else. */
  @Get(':id/mandates/:mandate_id/acceptance-code')
  @ApiConflictResponse()
  async acceptanceCode(
    @Param() { id, mandate_id: mandateId }: OrganisationMandateParams,
    @CurrentPrincipal() principal: Principal,
  ): Promise<AcceptanceCodeResponse> {
    return AcceptanceCodeResponse.of(await this.organisations.showCode(id, mandateId, principal));
  }

  /** Takes it back: at once and for good, also where you speak jointly. Both sides are told. */
  @Post(':id/mandates/:mandate_id/withdraw')
  @HttpCode(200)
  async withdraw(
    @Param() { id, mandate_id: mandateId }: OrganisationMandateParams,
    @CurrentPrincipal() principal: Principal,
    @AskedLanguage() language: Language,
  ): Promise<MyMandateResponse> {
    return MyMandateResponse.of(await this.organisations.withdraw(id, mandateId, principal, language));
  }

  /** What was looked up, decided and done about it. The newest first. */
  @Get(':id/activity')
  async activity(
    @Param() { id }: OrganisationParams,
    @Query() query: ActivityPageQuery,
    @CurrentPrincipal() principal: Principal,
    @Headers('accept-language') wishes?: string,
  ): Promise<ActivityPageResponse> {
    const page = await this.organisations.activity(id, query.toQuery(), principal, (own) =>
      preferredLanguage(wishes, own),
    );
    return ActivityPageResponse.of(page);
  }
}
