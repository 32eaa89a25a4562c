import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A policy document that was in force once; never changed, never removed: recorded decisions name its hash. */
@Entity('policies')
export class PolicyEntity {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'policies_pkey' })
  hash: string;

  @Column('text')
  name: string;

  @Column('text')
  document: string;

  @Column('timestamptz', { name: 'loaded_at' })
  loadedAt: Date;
}
