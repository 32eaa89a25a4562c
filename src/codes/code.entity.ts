import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

import type { CodeRoute, Level } from '../policy/vocabulary.ts';
import type { Code, CodedAction, CodePurpose, CodeState } from './code.ts';

@Entity('codes')
@Index('codes_call_idx', ['callId'])
@Index('codes_waiting_idx', ['personId', 'expiresAt'], { where: `state = 'pending'` })
@Index('codes_agent_idx', ['agentId', 'expiresAt'], { where: `state = 'pending'` })
@Index('codes_mandate_idx', ['mandateId'], { where: `state = 'pending'` })
@Index('codes_claim_idx', ['expiresAt'], { where: `claim_keys <> '{}'` })
@Check('codes_purpose_check', `purpose IN ('action', 'mandate', 'verification', 'sign_in', 'contact')`)
@Check(
  'codes_decoy_check',
  `(person_id IS NOT NULL AND contact_point_id IS NOT NULL)
   OR (purpose = 'verification' AND (call_id IS NOT NULL OR route = 'letter') AND contact_point_id IS NULL)
   OR (purpose = 'sign_in' AND person_id IS NULL AND contact_point_id IS NULL)`,
)
@Check('codes_route_check', `route IN ('sms', 'voice', 'email', 'letter')`)
@Check('codes_level_check', `level BETWEEN 0 AND 4`)
@Check('codes_session_check', `session_strength IS NULL OR (session_strength BETWEEN 3 AND 4 AND state = 'approved')`)
@Check('codes_digits_check', `digits BETWEEN 6 AND 10`)
@Check('codes_tries_check', `tries BETWEEN 0 AND 5`)
export class CodeEntity implements Code {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'codes_pkey' }) id: string;
  @Column('text') purpose: CodePurpose;
  @Column('uuid', { name: 'person_id', nullable: true }) personId: string | null;
  @Column('uuid', { name: 'contact_point_id', nullable: true }) contactPointId: string | null;
  @Column('text') route: CodeRoute;
  @Column('integer', { default: 2 }) level: Level;
  @Column('uuid', { name: 'call_id', nullable: true }) callId: string | null;
  @Column('uuid', { name: 'agent_id', nullable: true }) agentId: string | null;
  @Column('uuid', { name: 'caller_id', nullable: true }) callerId: string | null;
  @Column('bytea', { name: 'claim_keys', array: true, default: '{}' }) claimKeys: Buffer[];
  @Column('uuid', { name: 'mandate_id', nullable: true }) mandateId: string | null;
  @Column('integer', { name: 'mandate_revision', nullable: true }) mandateRevision: number | null;
  @Column('jsonb', { default: '[]' }) actions: readonly CodedAction[];
  @Column('bytea', { name: 'details_sealed', nullable: true }) detailsSealed: Buffer | null;
  @Column('text', { name: 'key_id' }) keyId: string;
  @Column('integer') digits: number;
  @Column('integer', { default: 0 }) counter: number;
  @Column('integer', { default: 0 }) tries: number;
  @Column('text', { default: 'pending' }) state: CodeState;
  @Column('integer', { name: 'session_strength', nullable: true }) sessionStrength: Level | null;
  @Column('timestamptz', { name: 'issued_at' }) issuedAt: Date;
  @Column('timestamptz', { name: 'expires_at' }) expiresAt: Date;
  @Column('timestamptz', { name: 'answered_at', nullable: true }) answeredAt: Date | null;
}
