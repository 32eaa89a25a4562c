import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import type { AuditEntry } from '../audit/audit.service.ts';
import { CodesService } from '../codes/codes.service.ts';
import { MandatesService } from '../mandates/mandates.service.ts';
import { MessagesService } from '../messages/messages.service.ts';
import { Notices } from '../messages/notices.service.ts';
import type { PersonId } from '../policy/ids.ts';
import { SessionsService } from '../sessions/sessions.service.ts';
import type { TemplateValues } from '../messages/template-values.ts';
import { ENDS, type LifeEventRow } from './life-event.ts';

type Told = TemplateValues['life_event'];

/**
 * What an approved event does besides being a fact. What it only closes or suspends follows from the event itself, in every
 * decision, and is over with it; here is what the law ends for good, and who hears of it.
 */
@Injectable()
export class LifeEventEffects implements OnModuleInit {
  constructor(
    private readonly mandates: MandatesService,
    private readonly codes: CodesService,
    private readonly messages: MessagesService,
    private readonly notices: Notices,
    private readonly sessions: SessionsService,
  ) {}

  onModuleInit(): void {
    this.messages.provide('life_event', ({ parameters }) => {
      const { event, stage, at } = parameters;
      return Promise.resolve({
        event: event as Told['event'],
        stage: stage as Told['stage'],
        at: new Date(String(at)),
      });
    });
  }

  /** A report suspends: who lives can say so. */
  tellReported(tx: EntityManager, now: Date, event: LifeEventRow): Promise<void> {
    return this.#tell(tx, now, event, 'reported');
  }

  /** Who was told that it suspends hears that it does no more. */
  async tellRejected(tx: EntityManager, now: Date, event: LifeEventRow): Promise<void> {
    if (event.suspendsUntil !== null) await this.#tell(tx, now, event, 'reversed');
  }

  /** In the transaction that approves it. */
  async apply(tx: EntityManager, now: Date, event: LifeEventRow, actor: string): Promise<AuditEntry[]> {
    const { personId, kind, reversesId } = event;
    if (reversesId !== null) {
      await this.#tell(tx, now, event, 'reversed');
      return [];
    }
    const isDead = kind === 'death';
    const sides = ENDS[kind];
    const entries = await this.mandates.endByLifeEvent(tx, now, { personId, sides, isDead, actor });
    if (sides.includes('holder')) {
      const cancelled = await this.codes.cancelOfPerson(tx, now, personId);
      if (cancelled.length > 0) {
        entries.push({ kind: 'life_event.codes_cancelled', actor, personIds: [personId], body: { cancelled } });
      }
    }
    // Nobody writes to the dead, and nobody is signed in as them.
    if (isDead)
      return [...entries, ...(await this.sessions.endAll(tx, now, personId as PersonId, { but: null, actor }))];
    await this.#tell(tx, now, event, 'recorded');
    return entries;
  }

  async #tell(tx: EntityManager, now: Date, { personId, kind }: LifeEventRow, stage: Told['stage']): Promise<void> {
    const parameters = { event: kind, stage, at: now.toISOString() };
    await this.notices.send(tx, now, personId, { template: 'life_event', parameters });
  }
}
