import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import { type AuditEntry, AuditService } from '../audit/audit.service.ts';
import { actorOf, type Principal, signedInOf } from '../auth/principal.ts';
import { AppError } from '../errors.ts';
import { DeliveryRoutes } from '../messages/delivery-routes.ts';
import type { Language } from '../policy/vocabulary.ts';
import { PolicyDocuments } from '../policy-documents/policy-documents.service.ts';
import { SessionsService } from '../sessions/sessions.service.ts';
import { AskFirstRepository } from './ask-first.repository.ts';

/** A group of actions, as the policy in force names it. */
export interface ActionGroup {
  readonly scope: string;
  readonly title: string;
  /** What belongs to it. */
  readonly actions: readonly string[];
  /** Its person wants to be asked first. */
  readonly isAskedFirst: boolean;
}

export interface AskFirst {
  /** In the policy's order. */
  readonly groups: readonly ActionGroup[];
  /** Whether a code can reach them now. If not, what they are to be asked about can't be done. */
  readonly canBeAsked: boolean;
}

/** The strength of what only a court, a notary or a register gives. */
const COURT = 4;

/** The strength that a yes has, and that taking the wish back must have: see `grants.ts`. */
const CODE = 2;

/**
 * "Ask me first": the groups of actions that are done on somebody's contracts only after they said yes to it, whoever asks and
 * whatever mandate there is.
 */
@Injectable()
export class AskFirstService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly audit: AuditService,
    private readonly policies: PolicyDocuments,
    private readonly repository: AskFirstRepository,
    private readonly routes: DeliveryRoutes,
    private readonly sessions: SessionsService,
  ) {}

  async get(principal: Principal, language: Language): Promise<AskFirst> {
    const { id } = signedInOf(principal);
    const policy = await this.policies.current();
    const chosen = new Set(await this.repository.list(this.dataSource.manager, id));
    const groups = [...policy.scopes.values()].flatMap(({ name, title }) => {
      // Recordings are asked about each time anyway.
      const actions = [...policy.actions.values()].filter(({ scope, isRecording }) => scope === name && !isRecording);
      // What the law alone lets somebody do is asked of nobody.
      if (!actions.some(({ proxy }) => proxy === null || proxy.mandate < COURT)) return [];
      const words = actions.map((one) => one.title[language]);
      return [{ scope: name, title: title[language], actions: words, isAskedFirst: chosen.has(name) }];
    });
    const canBeAsked = await this.audit.record(async (tx, now) => ({
      result: await this.#canBeAsked(tx, now, id),
      entries: [],
    }));
    return { groups, canBeAsked };
  }

  /**
   * All of them at once. Taking one back lets others do again what needed a yes: so that needs a session of the strength which
   * that yes has.
   *
   * @throws AppError `proof_required`, `validation_failed` for a scope that the policy doesn't know
   */
  async save(principal: Principal, scopes: readonly string[]): Promise<void> {
    const person = signedInOf(principal);
    const policy = await this.policies.current();
    await this.audit.record(async (tx, now) => {
      await this.sessions.requireProof(tx, now, person, 'change');
      const { strength } = await this.sessions.require(tx, person);
      const before = await this.repository.list(tx, person.id);
      const added = scopes.filter((scope) => !before.includes(scope));
      // What another policy named stays: it may be in force again.
      const removed = before.filter((scope) => policy.scopes.has(scope) && !scopes.includes(scope));
      const faults = added
        .filter((scope) => !policy.scopes.has(scope))
        .map((scope) => ({ pointer: `/scopes/${scopes.indexOf(scope)}`, detail: 'is no group of actions here' }));
      if (faults.length > 0) throw new AppError('validation_failed', 'There is no such group of actions.', { faults });
      if (removed.length > 0 && strength < CODE) {
        throw new AppError(
          'proof_required',
          'An e-mail says too little to take this back. Show it with a telephone first.',
        );
      }
      if (added.length + removed.length === 0) return { result: undefined, entries: [] };
      await this.repository.remove(tx, person.id, removed);
      await this.repository.add(tx, person.id, added, now);
      const entry: AuditEntry = {
        kind: 'ask_first.changed',
        actor: actorOf(principal),
        personIds: [person.id],
        body: { added, removed },
      };
      return { result: undefined, entries: [entry] };
    });
  }

  async #canBeAsked(tx: EntityManager, now: Date, personId: string): Promise<boolean> {
    const ways = await this.routes.ways(tx, personId, now, { level: CODE, byLetter: false, isNews: false });
    return ways.length > 0;
  }
}
