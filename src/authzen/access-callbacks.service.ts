import { Inject, Injectable, Logger } from '@nestjs/common';
import { Webhook as Signer } from 'standardwebhooks';
import type { EntityManager } from 'typeorm';

import { Config } from '../config/config.ts';
import { Destinations } from '../webhooks/destinations.ts';
import { nextTry } from '../webhooks/next-try.ts';
import { WEBHOOK_OPTIONS, type WebhookOptions } from '../webhooks/webhook-options.ts';
import { type SendingOutcome, WebhookSender } from '../webhooks/webhook-sender.ts';
import { type AccessCallback, callbackFault } from './access-callback.ts';
import { AccessCallbacksRepository, type ClaimedCallback } from './access-callbacks.repository.ts';
import type { TaskStatus } from './access-request.ts';
import { Denials } from './denials.ts';

/** Who asks, for the log of the one who is asked. */
const USER_AGENT = 'Mandaat-Callbacks/1';

/**
 * Tells who asked that their request has ended: which one, and how. What was approved is read at its own address, as ever. Sent
 * like webhooks, at least once, and only where the operator allows it.
 */
@Injectable()
export class AccessCallbacks {
  private readonly logger = new Logger(AccessCallbacks.name);

  constructor(
    private readonly config: Config,
    private readonly repository: AccessCallbacksRepository,
    private readonly destinations: Destinations,
    private readonly sender: WebhookSender,
    private readonly denials: Denials,
    @Inject(WEBHOOK_OPTIONS) private readonly options: WebhookOptions,
  ) {}

  /** Looked at here so that a mistake is told at once; what counts is where it leads when something is sent. @throws AppError `validation_failed` */
  async requireAllowed({ endpoint }: AccessCallback): Promise<void> {
    if (this.#secretsOf(endpoint) === null) {
      throw callbackFault('endpoint', 'This address is not among those that the operator allows (ACCESS_CALLBACKS).');
    }
    const fault =
      this.destinations.faultOf(endpoint) ?? (await this.destinations.placeFault(new URL(endpoint).hostname));
    if (fault !== null) throw callbackFault('endpoint', `It ${fault}.`);
  }

  insert(tx: EntityManager, requestId: string, callback: AccessCallback): Promise<void> {
    return this.repository.insert(tx, requestId, callback);
  }

  /** In the transaction that writes the end down: both or neither, and so once. */
  end(tx: EntityManager, requestId: string, status: TaskStatus, now: Date): Promise<void> {
    return this.repository.end(tx, requestId, status, now);
  }

  perhapsEnded(most: number, after: string | null): Promise<readonly string[]> {
    return this.repository.perhapsEnded(most, after);
  }

  /** Sends what is due. @returns how many were sent, or tried */
  async sendSome(most: number): Promise<number> {
    const claimed = await this.repository.claim(most, this.options.lease);
    await Promise.all(claimed.map((one) => this.#deliver(one)));
    return claimed.length;
  }

  async #deliver(claimed: ClaimedCallback): Promise<void> {
    const outcome = await this.#send(claimed);
    const next = nextTry(outcome, claimed.attempt, this.options.delays);
    await this.repository.settle(claimed, { ...next, status: outcome.status, fault: outcome.fault });
    if (next.state === 'delivered') return;
    const { requestId } = claimed;
    this.logger.warn({ event: `access_callback_${next.state}`, requestId, code: outcome.fault });
  }

  async #send({ requestId, endpoint, opaque, status, at }: ClaimedCallback): Promise<SendingOutcome> {
    const secrets = this.#secretsOf(endpoint);
    // The operator has taken it off the list since.
    if (secrets === null) return { status: null, fault: 'address_refused' };
    const task = { id: requestId, status, status_endpoint: `${this.denials.endpoint}/${requestId}` };
    const body = JSON.stringify(opaque === null ? { task } : { state: opaque, task });
    const id = `access_request.${requestId}`;
    return this.sender.send(
      endpoint,
      {
        'content-type': 'application/json',
        'user-agent': USER_AGENT,
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
        'webhook-signature': secrets.map((secret) => new Signer(secret).sign(id, at, body)).join(' '),
      },
      body,
    );
  }

  /** Null: it is not allowed. */
  #secretsOf(endpoint: string): readonly string[] | null {
    return this.config.accessCallbacks.find((one) => one.endpoint === endpoint)?.secrets ?? null;
  }
}
