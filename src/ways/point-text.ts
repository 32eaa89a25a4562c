import { text } from '../pages/text.ts';
import type { Language } from '../policy/vocabulary.ts';
import type { MaskedPoint } from './ways.service.ts';

/** A contact point as its owner recognises it. */
export function pointText(language: Language, { kind, masked }: MaskedPoint): string {
  return text(language, `ways.${kind}`, { masked });
}
