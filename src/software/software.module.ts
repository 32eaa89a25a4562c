import { Module } from '@nestjs/common';

import { HoldersModule } from '../holders/holders.module.ts';
import { MandatesModule } from '../mandates/mandates.module.ts';
import { MyMandatesModule } from '../my-mandates/my-mandates.module.ts';
import { PagesModule } from '../pages/pages.module.ts';
import { PolicyDocumentsModule } from '../policy-documents/policy-documents.module.ts';
import { VerificationsModule } from '../verifications/verifications.module.ts';
import { SoftwarePagesController } from './software-pages.controller.ts';
import { SoftwareController } from './software.controller.ts';
import { SoftwareRepository } from './software.repository.ts';
import { SoftwareService } from './software.service.ts';

/** Software that calls for a holder: declared, bounded, and out of use at once. */
@Module({
  imports: [HoldersModule, MandatesModule, MyMandatesModule, PagesModule, PolicyDocumentsModule, VerificationsModule],
  controllers: [SoftwareController, SoftwarePagesController],
  providers: [SoftwareService, SoftwareRepository],
})
export class SoftwareModule {}
