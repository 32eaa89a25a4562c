import { Module } from '@nestjs/common';

import { DeliveriesRepository } from './deliveries.repository.ts';
import { WebhookDelivery } from './delivery.service.ts';
import { Destinations } from './destinations.ts';
import { DnsResolver, HOST_RESOLVER } from './resolver.ts';
import { WEBHOOK_DEFAULTS, WEBHOOK_OPTIONS } from './webhook-options.ts';
import { WebhookSecrets } from './webhook-secrets.ts';
import { WebhookSender } from './webhook-sender.ts';
import { WebhookRunner } from './webhook.runner.ts';
import { WebhooksController } from './webhooks.controller.ts';
import { WebhooksRepository } from './webhooks.repository.ts';
import { WebhooksService } from './webhooks.service.ts';

/** Tells other systems what changed, at an address of theirs. */
@Module({
  controllers: [WebhooksController],
  providers: [
    WebhooksService,
    WebhooksRepository,
    DeliveriesRepository,
    WebhookDelivery,
    WebhookRunner,
    WebhookSecrets,
    WebhookSender,
    Destinations,
    { provide: HOST_RESOLVER, useClass: DnsResolver },
    { provide: WEBHOOK_OPTIONS, useFactory: () => ({ ...WEBHOOK_DEFAULTS }) },
  ],
  exports: [Destinations, WebhookSecrets, WebhookSender, WEBHOOK_OPTIONS],
})
export class WebhooksModule {}
