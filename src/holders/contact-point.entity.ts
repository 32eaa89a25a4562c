import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import type { ContactPointKind } from './contact-point.ts';
import { PersonEntity } from './person.entity.ts';

@Entity('contact_points')
@Check('contact_points_kind_check', `kind IN ('phone', 'email', 'postal')`)
@Check('contact_points_period_check', 'ended_at >= changed_at')
@Check('contact_points_shared_check', 'NOT is_shared OR verified_at IS NULL')
@Index('contact_points_person_idx', ['personId', 'kind'])
// Unique: person, kind and value of what has not ended. It holds more columns than can be said here.
@Index('contact_points_live_key', { synchronize: false })
@Index('contact_points_postal_key', ['personId'], { unique: true, where: "kind = 'postal' AND ended_at IS NULL" })
@Index('contact_points_value_idx', ['valueIndex'], { where: 'ended_at IS NULL' })
export class ContactPointEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'contact_points_pkey' }) id: string;
  @Column('uuid', { name: 'person_id' }) personId: string;
  @ManyToOne(() => PersonEntity)
  @JoinColumn({ name: 'person_id', foreignKeyConstraintName: 'contact_points_person_fkey' })
  person?: Relation<PersonEntity>;
  @Column('text') kind: ContactPointKind;
  @Column('bytea', { name: 'value_sealed' }) valueSealed: Buffer;
  @Column('bytea', { name: 'value_index' }) valueIndex: Buffer;
  @Column('timestamptz', { name: 'verified_at', nullable: true }) verifiedAt: Date | null;
  @Column('timestamptz', { name: 'changed_at' }) changedAt: Date;
  @Column('timestamptz', { name: 'ended_at', nullable: true }) endedAt: Date | null;
  /** Given by its person, and not shown to be theirs yet. It has ended as long as it hasn't begun. */
  @Column('boolean', { name: 'is_proposed', default: false }) isProposed: boolean;
  /** Others read it too, as its person says. It is not verified then: it shows nothing of its person. */
  @Column('boolean', { name: 'is_shared', default: false }) isShared: boolean;
  /** Begun or ended by its person, while the CRM has not said the same yet. */
  @Column('boolean', { name: 'is_own_choice', default: false }) isOwnChoice: boolean;
}
