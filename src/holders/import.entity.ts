import { Column, Entity, PrimaryColumn, Unique } from 'typeorm';

/** How far the import of one file came. */
@Entity('imports')
@Unique('imports_file_hash_key', ['fileHash'])
export class ImportEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'imports_pkey' }) id: string;
  @Column('text', { name: 'file_hash' }) fileHash: string;
  @Column('integer') line: number;
  @Column('integer', { default: 0 }) errors: number;
  @Column('timestamptz', { name: 'started_at' }) startedAt: Date;
  @Column('timestamptz', { name: 'finished_at', nullable: true }) finishedAt: Date | null;
}
