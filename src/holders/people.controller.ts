import { Body, Controller, Get, Param, Put, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentPrincipal, Scopes } from '../auth/access.decorators.ts';
import { actorOf, type Principal } from '../auth/principal.ts';
import { ContactPointHistoryResponse, PersonParams, PersonRequest, PersonResponse } from './people.dto.ts';
import { PeopleService } from './people.service.ts';

@ApiTags('people and contracts')
@Controller('v1/people')
export class PeopleController {
  constructor(private readonly people: PeopleService) {}

  /**
   * Registers a person, or changes what is known of them. Saying the same again changes nothing. A contact point that isn't
   * named any more ends, and its owner is told of a change on the old and on the new one.
   */
  @Put(':crm_ref')
  @Scopes('crm', 'admin')
  @ApiCreatedResponse({ type: PersonResponse, description: 'Registered.' })
  @ApiOkResponse({ type: PersonResponse, description: 'Changed, or the same as before.' })
  async put(
    @Param() { crm_ref }: PersonParams,
    @Body() request: PersonRequest,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PersonResponse> {
    const { outcome, person, contactPoints } = await this.people.put(request.toRecord(crm_ref), actorOf(principal));
    void reply.status(outcome === 'created' ? 201 : 200);
    return PersonResponse.of(person, contactPoints);
  }

  /** One person by exact reference. The look-up is recorded, and the person can see it. */
  @Get(':crm_ref')
  @Scopes('crm', 'admin', 'privacy')
  async get(@Param() { crm_ref }: PersonParams, @CurrentPrincipal() principal: Principal): Promise<PersonResponse> {
    const { person, contactPoints } = await this.people.lookUp(crm_ref, 'live', actorOf(principal));
    return PersonResponse.of(person, contactPoints);
  }

  /** The contact points that a person has and had. The look-up is recorded, and the person can see it. */
  @Get(':crm_ref/contact-points/history')
  @Scopes('crm', 'admin', 'privacy')
  async history(
    @Param() { crm_ref }: PersonParams,
    @CurrentPrincipal() principal: Principal,
  ): Promise<ContactPointHistoryResponse> {
    const { contactPoints } = await this.people.lookUp(crm_ref, 'all', actorOf(principal));
    return ContactPointHistoryResponse.of(contactPoints);
  }
}
