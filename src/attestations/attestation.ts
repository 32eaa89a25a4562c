import type { Channel } from '../policy/vocabulary.ts';

/** What somebody says of an agent: they were trained, or signed. */
export interface NewAttestation {
  /** By the names of the policy in force. */
  readonly kind: string;
  /** Where it counts; null = on every channel. */
  readonly channel: Channel | null;
  /** Half-open period [issuedAt, expiresAt); null = from now. */
  readonly issuedAt: Date | null;
  readonly expiresAt: Date;
}

export interface Attestation extends NewAttestation {
  readonly id: string;
  readonly agentRef: string;
  readonly issuedAt: Date;
  /** See `actorOf`. */
  readonly recordedBy: string;
  readonly recordedAt: Date;
}
