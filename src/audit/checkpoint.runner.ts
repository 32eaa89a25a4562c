import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';

import { Config } from '../config/config.ts';
import { metrics } from '../http/metrics.ts';
import { CheckpointFolder } from './checkpoint-folder.ts';
import { CheckpointService } from './checkpoint.service.ts';

const MINUTE = 60_000;

/** Makes a checkpoint when it is time, for as long as the service runs. Of several processes whichever looks first. */
@Injectable()
export class CheckpointRunner implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(CheckpointRunner.name);
  readonly #startedAt = Date.now();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #isBusy = false;

  constructor(
    private readonly config: Config,
    private readonly checkpoints: CheckpointService,
    private readonly folder: CheckpointFolder,
    private readonly http: HttpAdapterHost,
  ) {
    for (const event of ['made', 'exported', 'failed']) metrics.checkpoints.inc({ event }, 0);
  }

  onApplicationBootstrap(): void {
    if (!this.http.httpAdapter) return;
    this.#timer = setInterval(() => {
      if (!this.#isBusy) this.#running = this.run();
    }, MINUTE);
    this.#timer.unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    await this.#running;
  }

  /** Looks whether it is time. Never fails: what couldn't be done is logged, and tried again a minute later. */
  async run(): Promise<void> {
    this.#isBusy = true;
    const interval = this.config.checkpointMinutes * MINUTE;
    try {
      // A service that was never used makes its first one only after some time.
      const isTooEarly = Date.now() - this.#startedAt < interval && (await this.checkpoints.latest()) === null;
      if (!isTooEarly && (await this.checkpoints.make(interval)) !== null) metrics.checkpoints.inc({ event: 'made' });
      const count = await this.folder.export();
      if (count > 0) metrics.checkpoints.inc({ event: 'exported' }, count);
    } catch (error) {
      metrics.checkpoints.inc({ event: 'failed' });
      this.logger.error({ event: 'checkpoint_failed', err: error });
    } finally {
      this.#isBusy = false;
    }
  }
}
