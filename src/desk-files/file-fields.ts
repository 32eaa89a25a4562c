import { PROOF_FORMS } from '../life-events/legal-file.ts';
import { REPORTERS } from '../life-events/life-event.ts';
import type { TextKey } from '../pages/text.ts';
import { CONTACT_RULES, LIFE_EVENT_KINDS, REPRESENTATION_KINDS } from '../policy/vocabulary.ts';
import { TAKEN_DOWN_FORMS, YES_ROUTES } from '../registrations/registration.ts';

/** One field of a form of the files; its name is that of the API's own, with a dot before what stands inside. */
export interface FileField {
  readonly name: string;
  readonly label: TextKey;
  readonly hint?: TextKey;
  /** What is said where it was refused, if there is more to say than to look at it. */
  readonly fault?: TextKey;
  readonly kind: 'text' | 'date' | 'choice' | 'boxes' | 'lines' | 'hash';
  /** Of a choice; of boxes they are the policy's. */
  readonly options?: readonly { readonly value: string; readonly text: TextKey }[];
}

function optionsOf<Value extends string>(
  values: readonly Value[],
  textOf: (value: Value) => TextKey,
): { readonly value: string; readonly text: TextKey }[] {
  return values.map((value) => ({ value, text: textOf(value) }));
}

const REPORTED_BY: FileField = {
  name: 'reported_by',
  label: 'files.reported_by',
  kind: 'choice',
  options: optionsOf(REPORTERS, (one) => `files.reporter.${one}`),
};

/** What the paper looks like. @param isLater it may be left out, and come later */
export function evidenceFields(prefix: string, isLater: boolean): readonly FileField[] {
  const forms = optionsOf(PROOF_FORMS, (one) => `files.proof.${one}`);
  return [
    {
      name: `${prefix}form`,
      label: 'files.evidence_form',
      kind: 'choice',
      options: isLater ? [{ value: '', text: 'files.evidence_later' }, ...forms] : forms,
    },
    { name: `${prefix}source`, label: 'files.source', kind: 'text' },
    { name: `${prefix}reference`, label: 'files.reference', kind: 'text' },
    { name: `${prefix}dated_on`, label: 'files.dated_on', kind: 'date' },
    { name: `${prefix}sha256`, label: 'files.sha256', hint: 'files.sha256_hint', kind: 'hash' },
  ];
}

export const EVENT_FIELDS: readonly FileField[] = [
  { name: 'person', label: 'files.person', kind: 'text' },
  {
    name: 'kind',
    label: 'files.kind',
    kind: 'choice',
    options: optionsOf(LIFE_EVENT_KINDS, (one) => `files.event.${one}`),
  },
  { name: 'occurred_on', label: 'files.occurred_on', kind: 'date' },
  REPORTED_BY,
  ...evidenceFields('evidence.', true),
];

export const REVERSAL_FIELDS: readonly FileField[] = [
  { name: 'occurred_on', label: 'files.reverse_on', kind: 'date' },
  REPORTED_BY,
  ...evidenceFields('evidence.', false),
];

export const REPRESENTATION_FIELDS: readonly FileField[] = [
  { name: 'holder', label: 'files.holder', kind: 'text' },
  { name: 'representative', label: 'files.representative', kind: 'text' },
  {
    name: 'kind',
    label: 'files.kind',
    kind: 'choice',
    options: optionsOf(REPRESENTATION_KINDS, (one) => `files.rep.${one}`),
  },
  { name: 'starts_at', label: 'files.starts', hint: 'files.starts_hint', kind: 'date' },
  { name: 'ends_at', label: 'files.ends', kind: 'date' },
  ...evidenceFields('evidence.', true),
];

/** Columns of a pasted extract, in their order. */
export const IMPORT_COLUMNS = ['holder', 'representative', 'kind', 'starts_at', 'ends_at'] as const;

export const IMPORT_FIELDS: readonly FileField[] = [
  ...evidenceFields('evidence.', false),
  { name: 'entries', label: 'files.rows', hint: 'files.rows_hint', kind: 'lines' },
];

export const REGISTRATION_FIELDS: readonly FileField[] = [
  { name: 'holder', label: 'files.holder', kind: 'text' },
  { name: 'proxy', label: 'files.proxy', kind: 'text' },
  { name: 'contracts', label: 'files.contracts', hint: 'files.contracts_hint', kind: 'text' },
  { name: 'starts_at', label: 'files.starts', hint: 'files.starts_hint', kind: 'date' },
  { name: 'ends_at', label: 'files.ends', kind: 'date' },
  {
    name: 'form',
    label: 'files.form',
    kind: 'choice',
    options: optionsOf(TAKEN_DOWN_FORMS, (one) => `files.form.${one}`),
  },
  {
    name: 'contact_rule',
    label: 'files.contact_rule',
    kind: 'choice',
    options: [
      { value: '', text: 'files.contact_rule.none' },
      ...optionsOf(CONTACT_RULES, (one) => `files.contact_rule.${one}`),
    ],
  },
  { name: 'paper.reference', label: 'files.paper_reference', kind: 'text' },
  { name: 'paper.sha256', label: 'files.sha256', hint: 'files.sha256_hint', kind: 'hash' },
  {
    name: 'route',
    label: 'files.route',
    kind: 'choice',
    options: optionsOf(YES_ROUTES, (one) => `files.route.${one}`),
  },
  { name: 'scopes', label: 'files.scopes', kind: 'boxes' },
];

export const CONTEST_FIELDS: readonly FileField[] = [
  { name: 'text', label: 'files.contest_text', fault: 'files.contest_fault', kind: 'lines' },
];
