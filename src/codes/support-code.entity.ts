import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

import type { Level } from '../policy/vocabulary.ts';

/** The latest support code of a person. */
@Entity('support_codes')
@Check('support_codes_strength_check', 'session_strength BETWEEN 2 AND 4')
@Check('support_codes_tries_check', 'tries BETWEEN 0 AND 5')
@Check('support_codes_period_check', 'expires_at > issued_at')
export class SupportCodeEntity {
  @PrimaryColumn('uuid', { name: 'person_id', primaryKeyConstraintName: 'support_codes_pkey' }) personId: string;
  @Column('uuid') id: string;
  @Column('uuid', { name: 'session_id' }) sessionId: string;
  /** Of the session, when it was asked for. */
  @Column('integer', { name: 'session_strength' }) sessionStrength: Level;
  @Column('text', { name: 'key_id' }) keyId: string;
  @Column('integer', { default: 0 }) tries: number;
  @Column('timestamptz', { name: 'issued_at' }) issuedAt: Date;
  @Column('timestamptz', { name: 'expires_at' }) expiresAt: Date;
  @Column('timestamptz', { name: 'used_at', nullable: true }) usedAt: Date | null;
}
