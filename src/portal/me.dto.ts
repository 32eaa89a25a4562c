import { ApiProperty } from '@nestjs/swagger';

import type { Principal } from '../auth/principal.ts';
import type { Person } from '../holders/person.ts';
import { type Language, LANGUAGES, type Level } from '../policy/vocabulary.ts';

/** Who is signed in. */
export class MeResponse {
  /** The CRM's reference: the customer number. */
  ref: string;
  /** Null when they were erased meanwhile. */
  @ApiProperty({ type: String, nullable: true })
  name: string | null;
  @ApiProperty({ enum: LANGUAGES })
  language: Language;
  /** What was proved when they signed in, 1 to 4. */
  @ApiProperty({ type: Number, minimum: 1, maximum: 4 })
  strength: Level;

  static of({ crmRef, name, language }: Person, { strength }: Principal): MeResponse {
    return Object.assign(new MeResponse(), { ref: crmRef, name, language, strength });
  }
}
