import { AppError, type ErrorCode } from '../errors.ts';
import { type PageAnswer, seeOther } from '../pages/page.ts';

/** What the page of a file can say on top, after something was done. */
const SAID = [
  'recorded',
  'decided',
  'added',
  'contested',
  'own',
  'not_now',
  'conflict',
  'no_way',
  'code_wrong',
] as const;
export type FileSaid = (typeof SAID)[number];

export function saidOf(value: unknown): FileSaid | null {
  return SAID.find((one) => one === value) ?? null;
}

const REFUSALS: Readonly<Partial<Record<ErrorCode, FileSaid>>> = {
  forbidden: 'own',
  invalid_state: 'not_now',
  no_usable_contact_point: 'no_way',
  code_budget_exhausted: 'not_now',
  conflict: 'conflict',
};

/** Does it, and goes back to the page of the file, which says what came of it. */
export async function said(path: string, work: () => Promise<FileSaid>): Promise<PageAnswer> {
  const what = await work().catch((error: unknown) => {
    const refusal = error instanceof AppError ? REFUSALS[error.code] : undefined;
    if (refusal === undefined) throw error;
    return refusal;
  });
  return seeOther(`${path}?said=${what}`);
}
