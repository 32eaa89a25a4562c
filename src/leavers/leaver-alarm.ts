export const ALARM_STATES = ['open', 'closed'] as const;
export type AlarmState = (typeof ALARM_STATES)[number];

/** Somebody who is about to leave looked at more customers in a day than they used to, or than anybody should. */
export interface LeaverAlarm {
  readonly id: string;
  /** Of the agent: who they are takes two people. */
  readonly pseudonym: string;
  /** ISO 8601, in Europe/Amsterdam. */
  readonly day: string;
  /** Contracts about which they opened calls, when it was noticed. */
  readonly reached: number;
  /** How many would have been right. */
  readonly most: number;
  readonly raisedAt: Date;
  readonly closedAt: Date | null;
}
