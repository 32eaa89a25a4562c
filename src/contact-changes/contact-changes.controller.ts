import { Body, Controller, Delete, Get, HttpCode, HttpStatus, Param, Post, Put } from '@nestjs/common';
import { ApiNotFoundResponse, ApiTags } from '@nestjs/swagger';

import { CurrentPrincipal, Scopes } from '../auth/access.decorators.ts';
import type { Principal } from '../auth/principal.ts';
import {
  ChangeAttemptRequest,
  ChangeAttemptResponse,
  ChangeCodeRequest,
  ContactChangeParams,
  ContactChangeRequest,
  ContactChangeResponse,
  OwnPointsResponse,
  SharedRequest,
} from './contact-changes.dto.ts';
import { ContactChangesService } from './contact-changes.service.ts';

/** How somebody is reached, changed by themselves: the same as the pages. */
@ApiTags('self-service')
@Controller('v1/me')
@Scopes('person')
export class ContactChangesController {
  constructor(private readonly changes: ContactChangesService) {}

  /** Phone numbers, e-mail addresses and the address of record of who is signed in, and changes that wait. */
  @Get('contact-points')
  async list(@CurrentPrincipal() principal: Principal): Promise<OwnPointsResponse> {
    const { points, usable } = await this.changes.own(principal);
    return OwnPointsResponse.of(points, usable, await this.changes.waiting(principal));
  }

  /**
   * Says that others read this contact point too, or no longer. Nothing goes to it then, no news and no code; when it is one's own
   * again it is as new. Needs a proof within 10 minutes.
   */
  @Put('contact-points/:id/shared')
  @HttpCode(HttpStatus.NO_CONTENT)
  async share(
    @Param() { id }: ContactChangeParams,
    @Body() { shared }: SharedRequest,
    @CurrentPrincipal() principal: Principal,
  ): Promise<void> {
    await this.changes.share(principal, id, shared);
  }

  /**
   * Asks for a change: a code goes to a contact point that has aged, and one to the new one. Needs a proof within 10 minutes,
   * and a session of strength 2 for a phone number or an address. One change of each kind waits at a time.
   */
  @Post('contact-changes')
  @ApiNotFoundResponse()
  async propose(
    @Body() request: ContactChangeRequest,
    @CurrentPrincipal() principal: Principal,
  ): Promise<ContactChangeResponse> {
    return ContactChangeResponse.of(await this.changes.propose(principal, request.toWish()));
  }

  /** How far a change is. One that is done, over or called off is not found any more. */
  @Get('contact-changes/:id')
  async get(
    @Param() { id }: ContactChangeParams,
    @CurrentPrincipal() principal: Principal,
  ): Promise<ContactChangeResponse> {
    return ContactChangeResponse.of(await this.changes.get(principal, id));
  }

  /** Another code to the same contact point; the one before is dead. */
  @Post('contact-changes/:id/codes')
  @HttpCode(HttpStatus.NO_CONTENT)
  async resend(
    @Param() { id }: ContactChangeParams,
    @Body() { side, spoken = false }: ChangeCodeRequest,
    @CurrentPrincipal() principal: Principal,
  ): Promise<void> {
    await this.changes.resend(principal, id, side, spoken);
  }

  /** One of five tries. When both codes were right the change is made, and both contact points are told. */
  @Post('contact-changes/:id/attempts')
  @HttpCode(HttpStatus.OK)
  async attempt(
    @Param() { id }: ContactChangeParams,
    @Body() { side, code }: ChangeAttemptRequest,
    @CurrentPrincipal() principal: Principal,
  ): Promise<ChangeAttemptResponse> {
    return ChangeAttemptResponse.of(await this.changes.attempt(principal, id, side, code));
  }

  /** Calls a change off. */
  @Delete('contact-changes/:id')
  @HttpCode(HttpStatus.NO_CONTENT)
  async cancel(@Param() { id }: ContactChangeParams, @CurrentPrincipal() principal: Principal): Promise<void> {
    await this.changes.cancel(principal, id);
  }
}
