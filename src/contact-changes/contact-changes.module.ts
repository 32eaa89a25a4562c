import { Module } from '@nestjs/common';

import { CodesModule } from '../codes/codes.module.ts';
import { HoldersModule } from '../holders/holders.module.ts';
import { RegisterModule } from '../holders/register.module.ts';
import { MessagesModule } from '../messages/messages.module.ts';
import { PagesModule } from '../pages/pages.module.ts';
import { SessionsModule } from '../sessions/sessions.module.ts';
import { ContactChangesController } from './contact-changes.controller.ts';
import { ContactChangesRepository } from './contact-changes.repository.ts';
import { ContactChangesService } from './contact-changes.service.ts';
import { ContactCodeMessage } from './contact-code-message.ts';
import { ContactPagesController } from './contact-pages.controller.ts';

/** Contact points that people change themselves. */
@Module({
  imports: [CodesModule, HoldersModule, RegisterModule, MessagesModule, PagesModule, SessionsModule],
  controllers: [ContactChangesController, ContactPagesController],
  providers: [ContactChangesService, ContactChangesRepository, ContactCodeMessage],
})
export class ContactChangesModule {}
