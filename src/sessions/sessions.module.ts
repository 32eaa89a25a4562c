import { Module } from '@nestjs/common';

import { ChallengesRepository } from './challenges.repository.ts';
import { ChallengesService } from './challenges.service.ts';
import { SessionsRepository } from './sessions.repository.ts';
import { SessionsService } from './sessions.service.ts';

/** Who is signed in. How one gets in is `SignInModule`. */
@Module({
  providers: [ChallengesRepository, ChallengesService, SessionsRepository, SessionsService],
  exports: [ChallengesService, SessionsService],
})
export class SessionsModule {}
