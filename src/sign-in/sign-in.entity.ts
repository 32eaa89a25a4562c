import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('sign_ins')
@Check('sign_ins_kind_check', `kind IN ('phone', 'email')`)
export class SignInEntity {
  @PrimaryColumn('uuid', { name: 'code_id', primaryKeyConstraintName: 'sign_ins_pkey' }) codeId: string;
  @Column('text') kind: 'phone' | 'email';
  @Column('bytea', { name: 'value_index' }) valueIndex: Buffer;
  @Column('bytea', { name: 'customer_index', nullable: true }) customerIndex: Buffer | null;
  @Column('timestamptz', { name: 'asked_at' }) askedAt: Date;
}
