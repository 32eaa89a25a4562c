import { ApiProperty } from '@nestjs/swagger';
import { IsIn } from 'class-validator';

import { type Incident, INCIDENT_TEXT } from '../activity/incident.ts';
import { IsDay, IsLeftOutOr, IsObjectOf, IsPlainText, IsReference } from '../holders/field-rules.ts';
import { LIFE_EVENT_KINDS, type LifeEventKind } from '../policy/vocabulary.ts';
import { EvidenceRequest, EvidenceResponse } from './legal-files.dto.ts';
import { LIFE_EVENT_STATES, type LifeEventState, type LifeEventView, REPORTERS, type Reporter } from './life-event.ts';
import type { ReportedEvent } from './life-events.service.ts';

export class LifeEventRequest {
  /** The CRM's reference of whose life it is. */
  @IsReference()
  person: string;

  /** `separation` is a divorce too; `majority`: a child turned 18. */
  @IsIn(LIFE_EVENT_KINDS)
  kind: LifeEventKind;

  /** The day on which it happened. */
  @IsDay()
  occurred_on: string;

  /** Who told you, as a kind of person. */
  @IsIn(REPORTERS)
  reported_by: Reporter;

  @IsLeftOutOr(IsObjectOf(() => EvidenceRequest))
  evidence?: EvidenceRequest;

  toReport(): ReportedEvent {
    const { person, kind, occurred_on: occurredOn, reported_by: reportedBy, evidence } = this;
    return { person, kind, occurredOn, reportedBy, proof: evidence?.toProof() ?? null };
  }
}

export class ReversalRequest {
  /** The day from which it is over, or on which it proved to be wrong. */
  @IsDay()
  occurred_on: string;

  @IsIn(REPORTERS)
  reported_by: Reporter;

  @IsObjectOf(() => EvidenceRequest)
  evidence: EvidenceRequest;
}

export class ContestRequest {
  /** What is not right, in the words of who says so. */
  @IsPlainText(INCIDENT_TEXT)
  text: string;
}

export class ContestResponse {
  /** Under which it is found at /v1/incidents. */
  incident_id: string;
  @ApiProperty({ format: 'date-time' })
  opened_at: string;

  static of({ id, openedAt }: Incident): ContestResponse {
    return Object.assign(new ContestResponse(), { incident_id: id, opened_at: openedAt.toISOString() });
  }
}

export class LifeEventResponse {
  id: string;
  /** The CRM's reference. */
  person: string;
  @ApiProperty({ enum: LIFE_EVENT_KINDS })
  kind: LifeEventKind;
  /** The event that this takes back; null = it is one itself. */
  @ApiProperty({ type: String, nullable: true })
  reverses_id: string | null;
  /**
   * `suspended_pending_evidence`: reported, and until `suspends_until` only what does little harm goes on. `waiting`: reported
   * again, or a reversal, and it changes nothing yet. `approved` is a reversal's.
   */
  @ApiProperty({ enum: LIFE_EVENT_STATES })
  state: LifeEventState;
  @ApiProperty({ format: 'date' })
  occurred_on: string;
  @ApiProperty({ enum: REPORTERS })
  reported_by: Reporter;
  @ApiProperty({ type: String, nullable: true, format: 'date-time' })
  suspends_until: string | null;
  /** The employee's pseudonym. */
  recorded_by: string;
  @ApiProperty({ format: 'date-time' })
  recorded_at: string;
  /** The second employee's pseudonym; null = nobody has decided yet. */
  @ApiProperty({ type: String, nullable: true })
  decided_by: string | null;
  @ApiProperty({ type: String, nullable: true, format: 'date-time' })
  decided_at: string | null;
  evidence: EvidenceResponse[];

  static of(event: LifeEventView): LifeEventResponse {
    return Object.assign(new LifeEventResponse(), {
      id: event.id,
      person: event.personRef,
      kind: event.kind,
      reverses_id: event.reversesId,
      state: event.state,
      occurred_on: event.occurredOn,
      reported_by: event.reportedBy,
      suspends_until: event.suspendsUntil?.toISOString() ?? null,
      recorded_by: event.recordedBy.pseudonym,
      recorded_at: event.recordedAt.toISOString(),
      decided_by: event.decided?.by?.pseudonym ?? null,
      decided_at: event.decided?.at.toISOString() ?? null,
      evidence: event.proofs.map((proof) => EvidenceResponse.of(proof)),
    });
  }
}
