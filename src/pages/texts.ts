import type { Language } from '../policy/vocabulary.ts';

/** The words of the shell itself. */
interface ShellTexts {
  readonly skip: string;
  readonly language: string;
  readonly other: string;
  readonly errors: string;
  readonly error: string;
  readonly contact: string;
}

export const shellTexts: Readonly<Record<Language, ShellTexts>> = {
  nl: {
    skip: 'Ga naar de inhoud',
    language: 'Taal',
    other: 'English',
    errors: 'Er ging iets mis',
    error: 'Fout:',
    contact: 'Contact',
  },
  en: {
    skip: 'Skip to the content',
    language: 'Language',
    other: 'Nederlands',
    errors: 'Something went wrong',
    error: 'Error:',
    contact: 'Contact',
  },
};
