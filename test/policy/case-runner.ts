import type { Decision } from '../../src/policy/decision.ts';
import type { Instant } from '../../src/policy/ids.ts';
import { id } from '../support/facts.ts';
import type { Case, Wanted } from './case-format.ts';

/** What is seen of a decision, in the words of a case: only of those things that the case says something about. */
export function seenOf(decision: Decision, wanted: Wanted, now: Instant): Partial<Wanted> {
  const { action, outcome, reason, category, had, required, authority, nextSteps, obligations } = decision;
  const seen: Required<Wanted> = {
    action,
    outcome,
    reason,
    category,
    next_steps: nextSteps.map(({ type }) => type),
    channels: nextSteps.flatMap(({ channels = [] }) => channels),
    methods: nextSteps.flatMap(({ methods = [] }) => methods),
    asks: nextSteps.flatMap(({ holders = [] }) => holders.map((holder) => refOf(holder.id))),
    had: [had.mandate, had.caller, had.confirmation],
    required: [required.mandate, required.caller, required.confirmation],
    authority: authority.kind,
    mandates: authority.kind === 'mandate' ? authority.mandates.map((mandate) => refOf(mandate.id)) : [],
    obligations: obligations.map(({ type }) => type),
    uses: decision.confirmationIds.length,
    valid_for: (decision.validUntil - now) / 1000,
  };
  const named = Object.entries(seen).filter(([name]) => name in wanted);
  return Object.fromEntries(named);
}

function refOf(of: string): string {
  const known = [id.holder(''), id.mandate('')].find((prefix) => of.startsWith(prefix)) ?? '';
  return of.slice(known.length);
}

/** What the audit record of the check must hold, in the order of asking. */
export function wantedRecord({ want }: Case): readonly Pick<Wanted, 'action' | 'outcome' | 'reason'>[] {
  return want.map(({ action, outcome, reason }) => ({ action, outcome, reason }));
}
