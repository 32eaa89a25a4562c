import { Column, Entity, JoinColumn, ManyToOne, PrimaryGeneratedColumn, type Relation } from 'typeorm';
import { PolicyEntity } from './policy.entity.ts';

/** Which policy came into force when; the newest rules. */
@Entity('policy_activations')
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
}
