import { Body, Controller, Get, HttpCode, HttpStatus, Param, Post, Query } from '@nestjs/common';
import { ApiBody, ApiTags } from '@nestjs/swagger';

import { CurrentPrincipal, Scopes } from '../auth/access.decorators.ts';
import type { Principal } from '../auth/principal.ts';
import { Idempotent } from '../idempotency/idempotent.decorator.ts';
import { ActivityParams } from './activity.dto.ts';
import { CallIncidents } from './call-incidents.service.ts';
import {
  CallIncidentRequest,
  CallIncidentResponse,
  CallIncidentsParams,
  CloseRequest,
  IncidentPageResponse,
  IncidentResponse,
  IncidentsQuery,
  ListedIncidentResponse,
  ReportedResponse,
  ReportRequest,
} from './incidents.dto.ts';
import { IncidentsService } from './incidents.service.ts';

/** For people: what they questioned. */
@ApiTags('self-service')
@Controller('v1/me')
@Scopes('person')
export class OwnIncidentsController {
  constructor(private readonly incidents: IncidentsService) {}

  /**
   * Says of an entry that it isn't right. One open report about an entry is enough: another is answered with the first. The
   * mandates of the others in it can be suspended or withdrawn in the same breath.
   */
  @Post('activity/:id/incidents')
  async report(
    @Param() { id }: ActivityParams,
    @Body() { text, stop = 'none' }: ReportRequest,
    @CurrentPrincipal() principal: Principal,
  ): Promise<ReportedResponse> {
    return ReportedResponse.ofReported(await this.incidents.report(principal, id, text, stop));
  }

  /** The newest first, 100 at most. */
  @Get('incidents')
  async list(@CurrentPrincipal() principal: Principal): Promise<IncidentResponse[]> {
    return (await this.incidents.own(principal)).map((incident) => IncidentResponse.of(incident));
  }
}

/** For agents: what they came across. */
@ApiTags('incidents')
@Controller('v1/calls/:call_id/incidents')
@Scopes('agent', 'crm')
export class CallIncidentsController {
  constructor(private readonly incidents: CallIncidents) {}

  /** Reports something from a call, or after it, to who deals with incidents. Neither the caller nor the holder reads it. */
  @Post()
  @Idempotent()
  async report(
    @Param() { call_id }: CallIncidentsParams,
    @Body() { type, text }: CallIncidentRequest,
    @CurrentPrincipal() principal: Principal,
  ): Promise<CallIncidentResponse> {
    return CallIncidentResponse.ofCall(await this.incidents.report(call_id, principal, { type, text }));
  }
}

/** For who deals with them. */
@ApiTags('incidents')
@Controller('v1/incidents')
@Scopes('privacy')
export class IncidentsController {
  constructor(private readonly incidents: IncidentsService) {}

  /** What people and agents reported, the oldest first, but what is about the employee who asks. The look-up is recorded in the log of each. */
  @Get()
  async list(@Query() query: IncidentsQuery, @CurrentPrincipal() principal: Principal): Promise<IncidentPageResponse> {
    const { incidents, next } = await this.incidents.list(query.toQuery(), principal);
    return Object.assign(new IncidentPageResponse(), {
      incidents: incidents.map((incident) => ListedIncidentResponse.ofListed(incident)),
      next,
    });
  }

  /** It was dealt with; the person who questioned it sees that. Closing it again changes nothing. One about who asks is absent. */
  @Post(':id/close')
  @HttpCode(HttpStatus.NO_CONTENT)
  @ApiBody({ type: CloseRequest, required: false })
  close(
    @Param() { id }: ActivityParams,
    @Body() { note }: CloseRequest,
    @CurrentPrincipal() principal: Principal,
  ): Promise<void> {
    return this.incidents.close(id, principal, note ?? null);
  }
}
