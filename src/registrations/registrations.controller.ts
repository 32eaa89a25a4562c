import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiTags } from '@nestjs/swagger';

import { CurrentPrincipal, Scopes } from '../auth/access.decorators.ts';
import type { Principal } from '../auth/principal.ts';
import { Idempotent } from '../idempotency/idempotent.decorator.ts';
import {
  RegistrationParams,
  RegistrationRequest,
  RegistrationResponse,
  RegistrationsQuery,
} from './registrations.dto.ts';
import { RegistrationsService } from './registrations.service.ts';

/** For employees: one takes down what a holder gives without a screen, another looks at it, and the holder says yes. */
@ApiTags('registrations')
@Controller('v1/registrations')
@Scopes('agent', 'crm')
export class RegistrationsController {
  constructor(private readonly registrations: RegistrationsService) {}

  /**
   * Takes down a mandate that the holder gives on the phone or on paper. Nothing counts: a colleague looks at it first, and then
   * the holder says yes with a code. Lapses after a week without a colleague.
   */
  @Post()
  @Idempotent()
  @ApiCreatedResponse({ type: RegistrationResponse })
  async register(
    @Body() request: RegistrationRequest,
    @CurrentPrincipal() principal: Principal,
  ): Promise<RegistrationResponse> {
    return RegistrationResponse.of(await this.registrations.register(request.toRegistration(), principal));
  }

  /** What waits for a colleague, the oldest first; or the one of a mandate, by the number on the holder's letter. The look-up is recorded. */
  @Get()
  async list(
    @Query() { mandate_ref: ref }: RegistrationsQuery,
    @CurrentPrincipal() principal: Principal,
  ): Promise<RegistrationResponse[]> {
    return (await this.registrations.list(ref ?? null, principal)).map((view) => RegistrationResponse.of(view));
  }

  /** One of them; the look-up is recorded. For the scope `agent` there is none any more once the holder has answered. */
  @Get(':id')
  async get(
    @Param() { id }: RegistrationParams,
    @CurrentPrincipal() principal: Principal,
  ): Promise<RegistrationResponse> {
    return RegistrationResponse.of(await this.registrations.get(id, principal));
  }

  /**
   * The second pair of eyes: not who took it down. The holder gets their code at once. Whoever they read it out to types it; their
   * yes gives strength 2, and the proxy is invited.
   */
  @Post(':id/approve')
  @HttpCode(200)
  async approve(
    @Param() { id }: RegistrationParams,
    @CurrentPrincipal() principal: Principal,
  ): Promise<RegistrationResponse> {
    return RegistrationResponse.of(await this.registrations.approve(id, principal));
  }

  /** It is not so, or can't be read. Nobody is asked, and nobody hears of it. */
  @Post(':id/reject')
  @HttpCode(200)
  async reject(
    @Param() { id }: RegistrationParams,
    @CurrentPrincipal() principal: Principal,
  ): Promise<RegistrationResponse> {
    return RegistrationResponse.of(await this.registrations.reject(id, principal));
  }
}
