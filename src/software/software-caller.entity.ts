import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

import type { Level } from '../policy/vocabulary.ts';

/** Software that calls for a holder, as the holder declared it. */
@Entity('software_callers')
@Index('software_callers_holder_idx', ['holderId'], { where: 'ended_at IS NULL' })
@Check('software_callers_ceiling_check', 'ceiling BETWEEN 1 AND 3')
@Check('software_callers_period_check', 'ended_at >= declared_at')
export class SoftwareCallerEntity {
  @PrimaryColumn('uuid', { name: 'person_id', primaryKeyConstraintName: 'software_callers_pkey' }) personId: string;
  @Column('uuid', { name: 'holder_id' }) holderId: string;
  /** C is never more than this, whatever it shows. */
  @Column('smallint') ceiling: Level;
  @Column('bytea', { name: 'operator_sealed' }) operatorSealed: Buffer;
  @Column('timestamptz', { name: 'declared_at' }) declaredAt: Date;
  @Column('timestamptz', { name: 'ended_at', nullable: true }) endedAt: Date | null;
}
