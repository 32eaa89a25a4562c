import { randomUUID, timingSafeEqual } from 'node:crypto';

import { Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import type { EntityManager } from 'typeorm';

import { type AuditEntry, AuditService } from '../audit/audit.service.ts';
import { Config } from '../config/config.ts';
import { hashToken, mintSessionToken, sessionIdOf } from '../sessions/session-token.ts';
import type { StaffSessionEntity } from './staff-session.entity.ts';
import type { StaffSession } from './staff-session.ts';
import { StaffSessionsRepository } from './staff-sessions.repository.ts';

const HOUR = 60 * 60_000;
/** How long an ended session stays. Milliseconds. */
const KEPT = 30 * 24 * HOUR;
/** Sessions of one employee at once: a place at work, one at home, and one that they forgot. */
const MOST = 3;
/** Begins its tokens: no API takes one, as browsers send it by themselves. */
const PREFIX = 'mdd';

/** Employees who are signed in to the desk: for a shift at most, and out at once when somebody says so. */
@Injectable()
export class StaffSessions {
  private readonly logger = new Logger(StaffSessions.name);

  constructor(
    private readonly config: Config,
    private readonly audit: AuditService,
    private readonly repository: StaffSessionsRepository,
  ) {}

  /**
   * Always a new session with a new token: one that was in the browser before gains nothing. It ends `DESK_HOURS` after they
   * showed the provider who they are, and not after they came from there. Of more than {@link MOST} sessions the oldest ends.
   *
   * @param provedAt when they showed it, by the provider's clock; one in the future counts as now
   * @param replaced the token that this browser had, null = none: its session ends, whosever it was, and is none of the three
   * @returns its token
   */
  async open(
    agentId: string,
    roles: readonly string[],
    provedAt: Date,
    replaced: string | null = null,
  ): Promise<string> {
    const before = replaced === null ? null : await this.authenticate(replaced, false);
    return this.audit.record(async (tx, now) => {
      const gone = before === null ? null : await this.repository.end(tx, before.id, now);
      const room = { idleSeconds: this.#idleSeconds, kept: MOST - 1 };
      const ended = await this.repository.endOldest(tx, agentId, now, room);
      const id = randomUUID();
      const { text, hash } = mintSessionToken(id, PREFIX);
      const row: StaffSessionEntity = {
        id,
        agentId,
        tokenHash: hash,
        roles: [...roles],
        callId: null,
        openedAt: now,
        usedAt: now,
        expiresAt: new Date(Math.min(now.getTime(), provedAt.getTime()) + this.config.deskHours * HOUR),
        endedAt: null,
      };
      await this.repository.insert(tx, row);
      const entries = ended.map((old) => this.#entryOf('staff_session.ended', old, { reason: 'too_many' }));
      if (gone !== null) entries.push(this.#entryOf('staff_session.ended', gone));
      return { result: text, entries: [...entries, this.#entryOf('staff_session.opened', row)] };
    });
  }

  /**
   * Null for anything but the token of a live session.
   *
   * @param isUse somebody does something; false = a page that keeps itself up to date, in front of which nobody may be
   */
  async authenticate(token: string, isUse: boolean): Promise<StaffSession | null> {
    const id = sessionIdOf(token, PREFIX);
    const row = id === null ? null : await this.repository.find(id, this.#idleSeconds, isUse);
    if (row === null || !timingSafeEqual(row.tokenHash, hashToken(token))) return null;
    const { agentId, roles, callId } = row;
    return { id: row.id, agentId, roles, callId };
  }

  /** Which of these are live. Looking is no use of a session. */
  live(ids: readonly string[]): Promise<ReadonlySet<string>> {
    return this.repository.live(ids, this.#idleSeconds);
  }

  /** Whoever reloads the wrong page finds back to their call. */
  keepCall(id: string, callId: string): Promise<void> {
    return this.repository.keepCall(id, callId);
  }

  /** Ending an ended one changes nothing. */
  end(id: string): Promise<void> {
    return this.audit.record(async (tx, now) => {
      const row = await this.repository.end(tx, id, now);
      return { result: undefined, entries: row === null ? [] : [this.#entryOf('staff_session.ended', row)] };
    });
  }

  /** In the transaction that shuts the employee out: they are not back with the old cookie when they are let in again. */
  async endOfAgent(tx: EntityManager, now: Date, agentId: string, actor: string): Promise<readonly AuditEntry[]> {
    const ended = await this.repository.endOfAgent(tx, agentId, now);
    return ended.map((row) => ({ ...this.#entryOf('staff_session.ended', row), actor }));
  }

  /** After a restore that lost something: nobody knows who signed out meanwhile. */
  async endPage(
    tx: EntityManager,
    now: Date,
    after: string,
  ): Promise<{ readonly last: string | null; readonly entries: readonly AuditEntry[] }> {
    const { last, ended } = await this.repository.endPage(tx, now, after);
    return { last, entries: ended.map((row) => this.#entryOf('staff_session.ended', row, { reason: 'restored' })) };
  }

  /** What ended a month ago says nothing that the audit doesn't. */
  @Interval(HOUR)
  async forget(): Promise<void> {
    try {
      await this.repository.forget(new Date(Date.now() - KEPT));
    } catch (error) {
      this.logger.warn({ event: 'staff_sessions_not_cleared', err: error });
    }
  }

  #entryOf(kind: string, { id, agentId }: StaffSessionEntity, more: Record<string, unknown> = {}): AuditEntry {
    const actor = `agent:${agentId} issuer:${this.config.oidcIssuer ?? ''}`;
    return { kind, actor, body: { sessionId: id, agentId, ...more } };
  }

  get #idleSeconds(): number {
    return this.config.deskIdleMinutes * 60;
  }
}
