import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('mandate_reminders')
@Check('mandate_reminders_days_check', 'days_before IN (7, 30)')
export class ReminderEntity {
  @PrimaryColumn('integer', { name: 'days_before', primaryKeyConstraintName: 'mandate_reminders_pkey' })
  daysBefore: number;
  @Column('timestamptz', { name: 'ends_at' }) endsAt: Date;
  @Column('uuid', { name: 'mandate_id' }) mandateId: string;
}
