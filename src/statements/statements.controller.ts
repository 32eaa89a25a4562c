import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { CurrentPrincipal, Scopes } from '../auth/access.decorators.ts';
import type { Principal } from '../auth/principal.ts';
import { Idempotent } from '../idempotency/idempotent.decorator.ts';
import { StatementListResponse, StatementRequest, StatementResponse, StatementsParams } from './statements.dto.ts';
import { Statements } from './statements.service.ts';

/** What callers were told. */
@ApiTags('calls')
@Controller('v1/calls/:call_id/statements')
@Scopes('agent', 'crm')
export class StatementsController {
  constructor(private readonly statements: Statements) {}

  /**
   * Records what the agent of this call tells the caller, best just before it is said: what is not as the CRM has it is refused once,
   * as a warning. A correction names what it puts right, stays beside it, and can come after the call.
   */
  @Post()
  @Idempotent()
  async record(
    @Param() { call_id }: StatementsParams,
    @Body() request: StatementRequest,
    @CurrentPrincipal() principal: Principal,
  ): Promise<StatementResponse> {
    return StatementResponse.of(await this.statements.record(call_id, principal, request.toStatement()));
  }

  /** Everything that was said in this call, in its order. An agent sees their own calls. */
  @Get()
  async list(
    @Param() { call_id }: StatementsParams,
    @CurrentPrincipal() principal: Principal,
  ): Promise<StatementListResponse> {
    return StatementListResponse.of(await this.statements.ofCall(call_id, principal));
  }
}
