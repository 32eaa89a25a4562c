import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsString, IsUUID, Matches, MaxLength } from 'class-validator';

import { IsLeftOutOr, isPlainText, IsPlainText } from '../holders/field-rules.ts';
import {
  type Incident,
  INCIDENT_STATES,
  INCIDENT_TEXT,
  INCIDENT_TYPES,
  type IncidentState,
  type IncidentType,
  REPORTED_TYPES,
  type ReportedType,
  type Stop,
  STOPS,
} from './incident.ts';
import type { ListedIncident, Reported } from './incidents.service.ts';

const DEFAULT_PAGE = 50;

/** "This wasn't me, this isn't right." */
export class ReportRequest {
  /** What is not right, in the person's own words. */
  @IsPlainText(INCIDENT_TEXT)
  text: string;

  /**
   * What to do at once with every mandate that the others in this entry hold from the one who reports; `none` when left out.
   * Withdrawing is for good.
   */
  @IsLeftOutOr(IsIn(STOPS))
  stop?: Stop;
}

/** The same from a page. Browsers end a line with two characters. */
export class ReportForm {
  @IsLeftOutOr(IsString(), MaxLength(INCIDENT_TEXT * 3))
  text?: string;
  @IsLeftOutOr(IsString(), MaxLength(20))
  stop?: string;

  /** Null when there is no text, or too much. */
  toReport(): { readonly text: string; readonly stop: Stop } | null {
    const text = this.text?.replaceAll('\r\n', '\n');
    const stop = STOPS.find((one) => one === this.stop) ?? 'none';
    return isPlainText(text, INCIDENT_TEXT) ? { text, stop } : null;
  }
}

/** How many mandates were stopped with a report, for the page that tells it. */
export class ReportedQuery {
  @IsLeftOutOr(Matches(/^\d{1,3}$/))
  stopped?: string;
  /** Of the switch of languages. */
  @IsLeftOutOr(IsString(), MaxLength(2))
  lang?: string;
}

/** What became of a report. */
export class IncidentResponse {
  id: string;
  /** The entry that it is about. */
  entry_id: string;
  /** Null once the person was erased. */
  @ApiProperty({ type: String, nullable: true })
  text: string | null;
  @ApiProperty({ enum: INCIDENT_STATES })
  state: IncidentState;
  /** ISO 8601, UTC. */
  opened_at: string;
  @ApiProperty({ type: String, nullable: true })
  closed_at: string | null;

  static of({ id, recordId, text, state, openedAt, closedAt }: Incident): IncidentResponse {
    return Object.assign(new IncidentResponse(), {
      id,
      entry_id: recordId,
      text,
      state,
      opened_at: openedAt.toISOString(),
      closed_at: closedAt?.toISOString() ?? null,
    });
  }
}

export class ReportedResponse extends IncidentResponse {
  /** References of the mandates that count no more from now on. */
  @ApiProperty({ type: [String] })
  stopped: string[];

  static ofReported({ incident, stopped }: Reported): ReportedResponse {
    return Object.assign(new ReportedResponse(), IncidentResponse.of(incident), { stopped: [...stopped] });
  }
}

export class IncidentsQuery {
  /** Open ones when left out. */
  @IsLeftOutOr(IsIn(INCIDENT_STATES))
  state?: IncidentState;

  /** 1 to 100; 50 when left out. */
  @IsLeftOutOr(Matches(/^([1-9]\d?|100)$/, { message: 'must be a number from 1 to 100' }))
  @ApiProperty({ type: Number, minimum: 1, maximum: 100, required: false })
  limit?: string;

  /** `next` of the page before. */
  @IsLeftOutOr(IsUUID())
  after?: string;

  toQuery(): { state: IncidentState; limit: number; after: string | null } {
    const { state = 'open', after = null } = this;
    return { state, limit: this.limit === undefined ? DEFAULT_PAGE : Number(this.limit), after };
  }
}

/** How it ended. */
export class CloseRequest {
  /** For colleagues. 1 to 1,000 characters. Stored sealed. */
  @IsLeftOutOr(IsPlainText(INCIDENT_TEXT))
  @ApiProperty({ required: false, minLength: 1, maxLength: INCIDENT_TEXT })
  note?: string;
}

/** What an agent reports from a call. */
export class CallIncidentRequest {
  /**
   * `secret_received`: somebody gave a password or a code that is meant for elsewhere, or asked for one. `incidental_use`: what
   * somebody came across without looking for it was used; to have seen it is none.
   */
  @IsIn(REPORTED_TYPES)
  @ApiProperty({ enum: REPORTED_TYPES })
  type: ReportedType;

  /** What happened. 1 to 1,000 characters. Stored sealed. Never the password or the code itself. */
  @IsPlainText(INCIDENT_TEXT)
  text: string;
}

export class CallIncidentsParams {
  /** The call's id. */
  @IsUUID()
  call_id: string;
}

/** What was reported, for the agent who did. */
export class CallIncidentResponse {
  /** Under which it is found at /v1/incidents. */
  id: string;
  call_id: string;
  @ApiProperty({ enum: REPORTED_TYPES })
  type: ReportedType;
  @ApiProperty({ enum: INCIDENT_STATES })
  state: IncidentState;
  @ApiProperty({ format: 'date-time' })
  opened_at: string;

  static ofCall({ id, callId, type, state, openedAt }: Incident): CallIncidentResponse {
    return Object.assign(new CallIncidentResponse(), {
      id,
      call_id: callId,
      type,
      state,
      opened_at: openedAt.toISOString(),
    });
  }
}

/** For who deals with it. */
export class ListedIncidentResponse extends IncidentResponse {
  /** `questioned`: whoever the entry is about said so. The others are what agents report. */
  @ApiProperty({ enum: INCIDENT_TYPES })
  type: IncidentType;
  /** In which an agent reported it; null = none did. */
  @ApiProperty({ type: String, nullable: true })
  call_id: string | null;
  /** The pseudonym of who reported it. */
  @ApiProperty({ type: String, nullable: true })
  reported_by: string | null;
  /** How it ended. */
  @ApiProperty({ type: String, nullable: true })
  note: string | null;
  /** The CRM's reference of who questioned it, or of the holder whose contract the call was about. */
  person: string;
  /** What kind of record the entry is. */
  entry_kind: string;

  static ofListed(incident: ListedIncident): ListedIncidentResponse {
    const { personRef, recordKind, type, callId, reportedBy, note } = incident;
    return Object.assign(new ListedIncidentResponse(), IncidentResponse.of(incident), {
      person: personRef,
      entry_kind: recordKind,
      type,
      call_id: callId,
      reported_by: reportedBy,
      note,
    });
  }
}

export class IncidentPageResponse {
  @ApiProperty({ type: [ListedIncidentResponse] })
  incidents: ListedIncidentResponse[];
  /** Pass it as `after` for the next page; null on the last one. */
  @ApiProperty({ type: String, nullable: true })
  next: string | null;
}
