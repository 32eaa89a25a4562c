import { Module } from '@nestjs/common';

import { HoldersModule } from '../holders/holders.module.ts';
import { MandatesModule } from '../mandates/mandates.module.ts';
import { MyMandatesController } from './my-mandates.controller.ts';
import { MyMandatesService } from './my-mandates.service.ts';

/** A person's own mandates: by the API and on pages, over the services of `MandatesModule`. */
@Module({
  imports: [HoldersModule, MandatesModule],
  controllers: [MyMandatesController],
  providers: [MyMandatesService],
  exports: [MyMandatesService],
})
export class MyMandatesModule {}
