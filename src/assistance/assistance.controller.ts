import { Controller, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { CurrentPrincipal, Scopes } from '../auth/access.decorators.ts';
import type { Principal } from '../auth/principal.ts';
import { CallParams } from '../calls/calls.dto.ts';
import { AssistanceResponse } from './assistance.dto.ts';
import { AssistanceService } from './assistance.service.ts';

@ApiTags('calls')
@Controller('v1/calls/:call_id/assistance')
@Scopes('agent', 'crm')
export class AssistanceController {
  constructor(private readonly assistance: AssistanceService) {}

  /**
   * What the one on the line would do in the self-service, you do for them, by the same routes below `/v1/me`: they have no
   * screen. Identify them first, at 2 or more. You see no code, and give nothing in their name; everything else is recorded, and a
   * letter tells them.
   */
  @Post()
  async open(
    @Param() { call_id: callId }: CallParams,
    @CurrentPrincipal() principal: Principal,
  ): Promise<AssistanceResponse> {
    return AssistanceResponse.of(await this.assistance.open(callId, principal));
  }
}
