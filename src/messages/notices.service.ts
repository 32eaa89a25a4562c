import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { HoldersService } from '../holders/holders.service.ts';
import type { CodeRoute } from '../policy/vocabulary.ts';
import { DeliveryRoutes } from './delivery-routes.ts';
import { MessagesService } from './messages.service.ts';
import type { MessageRequest, NoticeName, QueuedMessage } from './template-values.ts';

/** What is told to somebody, wherever they can be reached. */
export interface Notice {
  readonly template: NoticeName;
  readonly parameters: NonNullable<MessageRequest['parameters']>;
  /** Somebody who must not be able to read it. */
  readonly notSharedWith?: string;
  readonly notBefore?: Date;
}

/**
 * Set in a notice's parameters: it holds no secret, and goes to whatever is known of its reader when nothing of that has aged.
 * An invitation to somebody whose contact point the holder gave.
 */
export const TO_ANY_POINT = 'toAnyPoint';

/** News for people, over the best road that there is; when one fails, over the next. Codes are for agents to steer. */
@Injectable()
export class Notices {
  constructor(
    private readonly holders: HoldersService,
    private readonly routes: DeliveryRoutes,
    private readonly messages: MessagesService,
  ) {}

  /**
   * In the caller's transaction.
   *
   * @returns the road; null = nothing is queued for somebody whom we can't safely reach
   */
  async send(tx: EntityManager, now: Date, personId: string, notice: Notice): Promise<CodeRoute | null> {
    const { template, parameters, notSharedWith, notBefore } = notice;
    const isAnyAge = parameters[TO_ANY_POINT] === 1;
    const request = await this.#request(tx, now, personId, template, notSharedWith ?? null, [], isAnyAge);
    if (request === null) return null;
    await this.messages.enqueue(tx, { ...request, parameters, ...(notBefore === undefined ? {} : { notBefore }) }, now);
    return request.route;
  }

  /** The same notice by a road on which it has not failed yet; null when there is none. */
  async again(tx: EntityManager, now: Date, message: QueuedMessage): Promise<MessageRequest | null> {
    const { template, personId, keptFrom, parameters, route, earlierRoutes } = message;
    if (!isNotice(template)) return null;
    const isAnyAge = parameters[TO_ANY_POINT] === 1;
    const request = await this.#request(tx, now, personId, template, keptFrom, [...earlierRoutes, route], isAnyAge);
    return request === null ? null : { ...request, parameters };
  }

  async #request(
    tx: EntityManager,
    now: Date,
    personId: string,
    template: NoticeName,
    keptFrom: string | null,
    earlierRoutes: readonly CodeRoute[],
    isAnyAge: boolean,
  ): Promise<MessageRequest | null> {
    const options = {
      level: 0,
      byLetter: true,
      isNews: true,
      ...(keptFrom === null ? {} : { notSharedWith: keptFrom }),
    } as const;
    const aged = await this.routes.ways(tx, personId, now, options);
    const ways =
      aged.length > 0 || !isAnyAge ? aged : await this.routes.ways(tx, personId, now, { ...options, isAnyAge });
    const order = PAPER_FIRST.has(template) ? ways.toReversed() : ways;
    const way = order.find(({ route }) => !earlierRoutes.includes(route));
    if (way === undefined) return null;
    const { language } = await this.holders.describe(tx, personId);
    const { route, point } = way;
    return { template, personId, contactPointId: point.id, route, language, earlierRoutes, keptFrom };
  }
}

/** What is long, and to be kept: by letter, or else by e-mail, before a telephone. */
const PAPER_FIRST: ReadonlySet<NoticeName> = new Set(['assisted']);

/** The news of a changed contact point goes to that very point, and a code where its agent sends it. */
const NOTICES: Readonly<Record<NoticeName, true>> = {
  acceptance_code: true,
  invitation: true,
  action_executed: true,
  statement_corrected: true,
  mandate_asked: true,
  mandate_changed: true,
  mandate_ending: true,
  authenticator_changed: true,
  passkey_changed: true,
  blocked: true,
  unblocked: true,
  life_event: true,
  representation: true,
  assisted: true,
};

function isNotice(template: string): template is NoticeName {
  return template in NOTICES;
}
