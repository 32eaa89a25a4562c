import { Module } from '@nestjs/common';

import { KillSwitchModule } from '../kill-switch/kill-switch.module.ts';
import { LeaversController } from './leavers.controller.ts';
import { LeaversRepository } from './leavers.repository.ts';
import { Leavers } from './leavers.service.ts';

/** Employees whose last day is known. */
@Module({
  imports: [KillSwitchModule],
  controllers: [LeaversController],
  providers: [Leavers, LeaversRepository],
})
export class LeaversModule {}
