import type { ServerResponse } from 'node:http';

import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';

import { AppError } from '../errors.ts';
import { StaffSessions } from '../staff/staff-sessions.service.ts';
import { LiveCallsRepository } from './live-calls.repository.ts';

/** Where a browser hears that the page of a call became otherwise. */
export const LIVE_ROUTE = '/desk/calls/:call_id/live';

/** Milliseconds between two looks, for all streams of this process together. */
const LOOK = 1_000;
/** A word now and then, so that nobody on the way takes a quiet stream for a dead one. Milliseconds. */
const BEAT = 15_000;
/** A stream ends after this; the browser asks again, and shows again who it is. Milliseconds. */
const LONGEST = 5 * 60_000;
/** Browsers open few tabs; what is more than this is no browser. */
const MOST_OF_SESSION = 6;
const MOST = 1_000;
/** Looks that may fail one after the other before browsers are sent away to ask again later. */
const MOST_FAILURES = 5;

/** As the browser reads it. */
export interface LiveState {
  readonly version: string;
  readonly isOver: boolean;
}

interface Stream {
  readonly callId: string;
  readonly sessionId: string;
  readonly response: ServerResponse;
  readonly endsAt: number;
  version: string;
  saidAt: number;
}

/**
 * Tells browsers that the page of their call became otherwise, and nothing else: what it says now they ask for as ever, with
 * everything that is checked then. One statement a second looks for all streams of the process; so it is of no account which
 * process changed something.
 */
@Injectable()
export class LiveCalls implements OnModuleDestroy {
  private readonly logger = new Logger(LiveCalls.name);
  readonly #streams = new Set<Stream>();
  #timer: NodeJS.Timeout | undefined;
  #isLooking = false;
  #failures = 0;
  #isClosed = false;

  constructor(
    private readonly repository: LiveCallsRepository,
    private readonly sessions: StaffSessions,
    host: HttpAdapterHost,
  ) {
    // The command line has no HTTP server.
    const fastify = host.httpAdapter?.getInstance<FastifyInstance>();
    if (fastify === undefined) return;
    fastify.addHook('onRoute', (route) => {
      if (route.url === LIVE_ROUTE) route.handlerTimeout = LONGEST + BEAT;
    });
    // A server that stops waits for whatever runs: streams would hold it up.
    fastify.addHook('preClose', (done) => {
      this.onModuleDestroy();
      done();
    });
  }

  /** One that is not there is over. */
  async state(callId: string): Promise<LiveState> {
    const [found] = await this.repository.versions([callId]);
    return { version: found?.version ?? '', isOver: found?.isOver ?? true };
  }

  /**
   * @param response of which nothing was sent yet; it is ended here
   * @param version that of the page that the browser shows
   * @throws AppError `rate_limited`
   */
  open(
    asked: Pick<Stream, 'callId' | 'sessionId' | 'version'>,
    headers: Record<string, string>,
    response: ServerResponse,
  ): void {
    const others = [...this.#streams].filter(({ sessionId }) => sessionId === asked.sessionId);
    if (this.#isClosed || this.#streams.size >= MOST || others.length >= MOST_OF_SESSION) {
      throw new AppError('rate_limited', 'Too many pages of the desk are open: close some.', { retryAfter: 30 });
    }
    const now = performance.now();
    const stream: Stream = { ...asked, response, endsAt: now + LONGEST, saidAt: now };
    response.writeHead(200, {
      ...headers,
      'content-type': 'text/event-stream; charset=utf-8',
      // What stands in front must not keep it until it is whole.
      'x-accel-buffering': 'no',
    });
    response.write('retry: 5000\n\n');
    this.#streams.add(stream);
    response.once('close', () => this.#forget(stream));
    this.#timer ??= setInterval(() => void this.#look(), LOOK).unref();
  }

  onModuleDestroy(): void {
    this.#isClosed = true;
    for (const stream of this.#streams) this.#end(stream);
  }

  async #look(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    try {
      const streams = [...this.#streams];
      const found = new Map(
        (await this.repository.versions([...new Set(streams.map(({ callId }) => callId))])).map((one) => [one.id, one]),
      );
      const live = await this.sessions.live([...new Set(streams.map(({ sessionId }) => sessionId))]);
      this.#failures = 0;
      for (const stream of streams) this.#tell(stream, found.get(stream.callId), live.has(stream.sessionId));
    } catch (error) {
      this.#failures += 1;
      if (this.#failures === 1) this.logger.warn({ event: 'live_calls_not_seen', err: error });
      if (this.#failures >= MOST_FAILURES) for (const stream of this.#streams) this.#end(stream);
    } finally {
      this.#isLooking = false;
    }
  }

  #tell(stream: Stream, found: { version: string; isOver: boolean } | undefined, isSignedIn: boolean): void {
    const now = performance.now();
    if (found !== undefined && found.version !== stream.version) {
      stream.version = found.version;
      this.#write(stream, `event: changed\ndata: ${found.version}\n\n`);
    } else if (now - stream.saidAt >= BEAT) this.#write(stream, ': still here\n\n');
    if (found === undefined || found.isOver || !isSignedIn) {
      // The page as it is then says the rest: that the call has ended, or that one has to sign in.
      this.#write(stream, 'event: over\ndata: over\n\n');
      this.#end(stream);
    } else if (now >= stream.endsAt) this.#end(stream);
  }

  #write(stream: Stream, text: string): void {
    stream.saidAt = performance.now();
    // Who doesn't read gets no more: it would wait in memory.
    if (!stream.response.write(text)) this.#end(stream);
  }

  #end(stream: Stream): void {
    this.#forget(stream);
    stream.response.end();
  }

  #forget(stream: Stream): void {
    this.#streams.delete(stream);
    if (this.#streams.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
