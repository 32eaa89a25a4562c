import { Module } from '@nestjs/common';

import { CodesModule } from '../codes/codes.module.ts';
import { HoldersModule } from '../holders/holders.module.ts';
import { MessagesModule } from '../messages/messages.module.ts';
import { PagesModule } from '../pages/pages.module.ts';
import { SessionsModule } from '../sessions/sessions.module.ts';
import { SignInPagesController } from './sign-in-pages.controller.ts';
import { SignInService } from './sign-in.service.ts';
import { SignInsController } from './sign-ins.controller.ts';
import { SignInsRepository } from './sign-ins.repository.ts';

/** Ways into the self-service. */
@Module({
  imports: [CodesModule, HoldersModule, MessagesModule, PagesModule, SessionsModule],
  controllers: [SignInsController, SignInPagesController],
  providers: [SignInService, SignInsRepository],
  exports: [SignInService],
})
export class SignInModule {}
