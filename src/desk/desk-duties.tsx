import type { VNode } from 'preact';

import { text } from '../pages/text.ts';
import type { Language } from '../policy/vocabulary.ts';
import type { DeskAction } from './desk-calls.service.ts';

export interface DutiesProps {
  /** The employee's. */
  readonly language: Language;
  /** In which the sentences are. */
  readonly spoken: Language;
  readonly obligations: DeskAction['obligations'];
}

/** What has to be done with a permit, as a list to go through. Nothing when there is none. */
export function Duties({ language, spoken, obligations }: DutiesProps): VNode | null {
  if (obligations.length === 0) return null;
  return (
    <>
      <p class="desk-small">{text(language, 'desk.duties')}</p>
      <ul class="desk-duties">
        {obligations.map(({ type, text: sentence }) => (
          <li key={type}>
            {text(language, `desk.duty.${type}`)}
            {sentence === null ? null : (
              <>
                : <q lang={spoken}>{sentence}</q>
              </>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}
