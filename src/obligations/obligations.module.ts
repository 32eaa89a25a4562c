import { Module } from '@nestjs/common';

import { HoldersModule } from '../holders/holders.module.ts';
import { ObligationsController } from './obligations.controller.ts';
import { ObligationsRepository } from './obligations.repository.ts';
import { Obligations } from './obligations.service.ts';

/** What came with a permit, and what became of it. */
@Module({
  imports: [HoldersModule],
  controllers: [ObligationsController],
  providers: [Obligations, ObligationsRepository],
  exports: [Obligations],
})
export class ObligationsModule {}
