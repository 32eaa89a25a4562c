import { Body, Controller, Delete, Get, HttpCode, HttpStatus, Param, Post, Query } from '@nestjs/common';
import { ApiNotFoundResponse, ApiTags } from '@nestjs/swagger';

import { CurrentPrincipal, Scopes } from '../auth/access.decorators.ts';
import { actorOf, type Principal } from '../auth/principal.ts';
import {
  CanaryAlarmPageResponse,
  CanaryAlarmResponse,
  CanaryAlarmsQuery,
  CanaryParams,
  CanaryRequest,
  CanaryResponse,
} from './canaries.dto.ts';
import { CanariesService } from './canaries.service.ts';

@ApiTags('canaries')
@Controller('v1/canaries')
@Scopes('admin')
export class CanariesController {
  constructor(private readonly canaries: CanariesService) {}

  /**
   * Marks a customer as one who does not exist. Nobody sees a difference; whoever opens a call about them, looks them up, or has a
   * decision made about them outside a call, raises an alarm. Marked again, they stay so.
   */
  @Post()
  @HttpCode(HttpStatus.NO_CONTENT)
  @ApiNotFoundResponse()
  mark(@Body() request: CanaryRequest, @CurrentPrincipal() principal: Principal): Promise<void> {
    return this.canaries.mark(request.toNamed(), actorOf(principal));
  }

  /** All of them; there are few. */
  @Get()
  async list(): Promise<CanaryResponse[]> {
    return (await this.canaries.list()).map((canary) => CanaryResponse.of(canary));
  }

  /** From now on nobody raises an alarm by it. */
  @Delete(':id')
  @HttpCode(HttpStatus.NO_CONTENT)
  end(@Param() { id }: CanaryParams, @CurrentPrincipal() principal: Principal): Promise<void> {
    return this.canaries.end(id, actorOf(principal));
  }
}

/** For who deals with them. */
@ApiTags('canaries')
@Controller('v1/canary-alarms')
@Scopes('privacy')
export class CanaryAlarmsController {
  constructor(private readonly canaries: CanariesService) {}

  /** Who touched a canary, the oldest first. */
  @Get()
  async list(@Query() query: CanaryAlarmsQuery): Promise<CanaryAlarmPageResponse> {
    const { alarms, next } = await this.canaries.alarms(...query.toQuery());
    return Object.assign(new CanaryAlarmPageResponse(), {
      alarms: alarms.map((alarm) => CanaryAlarmResponse.of(alarm)),
      next,
    });
  }

  /** It was dealt with. Closing it again changes nothing. */
  @Post(':id/close')
  @HttpCode(HttpStatus.NO_CONTENT)
  close(@Param() { id }: CanaryParams, @CurrentPrincipal() principal: Principal): Promise<void> {
    return this.canaries.close(id, actorOf(principal));
  }
}
