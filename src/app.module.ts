import { type DynamicModule, Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { ActivityModule } from './activity/activity.module.ts';
import { AssistanceModule } from './assistance/assistance.module.ts';
import { AttestationsModule } from './attestations/attestations.module.ts';
import { AuditModule } from './audit/audit.module.ts';
import { AuthModule } from './auth/auth.module.ts';
import { AuthzenModule } from './authzen/authzen.module.ts';
import { CallsModule } from './calls/calls.module.ts';
import { CanariesModule } from './canaries/canaries.module.ts';
import { ChangesModule } from './changes/changes.module.ts';
import { CodesModule } from './codes/codes.module.ts';
import { ConfirmationsModule } from './confirmations/confirmations.module.ts';
import type { Config } from './config/config.ts';
import { ConfigModule } from './config/config.module.ts';
import { CryptoModule } from './crypto/crypto.module.ts';
import { DatabaseModule } from './database/database.module.ts';
import { DeskFilesModule } from './desk-files/desk-files.module.ts';
import { DeskHelpModule } from './desk-help/desk-help.module.ts';
import { DeskPrivacyModule } from './desk-privacy/desk-privacy.module.ts';
import { DeskModule } from './desk/desk.module.ts';
import { DemoInboxModule } from './demo-inbox/demo-inbox.module.ts';
import { HeldMandatesModule } from './held-mandates/held-mandates.module.ts';
import { HoldersModule } from './holders/holders.module.ts';
import { RegisterModule } from './holders/register.module.ts';
import { HttpModule } from './http/http.module.ts';
import { IdempotencyModule } from './idempotency/idempotency.module.ts';
import { KillSwitchModule } from './kill-switch/kill-switch.module.ts';
import { LeaversModule } from './leavers/leavers.module.ts';
import { LifeEventsModule } from './life-events/life-events.module.ts';
import { MandateRequestsModule } from './mandate-requests/mandate-requests.module.ts';
import { MandatesModule } from './mandates/mandates.module.ts';
import { MessagesModule } from './messages/messages.module.ts';
import { MyMandatesModule } from './my-mandates/my-mandates.module.ts';
import { ObligationsModule } from './obligations/obligations.module.ts';
import { OrganisationsModule } from './organisations/organisations.module.ts';
import { OwnLogModule } from './own-log/own-log.module.ts';
import { PagesModule } from './pages/pages.module.ts';
import { PolicyDocumentsModule } from './policy-documents/policy-documents.module.ts';
import { PortalModule } from './portal/portal.module.ts';
import { SignInModule } from './sign-in/sign-in.module.ts';
import { ContactChangesModule } from './contact-changes/contact-changes.module.ts';
import { PreferencesModule } from './preferences/preferences.module.ts';
import { RegistrationsModule } from './registrations/registrations.module.ts';
import { SoftwareModule } from './software/software.module.ts';
import { StatementsModule } from './statements/statements.module.ts';
import { UnmaskingsModule } from './unmaskings/unmaskings.module.ts';
import { VerificationsModule } from './verifications/verifications.module.ts';
import { WaysModule } from './ways/ways.module.ts';
import { WebhooksModule } from './webhooks/webhooks.module.ts';

/** The one list of modules. */
@Module({})
export class AppModule {
  static with(config: Config): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigModule.with(config),
        DatabaseModule,
        ScheduleModule.forRoot(),
        HttpModule,
        AuditModule,
        CryptoModule,
        AuthModule,
        AttestationsModule,
        IdempotencyModule,
        HoldersModule,
        MessagesModule,
        RegisterModule,
        PolicyDocumentsModule,
        MandatesModule,
        CodesModule,
        CallsModule,
        AuthzenModule,
        CanariesModule,
        ChangesModule,
        ConfirmationsModule,
        VerificationsModule,
        PagesModule,
        SignInModule,
        PortalModule,
        MyMandatesModule,
        HeldMandatesModule,
        MandateRequestsModule,
        KillSwitchModule,
        LeaversModule,
        LifeEventsModule,
        RegistrationsModule,
        AssistanceModule,
        WaysModule,
        ActivityModule,
        PreferencesModule,
        SoftwareModule,
        ObligationsModule,
        StatementsModule,
        UnmaskingsModule,
        OrganisationsModule,
        OwnLogModule,
        ContactChangesModule,
        DeskPrivacyModule,
        DeskModule,
        DeskFilesModule,
        DeskHelpModule,
        WebhooksModule,
        DemoInboxModule.with(config),
      ],
    };
  }
}
