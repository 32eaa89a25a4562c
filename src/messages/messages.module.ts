import { Module } from '@nestjs/common';
import { HoldersModule } from '../holders/holders.module.ts';
import { DeliveryRoutes } from './delivery-routes.ts';
import { DeliveryService } from './delivery.service.ts';
import { MessageCaps } from './message-caps.ts';
import { MessageDaysRepository } from './message-days.repository.ts';
import { MessagesRepository } from './messages.repository.ts';
import { MessagesService } from './messages.service.ts';
import { Notices } from './notices.service.ts';
import { OUTBOX_DEFAULTS, OUTBOX_OPTIONS } from './outbox-options.ts';
import { OutboxRunner } from './outbox.runner.ts';
import { Senders } from './senders.ts';

@Module({
  imports: [HoldersModule],
  providers: [
    MessagesService,
    MessagesRepository,
    DeliveryService,
    DeliveryRoutes,
    Notices,
    MessageCaps,
    MessageDaysRepository,
    OutboxRunner,
    Senders,
    { provide: OUTBOX_OPTIONS, useValue: OUTBOX_DEFAULTS },
  ],
  exports: [OutboxRunner, MessagesService, DeliveryRoutes, Notices],
})
export class MessagesModule {}
