/** Why somebody has to know who an agent is. */
export const UNMASKING_REASONS = ['complaint', 'incident', 'legal_claim', 'authority'] as const;
export type UnmaskingReason = (typeof UNMASKING_REASONS)[number];

/** `lapsed`: nobody decided in time. `over`: it was approved, and is not told any more. */
export const UNMASKING_STATES = ['waiting', 'lapsed', 'approved', 'rejected', 'over'] as const;
export type UnmaskingState = (typeof UNMASKING_STATES)[number];

export const UNMASKING_VERDICTS = ['approved', 'rejected'] as const;
export type UnmaskingVerdict = (typeof UNMASKING_VERDICTS)[number];

/** An employee by their pseudonym. */
interface Employee {
  readonly id: string;
  readonly pseudonym: string;
}

export interface Unmasking {
  readonly id: string;
  readonly subject: Employee;
  readonly reason: UnmaskingReason;
  /** The organisation's own number of the complaint, incident or claim. */
  readonly caseRef: string;
  readonly askedBy: Employee;
  readonly askedAt: Date;
  readonly verdict: UnmaskingVerdict | null;
  readonly decidedBy: Employee | null;
  readonly decidedAt: Date | null;
}

/** How long a request waits for a second employee, and how long its answer is told. Milliseconds. */
const WAITS = 7 * 24 * 60 * 60_000;
const TOLD = 24 * 60 * 60_000;

export function stateOf({ askedAt, verdict, decidedAt }: Unmasking, now: Date): UnmaskingState {
  if (verdict === null || decidedAt === null) return endOf(askedAt, WAITS) <= now ? 'lapsed' : 'waiting';
  return verdict === 'approved' && endOf(decidedAt, TOLD) <= now ? 'over' : verdict;
}

/** Until when who asked may read the answer; null = there is none. */
export function toldUntil({ verdict, decidedAt }: Unmasking): Date | null {
  return verdict === 'approved' && decidedAt !== null ? endOf(decidedAt, TOLD) : null;
}

function endOf(from: Date, milliseconds: number): Date {
  return new Date(from.getTime() + milliseconds);
}
