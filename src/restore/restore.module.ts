import { Module } from '@nestjs/common';

import { CallsModule } from '../calls/calls.module.ts';
import { ChangesModule } from '../changes/changes.module.ts';
import { CodesModule } from '../codes/codes.module.ts';
import { RepresentationsModule } from '../life-events/representations.module.ts';
import { MandatesModule } from '../mandates/mandates.module.ts';
import { MessagesModule } from '../messages/messages.module.ts';
import { PolicyDocumentsModule } from '../policy-documents/policy-documents.module.ts';
import { SessionsModule } from '../sessions/sessions.module.ts';
import { StaffModule } from '../staff/staff.module.ts';
import { VerificationsModule } from '../verifications/verifications.module.ts';
import { RestoredDatabase } from './restored-database.service.ts';

/** For the command line alone: the service has no route to it. */
@Module({
  imports: [
    PolicyDocumentsModule,
    MessagesModule,
    CodesModule,
    CallsModule,
    ChangesModule,
    MandatesModule,
    SessionsModule,
    StaffModule,
    RepresentationsModule,
    VerificationsModule,
  ],
  providers: [RestoredDatabase],
})
export class RestoreModule {}
