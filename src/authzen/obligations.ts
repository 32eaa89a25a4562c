import type { Decision } from '../policy/decision.ts';
import { obligationId } from '../policy/obligations.ts';
import type { Language, VerificationMethod } from '../policy/vocabulary.ts';

/** An obligation as the Obligations Profile has it. */
export interface Obligation {
  readonly id: string;
  readonly type: 'step-up' | 'custom';
  readonly properties: Readonly<Record<string, unknown>>;
}

/** Types that this service gives. */
export const SUPPORTED_OBLIGATIONS = ['step-up', 'custom'] as const;

/** Values of RFC 8176 for what a caller can show. */
const AMR: Readonly<Record<VerificationMethod, string>> = {
  calling_number: 'tel',
  code: 'sms',
  totp: 'otp',
  support_code: 'otp',
  call_back: 'tel',
};

/**
 * What the asking side has to do. A notice to the holder is none of it: the service sends that itself when the action is
 * executed.
 *
 * @param owed the decision on which it was done: receipts name what is then owed; null = nothing was done
 */
export function obligationsOf(
  decision: Decision,
  language: Language,
  owed: string | null = null,
): readonly Obligation[] {
  if (decision.outcome === 'verify_caller') {
    const methods = decision.nextSteps.flatMap((step) => step.methods ?? []);
    const amr = [...new Set(methods.map((method) => AMR[method]))];
    const acr = `urn:mandaat:caller:${decision.required.caller}`;
    return [{ id: 'step-up', type: 'step-up', properties: { acr_value: acr, amr_values: amr } }];
  }
  const told = decision.obligations.flatMap((one, place) => (one.type === 'notify_holder' ? [] : [{ ...one, place }]));
  return told.map(({ type, text, needsReceipt, place }, at) => {
    const said = text === null ? {} : { text: text[language] };
    const properties = { name: type, ...said, receipt_required: needsReceipt };
    // Software says what it is, and the action may want something announced as well.
    const isFirst = told.findIndex((one) => one.type === type) === at;
    const id = owed === null ? (isFirst ? type : `${type}-${at + 1}`) : obligationId(owed, place);
    return { id, type: 'custom', properties };
  });
}

/**
 * Those that the asking side says it can't perform, by name; none when it says nothing. It says `custom` for all of those, or
 * the names of the ones that it can.
 */
export function unsupported(obligations: readonly Obligation[], supported: readonly unknown[] | null): string[] {
  if (supported === null) return [];
  const names = obligations.flatMap(({ type, properties: { name = type } }) =>
    supported.includes(type) || supported.includes(name) ? [] : [String(name)],
  );
  return [...new Set(names)];
}
