import { Module } from '@nestjs/common';

import { AuthModule } from '../auth/auth.module.ts';
import { CallsModule } from '../calls/calls.module.ts';
import { HoldersModule } from '../holders/holders.module.ts';
import { MandatesModule } from '../mandates/mandates.module.ts';
import { PagesModule } from '../pages/pages.module.ts';
import { PolicyDocumentsModule } from '../policy-documents/policy-documents.module.ts';
import { StatementsModule } from '../statements/statements.module.ts';
import { ActivityPagesController } from './activity-pages.controller.ts';
import { ActivityController } from './activity.controller.ts';
import { ActivityService } from './activity.service.ts';
import { CallIncidents } from './call-incidents.service.ts';
import { CallIncidentsController, IncidentsController, OwnIncidentsController } from './incidents.controller.ts';
import { IncidentsRepository } from './incidents.repository.ts';
import { IncidentsService } from './incidents.service.ts';

/** The audit as its people may read it, and what they question in it. */
@Module({
  imports: [
    AuthModule,
    CallsModule,
    HoldersModule,
    MandatesModule,
    PagesModule,
    PolicyDocumentsModule,
    StatementsModule,
  ],
  controllers: [
    ActivityController,
    ActivityPagesController,
    OwnIncidentsController,
    CallIncidentsController,
    IncidentsController,
  ],
  providers: [ActivityService, CallIncidents, IncidentsService, IncidentsRepository],
  exports: [ActivityService, CallIncidents, IncidentsService],
})
export class ActivityModule {}
