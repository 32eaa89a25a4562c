/**
 * Kinds of records that an agent may read again of themselves. None tells more than the desk told: whether a caller is known is
 * not among them.
 */
export const LOGGED_KINDS = [
  'call.opened',
  'call.handed_over',
  'check.advised',
  'check.executed',
  'obligation.done',
  'obligation.failed',
  'statement.recorded',
  'statement.corrected',
  'code.issued',
  'code.resent',
  'code.cancelled',
  'assistance.used',
  'registration.recorded',
  'mandate.granted',
  'mandate.changed',
  'mandate.withdrawn',
  'incident.opened',
  'incident.reported',
] as const;
export type LoggedKind = (typeof LOGGED_KINDS)[number];
