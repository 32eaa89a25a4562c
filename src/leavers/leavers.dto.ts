import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsUUID, Matches } from 'class-validator';

import { IsLeftOutOr } from '../holders/field-rules.ts';
import { ALARM_STATES, type AlarmState, type LeaverAlarm } from './leaver-alarm.ts';

const DEFAULT_PAGE = 50;

export class LeaverAlarmParams {
  @IsUUID()
  id: string;
}

export class LeaverAlarmsQuery {
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
    const { state = 'open', limit = DEFAULT_PAGE, after = null } = this;
    return [state, Number(limit), after];
  }
}

/** Somebody who is about to leave looked at more customers in a day than they used to, or than anybody should. */
export class LeaverAlarmResponse {
  id: string;

  /** Of the agent. Who they are takes two people. */
  pseudonym: string;

  /** In Europe/Amsterdam. */
  @ApiProperty({ format: 'date' })
  day: string;

  /** Contracts about which they opened calls that day, when it was noticed. */
  contracts: number;

  /** How many would have been right. */
  most: number;

  @ApiProperty({ format: 'date-time' })
  raised_at: string;

  @ApiProperty({ format: 'date-time', type: String, nullable: true })
  closed_at: string | null;

  static of({ id, pseudonym, day, reached, most, raisedAt, closedAt }: LeaverAlarm): LeaverAlarmResponse {
    return Object.assign(new LeaverAlarmResponse(), {
      id,
      pseudonym,
      day,
      contracts: reached,
      most,
      raised_at: raisedAt.toISOString(),
      closed_at: closedAt?.toISOString() ?? null,
    });
  }
}

export class LeaverAlarmPageResponse {
  @ApiProperty({ type: [LeaverAlarmResponse] })
  alarms: LeaverAlarmResponse[];

  /** Pass it as `after` for the next page; null on the last one. */
  @ApiProperty({ type: String, nullable: true })
  next: string | null;
}
