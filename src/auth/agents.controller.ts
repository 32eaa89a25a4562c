import { Body, Controller, Get, Param, Put, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentPrincipal, Scopes } from './access.decorators.ts';
import { AgentParams, AgentRequest, AgentResponse } from './agents.dto.ts';
import { AgentsService } from './agents.service.ts';
import { actorOf, type Principal } from './principal.ts';

@ApiTags('agents')
@Controller('v1/agents')
@Scopes('admin')
export class AgentsController {
  constructor(private readonly agents: AgentsService) {}

  /** Registers an agent, or changes what is known of them. Saying the same again changes nothing. */
  @Put(':agent_ref')
  @ApiCreatedResponse({ type: AgentResponse, description: 'Registered.' })
  @ApiOkResponse({ type: AgentResponse, description: 'Changed, or the same as before.' })
  async put(
    @Param() { agent_ref }: AgentParams,
    @Body() request: AgentRequest,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AgentResponse> {
    const { outcome, agent } = await this.agents.put(agent_ref, request.toDetails(), actorOf(principal));
    void reply.status(outcome === 'created' ? 201 : 200);
    return AgentResponse.of(agent);
  }

  /** One agent by exact reference. */
  @Get(':agent_ref')
  async get(@Param() { agent_ref }: AgentParams): Promise<AgentResponse> {
    return AgentResponse.of(await this.agents.get(agent_ref));
  }
}
