import { Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';

import { type AuditEntry, AuditService } from '../audit/audit.service.ts';
import { entryOf, MandateRegister } from './mandate-register.ts';
import { MandateNotices } from './mandate-notices.ts';
import { RemindersRepository } from './reminders.repository.ts';

const DAY = 86_400_000;
/** Both sides hear of the end this long before it. Days. */
const REMINDERS = [30, 7] as const;
const EVERY = 600_000;
/** Mandates in one transaction: others wait for it. */
const PAGE = 10;
/** Behind every other id of its kind. */
const LAST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/**
 * Tells both sides that a mandate is about to end. Each moment is passed once, by whichever process comes first, also when
 * nobody was there for a while. Who was given a mandate for less than 30 days hears of it 7 days before, or not at all.
 */
@Injectable()
export class RemindersService {
  private readonly logger = new Logger(RemindersService.name);

  constructor(
    private readonly audit: AuditService,
    private readonly register: MandateRegister,
    private readonly notices: MandateNotices,
    private readonly repository: RemindersRepository,
  ) {}

  /** Never fails: what was not told is told ten minutes later. */
  @Interval(EVERY)
  async remind(): Promise<void> {
    for (const days of REMINDERS) {
      try {
        while (await this.#remindSome(days));
      } catch (error) {
        this.logger.warn({ event: 'reminders_not_sent', err: error });
      }
    }
  }

  /** @returns whether there may be more */
  #remindSome(days: number): Promise<boolean> {
    return this.audit.record(async (tx, now) => {
      const mark = await this.repository.lockMark(tx, days);
      if (mark === null) return { result: false, entries: [] };
      const until = new Date(now.getTime() + days * DAY);
      const due = await this.repository.due(tx, mark, until, PAGE);
      const entries: AuditEntry[] = [];
      for (const { mandateId } of due) {
        const mandate = await this.register.read(tx, mandateId);
        // Late, as nobody was there: it has ended, and there is nothing to remind of.
        if (mandate.endsAt <= now.getTime()) continue;
        await this.notices.tellEnding(tx, now, mandate);
        entries.push(entryOf('mandate.reminded', mandate, 'system', { days }));
      }
      const isMore = due.length === PAGE;
      const last = isMore ? due.at(-1) : undefined;
      const passed = { endsAt: until, mandateId: LAST_ID };
      if (last !== undefined || mark.endsAt < until) await this.repository.move(tx, days, last ?? passed);
      return { result: isMore, entries };
    });
  }
}
