import { Module } from '@nestjs/common';

import { ActivityModule } from '../activity/activity.module.ts';
import { CallsModule } from '../calls/calls.module.ts';
import { Config } from '../config/config.ts';
import { ConfirmationsModule } from '../confirmations/confirmations.module.ts';
import { HoldersModule } from '../holders/holders.module.ts';
import { OpenIdProvider } from '../openid/openid-provider.ts';
import { ObligationsModule } from '../obligations/obligations.module.ts';
import { PagesModule } from '../pages/pages.module.ts';
import { PolicyDocumentsModule } from '../policy-documents/policy-documents.module.ts';
import { SessionsModule } from '../sessions/sessions.module.ts';
import { StatementsModule } from '../statements/statements.module.ts';
import { StaffModule } from '../staff/staff.module.ts';
import { VerificationsModule } from '../verifications/verifications.module.ts';
import { DeskCallerController } from './desk-caller.controller.ts';
import { DeskCallsController } from './desk-calls.controller.ts';
import { DeskCalls } from './desk-calls.service.ts';
import { DeskHolderController } from './desk-holder.controller.ts';
import { DeskPageFilter } from './desk-page.filter.ts';
import { DeskPageGuard } from './desk-page.guard.ts';
import { DeskSignInController, DeskSignOutController } from './desk-sign-in.controller.ts';
import { DESK_PROVIDER, DeskSignIn } from './desk-sign-in.service.ts';
import { DeskReportController } from './desk-report.controller.ts';
import { DeskStatementsController } from './desk-statements.controller.ts';
import { DeskNowhereController } from './nowhere.controller.ts';
import { LiveCallsController } from './live-calls.controller.ts';
import { LiveCallsRepository } from './live-calls.repository.ts';
import { LiveCalls } from './live-calls.service.ts';

/** That of the staff tokens, with us as its client. */
const deskProvider = {
  provide: DESK_PROVIDER,
  inject: [Config],
  useFactory: (config: Config): OpenIdProvider =>
    new OpenIdProvider({
      issuer: config.deskClientId === undefined ? undefined : config.oidcIssuer,
      clientId: config.deskClientId,
      clientSecret: config.deskClientSecret,
      isProduction: config.production,
      name: 'employees',
    }),
};

/** Where employees work while somebody is on the line. */
@Module({
  imports: [
    ActivityModule,
    CallsModule,
    ConfirmationsModule,
    HoldersModule,
    ObligationsModule,
    PagesModule,
    PolicyDocumentsModule,
    SessionsModule,
    StaffModule,
    StatementsModule,
    VerificationsModule,
  ],
  controllers: [
    DeskSignInController,
    DeskSignOutController,
    DeskCallsController,
    DeskCallerController,
    DeskHolderController,
    DeskStatementsController,
    DeskReportController,
    LiveCallsController,
    DeskNowhereController,
  ],
  providers: [DeskCalls, DeskPageFilter, DeskPageGuard, DeskSignIn, LiveCalls, LiveCallsRepository, deskProvider],
  exports: [DeskCalls],
})
export class DeskModule {}
