import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

/** One scope about which a person wants to be asked first. */
@Entity('ask_first')
@Check('ask_first_scope_check', `scope ~ '^[a-z][a-z0-9_]*$'`)
export class AskFirstEntity {
  @PrimaryColumn('uuid', { name: 'person_id', primaryKeyConstraintName: 'ask_first_pkey' }) personId: string;
  @PrimaryColumn('text', { primaryKeyConstraintName: 'ask_first_pkey' }) scope: string;
  @Column('timestamptz', { name: 'chosen_at' }) chosenAt: Date;
}
