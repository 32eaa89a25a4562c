import type { Authority, Levels, NextStep } from './decision.ts';
import type { Facts } from './facts.ts';
import type { ConfirmationId, Instant } from './ids.ts';
import type { ActionRule, ObligationRule, Policy } from './policy.ts';
import type { Level, Outcome, Reason } from './vocabulary.ts';
import { isSamePerson } from './ids.ts';

export const NO_LEVELS: Levels = { mandate: 0, caller: 0, confirmation: 0 };

/** What is weighed: one question, what is known, and the rule for it. */
export interface Inquiry {
  readonly policy: Policy;
  readonly facts: Facts;
  readonly rule: ActionRule;
  readonly key: string;
  readonly now: Instant;
  readonly caller: Level;
}

/** A decision before it is dressed up. `boundary` is the nearest moment at which it could turn out differently. */
export interface Verdict {
  readonly outcome: Outcome;
  readonly reason: Reason;
  readonly had: Levels;
  readonly required: Levels;
  readonly authority?: Authority;
  readonly nextSteps?: readonly NextStep[];
  readonly obligations?: readonly ObligationRule[];
  readonly confirmationIds?: readonly ConfirmationId[];
  readonly boundary?: Instant;
}

export function refuse(
  reason: Reason,
  had: Levels,
  required: Levels,
  nextSteps: readonly NextStep[],
  boundary?: Instant,
): Verdict {
  return { outcome: 'deny', reason, had, required, nextSteps, ...(boundary === undefined ? {} : { boundary }) };
}

/** True when a holder of this contract is on the line and says so. */
export function isHolderInPerson({ call, contract, caller }: Facts): boolean {
  return (
    call.claim === 'holder' &&
    contract.holders.some(({ id, hasContacts }) => hasContacts !== true && isSamePerson(id, caller.id))
  );
}
