import type { VNode } from 'preact';

import type { Language } from '../policy/vocabulary.ts';
import { shellTexts } from './texts.ts';

export interface CheckboxesProps {
  readonly language: Language;
  /** Id of the first one: where a link to a fault leads. */
  readonly id: string;
  readonly legend: string;
  readonly hint?: string | undefined;
  readonly error?: string | undefined;
  /** Names of those that are ticked. */
  readonly chosen: readonly string[];
  /** Each a field of its own, as a form has no field twice; ticked it says `yes`. */
  readonly options: readonly { readonly name: string; readonly label: string }[];
}

/** As many of a few as one wants. */
export function Checkboxes({ language, id, legend, hint, error, chosen, options }: CheckboxesProps): VNode {
  const described = [hint === undefined ? null : `${id}-hint`, error === undefined ? null : `${id}-error`]
    .filter((one) => one !== null)
    .join(' ');
  return (
    <div class={`govuk-form-group${error === undefined ? '' : ' govuk-form-group--error'}`}>
      <fieldset class="govuk-fieldset" aria-describedby={described === '' ? undefined : described}>
        <legend class="govuk-fieldset__legend">{legend}</legend>
        {hint === undefined ? null : (
          <div id={`${id}-hint`} class="govuk-hint">
            {hint}
          </div>
        )}
        {error === undefined ? null : (
          <p id={`${id}-error`} class="govuk-error-message">
            <span class="govuk-visually-hidden">{shellTexts[language].error}</span> {error}
          </p>
        )}
        <div class="govuk-checkboxes">
          {options.map(({ name, label }, index) => {
            const own = index === 0 ? id : name;
            return (
              <div class="govuk-checkboxes__item" key={name}>
                <input
                  class="govuk-checkboxes__input"
                  id={own}
                  name={name}
                  type="checkbox"
                  value="yes"
                  checked={chosen.includes(name)}
                />
                <label class="govuk-label govuk-checkboxes__label" for={own}>
                  {label}
                </label>
              </div>
            );
          })}
        </div>
      </fieldset>
    </div>
  );
}
