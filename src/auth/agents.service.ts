import { randomInt } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';

import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { type AuditEntry, AuditService, type Recorded } from '../audit/audit.service.ts';
import { AppError } from '../errors.ts';
import { PolicyDocuments } from '../policy-documents/policy-documents.service.ts';
import { StaffSessions } from '../staff/staff-sessions.service.ts';
import { AgentsRepository, type AgentDetails } from './agents.repository.ts';
import { ChangeListener } from './change-listener.ts';
import { FreshCache } from './fresh-cache.ts';
import type { Agent } from './principal.ts';

/**
 * References travel in a header and a path, hence this alphabet. No `@`: use an employee number, as an address would
 * put a name into every request.
 */
const AGENT_REF = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/;

/** No vowels, so that no word comes out; no 0, 1, I, O, which get confused on the phone. */
const PSEUDONYM_ALPHABET = 'BCDFGHJKLMNPQRSTVWXZ23456789';
const PSEUDONYM_LENGTH = 4;

/** What is left out of these stays as it was: a system that knows nothing of them takes none away. */
type Lasting = 'skills' | 'flags' | 'leavesAt';
export type SaidOfAgent = Omit<AgentDetails, Lasting> & Partial<Pick<AgentDetails, Lasting>>;

export interface PutAgent {
  readonly outcome: 'created' | 'changed' | 'unchanged';
  readonly agent: Agent;
}

@Injectable()
export class AgentsService {
  private readonly cache: FreshCache<Agent>;

  constructor(
    private readonly repository: AgentsRepository,
    private readonly audit: AuditService,
    private readonly staffSessions: StaffSessions,
    private readonly policies: PolicyDocuments,
    listener: ChangeListener,
  ) {
    this.cache = new FreshCache(listener, 'agents_changed');
  }

  /** Null when nobody has this reference. At most 5 s old, and never older than a change that was heard of. */
  async byRef(ref: string): Promise<Agent | null> {
    if (!AGENT_REF.test(ref)) return null;
    return this.cache.get(`ref:${ref}`, async () => keep(await this.repository.findByRef(ref)));
  }

  /** What {@link byRef} would find without looking it up; null when that must be done. */
  known(ref: string): Agent | null {
    return this.cache.peek(`ref:${ref}`);
  }

  /** Like {@link byRef}, for the agent that a key is bound to. */
  async byId(id: string): Promise<Agent | null> {
    return this.cache.get(`id:${id}`, async () => keep(await this.repository.findById(id)));
  }

  /**
   * The agent as they are now, until the transaction ends: what is counted about them is counted one at a time, and who is shut
   * out is so before or after.
   */
  hold(tx: EntityManager, id: string): Promise<Agent | null> {
    return this.repository.holdById(tx, id);
  }

  /**
   * Inside the transaction that ends all they have. Call {@link forget} after it.
   *
   * @throws AppError `not_found`
   */
  async shutOut(
    tx: EntityManager,
    now: Date,
    ref: string,
    actor: string,
  ): Promise<{ readonly agent: Agent; readonly wasActive: boolean; readonly sessions: readonly AuditEntry[] }> {
    const agent = AGENT_REF.test(ref) ? await this.repository.lockByRef(tx, ref) : null;
    if (agent === null) throw unknownAgent();
    if (agent.isActive) {
      await this.repository.update(tx, agent.id, { ...detailsOf(agent), isActive: false });
      await this.repository.notify(tx, agent.id);
    }
    const sessions = await this.staffSessions.endOfAgent(tx, now, agent.id, actor);
    return { agent: { ...agent, isActive: false }, wasActive: agent.isActive, sessions };
  }

  /** What is in this process's memory; others forget when they hear of a change. */
  forget(): void {
    this.cache.clear();
  }

  /** @throws AppError `not_found` */
  async get(ref: string): Promise<Agent> {
    const agent = await this.byRef(ref);
    if (agent === null) throw unknownAgent();
    return agent;
  }

