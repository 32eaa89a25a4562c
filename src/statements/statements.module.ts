import { Module } from '@nestjs/common';

import { CallsModule } from '../calls/calls.module.ts';
import { HoldersModule } from '../holders/holders.module.ts';
import { MessagesModule } from '../messages/messages.module.ts';
import { StatementsController } from './statements.controller.ts';
import { StatementsRepository } from './statements.repository.ts';
import { Statements } from './statements.service.ts';

/** What agents told callers. */
@Module({
  imports: [CallsModule, HoldersModule, MessagesModule],
  controllers: [StatementsController],
  providers: [Statements, StatementsRepository],
  exports: [Statements],
})
export class StatementsModule {}
