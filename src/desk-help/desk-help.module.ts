import { Module } from '@nestjs/common';

import { ActivityModule } from '../activity/activity.module.ts';
import { AssistanceModule } from '../assistance/assistance.module.ts';
import { ConfirmationsModule } from '../confirmations/confirmations.module.ts';
import { DeskModule } from '../desk/desk.module.ts';
import { MandateRequestsModule } from '../mandate-requests/mandate-requests.module.ts';
import { MandatesModule } from '../mandates/mandates.module.ts';
import { MyMandatesModule } from '../my-mandates/my-mandates.module.ts';
import { PagesModule } from '../pages/pages.module.ts';
import { PreferencesModule } from '../preferences/preferences.module.ts';
import { DeskHelp } from './desk-help.service.ts';
import { HelpController } from './help.controller.ts';
import { HelpMandatesController } from './help-mandates.controller.ts';
import { HelpQuestionsController } from './help-questions.controller.ts';
import { HelpWishesController } from './help-wishes.controller.ts';

/** The self-service of whoever is on the line, at the desk. */
@Module({
  imports: [
    ActivityModule,
    AssistanceModule,
    ConfirmationsModule,
    DeskModule,
    MandateRequestsModule,
    MandatesModule,
    MyMandatesModule,
    PagesModule,
    PreferencesModule,
  ],
  controllers: [HelpController, HelpMandatesController, HelpQuestionsController, HelpWishesController],
  providers: [DeskHelp],
})
export class DeskHelpModule {}
