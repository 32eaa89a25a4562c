import { Module } from '@nestjs/common';

import { HoldersModule } from '../holders/holders.module.ts';
import { MessagesModule } from '../messages/messages.module.ts';
import { SessionsModule } from '../sessions/sessions.module.ts';
import { CodeAnswers } from './code-answers.service.ts';
import { CodeBudgets } from './code-budgets.service.ts';
import { CodeClearingRepository } from './code-clearing.repository.ts';
import { CodeClearing } from './code-clearing.service.ts';
import { CodeLinks } from './code-links.service.ts';
import { CodeRoads } from './code-roads.service.ts';
import { CodesRepository } from './codes.repository.ts';
import { CodesService } from './codes.service.ts';
import { SupportCodesRepository } from './support-codes.repository.ts';
import { SupportCodes } from './support-codes.service.ts';

@Module({
  imports: [HoldersModule, MessagesModule, SessionsModule],
  providers: [
    CodesService,
    CodeAnswers,
    CodeBudgets,
    CodeClearing,
    CodeLinks,
    CodeRoads,
    CodesRepository,
    CodeClearingRepository,
    SupportCodes,
    SupportCodesRepository,
  ],
  exports: [CodesService, CodeAnswers, CodeBudgets, CodeLinks, CodeRoads, SupportCodes],
})
export class CodesModule {}
