import { Check, Column, Entity, PrimaryColumn, Unique } from 'typeorm';
import type { Properties } from '../policy/policy.ts';
import type { CodeRoute, Language, PersonKind, RecordingPurpose } from '../policy/vocabulary.ts';

@Entity('people')
@Unique('people_crm_ref_key', ['crmRef'])
@Check('people_crm_ref_check', `crm_ref <> '' AND length(crm_ref) <= 64`)
@Check('people_kind_check', `kind IN ('person', 'organisation', 'software')`)
@Check('people_language_check', `language IN ('nl', 'en')`)
@Check('people_declined_routes_check', `declined_routes <@ ARRAY['sms', 'voice', 'email', 'letter']`)
@Check('people_refused_recordings_check', `refused_recordings <@ ARRAY['training', 'contract_proof']`)
@Check(
  'people_safe_hours_check',
  '(safe_from IS NULL) = (safe_until IS NULL) AND safe_from BETWEEN 0 AND 23 AND safe_until BETWEEN 1 AND 24 AND safe_from < safe_until',
)
export class PersonEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'people_pkey' }) id: string;
  @Column('text', { name: 'crm_ref' }) crmRef: string;
  @Column('text') kind: PersonKind;
  @Column('bytea', { name: 'name_sealed', nullable: true }) nameSealed: Buffer | null;
  @Column('bytea', { name: 'name_index', nullable: true }) nameIndex: Buffer | null;
  @Column('bytea', { name: 'key_wrapped', nullable: true }) keyWrapped: Buffer | null;
  @Column('text', { name: 'key_ring_id', nullable: true }) keyRingId: string | null;
  @Column('text') language: Language;
  @Column('boolean', { name: 'large_type', default: false }) isLargeType: boolean;
  /** They chose the language and the type themselves: the CRM leaves both as they are. */
  @Column('boolean', { name: 'is_own_choice', default: false }) isOwnChoice: boolean;
  @Column('text', { name: 'declined_routes', array: true, default: '{}' }) declinedRoutes: CodeRoute[];
  @Column('smallint', { name: 'safe_from', nullable: true }) safeFrom: number | null;
  @Column('smallint', { name: 'safe_until', nullable: true }) safeUntil: number | null;
  @Column('text', { name: 'refused_recordings', array: true, default: '{}' }) refusedRecordings: RecordingPurpose[];
  @Column('jsonb', { default: '{}' }) properties: Properties;
  @Column('timestamptz', { name: 'created_at' }) createdAt: Date;
  @Column('timestamptz', { name: 'changed_at' }) changedAt: Date;
}
