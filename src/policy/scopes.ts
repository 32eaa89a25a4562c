import type { Policy } from './policy.ts';
import type { Level } from './vocabulary.ts';

/** The strongest mandate that a holder gives by their own word; 4 takes a deed, a court or a register. */
const OWN_WORD: Level = 3;

/** Whether some action of this scope can be reached by what a holder gives in a session of their own. */
export function isOpenToHolders(policy: Policy, scope: string): boolean {
  return [...policy.actions.values()].some(
    (action) => action.scope === scope && action.proxy !== null && action.proxy.mandate <= OWN_WORD,
  );
}

/** What only an executor does: there is no holder any more who could give it, by whatever deed. */
export function isOnlyByLaw(policy: Policy, scope: string): boolean {
  return policy.representations.get('executor')?.includes(scope) === true && !isOpenToHolders(policy, scope);
}
