import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsInt, IsOptional, IsString, Length, Max, MaxLength, Min } from 'class-validator';

import { LONGEST_TOKEN } from './change-token.ts';
import type { ChangesPage } from './changes.service.ts';

const LIMIT = 50;
/** Types in one list, and characters of one. */
const MOST_TYPES = 50;
const LONGEST_TYPE = 60;

export class ChangesQuery {
  /** The `next` of the answer before, or the id of a change; `now` for what is still to come. Left out: from the oldest kept. */
  @IsOptional()
  @IsString()
  @Length(1, LONGEST_TOKEN)
  after?: string;

  /**
   * Only these types, separated by commas.
   * @example mandate.withdrawn,mandate.suspended
   */
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.split(',') : value))
  @IsArray()
  @ArrayMaxSize(MOST_TYPES)
  @IsString({ each: true })
  @MaxLength(LONGEST_TYPE, { each: true })
  @ApiPropertyOptional({
    type: String,
    maxLength: MOST_TYPES * (LONGEST_TYPE + 1) - 1,
    example: 'mandate.withdrawn,mandate.suspended',
  })
  types?: string[];

  /** The most in one answer. */
  @IsOptional()
  @Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' && /^\d{1,3}$/.test(value) ? Number(value) : value,
  )
  @IsInt()
  @Min(1)
  @Max(100)
  @ApiPropertyOptional({ minimum: 1, maximum: 100, default: LIMIT })
  limit: number = LIMIT;
}

/** That something changed, and by which references to read it. */
export class ChangeResponse {
  /** Opaque; `after` and `Mandaat-At-Least` take it. */
  id: string;
  /** @example mandate.withdrawn */
  type: string;
  @ApiProperty({ format: 'date-time' })
  at: string;
  /** `mandate_id` and `revision`, `confirmation_id`, `call_id`, `crm_ref`, …: what the type has. */
  @ApiProperty({ type: 'object', additionalProperties: true })
  data: Record<string, unknown>;
}

export class ChangesResponse {
  /** In the order in which they happened. */
  changes: ChangeResponse[];
  /** Where to go on, also when there is nothing new. */
  next: string;
  has_more: boolean;

  static of({ changes, next, hasMore }: ChangesPage): ChangesResponse {
    return Object.assign(new ChangesResponse(), {
      changes: changes.map(({ at, ...change }) => ({ ...change, at: at.toISOString() })),
      next,
      has_more: hasMore,
    });
  }
}
