import { createHash, randomUUID } from 'node:crypto';

import { Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';

import { type AuditEntry, AuditService } from '../audit/audit.service.ts';
import { Config } from '../config/config.ts';
import { AppError } from '../errors.ts';
import { DeliveriesRepository } from './deliveries.repository.ts';
import { Destinations } from './destinations.ts';
import type { Delivery, DeliveryState, Webhook, WebhookStatus } from './webhook.ts';
import { WebhookRunner } from './webhook.runner.ts';
import { WebhookSecrets } from './webhook-secrets.ts';
import { WebhooksRepository } from './webhooks.repository.ts';

/** What somebody wants to be told, and where. */
export interface WebhookTerms {
  readonly url: string;
  readonly types: readonly string[] | null;
  readonly description: string | null;
}

/** The secret is here and nowhere else: who loses it needs another one. */
export interface Shown {
  readonly webhook: Webhook;
  readonly secret: string;
}

/** Enough for every system of an organisation; each change is handed out to all of them. */
const MOST_WEBHOOKS = 50;
const HOUR = 3_600_000;

/** Who is told of what, under whose hands. */
@Injectable()
export class WebhooksService {
  private readonly logger = new Logger(WebhooksService.name);

  constructor(
    private readonly config: Config,
    private readonly audit: AuditService,
    private readonly destinations: Destinations,
    private readonly secrets: WebhookSecrets,
    private readonly webhooks: WebhooksRepository,
    private readonly deliveries: DeliveriesRepository,
    private readonly runner: WebhookRunner,
  ) {}

  /**
   * It hears of all that is not committed yet.
   *
   * @throws AppError `validation_failed` for an address that may not be asked; `invalid_state` when there are too many
   */
  async create(terms: WebhookTerms, actor: string): Promise<Shown> {
    await this.#requireAllowed(terms.url);
    const id = randomUUID();
    const { text: secret, ...sealed } = this.secrets.make(id);
    await this.audit.record(async (tx, now) => {
      await this.webhooks.lockAll(tx);
      if ((await this.webhooks.list(tx)).length >= MOST_WEBHOOKS) {
        throw new AppError('invalid_state', `There are ${MOST_WEBHOOKS} webhooks. Remove one first.`);
      }
      await this.webhooks.insert(tx, { id, ...terms }, sealed, now);
      return { result: undefined, entries: [entryOf('webhook.created', id, actor, termsBody(terms))] };
    });
    return { webhook: await this.get(id), secret };
  }

  list(): Promise<readonly Webhook[]> {
    return this.webhooks.list();
  }

  /** @throws AppError `not_found` */
  async get(id: string): Promise<Webhook> {
    return (await this.webhooks.find(id)) ?? unknown();
  }

  /**
   * What is left out stays. What waits goes to the new address; one that is enabled again goes on where it stopped.
   *
   * @throws AppError `not_found`; `validation_failed` for an address that may not be asked
   */
  async change(
    id: string,
    change: Partial<WebhookTerms> & { readonly status?: WebhookStatus | undefined },
    actor: string,
  ): Promise<Webhook> {
    if (change.url !== undefined) await this.#requireAllowed(change.url);
    await this.audit.record(async (tx, now) => {
      const before = (await this.webhooks.lock(tx, id)) ?? unknown();
      const { url = before.url, types = before.types, description = before.description } = change;
      const status = change.status ?? before.status;
      const disabledReason = status === 'enabled' ? null : (before.disabledReason ?? 'by_hand');
      // Enabled by hand: what was before is over.
      const failingSince = change.status === 'enabled' ? null : before.failingSince;
      await this.webhooks.update(tx, { ...before, url, types, description, status, disabledReason, failingSince }, now);
      const body = { ...termsBody({ url, types }), status };
      return { result: undefined, entries: [entryOf('webhook.changed', id, actor, body)] };
    });
    this.runner.wake();
    return this.get(id);
  }

  /** Nothing more is sent. @throws AppError `not_found` */
  remove(id: string, actor: string): Promise<void> {
    return this.audit.record(async (tx) => {
      if ((await this.webhooks.lock(tx, id)) === null) unknown();
      await this.webhooks.remove(tx, id);
      return { result: undefined, entries: [entryOf('webhook.removed', id, actor)] };
    });
  }

  /**
   * A new secret. Until the overlap is over messages have two signatures, one with each.
   *
   * @param hours 0: the old one ends at once; null = as configured
   * @throws AppError `not_found`; `invalid_state` while an overlap lasts, unless `hours` is 0
   */
  async rotate(id: string, hours: number | null, actor: string): Promise<Shown> {
    const { text: secret, ...sealed } = this.secrets.make(id);
    await this.audit.record(async (tx, now) => {
      const { previousUntil } = (await this.webhooks.lock(tx, id)) ?? unknown();
      if (previousUntil !== null && hours !== 0) {
        const until = previousUntil.toISOString();
        throw new AppError(
          'invalid_state',
          `The secret before this one works until ${until}. Wait, or end both with overlap_hours 0.`,
        );
      }
      const until = new Date(now.getTime() + (hours ?? this.config.webhookOverlapHours) * HOUR);
      await this.webhooks.rotate(tx, id, sealed, until, now);
      const body = { previousUntil: until.toISOString() };
      return { result: undefined, entries: [entryOf('webhook.rotated', id, actor, body)] };
    });
    return { webhook: await this.get(id), secret };
  }

  /** Sends a message that tells of nothing. @throws AppError `not_found`; `invalid_state` when it is disabled */
  async test(id: string, actor: string): Promise<Delivery> {
    const delivery = await this.audit.record(async (tx, now) => {
      requireEnabled((await this.webhooks.lock(tx, id)) ?? unknown());
      const made = await this.deliveries.insertTest(tx, id, now);
      return { result: made, entries: [entryOf('webhook.tested', id, actor, { deliveryId: made.id })] };
    });
    this.runner.wake();
    return delivery;
  }

  /** @throws AppError `not_found` */
  async listDeliveries(
    id: string,
    {
      state,
      limit,
      after,
    }: { readonly state: DeliveryState | null; readonly limit: number; readonly after: string | null },
  ): Promise<{ readonly deliveries: readonly Delivery[]; readonly next: string | null }> {
    await this.get(id);
    const found = await this.deliveries.list(id, { state, limit: limit + 1, after });
    const deliveries = found.slice(0, limit);
    return { deliveries, next: found.length > limit ? (deliveries.at(-1)?.id ?? null) : null };
  }

  /** Sends one message again, delivered or not. @throws AppError `not_found`; `invalid_state` when it is disabled */
  async replay(id: string, deliveryId: string, actor: string): Promise<Delivery> {
    const delivery = await this.audit.record(async (tx) => {
      requireEnabled((await this.webhooks.lock(tx, id)) ?? unknown());
      const replayed = await this.deliveries.replay(tx, id, deliveryId);
      if (replayed === null) throw new AppError('not_found', 'There is no such delivery.');
      return { result: replayed, entries: [entryOf('webhook.replayed', id, actor, { deliveryId })] };
    });
    this.runner.wake();
    return delivery;
  }

  /** Sends again what failed of what happened since. @throws AppError `not_found`; `invalid_state` when it is disabled */
  async replaySince(id: string, since: Date, actor: string): Promise<number> {
    await this.audit.record(async (tx) => {
      requireEnabled((await this.webhooks.lock(tx, id)) ?? unknown());
      return { result: undefined, entries: [entryOf('webhook.replayed', id, actor, { since: since.toISOString() })] };
    });
    // Behind the record: it may be a million, and nobody else could change anything meanwhile.
    const count = await this.deliveries.replaySince(id, since);
    this.runner.wake();
    return count;
  }

  /** Never fails: what couldn't be cleared is tried again an hour later. Of several processes each takes what it finds. */
  @Interval(HOUR)
  async clear(): Promise<void> {
    try {
      await this.deliveries.clear();
      await this.webhooks.forgetPrevious();
    } catch (error) {
      this.logger.warn({ event: 'past_deliveries_not_cleared', err: error });
    }
  }

  /** Looked at here so that a mistake is told at once; what counts is where it leads when something is sent. */
  async #requireAllowed(url: string): Promise<void> {
    const detail =
      this.destinations.faultOf(url) ??
      this.destinations.hostFault(url) ??
      (await this.destinations.placeFault(new URL(url).hostname));
    if (detail === null) return;
    throw new AppError('validation_failed', 'This address cannot be told anything.', {
      faults: [{ pointer: '/url', detail }],
    });
  }
}

function unknown(): never {
  throw new AppError('not_found', 'There is no such webhook.');
}

function requireEnabled({ status }: Webhook): void {
  if (status === 'disabled') throw new AppError('invalid_state', 'This webhook is disabled. Enable it first.');
}

/** The address as a hash: it tells whether two are the same, and may hold a key of the receiver's. */
function termsBody({ url, types }: Pick<WebhookTerms, 'url' | 'types'>): Record<string, unknown> {
  return { urlHash: createHash('sha256').update(url).digest('hex'), types };
}

function entryOf(
  kind: string,
  webhookId: string,
  actor: string,
  body: Readonly<Record<string, unknown>> = {},
): AuditEntry {
  return { kind, actor, body: { webhookId, ...body } };
}
