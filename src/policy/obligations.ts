import type { Decision } from './decision.ts';
import type { Facts, OpenObligation } from './facts.ts';
import type { ObligationId } from './ids.ts';
import { type Inquiry, refuse, type Verdict } from './inquiry.ts';

/**
 * The last stage: what came with an earlier permit of this scope has to be done before the next one. It takes permits away and
 * changes nothing else: who the caller is, and whether the holder says yes, can be found out meanwhile.
 */
export function heedObligations({ facts, rule }: Inquiry, verdict: Verdict): Verdict {
  const owed = (facts.openObligations ?? []).filter(({ scope }) => scope === rule.scope);
  if (verdict.outcome !== 'permit' || owed.length === 0) return verdict;
  const { had, required, boundary } = verdict;
  return refuse('condition_failed', had, required, [{ type: 'fulfil_obligation', obligations: owed }], boundary);
}

/** @param place in the decision's list, from 0 */
export function obligationId(decisionId: string, place: number): ObligationId {
  return `${decisionId}.${place}` as ObligationId;
}

/**
 * The facts once this was done: what came with it, and needs a receipt, is owed from now on.
 *
 * @param scope of the action
 * @param decisionId of the decision, for the ids of what is owed
 */
export function owing(facts: Facts, { obligations }: Decision, scope: string, decisionId: string): Facts {
  const owed = obligations.flatMap(({ type, needsReceipt }, place): readonly OpenObligation[] =>
    needsReceipt ? [{ id: obligationId(decisionId, place), type, scope }] : [],
  );
  return owed.length === 0 ? facts : { ...facts, openObligations: [...(facts.openObligations ?? []), ...owed] };
}
