import { Module } from '@nestjs/common';

import { HoldersModule } from '../holders/holders.module.ts';
import { MandatesModule } from '../mandates/mandates.module.ts';
import { RegisterModule } from '../holders/register.module.ts';
import { ConfirmationsModule } from '../confirmations/confirmations.module.ts';
import { GrantingService } from './granting.service.ts';
import { ProxiesService } from './proxies.service.ts';
import { MyMandatesController } from './my-mandates.controller.ts';
import { MyMandatesService } from './my-mandates.service.ts';

/** A person's own mandates: by the API and on pages, over the services of `MandatesModule`. */
@Module({
  imports: [HoldersModule, RegisterModule, MandatesModule, ConfirmationsModule],
  controllers: [MyMandatesController],
  providers: [MyMandatesService, GrantingService, ProxiesService],
  exports: [MyMandatesService],
})
export class MyMandatesModule {}
