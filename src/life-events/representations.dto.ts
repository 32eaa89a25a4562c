import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsString, MaxLength } from 'class-validator';

import { IsLeftOutOr, IsObjectOf, IsReference } from '../holders/field-rules.ts';
import { REPRESENTATION_KINDS, type RepresentationKind } from '../policy/vocabulary.ts';
import { EvidenceRequest, EvidenceResponse } from './legal-files.dto.ts';
import { REPRESENTATION_STATES, type RepresentationState, type RepresentationView } from './representation.ts';
import type { ReportedRepresentation } from './representations.service.ts';

export class RepresentationRequest {
  /** The CRM's reference of who is represented. */
  @IsReference()
  holder: string;

  /** The CRM's reference of who represents them. */
  @IsReference()
  representative: string;

  @IsIn(REPRESENTATION_KINDS)
  kind: RepresentationKind;

  /** A date (from 00:00 in Europe/Amsterdam) or an instant with its offset. Left out: now. */
  @IsLeftOutOr(IsString(), MaxLength(40))
  starts_at?: string;

  /** A date counts whole. Of parental authority: the last day before the child turns 18; no date of birth is kept. */
  @IsString()
  @MaxLength(40)
  ends_at: string;

  @IsLeftOutOr(IsObjectOf(() => EvidenceRequest))
  evidence?: EvidenceRequest;

  toReport(): ReportedRepresentation {
    const { holder, representative, kind, starts_at: startsAt = null, ends_at: endsAt, evidence } = this;
    return { holder, representative, kind, startsAt, endsAt, proof: evidence?.toProof() ?? null };
  }
}

export class RepresentationResponse {
  id: string;
  /** The CRM's reference of who is represented. */
  holder: string;
  representative: string;
  @ApiProperty({ enum: REPRESENTATION_KINDS })
  kind: RepresentationKind;
  /** `reported`: no second employee has seen a proof, and it is worth nothing. */
  @ApiProperty({ enum: REPRESENTATION_STATES })
  state: RepresentationState;
  @ApiProperty({ format: 'date-time' })
  starts_at: string;
  @ApiProperty({ format: 'date-time' })
  ends_at: string;
  /** The employee's pseudonym. */
  recorded_by: string;
  @ApiProperty({ format: 'date-time' })
  recorded_at: string;
  /** Whoever decided last, by pseudonym; null = nobody yet. */
  @ApiProperty({ type: String, nullable: true })
  decided_by: string | null;
  @ApiProperty({ type: String, nullable: true, format: 'date-time' })
  decided_at: string | null;
  evidence: EvidenceResponse[];

  static of(one: RepresentationView): RepresentationResponse {
    return Object.assign(new RepresentationResponse(), {
      id: one.id,
      holder: one.holderRef,
      representative: one.representativeRef,
      kind: one.kind,
      state: one.state,
      starts_at: one.startsAt.toISOString(),
      ends_at: one.endsAt.toISOString(),
      recorded_by: one.recordedBy.pseudonym,
      recorded_at: one.recordedAt.toISOString(),
      decided_by: one.decided?.by?.pseudonym ?? null,
      decided_at: one.decided?.at.toISOString() ?? null,
      evidence: one.proofs.map((proof) => EvidenceResponse.of(proof)),
    });
  }
}
