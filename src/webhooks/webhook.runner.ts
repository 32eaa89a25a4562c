import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';

import { metrics } from '../http/metrics.ts';
import { DeliveriesRepository } from './deliveries.repository.ts';
import { WebhookDelivery } from './delivery.service.ts';
import { WEBHOOK_OPTIONS, type WebhookOptions } from './webhook-options.ts';
import { type Look, WebhooksRepository } from './webhooks.repository.ts';

/** Messages to one webhook that one process has under way. A slow receiver fills its own places, and nobody else's. */
const AT_ONCE = 4;

/**
 * Hands changes out to webhooks and sends what is due, for as long as the service runs. Any number of processes may: one hands
 * out to a webhook at a time, and each takes other messages.
 */
@Injectable()
export class WebhookRunner implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(WebhookRunner.name);
  /** Under way, by webhook. */
  readonly #sending = new Map<string, Set<Promise<void>>>();
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> = Promise.resolve();
  #isRunning = false;
  #isAgain = false;
  #isStopping = false;
  #isFailing = false;

  constructor(
    private readonly webhooks: WebhooksRepository,
    private readonly deliveries: DeliveriesRepository,
    private readonly delivery: WebhookDelivery,
    private readonly http: HttpAdapterHost,
    @Inject(WEBHOOK_OPTIONS) private readonly options: WebhookOptions,
  ) {}

  /** A command line without a server tells nobody. */
  onApplicationBootstrap(): void {
    if (this.http.httpAdapter) this.#later();
  }

  /** Waits for what is under way, as long as one try may take. */
  async beforeApplicationShutdown(): Promise<void> {
    this.#isStopping = true;
    clearTimeout(this.#timer);
    await this.#round;
    await Promise.all([...this.#sending.values()].flatMap((sending) => [...sending]));
  }

  /** Looks now, and once more if it was asked for meanwhile. */
  wake(): void {
    if (this.#isStopping) return;
    this.#isAgain = true;
    if (!this.#isRunning) this.#round = this.#run();
  }

  #later(): void {
    this.#timer = setTimeout(() => void this.#tick(), this.options.tick).unref();
  }

  async #tick(): Promise<void> {
    this.wake();
    await this.#round;
    if (!this.#isStopping) this.#later();
  }

  /** Never fails: what couldn't be done is done the next time. */
  async #run(): Promise<void> {
    this.#isRunning = true;
    try {
      while (this.#isAgain && !this.#isStopping) {
        this.#isAgain = false;
        await this.#lookRound();
      }
      this.#isFailing = false;
    } catch (error) {
      // Said once, not every second for as long as the database is away.
      if (!this.#isFailing) this.logger.warn({ event: 'webhooks_not_sent', err: error });
      this.#isFailing = true;
    } finally {
      this.#isRunning = false;
    }
  }

  async #lookRound(): Promise<void> {
    const looks = await this.webhooks.look();
    metrics.webhooksDisabled.set(looks.filter(({ isBroken }) => isBroken).length);
    metrics.webhooksOverdue.set(Math.max(0, ...looks.map(({ overdue }) => overdue ?? 0)));
    for (const { id, hasNews } of looks) {
      if (hasNews && (await this.deliveries.handOut(id, this.options.page))) this.#isAgain = true;
    }
    for (const look of looks) await this.#take(look);
  }

  async #take({ id, hasNews, overdue }: Look): Promise<void> {
    const sending = this.#sending.get(id) ?? new Set();
    const free = AT_ONCE - sending.size;
    const isDue = hasNews || (overdue !== null && overdue >= 0);
    if (free === 0 || !isDue) return;
    const claimed = await this.deliveries.claim(id, free, this.options.lease);
    if (claimed.length === 0) return;
    this.#sending.set(id, sending);
    for (const one of claimed) {
      const sent = this.delivery
        .deliver(id, one)
        .catch((error: unknown) => this.logger.warn({ event: 'webhook_not_noted', webhookId: id, err: error }))
        .finally(() => {
          sending.delete(sent);
          if (sending.size === 0) this.#sending.delete(id);
          // Where all places were taken, more may wait for this one.
          if (claimed.length === free) this.wake();
        });
      sending.add(sent);
    }
  }
}
