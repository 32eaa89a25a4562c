import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

import type { Level } from '../policy/vocabulary.ts';
import type { SignInMethod } from './session.ts';

@Entity('sessions')
@Index('sessions_person_idx', ['personId'], { where: 'ended_at IS NULL' })
@Check('sessions_token_hash_check', 'length(token_hash) = 32')
@Check(
  'sessions_methods_check',
  `cardinality(methods) > 0 AND methods <@ ARRAY['sms', 'voice', 'email', 'totp', 'passkey', 'openid', 'employee']`,
)
@Check(
  'sessions_assistance_check',
  `(call_id IS NULL) = (agent_id IS NULL) AND (call_id IS NOT NULL) = ('employee' = ANY (methods))
    AND (call_id IS NULL OR strength = 2)`,
)
@Check('sessions_strength_check', 'strength BETWEEN 1 AND 4')
@Check('sessions_period_check', 'expires_at > opened_at AND proved_at >= opened_at AND used_at >= opened_at')
export class SessionEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'sessions_pkey' }) id: string;
  @Column('uuid', { name: 'person_id' }) personId: string;
  @Column('bytea', { name: 'token_hash' }) tokenHash: Buffer;
  @Column('text', { array: true }) methods: SignInMethod[];
  /** Whose codes were typed in it. */
  @Column('uuid', { name: 'contact_point_ids', array: true, default: '{}' }) contactPointIds: string[];
  @Column('integer') strength: Level;
  @Column('timestamptz', { name: 'opened_at' }) openedAt: Date;
  @Column('timestamptz', { name: 'proved_at' }) provedAt: Date;
  @Column('timestamptz', { name: 'used_at' }) usedAt: Date;
  @Column('timestamptz', { name: 'expires_at' }) expiresAt: Date;
  @Column('timestamptz', { name: 'ended_at', nullable: true }) endedAt: Date | null;
  /** Of an assisted session; else null, as is the employee. */
  @Column('uuid', { name: 'call_id', nullable: true }) callId: string | null;
  @Column('uuid', { name: 'agent_id', nullable: true }) agentId: string | null;
}
