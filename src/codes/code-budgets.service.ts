import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import { AppError } from '../errors.ts';
import { metrics } from '../http/metrics.ts';
import type { Code } from './code.ts';
import { type BudgetOwner, CodesRepository } from './codes.repository.ts';

/** Budgets that new codes, restarts and other processes don't reset. Reaching one stops codes, nothing else. */
const BUDGET = { sendsInTenMinutes: 3, sendsInDay: 10, failuresInDay: 10 } as const;

/** How much may be sent to one person, and guessed at their codes. */
@Injectable()
export class CodeBudgets {
  constructor(private readonly repository: CodesRepository) {}

  /** @throws AppError `code_budget_exhausted` when nothing may be sent now */
  async requireSend(tx: EntityManager, now: Date, owner: BudgetOwner): Promise<void> {
    const use = await this.repository.lockBudget(tx, owner, now);
    if (use.failuresInDay >= BUDGET.failuresInDay) throw tooManyFailures();
    if (use.sendsInDay >= BUDGET.sendsInDay)
      throw exhausted('10 codes were sent in 24 hours. Try again tomorrow.', 86_400);
    if (use.sendsInTenMinutes >= BUDGET.sendsInTenMinutes)
      throw exhausted('3 codes were sent in 10 minutes. Wait a while.', 600);
  }

  /** After {@link requireSend}, in the same transaction. */
  addSend(tx: EntityManager, now: Date, owner: BudgetOwner, codeId: string): Promise<void> {
    return this.repository.addBudgetEntry(tx, owner, 'send', codeId, now);
  }

  /** Whether no try may be made any more. Locks the budgets: what is counted after it was asked is counted once. */
  async isSpent(tx: EntityManager, now: Date, owner: BudgetOwner): Promise<boolean> {
    const { failuresInDay } = await this.repository.lockBudget(tx, owner, now);
    return failuresInDay >= BUDGET.failuresInDay;
  }

  /** @throws AppError `code_budget_exhausted` when no try may be made any more */
  async requireTry(tx: EntityManager, now: Date, owner: BudgetOwner): Promise<void> {
    if (await this.isSpent(tx, now, owner)) throw tooManyFailures();
  }

  /** After {@link isSpent}, in the same transaction. */
  addFailure(tx: EntityManager, now: Date, owner: BudgetOwner, subjectId: string): Promise<void> {
    return this.repository.addBudgetEntry(tx, owner, 'failure', subjectId, now);
  }

  /**
   * Counts a try at something that guesses at this owner's codes; before it is compared.
   *
   * @param subjectId what the try is at; name it again to give the try back
   * @throws AppError `code_budget_exhausted`
   */
  async countFailure(tx: EntityManager, now: Date, owner: BudgetOwner, subjectId: string): Promise<void> {
    await this.requireTry(tx, now, owner);
    await this.addFailure(tx, now, owner, subjectId);
  }

  /** The try was right, so it was somebody's. */
  giveBackFailure(tx: EntityManager, owner: BudgetOwner, subjectId: string): Promise<void> {
    return this.repository.giveBackFailure(tx, owner, subjectId);
  }
}

/**
 * Who claims nothing at all points at nobody in any call: their budget is their call's. A sign-in counts on what was claimed,
 * whoever it turns out to be: how much is left must not tell whether that is somebody.
 *
 * @throws Error for a code of nobody in no call, which the table refuses too
 */
export function ownerOf({
  purpose,
  personId,
  callId,
  claimKeys,
}: Pick<Code, 'purpose' | 'personId' | 'callId' | 'claimKeys'>): BudgetOwner {
  if (purpose === 'sign_in') return { claimKeys };
  if (personId !== null) return { personId };
  if (claimKeys.length > 0) return { claimKeys };
  if (callId === null) throw new Error('a code for nobody claims something, or belongs to a call');
  return { claimKeys: [Buffer.from(callId)] };
}

/** So many wrong codes were tried that none is compared. */
export function tooManyFailures(): AppError {
  return exhausted('10 wrong codes were tried in 24 hours. Try again tomorrow.', 86_400);
}

function exhausted(detail: string, retryAfter: number): AppError {
  metrics.codeBudgets.inc();
  return new AppError('code_budget_exhausted', detail, { retryAfter });
}
