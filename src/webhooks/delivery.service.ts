import { Inject, Injectable, Logger } from '@nestjs/common';

import { AuditService } from '../audit/audit.service.ts';
import { Config } from '../config/config.ts';
import { metrics } from '../http/metrics.ts';
import { type Claimed, DeliveriesRepository } from './deliveries.repository.ts';
import { Destinations } from './destinations.ts';
import { nextTry } from './next-try.ts';
import type { DisabledReason } from './webhook.ts';
import { WEBHOOK_OPTIONS, type WebhookOptions } from './webhook-options.ts';
import { type SendingOutcome, WebhookSender } from './webhook-sender.ts';
import { WebhookSecrets } from './webhook-secrets.ts';
import { WebhooksRepository } from './webhooks.repository.ts';

/** Who asks, for the log of the one who is asked. */
const USER_AGENT = 'Mandaat-Webhooks/1';

/**
 * One try at one message. At least once: a process that dies between the receiver's yes and our note of it leaves the message to
 * be sent again, under the same id.
 */
@Injectable()
export class WebhookDelivery {
  private readonly logger = new Logger(WebhookDelivery.name);

  constructor(
    private readonly config: Config,
    private readonly audit: AuditService,
    private readonly webhooks: WebhooksRepository,
    private readonly deliveries: DeliveriesRepository,
    private readonly secrets: WebhookSecrets,
    private readonly destinations: Destinations,
    private readonly sender: WebhookSender,
    @Inject(WEBHOOK_OPTIONS) private readonly options: WebhookOptions,
  ) {}

  /** @throws whatever the database throws: the message is then sent again after its lease */
  async deliver(webhookId: string, claimed: Claimed): Promise<void> {
    const outcome = await this.#send(webhookId, claimed);
    // It was disabled or removed meanwhile: what waits goes on waiting.
    if (outcome === null) return;
    const { status } = outcome;
    const settled = { ...nextTry(outcome, claimed.attempt, this.options.delays), status, fault: outcome.fault };
    const { state, fault } = settled;
    const event = state === 'pending' ? 'postponed' : state === 'failed' ? 'gave_up' : 'delivered';
    metrics.webhooks.inc({ event, fault: fault ?? '' });
    const failingDays = await this.deliveries.settle(webhookId, claimed, settled);
    if (state !== 'delivered') this.logger.warn({ event: `webhook_${event}`, webhookId, code: fault });
    if (fault === 'gone') await this.#disable(webhookId, 'gone');
    else if (failingDays >= this.config.webhookFailingDays) await this.#disable(webhookId, 'failing');
  }

  async #send(webhookId: string, { message, at }: Claimed): Promise<SendingOutcome | null> {
    const recipient = await this.webhooks.recipient(webhookId);
    if (recipient === null) return null;
    if (message === null) return { status: null, fault: 'expired' };
    // The operator has taken it off the list since.
    if (this.destinations.hostFault(recipient.url) !== null) return { status: null, fault: 'address_refused' };
    const { id, type, data } = message;
    const body = JSON.stringify({ type, timestamp: message.at.toISOString(), data });
    const headers = {
      'content-type': 'application/json',
      'user-agent': USER_AGENT,
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
      'webhook-signature': this.secrets.sign(webhookId, recipient, { id, at, body }),
    };
    return this.sender.send(recipient.url, headers, body);
  }

  /** Told to whoever is told of anything, and by a figure. */
  #disable(webhookId: string, reason: DisabledReason): Promise<void> {
    return this.audit.record(async (tx, now) => {
      const isNew = await this.webhooks.disable(tx, webhookId, reason, now);
      if (isNew) this.logger.error({ event: 'webhook_disabled', webhookId, code: reason });
      const entry = { kind: 'webhook.disabled', actor: 'system:webhooks', body: { webhookId, reason } };
      return { result: undefined, entries: isNew ? [entry] : [] };
    });
  }
}
