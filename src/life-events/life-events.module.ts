import { Module } from '@nestjs/common';

import { ActivityModule } from '../activity/activity.module.ts';
import { CodesModule } from '../codes/codes.module.ts';
import { HoldersModule } from '../holders/holders.module.ts';
import { MandatesModule } from '../mandates/mandates.module.ts';
import { MessagesModule } from '../messages/messages.module.ts';
import { PagesModule } from '../pages/pages.module.ts';
import { SessionsModule } from '../sessions/sessions.module.ts';
import { ReachModule } from '../reach/reach.module.ts';
import { LifeEventEffects } from './life-event-effects.service.ts';
import { LifeEventsController } from './life-events.controller.ts';
import { LifeEventsRepository } from './life-events.repository.ts';
import { LifeEventsService } from './life-events.service.ts';
import { OwnLifeController } from './own-life.controller.ts';
import { OwnLifePagesController } from './own-life-pages.controller.ts';
import { OwnLife } from './own-life.service.ts';
import { RepresentationsController } from './representations.controller.ts';
import { RepresentationsModule } from './representations.module.ts';

/** What happens in people's lives, and who acts for them by law. */
@Module({
  imports: [
    ReachModule,
    ActivityModule,
    CodesModule,
    HoldersModule,
    MandatesModule,
    MessagesModule,
    PagesModule,
    SessionsModule,
    RepresentationsModule,
  ],
  controllers: [LifeEventsController, RepresentationsController, OwnLifeController, OwnLifePagesController],
  providers: [LifeEventEffects, OwnLife, LifeEventsService, LifeEventsRepository],
  exports: [LifeEventsService],
})
export class LifeEventsModule {}
