import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsUUID, Matches } from 'class-validator';

import { AGENT_WORD, AgentParams, WORD_RULE } from '../auth/agents.dto.ts';
import { IsLeftOutOr, IsMoment } from '../holders/field-rules.ts';
import { type Channel, CHANNELS } from '../policy/vocabulary.ts';
import type { Attestation, NewAttestation } from './attestation.ts';

const DEFAULT_PAGE = 50;
const DEFAULT_DAYS = 30;

export class AttestationParams extends AgentParams {
  @IsUUID()
  attestation_id: string;
}

/** What an agent was trained in or signed for. */
export class AttestationRequest {
  /**
   * By the names of the policy in force.
   * @example training
   */
  @Matches(AGENT_WORD, { message: WORD_RULE })
  kind: string;

  /** Where it counts; on every channel when left out. */
  @IsLeftOutOr(IsIn(CHANNELS))
  @ApiPropertyOptional({ enum: CHANNELS })
  channel?: Channel;

  /** Now when left out. */
  @IsLeftOutOr(IsMoment())
  @ApiPropertyOptional({ format: 'date-time' })
  issued_at?: string;

  /** From this moment on it counts no more. At most 5 years after it was issued. */
  @IsMoment()
  @ApiProperty({ format: 'date-time' })
  expires_at: string;

  toNew(): NewAttestation {
    const { kind, channel = null, issued_at: issuedAt, expires_at: expiresAt } = this;
    return {
      kind,
      channel,
      issuedAt: issuedAt === undefined ? null : new Date(issuedAt),
      expiresAt: new Date(expiresAt),
    };
  }
}

export class AttestationResponse {
  id: string;

  agent_ref: string;

  kind: string;

  /** Null: it counts on every channel. */
  @ApiProperty({ enum: CHANNELS, nullable: true })
  channel: Channel | null;

  @ApiProperty({ format: 'date-time' })
  issued_at: string;

  @ApiProperty({ format: 'date-time' })
  expires_at: string;

  /** As the audit names who did it. */
  recorded_by: string;

  @ApiProperty({ format: 'date-time' })
  recorded_at: string;

  static of({ id, agentRef, kind, channel, recordedBy, ...at }: Attestation): AttestationResponse {
    return Object.assign(new AttestationResponse(), {
      id,
      agent_ref: agentRef,
      kind,
      channel,
      issued_at: at.issuedAt.toISOString(),
      expires_at: at.expiresAt.toISOString(),
      recorded_by: recordedBy,
      recorded_at: at.recordedAt.toISOString(),
    });
  }
}

export class ExpiringQuery {
  /** 1 to 365; 30 when left out. */
  @IsLeftOutOr(Matches(/^([1-9]\d?|[12]\d\d|3[0-5]\d|36[0-5])$/, { message: 'must be a number from 1 to 365' }))
  @ApiProperty({ type: Number, minimum: 1, maximum: 365, required: false })
  within_days?: string;

  /** 1 to 100; 50 when left out. */
  @IsLeftOutOr(Matches(/^([1-9]\d?|100)$/, { message: 'must be a number from 1 to 100' }))
  @ApiProperty({ type: Number, minimum: 1, maximum: 100, required: false })
  limit?: string;

  /** `next` of the page before. */
  @IsLeftOutOr(IsUUID())
  after?: string;

  toQuery(): [withinDays: number, limit: number, after: string | null] {
    const { within_days: days = DEFAULT_DAYS, limit = DEFAULT_PAGE, after = null } = this;
    return [Number(days), Number(limit), after];
  }
}

export class ExpiringPageResponse {
  @ApiProperty({ type: [AttestationResponse] })
  attestations: AttestationResponse[];

  /** Pass it as `after` for the next page; null on the last one. */
  @ApiProperty({ type: String, nullable: true })
  next: string | null;
}
