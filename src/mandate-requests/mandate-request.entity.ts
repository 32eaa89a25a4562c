import { Check, Column, Entity, Index, PrimaryColumn, Unique } from 'typeorm';

@Entity('mandate_requests')
@Index('mandate_requests_person_idx', ['personId', 'askedAt'])
@Unique('mandate_requests_mandate_id_key', ['mandateId'])
@Check('mandate_requests_period_check', 'expires_at > asked_at')
export class MandateRequestEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'mandate_requests_pkey' }) id: string;
  @Column('uuid', { name: 'person_id' }) personId: string;
  @Column('uuid', { name: 'session_id' }) sessionId: string;
  @Column('bytea', { name: 'terms_sealed' }) termsSealed: Buffer;
  @Column('timestamptz', { name: 'asked_at' }) askedAt: Date;
  @Column('timestamptz', { name: 'expires_at' }) expiresAt: Date;
  @Column('uuid', { name: 'mandate_id', nullable: true }) mandateId: string | null;
}
