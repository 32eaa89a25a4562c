import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';

import { CurrentPrincipal, Scopes } from '../auth/access.decorators.ts';
import type { Principal } from '../auth/principal.ts';
import { askedAction, CallParams } from '../calls/calls.dto.ts';
import { Idempotent } from '../idempotency/idempotent.decorator.ts';
import {
  AskedHolderResponse,
  AskHolderRequest,
  AttemptRequest,
  AttemptResponse,
  ConfirmationParams,
  ConfirmationResponse,
  ResendRequest,
} from './confirmations.dto.ts';
import { ConfirmationsService } from './confirmations.service.ts';

@ApiTags('confirmations')
@Controller('v1')
@Scopes('agent', 'crm')
export class ConfirmationsController {
  constructor(private readonly confirmations: ConfirmationsService) {}

  /**
   * Sends the holder a one-time code about exactly these actions in this call; under a joint rule `all`, every holder
   * whose yes is missing. Redeem it, check again, and execute.
   */
  @Post('calls/:call_id/confirmations')
  @Idempotent()
  @ApiCreatedResponse({ type: AskedHolderResponse })
  async ask(
    @Param() { call_id }: CallParams,
    @Body() request: AskHolderRequest,
    @CurrentPrincipal() principal: Principal,
  ): Promise<AskedHolderResponse> {
    const asked = request.actions.map(askedAction);
    const views = await this.confirmations.ask(call_id, principal, asked);
    return { confirmations: views.map((view) => ConfirmationResponse.of(view)) };
  }

  /** What became of a code. */
  @Get('confirmations/:confirmation_id')
  async get(
    @Param() { confirmation_id }: ConfirmationParams,
    @CurrentPrincipal() principal: Principal,
  ): Promise<ConfirmationResponse> {
    return ConfirmationResponse.of(await this.confirmations.get(confirmation_id, principal));
  }

  /** One try. A wrong code is an answer (`accepted: false`); 5 tries, counted before they are compared. */
  @Post('confirmations/:confirmation_id/attempts')
  @HttpCode(200)
  @ApiOkResponse({ type: AttemptResponse })
  async attempt(
    @Param() { confirmation_id }: ConfirmationParams,
    @Body() request: AttemptRequest,
    @CurrentPrincipal() principal: Principal,
  ): Promise<AttemptResponse> {
    const asked = request.actions?.map(askedAction) ?? [];
    const attempt = await this.confirmations.attempt(
      confirmation_id,
      principal,
      request.code,
      request.call_id ?? null,
      asked,
    );
    return AttemptResponse.of(attempt);
  }

  /**
   * A new code for the same question; the old one is dead. Tries and budgets go on counting. With `route` it takes another
   * road, also when the message before could not be delivered; what the yes must be worth never changes.
   */
  @Post('confirmations/:confirmation_id/resend')
  @HttpCode(200)
  @ApiOkResponse({ type: ConfirmationResponse })
  async resend(
    @Param() { confirmation_id }: ConfirmationParams,
    @Body() request: ResendRequest,
    @CurrentPrincipal() principal: Principal,
  ): Promise<ConfirmationResponse> {
    return ConfirmationResponse.of(await this.confirmations.resend(confirmation_id, principal, request.route ?? null));
  }

  /** Takes the question back. */
  @Post('confirmations/:confirmation_id/cancel')
  @HttpCode(200)
  @ApiOkResponse({ type: ConfirmationResponse })
  async cancel(
    @Param() { confirmation_id }: ConfirmationParams,
    @CurrentPrincipal() principal: Principal,
  ): Promise<ConfirmationResponse> {
    return ConfirmationResponse.of(await this.confirmations.cancel(confirmation_id, principal));
  }
}
