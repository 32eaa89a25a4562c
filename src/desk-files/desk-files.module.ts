import { Module } from '@nestjs/common';

import { ConfirmationsModule } from '../confirmations/confirmations.module.ts';
import { LifeEventsModule } from '../life-events/life-events.module.ts';
import { RepresentationsModule } from '../life-events/representations.module.ts';
import { PagesModule } from '../pages/pages.module.ts';
import { PolicyDocumentsModule } from '../policy-documents/policy-documents.module.ts';
import { RegistrationsModule } from '../registrations/registrations.module.ts';
import { EventFilesController } from './event-files.controller.ts';
import { FilesController } from './files.controller.ts';
import { RegistrationFilesController } from './registration-files.controller.ts';
import { RepresentationFilesController } from './representation-files.controller.ts';

/** The files of the desk: what one employee records and another looks at. */
@Module({
  imports: [
    ConfirmationsModule,
    LifeEventsModule,
    PagesModule,
    PolicyDocumentsModule,
    RegistrationsModule,
    RepresentationsModule,
  ],
  controllers: [FilesController, EventFilesController, RepresentationFilesController, RegistrationFilesController],
})
export class DeskFilesModule {}
