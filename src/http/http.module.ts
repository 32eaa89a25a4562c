import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import type { Pool } from 'pg';
import { PG_POOL } from '../database/database.module.ts';
import { MessagesModule } from '../messages/messages.module.ts';
import { HealthController } from './health.controller.ts';
import { MetricsController } from './metrics.controller.ts';
import { observePool } from './metrics.ts';
import { Readiness } from './readiness.ts';

/** What operators ask of the process: is it alive, is it ready, how does it do? The manners are in http.ts. */
@Module({
  imports: [TerminusModule.forRoot({ logger: false }), MessagesModule],
  controllers: [HealthController, MetricsController],
  providers: [Readiness],
})
export class HttpModule implements OnApplicationShutdown {
  readonly #forgetPool: () => void;

  constructor(@Inject(PG_POOL) pool: Pool) {
    this.#forgetPool = observePool(pool);
  }

  onApplicationShutdown(): void {
    this.#forgetPool();
  }
}
