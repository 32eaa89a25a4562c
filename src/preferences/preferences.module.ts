import { Module } from '@nestjs/common';

import { HoldersModule } from '../holders/holders.module.ts';
import { MessagesModule } from '../messages/messages.module.ts';
import { PagesModule } from '../pages/pages.module.ts';
import { PolicyDocumentsModule } from '../policy-documents/policy-documents.module.ts';
import { SessionsModule } from '../sessions/sessions.module.ts';
import { AskFirstController, AskFirstPageController } from './ask-first.controller.ts';
import { AskFirstRepository } from './ask-first.repository.ts';
import { AskFirstService } from './ask-first.service.ts';
import { PreferencesPageController } from './preferences-page.controller.ts';
import { PreferencesController } from './preferences.controller.ts';
import { PreferencesService } from './preferences.service.ts';

/** How people want to be treated, chosen by themselves. */
@Module({
  imports: [HoldersModule, MessagesModule, PagesModule, PolicyDocumentsModule, SessionsModule],
  controllers: [PreferencesController, PreferencesPageController, AskFirstController, AskFirstPageController],
  providers: [PreferencesService, AskFirstService, AskFirstRepository],
  exports: [PreferencesService, AskFirstService],
})
export class PreferencesModule {}
