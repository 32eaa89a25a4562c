import { Controller, Headers, HttpCode, Post } from '@nestjs/common';
import { ApiBody, ApiExtraModels, ApiOkResponse, ApiTags, getSchemaPath } from '@nestjs/swagger';

import { CurrentPrincipal, Scopes } from '../auth/access.decorators.ts';
import type { Principal } from '../auth/principal.ts';
import { CALL_SCOPES } from '../calls/calls.controller.ts';
import { AtLeast } from '../changes/at-least.ts';
import { AppError } from '../errors.ts';
import { Idempotent, Operation } from '../idempotency/idempotent.decorator.ts';
import { EvaluationRequest, EvaluationResponse, EvaluationsRequest, EvaluationsResponse } from './authzen.dto.ts';
import { BatchService } from './batch.service.ts';
import { isExecution, readSingle } from './batch.ts';
import { type Evaluated, EvaluationsService } from './evaluations.service.ts';
import { TolerantBody } from './tolerant-body.ts';

/** OpenID AuthZEN, Authorization API 1.0: how systems that enforce decisions ask for them. */
@ApiTags('authzen')
@Controller('access/v1')
@AtLeast()
@Scopes(...CALL_SCOPES)
export class EvaluationsController {
  constructor(
    private readonly evaluations: EvaluationsService,
    private readonly batches: BatchService,
  ) {}

  /**
   * May this subject have this action done on this resource? A deny is an answer (200), also when the question names what
   * doesn't exist. With `context.purpose` `execute` a permit counts as done.
   */
  @Post('evaluation')
  @HttpCode(200)
  @Idempotent({ appliesTo: isExecution })
  @ApiBody({ type: EvaluationRequest })
  @ApiOkResponse({ type: EvaluationResponse })
  async evaluation(
    @TolerantBody() request: EvaluationRequest,
    @CurrentPrincipal() principal: Principal,
    @Headers('accept-language') languages: string | undefined,
    @Operation() operation: string | null,
  ): Promise<Evaluated> {
    const known = await this.evaluations.find([request]);
    return this.evaluations.evaluate(request, known, { principal, languages }, operation);
  }

  /** Several questions at once. Without evaluations it is one question, and answered as one. */
  @Post('evaluations')
  @HttpCode(200)
  @ApiBody({ type: EvaluationsRequest })
  @ApiExtraModels(EvaluationResponse, EvaluationsResponse)
  @ApiOkResponse({
    schema: { anyOf: [{ $ref: getSchemaPath(EvaluationsResponse) }, { $ref: getSchemaPath(EvaluationResponse) }] },
  })
  async many(
    @TolerantBody() request: EvaluationsRequest,
    @CurrentPrincipal() principal: Principal,
    @Headers('accept-language') languages: string | undefined,
    @Headers('idempotency-key') key: string | undefined,
  ): Promise<Evaluated | { readonly evaluations: readonly Evaluated[] }> {
    const asker = { principal, languages };
    if (key !== undefined && [request, ...(request.evaluations ?? [])].some(isExecution)) {
      const detail = 'Idempotency-Key is for one evaluation: execute each by itself at /access/v1/evaluation.';
      throw new AppError('malformed_request', detail);
    }
    if ((request.evaluations ?? []).length > 0) return { evaluations: await this.batches.evaluate(request, asker) };
    const one = await readSingle(request);
    return this.evaluations.evaluate(one, await this.evaluations.find([one]), asker);
  }
}
