/** A customer who does not exist. */
export interface Canary {
  readonly id: string;
  /** The CRM's reference. */
  readonly personRef: string;
  readonly markedAt: Date;
}

export const ALARM_STATES = ['open', 'closed'] as const;
export type AlarmState = (typeof ALARM_STATES)[number];

/** Somebody touched a canary. */
export interface CanaryAlarm {
  readonly id: string;
  readonly personRef: string;
  /** What they did, and the record of it. */
  readonly recordKind: string;
  readonly recordId: string;
  readonly actor: string;
  /** Of the agent who did it; null = a system, or somebody with a key alone. */
  readonly pseudonym: string | null;
  readonly callId: string | null;
  readonly touchedAt: Date;
  readonly closedAt: Date | null;
}
