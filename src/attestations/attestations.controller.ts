import { Body, Controller, Delete, Get, HttpCode, HttpStatus, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { CurrentPrincipal, Scopes } from '../auth/access.decorators.ts';
import { AgentParams } from '../auth/agents.dto.ts';
import { actorOf, type Principal } from '../auth/principal.ts';
import {
  AttestationParams,
  AttestationRequest,
  AttestationResponse,
  ExpiringPageResponse,
  ExpiringQuery,
} from './attestations.dto.ts';
import { AttestationsService } from './attestations.service.ts';

@ApiTags('agents')
@Controller('v1')
@Scopes('admin')
export class AttestationsController {
  constructor(private readonly attestations: AttestationsService) {}

  /** Records that an agent was trained in something, or signed for it, until when. To renew it, record the next one. */
  @Post('agents/:agent_ref/attestations')
  async record(
    @Param() { agent_ref }: AgentParams,
    @Body() request: AttestationRequest,
    @CurrentPrincipal() principal: Principal,
  ): Promise<AttestationResponse> {
    return AttestationResponse.of(await this.attestations.record(agent_ref, request.toNew(), actorOf(principal)));
  }

  /** Of one agent, what was not withdrawn; the last to expire first, at most 100. */
  @Get('agents/:agent_ref/attestations')
  async list(@Param() { agent_ref }: AgentParams): Promise<AttestationResponse[]> {
    return (await this.attestations.of(agent_ref)).map((one) => AttestationResponse.of(one));
  }

  /** It counts no more, from now on. */
  @Delete('agents/:agent_ref/attestations/:attestation_id')
  @HttpCode(HttpStatus.NO_CONTENT)
  withdraw(
    @Param() { agent_ref, attestation_id }: AttestationParams,
    @CurrentPrincipal() principal: Principal,
  ): Promise<void> {
    return this.attestations.withdraw(agent_ref, attestation_id, actorOf(principal));
  }

  /** What ends soon and nothing renews, of agents who are active; the first to end first. */
  @Get('attestations/expiring')
  async expiring(@Query() query: ExpiringQuery): Promise<ExpiringPageResponse> {
    const { attestations, next } = await this.attestations.expiring(...query.toQuery());
    return Object.assign(new ExpiringPageResponse(), {
      attestations: attestations.map((one) => AttestationResponse.of(one)),
      next,
    });
  }
}
