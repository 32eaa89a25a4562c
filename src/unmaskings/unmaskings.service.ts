import { randomUUID } from 'node:crypto';

import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import { type AuditEntry, AuditService, type Recorded } from '../audit/audit.service.ts';
import { AgentsService } from '../auth/agents.service.ts';
import { actorOf, type Agent, type Principal } from '../auth/principal.ts';
import { AppError } from '../errors.ts';
import { stateOf, toldUntil, type Unmasking, type UnmaskingState, type UnmaskingVerdict } from './unmasking.ts';
import { UnmaskingsRepository } from './unmaskings.repository.ts';

/** The latest ones that are told. */
const TOLD = 100;

export interface UnmaskingView {
  readonly unmasking: Unmasking;
  readonly state: UnmaskingState;
  readonly toldUntil: Date | null;
  /** Who the agent is; null for everybody but the one who asked, and before and after it may be told. */
  readonly agentRef: string | null;
}

/**
 * Who an agent really is. One employee asks and says why, another one agrees, and then the first can read it for a day: nobody
 * else can, and each time that it is read is recorded. Agents are found by their pseudonym alone.
 */
@Injectable()
export class Unmaskings {
  constructor(
    private readonly audit: AuditService,
    private readonly agents: AgentsService,
    private readonly repository: UnmaskingsRepository,
  ) {}

  /** @throws AppError `not_found`: nobody has this pseudonym; `malformed_request` with a key */
  ask(
    asked: { readonly pseudonym: string } & Pick<Unmasking, 'reason' | 'caseRef'>,
    principal: Principal,
  ): Promise<UnmaskingView> {
    const by = employeeOf(principal);
    return this.audit.record(async (tx, now) => {
      const subjectId = await this.repository.subject(tx, asked.pseudonym);
      if (subjectId === null) throw new AppError('not_found', 'Nobody has this pseudonym.');
      const id = randomUUID();
      const { reason, caseRef } = asked;
      await this.repository.insert(tx, { id, reason, caseRef }, subjectId, by.id, now);
      const body = { unmaskingId: id, agentId: subjectId, reason, caseRef };
      return this.#viewed(tx, now, id, { kind: 'unmasking.asked', actor: actorOf(principal), body });
    });
  }

  /** The latest first, but what is about the reader; of none it is told who it is. */
  async list(principal: Principal): Promise<readonly UnmaskingView[]> {
    const by = employeeOf(principal);
    return this.audit.record(async (tx, now) => {
      const found = await this.repository.list(tx, TOLD);
      const others = found.filter(({ subject }) => subject.id !== by.id);
      return { result: others.map((one) => viewOf(one, now)), entries: [] };
    });
  }

  /** To who asked, as long as it may be told: who it is. That is recorded each time. @throws AppError `not_found`, `forbidden` */
  get(id: string, principal: Principal): Promise<UnmaskingView> {
    const by = employeeOf(principal);
    return this.audit.record(async (tx, now) => {
      const view = viewOf(await this.#require(tx, id), now);
      const { askedBy, subject } = view.unmasking;
      if (subject.id === by.id) throw new AppError('not_found', 'There is no such request.');
      if (view.state !== 'approved' || askedBy.id !== by.id) return { result: view, entries: [] };
      const agent = await this.agents.hold(tx, subject.id);
      const body = { unmaskingId: id, agentId: subject.id };
      return {
        result: { ...view, agentRef: agent?.ref ?? null },
        entries: [{ kind: 'unmasking.told', actor: actorOf(principal), body }],
      };
    });
  }

  /**
   * @throws AppError `not_found`, `forbidden` to who asked, and to whom it is about; `conflict` when somebody decided,
   *   `invalid_state` when it lapsed
   */
  decide(id: string, verdict: UnmaskingVerdict, principal: Principal): Promise<UnmaskingView> {
    const by = employeeOf(principal);
    return this.audit.record(async (tx, now) => {
      const unmasking = await this.#require(tx, id);
      const { askedBy, subject } = unmasking;
      if (subject.id === by.id) throw new AppError('forbidden', 'This is about you: a colleague has to decide.');
      if (verdict === 'approved' && askedBy.id === by.id) {
        throw new AppError('forbidden', 'A colleague has to approve this: somebody else than who asked.');
      }
      const state = stateOf(unmasking, now);
      if (state === 'lapsed') throw new AppError('invalid_state', 'Nobody decided in time. Ask again.');
      if (state !== 'waiting') throw new AppError('conflict', 'Somebody has decided about this.');
      await this.repository.decide(tx, unmasking, verdict, by.id, now);
      const body = { unmaskingId: id, agentId: subject.id };
      return this.#viewed(tx, now, id, { kind: `unmasking.${verdict}`, actor: actorOf(principal), body });
    });
  }

  async #viewed(tx: EntityManager, now: Date, id: string, entry: AuditEntry): Promise<Recorded<UnmaskingView>> {
    return { result: viewOf(await this.#require(tx, id), now), entries: [entry] };
  }

  async #require(tx: EntityManager, id: string): Promise<Unmasking> {
    const unmasking = await this.repository.find(tx, id);
    if (unmasking === null) throw new AppError('not_found', 'There is no such request.');
    return unmasking;
  }
}

function viewOf(unmasking: Unmasking, now: Date): UnmaskingView {
  return { unmasking, state: stateOf(unmasking, now), toldUntil: toldUntil(unmasking), agentRef: null };
}

/** Two keys may be in one hand: who asks and who agrees are people, who signed in themselves. */
function employeeOf({ agent, issuer }: Principal): Agent {
  if (agent === null || issuer === undefined) {
    throw new AppError(
      'malformed_request',
      'This takes two people who sign in themselves: use a staff token, a key is none.',
    );
  }
  return agent;
}
