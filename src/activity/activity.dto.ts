import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsString, IsUUID, Matches, MaxLength } from 'class-validator';

import { AppError, type Fault } from '../errors.ts';
import { IsLeftOutOr } from '../holders/field-rules.ts';
import { readMoment } from '../mandates/mandate-period.ts';
import { type Channel, CHANNELS, type Language } from '../policy/vocabulary.ts';
import { ACTIVITY_CATEGORIES, type ActivityCategory } from './activity-kinds.ts';
import { whoInWords, whyInWords } from './activity-words.ts';
import type { ActivityEntry, ActivityPage, ActivityPlace, ActivityQuery } from './activity.service.ts';

const DEFAULT_PAGE = 50;
/** Entries of one export. */
export const EXPORT = 1_000;
const PLACE = /^(\d{1,15})\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;
const MOMENT_LENGTH = 40;

export class ActivityParams {
  @IsUUID()
  id: string;
}

/** Which part of one's activity. */
export class ActivityFilter {
  /** Only what was looked up, decided, done or changed, or who signed in. */
  @IsLeftOutOr(IsIn(ACTIVITY_CATEGORIES))
  category?: ActivityCategory;

  /**
   * A date (from 00:00 in Europe/Amsterdam) or an instant with its offset.
   * @example 2026-11-01
   */
  @IsLeftOutOr(IsString(), MaxLength(MOMENT_LENGTH))
  from?: string;

  /**
   * A date (to its end in Europe/Amsterdam) or an instant with its offset.
   * @example 2026-11-30
   */
  @IsLeftOutOr(IsString(), MaxLength(MOMENT_LENGTH))
  to?: string;

  /** `next` of the page before. */
  @IsLeftOutOr(Matches(PLACE, { message: 'must be `next` of the page before' }))
  after?: string;
}

export class ActivityPageQuery extends ActivityFilter {
  /** 1 to 100; 50 when left out. */
  @IsLeftOutOr(Matches(/^([1-9]\d?|100)$/, { message: 'must be a number from 1 to 100' }))
  @ApiProperty({ type: Number, minimum: 1, maximum: 100, required: false })
  limit?: string;

  toQuery(): ActivityQuery {
    return queryOf(this, this.limit === undefined ? DEFAULT_PAGE : Number(this.limit));
  }
}

