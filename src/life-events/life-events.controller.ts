import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { CurrentPrincipal, Scopes } from '../auth/access.decorators.ts';
import type { Principal } from '../auth/principal.ts';
import { EvidenceRequest, FileParams, FilesQuery } from './legal-files.dto.ts';
import {
  ContestRequest,
  ContestResponse,
  LifeEventRequest,
  LifeEventResponse,
  ReversalRequest,
} from './life-events.dto.ts';
import { LifeEventsService } from './life-events.service.ts';

/** For employees: one records, another approves. */
@ApiTags('life events')
@Controller('v1/life-events')
@Scopes('agent', 'crm')
export class LifeEventsController {
  constructor(private readonly events: LifeEventsService) {}

  /**
   * Something happened in somebody's life. Counts from the next check on: until a second employee has approved a proof it
   * suspends, for ten Dutch working days at most.
   */
  @Post()
  async record(
    @Body() request: LifeEventRequest,
    @CurrentPrincipal() principal: Principal,
  ): Promise<LifeEventResponse> {
    return LifeEventResponse.of(await this.events.record(request.toReport(), principal));
  }

  /** Of one person, the newest first; or what waits for a second employee, the oldest first. The look-up is recorded. */
  @Get()
  @Scopes('agent', 'crm', 'privacy')
  async list(@Query() { person }: FilesQuery, @CurrentPrincipal() principal: Principal): Promise<LifeEventResponse[]> {
    return (await this.events.list(person ?? null, principal)).map((event) => LifeEventResponse.of(event));
  }

  /** One event; the look-up is recorded. */
  @Get(':id')
  @Scopes('agent', 'crm', 'privacy')
  async get(@Param() { id }: FileParams, @CurrentPrincipal() principal: Principal): Promise<LifeEventResponse> {
    return LifeEventResponse.of(await this.events.get(id, principal));
  }

  /** Puts a proof on file: what the paper looks like and where it lies. */
  @Post(':id/evidence')
  async addEvidence(
    @Param() { id }: FileParams,
    @Body() request: EvidenceRequest,
    @CurrentPrincipal() principal: Principal,
  ): Promise<LifeEventResponse> {
    return LifeEventResponse.of(await this.events.addProof(id, request.toProof(), principal));
  }

  /** The second pair of eyes: neither who recorded it nor who filed the proof. What the law ends, ends with this answer. */
  @Post(':id/approve')
  @HttpCode(200)
  async approve(@Param() { id }: FileParams, @CurrentPrincipal() principal: Principal): Promise<LifeEventResponse> {
    return LifeEventResponse.of(await this.events.approve(id, principal));
  }

  /** It is not so: it counts no more, and never will. */
  @Post(':id/reject')
  @HttpCode(200)
  async reject(@Param() { id }: FileParams, @CurrentPrincipal() principal: Principal): Promise<LifeEventResponse> {
    return LifeEventResponse.of(await this.events.reject(id, principal));
  }

  /** Its person, or somebody else, says that it is not right: an incident for who deals with those. The event stands meanwhile. */
  @Post(':id/contests')
  async contest(
    @Param() { id }: FileParams,
    @Body() { text }: ContestRequest,
    @CurrentPrincipal() principal: Principal,
  ): Promise<ContestResponse> {
    return ContestResponse.of(await this.events.contest(id, text, principal));
  }

  /**
   * Says that the event is over or never was: an event of its own, which a second employee approves. What was suspended
   * counts again then; what has ended stays ended.
   */
  @Post(':id/reversals')
  async reverse(
    @Param() { id }: FileParams,
    @Body() { evidence, occurred_on: occurredOn, reported_by: reportedBy }: ReversalRequest,
    @CurrentPrincipal() principal: Principal,
  ): Promise<LifeEventResponse> {
    return LifeEventResponse.of(await this.events.reverse(id, evidence.toProof(), occurredOn, reportedBy, principal));
  }
}
