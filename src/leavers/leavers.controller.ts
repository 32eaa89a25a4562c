import { Controller, Get, HttpCode, HttpStatus, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { CurrentPrincipal, Scopes } from '../auth/access.decorators.ts';
import type { Principal } from '../auth/principal.ts';
import { LeaverAlarmPageResponse, LeaverAlarmParams, LeaverAlarmResponse, LeaverAlarmsQuery } from './leavers.dto.ts';
import { Leavers } from './leavers.service.ts';

/** For who deals with them. */
@ApiTags('agents')
@Controller('v1/leaver-alarms')
@Scopes('privacy')
export class LeaversController {
  constructor(private readonly leavers: Leavers) {}

  /** Who is about to leave, and looked at more customers than they used to; the oldest first. */
  @Get()
  async list(
    @Query() query: LeaverAlarmsQuery,
    @CurrentPrincipal() principal: Principal,
  ): Promise<LeaverAlarmPageResponse> {
    const { alarms, next } = await this.leavers.alarms(principal, ...query.toQuery());
    return Object.assign(new LeaverAlarmPageResponse(), {
      alarms: alarms.map((alarm) => LeaverAlarmResponse.of(alarm)),
      next,
    });
  }

  /** It was dealt with. Closing it again changes nothing. */
  @Post(':id/close')
  @HttpCode(HttpStatus.NO_CONTENT)
  close(@Param() { id }: LeaverAlarmParams, @CurrentPrincipal() principal: Principal): Promise<void> {
    return this.leavers.close(id, principal);
  }
}
