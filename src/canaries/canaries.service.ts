import { randomUUID } from 'node:crypto';

import { Injectable } from '@nestjs/common';

import { AuditService } from '../audit/audit.service.ts';
import { AppError } from '../errors.ts';
import { HoldersService } from '../holders/holders.service.ts';
import type { AlarmState, Canary, CanaryAlarm } from './canary.ts';
import { CanariesRepository } from './canaries.repository.ts';

/** Which customers are made up, and what became of who looked at them. Only here can anybody see it. */
@Injectable()
export class CanariesService {
  constructor(
    private readonly audit: AuditService,
    private readonly holders: HoldersService,
    private readonly repository: CanariesRepository,
  ) {}

  /**
   * Marks a person; of a contract, its holders. Who is marked stays so.
   *
   * @throws AppError `not_found`
   */
  async mark(named: { readonly personRef: string } | { readonly contractRef: string }, actor: string): Promise<void> {
    await this.audit.record(async (tx, now) => {
      const ids =
        'personRef' in named
          ? [(await this.holders.personByRef(tx, named.personRef))?.id].filter((id) => id !== undefined)
          : ((await this.holders.contractByRef(tx, named.contractRef))?.holderIds ?? []);
      if (ids.length === 0) throw new AppError('not_found', 'There is nobody, and nothing, of this reference.');
      const marked: string[] = [];
      for (const personId of ids) {
        const id = await this.repository.mark(tx, randomUUID(), personId, now);
        if (id !== null) marked.push(id);
      }
      if (marked.length > 0) await this.repository.notify(tx);
      // Of nobody: it must not stand in anybody's log.
      return {
        result: undefined,
        entries: marked.map((canaryId) => ({ kind: 'canary.marked', actor, body: { canaryId } })),
      };
    });
  }

  list(): Promise<readonly Canary[]> {
    return this.repository.list();
  }

  /** @throws AppError `not_found` */
  async end(id: string, actor: string): Promise<void> {
    await this.audit.record(async (tx, now) => {
      if (!(await this.repository.end(tx, id, now))) throw new AppError('not_found', 'There is no such canary.');
      await this.repository.notify(tx);
      return { result: undefined, entries: [{ kind: 'canary.ended', actor, body: { canaryId: id } }] };
    });
  }

  /** The oldest first. */
  async alarms(
    state: AlarmState,
    limit: number,
    after: string | null,
  ): Promise<{ readonly alarms: readonly CanaryAlarm[]; readonly next: string | null }> {
    const rows = await this.repository.alarms(state, limit + 1, after);
    const alarms = rows.slice(0, limit);
    return { alarms, next: rows.length > limit ? (alarms.at(-1)?.id ?? null) : null };
  }

  /** It was dealt with. Closing a closed one changes nothing. @throws AppError `not_found` */
  async close(id: string, actor: string): Promise<void> {
    await this.audit.record(async (tx, now) => {
      const isClosed = await this.repository.close(tx, id, now);
      if (isClosed === null) throw new AppError('not_found', 'There is no such alarm.');
      const entries = isClosed ? [{ kind: 'canary_alarm.closed', actor, body: { alarmId: id } }] : [];
      return { result: undefined, entries };
    });
  }
}
