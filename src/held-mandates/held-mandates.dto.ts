import { ApiProperty } from '@nestjs/swagger';
import { IsOptional, IsString, IsUUID, Length, MaxLength } from 'class-validator';

import { IsLeftOutOr } from '../holders/field-rules.ts';
import type { RecognisedNumber } from './recognition.service.ts';

/** What stands behind the address of a list. */
export class HeldPageQuery {
  /** The last mandate of the page before. */
  @IsLeftOutOr(IsUUID())
  after?: string;

  /** Of the switch between languages. */
  @IsLeftOutOr()
  lang?: string;
}

export class AcceptMyMandateRequest {
  /**
   * The code that the holder passed on to you. Capitals, spaces and hyphens don't matter.
   * @example K7QP-2MFD
   */
  @IsString()
  @Length(1, 40)
  code: string;
}

/** What the form of the page sends. */
export class AcceptanceCodeForm {
  @IsOptional()
  @IsString()
  @MaxLength(1_000)
  code?: string;
}

/** A phone number by which you are recognised, now or later. */
export class RecognisedNumberResponse {
  /** Its last three digits. */
  ending: string;

  /** Whether codes go to it already. */
  counts: boolean;

  /** From when it counts; null when it does already, or when it is not known yet to be yours. */
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  counts_from: string | null;

  static of({ ending, counts, countsFrom }: RecognisedNumber): RecognisedNumberResponse {
    const from = countsFrom?.toISOString() ?? null;
    return Object.assign(new RecognisedNumberResponse(), { ending, counts, counts_from: from });
  }
}
