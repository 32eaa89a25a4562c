import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

import type { ContactPointKind } from '../holders/contact-point.ts';

/** A change that waits for its codes. */
@Entity('contact_changes')
@Check('contact_changes_kind_check', `kind IN ('phone', 'email', 'postal')`)
@Check('contact_changes_what_check', 'added_id IS NOT NULL OR ended_id IS NOT NULL')
@Check('contact_changes_new_check', '(added_id IS NULL) = (new_code_id IS NULL)')
@Check('contact_changes_period_check', 'expires_at > asked_at')
export class ContactChangeEntity {
  @PrimaryColumn('uuid', { name: 'person_id', primaryKeyConstraintName: 'contact_changes_pkey' }) personId: string;
  @PrimaryColumn('text', { primaryKeyConstraintName: 'contact_changes_pkey' }) kind: ContactPointKind;
  @Column('uuid') id: string;
  @Column('uuid', { name: 'added_id', nullable: true }) addedId: string | null;
  @Column('uuid', { name: 'ended_id', nullable: true }) endedId: string | null;
  @Column('uuid', { name: 'known_code_id' }) knownCodeId: string;
  @Column('timestamptz', { name: 'known_confirmed_at', nullable: true }) knownConfirmedAt: Date | null;
  @Column('uuid', { name: 'new_code_id', nullable: true }) newCodeId: string | null;
  @Column('timestamptz', { name: 'new_confirmed_at', nullable: true }) newConfirmedAt: Date | null;
  @Column('timestamptz', { name: 'asked_at' }) askedAt: Date;
  @Column('timestamptz', { name: 'expires_at' }) expiresAt: Date;
}
