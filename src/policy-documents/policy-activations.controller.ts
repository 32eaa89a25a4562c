import { Body, Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';

import { CurrentPrincipal, Scopes } from '../auth/access.decorators.ts';
import { actorOf, type Principal } from '../auth/principal.ts';
import type { PolicyHash } from '../policy/ids.ts';
import {
  ActivateRequest,
  LoadedPolicyResponse,
  PolicyActivationsResponse,
  StartQuery,
} from './policy-documents.dto.ts';
import { PolicyDocuments } from './policy-documents.service.ts';
import { ActivationIdPipe } from './policy-hash.pipe.ts';

/** Which policy comes into force when. */
@ApiTags('policies')
@Controller('v1/policy-activations')
@Scopes('admin')
export class PolicyActivationsController {
  constructor(private readonly policies: PolicyDocuments) {}

  /** What is planned, what is in force, and what was. */
  @Get()
  async list(): Promise<PolicyActivationsResponse> {
    return PolicyActivationsResponse.of(await this.policies.activations());
  }

  /** Brings a policy that is known into force, now or later: this is how one goes back to the one of before. */
  @Post()
  @HttpCode(200)
  async activate(
    @Body() request: ActivateRequest,
    @CurrentPrincipal() principal: Principal,
  ): Promise<LoadedPolicyResponse> {
    const { policies } = this;
    const startsAt = StartQuery.momentOf(request);
    return LoadedPolicyResponse.of(await policies.activate(request.hash as PolicyHash, actorOf(principal), startsAt));
  }

  /** Calls off what was planned, until its moment comes. */
  @Delete(':activation_id')
  @HttpCode(204)
  @ApiParam({ name: 'activation_id', schema: { type: 'string', pattern: '^[1-9][0-9]{0,17}$' } })
  cancel(
    @Param('activation_id', ActivationIdPipe) id: string,
    @CurrentPrincipal() principal: Principal,
  ): Promise<void> {
    return this.policies.cancel(id, actorOf(principal));
  }
}
