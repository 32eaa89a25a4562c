import { Module } from '@nestjs/common';

import { AuthModule } from '../auth/auth.module.ts';
import { HoldersModule } from '../holders/holders.module.ts';
import { CanariesController, CanaryAlarmsController } from './canaries.controller.ts';
import { CanariesRepository } from './canaries.repository.ts';
import { CanariesService } from './canaries.service.ts';
import { CanaryWatch } from './canary-watch.service.ts';

/** Customers whom nobody has a reason to look at. */
@Module({
  imports: [AuthModule, HoldersModule],
  controllers: [CanariesController, CanaryAlarmsController],
  providers: [CanariesService, CanaryWatch, CanariesRepository],
})
export class CanariesModule {}
