import type { Claim } from '../calls/calls.service.ts';

/** What a statement was about. */
export const STATEMENT_SUBJECTS = [
  'price',
  'invoice',
  'payment',
  'refund',
  'term',
  'cancellation',
  'appointment',
  'fault',
  'other',
] as const;
export type StatementSubject = (typeof STATEMENT_SUBJECTS)[number];

/** From where the agent had it. */
export const STATEMENT_SOURCES = ['crm', 'terms', 'knowledge_base', 'colleague', 'own_knowledge'] as const;
export type StatementSource = (typeof STATEMENT_SOURCES)[number];

/** `none`: nothing was given to compare it with. */
export const COMPARISONS = ['none', 'same', 'different'] as const;
export type Comparison = (typeof COMPARISONS)[number];

/** Longest text of a statement, in characters: what an e-mail or letter about a correction repeats uncut. */
export const STATEMENT_TEXT = 200;
/** Statements of one call, corrections too: each of those is written to every holder. */
export const MOST_OF_CALL = 100;
/** Largest amount either way, in hundredths. */
export const MOST_CENTS = 1_000_000_000;

export interface Amount {
  /** Hundredths, whole ones; negative = to the customer. */
  readonly cents: number;
  /** ISO 4217. */
  readonly currency: string;
}

/** What can be compared. */
export interface TypedFacts {
  readonly amount: Amount | null;
  /** `2026-12-31` */
  readonly date: string | null;
}

/** What was said. At least one of the three is there. */
export interface SaidFacts extends TypedFacts {
  readonly text: string | null;
}

/** Something that an agent told a caller. */
export interface Statement {
  readonly id: string;
  readonly callId: string;
  /** The role of the agent, when they said it. */
  readonly role: string;
  readonly heardAs: Claim['as'];
  readonly subject: StatementSubject;
  readonly source: StatementSource;
  readonly comparison: Comparison;
  /** The first statement; null = this is one itself. */
  readonly corrects: string | null;
  readonly isCorrected: boolean;
  readonly saidAt: Date;
  /** Null once the person was erased. */
  readonly facts: SaidFacts | null;
  /** What the CRM had; null = it was not given. */
  readonly crmValue: TypedFacts | null;
}

/** Which of what was said is not as the CRM has it. What the CRM says nothing of is no difference. */
export function differences(said: TypedFacts, known: TypedFacts): readonly (keyof TypedFacts)[] {
  const isOtherAmount =
    known.amount !== null &&
    (said.amount?.cents !== known.amount.cents || said.amount.currency !== known.amount.currency);
  const isOtherDate = known.date !== null && said.date !== known.date;
  return [...(isOtherAmount ? (['amount'] as const) : []), ...(isOtherDate ? (['date'] as const) : [])];
}
