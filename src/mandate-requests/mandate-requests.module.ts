import { Module } from '@nestjs/common';

import { HoldersModule } from '../holders/holders.module.ts';
import { MandatesModule } from '../mandates/mandates.module.ts';
import { MessagesModule } from '../messages/messages.module.ts';
import { MyMandatesModule } from '../my-mandates/my-mandates.module.ts';
import { PagesModule } from '../pages/pages.module.ts';
import { AskedPagesController } from './asked-pages.controller.ts';
import { AskedController } from './asked.controller.ts';
import { AskedService } from './asked.service.ts';
import { MandateRequestsController } from './mandate-requests.controller.ts';
import { MandateRequestsRepository } from './mandate-requests.repository.ts';
import { MandateRequestsService } from './mandate-requests.service.ts';
import { RequestPagesController } from './request-pages.controller.ts';
import { RequestDelivery } from './request-delivery.service.ts';

/** People ask each other for mandates: the one who asks, and the one who is asked. */
@Module({
  imports: [HoldersModule, MandatesModule, MessagesModule, MyMandatesModule, PagesModule],
  controllers: [MandateRequestsController, AskedController, RequestPagesController, AskedPagesController],
  providers: [AskedService, MandateRequestsService, MandateRequestsRepository, RequestDelivery],
  exports: [AskedService],
})
export class MandateRequestsModule {}
