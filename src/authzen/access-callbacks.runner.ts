import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';

import { Config } from '../config/config.ts';
import { WEBHOOK_OPTIONS, type WebhookOptions } from '../webhooks/webhook-options.ts';
import { AccessCallbacks } from './access-callbacks.service.ts';
import { AccessRequests } from './access-requests.service.ts';

/** Messages that are sent together, and requests that are read together. One message that hangs keeps the others of its turn for some seconds. */
const AT_ONCE = 20;
/** So many times as many are looked at in one round; the next one goes on behind them. */
const PAGES = 10;

/**
 * Notices that requests with a callback have ended, though nobody asks about them, and sends what is due. Any number of processes may:
 * each end is written down once, and each takes other messages. Where the operator allows no callbacks there is nothing to do.
 */
@Injectable()
export class AccessCallbackRunner implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(AccessCallbackRunner.name);
  /** The last one that was looked at; null = from the first. */
  #last: string | null = null;
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> = Promise.resolve();
  #isStopping = false;
  #isFailing = false;

  constructor(
    private readonly config: Config,
    private readonly requests: AccessRequests,
    private readonly callbacks: AccessCallbacks,
    private readonly http: HttpAdapterHost,
    @Inject(WEBHOOK_OPTIONS) private readonly options: WebhookOptions,
  ) {}

  onApplicationBootstrap(): void {
    // A command line without a server tells nobody.
    if (this.http.httpAdapter && this.config.accessCallbacks.length > 0) this.#later();
  }

  /** Waits for what is under way, as long as one try may take. */
  async beforeApplicationShutdown(): Promise<void> {
    this.#isStopping = true;
    clearTimeout(this.#timer);
    await this.#round;
  }

  #later(): void {
    this.#timer = setTimeout(() => {
      this.#round = this.#run().finally(() => {
        if (!this.#isStopping) this.#later();
      });
    }, this.options.tick).unref();
  }

  /** Never fails: what couldn't be done is done the next time. */
  async #run(): Promise<void> {
    let isFailing = false;
    // Each by itself: one that can't be looked at holds up no other, and nothing that is to be sent.
    const attempt = async (work: () => Promise<unknown>): Promise<void> => {
      try {
        await work();
      } catch (error) {
        isFailing = true;
        // Said once, not every second for as long as the database is away.
        if (!this.#isFailing) this.logger.warn({ event: 'access_callbacks_not_sent', err: error });
        this.#isFailing = true;
      }
    };
    await attempt(async () => {
      // Those that only wait for another holder hold up nobody behind them.
      for (let page = 0; page < PAGES && !this.#isStopping; page += 1) {
        const some = await this.callbacks.perhapsEnded(AT_ONCE, this.#last);
        for (const id of some) await attempt(() => this.requests.notice(id));
        this.#last = some.length === AT_ONCE ? (some.at(-1) ?? null) : null;
        if (this.#last === null) break;
      }
    });
    await attempt(async () => {
      while (!this.#isStopping && (await this.callbacks.sendSome(AT_ONCE)) === AT_ONCE);
    });
    this.#isFailing = isFailing;
  }
}
