import { AppError } from '../errors.ts';
import { RequestValidationPipe } from '../http/validation.pipe.ts';
import type { TextKey } from '../pages/text.ts';
import { type Amount, STATEMENT_SOURCES, STATEMENT_SUBJECTS } from '../statements/statement.ts';
import { StatementRequest } from '../statements/statements.dto.ts';
import type { AskedStatement } from '../statements/statements.service.ts';
import type { Faults, Typed } from './desk-form.ts';

/** A form about a statement that was not recorded. */
export interface TypedStatement {
  readonly form: Typed;
  readonly faults: Faults;
  /** What it says, where the CRM has it otherwise. */
  readonly warned: AskedStatement | null;
}

/** Of an organisation in the Netherlands. The API takes others. */
const CURRENCY = 'EUR';
const EUROS = /^(-?)(\d{1,7})(?:[.,](\d{1,2}))?$/;

const pipe = new RequestValidationPipe();

/** The fault of a field of the API, on the field of the form. */
const FAULTS: Readonly<Record<string, readonly [string, TextKey]>> = {
  '': ['amount', 'said.empty'],
  '/date': ['date', 'said.bad_date'],
  '/text': ['text', 'said.bad_text'],
  '/crm_value/amount': ['crm_amount', 'said.nothing_beside'],
  '/crm_value/date': ['crm_date', 'said.nothing_beside'],
};

/** What was compared: the form's own words, as the warning had them. */
export function comparedOf(form: Typed): string {
  return ['amount', 'date', 'crm_amount', 'crm_date'].map((name) => (form[name] ?? '').trim()).join('|');
}

/** What a form says, by the very rules of the API. */
export async function statementOf(form: Typed): Promise<AskedStatement | { readonly faults: Faults }> {
  const typed = (name: string): string => (form[name] ?? '').trim();
  const amounts = (['amount', 'crm_amount'] as const).map((name) => [name, eurosOf(typed(name))] as const);
  const bad = amounts.flatMap(([name, amount]) => (amount === 'bad' ? [[name, 'said.bad_amount'] as const] : []));
  if (bad.length > 0) return { faults: Object.fromEntries(bad) };
  const [amount, crmAmount] = amounts.map(([, one]) => one);
  const given = (name: string, value: unknown): Record<string, unknown> =>
    value === null || value === '' || value === undefined ? {} : { [name]: value };
  const known = { ...given('amount', crmAmount), ...given('date', typed('crm_date')) };
  const body = {
    subject: STATEMENT_SUBJECTS.find((one) => one === form['subject']) ?? 'other',
    source: STATEMENT_SOURCES.find((one) => one === form['source']) ?? 'own_knowledge',
    ...given('amount', amount),
    ...given('date', typed('date')),
    ...given('text', typed('text')),
    ...(Object.keys(known).length === 0 ? {} : { crm_value: known }),
    // Ticked for what the warning was about, and for nothing that was typed since.
    ...(form['anyway'] === 'yes' && form['warned_of'] === comparedOf(form) ? { said_anyway: true } : {}),
    ...given('corrects', typed('corrects')),
  };
  try {
    const request = (await pipe.transform(body, { type: 'body', metatype: StatementRequest })) as StatementRequest;
    return request.toStatement();
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'validation_failed') throw error;
    const faults = error.faults.flatMap(({ pointer }) => (pointer in FAULTS ? [FAULTS[pointer] ?? []] : []));
    // A number of a statement that no page of ours has made.
    if (faults.length === 0) throw error;
    return { faults: Object.fromEntries(faults) as Faults };
  }
}

function eurosOf(typed: string): Amount | 'bad' | null {
  const bare = typed.replaceAll(/[€\s]/g, '');
  if (bare === '') return null;
  const [, sign = '', euros, cents = ''] = EUROS.exec(bare) ?? [];
  if (euros === undefined) return 'bad';
  const hundredths = Number(euros) * 100 + Number(cents.padEnd(2, '0'));
  return { cents: sign === '-' && hundredths > 0 ? -hundredths : hundredths, currency: CURRENCY };
}
