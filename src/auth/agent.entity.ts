import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('agents')
export class AgentEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'agents_pkey' })
  id: string;

  @Column('text', { name: 'agent_ref' })
  agentRef: string;

  @Column('text')
  pseudonym: string;

  @Column('text')
  role: string;

  @Column('text', { nullable: true })
  team: string | null;

  @Column('boolean', { name: 'is_active', default: true })
  isActive: boolean;

  @Column('timestamptz', { name: 'leaves_at', nullable: true })
  leavesAt: Date | null;

  @Column('text', { array: true, default: '{}' })
  skills: string[];

  @Column('text', { array: true, default: '{}' })
  flags: string[];

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;
}
