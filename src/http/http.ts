import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import formbody from '@fastify/formbody';
import rateLimit from '@fastify/rate-limit';
import type { DynamicModule, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify';
import type { Config } from '../config/config.ts';
import { AppError } from '../errors.ts';
import { createLog, nestLogger, type Log } from './log.ts';
import { metrics } from './metrics.ts';
import { serveDocs } from './open-api.ts';
import { isStandardApi, PROBLEM_TYPE, ProblemFilter, problemOf, sendProblem } from './problem.filter.ts';
import { keyIdOf, limitKeys, RATE_WINDOW, RateLimitGuard, tooMany } from './rate-limit.guard.ts';
import { isPrototypeName, readForm, readJson } from './request-body.ts';
import { RunningRequests } from './running-requests.ts';
import { securityHeaders, type SecurityHeaders } from './security-headers.ts';
import { RequestValidationPipe } from './validation.pipe.ts';

export interface AppOptions {
  readonly module: Type | DynamicModule;
  /** Where the log goes; standard output when left out. */
  readonly log?: Log;
}

const BODY_LIMIT = 64 * 1024;
const HEADERS_TIMEOUT = 10_000;
const REQUEST_TIMEOUT = 15_000;

/** Called every few seconds by machines: not counted against a client's share, and not worth a line each. */
const PROBES = new Set(['/health/live', '/health/ready', '/metrics']);

/**
 * The application with all its manners, ready to listen: what it reads and how much, how long it waits, what it says
 * about errors, and what it logs.
 *
 * @throws whatever keeps a module from starting
 */
export async function createApp(config: Config, options: AppOptions): Promise<NestFastifyApplication> {
  const log = options.log ?? createLog(config.logLevel);
  const headers = await securityHeaders(
    config.publicUrl.startsWith('https://'),
    config.exitUrl,
    config.deskFrameOrigins,
  );
  const adapter = createAdapter(config, log, headers);
  const fastify: FastifyInstance = adapter.getInstance();
  addHooks(fastify, headers);
  addReaders(fastify);

  const app = await NestFactory.create<NestFastifyApplication>(options.module, adapter, {
    bodyParser: false,
    abortOnError: false,
    logger: nestLogger(log),
  });
  try {
    await prepare(app, config);
  } catch (error) {
    await app.close();
    throw error;
  }
  return app;
}

async function prepare(app: NestFastifyApplication, config: Config): Promise<void> {
  const fastify: FastifyInstance = app.getHttpAdapter().getInstance();
  await addAddressLimit(fastify, config);
  limitKeys(fastify, config.rateLimit);
  app.useGlobalFilters(new ProblemFilter());
  app.useGlobalPipes(new RequestValidationPipe());
  app.useGlobalGuards(new RateLimitGuard());
  serveDocs(app);
  await app.init();
  await fastify.ready();
}

function createAdapter(config: Config, log: Log, headers: SecurityHeaders): FastifyAdapter {
  return new FastifyAdapter({
    loggerInstance: log,
    // No middleware of Express here, so no request has to pass by a place for it.
    skipMiddie: true,
    // Its own two lines a request hold the whole address; ours is in addHooks.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT,
    requestTimeout: REQUEST_TIMEOUT,
    http: { headersTimeout: HEADERS_TIMEOUT, requestTimeout: REQUEST_TIMEOUT, connectionsCheckingInterval: 1_000 },
    keepAliveTimeout: 5_000,
    forceCloseConnections: 'idle',
    // While closing, who has a connection is still answered, and told to close it.
    return503OnClosing: false,
    // The id comes from the context, also for what is logged outside a route.
    childLoggerFactory: (logger: FastifyBaseLogger) => logger,
    requestIdHeader: false,
    genReqId: requestIdOf,
    // Read from the right: what stands left of the first address that isn't listed was written by the client.
    trustProxy: config.trustedProxies.length === 0 ? false : [...config.trustedProxies],
    routerOptions: { maxParamLength: 256 },
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
      void reply.headers(headers.everywhere).header('X-Request-Id', request.id);
      sendProblem(error, request, reply);
    },
    clientErrorHandler: (error: Error & { code?: string }, socket: Socket) => {
      answerUnreadable(error, socket, headers.everywhere);
    },
  });
}

