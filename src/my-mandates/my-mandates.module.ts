import { Module } from '@nestjs/common';

import { HoldersModule } from '../holders/holders.module.ts';
import { MandatesModule } from '../mandates/mandates.module.ts';
import { RegisterModule } from '../holders/register.module.ts';
import { ConfirmationsModule } from '../confirmations/confirmations.module.ts';
import { CodesModule } from '../codes/codes.module.ts';
import { PagesModule } from '../pages/pages.module.ts';
import { GrantDraftsRepository } from './grant-drafts.repository.ts';
import { GrantDrafts } from './grant-drafts.service.ts';
import { GrantingPagesController } from './granting-pages.controller.ts';
import { MyMandatesPagesController } from './my-mandates-pages.controller.ts';
import { GrantingService } from './granting.service.ts';
import { ProxiesService } from './proxies.service.ts';
import { MyMandatesController } from './my-mandates.controller.ts';
import { MyMandatesService } from './my-mandates.service.ts';

/** A person's own mandates: by the API and on pages, over the services of `MandatesModule`. */
@Module({
  imports: [HoldersModule, RegisterModule, MandatesModule, CodesModule, ConfirmationsModule, PagesModule],
  controllers: [MyMandatesController, GrantingPagesController, MyMandatesPagesController],
  providers: [MyMandatesService, GrantingService, ProxiesService, GrantDrafts, GrantDraftsRepository],
  exports: [MyMandatesService, GrantingService, ProxiesService],
})
export class MyMandatesModule {}
