import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import { type AuditEntry, AuditService } from '../audit/audit.service.ts';
import { KeyRing } from '../crypto/key-ring.ts';
import { AppError } from '../errors.ts';
import { metrics } from '../http/metrics.ts';
import type { CodeBinding } from '../policy/binding.ts';
import type { Level } from '../policy/vocabulary.ts';
import { CodeBudgets, ownerOf } from './code-budgets.service.ts';
import { bindingOf, deriveCode, isSameCode, requireKey } from './code-derivation.ts';
import { entryOf } from './code-entry.ts';
import {
  type Code,
  type CodeState,
  isBySession,
  isSent,
  MAXIMUM_TRIES,
  type SentCode,
  stateAt,
  triesLeft,
} from './code.ts';
import { CodesRepository } from './codes.repository.ts';
import { CodesService } from './codes.service.ts';

/** What a try named of the code's binding; any difference to what was asked is a wrong code. */
export type NamedBinding = Pick<CodeBinding, 'callId' | 'agentId' | 'actionKeys'>;

export type Attempt =
  | { readonly accepted: true; readonly code: SentCode }
  | {
      readonly accepted: false;
      readonly state: CodeState;
      readonly triesLeft: number;
      /** Refused uncompared, right or wrong: too many wrong codes were tried today, at this code or at others. */
      readonly isBudgetSpent: boolean;
    };

/** A try that was counted, with what the code's binding names of the world now; or one that was refused uncompared. */
type CountedTry =
  | { readonly code: Code; readonly current: Pick<CodeBinding, 'mandateRevision' | 'contactPointId'> }
  | { readonly code: null; readonly refusal: Extract<Attempt, { accepted: false }> };

/** What a yes does, in the transaction that consumes the code. */
export type OnApproval = (tx: EntityManager, now: Date, code: SentCode) => Promise<readonly AuditEntry[]>;

/** What is answered to a one-time code: a try at it, which is counted, compared and then consumed; or a no. */
@Injectable()
export class CodeAnswers {
  constructor(
    private readonly ring: KeyRing,
    private readonly codes: CodesService,
    private readonly repository: CodesRepository,
    private readonly budgets: CodeBudgets,
    private readonly audit: AuditService,
  ) {}

  /**
   * One try. Count, then compare, then consume: each a committed transaction of its own, so that a request that dies
   * in between has used its try up, and of many right ones exactly one counts.
   *
   * @param presented what was typed; blanks and hyphens between the digits are forgiven
   * @param named null when the holder answers on their own page, which shows the binding in full
   * @throws AppError `not_found`, `invalid_state` when the code's key is gone, or there never was a code; nothing is counted then
   */
  async attempt(
    id: string,
    presented: string,
    named: NamedBinding | null,
    actor: string,
    onApproval: OnApproval,
  ): Promise<Attempt> {
    const counted = await this.countTry(id, actor);
    if (counted.code === null) return counted.refusal;
    const { code, current } = counted;
    const binding: CodeBinding = {
      ...bindingOf(code),
      ...current,
      ...named,
    };
    // The same work for a decoy, which is never right.
    const isRight = isSameCode(deriveCode(this.ring, binding, code), presented);
    // What nobody was sent is nobody's to type.
    return isRight && isSent(code) ? this.consume(code, actor, onApproval) : this.fail(code, actor);
  }

  /** The holder's no. Null when the code was not open any more: then what ended it stands. */
  async decline(
    tx: EntityManager,
    now: Date,
    id: string,
    actor: string,
  ): Promise<{ readonly code: Code; readonly entry: AuditEntry } | null> {
    await this.repository.lockMandateOf(tx, id);
    const code = await this.repository.settle(tx, id, 'declined', now);
    return code === null ? null : { code, entry: entryOf('code.declined', code, actor, {}) };
  }

  /**
   * The holder's yes without the code, to what they read in full on a page of their own. Null when the question was not open
   * any more, or the mandate that it names has changed since: then nobody may say yes to it.
   *
   * @param strength that of their session, 3 or 4
   */
  async approveInSession(
    tx: EntityManager,
    now: Date,
    id: string,
    strength: Level,
    actor: string,
  ): Promise<{ readonly code: Code; readonly entry: AuditEntry } | null> {
    const known = await this.codes.require(tx, id);
    const { mandateRevision } = await this.repository.currentBinding(tx, known);
    if (mandateRevision !== known.mandateRevision) return null;
    const code = await this.repository.approveInSession(tx, id, strength, now);
    return code === null ? null : { code, entry: entryOf('code.approved_in_session', code, actor, { strength }) };
  }

  private countTry(id: string, actor: string): Promise<CountedTry> {
    return this.audit.record<CountedTry>(async (tx, now) => {
      const known = await this.codes.known(tx, id);
      requireKey(this.ring, known);
      if (isBySession(known)) {
        throw new AppError('invalid_state', 'This question has no code: the holder answers it after signing in.');
      }
      // Of a code that has ended its own end is told, as what a decoy counts on is forgotten after a day.
      const isBudgetSpent = (await this.budgets.isSpent(tx, now, ownerOf(known))) && stateAt(known, now) === 'pending';
      if (isBudgetSpent) metrics.codeBudgets.inc();
      const code = isBudgetSpent ? null : await this.repository.takeTry(tx, id, now);
      if (code === null) {
        const state = isBudgetSpent ? 'tries_exhausted' : stateAt(known, now);
        const refusal = { accepted: false, state, triesLeft: 0, isBudgetSpent } as const;
        return { result: { code, refusal }, entries: [entryOf('code.refused', known, actor, { state })] };
      }
      await this.budgets.addFailure(tx, now, ownerOf(code), id);
      const current = await this.repository.currentBinding(tx, code);
      return { result: { code, current }, entries: [entryOf('code.tried', code, actor, { tries: code.tries })] };
    });
  }

  private consume(counted: SentCode, actor: string, onApproval: OnApproval): Promise<Attempt> {
    return this.audit.record<Attempt>(async (tx, now) => {
      await this.repository.lockMandateOf(tx, counted.id);
      const code = await this.repository.approve(tx, counted.id, counted.counter, now);
      // It was right, if perhaps too late: no guess, whatever became of the code meanwhile.
      const owner = ownerOf(counted);
      // No row keeps others from a claim's budget as one keeps them from a person's.
      if ('claimKeys' in owner) await this.repository.lockBudget(tx, owner, now);
      await this.budgets.giveBackFailure(tx, owner, counted.id);
      if (code === null || !isSent(code)) {
        const known = await this.codes.require(tx, counted.id);
        const state = stateAt(known, now);
        return {
          result: { accepted: false, state, triesLeft: triesLeft(known, now), isBudgetSpent: false },
          entries: [entryOf('code.refused', known, actor, { state })],
        };
      }
      const entries = await onApproval(tx, now, code);
      return { result: { accepted: true, code }, entries: [entryOf('code.approved', code, actor, {}), ...entries] };
    });
  }

  private fail(counted: Code, actor: string): Promise<Attempt> {
    return this.audit.record(async (tx, now) => {
      const isLast = counted.tries >= MAXIMUM_TRIES;
      const ended = isLast ? await this.repository.settle(tx, counted.id, 'tries_exhausted', now) : null;
      const code = ended ?? (await this.codes.known(tx, counted.id));
      const state = stateAt(code, now);
      const result = { accepted: false, state, triesLeft: triesLeft(code, now), isBudgetSpent: false } as const;
      return { result, entries: [entryOf('code.failed', code, actor, { tries: counted.tries, state })] };
    });
  }
}
