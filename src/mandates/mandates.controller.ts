import { Body, Controller, Get, HttpCode, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiHeader, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentPrincipal, Scopes } from '../auth/access.decorators.ts';
import type { Principal } from '../auth/principal.ts';
import { Idempotent } from '../idempotency/idempotent.decorator.ts';
import { AcceptanceService } from './acceptance.service.ts';
import { GrantsService } from './grants.service.ts';
import { etagOf, IF_MATCH, IfMatch } from './if-match.decorator.ts';
import type { Asker } from './mandate-calls.ts';
import {
  AcceptanceResponse,
  AcceptMandateRequest,
  ChangeMandateRequest,
  ConfirmMandateRequest,
  GrantMandateRequest,
  InCallRequest,
  InvitedMandateResponse,
  MandateConfirmationResponse,
  MandatePageResponse,
  MandateParams,
  MandateResponse,
  MandatesQuery,
  WithdrawMandateRequest,
} from './mandates.dto.ts';
import { MandatesService } from './mandates.service.ts';

@ApiTags('mandates')
@Controller('v1/mandates')
export class MandatesController {
  constructor(
    private readonly mandates: MandatesService,
    private readonly grants: GrantsService,
    private readonly acceptance: AcceptanceService,
  ) {}

  /**
   * Registers a mandate. What proves it decides how it begins: said by the holder in a call it counts in that call at once
   * (24 hours at most, unless confirmed by code); only claimed by the proxy it is a draft; every other form waits for the
   * proxy's acceptance code. Two live mandates for one pair and one scope cannot exist. Agents register in an open call of
   * theirs about one of the contracts, with the holder or the proxy on the line.
   */
  @Post()
  @Scopes('crm', 'agent', 'admin')
  @Idempotent()
  async grant(
    @Body() request: GrantMandateRequest,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<InvitedMandateResponse> {
    const granted = await this.grants.grant(request.toGrant(), principal);
    void reply.header('Location', `/v1/mandates/${granted.mandate.id}`);
    return tagged(reply, InvitedMandateResponse.ofInvited(granted));
  }

  /** The mandates of one holder or one proxy, or the one with this reference. The look-up is recorded. */
  @Get()
  @Scopes('crm', 'admin', 'privacy')
  async list(@Query() query: MandatesQuery, @CurrentPrincipal() principal: Principal): Promise<MandatePageResponse> {
    return MandatePageResponse.of(await this.mandates.list(query.toQuery(), askerOf(principal)));
  }

  /** One mandate. The look-up is recorded, and both sides can see it. */
  @Get(':id')
  @Scopes('crm', 'admin', 'privacy')
  async get(
    @Param() { id }: MandateParams,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<MandateResponse> {
    return tagged(reply, MandateResponse.of(await this.mandates.get(id, askerOf(principal))));
  }

  /**
   * Changes scopes, contracts or period, or adds proof. Less than before keeps its proof; more needs new proof (`form`), and
   * the earlier proof no longer counts. More that only an e-mail or letter proves (strength below 2) makes an active mandate
   * wait for the proxy's acceptance again, with a new code. Agents only make it less (403 `forbidden` otherwise).
   */
  @Patch(':id')
  @Scopes('crm', 'agent', 'admin')
  @ApiHeader(IF_MATCH)
  async change(
    @Param() { id }: MandateParams,
    @IfMatch() revision: number,
    @Body() request: ChangeMandateRequest,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<InvitedMandateResponse> {
    const changed = await this.grants.change(id, revision, request.toChange(), askerOf(principal, request));
    return tagged(reply, InvitedMandateResponse.ofInvited(changed));
  }

  /**
   * The holder takes it back: at once, for good, and whatever its state. An ended one is answered as it is. Both sides are
   * told, unless it is done in silence; after that it does not exist for agents (404).
   */
  @Post(':id/withdraw')
  @HttpCode(200)
  @Scopes('crm', 'agent')
  async withdraw(
    @Param() { id }: MandateParams,
    @Body() request: WithdrawMandateRequest,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<MandateResponse> {
    const { silent = false } = request;
    const ended = await this.mandates.end(id, 'withdraw', askerOf(principal, request), silent);
    return tagged(reply, MandateResponse.of(ended));
  }

  /** The proxy lays it down; both sides are told. An ended one is answered as it is. */
  @Post(':id/renounce')
  @HttpCode(200)
  @Scopes('crm', 'agent')
  async renounce(
    @Param() { id }: MandateParams,
    @Body() request: InCallRequest,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<MandateResponse> {
    return tagged(reply, MandateResponse.of(await this.mandates.end(id, 'renounce', askerOf(principal, request))));
  }

  /** The organisation no longer accepts it. An ended one is answered as it is. */
  @Post(':id/refuse')
  @HttpCode(200)
  @Scopes('crm', 'admin')
  async refuse(
    @Param() { id }: MandateParams,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<MandateResponse> {
    return tagged(reply, MandateResponse.of(await this.mandates.end(id, 'refuse', askerOf(principal))));
  }

  /** The holder switches an active one off until they resume it. One that isn't active yet can only be withdrawn. */
  @Post(':id/suspend')
  @HttpCode(200)
  @Scopes('crm', 'agent')
  async suspend(
    @Param() { id }: MandateParams,
    @Body() request: InCallRequest,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<MandateResponse> {
    return tagged(reply, MandateResponse.of(await this.mandates.switch(id, 'suspend', askerOf(principal, request))));
  }

  /** The holder switches a suspended one on again. Not for agents: whoever is on the phone could say so. */
  @Post(':id/resume')
  @HttpCode(200)
  @Scopes('crm')
  async resume(
    @Param() { id }: MandateParams,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<MandateResponse> {
    return tagged(reply, MandateResponse.of(await this.mandates.switch(id, 'resume', askerOf(principal))));
  }

  /**
   * Sends the holder a code to confirm this mandate, over a phone or by letter. Their yes gives it strength 2, for a year at
   * most. Redeemed like every confirmation; one that went by letter by any agent.
   */
  @Post(':id/confirmations')
  @Scopes('crm', 'agent')
  @Idempotent()
  async confirm(
    @Param() { id }: MandateParams,
    @Body() request: ConfirmMandateRequest,
    @CurrentPrincipal() principal: Principal,
  ): Promise<MandateConfirmationResponse> {
    const { route = null } = request;
    return MandateConfirmationResponse.of(await this.mandates.askHolder(id, askerOf(principal, request), route));
  }

  /** The proxy accepts with the code that the holder passed on. Five tries. A wrong code is an answer, not an error. */
  @Post(':id/acceptance')
  @HttpCode(200)
  @Scopes('crm', 'agent')
  async accept(
    @Param() { id }: MandateParams,
    @Body() request: AcceptMandateRequest,
    @CurrentPrincipal() principal: Principal,
  ): Promise<AcceptanceResponse> {
    return AcceptanceResponse.of(await this.acceptance.accept(id, request.code, askerOf(principal, request)));
  }

  /** Sends code and invitation again: the same code, until the same moment. Three times in ten minutes at most. */
  @Post(':id/invitation')
  @HttpCode(200)
  @Scopes('crm', 'agent')
  async invite(
    @Param() { id }: MandateParams,
    @Body() request: InCallRequest,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<InvitedMandateResponse> {
    return tagged(
      reply,
      InvitedMandateResponse.ofInvited(await this.acceptance.invite(id, askerOf(principal, request))),
    );
  }
}

function askerOf(principal: Principal, request: InCallRequest = {}): Asker {
  return { principal, callId: request.call_id ?? null };
}

function tagged<Response extends MandateResponse>(reply: FastifyReply, response: Response): Response {
  void reply.header('ETag', etagOf(response.revision));
  return response;
}