  /**
   * Registers the agent or changes what is known of them; saying the same again changes and records nothing. The
   * pseudonym is made once and stays: holders know an agent by it. An agent who is set inactive can do nothing more
   * from the next request on, whatever key they use.
   *
   * @param actor see `actorOf`
   */
  async put(ref: string, said: SaidOfAgent, actor: string): Promise<PutAgent> {
    if (!AGENT_REF.test(ref)) {
      const fault = {
        pointer: '/ref',
        detail: '1 to 64 letters, digits, dots, colons, hyphens or underscores, beginning with a letter or digit.',
      };
      throw new AppError('validation_failed', 'This is no usable reference of an agent.', { faults: [fault] });
    }
    const put = await this.audit.record(async (tx, now): Promise<Recorded<PutAgent>> => {
      const known = await this.repository.lockByRef(tx, ref);
      const leavesAt = said.leavesAt === undefined ? (known?.leavesAt ?? null) : said.leavesAt;
      const details = {
        ...said,
        leavesAt,
        // Whose last day is over comes back by another one.
        isActive: said.isActive && (leavesAt === null || now < leavesAt),
        skills: inOrder(said.skills ?? known?.skills),
        flags: inOrder(said.flags ?? known?.flags),
      };
      await this.requireKnown(tx, details, known);
      const before = known ?? (await this.register(tx, ref, details, now));
      const after: Agent = { ...before, ...details };
      const isSame = isDeepStrictEqual(detailsOf(after), detailsOf(before));
      if (known !== null && isSame) return { result: { outcome: 'unchanged', agent: after }, entries: [] };
      if (!isSame) await this.repository.update(tx, after.id, details);
      await this.repository.notify(tx, after.id);
      const body = { agentId: after.id, ...details, leavesAt: leavesAt?.toISOString() ?? null };
      const kind = known === null ? 'agent.registered' : 'agent.changed';
      const outcome = known === null ? 'created' : 'changed';
      const ended = after.isActive ? [] : await this.staffSessions.endOfAgent(tx, now, after.id, actor);
      return { result: { outcome, agent: after }, entries: [{ kind, actor, body }, ...ended] };
    });
    // Our own next request must not depend on how fast the notification comes back.
    this.cache.clear();
    return put;
  }

  /** What they had stays theirs when the policy forgets it; a word that it doesn't know would do nothing, unseen. */
  private async requireKnown(tx: EntityManager, { skills, flags }: AgentDetails, known: Agent | null): Promise<void> {
    const fresh = (['skills', 'flags'] as const).flatMap((part) =>
      (part === 'skills' ? skills : flags)
        .filter((word) => known?.[part].includes(word) !== true)
        .map((word) => ({ part, word })),
    );
    if (fresh.length === 0) return;
    const { agentWords } = await this.policies.current(tx);
    const faults = fresh
      .filter(({ part, word }) => !agentWords[part].includes(word))
      .map(({ part, word }) => ({
        pointer: `/${part}`,
        detail: `The policy knows no "${word}"; it knows: ${agentWords[part].join(', ') || 'none'}.`,
      }));
    if (faults.length > 0)
      throw new AppError('validation_failed', 'The policy in force does not know that of agents.', { faults });
  }

  private async register(tx: EntityManager, ref: string, details: AgentDetails, now: Date): Promise<Agent> {
    // An insert is refused when the pseudonym is taken (try another) or when another process registered this
    // reference just now (then it is there).
    for (;;) {
      await this.repository.insert(tx, ref, randomPseudonym(), details, now);
      const agent = await this.repository.lockByRef(tx, ref);
      if (agent !== null) return agent;
    }
  }
}

function detailsOf({ role, team, isActive, leavesAt, skills, flags }: AgentDetails): AgentDetails {
  return { role, team, isActive, leavesAt, skills, flags };
}

function inOrder(words: readonly string[] = []): readonly string[] {
  return [...new Set(words)].toSorted();
}

function unknownAgent(): AppError {
  return new AppError('not_found', 'No agent has this reference.');
}

function keep(agent: Agent | null): { value: Agent; keepFor: number } | null {
  return agent === null ? null : { value: agent, keepFor: Infinity };
}

function randomPseudonym(): string {
  const letters = Array.from({ length: PSEUDONYM_LENGTH }, () =>
    PSEUDONYM_ALPHABET.charAt(randomInt(PSEUDONYM_ALPHABET.length)),
  );
  return letters.join('');
}
