import { Module } from '@nestjs/common';

import { HoldersModule } from '../holders/holders.module.ts';
import { MessagesModule } from '../messages/messages.module.ts';
import { SessionsModule } from '../sessions/sessions.module.ts';
import { PasskeysRepository } from './passkeys.repository.ts';
import { PasskeysService } from './passkeys.service.ts';

/** Passkeys of people. Where they are shown and added is `SignInModule` and `WaysModule`. */
@Module({
  imports: [HoldersModule, MessagesModule, SessionsModule],
  providers: [PasskeysService, PasskeysRepository],
  exports: [PasskeysService],
})
export class PasskeysModule {}
