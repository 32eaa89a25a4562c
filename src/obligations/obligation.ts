import type { ObligationId } from '../policy/ids.ts';
import type { ObligationType, Texts } from '../policy/vocabulary.ts';

/** What somebody can report of an obligation. */
export const RECEIPT_STATUSES = ['done', 'failed'] as const;
export type ReceiptStatus = (typeof RECEIPT_STATUSES)[number];

/** `failed`: somebody tried, and it is still owed. */
export const OBLIGATION_STATES = ['open', ...RECEIPT_STATUSES] as const;
export type ObligationState = (typeof OBLIGATION_STATES)[number];

/** Something that came with a permit on which something was done, and what became of it. */
export interface Obligation {
  readonly id: ObligationId;
  readonly action: string;
  readonly type: ObligationType;
  /** What to say; null when there is nothing to say. */
  readonly texts: Texts | null;
  /** Until it is done, nothing else of its scope is permitted in this call. */
  readonly needsReceipt: boolean;
  readonly state: ObligationState;
  readonly note: string | null;
  readonly openedAt: Date;
  /** Null while nobody has reported anything. */
  readonly reportedAt: Date | null;
}

/** Longest note, in characters. */
export const NOTE_LENGTH = 500;
