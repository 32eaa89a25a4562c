import { Module } from '@nestjs/common';
import { MessagesModule } from '../messages/messages.module.ts';
import { ReachModule } from '../reach/reach.module.ts';
import { SessionsModule } from '../sessions/sessions.module.ts';
import { ContactChangeNotice } from './contact-change.ts';
import { ContractsRegister } from './contracts-register.ts';
import { ContractsController } from './contracts.controller.ts';
import { ContractsService } from './contracts.service.ts';
import { HoldersModule } from './holders.module.ts';
import { UploadReader } from './import-upload.ts';
import { ImportService } from './import.service.ts';
import { ImportsController } from './imports.controller.ts';
import { ImportsRepository } from './imports.repository.ts';
import { OwnPoints } from './own-points.service.ts';
import { PeopleRegister } from './people-register.ts';
import { PeopleController } from './people.controller.ts';
import { PeopleService } from './people.service.ts';
import { PersonKeyRotation } from './person-key-rotation.service.ts';
import { PersonKeysRepository } from './person-keys.repository.ts';
import { RegisterRepository } from './register.repository.ts';

/** Registering people and contracts: by route, by file, by the CRM. Reading them is `HoldersModule`. */
@Module({
  imports: [HoldersModule, MessagesModule, ReachModule, SessionsModule],
  controllers: [PeopleController, ContractsController, ImportsController],
  providers: [
    ContactChangeNotice,
    ContractsRegister,
    ContractsService,
    ImportService,
    ImportsRepository,
    OwnPoints,
    PeopleRegister,
    PeopleService,
    PersonKeyRotation,
    PersonKeysRepository,
    RegisterRepository,
    UploadReader,
  ],
  exports: [ImportService, OwnPoints, PeopleRegister, PeopleService, ContractsService, PersonKeyRotation],
})
export class RegisterModule {}
