import type { ComponentChildren, VNode } from 'preact';
import type { Language } from '../policy/vocabulary.ts';
import { Field, fieldAttributes, FieldGroup } from './field.tsx';
import { text } from './text.ts';

export interface ButtonProps {
  /** `warning` for what can't be undone, `secondary` for what is not the main thing to do. */
  readonly kind?: 'primary' | 'secondary' | 'warning';
  readonly name?: string;
  readonly value?: string;
  readonly children: ComponentChildren;
}

/** Submits the form that it is in. */
export function Button({ kind = 'primary', name, value, children }: ButtonProps): VNode {
  const extra = kind === 'primary' ? '' : ` govuk-button--${kind}`;
  return (
    <button type="submit" class={`govuk-button${extra}`} name={name} value={value}>
      {children}
    </button>
  );
}

export interface ErrorSummaryProps {
  readonly language: Language;
  /** Each with the id of the field that it is about; none → plain text. */
  readonly errors: readonly { readonly text: string; readonly field?: string }[];
}

/**
 * Faults, before everything else on the page. Nothing when there are none. The browser puts the reader here: without a
 * script nothing else does, and an alert that was there from the start is read out by few screen readers.
 */
export function ErrorSummary({ language, errors }: ErrorSummaryProps): VNode | null {
  if (errors.length === 0) return null;
  return (
    <div class="govuk-error-summary" tabindex={-1} autofocus>
      <div role="alert">
        <h2 class="govuk-error-summary__title">{text(language, 'shell.errors')}</h2>
        <div class="govuk-error-summary__body">
          <ul class="govuk-list govuk-error-summary__list">
            {errors.map(({ text: said, field }) => (
              <li key={said}>{field === undefined ? said : <a href={`#${field}`}>{said}</a>}</li>
            ))}
          </ul>
        </div>
      </div>
    </div>
  );
}

export interface CodeInputProps {
  readonly language: Language;
  readonly id?: string;
  readonly name?: string;
  readonly label: string;
  readonly hint?: string;
  readonly error?: string;
  /** Digits of the code, 6 to 10. Spaces may be typed too. */
  readonly digits: number;
}

/** The field for a one-time code. Phones offer the code from the message; what was typed is never filled in again. */
export function CodeInput({ id = 'code', name = 'code', label, digits, ...rest }: CodeInputProps): VNode {
  const around = { ...rest, id };
  return (
    <Field {...around} label={label} isLarge>
      <input
        {...fieldAttributes(around)}
        class={`govuk-input govuk-input--width-10 mandaat-code${around.error === undefined ? '' : ' govuk-input--error'}`}
        name={name}
        type="text"
        inputmode="numeric"
        autocomplete="one-time-code"
        spellcheck={false}
        maxLength={digits * 2}
        required
      />
    </Field>
  );
}

export interface SummaryListProps {
  readonly rows: readonly { readonly key: string; readonly value: ComponentChildren }[];
}

