import { Check, Column, Entity, JoinColumn, ManyToOne, PrimaryGeneratedColumn, type Relation } from 'typeorm';
import { PolicyEntity } from './policy.entity.ts';

/** Which policy comes into force when: of those whose moment has come, and that were not called off, the latest rules. */
@Entity('policy_activations')
@Check('policy_activations_cancelled_check', 'cancelled_at < activated_at')
export class PolicyActivationEntity {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'policy_activations_pkey',
  })
  id: string;

  @Column('text')
  hash: string;

  @ManyToOne(() => PolicyEntity)
  @JoinColumn({ name: 'hash', foreignKeyConstraintName: 'policy_activations_hash_fkey' })
  policy: Relation<PolicyEntity>;

  @Column('timestamptz', { name: 'activated_at' })
  activatedAt: Date;

  /** Called off before its moment came. */
  @Column('timestamptz', { name: 'cancelled_at', nullable: true })
  cancelledAt: Date | null;
}
