import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

@Entity('challenges')
@Index('challenges_expires_idx', ['expiresAt'])
@Check('challenges_hashes_check', 'length(value_hash) = 32 AND length(bound_to_hash) = 32')
@Check('challenges_kind_check', `kind IN ('openid', 'passkey')`)
@Check('challenges_period_check', 'expires_at > made_at')
export class ChallengeEntity {
  @PrimaryColumn('bytea', { name: 'value_hash', primaryKeyConstraintName: 'challenges_pkey' }) valueHash: Buffer;
  @Column('bytea', { name: 'bound_to_hash' }) boundToHash: Buffer;
  @Column('text') kind: 'openid' | 'passkey';
  @Column('timestamptz', { name: 'made_at' }) madeAt: Date;
  @Column('timestamptz', { name: 'expires_at' }) expiresAt: Date;
}
