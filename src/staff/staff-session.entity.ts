import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

@Entity('staff_sessions')
@Index('staff_sessions_agent_idx', ['agentId'], { where: 'ended_at IS NULL' })
@Check('staff_sessions_token_hash_check', 'length(token_hash) = 32')
@Check('staff_sessions_roles_check', 'cardinality(roles) > 0')
@Check('staff_sessions_period_check', 'expires_at > opened_at AND used_at >= opened_at')
export class StaffSessionEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'staff_sessions_pkey' }) id: string;
  @Column('uuid', { name: 'agent_id' }) agentId: string;
  @Column('bytea', { name: 'token_hash' }) tokenHash: Buffer;
  @Column('text', { array: true }) roles: string[];
  /** The call that was opened last in it. */
  @Column('uuid', { name: 'call_id', nullable: true }) callId: string | null;
  @Column('timestamptz', { name: 'opened_at' }) openedAt: Date;
  @Column('timestamptz', { name: 'used_at' }) usedAt: Date;
  @Column('timestamptz', { name: 'expires_at' }) expiresAt: Date;
  @Column('timestamptz', { name: 'ended_at', nullable: true }) endedAt: Date | null;
}
