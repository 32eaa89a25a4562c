import { Module } from '@nestjs/common';

import { CallsModule } from '../calls/calls.module.ts';
import { CodesModule } from '../codes/codes.module.ts';
import { HoldersModule } from '../holders/holders.module.ts';
import { MessagesModule } from '../messages/messages.module.ts';
import { SessionsModule } from '../sessions/sessions.module.ts';
import { AuthenticatorsService } from './authenticators.service.ts';
import { VerificationsController } from './verifications.controller.ts';
import { VerificationsRepository } from './verifications.repository.ts';
import { VerificationsService } from './verifications.service.ts';

@Module({
  imports: [CallsModule, CodesModule, HoldersModule, MessagesModule, SessionsModule],
  controllers: [VerificationsController],
  providers: [AuthenticatorsService, VerificationsService, VerificationsRepository],
  exports: [AuthenticatorsService, VerificationsService],
})
export class VerificationsModule {}
