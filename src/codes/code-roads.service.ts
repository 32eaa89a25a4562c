import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import { HoldersService } from '../holders/holders.service.ts';
import { DeliveryRoutes, type Way } from '../messages/delivery-routes.ts';
import { routesOf } from '../messages/routes-of.ts';
import { MessagesService } from '../messages/messages.service.ts';
import type { TemplateName } from '../messages/template-values.ts';
import type { CodeRoute } from '../policy/vocabulary.ts';
import { type Code, type CodeAddress, type CodePurpose, isBySession, LETTER, type SentCode } from './code.ts';
import { CodesRepository } from './codes.repository.ts';

const DAY = 24 * 60 * 60_000;

const TEMPLATE: Readonly<Record<CodePurpose, TemplateName>> = {
  action: 'action_code',
  mandate: 'mandate_code',
  verification: 'verification_code',
  sign_in: 'sign_in_code',
  contact: 'contact_code',
};

/** Whose the contact point is with which somebody wants to sign in; null = nobody's, or it may not be used for that. */
export type SignInFinder = (tx: EntityManager, now: Date, code: Code) => Promise<CodeAddress | null>;

/** Where a code can go, and the message that takes it there. */
@Injectable()
export class CodeRoads {
  #signIns: SignInFinder | undefined;

  constructor(
    private readonly repository: CodesRepository,
    private readonly holders: HoldersService,
    private readonly messages: MessagesService,
    private readonly routes: DeliveryRoutes,
  ) {}

  /** Called once, at start-up, by the room that knows who asked to sign in. */
  provideSignIns(finder: SignInFinder): void {
    this.#signIns = finder;
  }

  /** Where the code can go, the best road first. */
  async waysTo(
    manager: EntityManager,
    now: Date,
    {
      purpose,
      personId,
      callerId,
      mandateId,
      level,
      route = null,
    }: Pick<Code, 'purpose' | 'personId' | 'callerId' | 'mandateId' | 'level'> & {
      /** The road that it is to take or is on, where there is one. */
      readonly route?: CodeRoute | null;
    },
  ): Promise<readonly Way[]> {
    if (personId === null) return [];
    const options = {
      isNews: false,
      byLetter:
        (purpose === 'mandate' && mandateId !== null && (await this.isLasting(manager, now, mandateId))) ||
        (purpose === 'verification' && route === 'letter'),
      // Whoever asks must not be the one who reads the answer: a family's one telephone proves the caller, not the holder.
      ...(callerId === null || callerId === personId ? {} : { notSharedWith: callerId }),
    } as const;
    const ways = await this.routes.ways(manager, personId, now, { ...options, level });
    if (ways.length > 0 || purpose !== 'action') return ways;
    // Where no code is worth as much, the message only says to sign in: any road will do, to who can at strength 3. A passkey is
    // that; an app is, with a code to a telephone.
    const others = await this.routes.ways(manager, personId, now, { ...options, level: 0 });
    const { hasPasskey, hasApp } = await this.repository.strongMeans(manager, personId, now);
    return hasPasskey || (hasApp && others.some(({ point }) => point.kind === 'phone')) ? others : [];
  }

  /** The roads to exactly this contact point, whatever its age. */
  async waysToPoint(manager: EntityManager, pointId: string, isSpoken: boolean): Promise<readonly Way[]> {
    const point = await this.holders.contactPoint(manager, pointId);
    if (point === null) return [];
    const open = await this.routes.open(manager);
    const roads = routesOf(point).filter((route) => open.has(route));
    const first = isSpoken ? roads.filter((route) => route === 'voice') : [];
    return [...first, ...roads].map((route) => ({ route, point }));
  }

  /** Other roads, the best first: not the one that it is on, nor one on which it failed. */
  async nextWays(manager: EntityManager, now: Date, code: SentCode): Promise<readonly Way[]> {
    const deliveries = await this.messages.deliveriesOf(manager, code.id);
    const isFailed = (route: CodeRoute): boolean =>
      deliveries.some((delivery) => delivery.route === route && delivery.state === 'failed');
    const ways = await this.waysTo(manager, now, code);
    return ways.filter(({ route }) => route !== code.route && !isFailed(route));
  }

  /** Who gets a code that was asked without looking, and where; null for a decoy. */
  async addressOf(tx: EntityManager, now: Date, code: Code): Promise<CodeAddress | null> {
    if (code.purpose === 'sign_in') {
      const isOpen = (await this.routes.open(tx)).has(code.route);
      return isOpen && this.#signIns !== undefined ? this.#signIns(tx, now, code) : null;
    }
    const ways = await this.waysTo(tx, now, code);
    // Who asked for a letter has no use for a text message; who did not has no time for the post.
    const way = code.route === 'letter' ? ways.find(({ route }) => route === 'letter') : ways[0];
    return way === undefined ? null : { route: way.route, contactPointId: way.point.id };
  }

  /** The road that most codes take now: what is said of every verification before its turn comes. */
  async usualRoute(manager: EntityManager): Promise<CodeRoute> {
    const open = await this.routes.open(manager);
    return !open.has('sms') && open.has('voice') ? 'voice' : 'sms';
  }

  /** Whether anything can be sent by this road today, to whomever. */
  async isOpen(manager: EntityManager, route: CodeRoute): Promise<boolean> {
    return (await this.routes.open(manager)).has(route);
  }

  /** Queues its message, in the caller's transaction. */
  async enqueue(tx: EntityManager, code: SentCode, now: Date): Promise<void> {
    const { language } = await this.holders.describe(tx, code.personId);
    await this.messages.enqueue(
      tx,
      {
        template: isBySession(code) ? 'action_question' : TEMPLATE[code.purpose],
        personId: code.personId,
        contactPointId: code.contactPointId,
        route: code.route,
        language,
        codeId: code.id,
        codeCounter: code.counter,
      },
      now,
    );
  }

  /** Queues that its recipient is looked up: the same whoever gets it, also when nobody does. */
  enqueueAddressing(tx: EntityManager, { id, counter }: Code): Promise<void> {
    return this.messages.enqueueAddressing(tx, id, counter);
  }

  /**
   * Whether a letter's answer would still find its mandate. A yes to an action belongs to the call in which it was asked, and
   * no call waits for the post.
   */
  private async isLasting(manager: EntityManager, now: Date, mandateId: string): Promise<boolean> {
    const end = await this.repository.mandateEnd(manager, mandateId);
    return end !== null && end.getTime() >= now.getTime() + LETTER.days * DAY;
  }
}
