import { Module } from '@nestjs/common';

import { HoldersModule } from '../holders/holders.module.ts';
import { PagesModule } from '../pages/pages.module.ts';
import { PasskeysModule } from '../passkeys/passkeys.module.ts';
import { SessionsModule } from '../sessions/sessions.module.ts';
import { SignInModule } from '../sign-in/sign-in.module.ts';
import { VerificationsModule } from '../verifications/verifications.module.ts';
import { ProvePagesController } from './prove-pages.controller.ts';
import { WaysPagesController } from './ways-pages.controller.ts';
import { WaysController } from './ways.controller.ts';
import { WaysService } from './ways.service.ts';

/** How somebody shows who they are: what they have for it, adding and removing it, and showing it once more. */
@Module({
  imports: [HoldersModule, PagesModule, PasskeysModule, SessionsModule, SignInModule, VerificationsModule],
  controllers: [WaysController, WaysPagesController, ProvePagesController],
  providers: [WaysService],
})
export class WaysModule {}
