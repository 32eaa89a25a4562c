import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

@Entity('grant_drafts')
@Index('grant_drafts_session_idx', ['sessionId'])
@Index('grant_drafts_expiry_idx', ['expiresAt'])
export class GrantDraftEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'grant_drafts_pkey' }) id: string;
  @Column('uuid', { name: 'session_id' }) sessionId: string;
  @Column('uuid', { name: 'person_id' }) personId: string;
  @Column('bytea', { name: 'answers_sealed' }) answersSealed: Buffer;
  @Column('timestamptz', { name: 'expires_at' }) expiresAt: Date;
}
