import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { CurrentPrincipal, Scopes } from '../auth/access.decorators.ts';
import type { Principal } from '../auth/principal.ts';
import { DEFAULT_CALLS, OwnLogQuery, OwnLogResponse } from './own-log.dto.ts';
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
}
