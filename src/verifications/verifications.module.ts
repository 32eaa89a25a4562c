import { Module } from '@nestjs/common';

import { CallsModule } from '../calls/calls.module.ts';
import { CodesModule } from '../codes/codes.module.ts';
import { HoldersModule } from '../holders/holders.module.ts';
import { MessagesModule } from '../messages/messages.module.ts';
import { VerificationsController } from './verifications.controller.ts';
import { VerificationsRepository } from './verifications.repository.ts';
import { VerificationsService } from './verifications.service.ts';

@Module({
  imports: [CallsModule, CodesModule, HoldersModule, MessagesModule],
  controllers: [VerificationsController],
  providers: [VerificationsService, VerificationsRepository],
  exports: [VerificationsService],
})
export class VerificationsModule {}
