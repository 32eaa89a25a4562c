import { Module } from '@nestjs/common';

import { ActivityModule } from '../activity/activity.module.ts';
import { PagesModule } from '../pages/pages.module.ts';
import { UnmaskingsModule } from '../unmaskings/unmaskings.module.ts';
import { IncidentPagesController } from './incident-pages.controller.ts';
import { UnmaskingPagesController } from './unmasking-pages.controller.ts';

/** Pages of the desk for who sees to privacy. */
@Module({
  imports: [ActivityModule, PagesModule, UnmaskingsModule],
  controllers: [IncidentPagesController, UnmaskingPagesController],
})
export class DeskPrivacyModule {}
