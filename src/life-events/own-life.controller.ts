import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { CurrentPrincipal, Scopes } from '../auth/access.decorators.ts';
import type { Principal } from '../auth/principal.ts';
import { OwnLifeEventResponse, OwnRepresentationResponse } from './own-life.dto.ts';
import { OwnLife } from './own-life.service.ts';

/** For people: what is recorded about their life. Is it not right? They question the entry of their activity with its id. */
@ApiTags('self-service')
@Controller('v1/me')
@Scopes('person')
export class OwnLifeController {
  constructor(private readonly own: OwnLife) {}

  /** What changed in their life, as it is recorded with us. The newest first, 100 at most. */
  @Get('life-events')
  async lifeEvents(@CurrentPrincipal() principal: Principal): Promise<OwnLifeEventResponse[]> {
    return (await this.own.lifeEvents(principal)).map((event) => OwnLifeEventResponse.of(event));
  }

  /** Who represents them by law, and whom they represent. The newest first, 100 at most. */
  @Get('representations')
  async representations(@CurrentPrincipal() principal: Principal): Promise<OwnRepresentationResponse[]> {
    return (await this.own.ownRepresentations(principal)).map((one) => OwnRepresentationResponse.of(one));
  }
}
