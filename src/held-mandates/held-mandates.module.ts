import { Module } from '@nestjs/common';

import { HoldersModule } from '../holders/holders.module.ts';
import { MandatesModule } from '../mandates/mandates.module.ts';
import { MyMandatesModule } from '../my-mandates/my-mandates.module.ts';
import { PagesModule } from '../pages/pages.module.ts';
import { PasskeysModule } from '../passkeys/passkeys.module.ts';
import { HeldMandatesController } from './held-mandates.controller.ts';
import { HeldPagesController } from './held-pages.controller.ts';
import { InvitationPagesController } from './invitation-pages.controller.ts';
import { InvitationsController } from './invitations.controller.ts';
import { InvitationsService } from './invitations.service.ts';
import { RecognitionController } from './recognition.controller.ts';
import { RecognitionService } from './recognition.service.ts';

/** The proxy's side of the self-service: the mandates that somebody holds. */
@Module({
  imports: [HoldersModule, MandatesModule, MyMandatesModule, PagesModule, PasskeysModule],
  controllers: [
    HeldMandatesController,
    RecognitionController,
    HeldPagesController,
    InvitationsController,
    InvitationPagesController,
  ],
  providers: [RecognitionService, InvitationsService],
})
export class HeldMandatesModule {}
