import { Column, Entity, Index, PrimaryColumn, Unique } from 'typeorm';

/** Something that was done on a permit. */
@Entity('executions')
@Unique('executions_decision_id_key', ['decisionId'])
@Index('executions_delivery_idx', ['contractId', 'executedAt'], { where: 'is_safe_delivery' })
export class ExecutionEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'executions_pkey' }) id: string;
  @Column('uuid', { name: 'call_id' }) callId: string;
  @Column('uuid', { name: 'contract_id' }) contractId: string;
  @Column('text') action: string;
  @Column('text', { name: 'decision_id' }) decisionId: string;
  /** Who was on the line then. */
  @Column('uuid', { name: 'caller_id', nullable: true }) callerId: string | null;
  @Column('boolean', { name: 'is_safe_delivery' }) isSafeDelivery: boolean;
  @Column('uuid', { name: 'sealed_for' }) sealedFor: string;
  @Column('bytea', { name: 'details_sealed' }) detailsSealed: Buffer;
  @Column('timestamptz', { name: 'executed_at' }) executedAt: Date;
}
