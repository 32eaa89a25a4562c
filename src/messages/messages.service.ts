import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { HoldersService } from '../holders/holders.service.ts';
import { nextSafeMoment } from '../holders/safe-hours.ts';
import { type Delivery, type DeliveryFault, deliveryFaultOf } from './delivery.ts';
import { MessagesRepository } from './messages.repository.ts';
import type { SendFault } from './sender.ts';
import type { MessageRequest, QueuedMessage, TemplateName, TemplateValues } from './template-values.ts';

/** Answers what a message says, or that it need not be sent any more: its code expired, was answered or resent. */
export type TemplateSource<Name extends TemplateName> = (
  message: QueuedMessage,
) => Promise<TemplateValues[Name] | 'drop'>;

/** Told that a message will never arrive, and why. May be told twice: it must bear that. */
export type UndeliverableHandler = (message: QueuedMessage, fault: DeliveryFault) => Promise<void>;

/** Looks up where a code goes and queues its message, or does nothing. May be asked twice: it must bear that. */
export type Addressing = (codeId: string, counter: number) => Promise<void>;

/** Brings what somebody asked to whom they mean, or does nothing. May be asked twice: it must bear that. */
export type RequestDelivering = (requestId: string) => Promise<void>;

/** The door of this room: other rooms ask for messages here, and say here what those messages hold. */
@Injectable()
export class MessagesService {
  readonly #sources = new Map<TemplateName, TemplateSource<TemplateName>>();
  #addressing: Addressing | undefined;
  #delivering: RequestDelivering | undefined;
  readonly #handlers = new Map<TemplateName, UndeliverableHandler[]>();

  constructor(
    private readonly repository: MessagesRepository,
    private readonly holders: HoldersService,
  ) {}

  /**
   * Queues a message in the caller's own transaction: rolled back means never sent, committed means sent at least once.
   *
   * @returns the message's id, which the providers get too, on every try
   */
  async enqueue(tx: EntityManager, message: MessageRequest, now: Date): Promise<string> {
    const id = randomUUID();
    await this.repository.enqueue(tx, id, message, now);
    await this.#waitForSafeHours(tx, id, message, now);
    return id;
  }

  /** Who asks for a code waits for it; a letter rings nowhere. All else comes when the person wants to hear of us. */
  async #waitForSafeHours(tx: EntityManager, id: string, message: MessageRequest, now: Date): Promise<void> {
    const { notBefore = now } = message;
    const isAnyHour = message.codeId !== undefined || message.route === 'letter';
    const at = isAnyHour
      ? notBefore
      : nextSafeMoment(notBefore, (await this.holders.describe(tx, message.personId)).safeHours);
    if (at > now) await this.repository.wait(tx, id, at);
  }

  /** Whether any process takes messages out of the queue, this one included. */
  isServed(): Promise<boolean> {
    return this.repository.isServed();
  }

  /** After a restore that lost something: what waits may have been sent. A job whose message is settled does nothing. */
  dropPage(
    tx: EntityManager,
    now: Date,
    after: string,
  ): Promise<{ readonly last: string | null; readonly dropped: number }> {
    return this.repository.dropPage(tx, now, after);
  }

  /**
   * Queues a code whose recipient is looked up when its turn comes, in the caller's own transaction. The same is written
   * whoever gets it, also when nobody does.
   */
  enqueueAddressing(tx: EntityManager, codeId: string, counter: number): Promise<void> {
    return this.repository.enqueueAddressing(tx, codeId, counter);
  }

  /** Called once, at start-up, by the room that knows whose a code is. */
  provideAddressing(addressing: Addressing): void {
    this.#addressing = addressing;
  }

  /** @throws Error when no room looks addresses up, which is a fault in the program */
  address(codeId: string, counter: number): Promise<void> {
    if (this.#addressing === undefined) throw new Error('No room looks up where a code goes.');
    return this.#addressing(codeId, counter);
  }

  /** Queues the request of one person to another who is looked up when its turn comes, in the caller's own transaction. */
  enqueueRequest(tx: EntityManager, requestId: string): Promise<void> {
    return this.repository.enqueueRequest(tx, requestId);
  }

  /** Called once, at start-up, by the room that knows what people ask of each other. */
  provideRequests(delivering: RequestDelivering): void {
    this.#delivering = delivering;
  }

  /** @throws Error when no room delivers requests, which is a fault in the program */
  deliverRequest(requestId: string): Promise<void> {
    if (this.#delivering === undefined) throw new Error('No room delivers requests.');
    return this.#delivering(requestId);
  }

  /** Called once, at start-up, by the room that owns the template. */
  provide<Name extends TemplateName>(template: Name, source: TemplateSource<Name>): void {
    if (this.#sources.has(template)) throw new Error(`The template ${template} has a source already.`);
    this.#sources.set(template, source);
  }

  /** Called at start-up by whoever must offer another way when this message can't be delivered. */
  onUndeliverable(template: TemplateName, handler: UndeliverableHandler): void {
    this.#handlers.set(template, [...(this.#handlers.get(template) ?? []), handler]);
  }

  /** @throws Error when no room owns the template, which is a fault in the program */
  valuesOf(message: QueuedMessage): Promise<TemplateValues[TemplateName] | 'drop'> {
    const source = this.#sources.get(message.template);
    if (source === undefined) throw new Error(`No room provides the template ${message.template}.`);
    return source(message);
  }

  async reportUndeliverable(message: QueuedMessage, fault: SendFault): Promise<void> {
    for (const handler of this.#handlers.get(message.template) ?? []) await handler(message, deliveryFaultOf(fault));
  }

  /** What became of a code's messages, the newest first. */
  async deliveriesOf(manager: EntityManager, codeId: string): Promise<readonly Delivery[]> {
    const rows = await this.repository.deliveriesOf(manager, codeId);
    return rows.map(({ route, state, counter, error }) => ({
      route,
      state,
      counter,
      // While it is queued the last try's fault says nothing about the next one's.
      fault: state === 'failed' && error !== null ? deliveryFaultOf(error) : null,
    }));
  }
}
