import { Module } from '@nestjs/common';

import { ConfirmationsModule } from '../confirmations/confirmations.module.ts';
import { HoldersModule } from '../holders/holders.module.ts';
import { MyMandatesModule } from '../my-mandates/my-mandates.module.ts';
import { PagesModule } from '../pages/pages.module.ts';
import { SessionsModule } from '../sessions/sessions.module.ts';
import { LeaveController } from './leave.controller.ts';
import { LimitsPagesController } from './limits-pages.controller.ts';
import { MeController } from './me.controller.ts';
import { NowherePagesController } from './nowhere-pages.controller.ts';
import { PortalPagesController } from './portal-pages.controller.ts';

/** The self-service: what somebody who is signed in sees and does, on pages and by the API. */
@Module({
  imports: [ConfirmationsModule, HoldersModule, MyMandatesModule, PagesModule, SessionsModule],
  controllers: [LeaveController, LimitsPagesController, MeController, NowherePagesController, PortalPagesController],
})
export class PortalModule {}
