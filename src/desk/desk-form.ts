import { isUUID } from 'class-validator';

import { AppError } from '../errors.ts';
import { FORBIDDEN_CHARACTERS } from '../holders/normalise.ts';
import type { AskedAction } from '../calls/questions.ts';
import type { Claim, OpenCall } from '../calls/calls.service.ts';
import { REFERENCE } from '../holders/field-rules.ts';
import type { TextKey } from '../pages/text.ts';
import { CHANNELS, LANGUAGES } from '../policy/vocabulary.ts';
import type { DeskProperty } from './desk-calls.service.ts';

/** What a browser sent: flat fields, of which nothing is known yet. */
export type Typed = Readonly<Record<string, string | undefined>>;

/** What is wrong with a field, by its name. */
export type Faults = Readonly<Record<string, TextKey>>;

const LONGEST = 200;

/** Whom the form says is on the line. What doesn't fit is not told apart: it points at nobody. */
export function claimOf({ as, mandate_ref: ref, calling_number: number, name }: Typed): Claim {
  return {
    as: as === 'proxy' || as === 'software' ? 'proxy' : 'holder',
    isSoftware: as === 'software',
    mandateRef: line(ref),
    callingNumber: line(number),
    name: line(name),
  };
}

/** The call that the form opens, or what is wrong with it. */
export function openCallOf(form: Typed): OpenCall | { readonly faults: Faults } {
  const { contract = '', channel, case_ref: caseRef = '', language } = form;
  const faults: Record<string, TextKey> = {};
  if (!REFERENCE.test(contract.trim())) faults['contract'] = 'desk.bad_contract';
  if (caseRef.trim() !== '' && !REFERENCE.test(caseRef.trim())) faults['case_ref'] = 'desk.bad_form';
  const way = CHANNELS.find((one) => one === channel);
  if (way === undefined) faults['channel'] = 'desk.bad_form';
  if (way === undefined || Object.keys(faults).length > 0) return { faults };
  return {
    channel: way,
    contractRef: contract.trim(),
    claim: claimOf(form),
    caseRef: line(caseRef),
    language: LANGUAGES.find((one) => one === language) ?? null,
  };
}

/** An id that the page made for what its form does: the same form sent twice does it once. */
export function operationOf({ operation }: Typed): string | undefined {
  return isUUID(operation) ? operation : undefined;
}

/** The field of a form for a property of an action. */
export function fieldOf(property: string): string {
  return `p.${property}`;
}

/** The action that a form names, with its properties as the policy wants them. What can't be read stays as it was typed: the service says what is wrong. */
export function askedOf(form: Typed, properties: readonly DeskProperty[]): AskedAction {
  const entries = properties.flatMap(({ name, rule }): [string, unknown][] => {
    const typed = (form[fieldOf(name)] ?? '').trim();
    if (typed === '') return rule.type === 'boolean' && rule.isRequired ? [[name, false]] : [];
    if (rule.type === 'boolean') return [[name, typed === 'yes']];
    if (rule.type === 'string') return [[name, typed]];
    const number = Number(typed.replace(',', '.'));
    return [[name, Number.isNaN(number) ? typed : number]];
  });
  return { name: form['action'] ?? '', properties: Object.fromEntries(entries) };
}

/** Which properties were refused, by their names; null when it was something else. */
export function refusedProperties(error: unknown): readonly string[] | null {
  if (!(error instanceof AppError) || error.code !== 'validation_failed') return null;
  const names = error.faults.map(({ pointer }) => /^\/actions\/0\/properties\/(\w+)$/.exec(pointer)?.[1]);
  return names.flatMap((name) => (name === undefined ? [] : [name]));
}

function line(value: string | undefined): string | null {
  const text = (value ?? '').trim();
  return text === '' || text.length > LONGEST || FORBIDDEN_CHARACTERS.test(text) ? null : text;
}
