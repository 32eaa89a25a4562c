import { Injectable, Inject, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Config } from '../config/config.ts';
import { organisationOf } from '../config/organisation.ts';
import { HoldersService } from '../holders/holders.service.ts';
import { metrics } from '../http/metrics.ts';
import { CODE_ROUTES } from '../policy/vocabulary.ts';
import { letterOf } from './letter-of.ts';
import { MessageCaps } from './message-caps.ts';
import { MessagesRepository } from './messages.repository.ts';
import { MessagesService } from './messages.service.ts';
import { Notices } from './notices.service.ts';
import { OUTBOX_OPTIONS, type OutboxOptions } from './outbox-options.ts';
import { printLetter } from './print-letter.ts';
import { renderMessage } from './render-message.ts';
import { SEND_FAULTS, type SendFault, type SendResult } from './sender.ts';
import { Senders } from './senders.ts';
import type { QueuedMessage } from './template-values.ts';

/**
 * One try at sending one message. At least once: a process that dies between the provider's yes and our note of it
 * sends again, under the same id. References come from the row; text, recipient and code live only in here.
 */
@Injectable()
export class DeliveryService {
  private readonly logger = new Logger(DeliveryService.name);

  constructor(
    private readonly config: Config,
    private readonly dataSource: DataSource,
    private readonly repository: MessagesRepository,
    private readonly messages: MessagesService,
    private readonly holders: HoldersService,
    private readonly senders: Senders,
    private readonly caps: MessageCaps,
    private readonly notices: Notices,
    @Inject(OUTBOX_OPTIONS) private readonly options: OutboxOptions,
  ) {
    for (const route of CODE_ROUTES) {
      metrics.messages.inc({ route, event: 'sent', fault: '' }, 0);
      for (const fault of SEND_FAULTS) metrics.messages.inc({ route, event: 'gave_up', fault }, 0);
    }
  }

  /** @throws whatever the database or a template's source throws; the queue then tries again */
  async deliver(messageId: string): Promise<void> {
    const message = await this.repository.findQueued(messageId);
    // Sent by the try before this one, which died before it could take its job out of the queue.
    if (message === null) return;

    const result = await this.#send(message);
    const { outcome } = result;
    metrics.messages.inc({ route: message.route, event: outcome, fault: 'fault' in result ? result.fault : '' });
    const { manager } = this.dataSource;
    switch (result.outcome) {
      case 'dropped':
        await this.repository.settle(manager, message.id, { state: 'dropped' });
        return;
      case 'sent':
        await this.repository.settle(manager, message.id, { state: 'sent', providerRef: result.providerRef });
        return;
      case 'refused':
        await this.caps.giveBack(message.id);
        return this.#giveUp(message, result.fault);
      case 'failed': {
        const delays = message.codeId === null ? this.options.noticeDelays : this.options.codeDelays;
        const delay = delays[message.attempts];
        if (delay === undefined) return this.#giveUp(message, 'tries_exhausted');
        this.logger.warn({ event: 'message_postponed', messageId, code: result.fault });
        return this.repository.postpone(message.id, result.fault, delay);
      }
    }
  }

  async #send(message: QueuedMessage): Promise<SendResult | { readonly outcome: 'dropped' }> {
    const { id, template, route, language, queuedAt } = message;
    const values = await this.messages.valuesOf(message);
    if (values === 'drop') return { outcome: 'dropped' };

    const { manager } = this.dataSource;
    const point = await this.holders.contactPoint(manager, message.contactPointId);
    if (point === null || point.owner.id !== message.personId) return refused('no_contact_point');
    // Only the news that a contact point was replaced may go to the replaced one, and a code to one that has not begun yet.
    const isAfterEnd = template === 'contact_changed' || template === 'contact_code';
    if (point.endedAt !== null && !isAfterEnd) return refused('no_contact_point');
    // Said after it was queued: news goes by another road.
    if (point.isShared) return refused('no_contact_point');

    const sender = this.senders.of(route);
    if (sender === null) return refused('not_configured');
    if (!this.holders.isReachable(point)) return refused('country_not_allowed');

    const { name, isLargeType } = point.owner;
    const organisation = { ...organisationOf(this.config), publicUrl: this.config.publicUrl };
    const envelope = { route, language, name, queuedAt };
    const { subject, text, link, letter: words } = renderMessage(template, values, envelope, organisation);
    const frame = { id, subject, address: point.value, isLargeType, sender: organisation };
    const letter = words === null ? null : await printLetter(letterOf(words, envelope, frame));
    // Counted when everything else is done: what is not sent for another reason costs nothing.
    if (!(await this.caps.take(id, route, text))) return refused('daily_cap_reached');
    return sender.send({ id, route, language, recipient: point.value, subject, text, link, letter });
  }

  /**
   * It will not arrive. A code's agent is told, and chooses the next road: first told, then noted, so that a process that dies
   * in between tells again rather than never. Nobody waits for news: that goes by the next road by itself, queued in the
   * transaction that notes the failure of this one.
   */
  async #giveUp(message: QueuedMessage, fault: SendFault): Promise<void> {
    metrics.messages.inc({ route: message.route, event: 'gave_up', fault });
    const event = fault === 'daily_cap_reached' ? 'message_cap_reached' : 'message_undeliverable';
    this.logger.warn({ event, messageId: message.id, route: message.route, code: fault });
    await this.messages.reportUndeliverable(message, fault);
    await this.repository.transaction(async (tx, now) => {
      if (!(await this.repository.settle(tx, message.id, { state: 'failed', error: fault }))) return;
      const next = await this.notices.again(tx, now, message);
      if (next !== null) await this.messages.enqueue(tx, next, now);
    });
  }
}

function refused(fault: SendFault): SendResult {
  return { outcome: 'refused', fault };
}
