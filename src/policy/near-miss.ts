import type { Mandate } from './facts.ts';
import type { Instant } from './ids.ts';
import type { Inquiry } from './inquiry.ts';
import { isClosed, restsUntil } from './life-events.ts';
import { carried } from './passed-on.ts';
import { isBoundToOtherCall } from './strength.ts';
import type { Level, Reason } from './vocabulary.ts';

/** Below this, a caller is not told why a mandate doesn't help: only its proxy may know that it exists. */
const DISCLOSURE_LEVEL: Level = 2;

/** Most helpful first; what stands behind the first that applies is told. */
const MANDATE_REASONS = [
  'mandate_suspended',
  'mandate_pending',
  'mandate_not_started',
  'scope_not_covered',
  'contract_not_covered',
  'mandate_expired',
  'mandate_withdrawn',
  'life_event',
] as const satisfies readonly Reason[];
type MandateReason = (typeof MANDATE_REASONS)[number];

/**
 * Unknown, unmandated and foreign callers get one answer. Only somebody who proved to be the proxy is told what became
 * of their mandate, and never of one that was withdrawn in silence.
 */
export function whyNoMandate(inquiry: Inquiry): Why {
  const never = Number.POSITIVE_INFINITY;
  if (inquiry.caller < DISCLOSURE_LEVEL) return { reason: 'no_mandate', boundary: never };
  let told: Why = { reason: 'no_mandate', boundary: never };
  for (const mandate of inquiry.facts.mandates) {
    const why = whyNot(inquiry, carried(inquiry.policy, mandate));
    if (why !== null && isMoreHelpful(why, told)) told = why;
  }
  return told;
}

interface Why {
  readonly reason: MandateReason | 'no_mandate';
  readonly boundary: Instant;
}

/** Of two that are told alike, the one that ends first. */
function isMoreHelpful(why: Why, told: Why): boolean {
  const [place, toldPlace] = [placeOf(why.reason), placeOf(told.reason)];
  return place < toldPlace || (place === toldPlace && why.boundary < told.boundary);
}

function placeOf(reason: Why['reason']): number {
  return reason === 'no_mandate' ? MANDATE_REASONS.length : MANDATE_REASONS.indexOf(reason);
}

function whyNot(inquiry: Inquiry, mandate: Mandate): Why | null {
  const { facts, rule, now } = inquiry;
  const isForeign = facts.contract.holders.every(({ id }) => id !== mandate.holderId);
  if (isForeign || mandate.isSilent || isBoundToOtherCall(mandate, facts.call.id, now)) return null;
  const because = (reason: MandateReason, boundary = Number.POSITIVE_INFINITY): Why => ({ reason, boundary });
  if (mandate.state === 'ended') return because(whyEnded(mandate));
  if (isClosed(inquiry, mandate.holderId)) return because('life_event');
  if (now >= mandate.endsAt) return because('mandate_expired');
  if (!mandate.contractIds.includes(facts.contract.id)) return because('contract_not_covered');
  if (!mandate.scopes.includes(rule.scope)) return because('scope_not_covered');
  if (mandate.state === 'suspended') return because('mandate_suspended');
  if (mandate.state !== 'active') return because('mandate_pending');
  const restingUntil = restsUntil(inquiry, mandate);
  if (restingUntil !== null) return because('mandate_suspended', restingUntil);
  return because('mandate_not_started', mandate.startsAt);
}

function whyEnded({ ending }: Mandate): MandateReason {
  if (ending === 'expired') return 'mandate_expired';
  return ending === 'life_event' ? 'life_event' : 'mandate_withdrawn';
}
