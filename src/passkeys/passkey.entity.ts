import { Check, Column, Entity, Index, PrimaryColumn, Unique } from 'typeorm';

@Entity('passkeys')
@Index('passkeys_person_idx', ['personId'], { where: 'ended_at IS NULL' })
@Unique('passkeys_credential_hash_key', ['credentialHash'])
@Check('passkeys_credential_hash_check', 'length(credential_hash) = 32')
@Check('passkeys_sign_count_check', 'sign_count >= 0')
export class PasskeyEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'passkeys_pkey' }) id: string;
  @Column('uuid', { name: 'person_id' }) personId: string;
  /** SHA-256 of the credential's id. */
  @Column('bytea', { name: 'credential_hash' }) credentialHash: Buffer;
  @Column('bytea', { name: 'credential_sealed' }) credentialSealed: Buffer;
  @Column('bigint', { name: 'sign_count' }) signCount: string;
  @Column('timestamptz', { name: 'added_at' }) addedAt: Date;
  @Column('timestamptz', { name: 'used_at', nullable: true }) usedAt: Date | null;
  @Column('timestamptz', { name: 'ended_at', nullable: true }) endedAt: Date | null;
}
