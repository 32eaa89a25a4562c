import { ApiProperty } from '@nestjs/swagger';
import { IsUUID, Matches } from 'class-validator';

import { IsLeftOutOr } from '../holders/field-rules.ts';
import { type Channel, CHANNELS, type Outcome, OUTCOMES } from '../policy/vocabulary.ts';
import { LOGGED_KINDS, type LoggedKind } from './logged-kinds.ts';
import type { LoggedCall, LoggedRecord, OwnLogPage } from './own-log.service.ts';

export const DEFAULT_CALLS = 20;

export class OwnLogQuery {
  /** Calls on a page, 1 to 50; 20 when left out. */
  @IsLeftOutOr(Matches(/^([1-9]|[1-4]\d|50)$/, { message: 'must be a number from 1 to 50' }))
  @ApiProperty({ type: Number, minimum: 1, maximum: 50, required: false })
  limit?: string;

  /** `next` of the page before. */
  @IsLeftOutOr(IsUUID())
  after?: string;
}

export class LoggedCallParams {
  /** One of the calls of the agent who asks. */
  @IsUUID()
  call_id: string;
}

export class LoggedCallQuery {
  /** `next` of the records before. */
  @IsLeftOutOr(IsUUID())
  after?: string;
}

export class LoggedDecisionResponse {
  action: string;

  @ApiProperty({ enum: OUTCOMES })
  outcome: Outcome;

  /** It was done on this answer. */
  is_done: boolean;
}

/** Something that was done. */
export class LoggedRecordResponse {
  id: string;

  @ApiProperty({ format: 'date-time' })
  at: string;

  @ApiProperty({ enum: LOGGED_KINDS })
  kind: LoggedKind;

  /** What was asked and answered, by the names of the policy; empty for what is no check. */
  @ApiProperty({ type: [LoggedDecisionResponse] })
  decisions: LoggedDecisionResponse[];

  static of({ id, at, kind, decisions }: LoggedRecord): LoggedRecordResponse {
    return Object.assign(new LoggedRecordResponse(), {
      id,
      at: at.toISOString(),
      kind,
      decisions: decisions.map(({ action, outcome, isDone }) => ({ action, outcome, is_done: isDone })),
    });
  }
}

/** A call, by references alone. */
export class LoggedCallResponse {
  call_id: string;

  @ApiProperty({ enum: CHANNELS })
  channel: Channel;

  @ApiProperty({ type: String, nullable: true })
  case_ref: string | null;

  @ApiProperty({ format: 'date-time' })
  opened_at: string;

  /** In their order, 200 at most. */
  @ApiProperty({ type: [LoggedRecordResponse] })
  records: LoggedRecordResponse[];

  /** Pass it as `after` to `GET /v1/agents/me/log/{call_id}` for the next ones; null when that is all. */
  @ApiProperty({ type: String, nullable: true })
  next: string | null;

  static of({ id, channel, caseRef, openedAt, records, next }: LoggedCall): LoggedCallResponse {
    return Object.assign(new LoggedCallResponse(), {
      call_id: id,
      channel,
      case_ref: caseRef,
      opened_at: openedAt.toISOString(),
      records: records.map((one) => LoggedRecordResponse.of(one)),
      next,
    });
  }
}

export class OwnLogResponse {
  @ApiProperty({ type: [LoggedCallResponse] })
  calls: LoggedCallResponse[];

  /** Pass it as `after` for the next page; null on the last one. */
  @ApiProperty({ type: String, nullable: true })
  next: string | null;

  static of({ calls, next }: OwnLogPage): OwnLogResponse {
    return Object.assign(new OwnLogResponse(), { calls: calls.map((one) => LoggedCallResponse.of(one)), next });
  }
}
