import { Module } from '@nestjs/common';

import { ReachRepository } from './reach.repository.ts';
import { ReachService } from './reach.service.ts';

/** How many people an agent or a key gets to see. */
@Module({ providers: [ReachService, ReachRepository], exports: [ReachService] })
export class ReachModule {}
