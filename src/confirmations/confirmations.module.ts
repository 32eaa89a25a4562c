import { Module } from '@nestjs/common';

import { CallsModule } from '../calls/calls.module.ts';
import { CodesModule } from '../codes/codes.module.ts';
import { HoldersModule } from '../holders/holders.module.ts';
import { MandatesModule } from '../mandates/mandates.module.ts';
import { MessagesModule } from '../messages/messages.module.ts';
import { PagesModule } from '../pages/pages.module.ts';
import { SessionsModule } from '../sessions/sessions.module.ts';
import { ConfirmationPageController } from './confirmation-page.controller.ts';
import { ConfirmationsController } from './confirmations.controller.ts';
import { ConfirmationsService } from './confirmations.service.ts';
import { OwnConfirmationsController, QuestionPagesController } from './own-confirmations.controller.ts';
import { OwnConfirmations } from './own-confirmations.service.ts';

@Module({
  imports: [CallsModule, CodesModule, HoldersModule, MandatesModule, MessagesModule, PagesModule, SessionsModule],
  controllers: [
    ConfirmationsController,
    ConfirmationPageController,
    OwnConfirmationsController,
    QuestionPagesController,
  ],
  providers: [ConfirmationsService, OwnConfirmations],
  exports: [ConfirmationsService, OwnConfirmations],
})
export class ConfirmationsModule {}
