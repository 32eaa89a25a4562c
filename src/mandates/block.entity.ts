import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

@Entity('blocks')
@Index('blocks_live_key', ['callerId', 'holderId'], { unique: true, where: 'lifted_at IS NULL' })
export class BlockEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'blocks_pkey' }) id: string;
  @Column('uuid', { name: 'holder_id' }) holderId: string;
  @Column('uuid', { name: 'caller_id' }) callerId: string;
  @Column('timestamptz', { name: 'blocked_at' }) blockedAt: Date;
  @Column('timestamptz', { name: 'lifted_at', nullable: true }) liftedAt: Date | null;
}
