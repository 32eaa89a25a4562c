import { hostname } from 'node:os';
import type { LoggerService } from '@nestjs/common';
import { type DestinationStream, type Logger, pino } from 'pino';

/**
 * The only fields that are ever written, beside which process wrote them. Anything else that somebody logs is dropped: a list of
 * what is secret would always lack one. Addresses, bodies, headers, queries and messages of errors are not on it. docs/logs.md says
 * what each is.
 */
export const FIELDS: ReadonlySet<string> = new Set([
  'requestId',
  'method',
  'route',
  'status',
  'ms',
  'keyId',
  'code',
  'context',
  'err',
  // Of the workers: what happened, to which job, message or code, and the kind of error.
  'event',
  'label',
  'taskIdentifier',
  'jobId',
  'messageId',
  'codeId',
  'webhookId',
  'recordId',
  'error',
  'count',
]);

interface LoggedError {
  readonly name: string;
  /** SQLSTATE, errno, Fastify's or our own code. */
  readonly code?: string;
  /** Of the database: which rule stood in the way. Names of ours, never values. */
  readonly constraint?: string;
  readonly stack: readonly string[];
  readonly cause?: LoggedError;
}

const MOST_CAUSES = 5;

/** An error without its message: that may hold what somebody typed. The stack says where it was thrown. */
export function loggedError(error: unknown, depth = 0): LoggedError {
  if (!(error instanceof Error)) return { name: typeof error, stack: [] };
  const { code, constraint } = error as Error & { code?: unknown; constraint?: unknown };
  const cause = error.cause ?? (error as { driverError?: unknown }).driverError;
  return {
    name: plainWord(error.name) ?? 'Error',
    code: plainWord(code),
    constraint: plainWord(constraint),
    // The message stands before the frames, and may look like anything; a frame has a place at its end.
    stack: framesOf(error),
    cause: cause === undefined || cause === error || depth >= MOST_CAUSES ? undefined : loggedError(cause, depth + 1),
  };
}

/** What `log` takes beside its text. */
export type Log = Logger;

/** Lines are written together, up to this many bytes: a line a write costs more than making the line. */
const LOG_CHUNK = 15_360;
/** The longest that a line waits for others, in milliseconds. Whatever ends the process writes what is left. */
const LOG_DELAY = 100;

/** One JSON line an event, to standard output, with the id of the request that it belongs to. */
export function createLog(level: string, destination?: DestinationStream): Log {
  return pino(
    {
      level,
      // Several processes write to one collector. Put into the head of each line once, so it costs a line nothing.
      base: { host: hostname(), pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: loggedError },
      formatters: {
        level: (label) => ({ level: label }),
        log: allowedOf,
      },
      hooks: {
        // Given an error without a text, pino would take the error's message for the text.
        logMethod(args, method) {
          const [first, second] = args as unknown[];
          if (first instanceof Error) return method.apply(this, [{ err: first }, textOf(second)]);
          if (typeof first === 'object' && first !== null) return method.apply(this, [first, textOf(second)]);
          return method.apply(this, [textOf(first)]);
        },
      },
    },
    destination ?? pino.destination({ dest: 1, sync: false, minLength: LOG_CHUNK, periodicFlush: LOG_DELAY }),
  );
}

/**
 * What nobody caught ends the process, as nobody knows what state it is in. Told like every other error: by itself Node
 * prints the message and all fields, in which a database puts the values of the statement that failed.
 */
export function logCrash(log: Log): void {
  process.on('uncaughtException', (error: unknown) => {
    log.fatal({ err: error }, 'crashed');
    process.exit(1);
  });
}

function allowedOf(fields: Record<string, unknown>): Record<string, unknown> {
  const allowed: Record<string, unknown> = {};
  for (const name of Object.keys(fields)) {
    if (FIELDS.has(name)) allowed[name] = fields[name];
  }
  return allowed;
}

/** What Nest says of itself at every start. */
const STARTUP = new Set<unknown>([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
]);

/** The lines of Nest's `Logger`, ours and its own. It gives the context last, and with an error a stack before that. */
export function nestLogger(log: Log): LoggerService {
  const write =
    (level: 'error' | 'warn' | 'info' | 'debug' | 'fatal') =>
    (message: unknown, ...rest: unknown[]): void => {
      const context = rest.at(-1);
      const fields = { context: typeof context === 'string' && !context.includes('\n') ? context : undefined };
      if (message instanceof Error) log[level]({ ...fields, err: message }, 'failed');
      else if (typeof message === 'object') log[level]({ ...message, ...fields });
      else log[level](fields, textOf(message));
    };
  return {
    log: (message: unknown, ...rest: unknown[]) => {
      const isStartup = STARTUP.has(rest.at(-1));
      write(isStartup ? 'debug' : 'info')(message, ...rest);
    },
    debug: write('debug'),
    verbose: write('debug'),
    warn: write('warn'),
    error: write('error'),
    fatal: write('fatal'),
  };
}

/** Texts are written by programmers; whatever else arrives in their place isn't shown. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function plainWord(value: unknown): string | undefined {
  return typeof value === 'string' && /^[\w.-]{1,64}$/.test(value) ? value : undefined;
}

/** A longer line is none of the engine's, and a pattern takes its time over it. */
const LONGEST_FRAME = 500;

function framesOf(error: Error): string[] {
  const { stack } = error;
  if (typeof stack !== 'string') return [];
  const head = `${error.name}: ${error.message}`;
  const rest = error.message !== '' && stack.startsWith(head) ? stack.slice(head.length) : stack;
  return rest
    .split('\n')
    .filter((line) => line.length <= LONGEST_FRAME)
    .map((line) =>
      /^ {4}at (?:(?:async |new )*[\w.<>$#[\] ]+ \()?((?:file|node):[^()\s]+|\/[^()]+|[A-Z]:\\[^()]+):\d+:\d+\)?$/
        .exec(line)?.[0]
        .trim(),
    )
    .filter((line) => line !== undefined)
    .slice(0, 20);
}
