import { IntlMessageFormat } from 'intl-messageformat';
import type { Language } from '../policy/vocabulary.ts';

export interface SentenceFault {
  /** Characters from the start of the sentence. */
  readonly offset: number;
  readonly message: string;
  readonly hint: string;
}

export interface Sentence {
  readonly namesAction: boolean;
  /** @param action the action's title, inserted as it is */
  readonly render: (action: string) => string;
}

/** The numbers by which the message parser names plain text, and a plain placeholder: `{action}`. */
const PLAIN_TEXT = 0;
const PLACEHOLDER = 1;

/** Reads one ICU sentence whose only placeholder can be `{action}`. */
export function compileSentence(text: string, language: Language): Sentence | readonly SentenceFault[] {
  let parts: ReturnType<IntlMessageFormat['getAst']>;
  try {
    parts = new IntlMessageFormat(text, language, undefined, { ignoreTag: true, captureLocation: true }).getAst();
  } catch (error) {
    const { location } = error as { location?: { start: { offset: number } } };
    return [
      {
        offset: location?.start.offset ?? 0,
        message: 'The braces in this sentence do not fit.',
        hint: "Write {action} where the action's title belongs; a brace that is only a brace stands in '{' quotes.",
      },
    ];
  }
  const strange = parts.filter(
    (part) => part.type !== PLAIN_TEXT && !(part.type === PLACEHOLDER && part.value === 'action'),
  );
  if (strange.length > 0) {
    return strange.map((part) => ({
      offset: part.location?.start.offset ?? 0,
      message: 'This placeholder is not known.',
      hint: 'The only placeholder is {action}.',
    }));
  }
  return {
    namesAction: parts.some((part) => part.type === PLACEHOLDER),
    // Text and title alone are left, so putting them together is all that formatting would do.
    render: (action) => parts.map((part) => (part.type === PLAIN_TEXT ? part.value : action)).join(''),
  };
}
