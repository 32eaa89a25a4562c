import { Module } from '@nestjs/common';

import { ChangesController } from './changes.controller.ts';
import { ChangesRepository } from './changes.repository.ts';
import { ChangesService } from './changes.service.ts';

/** What changed, for whoever keeps something that depends on it. */
@Module({
  controllers: [ChangesController],
  providers: [ChangesService, ChangesRepository],
  exports: [ChangesService],
})
export class ChangesModule {}
