import { Module } from '@nestjs/common';

import { AuthModule } from '../auth/auth.module.ts';
import { ChangesModule } from '../changes/changes.module.ts';
import { CodesModule } from '../codes/codes.module.ts';
import { HoldersModule } from '../holders/holders.module.ts';
import { MessagesModule } from '../messages/messages.module.ts';
import { ObligationsModule } from '../obligations/obligations.module.ts';
import { PagesModule } from '../pages/pages.module.ts';
import { ReachModule } from '../reach/reach.module.ts';
import { CallsController } from './calls.controller.ts';
import { CallsRepository } from './calls.repository.ts';
import { CallsService } from './calls.service.ts';
import { CheckLane } from './check-lane.ts';
import { ChecksService } from './checks.service.ts';
import { ClaimClearing } from './claim-clearing.service.ts';
import { DryRunController } from './dry-run.controller.ts';
import { DryRunService } from './dry-run.service.ts';
import { ExecutionsRepository } from './executions.repository.ts';
import { FactsRepository } from './facts.repository.ts';
import { ReplayService } from './replay.service.ts';
import {
  OwnCallsController,
  OwnCallsPageController,
  ReverseVerificationController,
} from './reverse-verification.controller.ts';
import { ReverseVerification } from './reverse-verification.service.ts';
import { SupportCodePagesController, SupportCodesController } from './support-codes.controller.ts';

@Module({
  imports: [
    AuthModule,
    ChangesModule,
    CodesModule,
    HoldersModule,
    MessagesModule,
    ObligationsModule,
    PagesModule,
    ReachModule,
  ],
  controllers: [
    CallsController,
    DryRunController,
    ReverseVerificationController,
    OwnCallsController,
    OwnCallsPageController,
    SupportCodesController,
    SupportCodePagesController,
  ],
  providers: [
    CallsService,
    ChecksService,
    CheckLane,
    ClaimClearing,
    DryRunService,
    ReplayService,
    ReverseVerification,
    CallsRepository,
    ExecutionsRepository,
    FactsRepository,
  ],
  exports: [CallsService, ChecksService, DryRunService, ReplayService, ReverseVerification],
})
export class CallsModule {}
