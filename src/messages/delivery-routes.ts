import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { ContactPoint, ContactPointKind } from '../holders/contact-point.ts';
import { HoldersService } from '../holders/holders.service.ts';
import { routeLevel } from '../policy/strength.ts';
import { CODE_ROUTES, type CodeRoute, type Level } from '../policy/vocabulary.ts';
import { MessageCaps } from './message-caps.ts';
import { routesOf } from './routes-of.ts';
import { Senders } from './senders.ts';

/** A road, and where it ends. */
export interface Way {
  readonly route: CodeRoute;
  readonly point: ContactPoint;
}

export interface WayOptions {
  /** Roads that prove less are left out; 0 = all. */
  readonly level: Level;
  /** Whether there is time for the post. */
  readonly byLetter: boolean;
  /** Somebody who must not be able to read it. */
  readonly notSharedWith?: string;
  /** Contact points that have not aged, too. */
  readonly isAnyAge?: boolean;
  /** It is news, and nobody waits for it: roads that the person declined are none. A code goes there when no other does. */
  readonly isNews: boolean;
}

/**
 * Which roads there are: SMS, a spoken message, e-mail, a letter, in this order. A road that nobody configured, or whose cap
 * is reached, is none; nor is one that ends where the person was not reached before, or in a country that we don't send to.
 */
@Injectable()
export class DeliveryRoutes {
  constructor(
    private readonly senders: Senders,
    private readonly caps: MessageCaps,
    private readonly holders: HoldersService,
  ) {}

  /** The ways to this person now, the best first, one for each road. */
  async ways(manager: EntityManager, personId: string, now: Date, options: WayOptions): Promise<Way[]> {
    const { level, byLetter, notSharedWith, isAnyAge = false, isNews } = options;
    const open = await this.open(manager);
    const kinds: ContactPointKind[] = byLetter ? ['phone', 'email', 'postal'] : ['phone', 'email'];
    const points = await this.holders.usableContactPoints(manager, personId, now, {
      kinds,
      isAnyAge,
      ...(notSharedWith === undefined ? {} : { notSharedWith }),
    });
    if (points.length === 0) return [];
    const { declinedRoutes } = await this.holders.describe(manager, personId);
    const wanted = CODE_ROUTES.filter((route) => !declinedRoutes.includes(route));
    const roads = isNews ? wanted : [...wanted, ...declinedRoutes];
    return roads
      .filter((route) => open.has(route) && routeLevel(route) >= level)
      .flatMap((route) => {
        const [point] = points
          .filter((one) => routesOf(one).includes(route))
          // Who has a fixed line as well is spoken to there: a mobile phone that takes no text may ring nowhere.
          .toSorted((first, second) => routesOf(first).indexOf(route) - routesOf(second).indexOf(route));
        return point === undefined ? [] : [{ route, point }];
      });
  }

  /** The roads that are open at all, whoever is to be reached. */
  async open(manager: EntityManager): Promise<ReadonlySet<CodeRoute>> {
    const affordable = await this.caps.open(manager);
    return new Set(CODE_ROUTES.filter((route) => this.senders.of(route) !== null && affordable.has(route)));
  }
}
