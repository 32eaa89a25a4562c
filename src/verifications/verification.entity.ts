import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

import type { CodeRoute, VerificationMethod } from '../policy/vocabulary.ts';

/** Proof of who is on the line, made in one call about one person. */
@Entity('verifications')
@Index('verifications_call_idx', ['callId'])
@Check('verifications_method_check', `method IN ('calling_number', 'code', 'totp')`)
@Check('verifications_route_check', `route IN ('sms', 'voice', 'email', 'letter')`)
export class VerificationEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'verifications_pkey' }) id: string;
  @Column('uuid', { name: 'call_id' }) callId: string;
  @Column('uuid', { name: 'person_id' }) personId: string;
  @Column('text') method: VerificationMethod;
  @Column('text', { nullable: true }) route: CodeRoute | null;
  @Column('timestamptz', { name: 'verified_at' }) verifiedAt: Date;
}
