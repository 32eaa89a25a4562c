import { Module } from '@nestjs/common';
import { CodesModule } from '../codes/codes.module.ts';
import { CapacityModule } from '../life-events/capacity.module.ts';
import { HoldersModule } from '../holders/holders.module.ts';
import { RegisterModule } from '../holders/register.module.ts';
import { MessagesModule } from '../messages/messages.module.ts';
import { ReachModule } from '../reach/reach.module.ts';
import { AcceptanceService } from './acceptance.service.ts';
import { BlocksController } from './blocks.controller.ts';
import { BlocksRepository } from './blocks.repository.ts';
import { BlocksService } from './blocks.service.ts';
import { ContactPersons } from './contact-persons.service.ts';
import { CounterpartsRepository } from './counterparts.repository.ts';
import { CounterpartsService } from './counterparts.service.ts';
import { GrantsService } from './grants.service.ts';
import { InvitationLinks } from './invitation-links.service.ts';
import { MandateCalls } from './mandate-calls.ts';
import { MandateEndings } from './mandate-endings.service.ts';
import { MandateNotices } from './mandate-notices.ts';
import { MandateRegister } from './mandate-register.ts';
import { MandateTerms } from './mandate-terms.ts';
import { MandatesController } from './mandates.controller.ts';
import { MandatesRepository } from './mandates.repository.ts';
import { MandatesService } from './mandates.service.ts';
import { RemindersRepository } from './reminders.repository.ts';
import { RemindersService } from './reminders.service.ts';
import { SubMandatesService } from './sub-mandates.service.ts';

@Module({
  imports: [ReachModule, HoldersModule, RegisterModule, MessagesModule, CodesModule, CapacityModule],
  controllers: [MandatesController, BlocksController],
  providers: [
    MandatesService,
    GrantsService,
    AcceptanceService,
    MandateRegister,
    MandateCalls,
    ContactPersons,
    MandateEndings,
    SubMandatesService,
    MandateTerms,
    MandateNotices,
    InvitationLinks,
    MandatesRepository,
    BlocksService,
    BlocksRepository,
    CounterpartsService,
    CounterpartsRepository,
    RemindersService,
    RemindersRepository,
  ],
  exports: [
    MandatesService,
    MandateTerms,
    GrantsService,
    SubMandatesService,
    AcceptanceService,
    MandateNotices,
    InvitationLinks,
    BlocksService,
    ContactPersons,
    CounterpartsService,
  ],
})
export class MandatesModule {}