/** Pairs of a name and a value. */
export function SummaryList({ rows }: SummaryListProps): VNode {
  return (
    <dl class="govuk-summary-list">
      {rows.map(({ key, value }) => (
        <div class="govuk-summary-list__row" key={key}>
          <dt class="govuk-summary-list__key">{key}</dt>
          <dd class="govuk-summary-list__value">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

export interface PanelProps {
  readonly title: string;
  readonly children?: ComponentChildren;
}

/** Tells how it ended; the page's main heading. */
export function Panel({ title, children }: PanelProps): VNode {
  return (
    <div class="govuk-panel govuk-panel--confirmation">
      <h1 class="govuk-panel__title">{title}</h1>
      {children === undefined ? null : <div class="govuk-panel__body">{children}</div>}
    </div>
  );
}

export interface TextInputProps {
  readonly language: Language;
  /** Also its id. */
  readonly name: string;
  readonly label: string;
  readonly hint?: string | undefined;
  readonly error?: string | undefined;
  /** What was typed before. */
  readonly value: string;
  readonly autocomplete: string;
  readonly inputmode?: 'text' | 'tel' | 'email' | 'numeric';
}

/** One line of text. */
export function TextInput({ name, label, value, autocomplete, inputmode = 'text', ...rest }: TextInputProps): VNode {
  const around = { ...rest, id: name };
  return (
    <Field {...around} label={label}>
      <input
        {...fieldAttributes(around)}
        class={`govuk-input${around.error === undefined ? '' : ' govuk-input--error'}`}
        name={name}
        type="text"
        inputmode={inputmode}
        autocomplete={autocomplete}
        spellcheck={false}
        value={value}
      />
    </Field>
  );
}

export interface CheckboxesProps {
  readonly language: Language;
  /** Id of the first one: where a link to a fault leads. */
  readonly id: string;
  readonly legend: string;
  readonly hint?: string | undefined;
  readonly error?: string | undefined;
  /** Names of those that are ticked. */
  readonly chosen: readonly string[];
  /** Each a field of its own, as a form has no field twice: see {@link boxOf}. Ticked it says `yes`. */
  readonly options: readonly { readonly name: string; readonly label: string; readonly hint?: string }[];
}

/** As many of a few as one wants. */
export function Checkboxes({ legend, chosen, options, ...around }: CheckboxesProps): VNode {
  return (
    <FieldGroup {...around} legend={legend}>
      <div class="govuk-checkboxes">
        {options.map(({ name, label, hint }, at) => {
          const id = at === 0 ? around.id : `${around.id}-${at}`;
          return (
            <div class="govuk-checkboxes__item" key={name}>
              <input
                class="govuk-checkboxes__input"
                id={id}
                name={name}
                type="checkbox"
                value="yes"
                checked={chosen.includes(name)}
                aria-describedby={hint === undefined ? undefined : `${id}-note`}
              />
              <label class="govuk-label govuk-checkboxes__label" for={id}>
                {label}
              </label>
              {hint === undefined ? null : (
                <div id={`${id}-note`} class="govuk-hint govuk-checkboxes__hint mandaat-text">
                  {hint}
                </div>
              )}
            </div>
          );
        })}
      </div>
    </FieldGroup>
  );
}

/** The name of the field for one value of a question, as {@link chosenOf} reads it. */
export function boxOf(question: string, value: string): string {
  return `${question}.${value}`;
}

/** The values of {@link Checkboxes} that were chosen, in the order of the form. */
export function chosenOf(form: Readonly<Record<string, unknown>>, name: string): string[] {
  return Object.keys(form).flatMap((field) => (field.startsWith(`${name}.`) ? [field.slice(name.length + 1)] : []));
}

export interface DateInputProps {
  readonly language: Language;
  /** Also its id. */
  readonly name: string;
  readonly label: string;
  readonly hint: string;
  readonly error?: string | undefined;
  /** `2026-12-01`, or whatever was typed before. */
  readonly value: string;
}

/** One day. The browser shows it in the reader's own way. */
export function DateInput({ name, label, value, ...rest }: DateInputProps): VNode {
  const around = { ...rest, id: name };
  return (
    <Field {...around} label={label}>
      <input
        {...fieldAttributes(around)}
        class={`govuk-input govuk-input--width-10${around.error === undefined ? '' : ' govuk-input--error'}`}
        name={name}
        type="date"
        value={value}
      />
    </Field>
  );
}

export interface TextAreaProps {
  readonly language: Language;
  /** Also its id. */
  readonly name: string;
  readonly label: string;
  readonly hint?: string | undefined;
  readonly error?: string | undefined;
  /** What was typed before. */
  readonly value: string;
}

/** Some lines of text. */
export function TextArea({ name, label, value, ...rest }: TextAreaProps): VNode {
  const around = { ...rest, id: name };
  return (
    <Field {...around} label={label}>
      <textarea
        {...fieldAttributes(around)}
        class={`govuk-textarea${around.error === undefined ? '' : ' govuk-textarea--error'}`}
        name={name}
        rows={5}
      >
        {value}
      </textarea>
    </Field>
  );
}

export interface RadiosProps {
  readonly name: string;
  readonly legend: string;
  readonly chosen: string | null;
  readonly options: readonly { readonly value: string; readonly label: string; readonly hint?: string }[];
}

/** One of a few. */
export function Radios({ name, legend, chosen, options }: RadiosProps): VNode {
  return (
    <div class="govuk-form-group">
      <fieldset class="govuk-fieldset">
        <legend class="govuk-fieldset__legend">{legend}</legend>
        <div class="govuk-radios">
          {options.map(({ value, label, hint }) => (
            <div class="govuk-radios__item" key={value}>
              <input
                class="govuk-radios__input"
                id={`${name}-${value}`}
                name={name}
                type="radio"
                value={value}
                checked={value === chosen}
                aria-describedby={hint === undefined ? undefined : `${name}-${value}-hint`}
              />
              <label class="govuk-label govuk-radios__label" for={`${name}-${value}`}>
                {label}
              </label>
              {hint === undefined ? null : (
                <div id={`${name}-${value}-hint`} class="govuk-hint govuk-radios__hint">
                  {hint}
                </div>
              )}
            </div>
          ))}
        </div>
      </fieldset>
    </div>
  );
}

export interface NoticeProps {
  readonly title: string;
  readonly children: ComponentChildren;
}

/** What wants the reader's attention before everything else on the page. */
export function Notice({ title, children }: NoticeProps): VNode {
  return (
    <section class="govuk-notification-banner" aria-labelledby="notice">
      <div class="govuk-notification-banner__header">
        <h2 class="govuk-notification-banner__title" id="notice">
          {title}
        </h2>
      </div>
      <div class="govuk-notification-banner__content">
        <p class="govuk-notification-banner__heading">{children}</p>
      </div>
    </section>
  );
}
