import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

import type { IncidentState, IncidentType } from './incident.ts';

@Entity('incidents')
@Index('incidents_open_key', ['personId', 'recordId'], {
  unique: true,
  where: `state = 'open' AND type = 'questioned'`,
})
@Index('incidents_call_idx', ['callId'], { where: 'call_id IS NOT NULL' })
@Index('incidents_state_idx', ['state', 'openedAt', 'id'])
@Check('incidents_state_check', `state IN ('open', 'closed')`)
@Check('incidents_closed_check', `(state = 'closed') = (closed_at IS NOT NULL)`)
@Check('incidents_type_check', `type IN ('questioned', 'secret_received', 'incidental_use', 'other')`)
@Check(
  'incidents_reported_check',
  `(type = 'questioned') = (reported_by IS NULL) AND (reported_by IS NULL) = (call_id IS NULL)`,
)
@Check('incidents_four_eyes_check', 'closed_by <> reported_by')
export class IncidentEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'incidents_pkey' }) id: string;
  @Column('uuid', { name: 'person_id' }) personId: string;
  @Column('uuid', { name: 'record_id' }) recordId: string;
  @Column('text', { name: 'record_kind' }) recordKind: string;
  @Column('bytea', { name: 'text_sealed' }) textSealed: Buffer;
  @Column('text', { default: 'open' }) state: IncidentState;
  @Column('timestamptz', { name: 'opened_at' }) openedAt: Date;
  @Column('timestamptz', { name: 'closed_at', nullable: true }) closedAt: Date | null;
  @Column('text', { default: 'questioned' }) type: IncidentType;
  @Column('uuid', { name: 'call_id', nullable: true }) callId: string | null;
  @Column('uuid', { name: 'reported_by', nullable: true }) reportedBy: string | null;
  @Column('bytea', { name: 'note_sealed', nullable: true }) noteSealed: Buffer | null;
  @Column('uuid', { name: 'closed_by', nullable: true }) closedBy: string | null;
}
