import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import type { EvidenceForm, Level } from '../policy/vocabulary.ts';
import { MandateEntity } from './mandate.entity.ts';

/** What a mandate is for. A trigger fills the last four columns from the mandate, for the exclusion constraint. */
@Entity('mandate_scopes')
export class MandateScopeEntity {
  @PrimaryColumn('uuid', { name: 'mandate_id', primaryKeyConstraintName: 'mandate_scopes_pkey' }) mandateId: string;
  @PrimaryColumn('text', { primaryKeyConstraintName: 'mandate_scopes_pkey' }) scope: string;
  @Column('integer', { name: 'scope_version' }) scopeVersion: number;
  @Column('uuid', { name: 'holder_id' }) holderId: string;
  @Column('uuid', { name: 'proxy_id' }) proxyId: string;
  @Column('tstzrange') period: string;
  @Column('boolean', { name: 'is_live' }) isLive: boolean;
  @ManyToOne(() => MandateEntity)
  @JoinColumn({ name: 'mandate_id', foreignKeyConstraintName: 'mandate_scopes_mandate_fkey' })
  mandate?: Relation<MandateEntity>;
}

@Entity('mandate_contracts')
export class MandateContractEntity {
  @PrimaryColumn('uuid', { name: 'mandate_id', primaryKeyConstraintName: 'mandate_contracts_pkey' }) mandateId: string;
  @PrimaryColumn('uuid', { name: 'contract_id', primaryKeyConstraintName: 'mandate_contracts_pkey' })
  contractId: string;
  @ManyToOne(() => MandateEntity)
  @JoinColumn({ name: 'mandate_id', foreignKeyConstraintName: 'mandate_contracts_mandate_fkey' })
  mandate?: Relation<MandateEntity>;
}

/** Proof of the grant. Rows are added, never changed: the application may not. */
@Entity('mandate_evidence')
@Index('mandate_evidence_mandate_idx', ['mandateId'])
@Check('mandate_evidence_session_strength_check', 'session_strength BETWEEN 0 AND 4')
export class MandateEvidenceEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'mandate_evidence_pkey' }) id: string;
  @Column('uuid', { name: 'mandate_id' }) mandateId: string;
  @Column('integer', { name: 'terms_revision' }) termsRevision: number;
  @Column('text') form: EvidenceForm;
  @Column('integer', { name: 'session_strength' }) sessionStrength: Level;
  @Column('text', { nullable: true }) reference: string | null;
  @Column('text', { name: 'registered_by' }) registeredBy: string;
  @Column('timestamptz', { name: 'registered_at' }) registeredAt: Date;
  @ManyToOne(() => MandateEntity)
  @JoinColumn({ name: 'mandate_id', foreignKeyConstraintName: 'mandate_evidence_mandate_fkey' })
  mandate?: Relation<MandateEntity>;
}
