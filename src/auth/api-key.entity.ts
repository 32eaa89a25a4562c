import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { Level } from '../policy/vocabulary.ts';
import type { KeyScope } from './principal.ts';

@Entity('api_keys')
@Index('api_keys_agent_idx', ['agentId'], { where: 'revoked_at IS NULL' })
export class ApiKeyEntity {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'api_keys_pkey' })
  id: string;

  @Column('text')
  name: string;

  @Column('text')
  scope: KeyScope;

  @Column('integer')
  strength: Level;

  /** It may ask who may do what, without naming who or what. */
  @Column('boolean', { name: 'may_search', default: false })
  maySearch: boolean;

  @Column('bytea', { name: 'secret_hash' })
  secretHash: Buffer;

  @Column('uuid', { name: 'agent_id', nullable: true })
  agentId: string | null;

  @Column('text', { name: 'rotated_from', nullable: true })
  rotatedFrom: string | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt: Date;

  @Column('timestamptz', { name: 'revoked_at', nullable: true })
  revokedAt: Date | null;
}
