/**
 * The closed list of things that can be wrong with a request or with the service.
 *
 * Expected outcomes (a refusal, a wrong code) are return values, never errors. Only `http/problem.filter.ts`
 * knows which HTTP status a code gets, through a table that doesn't compile when a code is missing.
 */
export const ERROR_CODES = [
  'malformed_request',
  'validation_failed',
  'unauthenticated',
  'forbidden',
  'not_found',
  'conflict',
  'mandate_overlaps',
  'revision_conflict',
  'precondition_required',
  'form_expired',
  'proof_required',
  'invalid_state',
  'call_ended',
  'statement_differs',
  'unsupported_media_type',
  'payload_too_large',
  'idempotency_key_reused',
  'idempotency_in_progress',
  'rate_limited',
  'code_budget_exhausted',
  'no_usable_contact_point',
  'timed_out',
  'unavailable',
  'internal',
  // Of the Access Request and Approval Profile of AuthZEN.
  'not_requestable',
  'expired_denial',
  'invalid_denial_binding',
  'duplicate_request',
  'unknown_task',
  'task_expired',
  'invalid_task_state',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** One fault in a request: a JSON pointer to the place, what is wrong, and what would be right. */
export interface Fault {
  readonly pointer: string;
  readonly detail: string;
}

export interface AppErrorOptions {
  readonly cause?: unknown;
  readonly faults?: readonly Fault[];
  /** Seconds after which trying again makes sense; becomes `Retry-After`. */
  readonly retryAfter?: number;
}

/** A broken request or a failing service. `detail` is shown to the client: it never holds personal data or secrets. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly faults: readonly Fault[];
  readonly retryAfter: number | undefined;

  constructor(code: ErrorCode, detail: string, options: AppErrorOptions = {}) {
    super(detail, { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.faults = options.faults ?? [];
    this.retryAfter = options.retryAfter;
  }
}
