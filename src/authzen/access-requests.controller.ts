import { Controller, Get, Headers, HttpCode, HttpStatus, Param, Post, Res } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiBody,
  ApiCreatedResponse,
  ApiGoneResponse,
  ApiHeader,
  ApiOkResponse,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

import { CurrentPrincipal, Scopes } from '../auth/access.decorators.ts';
import type { Principal } from '../auth/principal.ts';
import { CALL_SCOPES } from '../calls/calls.controller.ts';
import { IDEMPOTENCY_HEADER, validKey } from '../idempotency/idempotency.interceptor.ts';
import { AccessRequestResponse, AccessRequestSubmission } from './access-requests.dto.ts';
import { AccessRequests, type TaskView } from './access-requests.service.ts';
import { Denials } from './denials.ts';
import { TolerantBody } from './tolerant-body.ts';

/** Seconds until asking again makes sense: somebody reads a message first. */
const SOON = 5;

const REQUEST_ID = { name: 'request_id', schema: { type: 'string', format: 'uuid' } } as const;

/** OpenID AuthZEN, Access Request and Approval Profile 1.0, draft: how systems have a holder asked. */
@ApiTags('authzen')
@ApiGoneResponse()
@Controller('access/v1/requests')
@Scopes(...CALL_SCOPES)
export class AccessRequestsController {
  constructor(
    private readonly requests: AccessRequests,
    private readonly denials: Denials,
  ) {}

  /** Asks the holder to lift a denial that came with `access_request`. 201 where it had ended by the time it was told. */
  @Post()
  @HttpCode(HttpStatus.ACCEPTED)
  @ApiHeader({
    name: IDEMPOTENCY_HEADER,
    required: false,
    description: 'The same request with the same key is one request, until a day after its call ends.',
    schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[!-~]+$' },
  })
  @ApiBody({ type: AccessRequestSubmission })
  @ApiAcceptedResponse({ type: AccessRequestResponse })
  @ApiCreatedResponse({ type: AccessRequestResponse })
  async submit(
    @TolerantBody() request: AccessRequestSubmission,
    @CurrentPrincipal() principal: Principal,
    @Headers('idempotency-key') key: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AccessRequestResponse> {
    const view = await this.requests.submit(request, key === undefined ? null : validKey(key), principal);
    const answer = this.told(view, reply);
    void reply.header('Location', answer.task.status_endpoint);
    if (view.request.status !== 'pending') void reply.status(HttpStatus.CREATED);
    return answer;
  }

  /** What became of a request. */
  @Get(':request_id')
  @ApiParam(REQUEST_ID)
  @ApiOkResponse({ type: AccessRequestResponse })
  async get(
    @Param('request_id') id: string,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AccessRequestResponse> {
    return this.told(await this.requests.get(id, principal), reply);
  }

  /** Takes the question back. */
  @Post(':request_id/cancel')
  @ApiParam(REQUEST_ID)
  @HttpCode(HttpStatus.OK)
  @ApiOkResponse({ type: AccessRequestResponse })
  async cancel(
    @Param('request_id') id: string,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AccessRequestResponse> {
    return this.told(await this.requests.cancel(id, principal), reply);
  }

  private told(view: TaskView, reply: FastifyReply): AccessRequestResponse {
    if (view.request.status === 'pending') void reply.header('Retry-After', String(SOON));
    return AccessRequestResponse.of(view, this.denials.endpoint);
  }
}