export const EXPORT_FORMATS = ['json', 'csv'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export class ActivityExportQuery extends ActivityFilter {
  /** JSON when left out. */
  @IsLeftOutOr(IsIn(EXPORT_FORMATS))
  format?: ExportFormat;

  toQuery(): ActivityQuery {
    return queryOf(this, EXPORT);
  }
}

/** What the form of the page sends: an empty field asks for nothing. */
export class ActivityForm {
  @IsLeftOutOr(IsString(), MaxLength(MOMENT_LENGTH))
  category?: string;
  @IsLeftOutOr(IsString(), MaxLength(MOMENT_LENGTH))
  from?: string;
  @IsLeftOutOr(IsString(), MaxLength(MOMENT_LENGTH))
  to?: string;
  @IsLeftOutOr(IsString(), MaxLength(60))
  after?: string;
  /** Of the switch of languages. */
  @IsLeftOutOr(IsString(), MaxLength(2))
  lang?: string;

  /** Null when it is no period. */
  toQuery(limit: number): ActivityQuery | null {
    const { category, from, to, after } = this;
    const known = ACTIVITY_CATEGORIES.find((one) => one === category);
    const asked = { category: known, from: from === '' ? undefined : from, to: to === '' ? undefined : to, after };
    const read = readPart(asked, limit);
    return 'faults' in read ? null : read;
  }
}

/** Who did something. Employees are told by role, team and pseudonym; people by name where the reader knows them. */
export class ActivityWhoResponse {
  @ApiProperty({ enum: ['you', 'signed_in', 'agent', 'person', 'system', 'visitor'] })
  is: string;
  /** In words, in the language of the answer. */
  text: string;
}

/** Something that was looked up, decided, done or changed about the one who asks. */
export class ActivityEntryResponse {
  id: string;
  /** ISO 8601, UTC. */
  at: string;
  @ApiProperty({ enum: ACTIVITY_CATEGORIES })
  category: ActivityCategory;
  who: ActivityWhoResponse;
  sentence: string;
  /** An action each, with what became of it. */
  @ApiProperty({ type: [String] })
  details: string[];
  /** Of the contact in which it happened; null = in none. */
  @ApiProperty({ enum: CHANNELS, nullable: true, type: String })
  channel: Channel | null;
  /** The organisation's own reference of the case. */
  @ApiProperty({ type: String, nullable: true })
  case_ref: string | null;

  static of(
    { id, at, category, who, sentence, details, call }: ActivityEntry,
    language: Language,
  ): ActivityEntryResponse {
    return Object.assign(new ActivityEntryResponse(), {
      id,
      at: at.toISOString(),
      category,
      who: { is: who.is, text: whoInWords(who, language) },
      sentence,
      details: [...details],
      channel: call?.channel ?? null,
      case_ref: call?.caseRef ?? null,
    });
  }
}

export class ActivityPageResponse {
  @ApiProperty({ type: [ActivityEntryResponse] })
  entries: ActivityEntryResponse[];
  /** Pass it as `after` for the next page; null on the last one. */
  @ApiProperty({ type: String, nullable: true })
  next: string | null;

  static of({ entries, next, language }: ActivityPage): ActivityPageResponse {
    return Object.assign(new ActivityPageResponse(), {
      entries: entries.map((entry) => ActivityEntryResponse.of(entry, language)),
      next: nextOf(next),
    });
  }
}

/** A place as the API writes it. */
export function nextOf(place: ActivityPlace | null): string | null {
  return place === null ? null : `${place.at.getTime()}.${place.id}`;
}

const COLUMNS = ['id', 'at', 'category', 'who', 'sentence', 'details', 'why'] as const;

/** The same as a table, RFC 4180. */
export function activityCsv({ entries, language }: ActivityPage): string {
  const rows = entries.map((entry) => [
    entry.id,
    entry.at.toISOString(),
    entry.category,
    whoInWords(entry.who, language),
    entry.sentence,
    entry.details.join('; '),
    whyInWords(entry.call, language) ?? '',
  ]);
  return [COLUMNS, ...rows].map((row) => `${row.map(cellOf).join(',')}\r\n`).join('');
}

/** A spreadsheet runs what begins like a formula, and names are typed by anybody. */
function cellOf(value: string): string {
  const harmless = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

interface AskedPart {
  readonly category?: ActivityCategory | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly after?: string | undefined;
}

/** @throws AppError `validation_failed` */
function queryOf(asked: AskedPart, limit: number): ActivityQuery {
  const read = readPart(asked, limit);
  if ('faults' in read) throw new AppError('validation_failed', 'This is no period.', read);
  return read;
}

function readPart(
  { category, from, to, after }: AskedPart,
  limit: number,
): ActivityQuery | { readonly faults: readonly Fault[] } {
  const start = from === undefined ? null : readMoment(from, 0);
  const end = to === undefined ? null : readMoment(to, 1);
  const detail = 'must be a date (2026-01-31) or an instant with an offset (2026-01-31T09:00:00Z)';
  const faults = [
    ...(from !== undefined && start === null ? [{ pointer: '/from', detail }] : []),
    ...(to !== undefined && end === null ? [{ pointer: '/to', detail }] : []),
    ...(start !== null && end !== null && end <= start ? [{ pointer: '/to', detail: 'must lie after from' }] : []),
  ];
  if (faults.length > 0) return { faults };
  return {
    category: category ?? null,
    from: start === null ? null : new Date(start),
    to: end === null ? null : new Date(end),
    after: placeOf(after),
    limit,
  };
}

function placeOf(after: string | undefined): ActivityPlace | null {
  const found = after === undefined ? null : PLACE.exec(after);
  const [, at, id] = found ?? [];
  return at === undefined || id === undefined ? null : { at: new Date(Number(at)), id };
}
