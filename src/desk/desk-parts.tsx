import type { ComponentChildren, VNode } from 'preact';

import type { Page } from '../pages/page.ts';
import { Form } from '../pages/portal-layout.tsx';
import { text, type TextKey } from '../pages/text.ts';
import type { Outcome } from '../policy/vocabulary.ts';

/** A sign for each outcome, told apart by its form as much as by its colour. */
export function Mark({ outcome }: { readonly outcome: Outcome }): VNode {
  return (
    <svg class={`desk-mark desk-mark--${outcome}`} viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      {SHAPES[outcome]}
    </svg>
  );
}

const SHAPES: Readonly<Record<Outcome, VNode>> = {
  permit: (
    <>
      <circle cx="10" cy="10" r="10" class="desk-mark__ground" />
      <path d="M5 10.5l3.5 3.5L15 7" class="desk-mark__line" />
    </>
  ),
  verify_caller: (
    <>
      <rect width="20" height="20" rx="4" class="desk-mark__ground" />
      <path
        d="M10 4.5a3 3 0 1 1 0 6 3 3 0 0 1 0-6zM4.5 16c.6-3 2.8-4.2 5.5-4.2s4.900 1.200 5.500 4.200z"
        class="desk-mark__fill"
      />
    </>
  ),
  ask_holder: (
    <>
      <path d="M10 0l10 10-10 10L0 10z" class="desk-mark__ground" />
      <path
        d="M7.600 7.800c.2-3 4.800-3 4.800 0 0 1.800-2.400 1.900-2.400 3.800M10 13.800v.4"
        class="desk-mark__line"
      />
    </>
  ),
  deny: (
    <>
      <path d="M6 0h8l6 6v8l-6 6H6l-6-6V6z" class="desk-mark__ground" />
      <path d="M6.500 6.500l7 7M13.500 6.500l-7 7" class="desk-mark__line" />
    </>
  ),
};

export interface DeskFieldProps {
  readonly id: string;
  readonly name: string;
  readonly label: string;
  readonly hint?: string | undefined;
  readonly error?: string | undefined;
  readonly value?: string;
  readonly kind?: 'text' | 'number' | 'date' | 'code';
  readonly isRequired?: boolean;
}

/** One line of text under its label. */
export function DeskField({
  id,
  name,
  label,
  hint,
  error,
  value = '',
  kind = 'text',
  isRequired = false,
}: DeskFieldProps): VNode {
  const common = {
    id,
    name,
    value,
    class: `govuk-input${kind === 'code' ? ' mandaat-code' : ''}`,
    autocomplete: 'off',
    required: isRequired,
    ...describedBy({ id, hint, error }),
  };
  return (
    <Labelled id={id} label={label} hint={hint} error={error}>
      {kind === 'date' ? (
        <input {...common} type="date" />
      ) : (
        <input
          {...common}
          type="text"
          inputmode={kind === 'number' ? 'decimal' : kind === 'code' ? 'numeric' : 'text'}
          spellcheck={false}
        />
      )}
    </Labelled>
  );
}

interface LabelledProps extends Pick<DeskFieldProps, 'id' | 'label' | 'hint' | 'error'> {
  readonly children: ComponentChildren;
}

/** A field under its label, with its hint and what is wrong with it. */
function Labelled({ id, label, hint, error, children }: LabelledProps): VNode {
  return (
    <div class={`desk-field${error === undefined ? '' : ' desk-field--error'}`}>
      <label for={id}>{label}</label>
      {hint === undefined ? null : (
        <span id={`${id}-hint`} class="desk-hint">
          {hint}
        </span>
      )}
      {error === undefined ? null : (
        <span id={`${id}-error`} class="desk-error">
          {error}
        </span>
      )}
      {children}
    </div>
  );
}

/** What tells the field's hint and fault to who can't see them. */
function describedBy({ id, hint, error }: Pick<DeskFieldProps, 'id' | 'hint' | 'error'>) {
  const described = [hint === undefined ? '' : `${id}-hint`, error === undefined ? '' : `${id}-error`].filter(
    (one) => one !== '',
  );
  return {
    ...(described.length === 0 ? {} : { 'aria-describedby': described.join(' ') }),
    ...(error === undefined ? {} : { 'aria-invalid': 'true' as const }),
  };
}

export type DeskTextProps = Pick<DeskFieldProps, 'id' | 'name' | 'label' | 'hint' | 'error' | 'value'>;

/** Some lines of text under their label. */
export function DeskText({ id, name, label, hint, error, value = '' }: DeskTextProps): VNode {
  return (
    <Labelled id={id} label={label} hint={hint} error={error}>
      <textarea id={id} name={name} class="govuk-textarea" rows={3} {...describedBy({ id, hint, error })}>
        {value}
      </textarea>
    </Labelled>
  );
}

export interface DeskChoiceProps {
  readonly id: string;
  readonly name: string;
  readonly label: string;
  readonly chosen: string;
  readonly options: readonly { readonly value: string; readonly label: string }[];
}

/** One of some. */
export function DeskChoice({ id, name, label, chosen, options }: DeskChoiceProps): VNode {
  return (
    <div class="desk-field">
      <label for={id}>{label}</label>
      <select id={id} name={name} class="govuk-select">
        {options.map((option) => (
          <option key={option.value} value={option.value} selected={option.value === chosen}>
            {option.label}
          </option>
        ))}
      </select>
    </div>
  );
}

export interface CodeFormProps {
  readonly page: Page;
  readonly action: string;
  /** Of the field. */
  readonly id: string;
  readonly label: TextKey;
  readonly button: TextKey;
}

/** For a code that is read out. */
export function CodeForm({ page, action, id, label, button }: CodeFormProps): VNode {
  const { language } = page;
  return (
    <Form page={page} action={action}>
      <div class="desk-line">
        <DeskField id={id} name="code" label={text(language, label)} kind="code" />
        <button type="submit" class="govuk-button">
          {text(language, button)}
        </button>
      </div>
    </Form>
  );
}
