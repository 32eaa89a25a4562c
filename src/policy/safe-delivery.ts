import { type Inquiry, type Verdict } from './inquiry.ts';
import type { Instant } from './ids.ts';
import type { Reason } from './vocabulary.ts';

const DAY = 86_400_000;

/** What only ever reaches the holder needs no proof from anybody: to the aged address of record, up to a cap. */
export function offerSafeDelivery(inquiry: Inquiry, verdict: Verdict): Verdict {
  const { rule, facts, policy, now } = inquiry;
  if (verdict.outcome === 'permit' || rule.safeDelivery === null) return verdict;
  const { maximum, perDays } = rule.safeDelivery;
  const { addressChangedAt, deliveredAt } = facts.delivery;
  // A way that is still open for this call (identify, ask) is worth more than the word that posting is not possible.
  const unless = (reason: Reason, boundary: Instant): Verdict =>
    verdict.outcome === 'deny'
      ? { ...verdict, reason, boundary: Math.min(boundary, verdict.boundary ?? boundary) }
      : verdict;
  if (addressChangedAt === null) return unless('delivery_address_too_new', Number.POSITIVE_INFINITY);
  const agedAt = addressChangedAt + policy.limits.addressOfRecordDays * DAY;
  if (now < agedAt) return unless('delivery_address_too_new', agedAt);
  const recent = (deliveredAt[rule.name] ?? []).filter((at) => at > now - perDays * DAY);
  if (recent.length >= maximum) return unless('delivery_cap_reached', Math.min(...recent) + perDays * DAY);
  return {
    outcome: 'permit',
    reason: 'permitted',
    had: verdict.had,
    required: verdict.required,
    authority: { kind: 'safe_delivery' },
    // A policy that has safe delivery says where it goes, and that the holder is told.
    obligations: rule.obligations,
  };
}
