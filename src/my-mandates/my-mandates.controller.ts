import { Body, Controller, Get, HttpCode, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiConflictResponse, ApiHeader, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

import { CurrentPrincipal, Scopes } from '../auth/access.decorators.ts';
import type { Principal } from '../auth/principal.ts';
import { AttemptResponse } from '../confirmations/confirmations.dto.ts';
import { AskedLanguage } from '../http/preferred-language.ts';
import { Idempotent } from '../idempotency/idempotent.decorator.ts';
import { AcceptanceService } from '../mandates/acceptance.service.ts';
import { etagOf, IF_MATCH, IfMatch } from '../mandates/if-match.decorator.ts';
import type { MandateView } from '../mandates/mandate.ts';
import { MandateConfirmationResponse, MandateParams } from '../mandates/mandates.dto.ts';
import { MandatesService } from '../mandates/mandates.service.ts';
import type { Language } from '../policy/vocabulary.ts';
import {
  AcceptanceCodeResponse,
  AttemptMyConfirmationRequest,
  ChangedMyMandateResponse,
  GrantMyMandateRequest,
  GrantSubMandateRequest,
  MyConfirmationParams,
} from './granting.dto.ts';
import { GrantingService, type OwnGranted } from './granting.service.ts';
import {
  ChangeMyMandateRequest,
  ConfirmMyMandateRequest,
  MyMandatePageResponse,
  MyMandateResponse,
  MyMandatesQuery,
  SubMandatesResponse,
  WithdrawMyMandateRequest,
} from './my-mandates.dto.ts';
import { MyMandatesService } from './my-mandates.service.ts';

/** The same as the pages, for the organisation's own site or app. */
@ApiTags('self-service')
@Controller('v1/me/mandates')
@Scopes('person')
export class MyMandatesController {
  constructor(
    private readonly mine: MyMandatesService,
    private readonly granting: GrantingService,
    private readonly mandates: MandatesService,
    private readonly acceptance: AcceptanceService,
  ) {}

  /** The mandates that you gave, or that you got. */
  @Get()
  async list(
    @Query() query: MyMandatesQuery,
    @CurrentPrincipal() principal: Principal,
    @AskedLanguage() language: Language,
  ): Promise<MyMandatePageResponse> {
    return MyMandatePageResponse.of(await this.mine.list(query.toQuery(), principal, language));
  }

  /** One of your mandates. Somebody else's does not exist (404). */
  @Get(':id')
  async get(
    @Param() { id }: MandateParams,
    @CurrentPrincipal() principal: Principal,
    @AskedLanguage() language: Language,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<MyMandateResponse> {
    return tagged(reply, MyMandateResponse.of(await this.mine.get(id, principal, language)));
  }

  /**
   * Gives a mandate to whom you name. In a session of strength 3 it waits for the proxy at once; below that it is a draft, in
   * which nothing counts, until you type the code that is sent to you. Ten invitations a day.
   */
  @Post()
  @Idempotent()
  async grant(
    @Body() request: GrantMyMandateRequest,
    @CurrentPrincipal() principal: Principal,
    @AskedLanguage() language: Language,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ChangedMyMandateResponse> {
    const granted = await this.granting.grant(request.toGrant(), principal);
    void reply.header('Location', `/v1/me/mandates/${granted.mandate.id}`);
    return this.#changed(granted, principal, language, reply);
  }

  /**
   * What was made from this mandate and lives: to its holder all of it, to the proxy what they passed on. Each is stopped like
   * every mandate; `may_pass_on: false` in a change stops them all.
   */
  @Get(':id/sub-mandates')
  async subMandates(
    @Param() { id }: MandateParams,
    @CurrentPrincipal() principal: Principal,
    @AskedLanguage() language: Language,
  ): Promise<SubMandatesResponse> {
    return SubMandatesResponse.of(await this.mine.subMandates(id, principal, language));
  }

  /**
   * Lets somebody else do it, with a mandate that you hold and that its holder lets you pass on (403 otherwise). Never more,
   * stronger or longer than what you hold, and never further than to them. The same way as a grant: a draft until you type the
   * code that is sent to you, or at once in a session of strength 3. The holder gets a message.
   */
  @Post(':id/sub-mandates')
  @Idempotent()
  async passOn(
    @Param() { id }: MandateParams,
    @Body() request: GrantSubMandateRequest,
    @CurrentPrincipal() principal: Principal,
    @AskedLanguage() language: Language,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ChangedMyMandateResponse> {
    const granted = await this.granting.passOn(id, request.toGrant(), principal);
    void reply.header('Location', `/v1/me/mandates/${granted.mandate.id}`);
    return this.#changed(granted, principal, language, reply);
  }

  /**
   * Other scopes, contracts or another period, for a mandate that you gave. Less than before holds at once. More than before, a
   * later end among it, needs a session of strength 3 (403 `forbidden` otherwise).
   */
  @Patch(':id')
  @ApiHeader(IF_MATCH)
  async change(
    @Param() { id }: MandateParams,
    @IfMatch() revision: number,
    @Body() request: ChangeMyMandateRequest,
    @CurrentPrincipal() principal: Principal,
    @AskedLanguage() language: Language,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ChangedMyMandateResponse> {
    const changed = await this.granting.change(id, revision, request.toChange(), principal);
    return this.#changed(changed, principal, language, reply);
  }

  /** Sends you a new code to confirm it with, over a phone or by letter. The one before is dead. */
  @Post(':id/confirmations')
  @Idempotent()
  async askAgain(
    @Param() { id }: MandateParams,
    @Body() { route }: ConfirmMyMandateRequest,
    @CurrentPrincipal() principal: Principal,
  ): Promise<MandateConfirmationResponse> {
    return MandateConfirmationResponse.of(
      await this.mandates.askHolder(id, { principal, callId: null }, route ?? null),
    );
  }

  /** Your yes: the code that you got. Five tries. A wrong code is an answer, not an error. */
  @Post(':id/confirmations/:confirmation_id/attempts')
  @HttpCode(200)
  async confirm(
    @Param() { id, confirmation_id: codeId }: MyConfirmationParams,
    @Body() { code }: AttemptMyConfirmationRequest,
    @CurrentPrincipal() principal: Principal,
  ): Promise<AttemptResponse> {
    return AttemptResponse.of(await this.granting.confirm(id, codeId, code, principal));
  }

  /** The code with which your proxy accepts: pass it on yourself. Every look at it is recorded. */
  @Get(':id/acceptance-code')
  @ApiConflictResponse()
  async acceptanceCode(
    @Param() { id }: MandateParams,
    @CurrentPrincipal() principal: Principal,
  ): Promise<AcceptanceCodeResponse> {
    return AcceptanceCodeResponse.of(await this.acceptance.showCode(id, { principal, callId: null }));
  }

  /** Sends code and invitation again: the same code, until the same moment. Three times in ten minutes at most. */
  @Post(':id/invitation')
  @HttpCode(200)
  async invite(
    @Param() { id }: MandateParams,
    @CurrentPrincipal() principal: Principal,
    @AskedLanguage() language: Language,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ChangedMyMandateResponse> {
    const invited = await this.acceptance.invite(id, { principal, callId: null });
    return this.#changed({ ...invited, code: null }, principal, language, reply);
  }

  /** Switches it off until you resume it: at once. */
  @Post(':id/suspend')
  @HttpCode(200)
  async suspend(
    @Param() { id }: MandateParams,
    @CurrentPrincipal() principal: Principal,
    @AskedLanguage() language: Language,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<MyMandateResponse> {
    return this.#own(
      await this.mandates.switch(id, 'suspend', { principal, callId: null }),
      principal,
      language,
      reply,
    );
  }

  /** Switches it on again. Not in a session that an e-mail alone opened (403). */
  @Post(':id/resume')
  @HttpCode(200)
  async resume(
    @Param() { id }: MandateParams,
    @CurrentPrincipal() principal: Principal,
    @AskedLanguage() language: Language,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<MyMandateResponse> {
    return this.#own(await this.mandates.switch(id, 'resume', { principal, callId: null }), principal, language, reply);
  }

  /** Takes it back: at once, for good, and whatever its state. An ended one is answered as it is. */
  @Post(':id/withdraw')
  @HttpCode(200)
  async withdraw(
    @Param() { id }: MandateParams,
    @Body() { silent = false }: WithdrawMyMandateRequest,
    @CurrentPrincipal() principal: Principal,
    @AskedLanguage() language: Language,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<MyMandateResponse> {
    const ended = await this.mandates.end(id, 'withdraw', { principal, callId: null }, silent);
    return this.#own(ended, principal, language, reply);
  }

  async #own(
    mandate: MandateView,
    principal: Principal,
    language: Language,
    reply: FastifyReply,
  ): Promise<MyMandateResponse> {
    return tagged(reply, MyMandateResponse.of(await this.mine.asOwn(mandate, principal, language)));
  }

  async #changed(
    { mandate, code, invited }: OwnGranted,
    principal: Principal,
    language: Language,
    reply: FastifyReply,
  ): Promise<ChangedMyMandateResponse> {
    const own = await this.mine.asOwn(mandate, principal, language);
    return tagged(reply, ChangedMyMandateResponse.ofChanged(own, code, invited));
  }
}

function tagged<Response extends MyMandateResponse>(reply: FastifyReply, response: Response): Response {
  void reply.header('ETag', etagOf(response.revision));
  return response;
}
