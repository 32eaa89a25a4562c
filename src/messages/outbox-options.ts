/** Times of the outbox, in milliseconds. Tests shorten them; nothing else does. */
export interface OutboxOptions {
  /** Waits between the tries of a code: soon after the last one, the agent must be able to offer another route. */
  readonly codeDelays: readonly number[];
  /** Waits between the tries of everything else: a provider may be away for hours. */
  readonly noticeDelays: readonly number[];
  /** How often the queue is looked at when nobody wakes us. */
  readonly pollInterval: number;
  /** A job that runs longer than this lost its process. Longer than any sender may take. */
  readonly staleAfter: number;
  /** How often to look for such jobs. */
  readonly sweepInterval: number;
}

export const OUTBOX_OPTIONS = Symbol('OUTBOX_OPTIONS');

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

export const OUTBOX_DEFAULTS: OutboxOptions = {
  codeDelays: [2 * SECOND, 5 * SECOND, 15 * SECOND, 30 * SECOND],
  noticeDelays: [5 * SECOND, 30 * SECOND, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR],
  pollInterval: 2 * SECOND,
  staleAfter: MINUTE,
  sweepInterval: 15 * SECOND,
};
