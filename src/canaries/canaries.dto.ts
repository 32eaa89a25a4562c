import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsUUID, Matches } from 'class-validator';

import { AppError } from '../errors.ts';
import { IsLeftOutOr, IsReference } from '../holders/field-rules.ts';
import { ALARM_STATES, type AlarmState, type Canary, type CanaryAlarm } from './canary.ts';

const DEFAULT_PAGE = 50;

export class CanaryParams {
  @IsUUID()
  id: string;
}

/** One of the two. */
export class CanaryRequest {
  /**
   * The CRM's reference of somebody who does not exist.
   * @example P-1001
   */
  @IsLeftOutOr(IsReference())
  person?: string;

  /** A contract of people who do not exist: all its holders are marked. */
  @IsLeftOutOr(IsReference())
  contract?: string;

  toNamed(): { personRef: string } | { contractRef: string } {
    const { person, contract } = this;
    if (person !== undefined && contract === undefined) return { personRef: person };
    if (contract !== undefined && person === undefined) return { contractRef: contract };
    const detail = 'Name a person or a contract.';
    throw new AppError('validation_failed', detail, { faults: [{ pointer: '', detail }] });
  }
}

export class CanaryResponse {
  id: string;
  /** The CRM's reference. */
  person: string;
  /** ISO 8601, UTC. */
  marked_at: string;

  static of({ id, personRef, markedAt }: Canary): CanaryResponse {
    return Object.assign(new CanaryResponse(), { id, person: personRef, marked_at: markedAt.toISOString() });
  }
}

export class CanaryAlarmsQuery {
  /** Open ones when left out. */
  @IsLeftOutOr(IsIn(ALARM_STATES))
  state?: AlarmState;

  /** 1 to 100; 50 when left out. */
  @IsLeftOutOr(Matches(/^([1-9]\d?|100)$/, { message: 'must be a number from 1 to 100' }))
  @ApiProperty({ type: Number, minimum: 1, maximum: 100, required: false })
  limit?: string;

  /** `next` of the page before. */
  @IsLeftOutOr(IsUUID())
  after?: string;

  toQuery(): [state: AlarmState, limit: number, after: string | null] {
    const { state = 'open', after = null } = this;
    return [state, this.limit === undefined ? DEFAULT_PAGE : Number(this.limit), after];
  }
}

/** Somebody looked at a customer who does not exist. */
export class CanaryAlarmResponse {
  id: string;
  /** The CRM's reference of the canary. */
  person: string;
  /**
   * The record of it: `call.opened`, `lookup`, or `check.advised` outside a call.
   * @example call.opened
   */
  record_kind: string;
  record_id: string;
  /** The agent who did it, as holders see them; null for a system. */
  @ApiProperty({ type: String, nullable: true })
  pseudonym: string | null;
  /** With which key; null with a staff token. */
  @ApiProperty({ type: String, nullable: true })
  key_id: string | null;
  @ApiProperty({ type: String, nullable: true })
  call_id: string | null;
  /** ISO 8601, UTC. */
  touched_at: string;
  @ApiProperty({ type: String, nullable: true })
  closed_at: string | null;

  static of(alarm: CanaryAlarm): CanaryAlarmResponse {
    const { id, personRef, recordKind, recordId, actor, pseudonym, callId, touchedAt, closedAt } = alarm;
    return Object.assign(new CanaryAlarmResponse(), {
      id,
      person: personRef,
      record_kind: recordKind,
      record_id: recordId,
      pseudonym,
      key_id: /\bkey:(\S+)/.exec(actor)?.[1] ?? null,
      call_id: callId,
      touched_at: touchedAt.toISOString(),
      closed_at: closedAt?.toISOString() ?? null,
    });
  }
}

export class CanaryAlarmPageResponse {
  @ApiProperty({ type: [CanaryAlarmResponse] })
  alarms: CanaryAlarmResponse[];
  /** Pass it as `after` for the next page; null on the last one. */
  @ApiProperty({ type: String, nullable: true })
  next: string | null;
}
