import { Check, Column, Entity, PrimaryColumn, Unique } from 'typeorm';
import type { Properties } from '../policy/policy.ts';
import type { JointRule } from './person.ts';

@Entity('contracts')
@Unique('contracts_contract_ref_key', ['contractRef'])
@Check('contracts_contract_ref_check', `contract_ref <> '' AND length(contract_ref) <= 64`)
@Check('contracts_resource_type_check', `resource_type ~ '^[a-z][a-z0-9_]{0,49}$'`)
@Check('contracts_joint_rule_check', `joint_rule IN ('any', 'all')`)
export class ContractEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'contracts_pkey' }) id: string;
  @Column('text', { name: 'contract_ref' }) contractRef: string;
  @Column('text', { name: 'resource_type', default: 'contract' }) resourceType: string;
  @Column('text', { name: 'joint_rule' }) jointRule: JointRule;
  @Column('jsonb', { default: '{}' }) properties: Properties;
  @Column('timestamptz', { name: 'created_at' }) createdAt: Date;
  @Column('timestamptz', { name: 'changed_at' }) changedAt: Date;
  @Column('timestamptz', { name: 'ended_at', nullable: true }) endedAt: Date | null;
}
