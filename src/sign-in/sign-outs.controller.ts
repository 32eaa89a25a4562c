import { Controller, HttpCode, HttpStatus, Param, Post } from '@nestjs/common';
import { ApiNotFoundResponse, ApiTags } from '@nestjs/swagger';

import { CurrentPrincipal, Scopes } from '../auth/access.decorators.ts';
import type { Principal } from '../auth/principal.ts';
import { PersonParams } from '../holders/people.dto.ts';
import { SignOuts } from './sign-outs.service.ts';

@ApiTags('people and contracts')
@Controller('v1/people/:crm_ref/sign-out')
export class SignOutsController {
  constructor(private readonly signOuts: SignOuts) {}

  /**
   * Ends all sessions of a person in the self-service, at once and for good, such as when they say that somebody else is in. They
   * can sign in again. The look-up is recorded, and the person can see it.
   */
  @Post()
  @Scopes('crm', 'admin')
  @HttpCode(HttpStatus.NO_CONTENT)
  @ApiNotFoundResponse()
  signOut(@Param() { crm_ref }: PersonParams, @CurrentPrincipal() principal: Principal): Promise<void> {
    return this.signOuts.signOut(crm_ref, principal);
  }
}
