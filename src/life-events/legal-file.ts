/** Where a proof comes from. `other` (a letter, a word on the phone) is kept, and proves nothing. */
export const PROOF_FORMS = ['court', 'register', 'notarial', 'other'] as const;
export type ProofForm = (typeof PROOF_FORMS)[number];

export const VERDICTS = ['approved', 'rejected', 'revoked'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** What is filed with a life event or a representation. Exactly one of the two is named. */
export type Subject =
  | { readonly lifeEventId: string; readonly representationId: null }
  | { readonly lifeEventId: null; readonly representationId: string };

/** A proof as it is handed in: what the paper looks like and where it lies, never the paper. */
export interface NewProof {
  readonly form: ProofForm;
  /** Who made the paper, and under which reference it is found there. */
  readonly source: string;
  readonly reference: string;
  /** SHA-256 of the file that the organisation keeps, 64 hexadecimal digits. */
  readonly sha256: string;
  /** The paper's own date, YYYY-MM-DD. */
  readonly datedOn: string;
}

export interface Proof extends Omit<NewProof, 'source' | 'reference'> {
  readonly id: string;
  /** Null once the person was erased, as is the reference. */
  readonly source: string | null;
  readonly reference: string | null;
  readonly filedBy: Employee;
  readonly filedAt: Date;
}

/** An employee, as colleagues see one in a file. */
export interface Employee {
  readonly id: string;
  readonly pseudonym: string;
}

/** What became of it, and by whom; `by` null = set aside after a restore. */
export interface Decided {
  readonly verdict: Verdict;
  readonly by: Employee | null;
  readonly at: Date;
}

/** A court, a register or a notary has said so. */
export function isProof({ form }: Pick<NewProof, 'form'>): boolean {
  return form !== 'other';
}
