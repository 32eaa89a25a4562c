import type { Instant } from '../policy/ids.ts';
import type { RepresentationKind } from '../policy/vocabulary.ts';
import { isOfPeriod, isOpen, type RepresentationRow, stateOf } from './representation.ts';

/** What a public register says of one person: who represents them, by which measure. References are the CRM's. */
export interface RegisterEntry {
  readonly holder: string;
  readonly representative: string;
  readonly kind: RepresentationKind;
  /** Null where the register names none. */
  readonly startsAt: Instant | null;
  readonly endsAt: Instant | null;
}

export const DISCREPANCIES = [
  'not_on_file',
  'not_in_register',
  'waits_for_approval',
  'other_representative',
  'other_period',
] as const;
/**
 * `not_on_file`: the register has it, and nobody recorded it here. `not_in_register`: it counts here, and the register has none of
 * this kind for this person. `waits_for_approval`: recorded, and worth nothing yet. `other_representative`, `other_period`: both
 * have it, and differ.
 */
export type DiscrepancyKind = (typeof DISCREPANCIES)[number];

export interface Discrepancy {
  readonly what: DiscrepancyKind;
  readonly holder: string;
  readonly kind: RepresentationKind;
  /** What is on file; null = nothing. */
  readonly representationId: string | null;
  /** The register's entry by its place, from 0; null = it has none. */
  readonly entry: number | null;
}

/** Once each; what agrees is in neither list. */
export interface Comparison {
  readonly agreeing: number;
  readonly discrepancies: readonly Discrepancy[];
}

/**
 * What the register says about these people beside what is on file about them. Changes nothing: what differs is recorded, approved or
 * revoked by employees, with its proof.
 *
 * @param onFile everything about the people who were looked up in the register, also where it has nothing; what is over is left out
 */
export function compare(
  entries: readonly RegisterEntry[],
  onFile: readonly RepresentationRow[],
  now: Date,
): Comparison {
  const open = onFile.filter((row) => isOpen(row, now));
  const matched = new Set<string>();
  const discrepancies: Discrepancy[] = [];
  let agreeing = 0;
  for (const [entry, one] of entries.entries()) {
    const { holder, kind } = one;
    const ofKind = open.filter((row) => row.holderRef === holder && row.kind === kind && !matched.has(row.id));
    const same = ofKind.find((row) => row.representativeRef === one.representative);
    const row = same ?? ofKind.find(({ representativeRef }) => !isNamed(entries, holder, kind, representativeRef));
    const differs = (what: DiscrepancyKind): number =>
      discrepancies.push({ what, holder, kind, representationId: row?.id ?? null, entry });
    if (row === undefined) {
      differs('not_on_file');
      continue;
    }
    matched.add(row.id);
    if (same === undefined) differs('other_representative');
    else if (stateOf(row, now) === 'reported') differs('waits_for_approval');
    else if (!isOfPeriod(row, one)) differs('other_period');
    else agreeing += 1;
  }
  for (const { id, holderRef: holder, kind } of open) {
    if (matched.has(id)) continue;
    discrepancies.push({ what: 'not_in_register', holder, kind, representationId: id, entry: null });
  }
  return { agreeing, discrepancies };
}

function isNamed(entries: readonly RegisterEntry[], holder: string, kind: string, representative: string): boolean {
  return entries.some((one) => one.holder === holder && one.kind === kind && one.representative === representative);
}
