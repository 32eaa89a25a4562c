import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Max,
  MaxLength,
  Min,
} from 'class-validator';

import { AppError } from '../errors.ts';
import { IsLeftOutOr, IsObjectOf } from '../holders/field-rules.ts';
import type { Preferences } from '../holders/person.ts';
import type { SafeHours } from '../holders/safe-hours.ts';
import {
  CODE_ROUTES,
  type CodeRoute,
  type Language,
  LANGUAGES,
  RECORDING_PURPOSES,
  type RecordingPurpose,
} from '../policy/vocabulary.ts';
import type { ChosenPreferences } from './preferences.service.ts';

/** Hours of a day in Europe/Amsterdam, half-open; the first before the last. */
export class SafeHoursBody {
  @IsInt()
  @Min(0)
  @Max(23)
  @ApiProperty({ type: 'integer', minimum: 0, maximum: 23 })
  from: number;
  @IsInt()
  @Min(1)
  @Max(24)
  @ApiProperty({ type: 'integer', minimum: 1, maximum: 24 })
  until: number;
}

export class PreferencesRequest {
  /** In which we write to them. */
  @IsIn(LANGUAGES)
  language: Language;

  /** Letters come in large type. */
  @IsBoolean()
  large_type: boolean;

  /** Roads by which no message comes any more. A code goes there only where no other road is left. */
  @IsArray()
  @ArrayMaxSize(CODE_ROUTES.length)
  @ArrayUnique()
  @IsIn(CODE_ROUTES, { each: true })
  declined: CodeRoute[];

  /** Messages wait for these hours, except codes; at any time when null or left out. */
  @IsOptional()
  @IsObjectOf(() => SafeHoursBody)
  @ApiPropertyOptional({ type: SafeHoursBody, nullable: true })
  safe_hours?: SafeHoursBody | null;

  /** For what calls about their contracts are never recorded; left out: as it was. For what is not there they are asked each time. */
  @IsLeftOutOr(
    IsArray(),
    ArrayMaxSize(RECORDING_PURPOSES.length),
    ArrayUnique(),
    IsIn(RECORDING_PURPOSES, { each: true }),
  )
  @ApiProperty({ enum: RECORDING_PURPOSES, isArray: true, required: false })
  refused_recordings?: RecordingPurpose[];

  /** "I know that no message will reach me": needed where `declined` leaves no road. */
  @IsLeftOutOr(IsBoolean())
  unreachable?: boolean;

  /** @throws AppError `validation_failed` */
  toPreferences(): ChosenPreferences {
    const { language, large_type: isLargeType, declined: declinedRoutes, safe_hours: hours = null } = this;
    const { refused_recordings: refusedRecordings = null } = this;
    if (hours !== null && hours.from >= hours.until) {
      const faults = [{ pointer: '/safe_hours/until', detail: 'must lie after from' }];
      throw new AppError('validation_failed', 'These hours end before they begin.', { faults });
    }
    const safeHours = hours === null ? null : { from: hours.from, until: hours.until };
    return { language, isLargeType, declinedRoutes, safeHours, refusedRecordings };
  }
}

export class PreferencesResponse {
  @ApiProperty({ enum: LANGUAGES })
  language: Language;
  large_type: boolean;
  @ApiProperty({ enum: CODE_ROUTES, isArray: true })
  declined: CodeRoute[];
  @ApiProperty({ type: SafeHoursBody, nullable: true })
  safe_hours: SafeHoursBody | null;
  @ApiProperty({ enum: RECORDING_PURPOSES, isArray: true })
  refused_recordings: RecordingPurpose[];

  static of({ language, isLargeType, declinedRoutes, safeHours, refusedRecordings }: Preferences): PreferencesResponse {
    return Object.assign(new PreferencesResponse(), {
      language,
      large_type: isLargeType,
      declined: [...declinedRoutes],
      safe_hours: safeHours === null ? null : { ...safeHours },
      refused_recordings: [...refusedRecordings],
    });
  }
}

const WORD = 10;

/** The same from a page: what is not ticked is not sent. */
export class PreferencesForm {
  @IsLeftOutOr(IsString(), MaxLength(WORD))
  language?: string;
  @IsLeftOutOr(IsString(), MaxLength(WORD))
  large_type?: string;
  @IsLeftOutOr(IsString(), MaxLength(WORD))
  declined_sms?: string;
  @IsLeftOutOr(IsString(), MaxLength(WORD))
  declined_voice?: string;
  @IsLeftOutOr(IsString(), MaxLength(WORD))
  declined_email?: string;
  @IsLeftOutOr(IsString(), MaxLength(WORD))
  declined_letter?: string;
  @IsLeftOutOr(IsString(), MaxLength(WORD))
  safe_from?: string;
  @IsLeftOutOr(IsString(), MaxLength(WORD))
  safe_until?: string;
  @IsLeftOutOr(IsString(), MaxLength(WORD))
  unreachable?: string;
  @IsLeftOutOr(IsString(), MaxLength(WORD))
  refused_training?: string;
  @IsLeftOutOr(IsString(), MaxLength(WORD))
  refused_contract_proof?: string;

  declined(): CodeRoute[] {
    return CODE_ROUTES.filter((route) => this[`declined_${route}`] === 'yes');
  }

  refusedRecordings(): RecordingPurpose[] {
    return RECORDING_PURPOSES.filter((purpose) => this[`refused_${purpose}`] === 'yes');
  }

  /** Null when the hours are none. */
  toPreferences(): ChosenPreferences | null {
    const safeHours = hoursOf(this.safe_from?.trim() ?? '', this.safe_until?.trim() ?? '');
    if (safeHours === undefined) return null;
    return {
      language: LANGUAGES.find((one) => one === this.language) ?? 'nl',
      isLargeType: this.large_type === 'yes',
      declinedRoutes: this.declined(),
      safeHours,
      refusedRecordings: this.refusedRecordings(),
    };
  }
}

/** Undefined when they are no hours. */
function hoursOf(from: string, until: string): SafeHours | null | undefined {
  if (from === '' && until === '') return null;
  if (!/^\d{1,2}$/.test(from) || !/^\d{1,2}$/.test(until)) return undefined;
  const hours = { from: Number(from), until: Number(until) };
  return hours.from < hours.until && hours.until <= 24 ? hours : undefined;
}
