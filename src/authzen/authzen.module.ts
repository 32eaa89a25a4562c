import { Module } from '@nestjs/common';

import { AuthModule } from '../auth/auth.module.ts';
import { CallsModule } from '../calls/calls.module.ts';
import { ChangesModule } from '../changes/changes.module.ts';
import { BatchService } from './batch.service.ts';
import { ConfigurationController } from './configuration.controller.ts';
import { EvaluationsController } from './evaluations.controller.ts';
import { EvaluationsService } from './evaluations.service.ts';
import { NamesRepository } from './names.repository.ts';
import { SearchController } from './search.controller.ts';
import { SearchService } from './search.service.ts';
import { SignedDecisions } from './signed-decisions.ts';

/** The standard decision API (OpenID AuthZEN): an adapter, with no decision of its own. */
@Module({
  imports: [AuthModule, CallsModule, ChangesModule],
  controllers: [EvaluationsController, SearchController, ConfigurationController],
  providers: [EvaluationsService, BatchService, SearchService, NamesRepository, SignedDecisions],
})
export class AuthzenModule {}
