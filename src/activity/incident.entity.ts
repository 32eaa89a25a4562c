import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

import type { IncidentState } from './incident.ts';

@Entity('incidents')
@Index('incidents_open_key', ['personId', 'recordId'], { unique: true, where: `state = 'open'` })
@Index('incidents_state_idx', ['state', 'openedAt', 'id'])
@Check('incidents_state_check', `state IN ('open', 'closed')`)
@Check('incidents_closed_check', `(state = 'closed') = (closed_at IS NOT NULL)`)
export class IncidentEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'incidents_pkey' }) id: string;
  @Column('uuid', { name: 'person_id' }) personId: string;
  @Column('uuid', { name: 'record_id' }) recordId: string;
  @Column('text', { name: 'record_kind' }) recordKind: string;
  @Column('bytea', { name: 'text_sealed' }) textSealed: Buffer;
  @Column('text', { default: 'open' }) state: IncidentState;
  @Column('timestamptz', { name: 'opened_at' }) openedAt: Date;
  @Column('timestamptz', { name: 'closed_at', nullable: true }) closedAt: Date | null;
}
