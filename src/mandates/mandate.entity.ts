import { Check, Column, Entity, Index, PrimaryColumn, Unique } from 'typeorm';
import type { ContactRule, MandateEnding, MandateState } from '../policy/vocabulary.ts';

@Entity('mandates')
@Unique('mandates_mandate_ref_key', ['mandateRef'])
@Index('mandates_proxy_idx', ['proxyId', 'holderId'])
@Index('mandates_holder_idx', ['holderId'])
@Index('mandates_ending_idx', ['endsAt', 'id'], { where: `state IN ('active', 'suspended')` })
@Index('mandates_parent_idx', ['parentId'], { where: 'parent_id IS NOT NULL' })
@Index('mandates_contacts_idx', ['holderId'], { where: `contact_rule IS NOT NULL AND state = 'active'` })
@Check('mandates_one_step_check', 'parent_id IS NULL OR NOT may_pass_on')
@Check('mandates_contact_rule_check', `contact_rule IN ('several', 'joint')`)
@Check('mandates_contact_check', 'contact_rule IS NULL OR (parent_id IS NULL AND NOT may_pass_on)')
@Check('mandates_pair_check', 'holder_id <> proxy_id')
@Check('mandates_revision_check', 'terms_revision BETWEEN 1 AND revision')
@Check('mandates_acceptance_tries_check', 'acceptance_tries BETWEEN 0 AND 5')
export class MandateEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'mandates_pkey' }) id: string;
  @Column('text', { name: 'mandate_ref' }) mandateRef: string;
  @Column('uuid', { name: 'holder_id' }) holderId: string;
  @Column('uuid', { name: 'proxy_id' }) proxyId: string;
  @Column('text') state: MandateState;
  @Column('text', { nullable: true }) ending: MandateEnding | null;
  @Column('boolean', { name: 'is_silent', default: false }) isSilent: boolean;
  @Column('timestamptz', { name: 'starts_at' }) startsAt: Date;
  @Column('timestamptz', { name: 'ends_at' }) endsAt: Date;
  @Column('timestamptz', { name: 'asked_ends_at', nullable: true }) askedEndsAt: Date | null;
  @Column('integer', { default: 1 }) revision: number;
  @Column('integer', { name: 'terms_revision', default: 1 }) termsRevision: number;
  @Column('uuid', { name: 'call_id', nullable: true }) callId: string | null;
  @Column('boolean', { name: 'may_pass_on', default: false }) mayPassOn: boolean;
  @Column('uuid', { name: 'parent_id', nullable: true }) parentId: string | null;
  @Column('boolean', { name: 'while_partner', default: false }) whilePartner: boolean;
  /** How its proxy speaks for an organisation; null = they don't. */
  @Column('text', { name: 'contact_rule', nullable: true }) contactRule: ContactRule | null;
  @Column('timestamptz', { name: 'created_at' }) createdAt: Date;
  @Column('timestamptz', { name: 'accept_before', nullable: true }) acceptBefore: Date | null;
  @Column('integer', { name: 'acceptance_tries', default: 0 }) acceptanceTries: number;
  @Column('text', { name: 'acceptance_key_id', nullable: true }) acceptanceKeyId: string | null;
  @Column('timestamptz', { name: 'accepted_at', nullable: true }) acceptedAt: Date | null;
  @Column('timestamptz', { name: 'ended_at', nullable: true }) endedAt: Date | null;
}
