import type { LifeEventResponse } from '../life-events/life-events.dto.ts';
import { text } from '../pages/text.ts';
import type { Language } from '../policy/vocabulary.ts';

/** What happened, or that it is no longer so. */
export function nameOfEvent(language: Language, { kind, reverses_id: reverses }: LifeEventResponse): string {
  const what = text(language, `files.event.${kind}`);
  return reverses === null ? what : text(language, 'files.event.reversal', { what });
}
