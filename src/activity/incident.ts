export const INCIDENT_STATES = ['open', 'closed'] as const;
export type IncidentState = (typeof INCIDENT_STATES)[number];

/** What an agent reports from one call, at most. */
export const MOST_OF_CALL = 20;

/** The longest text of an incident. Characters. */
export const INCIDENT_TEXT = 1_000;

/**
 * What an agent reports from a call. `secret_received`: somebody gave a password or a code that is meant for elsewhere, or asked for
 * one. `incidental_use`: what somebody came across without looking for it was used; to have seen it is none.
 */
export const REPORTED_TYPES = ['secret_received', 'incidental_use', 'other'] as const;
export type ReportedType = (typeof REPORTED_TYPES)[number];

/** `questioned`: whoever an entry is about said so. */
export const INCIDENT_TYPES = ['questioned', ...REPORTED_TYPES] as const;
export type IncidentType = (typeof INCIDENT_TYPES)[number];

/** Somebody said of an entry in their activity: this wasn't me, this isn't right; or an agent reported something. */
export interface Incident {
  readonly id: string;
  readonly personId: string;
  readonly recordId: string;
  readonly recordKind: string;
  readonly type: IncidentType;
  /** In which an agent reported it; null = no agent did. */
  readonly callId: string | null;
  /** Null once the person was erased. */
  readonly text: string | null;
  readonly state: IncidentState;
  readonly openedAt: Date;
  readonly closedAt: Date | null;
}

/** What to do at once with what the entry was done by. */
export const STOPS = ['none', 'suspend', 'withdraw'] as const;
export type Stop = (typeof STOPS)[number];
