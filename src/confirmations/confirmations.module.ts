import { Module } from '@nestjs/common';

import { CallsModule } from '../calls/calls.module.ts';
import { CodesModule } from '../codes/codes.module.ts';
import { HoldersModule } from '../holders/holders.module.ts';
import { MandatesModule } from '../mandates/mandates.module.ts';
import { MessagesModule } from '../messages/messages.module.ts';
import { ConfirmationPageController } from './confirmation-page.controller.ts';
import { ConfirmationsController } from './confirmations.controller.ts';
import { ConfirmationsService } from './confirmations.service.ts';

@Module({
  imports: [CallsModule, CodesModule, HoldersModule, MandatesModule, MessagesModule],
  controllers: [ConfirmationsController, ConfirmationPageController],
  providers: [ConfirmationsService],
  exports: [ConfirmationsService],
})
export class ConfirmationsModule {}
