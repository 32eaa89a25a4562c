import { Body, Controller, Get, Param, Put, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentPrincipal, Scopes } from '../auth/access.decorators.ts';
import { actorOf, type Principal } from '../auth/principal.ts';
import { ContractParams, ContractRequest, ContractResponse } from './contracts.dto.ts';
import { ContractsService } from './contracts.service.ts';

@ApiTags('people and contracts')
@Controller('v1/contracts')
@Scopes('crm', 'admin')
export class ContractsController {
  constructor(private readonly contracts: ContractsService) {}

  /** Registers a contract, or changes what is known of it. Saying the same again changes nothing. */
  @Put(':contract_ref')
  @ApiCreatedResponse({ type: ContractResponse, description: 'Registered.' })
  @ApiOkResponse({ type: ContractResponse, description: 'Changed, or the same as before.' })
  async put(
    @Param() { contract_ref }: ContractParams,
    @Body() request: ContractRequest,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ContractResponse> {
    const { outcome, contract } = await this.contracts.put(request.toRecord(contract_ref), actorOf(principal));
    void reply.status(outcome === 'created' ? 201 : 200);
    return ContractResponse.of(contract);
  }

  /** One contract by exact reference. The look-up is recorded, and its holders can see it. */
  @Get(':contract_ref')
  async get(
    @Param() { contract_ref }: ContractParams,
    @CurrentPrincipal() principal: Principal,
  ): Promise<ContractResponse> {
    return ContractResponse.of(await this.contracts.lookUp(contract_ref, actorOf(principal)));
  }
}
