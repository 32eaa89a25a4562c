import type { VNode } from 'preact';

import type { Language } from '../policy/vocabulary.ts';
import { shellTexts } from './texts.ts';

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
export function TextArea({ language, name, label, hint, error, value }: TextAreaProps): VNode {
  const described = [hint === undefined ? null : `${name}-hint`, error === undefined ? null : `${name}-error`]
    .filter((one) => one !== null)
    .join(' ');
  return (
    <div class={`govuk-form-group${error === undefined ? '' : ' govuk-form-group--error'}`}>
      <label class="govuk-label" for={name}>
        {label}
      </label>
      {hint === undefined ? null : (
        <div id={`${name}-hint`} class="govuk-hint">
          {hint}
        </div>
      )}
      {error === undefined ? null : (
        <p id={`${name}-error`} class="govuk-error-message">
          <span class="govuk-visually-hidden">{shellTexts[language].error}</span> {error}
        </p>
      )}
      <textarea
        class={`govuk-textarea${error === undefined ? '' : ' govuk-textarea--error'}`}
        id={name}
        name={name}
        rows={5}
        aria-describedby={described === '' ? undefined : described}
        aria-invalid={error === undefined ? undefined : 'true'}
      >
        {value}
      </textarea>
    </div>
  );
}
