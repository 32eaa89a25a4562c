import type { Confirmation, Facts, HolderFacts, Mandate } from './facts.ts';
import type { ConfirmationId, Instant } from './ids.ts';
import type { Inquiry } from './inquiry.ts';
import { yesLevel } from './strength.ts';
import type { Level } from './vocabulary.ts';

/** A yes that still counts. */
export interface UsableConfirmation {
  readonly id: ConfirmationId;
  readonly level: Level;
  readonly until: Instant;
}

/** The strongest yes of this holder to exactly this action, for this caller, still fresh and not used up. */
export function confirmationOf(
  inquiry: Inquiry,
  holder: HolderFacts,
  mandate: Mandate | null,
): UsableConfirmation | null {
  const { facts, policy, key, now } = inquiry;
  let best: UsableConfirmation | null = null;
  for (const confirmation of facts.confirmations) {
    if (!isYesOf(confirmation, holder, facts, key) || !fitsMandate(confirmation, mandate)) continue;
    const until = confirmation.answeredAt + policy.limits.confirmationMinutes * 60_000;
    if (confirmation.answeredAt > now || now >= until) continue;
    const candidate: UsableConfirmation = { id: confirmation.id, level: yesLevel(confirmation), until };
    if (best === null || isBetter(candidate, best)) best = candidate;
  }
  return best;
}

function isYesOf(confirmation: Confirmation, holder: HolderFacts, facts: Facts, key: string): boolean {
  return (
    confirmation.answer === 'approved' &&
    confirmation.holderId === holder.id &&
    confirmation.callerId === facts.caller.id &&
    confirmation.actions.some((action) => action.key === key && !action.isUsed)
  );
}

/** A yes was given about one revision of one mandate, or about none: a mandate that changed since needs a new yes. */
function fitsMandate(confirmation: Confirmation, mandate: Mandate | null): boolean {
  return (
    confirmation.mandateId === (mandate?.id ?? null) && confirmation.mandateRevision === (mandate?.revision ?? null)
  );
}

function isBetter(candidate: UsableConfirmation, best: UsableConfirmation): boolean {
  if (candidate.level !== best.level) return candidate.level > best.level;
  if (candidate.until !== best.until) return candidate.until > best.until;
  return candidate.id < best.id;
}
