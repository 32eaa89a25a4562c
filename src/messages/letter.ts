import type { Organisation } from '../config/organisation.ts';
import type { Language } from '../policy/vocabulary.ts';

/** A letter in words. Lists in the body are lines that begin with a hyphen; an empty line ends a paragraph. */
export interface Letter {
  readonly language: Language;
  readonly isLargeType: boolean;
  /** The address of record; null as a name when we don't know it. */
  readonly recipient: { readonly name: string | null; readonly address: string };
  readonly sender: Organisation;
  /** `Telefoon: …`, `E-mail: …`, in the letter's language. */
  readonly senderLines: readonly string[];
  /** `Datum: …`, `Ons kenmerk: …`. */
  readonly lines: readonly string[];
  readonly subject: string;
  readonly greeting: string;
  readonly body: string;
  readonly closing: string;
  /** As it stands in the body, to be shown large; null = there is none. */
  readonly code: string | null;
  /** `Pagina 1 van 2`. */
  readonly page: (page: number, pages: number) => string;
  /** When it was asked for: the same letter twice has the same bytes. */
  readonly writtenAt: Date;
}

/** A letter as it is printed. */
export interface PrintedLetter {
  /** A4, simplex, the address at a window left (DIN 5008 form B). */
  readonly pdf: Buffer;
  readonly pages: number;
}
