import { AppError, type ErrorCode } from '../errors.ts';
import { type PageAnswer, seeOther } from '../pages/page.ts';
import { callPath } from './desk-paths.ts';

/** What the page of a call can say on top, after something was done. */
export const SAID = [
  'caller_verified',
  'code_sent',
  'letter_sent',
  'letter_cancelled',
  'asked',
  'approved',
  'wrong',
  'empty',
  'over',
  'cancelled',
  'handed_over',
  'duty_done',
  'duty_failed',
  'said',
  'corrected',
  'reported',
  'budget',
  'no_way',
  'not_now',
  'used',
  'ended',
] as const;
export type Said = (typeof SAID)[number];

/** What a service may refuse while somebody is on the line, as far as it can be said there. */
const REFUSALS: Readonly<Partial<Record<ErrorCode, Said>>> = {
  code_budget_exhausted: 'budget',
  no_usable_contact_point: 'no_way',
  invalid_state: 'not_now',
  call_ended: 'ended',
  conflict: 'used',
};

/** Does it, and goes back to the page of the call, which says what came of it. */
export async function said(callId: string, work: () => Promise<Said>): Promise<PageAnswer> {
  return seeOther(`${callPath(callId)}?said=${await work().catch(refusalOf)}`);
}

function refusalOf(error: unknown): Said {
  const refusal = error instanceof AppError ? REFUSALS[error.code] : undefined;
  if (refusal === undefined) throw error;
  return refusal;
}
