import { Module } from '@nestjs/common';

import { HoldersModule } from '../holders/holders.module.ts';
import { MessagesModule } from '../messages/messages.module.ts';
import { PagesModule } from '../pages/pages.module.ts';
import { SessionsModule } from '../sessions/sessions.module.ts';
import { PreferencesPageController } from './preferences-page.controller.ts';
import { PreferencesController } from './preferences.controller.ts';
import { PreferencesService } from './preferences.service.ts';

/** How people want to be treated, chosen by themselves. */
@Module({
  imports: [HoldersModule, MessagesModule, PagesModule, SessionsModule],
  controllers: [PreferencesController, PreferencesPageController],
  providers: [PreferencesService],
})
export class PreferencesModule {}
