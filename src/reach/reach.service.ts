import { randomUUID } from 'node:crypto';

import { Injectable, Logger } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { DataSource, type EntityManager } from 'typeorm';

import type { AuditEntry } from '../audit/audit.service.ts';
import { activeAgent } from '../auth/active-agent.ts';
import { AgentsService } from '../auth/agents.service.ts';
import { KeysService } from '../auth/keys.service.ts';
import { Config } from '../config/config.ts';
import { AppError } from '../errors.ts';
import { metrics } from '../http/metrics.ts';
import { ReachRepository } from './reach.repository.ts';

/** That somebody has reached enough people for now: what to answer, and what to keep of it. */
export interface Refusal {
  readonly error: AppError;
  readonly entry: AuditEntry;
  /** It is more than an hour has room for, whoever waits. */
  readonly neverFits: boolean;
}

const HOUR = 3_600;
/** The key in an actor, see `actorOf`; else the agent who came with a staff token. */
const KEY = /\bkey:\S+/;
const AGENT = /\bagent:(\S+)/;

/**
 * How many different people somebody gets to see in an hour. Counted in the database, in the transaction that shows them: another
 * process, a restart or many requests at once count on. A guess at a reference that doesn't exist counts as one more person,
 * else guessing would be free.
 */
@Injectable()
export class ReachService {
  private readonly logger = new Logger(ReachService.name);

  constructor(
    private readonly dataSource: DataSource,
    private readonly config: Config,
    private readonly agents: AgentsService,
    private readonly keys: KeysService,
    private readonly repository: ReachRepository,
  ) {
    for (const what of ['call', 'lookup']) metrics.reachRefusals.inc({ what }, 0);
  }

  /**
   * An agent opens a call, or looks at the file of somebody. The agent is held until the transaction ends: who is shut out meanwhile opens no more.
   *
   * @param reached the holders of the contract; null = there is none
   * @returns null when it was counted
   * @throws AppError `forbidden` when the agent was shut out
   */
  async call(
    tx: EntityManager,
    now: Date,
    agentId: string,
    reached: readonly string[] | null,
    actor: string,
  ): Promise<Refusal | null> {
    const agent = activeAgent(await this.agents.hold(tx, agentId));
    return this.count(tx, now, { what: 'call', reacher: `agent:${agent.id}`, actor }, reached);
  }

  /**
   * Somebody looks people up outside calls. Their key is held until the transaction ends. At the command line there is no cap.
   *
   * @param actor see `actorOf`
   * @param reached null = nobody was found
   * @returns null when it was counted
   * @throws AppError `unauthenticated` when the key was revoked a moment ago; `forbidden` when the agent was shut out
   */
  async lookUp(
    tx: EntityManager,
    now: Date,
    actor: string,
    reached: readonly string[] | null,
  ): Promise<Refusal | null> {
    const [key] = KEY.exec(actor) ?? [];
    const [, agentId] = AGENT.exec(actor) ?? [];
    if (key !== undefined) await this.keys.hold(tx, key.slice('key:'.length));
    else if (agentId !== undefined) activeAgent(await this.agents.hold(tx, agentId));
    else return null;
    return this.count(tx, now, { what: 'lookup', reacher: key ?? `key:staff-${agentId}`, actor }, reached);
  }

  /** Never fails: what couldn't be cleared is tried again an hour later. */
  @Interval(HOUR * 1_000)
  async clear(): Promise<void> {
    try {
      await this.repository.clear(this.dataSource.manager);
    } catch (error) {
      this.logger.warn({ event: 'past_reaches_not_cleared', err: error });
    }
  }

  private async count(
    tx: EntityManager,
    now: Date,
    { what, reacher, actor }: { readonly what: 'call' | 'lookup'; readonly reacher: string; readonly actor: string },
    reached: readonly string[] | null,
  ): Promise<Refusal | null> {
    const most = what === 'call' ? this.config.agentHoldersPerHour : this.config.keyPeoplePerHour;
    const { isOver, roomIn } = await this.repository.reach(tx, reacher, reached ?? [randomUUID()], most, now);
    if (!isOver) return null;
    metrics.reachRefusals.inc({ what });
    const detail =
      what === 'call'
        ? `You may see ${most} customers in an hour, and this would be more. Go on with those of the last hour, or ask your team lead.`
        : `This key may look up ${most} people in an hour, and this would be more. Wait, or have the limit raised.`;
    const error = new AppError('rate_limited', detail, { retryAfter: roomIn ?? HOUR });
    return { error, entry: { kind: 'reach.refused', actor, body: { what, most } }, neverFits: roomIn === null };
  }
}
