import type { ComponentChildren, VNode } from 'preact';

import type { Language } from '../policy/vocabulary.ts';
import { text } from './text.ts';

/** What stands around a field, or around a group of them. */
export interface Around {
  readonly language: Language;
  readonly id: string;
  readonly hint?: string | undefined;
  readonly error?: string | undefined;
}

export interface FieldProps extends Around {
  readonly label: string;
  readonly isLarge?: boolean;
  readonly children: ComponentChildren;
}

/** One field under its label. */
export function Field({ label, isLarge = false, children, ...around }: FieldProps): VNode {
  return (
    <div class={groupOf(around)}>
      <label class={`govuk-label${isLarge ? ' govuk-label--m' : ''}`} for={around.id}>
        {label}
      </label>
      <Notes {...around} />
      {children}
    </div>
  );
}

export interface FieldGroupProps extends Around {
  readonly legend: string;
  readonly children: ComponentChildren;
}

/** Several fields that answer one question. */
export function FieldGroup({ legend, children, ...around }: FieldGroupProps): VNode {
  return (
    <div class={groupOf(around)}>
      <fieldset class="govuk-fieldset" aria-describedby={describedBy(around)}>
        <legend class="govuk-fieldset__legend">{legend}</legend>
        <Notes {...around} />
        {children}
      </fieldset>
    </div>
  );
}

/** What a field tells to who can't see what stands around it. */
export function fieldAttributes(around: Around): { id: string; 'aria-describedby'?: string; 'aria-invalid'?: 'true' } {
  const described = describedBy(around);
  return {
    id: around.id,
    ...(described === undefined ? {} : { 'aria-describedby': described }),
    ...(around.error === undefined ? {} : { 'aria-invalid': 'true' }),
  };
}

function describedBy({ id, hint, error }: Around): string | undefined {
  const parts = [hint === undefined ? [] : [`${id}-hint`], error === undefined ? [] : [`${id}-error`]].flat();
  return parts.length === 0 ? undefined : parts.join(' ');
}

function groupOf({ error }: Around): string {
  return `govuk-form-group${error === undefined ? '' : ' govuk-form-group--error'}`;
}

function Notes({ language, id, hint, error }: Around): VNode {
  return (
    <>
      {hint === undefined ? null : (
        <div id={`${id}-hint`} class="govuk-hint">
          {hint}
        </div>
      )}
      {error === undefined ? null : (
        <p id={`${id}-error`} class="govuk-error-message">
          <span class="govuk-visually-hidden">{text(language, 'shell.error')}</span> {error}
        </p>
      )}
    </>
  );
}
