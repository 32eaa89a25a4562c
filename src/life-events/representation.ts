import { dateInAmsterdam } from '../mandates/mandate-period.ts';
import type { Instant } from '../policy/ids.ts';
import type { RepresentationKind } from '../policy/vocabulary.ts';
import type { Decided, Employee, Proof } from './legal-file.ts';

export const REPRESENTATION_STATES = ['reported', 'rejected', 'not_started', 'in_force', 'ended', 'revoked'] as const;
/** `reported`: no second employee has seen a proof, and it is worth nothing. */
export type RepresentationState = (typeof REPRESENTATION_STATES)[number];

export interface RepresentationRow {
  readonly id: string;
  readonly holderId: string;
  /** The CRM's reference, as of the representative. */
  readonly holderRef: string;
  readonly representativeId: string;
  readonly representativeRef: string;
  readonly kind: RepresentationKind;
  readonly startsAt: Date;
  readonly endsAt: Date;
  readonly recordedBy: Employee;
  readonly recordedAt: Date;
  /** What was decided last: a revocation comes after an approval. */
  readonly decided: Decided | null;
}

export interface RepresentationView extends RepresentationRow {
  readonly state: RepresentationState;
  readonly proofs: readonly Proof[];
}

/** It counts, will, or waits: the same need not be recorded again. */
export function isOpen(one: RepresentationRow, now: Date): boolean {
  return ['reported', 'not_started', 'in_force'].includes(stateOf(one, now));
}

/** From the same day on and to the same last day: registers name dates, and we moments. What is null is not compared. */
export function isOfPeriod(
  one: Pick<RepresentationRow, 'startsAt' | 'endsAt'>,
  { startsAt, endsAt }: { readonly startsAt: Instant | null; readonly endsAt: Instant | null },
): boolean {
  const isSameDay = (ours: Instant, theirs: Instant): boolean => dateInAmsterdam(ours) === dateInAmsterdam(theirs);
  return (
    (startsAt === null || isSameDay(one.startsAt.getTime(), startsAt)) &&
    // A day that counts whole ends where the next one begins.
    (endsAt === null || isSameDay(one.endsAt.getTime() - 1, endsAt - 1))
  );
}

export function stateOf({ decided, startsAt, endsAt }: RepresentationRow, now: Date): RepresentationState {
  if (decided === null) return 'reported';
  if (decided.verdict !== 'approved') return decided.verdict;
  if (now < startsAt) return 'not_started';
  return now < endsAt ? 'in_force' : 'ended';
}
