import type { Mandate, ParentMandate } from './facts.ts';
import type { Policy } from './policy.ts';

/**
 * A mandate as far as the one that it was made from carries it: never wider, never longer, and alive only while that one is.
 * How strong it is at most: see `mandateStrength`. A mandate that the holder gave is answered as it is.
 */
export function carried(policy: Policy, mandate: Mandate): Mandate {
  const { parent } = mandate;
  if (parent === undefined) return mandate;
  const { state, ending } = stateUnder(mandate, parent);
  // Whoever may act for the holder no more has nobody act for them either; and nobody but the holder knows of a block.
  const isBlocked = state === 'active' && parent.hasBlockedProxy;
  return {
    ...mandate,
    state: isBlocked ? 'suspended' : state,
    ending,
    isSilent: mandate.isSilent || parent.isSilent || isBlocked,
    startsAt: Math.max(mandate.startsAt, parent.startsAt),
    endsAt: Math.min(mandate.endsAt, parent.endsAt),
    scopes: mandate.scopes.filter((scope) => parent.scopes.includes(scope) && mayBePassedOn(policy, scope)),
    contractIds: mandate.contractIds.filter((id) => parent.contractIds.includes(id)),
  };
}

/** Whether a proxy may let somebody else do this, where the holder lets them pass their mandate on. */
export function mayBePassedOn(policy: Policy, scope: string): boolean {
  return policy.scopes.get(scope)?.mayBePassedOn === true;
}

/** The state of a sub-mandate as people see it: its own, as long as its parent is alive. */
export function stateUnder(
  { state, ending }: Pick<Mandate, 'state' | 'ending'>,
  parent: Pick<ParentMandate, 'state' | 'ending' | 'mayPassOn'>,
): Pick<Mandate, 'state' | 'ending'> {
  if (state !== 'active') return { state, ending };
  if (parent.state !== 'active') return { state: parent.state, ending: parent.ending };
  return parent.mayPassOn ? { state, ending } : { state: 'suspended', ending: null };
}
