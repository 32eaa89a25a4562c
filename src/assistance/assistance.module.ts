import { Module } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';

import { CallsModule } from '../calls/calls.module.ts';
import { HoldersModule } from '../holders/holders.module.ts';
import { MessagesModule } from '../messages/messages.module.ts';
import { SessionsModule } from '../sessions/sessions.module.ts';
import { AssistanceController } from './assistance.controller.ts';
import { AssistanceInterceptor } from './assistance.interceptor.ts';
import { AssistanceRepository } from './assistance.repository.ts';
import { AssistanceService } from './assistance.service.ts';

/** What an employee does for who has no screen. */
@Module({
  imports: [CallsModule, HoldersModule, MessagesModule, SessionsModule],
  controllers: [AssistanceController],
  providers: [AssistanceService, AssistanceRepository, { provide: APP_INTERCEPTOR, useClass: AssistanceInterceptor }],
  exports: [AssistanceService],
})
export class AssistanceModule {}
