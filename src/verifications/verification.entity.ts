import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

import type { CodeRoute, Level, VerificationMethod } from '../policy/vocabulary.ts';

/** Proof of who is on the line, made in one call about one person. */
@Entity('verifications')
@Index('verifications_call_idx', ['callId'])
@Check('verifications_method_check', `method IN ('calling_number', 'code', 'totp', 'support_code', 'call_back')`)
@Check('verifications_route_check', `route IN ('sms', 'voice', 'email', 'letter')`)
@Check(
  'verifications_session_strength_check',
  `(method = 'support_code') = (session_strength IS NOT NULL) AND session_strength BETWEEN 2 AND 4`,
)
export class VerificationEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'verifications_pkey' }) id: string;
  @Column('uuid', { name: 'call_id' }) callId: string;
  @Column('uuid', { name: 'person_id' }) personId: string;
  @Column('text') method: VerificationMethod;
  @Column('text', { nullable: true }) route: CodeRoute | null;
  /** For a support code: strength of the session in which it was asked for. */
  @Column('integer', { name: 'session_strength', nullable: true }) sessionStrength: Level | null;
  @Column('timestamptz', { name: 'verified_at' }) verifiedAt: Date;
}
