import { Body, Controller, Get, HttpCode, HttpStatus, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { CurrentPrincipal, Scopes } from '../auth/access.decorators.ts';
import type { Principal } from '../auth/principal.ts';
import { PreferencesRequest, PreferencesResponse } from './preferences.dto.ts';
import { PreferencesService } from './preferences.service.ts';

/** How somebody wants to be treated. */
@ApiTags('self-service')
@Controller('v1/me/preferences')
@Scopes('person')
export class PreferencesController {
  constructor(private readonly preferences: PreferencesService) {}

  /** How they want to be reached and read. */
  @Get()
  async get(@CurrentPrincipal() principal: Principal): Promise<PreferencesResponse> {
    return PreferencesResponse.of(await this.preferences.get(principal));
  }

  /** All of them at once. Needs a proof within 10 minutes. From then on the CRM changes neither language nor type. */
  @Put()
  @HttpCode(HttpStatus.OK)
  async save(
    @Body() request: PreferencesRequest,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PreferencesResponse> {
    await this.preferences.save(principal, request.toPreferences(), request.unreachable === true);
    return PreferencesResponse.of(await this.preferences.get(principal));
  }
}
