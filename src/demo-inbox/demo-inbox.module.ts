import { type DynamicModule, Module } from '@nestjs/common';
import type { Config } from '../config/config.ts';
import { PagesModule } from '../pages/pages.module.ts';
import { SignInModule } from '../sign-in/sign-in.module.ts';
import { DemoInboxController } from './demo-inbox.controller.ts';
import { DemoInboxRepository } from './demo-inbox.repository.ts';
import { DemoSignInController } from './demo-sign-in.controller.ts';

/** Reads what the sandbox sender kept. Without a sandbox its routes don't exist. */
@Module({})
export class DemoInboxModule {
  static with(config: Config): DynamicModule {
    if (!config.demoInbox) return { module: DemoInboxModule };
    return {
      module: DemoInboxModule,
      imports: [PagesModule, SignInModule],
      controllers: [DemoInboxController, DemoSignInController],
      providers: [DemoInboxRepository],
    };
  }
}
