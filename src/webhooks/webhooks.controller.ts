import { Body, Controller, Delete, Get, HttpCode, HttpStatus, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiTags } from '@nestjs/swagger';

import { CurrentPrincipal, Scopes } from '../auth/access.decorators.ts';
import { actorOf, type Principal } from '../auth/principal.ts';
import { Idempotent } from '../idempotency/idempotent.decorator.ts';
import {
  DeliveriesQuery,
  DeliveryPageResponse,
  DeliveryParams,
  WebhookDeliveryResponse,
  ReplayRequest,
  ReplayResponse,
  RotationRequest,
  WebhookChangeRequest,
  WebhookListResponse,
  WebhookParams,
  WebhookRequest,
  WebhookResponse,
  WebhookSecretResponse,
} from './webhooks.dto.ts';
import { WebhooksService } from './webhooks.service.ts';

@ApiTags('webhooks')
@Controller('v1/webhooks')
@Scopes('admin')
export class WebhooksController {
  constructor(private readonly webhooks: WebhooksService) {}

  /** From now on this address is told of changes (Standard Webhooks; docs/webhooks.md). The secret is shown this once. */
  @Post()
  @Idempotent()
  @ApiCreatedResponse({ type: WebhookSecretResponse })
  async create(
    @Body() request: WebhookRequest,
    @CurrentPrincipal() principal: Principal,
  ): Promise<WebhookSecretResponse> {
    return WebhookSecretResponse.ofShown(await this.webhooks.create(request.toTerms(), actorOf(principal)));
  }

  /** All of them, without their secrets. */
  @Get()
  async list(): Promise<WebhookListResponse> {
    return WebhookListResponse.of(await this.webhooks.list());
  }

  /** One of them. */
  @Get(':id')
  async get(@Param() { id }: WebhookParams): Promise<WebhookResponse> {
    return WebhookResponse.of(await this.webhooks.get(id));
  }

  /** Changes what is given. A webhook that was disabled is enabled by hand, here. */
  @Patch(':id')
  async change(
    @Param() { id }: WebhookParams,
    @Body() request: WebhookChangeRequest,
    @CurrentPrincipal() principal: Principal,
  ): Promise<WebhookResponse> {
    return WebhookResponse.of(await this.webhooks.change(id, request, actorOf(principal)));
  }

  /** Nothing more is sent there. */
  @Delete(':id')
  @HttpCode(HttpStatus.NO_CONTENT)
  remove(@Param() { id }: WebhookParams, @CurrentPrincipal() principal: Principal): Promise<void> {
    return this.webhooks.remove(id, actorOf(principal));
  }

  /** A new secret, shown this once. For some hours messages have two signatures: with this one and with the one before. */
  @Post(':id/rotate')
  @HttpCode(HttpStatus.OK)
  async rotate(
    @Param() { id }: WebhookParams,
    @Body() { overlap_hours: hours }: RotationRequest,
    @CurrentPrincipal() principal: Principal,
  ): Promise<WebhookSecretResponse> {
    return WebhookSecretResponse.ofShown(await this.webhooks.rotate(id, hours ?? null, actorOf(principal)));
  }

  /** Sends a message of type `webhook.test`; what became of it stands among the deliveries. */
  @Post(':id/test')
  @HttpCode(HttpStatus.ACCEPTED)
  async test(
    @Param() { id }: WebhookParams,
    @CurrentPrincipal() principal: Principal,
  ): Promise<WebhookDeliveryResponse> {
    return WebhookDeliveryResponse.of(await this.webhooks.test(id, actorOf(principal)));
  }

  /** What was sent and what waits, the newest first; kept for 30 days. */
  @Get(':id/deliveries')
  async deliveries(@Param() { id }: WebhookParams, @Query() query: DeliveriesQuery): Promise<DeliveryPageResponse> {
    const { deliveries, next } = await this.webhooks.listDeliveries(id, query.toQuery());
    return Object.assign(new DeliveryPageResponse(), {
      deliveries: deliveries.map((delivery) => WebhookDeliveryResponse.of(delivery)),
      next,
    });
  }

  /** Sends one message again, with the same `webhook-id`, whether it had arrived or not. */
  @Post(':id/deliveries/:delivery_id/replay')
  @HttpCode(HttpStatus.ACCEPTED)
  async replay(
    @Param() { id, delivery_id: deliveryId }: DeliveryParams,
    @CurrentPrincipal() principal: Principal,
  ): Promise<WebhookDeliveryResponse> {
    return WebhookDeliveryResponse.of(await this.webhooks.replay(id, deliveryId, actorOf(principal)));
  }

  /** Sends everything again that happened since and failed to arrive. */
  @Post(':id/replay')
  @HttpCode(HttpStatus.ACCEPTED)
  async replaySince(
    @Param() { id }: WebhookParams,
    @Body() { since }: ReplayRequest,
    @CurrentPrincipal() principal: Principal,
  ): Promise<ReplayResponse> {
    const replayed = await this.webhooks.replaySince(id, new Date(since), actorOf(principal));
    return Object.assign(new ReplayResponse(), { replayed });
  }
}
