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
