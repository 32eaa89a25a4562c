import { Module } from '@nestjs/common';

import { HoldersModule } from '../holders/holders.module.ts';
import { LookUps } from './look-ups.service.ts';
import { ReachRepository } from './reach.repository.ts';
import { ReachService } from './reach.service.ts';

/** How many people an agent or a key gets to see. */
@Module({
  imports: [HoldersModule],
  providers: [ReachService, LookUps, ReachRepository],
  exports: [ReachService, LookUps],
})
export class ReachModule {}
