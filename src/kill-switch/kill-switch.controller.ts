import { Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { CurrentPrincipal, Scopes } from '../auth/access.decorators.ts';
import { AgentParams } from '../auth/agents.dto.ts';
import { KeysService } from '../auth/keys.service.ts';
import { actorOf, type Principal } from '../auth/principal.ts';
import { KeyParams, RevokedKeyResponse, ShutOutResponse } from './kill-switch.dto.ts';
import { KillSwitch } from './kill-switch.service.ts';

@ApiTags('agents')
@Controller('v1')
@Scopes('admin')
export class KillSwitchController {
  constructor(
    private readonly killSwitch: KillSwitch,
    private readonly keys: KeysService,
  ) {}

  /**
   * Ends everything that an agent has here, at once and in every process: they are let in no more, whatever key or token they come
   * with; keys bound to them are revoked, their open calls end, the codes that they asked for die. Once more changes nothing. They
   * come back by `PUT /v1/agents/{agent_ref}`; what was ended stays so.
   */
  @Post('agents/:agent_ref/shut-out')
  @HttpCode(200)
  async shutOut(
    @Param() { agent_ref }: AgentParams,
    @CurrentPrincipal() principal: Principal,
  ): Promise<ShutOutResponse> {
    return ShutOutResponse.of(await this.killSwitch.shutOut(agent_ref, actorOf(principal)));
  }

  /** Ends a key at once, in every process. Once more changes nothing. */
  @Post('keys/:key_id/revoke')
  @HttpCode(200)
  async revoke(@Param() { key_id }: KeyParams, @CurrentPrincipal() principal: Principal): Promise<RevokedKeyResponse> {
    return RevokedKeyResponse.of(await this.keys.revoke(key_id, actorOf(principal)));
  }
}
