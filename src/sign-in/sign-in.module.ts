import { Module } from '@nestjs/common';

import { Config } from '../config/config.ts';
import { CodesModule } from '../codes/codes.module.ts';
import { HoldersModule } from '../holders/holders.module.ts';
import { MessagesModule } from '../messages/messages.module.ts';
import { OpenIdProvider } from '../openid/openid-provider.ts';
import { PagesModule } from '../pages/pages.module.ts';
import { PasskeysModule } from '../passkeys/passkeys.module.ts';
import { ReachModule } from '../reach/reach.module.ts';
import { SessionsModule } from '../sessions/sessions.module.ts';
import { LoginPagesController } from './login-pages.controller.ts';
import { LOGIN_PROVIDER, LoginService } from './login.service.ts';
import { PasskeyPagesController } from './passkey-pages.controller.ts';
import { PasskeySignInsController } from './passkey-sign-ins.controller.ts';
import { SignInPagesController } from './sign-in-pages.controller.ts';
import { SignInService } from './sign-in.service.ts';
import { SignedInBrowser } from './signed-in-browser.ts';
import { SignInsController } from './sign-ins.controller.ts';
import { SignInsRepository } from './sign-ins.repository.ts';
import { SignOutsController } from './sign-outs.controller.ts';
import { SignOuts } from './sign-outs.service.ts';

/** The customers' own. */
const loginProvider = {
  provide: LOGIN_PROVIDER,
  inject: [Config],
  useFactory: (config: Config): OpenIdProvider =>
    new OpenIdProvider({
      issuer: config.loginIssuer,
      clientId: config.loginClientId,
      clientSecret: config.loginClientSecret,
      isProduction: config.production,
      name: 'customers',
    }),
};

/** Ways into the self-service, and out of it for who asks somebody else. */
@Module({
  imports: [CodesModule, HoldersModule, MessagesModule, PagesModule, PasskeysModule, ReachModule, SessionsModule],
  controllers: [
    SignInsController,
    SignInPagesController,
    LoginPagesController,
    PasskeySignInsController,
    PasskeyPagesController,
    SignOutsController,
  ],
  providers: [SignInService, SignInsRepository, SignedInBrowser, SignOuts, LoginService, loginProvider],
  exports: [SignInService, SignedInBrowser, LoginService],
})
export class SignInModule {}
