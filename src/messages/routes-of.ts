import type { ContactPoint } from '../holders/contact-point.ts';
import { isFixedLine, type E164 } from '../holders/phone-number.ts';
import type { CodeRoute } from '../policy/vocabulary.ts';

/** The roads that reach a contact point, the best first. A fixed line can be spoken to, and reads nothing. */
export function routesOf({ kind, value }: Pick<ContactPoint, 'kind' | 'value'>): readonly [CodeRoute, ...CodeRoute[]] {
  switch (kind) {
    case 'phone':
      return isFixedLine(value as E164) ? ['voice'] : ['sms', 'voice'];
    case 'email':
      return ['email'];
    case 'postal':
      return ['letter'];
  }
}