function addHooks(fastify: FastifyInstance, headers: SecurityHeaders): void {
  const running = RunningRequests.of(fastify.server);
  // Node answers an expectation that it doesn't know by itself: unlogged, uncounted, without our headers.
  fastify.server.on('checkExpectation', (request, response) => fastify.server.emit('request', request, response));
  fastify.addHook('onRequest', (request, reply, done) => {
    const { url, handlerTimeout } = request.routeOptions;
    running.begin();
    // Fastify's own limit makes an abort signal for every request, which is dear; a route that needs longer has it.
    const timer = handlerTimeout ? undefined : setTimeout(giveUp, REQUEST_TIMEOUT, request, reply);
    // Comes after the answer, and when the client went away before it.
    reply.raw.once('close', () => {
      clearTimeout(timer);
      running.end();
    });
    void reply.headers(
      isBelow(url, '/docs') ? headers.docs : isBelow(url, '/desk') ? headers.desk : headers.everywhere,
    );
    void reply.header('x-request-id', echoOf(request));
    // Routes that may be cached say so themselves.
    void reply.header('cache-control', 'no-store');
    done(refusalOf(request));
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'none';
    const { method } = request;
    const status = reply.statusCode;
    metrics.http.observe({ method, route, status }, reply.elapsedTime / 1000);
    if (status === 500) metrics.internalErrors.inc();
    const line = {
      requestId: request.id,
      method,
      route,
      status,
      ms: Math.round(reply.elapsedTime * 10) / 10,
      keyId: keyIdOf(request),
    };
    request.log[PROBES.has(route) && status < 400 ? 'debug' : 'info'](line, 'answered');
    done();
  });
}

function isBelow(url: string | undefined, place: string): boolean {
  return url === place || url?.startsWith(`${place}/`) === true;
}

/** What the handler does still runs to its end, but nobody waits for it. */
function giveUp(request: FastifyRequest, reply: FastifyReply): void {
  if (reply.raw.headersSent) reply.raw.destroy();
  else if (request.raw.complete) sendProblem(tooSlow(), request, reply);
  // The rest of it would be read as another request, and answered as one.
  else sendProblem(notArrived(), request, reply.header('connection', 'close'));
}

function tooSlow(): AppError {
  return new AppError('unavailable', 'This was not done in time: try again.', { retryAfter: 1 });
}

function notArrived(): AppError {
  return new AppError('timed_out', 'The request did not arrive in time.');
}

/** What is refused before anybody looks at it. */
function refusalOf(request: FastifyRequest): AppError | undefined {
  if (request.url.includes('%00')) return new AppError('malformed_request', 'The address has a NUL character.');
  if (request.url.includes('?') && Object.keys(request.query as object).some(isPrototypeName)) {
    return new AppError('malformed_request', 'The query has a field with a forbidden name.');
  }
  // Browsers send forms anywhere without asking: only pages read them.
  const isForm = request.headers['content-type']
    ?.trimStart()
    .toLowerCase()
    .startsWith('application/x-www-form-urlencoded');
  if (isForm === true && request.routeOptions.url?.startsWith('/v1/') === true) {
    return new AppError('unsupported_media_type', 'Send application/json.');
  }
  return undefined;
}

/** The standard decision API gives back the client's id for a request as it came. In the log it is ours. */
function echoOf(request: FastifyRequest): string {
  const given = request.headers['x-request-id'];
  const isFit = typeof given === 'string' && /^[\x20-\x7e]{1,200}$/.test(given);
  return isFit && isStandardApi(request.routeOptions.url) ? given : request.id;
}

function addReaders(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => {
    done(null, readJson(body as Buffer));
  });
  void fastify.register(formbody, { parser: readForm });
}

/** Protects this process from one address. What protects people (codes, look-ups) is counted in the database. */
async function addAddressLimit(fastify: FastifyInstance, config: Config): Promise<void> {
  await fastify.register(rateLimit, {
    max: config.rateLimit,
    timeWindow: RATE_WINDOW,
    enableDraftSpec: true,
    cache: 20_000,
    allowList: (request) => PROBES.has(request.routeOptions.url ?? ''),
    errorResponseBuilder: (_request, { ttl }) => tooMany(ttl),
  });
}

/**
 * The client's own id for a request, when it is one: 8 to 64 letters, digits, `.`, `_` and `-`. Not digits alone: it
 * goes into the log, and that may be somebody's phone number.
 */
function requestIdOf(request: { readonly headers: IncomingMessage['headers'] }): string {
  const given = request.headers['x-request-id'];
  const isSane = typeof given === 'string' && /^[\w.-]{8,64}$/.test(given) && !/^[\d._-]+$/.test(given);
  return isSane ? given : randomUUID();
}

/** What isn't HTTP, or arrives too slowly, never becomes a request: answered on the bare connection. */
function answerUnreadable(
  error: Error & { code?: string },
  socket: Socket,
  headers: SecurityHeaders['everywhere'],
): void {
  // One that is answered already gets no second answer: whoever reads on would take it for the next request's.
  const { _httpMessage: running } = socket as Socket & { readonly _httpMessage?: ServerResponse | null };
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable || running?.headersSent === true) {
    socket.destroy();
    return;
  }
  const isSlow = error.code === 'ERR_HTTP_REQUEST_TIMEOUT';
  const refusal = isSlow
    ? notArrived()
    : error.code === 'HPE_HEADER_OVERFLOW'
      ? new AppError('payload_too_large', 'The headers are too large.')
      : new AppError('malformed_request', 'This is not HTTP/1.1.');
  const problem = problemOf(refusal, randomUUID());
  const body = JSON.stringify(problem);
  const head = [
    `HTTP/1.1 ${problem.status} ${problem.title}`,
    `Content-Type: ${PROBLEM_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-Id: ${problem.requestId}`,
    'Connection: close',
    'Cache-Control: no-store',
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
