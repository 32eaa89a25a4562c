import { Module } from '@nestjs/common';

import { AuthModule } from '../auth/auth.module.ts';
import { CallsModule } from '../calls/calls.module.ts';
import { CodesModule } from '../codes/codes.module.ts';
import { PolicyDocumentsModule } from '../policy-documents/policy-documents.module.ts';
import { KillSwitchController } from './kill-switch.controller.ts';
import { KillSwitch } from './kill-switch.service.ts';

/** Ends what somebody can do here, all of it, at once. */
@Module({
  imports: [AuthModule, CallsModule, CodesModule, PolicyDocumentsModule],
  controllers: [KillSwitchController],
  providers: [KillSwitch],
  exports: [KillSwitch],
})
export class KillSwitchModule {}
