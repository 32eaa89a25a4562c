import { Module } from '@nestjs/common';

import { CallsModule } from '../calls/calls.module.ts';
import { PagesModule } from '../pages/pages.module.ts';
import { PolicyDocumentsModule } from '../policy-documents/policy-documents.module.ts';
import { OwnLogController } from './own-log.controller.ts';
import { OwnLogPageController } from './own-log-page.controller.ts';
import { OwnLog } from './own-log.service.ts';

/** What agents can read of themselves. */
@Module({
  imports: [CallsModule, PagesModule, PolicyDocumentsModule],
  controllers: [OwnLogController, OwnLogPageController],
  providers: [OwnLog],
})
export class OwnLogModule {}
