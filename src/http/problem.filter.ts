import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, HttpStatus } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { translateDatabaseError } from '../database/constraint-errors.ts';
import { AppError, type ErrorCode, type Fault } from '../errors.ts';

interface ProblemKind {
  readonly status: number;
  readonly title: string;
  /** What stands before the code in the problem's type; left out = our own. */
  readonly namespace?: string;
}

const OWN = 'urn:mandaat:problem:';
/** AuthZEN Access Request and Approval Profile 1.0, draft. */
const namespace = 'urn:openid:authzen:access-request:error:';

/** The only place that knows HTTP's numbers. A code without a line here doesn't compile. */
export const PROBLEMS: Readonly<Record<ErrorCode, ProblemKind>> = {
  malformed_request: { status: HttpStatus.BAD_REQUEST, title: 'The request cannot be read' },
  validation_failed: { status: HttpStatus.BAD_REQUEST, title: 'The request is not valid' },
  unauthenticated: { status: HttpStatus.UNAUTHORIZED, title: 'A valid key is needed' },
  forbidden: { status: HttpStatus.FORBIDDEN, title: 'This key may not do that' },
  not_found: { status: HttpStatus.NOT_FOUND, title: 'Not found' },
  conflict: { status: HttpStatus.CONFLICT, title: 'This conflicts with what exists' },
  mandate_overlaps: { status: HttpStatus.CONFLICT, title: 'A live mandate covers this already' },
  revision_conflict: { status: HttpStatus.PRECONDITION_FAILED, title: 'Somebody else changed it first' },
  precondition_required: { status: HttpStatus.PRECONDITION_REQUIRED, title: 'If-Match is needed' },
  form_expired: { status: HttpStatus.FORBIDDEN, title: 'The form is too old' },
  proof_required: { status: HttpStatus.CONFLICT, title: 'Show first that it is you' },
  invalid_state: { status: HttpStatus.CONFLICT, title: 'Not possible in its present state' },
  call_ended: { status: HttpStatus.CONFLICT, title: 'The call has ended' },
  statement_differs: { status: HttpStatus.CONFLICT, title: 'The CRM has it otherwise' },
  unsupported_media_type: { status: HttpStatus.UNSUPPORTED_MEDIA_TYPE, title: 'This content type is not read here' },
  payload_too_large: { status: HttpStatus.PAYLOAD_TOO_LARGE, title: 'The request is too large' },
  idempotency_key_reused: {
    status: HttpStatus.UNPROCESSABLE_ENTITY,
    title: 'This Idempotency-Key was used for another request',
  },
  idempotency_in_progress: { status: HttpStatus.CONFLICT, title: 'The first request with this key is still running' },
  rate_limited: { status: HttpStatus.TOO_MANY_REQUESTS, title: 'Too many requests' },
  code_budget_exhausted: { status: HttpStatus.TOO_MANY_REQUESTS, title: 'No more codes for this holder for now' },
  no_usable_contact_point: { status: HttpStatus.CONFLICT, title: 'There is nowhere to send a code' },
  timed_out: { status: HttpStatus.REQUEST_TIMEOUT, title: 'The request took too long to arrive' },
  unavailable: { status: HttpStatus.SERVICE_UNAVAILABLE, title: 'Not available now' },
  internal: { status: HttpStatus.INTERNAL_SERVER_ERROR, title: 'Something went wrong here' },
  not_requestable: { status: HttpStatus.BAD_REQUEST, title: 'Nobody can be asked about this', namespace },
  expired_denial: { status: HttpStatus.GONE, title: 'The denial is too old', namespace },
  invalid_denial_binding: { status: HttpStatus.BAD_REQUEST, title: 'This is not what was denied', namespace },
  duplicate_request: {
    status: HttpStatus.CONFLICT,
    title: 'This Idempotency-Key came with another request',
    namespace,
  },
  unknown_task: { status: HttpStatus.NOT_FOUND, title: 'There is no such request', namespace },
  task_expired: { status: HttpStatus.GONE, title: 'This request is over', namespace },
  invalid_task_state: { status: HttpStatus.CONFLICT, title: 'This request has ended', namespace },
};

/** An RFC 9457 problem, as it goes out. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ErrorCode;
  readonly requestId: string;
  readonly errors?: readonly Fault[];
}

export const PROBLEM_TYPE = 'application/problem+json';

/** A client that sends rubbish gets to know the first faults, not an answer larger than its question. */
const MOST_FAULTS = 50;

export function problemOf(error: AppError, requestId: string): Problem {
  const { status, title, namespace: before = OWN } = PROBLEMS[error.code];
  return {
    type: `${before}${error.code}`,
    title,
    status,
    detail: error.message,
    code: error.code,
    requestId,
    ...(error.faults.length === 0 ? {} : { errors: error.faults.slice(0, MOST_FAULTS) }),
  };
}

