import { Module } from '@nestjs/common';

import { CodesModule } from '../codes/codes.module.ts';
import { HoldersModule } from '../holders/holders.module.ts';
import { MessagesModule } from '../messages/messages.module.ts';
import { PagesModule } from '../pages/pages.module.ts';
import { PasskeysModule } from '../passkeys/passkeys.module.ts';
import { SessionsModule } from '../sessions/sessions.module.ts';
import { LoginPagesController } from './login-pages.controller.ts';
import { LoginProvider } from './login-provider.ts';
import { LoginService } from './login.service.ts';
import { PasskeyPagesController } from './passkey-pages.controller.ts';
import { PasskeySignInsController } from './passkey-sign-ins.controller.ts';
import { SignInPagesController } from './sign-in-pages.controller.ts';
import { SignInService } from './sign-in.service.ts';
import { SignInsController } from './sign-ins.controller.ts';
import { SignInsRepository } from './sign-ins.repository.ts';

/** Ways into the self-service. */
@Module({
  imports: [CodesModule, HoldersModule, MessagesModule, PagesModule, PasskeysModule, SessionsModule],
  controllers: [
    SignInsController,
    SignInPagesController,
    LoginPagesController,
    PasskeySignInsController,
    PasskeyPagesController,
  ],
  providers: [SignInService, SignInsRepository, LoginProvider, LoginService],
  exports: [SignInService, LoginService],
})
export class SignInModule {}
