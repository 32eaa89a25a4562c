import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { ContractEntity } from './contract.entity.ts';
import { PersonEntity } from './person.entity.ts';

@Entity('contract_holders')
@Index('contract_holders_holder_idx', ['holderId'])
export class ContractHolderEntity {
  @PrimaryColumn('uuid', { name: 'contract_id', primaryKeyConstraintName: 'contract_holders_pkey' }) contractId: string;
  @PrimaryColumn('uuid', { name: 'holder_id', primaryKeyConstraintName: 'contract_holders_pkey' }) holderId: string;
  @Column('integer') position: number;
  @ManyToOne(() => ContractEntity)
  @JoinColumn({ name: 'contract_id', foreignKeyConstraintName: 'contract_holders_contract_fkey' })
  contract?: Relation<ContractEntity>;
  @ManyToOne(() => PersonEntity)
  @JoinColumn({ name: 'holder_id', foreignKeyConstraintName: 'contract_holders_holder_fkey' })
  holder?: Relation<PersonEntity>;
}
