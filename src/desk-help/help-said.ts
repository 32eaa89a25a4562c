import { AppError, type ErrorCode } from '../errors.ts';
import { callPath } from '../desk/desk-paths.ts';
import { type PageAnswer, seeOther } from '../pages/page.ts';

/** What these pages can say on top, after something was done. */
const SAID = [
  'begun',
  'begun_no_letter',
  'done',
  'code_sent',
  'wrong',
  'empty',
  'words',
  'not_sure',
  'hours',
  'unreachable',
  'over',
  'proof',
  'not_now',
  'budget',
  'no_way',
  'not_here',
] as const;
export type HelpSaid = (typeof SAID)[number];

export function helpSaidOf(value: unknown): HelpSaid | null {
  return SAID.find((one) => one === value) ?? null;
}

/** The pages of one call's caller. */
export function helpPath(callId: string): string {
  return `${callPath(callId)}/help`;
}

const REFUSALS: Readonly<Partial<Record<ErrorCode, HelpSaid>>> = {
  proof_required: 'proof',
  unauthenticated: 'over',
  call_ended: 'over',
  forbidden: 'not_here',
  invalid_state: 'not_now',
  conflict: 'not_now',
  mandate_overlaps: 'not_now',
  code_budget_exhausted: 'budget',
  no_usable_contact_point: 'no_way',
};

/** Does it, and goes back to the page it was done on, which says what came of it; to the first one where they have to begin anew. */
export async function helped(callId: string, page: string, work: () => Promise<HelpSaid>): Promise<PageAnswer> {
  const what = await work().catch((error: unknown) => {
    const refusal = error instanceof AppError ? REFUSALS[error.code] : undefined;
    if (refusal === undefined) throw error;
    return refusal;
  });
  return seeOther(`${helpPath(callId)}${what === 'over' || what === 'proof' ? '' : page}?said=${what}`);
}
