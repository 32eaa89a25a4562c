import { ApiProperty } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, ArrayUnique, IsArray, IsIn, IsString, MaxLength } from 'class-validator';

import { IsLeftOutOr, IsListOf, IsReference } from '../holders/field-rules.ts';
import { REPRESENTATION_KINDS, type RepresentationKind } from '../policy/vocabulary.ts';
import { type Comparison, type Discrepancy, DISCREPANCIES, type DiscrepancyKind } from './register-comparison.ts';
import type { ReadEntry } from './representations.service.ts';

/** People of one comparison, and entries about them. */
const MOST = 100;

/** One measure, as the register has it. */
export class RegisterEntryRequest {
  /** The CRM's reference of who is represented; one of `looked_up`. */
  @IsReference()
  holder: string;

  /** The CRM's reference of who represents them, or what the register calls somebody whom the CRM does not know. */
  @IsReference()
  representative: string;

  @IsIn(REPRESENTATION_KINDS)
  kind: RepresentationKind;

  /** A date or an instant with its offset. Left out: the register names none, and none is compared. */
  @IsLeftOutOr(IsString(), MaxLength(40))
  starts_at?: string;

  /** A date counts whole. */
  @IsLeftOutOr(IsString(), MaxLength(40))
  ends_at?: string;

  toEntry(): ReadEntry {
    const { holder, representative, kind, starts_at: startsAt = null, ends_at: endsAt = null } = this;
    return { holder, representative, kind, startsAt, endsAt };
  }
}

export class ComparisonRequest {
  /** The CRM's references of who was looked up in the register, also where it has nothing. 1 to 100. */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST)
  @ArrayUnique()
  @IsReference({ each: true })
  looked_up: string[];

  /** What the register has about them. 0 to 100. */
  @IsListOf(() => RegisterEntryRequest)
  @ArrayMaxSize(MOST)
  entries: RegisterEntryRequest[];
}

export class DiscrepancyResponse {
  /**
   * `not_on_file`: record it, with its proof. `not_in_register`: revoke it, or ask. `waits_for_approval`: a second employee has to look.
   * `other_representative`, `other_period`: what is on file is not what the register has. Periods are compared by their first and last day, in
   * Europe/Amsterdam.
   */
  @ApiProperty({ enum: DISCREPANCIES })
  what: DiscrepancyKind;
  holder: string;
  @ApiProperty({ enum: REPRESENTATION_KINDS })
  kind: RepresentationKind;
  /** What is on file; null = nothing. */
  @ApiProperty({ type: String, nullable: true, format: 'uuid' })
  representation_id: string | null;
  /** The register's entry by its place in `entries`, from 0; null = it has none. */
  @ApiProperty({ type: Number, nullable: true })
  entry: number | null;

  static of({ what, holder, kind, representationId, entry }: Discrepancy): DiscrepancyResponse {
    return Object.assign(new DiscrepancyResponse(), { what, holder, kind, representation_id: representationId, entry });
  }
}

export class ComparisonResponse {
  @ApiProperty({ format: 'date-time' })
  compared_at: string;
  /** Entries that are on file as the register has them. */
  agreeing: number;
  discrepancies: DiscrepancyResponse[];

  static of({ comparedAt, agreeing, discrepancies }: Comparison & { readonly comparedAt: Date }): ComparisonResponse {
    return Object.assign(new ComparisonResponse(), {
      compared_at: comparedAt.toISOString(),
      agreeing,
      discrepancies: discrepancies.map((one) => DiscrepancyResponse.of(one)),
    });
  }
}
