import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { MessagesService } from '../messages/messages.service.ts';
import { routesOf } from '../messages/routes-of.ts';
import type { Language } from '../policy/vocabulary.ts';
import { isAged, type ContactPoint, type ContactPointKind } from './contact-point.ts';
import { HoldersService } from './holders.service.ts';

/** A contact point's row without its value. */
export type ContactPointStub = Pick<ContactPoint, 'id' | 'kind' | 'verifiedAt' | 'changedAt' | 'isShared'>;

/** What became of the contact points of somebody whom we knew. */
export interface ContactChange {
  readonly personId: string;
  readonly language: Language;
  readonly ended: readonly ContactPointStub[];
  readonly added: readonly ContactPointStub[];
  readonly kept: readonly ContactPointStub[];
}

/**
 * Whom to tell. Somebody who takes over a number or an address changes it here first, so the old point hears of it, and
 * the new one too. When a point only came, there is no old one: those that stayed hear of it instead. Points that were never
 * theirs for sure (neither verified nor aged) are left out, so are those that others read too, and letters aren't sent for this.
 */
export function recipientsOf(change: ContactChange, now: Date): ContactPointStub[] {
  const isTrusted = (point: ContactPointStub): boolean =>
    point.kind !== 'postal' && !point.isShared && (point.verifiedAt !== null || isAged(point, now));
  const ended = change.ended.filter(isTrusted);
  const informed = ended.length > 0 ? ended : change.kept.filter(isTrusted);
  return informed.length === 0 ? [] : [...informed, ...change.added.filter((point) => point.kind !== 'postal')];
}

/** Tells people that how we reach them has changed. */
@Injectable()
export class ContactChangeNotice implements OnModuleInit {
  constructor(
    private readonly messages: MessagesService,
    private readonly holders: HoldersService,
    private readonly dataSource: DataSource,
  ) {}

  onModuleInit(): void {
    this.messages.provide('contact_changed', async ({ parameters }) => {
      const { kind, changedAt } = parameters;
      return { kind: kind as ContactPointKind, changedAt: new Date(String(changedAt)) };
    });
  }

  /** In the transaction that makes the change: rolled back means nobody is told. */
  async send(tx: EntityManager, now: Date, change: ContactChange): Promise<void> {
    // What the message names: the kind that changed, the one that codes go to first.
    const kind = (['phone', 'email', 'postal'] as const).find((one) =>
      [...change.ended, ...change.added].some((point) => point.kind === one),
    );
    if (kind === undefined) return;
    for (const recipient of recipientsOf(change, now)) {
      const point = await this.holders.contactPoint(tx, recipient.id);
      if (point === null || !this.holders.isReachable(point)) continue;
      await this.messages.enqueue(
        tx,
        {
          template: 'contact_changed',
          personId: change.personId,
          contactPointId: point.id,
          route: routesOf(point)[0],
          language: change.language,
          parameters: { kind, changedAt: now.toISOString() },
        },
        now,
      );
    }
  }
}
