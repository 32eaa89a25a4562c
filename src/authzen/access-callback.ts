import { AppError } from '../errors.ts';
import { type TaskStatus } from './access-request.ts';

/** The ends of a request that somebody can be told. */
export const CALLBACK_EVENTS = [
  'approved',
  'denied',
  'expired',
  'cancelled',
  'failed',
  'partial',
] as const satisfies readonly TaskStatus[];
export type CallbackEvent = (typeof CALLBACK_EVENTS)[number];

/** Where the end of a request is told. */
export interface AccessCallback {
  /** As the operator allowed it, to the letter. */
  readonly endpoint: string;
  /** Given back as it came; null = none. */
  readonly opaque: string | null;
  /** Null = every end. */
  readonly events: readonly CallbackEvent[] | null;
}

/** Longest `state`, in characters. */
const LONGEST = 200;

/**
 * Reads a `callback`. Names of events that we don't know are passed over, as the profile asks.
 *
 * @throws AppError `validation_failed`
 */
export function readCallback(callback: Readonly<Record<string, unknown>> | undefined): AccessCallback | null {
  if (callback === undefined) return null;
  const { endpoint, state, events } = callback;
  if (typeof endpoint !== 'string') throw callbackFault('endpoint', 'Give the address that is to be told.');
  if (state !== undefined && !(typeof state === 'string' && state.length <= LONGEST && /^[\x20-\x7e]*$/.test(state))) {
    throw callbackFault('state', `Give at most ${LONGEST} characters of ASCII that mean something to you alone.`);
  }
  if (events !== undefined && !Array.isArray(events)) throw callbackFault('events', 'Give a list of statuses.');
  const wanted = events?.flatMap((name: unknown) => CALLBACK_EVENTS.filter((one) => one === name)) ?? null;
  return { endpoint, opaque: state ?? null, events: wanted };
}

export function callbackFault(member: string, detail: string): AppError {
  const faults = [{ pointer: `/callback/${member}`, detail }];
  return new AppError('validation_failed', 'This callback cannot be served.', { faults });
}
