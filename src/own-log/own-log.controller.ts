import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { CurrentPrincipal, Scopes } from '../auth/access.decorators.ts';
import type { Principal } from '../auth/principal.ts';
import {
  DEFAULT_CALLS,
  LoggedCallParams,
  LoggedCallQuery,
  LoggedCallResponse,
  OwnLogQuery,
  OwnLogResponse,
} from './own-log.dto.ts';
import { OwnLog } from './own-log.service.ts';

@ApiTags('agents')
@Controller('v1/agents/me/log')
@Scopes('agent', 'crm')
export class OwnLogController {
  constructor(private readonly log: OwnLog) {}

  /** What the agent who asks did in their calls, as it is recorded: the newest call first, by references, without names. */
  @Get()
  async list(
    @Query() { limit, after }: OwnLogQuery,
    @CurrentPrincipal() principal: Principal,
  ): Promise<OwnLogResponse> {
    const most = limit === undefined ? DEFAULT_CALLS : Number(limit);
    return OwnLogResponse.of(await this.log.list(principal, most, after ?? null));
  }

  /** The same of one of their calls, 200 records at a time: for a call with more than the list tells. */
  @Get(':call_id')
  async ofCall(
    @Param() { call_id }: LoggedCallParams,
    @Query() { after }: LoggedCallQuery,
    @CurrentPrincipal() principal: Principal,
  ): Promise<LoggedCallResponse> {
    return LoggedCallResponse.of(await this.log.ofCall(principal, call_id, after ?? null));
  }
}
