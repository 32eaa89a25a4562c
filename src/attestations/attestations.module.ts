import { Module } from '@nestjs/common';

import { AttestationsController } from './attestations.controller.ts';
import { AttestationsRepository } from './attestations.repository.ts';
import { AttestationsService } from './attestations.service.ts';

/** What agents were trained in or signed for, and until when. */
@Module({
  controllers: [AttestationsController],
  providers: [AttestationsService, AttestationsRepository],
})
export class AttestationsModule {}
