import { Module } from '@nestjs/common';

import { CodesModule } from '../codes/codes.module.ts';
import { MandatesModule } from '../mandates/mandates.module.ts';
import { PolicyDocumentsModule } from '../policy-documents/policy-documents.module.ts';
import { RegistrationsController } from './registrations.controller.ts';
import { RegistrationsRepository } from './registrations.repository.ts';
import { RegistrationsService } from './registrations.service.ts';

/** Mandates that employees take down for who has no screen. */
@Module({
  imports: [CodesModule, MandatesModule, PolicyDocumentsModule],
  controllers: [RegistrationsController],
  providers: [RegistrationsService, RegistrationsRepository],
  exports: [RegistrationsService],
})
export class RegistrationsModule {}