/**
 * What any thrown thing means to a client. Whatever isn't known here is our own mistake: 500 with a fixed text, because
 * its message may hold anything.
 */
export function appErrorOf(thrown: unknown): AppError {
  const error = translateDatabaseError(thrown);
  if (error instanceof AppError) return error;
  if (error instanceof HttpException) return ofHttpException(error);
  return ofFramework(error) ?? new AppError('internal', 'It has been logged; nothing was permitted.', { cause: error });
}

/** Every error of every route ends here, those of Fastify before a route is reached too. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    sendProblem(thrown, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }
}

export function sendProblem(thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const error = onItsWire(appErrorOf(thrown), request.routeOptions?.url);
  const problem = problemOf(error, request.id);
  if (problem.status >= 500) {
    const level = error.code === 'internal' ? 'error' : 'warn';
    request.log[level]({ requestId: request.id, err: thrown, code: error.code }, 'request failed');
  }
  // The answer is on its way already (a stream, or the time limit came first): nothing can be added to it.
  if (reply.sent || reply.raw.headersSent) return;

  // Who refused a token that is good has said already what it lacks.
  if (error.code === 'unauthenticated' && !reply.hasHeader('WWW-Authenticate')) {
    const wasGiven = request.headers.authorization !== undefined;
    void reply.header('WWW-Authenticate', `Bearer realm="mandaat"${wasGiven ? ', error="invalid_token"' : ''}`);
  }
  if (error.retryAfter !== undefined)
    void reply.header('Retry-After', String(Math.max(1, Math.ceil(error.retryAfter))));
  // An error is never an answer that somebody may keep, whatever the route said before it failed.
  void reply.removeHeader('ETag').header('Cache-Control', 'no-store');
  // Serialised here: the route's own compiled serialiser knows only its good answers.
  void reply.code(problem.status).type(PROBLEM_TYPE).send(JSON.stringify(problem));
}

/** The standard decision API, which has manners of its own. */
export function isStandardApi(route: string | undefined): boolean {
  return route?.startsWith('/access/v1/') === true;
}

/** It knows one answer to whatever isn't JSON. */
function onItsWire(error: AppError, route: string | undefined): AppError {
  return error.code === 'unsupported_media_type' && isStandardApi(route)
    ? new AppError('malformed_request', error.message)
    : error;
}

const DETAILS: Partial<Record<number, readonly [ErrorCode, string]>> = {
  400: ['malformed_request', 'The request cannot be read.'],
  401: ['unauthenticated', 'This needs a valid key in the Authorization header.'],
  403: ['forbidden', 'This key may not do that.'],
  404: ['not_found', 'There is nothing at this address with this method; /docs shows what there is.'],
  405: ['not_found', 'There is nothing at this address with this method; /docs shows what there is.'],
  408: ['timed_out', 'The request did not arrive in time.'],
  409: ['conflict', 'This conflicts with what exists.'],
  412: ['revision_conflict', 'It has another revision than If-Match says: read it again.'],
  413: ['payload_too_large', 'A request body may have at most 64 KiB.'],
  414: ['payload_too_large', 'A part of the address is too long.'],
  415: ['unsupported_media_type', 'Send application/json.'],
  428: ['precondition_required', 'Say in If-Match which revision this changes.'],
  429: ['rate_limited', 'Too many requests: wait as long as Retry-After says.'],
  431: ['payload_too_large', 'The headers are too large.'],
  503: ['unavailable', 'Not available now: try again.'],
};

function ofStatus(status: number, cause: unknown, detail?: string): AppError {
  const known = DETAILS[status];
  if (known !== undefined) return new AppError(known[0], detail ?? known[1], { cause });
  if (status >= 400 && status < 500)
    return new AppError('malformed_request', 'The request cannot be answered.', { cause });
  return new AppError('internal', 'It has been logged; nothing was permitted.', { cause });
}

function ofHttpException(error: HttpException): AppError {
  const status = error.getStatus();
  // Only a 400 says something of its own: which parameter. A 404 of the router would repeat the whole address.
  return ofStatus(status, error, status === 400 ? `${error.message}.` : undefined);
}

/** Fastify's own errors and those of its plugins carry their status; its reader's say what is wrong in words of ours. */
function ofFramework(error: unknown): AppError | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, statusCode } = error as Error & { code?: unknown; statusCode?: unknown };
  switch (code) {
    case 'FST_ERR_HANDLER_TIMEOUT':
      return new AppError('unavailable', 'This was not done in time: try again.', { cause: error, retryAfter: 1 });
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return new AppError('malformed_request', 'Content-Length differs from the length of the body.', { cause: error });
    case 'FST_ERR_BAD_URL':
    case 'FST_ERR_INVALID_URL':
      return new AppError('malformed_request', 'The address is not validly encoded.', { cause: error });
    default:
      return typeof statusCode === 'number' && statusCode >= 400 && statusCode < 600 && statusCode !== 500
        ? ofStatus(statusCode, error)
        : undefined;
  }
}
