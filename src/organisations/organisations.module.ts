import { Module } from '@nestjs/common';

import { ActivityModule } from '../activity/activity.module.ts';
import { HoldersModule } from '../holders/holders.module.ts';
import { MandatesModule } from '../mandates/mandates.module.ts';
import { MyMandatesModule } from '../my-mandates/my-mandates.module.ts';
import { PagesModule } from '../pages/pages.module.ts';
import { OrganisationsPagesController } from './organisations-pages.controller.ts';
import { OrganisationsController } from './organisations.controller.ts';
import { OrganisationsService } from './organisations.service.ts';

/** Organisations as holders, and what their contact persons do in their place. */
@Module({
  imports: [ActivityModule, HoldersModule, MandatesModule, MyMandatesModule, PagesModule],
  controllers: [OrganisationsController, OrganisationsPagesController],
  providers: [OrganisationsService],
})
export class OrganisationsModule {}
