import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** An authenticator app of a person (TOTP). */
@Entity('authenticators')
@Check('authenticators_usable_check', '(confirmed_at IS NULL) = (usable_from IS NULL) AND usable_from >= confirmed_at')
@Index('authenticators_live_key', ['personId'], { unique: true, where: 'ended_at IS NULL' })
export class AuthenticatorEntity {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'authenticators_pkey' }) id: string;
  @Column('uuid', { name: 'person_id' }) personId: string;
  @Column('bytea', { name: 'secret_sealed' }) secretSealed: Buffer;
  /** In which its owner added it; null = the CRM did, for somebody of whom nothing was proved. */
  @Column('uuid', { name: 'session_id', nullable: true }) sessionId: string | null;
  @Column('timestamptz', { name: 'enrolled_at' }) enrolledAt: Date;
  @Column('timestamptz', { name: 'confirmed_at', nullable: true }) confirmedAt: Date | null;
  /** Since when it identifies; null until it is confirmed. */
  @Column('timestamptz', { name: 'usable_from', nullable: true }) usableFrom: Date | null;
  /** The last time step accepted; no step is accepted twice. */
  @Column('bigint', { name: 'last_step', default: -1 }) lastStep: string;
  @Column('timestamptz', { name: 'ended_at', nullable: true }) endedAt: Date | null;
}
