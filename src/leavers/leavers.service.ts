import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';

import { AuditService } from '../audit/audit.service.ts';
import { actorOf, type Principal } from '../auth/principal.ts';
import { Config } from '../config/config.ts';
import { AppError } from '../errors.ts';
import { metrics } from '../http/metrics.ts';
import { KillSwitch } from '../kill-switch/kill-switch.service.ts';
import type { AlarmState, LeaverAlarm } from './leaver-alarm.ts';
import { LeaversRepository } from './leavers.repository.ts';

const ACTOR = 'system:leavers';
const MINUTE = 60_000;

/**
 * Watches employees whose last day is known: that they look at no more customers than they used to, and that they have nothing
 * here when it is over. In whichever process comes first; a day raises one alarm, once more where it is too much for anybody, and who
 * is out is shut out once.
 */
@Injectable()
export class Leavers implements BeforeApplicationShutdown {
  private readonly logger = new Logger(Leavers.name);
  private looking: Promise<void> = Promise.resolve();

  constructor(
    private readonly config: Config,
    private readonly audit: AuditService,
    private readonly killSwitch: KillSwitch,
    private readonly repository: LeaversRepository,
  ) {}

  async beforeApplicationShutdown(): Promise<void> {
    await this.looking;
  }

  /** Never fails: what was not done is done a minute later. Whose day is over is kept out by every check and sign-in until then. */
  @Interval(MINUTE)
  look(): Promise<void> {
    this.looking = this.#lookAfter(this.looking);
    return this.looking;
  }

  /** The oldest first; to nobody about themselves. */
  async alarms(
    principal: Principal,
    state: AlarmState,
    limit: number,
    after: string | null,
  ): Promise<{ readonly alarms: readonly LeaverAlarm[]; readonly next: string | null }> {
    const rows = await this.repository.alarms(readerOf(principal), state, limit + 1, after);
    const alarms = rows.slice(0, limit);
    return { alarms, next: rows.length > limit ? (alarms.at(-1)?.id ?? null) : null };
  }

  /** It was dealt with. Closing a closed one changes nothing. @throws AppError `not_found` */
  async close(id: string, principal: Principal): Promise<void> {
    const actor = actorOf(principal);
    await this.audit.record(async (tx, now) => {
      const isClosed = await this.repository.close(tx, readerOf(principal), id, now);
      if (isClosed === null) throw new AppError('not_found', 'There is no such alarm.');
      const entries = isClosed ? [{ kind: 'leaver_alarm.closed', actor, body: { alarmId: id } }] : [];
      return { result: undefined, entries };
    });
  }

  async #lookAfter(earlier: Promise<void>): Promise<void> {
    await earlier;
    // Each by itself: what fails for one, or in the figures, leaves nobody else in.
    await this.#attempt(async () => {
      for (const ref of await this.repository.gone()) {
        await this.#attempt(() => this.killSwitch.shutOut(ref, ACTOR));
      }
    });
    await this.#attempt(() => this.#tell());
  }

  async #attempt(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.logger.error({ event: 'leavers_not_seen_to', err: error });
    }
  }

  async #tell(): Promise<void> {
    const measure = { days: this.config.leaverWatchDays, most: this.config.leaverContractsPerDay };
    if (!(await this.repository.hasUntold(measure))) return;
    await this.audit.record(async (tx, now) => {
      const raised = await this.repository.raise(tx, now, measure);
      metrics.leavers.inc(raised.length);
      return {
        result: undefined,
        // Of nobody: it is about no customer.
        entries: raised.map(({ id: alarmId, agentId, reached, most }) => ({
          kind: 'incident.leaver',
          actor: ACTOR,
          body: { alarmId, agentId, reached, most },
        })),
      };
    });
  }
}

/** Who reads, where that is an employee of ours: what is about them is for somebody else. */
function readerOf({ agent }: Principal): string | null {
  return agent?.id ?? null;
}
