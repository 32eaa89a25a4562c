import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsUUID, Matches } from 'class-validator';

import { IsReference } from '../holders/field-rules.ts';
import { UNMASKING_REASONS, UNMASKING_STATES, type UnmaskingReason, type UnmaskingState } from './unmasking.ts';
import type { UnmaskingView } from './unmaskings.service.ts';

export class UnmaskingParams {
  @IsUUID()
  id: string;
}

/** Who is it, and why does somebody have to know? */
export class UnmaskingRequest {
  /**
   * As holders see the agent.
   * @example K7QX
   */
  @Matches(/^[A-Z0-9]{4}$/, { message: 'must be a pseudonym: four capitals and digits' })
  pseudonym: string;

  @IsIn(UNMASKING_REASONS)
  @ApiProperty({ enum: UNMASKING_REASONS })
  reason: UnmaskingReason;

  /**
   * The organisation's own number of the complaint, incident or claim.
   * @example K-2026-118
   */
  @IsReference()
  case_ref: string;
}

export class UnmaskingResponse {
  id: string;

  pseudonym: string;

  @ApiProperty({ enum: UNMASKING_REASONS })
  reason: UnmaskingReason;

  case_ref: string;

  /** Waiting for 7 days; told for 24 hours once it is approved. */
  @ApiProperty({ enum: UNMASKING_STATES })
  state: UnmaskingState;

  /** By their pseudonym. */
  asked_by: string;

  @ApiProperty({ format: 'date-time' })
  asked_at: string;

  @ApiProperty({ type: String, nullable: true })
  decided_by: string | null;

  @ApiProperty({ format: 'date-time', type: String, nullable: true })
  decided_at: string | null;

  @ApiProperty({ format: 'date-time', type: String, nullable: true })
  told_until: string | null;

  /** Who it is. Null for everybody but the one who asked, and before and after it may be told; a list tells nobody. */
  @ApiProperty({ type: String, nullable: true })
  agent_ref: string | null;

  static of({ unmasking, state, toldUntil, agentRef }: UnmaskingView): UnmaskingResponse {
    const { id, subject, reason, caseRef, askedBy, askedAt, decidedBy, decidedAt } = unmasking;
    return Object.assign(new UnmaskingResponse(), {
      id,
      pseudonym: subject.pseudonym,
      reason,
      case_ref: caseRef,
      state,
      asked_by: askedBy.pseudonym,
      asked_at: askedAt.toISOString(),
      decided_by: decidedBy?.pseudonym ?? null,
      decided_at: decidedAt?.toISOString() ?? null,
      told_until: toldUntil?.toISOString() ?? null,
      agent_ref: agentRef,
    });
  }
}
