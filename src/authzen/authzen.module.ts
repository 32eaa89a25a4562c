import { Module } from '@nestjs/common';

import { AuthModule } from '../auth/auth.module.ts';
import { CallsModule } from '../calls/calls.module.ts';
import { ChangesModule } from '../changes/changes.module.ts';
import { CodesModule } from '../codes/codes.module.ts';
import { ConfirmationsModule } from '../confirmations/confirmations.module.ts';
import { ReachModule } from '../reach/reach.module.ts';
import { WebhooksModule } from '../webhooks/webhooks.module.ts';
import { AccessCallbacksRepository } from './access-callbacks.repository.ts';
import { AccessCallbackRunner } from './access-callbacks.runner.ts';
import { AccessCallbacks } from './access-callbacks.service.ts';
import { AccessRequestsController } from './access-requests.controller.ts';
import { AccessRequestsRepository } from './access-requests.repository.ts';
import { AccessRequests } from './access-requests.service.ts';
import { Approvals } from './approvals.ts';
import { BatchService } from './batch.service.ts';
import { ConfigurationController } from './configuration.controller.ts';
import { Denials } from './denials.ts';
import { EvaluationsController } from './evaluations.controller.ts';
import { EvaluationsService } from './evaluations.service.ts';
import { NamesRepository } from './names.repository.ts';
import { RequestReader } from './request-reader.ts';
import { RequestStanding } from './request-standing.ts';
import { SearchController } from './search.controller.ts';
import { SearchService } from './search.service.ts';
import { SignedDecisions } from './signed-decisions.ts';

/** The standard decision API (OpenID AuthZEN): an adapter, with no decision of its own. */
@Module({
  imports: [AuthModule, CallsModule, ChangesModule, CodesModule, ConfirmationsModule, ReachModule, WebhooksModule],
  controllers: [EvaluationsController, SearchController, AccessRequestsController, ConfigurationController],
  providers: [
    EvaluationsService,
    BatchService,
    SearchService,
    RequestReader,
    RequestStanding,
    NamesRepository,
    SignedDecisions,
    Denials,
    Approvals,
    AccessRequests,
    AccessRequestsRepository,
    AccessCallbacks,
    AccessCallbacksRepository,
    AccessCallbackRunner,
  ],
})
export class AuthzenModule {}
