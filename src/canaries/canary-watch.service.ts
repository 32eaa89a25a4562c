import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';

import { AuditService, type Watched } from '../audit/audit.service.ts';
import { ChangeListener } from '../auth/change-listener.ts';
import { FreshCache } from '../auth/fresh-cache.ts';
import { metrics } from '../http/metrics.ts';
import { CanariesRepository, TOUCHES } from './canaries.repository.ts';

const MINUTE = 60_000;

/**
 * Notices that somebody touched a canary, by what was recorded: whoever looks at anybody is recorded before they are answered. It
 * watches from outside and after the answer, so that a canary is told from a customer neither by words nor by time. What a process
 * that died did not get to is found within a minute by any other, or by itself when it is back.
 */
@Injectable()
export class CanaryWatch implements BeforeApplicationShutdown {
  private readonly logger = new Logger(CanaryWatch.name);
  private readonly marked: FreshCache<ReadonlySet<string>>;
  private looking: Promise<void> = Promise.resolve();

  constructor(
    private readonly audit: AuditService,
    private readonly repository: CanariesRepository,
    listener: ChangeListener,
  ) {
    this.marked = new FreshCache(listener, 'canaries_changed');
    for (const via of TOUCHES) metrics.canaries.inc({ via }, 0);
    audit.onRecorded((entries) => this.notice(entries));
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.looking;
  }

  /** Never fails: what couldn't be told is told a minute later. */
  @Interval(MINUTE)
  async look(): Promise<void> {
    try {
      if (!(await this.repository.hasUntold())) return;
      await this.audit.record(async (tx, now) => {
        const raised = await this.repository.raise(tx, now);
        for (const { recordKind: via } of raised) metrics.canaries.inc({ via });
        return {
          result: undefined,
          // Of nobody: the canary's own log must not tell whoever acts for it.
          entries: raised.map(({ id: alarmId, canaryId, recordId }) => ({
            kind: 'incident.canary',
            actor: 'system:canaries',
            body: { alarmId, canaryId, recordId },
          })),
        };
      });
    } catch (error) {
      this.logger.error({ event: 'canary_not_told', err: error });
    }
  }

  private notice(entries: readonly Watched[]): void {
    const people = entries
      .filter(({ kind, callId }) => TOUCHES.includes(kind) && (kind !== 'check.advised' || callId == null))
      .flatMap(({ personIds = [] }) => personIds);
    if (people.length === 0) return;
    const known = this.marked.peek('all');
    // Almost always: no canary among them, and nothing to wait for.
    if (known !== null && !people.some((id) => known.has(id))) return;
    this.looking = this.lookAfter(this.looking, known === null ? people : null);
  }

  /** @param people who may be canaries; null = there is one among them */
  private async lookAfter(earlier: Promise<void>, people: readonly string[] | null): Promise<void> {
    await earlier;
    if (people === null || (await this.isMarked(people))) await this.look();
  }

  private async isMarked(people: readonly string[]): Promise<boolean> {
    try {
      const find = async (): Promise<{ value: ReadonlySet<string>; keepFor: number }> => ({
        value: new Set(await this.repository.markedPeople()),
        keepFor: Infinity,
      });
      const marked = await this.marked.get('all', find);
      return people.some((id) => marked?.has(id) === true);
    } catch {
      // Rather once for nothing.
      return true;
    }
  }
}
