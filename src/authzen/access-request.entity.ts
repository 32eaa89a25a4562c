import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

import { type AccessRequest, type RequestedItem, TASK_STATUSES, type TaskStatus } from './access-request.ts';

@Entity('access_requests')
@Index('access_requests_approval_key', ['approvalId'], { unique: true })
@Index('access_requests_key_key', ['requester', 'idempotencyKey'], {
  unique: true,
  where: 'idempotency_key IS NOT NULL',
})
@Index('access_requests_call_idx', ['callId'])
@Index('access_requests_expiry_idx', ['expiresAt'])
@Check('access_requests_status_check', `status IN (${TASK_STATUSES.map((status) => `'${status}'`).join(', ')})`)
export class AccessRequestEntity implements AccessRequest {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'access_requests_pkey' }) id: string;
  @Column('uuid', { name: 'approval_id' }) approvalId: string;
  @Column('uuid', { name: 'call_id' }) callId: string;
  @Column('uuid', { name: 'agent_id' }) agentId: string;
  @Column('text') requester: string;
  @Column('text', { name: 'idempotency_key', nullable: true }) idempotencyKey: string | null;
  @Column('bytea', { name: 'request_hash' }) requestHash: Buffer;
  @Column('text', { name: 'evaluation_ids', array: true }) evaluationIds: string[];
  @Column('uuid', { name: 'code_ids', array: true }) codeIds: string[];
  @Column('boolean', { name: 'is_list' }) isList: boolean;
  @Column('jsonb') items: readonly RequestedItem[];
  @Column('text', { default: 'pending' }) status: TaskStatus;
  @Column('timestamptz', { name: 'created_at' }) createdAt: Date;
  @Column('timestamptz', { name: 'expires_at' }) expiresAt: Date;
}
