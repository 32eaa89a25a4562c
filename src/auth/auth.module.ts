import { Global, Module } from '@nestjs/common';
import { APP_GUARD, DiscoveryModule } from '@nestjs/core';
import { AccessSweep } from './access-sweep.ts';
import { Cookies } from '../pages/cookies.ts';
import { PolicyDocumentsModule } from '../policy-documents/policy-documents.module.ts';
import { StaffModule } from '../staff/staff.module.ts';
import { SessionsModule } from '../sessions/sessions.module.ts';
import { AgentsController } from './agents.controller.ts';
import { AgentsRepository } from './agents.repository.ts';
import { AgentsService } from './agents.service.ts';
import { BearerGuard } from './bearer.guard.ts';
import { BearerStrategy } from './bearer.strategy.ts';
import { ChangeListener } from './change-listener.ts';
import { KeysRepository } from './keys.repository.ts';
import { KeysService } from './keys.service.ts';
import { KnownCallers } from './known-callers.ts';
import { StaffAccess } from './staff-access.ts';
import { StaffKeys } from './staff-keys.ts';
import { StaffTokensService } from './staff-tokens.service.ts';

@Global()
@Module({
  imports: [DiscoveryModule, PolicyDocumentsModule, SessionsModule, StaffModule],
  controllers: [AgentsController],
  providers: [
    AccessSweep,
    AgentsRepository,
    AgentsService,
    BearerStrategy,
    ChangeListener,
    // Stateless, and all that this room needs of pages.
    Cookies,
    KeysRepository,
    KeysService,
    KnownCallers,
    StaffAccess,
    StaffKeys,
    StaffTokensService,
    { provide: APP_GUARD, useClass: BearerGuard },
  ],
  exports: [AgentsService, ChangeListener, KeysService, KnownCallers, StaffTokensService],
})
export class AuthModule {}
