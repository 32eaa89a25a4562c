import { types } from 'node:util';
import { QueryFailedError } from 'typeorm';
import { AppError, type ErrorCode } from '../errors.ts';

/** What PostgreSQL's errors, and those of sockets, may carry. */
interface DriverError extends Error {
  readonly code?: string;
  readonly constraint?: string;
  readonly syscall?: string;
}

interface Refusal {
  readonly code: ErrorCode;
  /** Shown to the client: what stands in the way, without a value from the row. */
  readonly detail: string;
}

/**
 * What a violated constraint means to a client. Only constraints that an honest client can run into, mostly by losing a
 * race: a constraint that is not listed guards against our own mistakes, and stays an internal error.
 */
const REFUSALS: Readonly<Record<string, Refusal>> = {
  mandate_scopes_overlap_excl: {
    code: 'mandate_overlaps',
    detail: 'A live mandate for this holder, this proxy and one of these scopes covers part of this period.',
  },
  mandates_revival_check: { code: 'invalid_state', detail: 'This mandate has ended.' },
  people_crm_ref_key: { code: 'conflict', detail: 'Somebody with this reference exists.' },
  contracts_contract_ref_key: { code: 'conflict', detail: 'A contract with this reference exists.' },
  agents_agent_ref_key: { code: 'conflict', detail: 'An agent with this reference exists.' },
  agents_pseudonym_key: { code: 'conflict', detail: 'An agent with this pseudonym exists.' },
  api_keys_rotated_from_key: { code: 'conflict', detail: 'This key has been rotated; revoke its successor first.' },
  contact_points_live_key: { code: 'conflict', detail: 'This person has this contact point.' },
  contact_points_postal_key: { code: 'conflict', detail: 'This person has an address of record; change that one.' },
  blocks_live_key: { code: 'conflict', detail: 'The holder has blocked this caller.' },
  authenticators_live_key: { code: 'conflict', detail: 'This person has an authenticator app.' },
  passkeys_credential_hash_key: { code: 'conflict', detail: 'This passkey was added before.' },
  legal_verdicts_life_event_key: { code: 'conflict', detail: 'Somebody decided about this just now.' },
  legal_verdicts_representation_key: { code: 'conflict', detail: 'Somebody decided about this just now.' },
  unmasking_verdicts_pkey: { code: 'conflict', detail: 'Somebody decided about this just now.' },
  registration_verdicts_pkey: { code: 'conflict', detail: 'Somebody decided about this just now.' },
  mandates_four_eyes_check: {
    code: 'invalid_state',
    detail: 'An employee took this down, and no colleague has looked at it yet.',
  },
  code_uses_pkey: { code: 'conflict', detail: 'This confirmation has been used for this action.' },
  idempotency_keys_pkey: {
    code: 'idempotency_in_progress',
    detail: 'A request with this Idempotency-Key is being worked on.',
  },
  access_requests_key_key: {
    code: 'idempotency_in_progress',
    detail: 'A request with this Idempotency-Key was being worked on: send it again.',
  },
};

/** The names that are translated; a test holds them against the schema. */
export const CONSTRAINTS: readonly string[] = Object.keys(REFUSALS);

/** SQLSTATEs after which the same request may well succeed: nothing of it was committed, or nobody can tell. */
const PASSING_STATES = new Set([
  '40001', // serialization failure
  '40P01', // deadlock
  '55P03', // lock timeout
  '57014', // statement timeout
  '25P03', // idle in transaction too long
  '53100', // disk full
  '53200', // out of memory
  '53300', // too many connections
  '28000', // the role may not come in
  '28P01', // its password was changed, and not here yet
  '57P01', // administrator's shutdown
  '57P02', // crash of another session
  '57P03', // starting up
]);

const LOST_CONNECTION_CODES = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN']);

/** pg gives these no code. */
const LOST_CONNECTION_MESSAGES =
  /^(timeout exceeded when trying to connect|Connection terminated|Client has encountered a connection error|Client was closed|Cannot use a pool after calling end)/;

/**
 * Turns what the database threw into what it means to a client. Everything else comes back as it was: an error not
 * known here is ours, and becomes a 500 with a full log entry.
 */
export function translateDatabaseError(error: unknown): unknown {
  // Not `instanceof Error`: errors of Node's own sockets come from another realm where code runs in a sandbox.
  if (error instanceof AppError || !types.isNativeError(error)) return error;
  const cause: DriverError = error instanceof QueryFailedError ? error.driverError : error;
  const { code, constraint, syscall } = cause;

  const refusal = constraint === undefined || !Object.hasOwn(REFUSALS, constraint) ? undefined : REFUSALS[constraint];
  if (refusal !== undefined) return new AppError(refusal.code, refusal.detail, { cause: error });

  const isPassing =
    code !== undefined && (PASSING_STATES.has(code) || /^08...$/.test(code) || LOST_CONNECTION_CODES.has(code));
  // A Unix socket whose server is away; ENOENT on a file would be something else.
  const isSocketGone = code === 'ENOENT' && syscall === 'connect';
  if (isPassing || isSocketGone || (code === undefined && LOST_CONNECTION_MESSAGES.test(cause.message))) {
    return new AppError('unavailable', 'The database does not answer in time.', { cause: error, retryAfter: 1 });
  }
  return error;
}
