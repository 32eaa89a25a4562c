import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';

import type { AuthenticatedRequest } from '../auth/access.decorators.ts';
import { KnownCallers } from '../auth/known-callers.ts';
import { compiledBodies } from '../http/compiled-body.ts';
import { type FastLane, openFastLane } from '../http/fast-lane.ts';
import { preferredLanguage } from '../http/preferred-language.ts';
import { CALL_SCOPES } from './calls.controller.ts';
import { CallParams, CheckRequest } from './calls.dto.ts';
import { checkText } from './check-text.ts';
import { ChecksService } from './checks.service.ts';

/** Asking what is possible, in requests that are as usual: the one thing that happens all the time. */
@Injectable()
export class CheckLane implements FastLane {
  readonly method = 'POST';
  readonly url = '/v1/calls/:call_id/checks';
  private readonly compiled = compiledBodies();

  constructor(
    private readonly callers: KnownCallers,
    private readonly checks: ChecksService,
    host: HttpAdapterHost,
  ) {
    // Without a server (the command line) there is nothing to open.
    if (host.httpAdapter?.getInstance !== undefined) openFastLane(host.httpAdapter.getInstance(), this);
  }

  recognise(request: FastifyRequest & AuthenticatedRequest): (() => Promise<Buffer>) | null {
    const { headers } = request;
    // An execution is repeated from memory, and a token is looked up: the controller's own guards know how to do that.
    if (headers['idempotency-key'] !== undefined || headers['mandaat-at-least'] !== undefined) return null;
    const body = this.compiled.read(CheckRequest, request.body);
    const params = this.compiled.read(CallParams, request.params);
    if (body === null || params === null) return null;
    const { purpose, asked } = body.toCheck();
    const principal = purpose === 'advise' ? this.callers.find(headers, CALL_SCOPES) : null;
    if (principal === null) return null;
    request.principal = principal;
    return () =>
      this.checks.advise(params.call_id, principal, asked, (check) =>
        Buffer.from(checkText(check, preferredLanguage(headers['accept-language'], check.language)), 'latin1'),
      );
  }
}
