import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

import type { Channel, Language } from '../policy/vocabulary.ts';

/** One contact on one channel, between one agent and one caller, about one contract. */
@Entity('calls')
@Index('calls_agent_idx', ['agentId', 'openedAt'])
@Index('calls_claim_idx', ['endsAt'], { where: `claim_keys <> '{}'` })
@Check('calls_channel_check', `channel IN ('phone', 'chat', 'whatsapp', 'email', 'video', 'desk', 'letter', 'social')`)
@Check('calls_claim_check', `claim IN ('holder', 'proxy')`)
@Check('calls_language_check', `language IN ('nl', 'en')`)
@Check('calls_period_check', `ends_at > opened_at AND ended_at >= opened_at`)
export class CallEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'calls_pkey' }) id: string;
  @Column('text') channel: Channel;
  @Column('uuid', { name: 'contract_id' }) contractId: string;
  @Column('uuid', { name: 'agent_id' }) agentId: string;
  @Column('text') claim: 'holder' | 'proxy';
  @Column('uuid', { name: 'caller_id', nullable: true }) callerId: string | null;
  /** Whether who is on the line said that it is software. */
  @Column('boolean', { name: 'is_software', default: false }) isSoftware: boolean;
  /** What somebody unknown says of themselves, hashed: whose budgets they use. Empty again a day after the call. */
  @Column('bytea', { name: 'claim_keys', array: true, default: '{}' }) claimKeys: Buffer[];
  @Column('text', { name: 'case_ref', nullable: true }) caseRef: string | null;
  @Column('text') language: Language;
  /** When somebody else came to the phone, the last time. */
  @Column('timestamptz', { name: 'handed_over_at', nullable: true }) handedOverAt: Date | null;
  @Column('timestamptz', { name: 'opened_at' }) openedAt: Date;
  @Column('timestamptz', { name: 'ends_at' }) endsAt: Date;
  @Column('timestamptz', { name: 'ended_at', nullable: true }) endedAt: Date | null;
}
