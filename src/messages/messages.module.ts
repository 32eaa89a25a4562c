import { Module } from '@nestjs/common';
import { HoldersModule } from '../holders/holders.module.ts';
import { DeliveryService } from './delivery.service.ts';
import { MessagesRepository } from './messages.repository.ts';
import { MessagesService } from './messages.service.ts';
import { OUTBOX_DEFAULTS, OUTBOX_OPTIONS } from './outbox-options.ts';
import { OutboxRunner } from './outbox.runner.ts';
import { Senders } from './senders.ts';

@Module({
  imports: [HoldersModule],
  providers: [
    MessagesService,
    MessagesRepository,
    DeliveryService,
    OutboxRunner,
    Senders,
    { provide: OUTBOX_OPTIONS, useValue: OUTBOX_DEFAULTS },
  ],
  exports: [OutboxRunner, MessagesService],
})
export class MessagesModule {}
