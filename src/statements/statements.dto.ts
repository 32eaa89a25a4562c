import { ApiProperty } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsInt, IsUUID, Max, Min } from 'class-validator';

import { AppError, type Fault } from '../errors.ts';
import { IsDay, IsLeftOutOr, IsObjectOf, IsPlainText } from '../holders/field-rules.ts';
import {
  type Amount,
  type Comparison,
  COMPARISONS,
  MOST_CENTS,
  type Statement,
  STATEMENT_SOURCES,
  STATEMENT_SUBJECTS,
  STATEMENT_TEXT,
  type StatementSource,
  type StatementSubject,
  type TypedFacts,
} from './statement.ts';
import type { AskedStatement } from './statements.service.ts';

const CURRENCIES: readonly string[] = Intl.supportedValuesOf('currency');

export class StatementsParams {
  /** The call's id. */
  @IsUUID()
  call_id: string;
}

export class AmountBody {
  /**
   * Hundredths, whole ones; negative = to the customer.
   * @example 2995
   */
  @IsInt()
  @Min(-MOST_CENTS)
  @Max(MOST_CENTS)
  cents: number;

  /**
   * ISO 4217.
   * @example EUR
   */
  @IsIn(CURRENCIES, { message: 'must be a currency of ISO 4217, such as EUR' })
  @ApiProperty({ type: String, pattern: '^[A-Z]{3}$' })
  currency: string;
}

/** What the CRM has. */
export class CrmValueBody {
  @IsLeftOutOr(IsObjectOf(() => AmountBody))
  amount?: AmountBody;

  /** @example 2026-12-31 */
  @IsLeftOutOr(IsDay())
  @ApiProperty({ required: false, format: 'date' })
  date?: string;

  toFacts(): TypedFacts {
    return { amount: amountOf(this.amount), date: this.date ?? null };
  }
}

/** What the agent of the call tells the caller: an amount, a date, words, or more than one of these. */
export class StatementRequest {
  @IsIn(STATEMENT_SUBJECTS)
  @ApiProperty({ enum: STATEMENT_SUBJECTS })
  subject: StatementSubject;

  /** From where the agent has it. */
  @IsIn(STATEMENT_SOURCES)
  @ApiProperty({ enum: STATEMENT_SOURCES })
  source: StatementSource;

  @IsLeftOutOr(IsObjectOf(() => AmountBody))
  amount?: AmountBody;

  /** @example 2026-12-31 */
  @IsLeftOutOr(IsDay())
  @ApiProperty({ required: false, format: 'date' })
  date?: string;

  /** 1 to 200 characters. Stored sealed. Never a password or a code. */
  @IsLeftOutOr(IsPlainText(STATEMENT_TEXT))
  @ApiProperty({ required: false, minLength: 1, maxLength: STATEMENT_TEXT })
  text?: string;

  /** What the CRM has of the same. Where it is something else, nothing is recorded: 409 `statement_differs`, before it is said. */
  @IsLeftOutOr(IsObjectOf(() => CrmValueBody))
  crm_value?: CrmValueBody;

  /** True: it is said also where the CRM has it otherwise. Send it after a 409 `statement_differs`, once the agent has looked again. */
  @IsLeftOutOr(IsBoolean())
  said_anyway?: boolean;

  /** A statement about the same contract, which this puts right. The holder gets a message. */
  @IsLeftOutOr(IsUUID())
  corrects?: string;

  /** @throws AppError `validation_failed` when nothing is said, or a value of the CRM has nothing beside it */
  toStatement(): AskedStatement {
    const { subject, source, amount, date, text, crm_value: crm } = this;
    const faults: Fault[] = [
      ...(amount === undefined && date === undefined && text === undefined
        ? [{ pointer: '', detail: 'must have an amount, a date or a text' }]
        : []),
      ...(crm?.amount !== undefined && amount === undefined
        ? [{ pointer: '/crm_value/amount', detail: 'has no amount beside it that is said' }]
        : []),
      ...(crm?.date !== undefined && date === undefined
        ? [{ pointer: '/crm_value/date', detail: 'has no date beside it that is said' }]
        : []),
    ];
    if (faults.length > 0) throw new AppError('validation_failed', 'This says nothing that can be kept.', { faults });
    const known = crm?.toFacts();
    return {
      subject,
      source,
      facts: { amount: amountOf(amount), date: date ?? null, text: text ?? null },
      // An empty one compares nothing.
      crmValue: known === undefined || (known.amount === null && known.date === null) ? null : known,
      isSaidAnyway: this.said_anyway ?? false,
      corrects: this.corrects ?? null,
    };
  }
}

export class AmountResponse {
  cents: number;
  currency: string;
}

export class CrmValueResponse {
  @ApiProperty({ type: AmountResponse, nullable: true })
  amount: AmountResponse | null;
  @ApiProperty({ type: String, nullable: true, format: 'date' })
  date: string | null;
}

/** Something that an agent told a caller. */
export class StatementResponse {
  id: string;
  call_id: string;
  /** The role of the agent, when they said it. */
  role: string;
  /** As whom the one on the line spoke. */
  @ApiProperty({ enum: ['holder', 'proxy'] })
  heard_as: string;
  @ApiProperty({ enum: STATEMENT_SUBJECTS })
  subject: StatementSubject;
  @ApiProperty({ enum: STATEMENT_SOURCES })
  source: StatementSource;
  @ApiProperty({ type: AmountResponse, nullable: true })
  amount: AmountResponse | null;
  @ApiProperty({ type: String, nullable: true, format: 'date' })
  date: string | null;
  @ApiProperty({ type: String, nullable: true })
  text: string | null;
  /** What the CRM had; null = it was not given. */
  @ApiProperty({ type: CrmValueResponse, nullable: true })
  crm_value: CrmValueResponse | null;
  /** With what the CRM had. `different`: it was sent with `said_anyway`. */
  @ApiProperty({ enum: COMPARISONS })
  comparison: Comparison;
  /** The first statement, however often it was corrected; null = this is one itself. */
  @ApiProperty({ type: String, nullable: true })
  corrects: string | null;
  /** True: a later one puts it right. */
  is_corrected: boolean;
  @ApiProperty({ format: 'date-time' })
  said_at: string;

  static of(one: Statement): StatementResponse {
    return Object.assign(new StatementResponse(), {
      id: one.id,
      call_id: one.callId,
      role: one.role,
      heard_as: one.heardAs,
      subject: one.subject,
      source: one.source,
      amount: one.facts?.amount ?? null,
      date: one.facts?.date ?? null,
      text: one.facts?.text ?? null,
      crm_value: one.crmValue,
      comparison: one.comparison,
      corrects: one.corrects,
      is_corrected: one.isCorrected,
      said_at: one.saidAt.toISOString(),
    });
  }
}

export class StatementListResponse {
  statements: StatementResponse[];

  static of(all: readonly Statement[]): StatementListResponse {
    return Object.assign(new StatementListResponse(), { statements: all.map((one) => StatementResponse.of(one)) });
  }
}

function amountOf(body: AmountBody | undefined): Amount | null {
  return body === undefined ? null : { cents: body.cents, currency: body.currency };
}
