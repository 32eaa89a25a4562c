export const INCIDENT_STATES = ['open', 'closed'] as const;
export type IncidentState = (typeof INCIDENT_STATES)[number];

/** The longest text of an incident. Characters. */
export const INCIDENT_TEXT = 1_000;

/** Somebody said of an entry in their activity: this wasn't me, this isn't right. */
export interface Incident {
  readonly id: string;
  readonly personId: string;
  readonly recordId: string;
  readonly recordKind: string;
  /** Null once the person was erased. */
  readonly text: string | null;
  readonly state: IncidentState;
  readonly openedAt: Date;
  readonly closedAt: Date | null;
}

/** What to do at once with what the entry was done by. */
export const STOPS = ['none', 'suspend', 'withdraw'] as const;
export type Stop = (typeof STOPS)[number];
