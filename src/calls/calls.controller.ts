import { Body, Controller, Get, Headers, HttpCode, Param, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiNotFoundResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';

import { CurrentPrincipal, Scopes } from '../auth/access.decorators.ts';
import type { Principal } from '../auth/principal.ts';
import { AtLeast } from '../changes/at-least.ts';
import { preferredLanguage } from '../http/preferred-language.ts';
import { Idempotent, Operation, Replayed } from '../idempotency/idempotent.decorator.ts';
import {
  CallParams,
  claimOf,
  ClaimRequest,
  CallResponse,
  CheckRequest,
  CheckResponse,
  OpenCallRequest,
  OpenedCallResponse,
} from './calls.dto.ts';
import { CallsService } from './calls.service.ts';
import { ChecksService } from './checks.service.ts';

/** Doing is repeated from memory, asking never: an answer from then would be a decision from then. */
function isExecution(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'purpose' in body && body.purpose === 'execute';
}

/** Who speaks with callers, or acts for those who do. */
export const CALL_SCOPES = ['agent', 'crm'] as const;

@ApiTags('calls')
@Controller('v1/calls')
@Scopes(...CALL_SCOPES)
export class CallsController {
  constructor(
    private readonly calls: CallsService,
    private readonly checks: ChecksService,
  ) {}

  /** Opens a call, and answers at once what this caller may have done on this contract over this channel. */
  @Post()
  @Idempotent({ isDoneAgain: true })
  @ApiCreatedResponse({ type: OpenedCallResponse })
  @ApiNotFoundResponse()
  async open(
    @Body() request: OpenCallRequest,
    @CurrentPrincipal() principal: Principal,
    @Headers('accept-language') languages: string | undefined,
    @Replayed() earlier: OpenedCallResponse | null,
  ): Promise<OpenedCallResponse> {
    const opened =
      earlier === null
        ? await this.calls.open(request.toOpenCall(), principal)
        : await this.calls.reopen(earlier.call.id, principal);
    return OpenedCallResponse.of(opened, languages);
  }

  /** Another person comes to the phone, in the same call. They are identified anew; open codes die. */
  @Post(':call_id/caller')
  @HttpCode(200)
  @ApiOkResponse({ type: OpenedCallResponse })
  async handOver(
    @Param() { call_id }: CallParams,
    @Body() request: ClaimRequest,
    @CurrentPrincipal() principal: Principal,
    @Headers('accept-language') languages: string | undefined,
  ): Promise<OpenedCallResponse> {
    return OpenedCallResponse.of(await this.calls.handOver(call_id, principal, claimOf(request)), languages);
  }

  /** One call. An agent sees their own. */
  @Get(':call_id')
  async get(@Param() { call_id }: CallParams, @CurrentPrincipal() principal: Principal): Promise<CallResponse> {
    return CallResponse.of(await this.calls.get(call_id, principal));
  }

  /**
   * Asks again, for all actions or for named ones with their properties. At `execute` every named action that is
   * permitted counts as done: its confirmation is used up, it is recorded, and the holder gets a notice.
   */
  @Post(':call_id/checks')
  @AtLeast()
  @HttpCode(200)
  @Idempotent({ appliesTo: isExecution })
  @ApiOkResponse({ type: CheckResponse })
  async check(
    @Param() { call_id }: CallParams,
    @Body() request: CheckRequest,
    @CurrentPrincipal() principal: Principal,
    @Headers('accept-language') languages: string | undefined,
    @Operation() operation: string | null,
  ): Promise<CheckResponse> {
    const check = await this.checks.check(call_id, principal, request.toCheck(), operation);
    return CheckResponse.of(check, preferredLanguage(languages, check.language));
  }

  /** Ends the call. Its open codes die with it. Ending an ended call changes nothing. */
  @Post(':call_id/end')
  @HttpCode(200)
  @ApiOkResponse({ type: CallResponse })
  async end(@Param() { call_id }: CallParams, @CurrentPrincipal() principal: Principal): Promise<CallResponse> {
    return CallResponse.of(await this.calls.end(call_id, principal));
  }
}
