import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import { AuditWriter } from '../audit/audit-writer.ts';
import { type AuditEntry, AuditService } from '../audit/audit.service.ts';
import { CallsService } from '../calls/calls.service.ts';
import { ChangesService } from '../changes/changes.service.ts';
import { CodesService } from '../codes/codes.service.ts';
import { AppError } from '../errors.ts';
import { MandatesService, type SetAside } from '../mandates/mandates.service.ts';
import { MessagesService } from '../messages/messages.service.ts';
import { SessionsService } from '../sessions/sessions.service.ts';
import { StaffSessions } from '../staff/staff-sessions.service.ts';
import { RepresentationsService } from '../life-events/representations.service.ts';
import { AuthenticatorsService } from '../verifications/authenticators.service.ts';

/** How many of each no longer count since this run. */
export interface Restored {
  readonly messages: number;
  readonly codes: number;
  readonly calls: number;
  readonly authenticators: number;
  readonly sessions: number;
  readonly representations: number;
  readonly suspended: number;
  readonly ended: number;
}

/** Is told, before it is done, whom somebody will have to ask: twice perhaps, but nothing is done untold. */
export interface RestoreWitness {
  readonly onMandate?: (mandate: SetAside) => void;
  /** Whose app no longer counts: the CRM's reference. */
  readonly onAuthenticator?: (ownerRef: string) => void;
  /** Who acted for whom by law: the CRM's references. */
  readonly onRepresentation?: (holderRef: string, representativeRef: string) => void;
  /** Parts done, and how many there are. */
  readonly onProgress?: (done: number, total: number) => void;
}

interface Page {
  /** The last id that was looked at; null = there are no more. */
  readonly last: string | null;
  readonly entries: readonly AuditEntry[];
  readonly count: Partial<Restored>;
}

type Step = (tx: EntityManager, now: Date, after: string) => Promise<Page>;

/** Before every id. */
const FIRST = '00000000-0000-0000-0000-000000000000';
/** Of each table, for the progress: ids are spread evenly, so their first byte tells how far it is. */
const PARTS = 256;

/**
 * After a restore that lost the newest part of the database. What a holder took back in the lost time is in force again: a
 * mandate that was withdrawn, a code that was refused or used, an app on a phone that was stolen, a session that was ended.
 * Nothing in the database tells which. So nothing that was open stays open, no app identifies anybody until it is enrolled anew, and every mandate waits until its holder says again
 * that it holds. Nor does anybody act by law until it is recorded again. A life event that was lost is gone: the organisation records it anew.
 */
@Injectable()
export class RestoredDatabase {
  constructor(
    private readonly audit: AuditService,
    private readonly writer: AuditWriter,
    private readonly messages: MessagesService,
    private readonly codes: CodesService,
    private readonly calls: CallsService,
    private readonly mandates: MandatesService,
    private readonly authenticators: AuthenticatorsService,
    private readonly sessions: SessionsService,
    private readonly staffSessions: StaffSessions,
    private readonly representations: RepresentationsService,
    private readonly changes: ChangesService,
  ) {}

  /**
   * Goes through everything, some hundred rows a transaction, each recorded with what it changed. May be interrupted, and
   * called again: what was done is not done again. Nobody is told anything: the witness is for who will
   * ask the holders.
   *
   * @throws AppError `invalid_state` while another process works on this database
   */
  async makeSafe(
    actor: string,
    { onMandate, onAuthenticator, onRepresentation, onProgress }: RestoreWitness = {},
  ): Promise<Restored> {
    await this.requireAlone();
    await this.audit.record(async (tx, now) => {
      await this.changes.beginEpoch(tx, now);
      return { result: undefined, entries: [] };
    });
    const total = {
      messages: 0,
      codes: 0,
      calls: 0,
      authenticators: 0,
      sessions: 0,
      representations: 0,
      suspended: 0,
      ended: 0,
    };
    const steps: readonly Step[] = [
      async (tx, now, after) => {
        const { last, dropped } = await this.messages.dropPage(tx, now, after);
        const body = { messages: dropped, reason: 'restored' };
        const entries = dropped === 0 ? [] : [{ kind: 'messages.dropped', actor, body }];
        return { last, entries, count: { messages: dropped } };
      },
      async (tx, now, after) => {
        const { last, entries } = await this.codes.cancelPage(tx, now, after, actor);
        return { last, entries, count: { codes: entries.length } };
      },
      async (tx, now, after) => {
        const { last, entries } = await this.calls.endPage(tx, now, after, actor);
        return { last, entries, count: { calls: entries.length } };
      },
      async (tx, now, after) => {
        const { last, entries, ownerRefs } = await this.authenticators.endPage(tx, now, after, actor);
        for (const ownerRef of ownerRefs) onAuthenticator?.(ownerRef);
        return { last, entries, count: { authenticators: entries.length } };
      },
      async (tx, now, after) => {
        const { last, entries } = await this.sessions.endPage(tx, now, after);
        return { last, entries, count: { sessions: entries.length } };
      },
      async (tx, now, after) => {
        const { last, entries } = await this.staffSessions.endPage(tx, now, after);
        return { last, entries, count: { sessions: entries.length } };
      },
      async (tx, now, after) => {
        const { last, entries, live } = await this.representations.setAsidePage(tx, now, after, actor);
        for (const { holderRef, representativeRef } of live) onRepresentation?.(holderRef, representativeRef);
        return { last, entries, count: { representations: entries.length } };
      },
      async (tx, now, after) => {
        const { last, entries, mandates } = await this.mandates.setAsidePage(tx, now, after, actor);
        for (const mandate of mandates) onMandate?.(mandate);
        const ended = mandates.filter(({ state }) => state === 'ended').length;
        return { last, entries, count: { ended, suspended: mandates.length - ended } };
      },
    ];
    const add = (count: Partial<Restored>): void => {
      for (const name of Object.keys(total) as (keyof Restored)[]) total[name] += count[name] ?? 0;
    };
    const show = (step: number, last: string | null): void => {
      const part = last === null ? PARTS : Number.parseInt(last.slice(0, 2), 16);
      onProgress?.(step * PARTS + part, steps.length * PARTS);
    };
    for (const [at, step] of steps.entries()) {
      for (let after: string | null = FIRST; after !== null;) {
        const from: string = after;
        const { last, count } = await this.audit.record(async (tx, now) => {
          const page = await step(tx, now, from);
          return { result: page, entries: page.entries };
        });
        add(count);
        show(at, last);
        after = last;
      }
    }
    // Who came meanwhile may have made something behind our back.
    await this.requireAlone();
    if (Object.values(total).some((count) => count > 0)) {
      const entry = { kind: 'database.restored', actor, body: { ...total } };
      await this.audit.record(() => Promise.resolve({ result: undefined, entries: [entry] }));
    }
    return total;
  }

  /** @throws AppError `invalid_state` */
  private async requireAlone(): Promise<void> {
    // Each process holds a chain, the lowest that is free; and each that serves takes messages out of the queue, also one
    // that lost its chain when the database was restarted.
    if (this.writer.chainId === 1 && !(await this.messages.isServed())) return;
    throw new AppError(
      'invalid_state',
      'Another process works on this database. Stop every one of them, and call this again.',
    );
  }
}
