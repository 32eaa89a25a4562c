import { EventEmitter } from 'node:events';
import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Logger as QueueLogger, run, type Runner, type WorkerEvents } from 'graphile-worker';
import pg from 'pg';
import { Config } from '../config/config.ts';
import { BoundedClient } from '../database/bounded-client.ts';
import { CONNECT_LIMIT } from '../database/data-source.ts';
import { metrics } from '../http/metrics.ts';
import { DeliveryService } from './delivery.service.ts';
import { ADDRESS_TASK, MessagesRepository, OUTBOX_NAME, REQUEST_TASK, SEND_TASK } from './messages.repository.ts';
import { MessagesService } from './messages.service.ts';
import { OUTBOX_OPTIONS, type OutboxOptions } from './outbox-options.ts';

interface Queue {
  readonly runner: Runner;
  readonly pool: pg.Pool;
}

/** Messages that one process sends at the same time. */
const CONCURRENCY = 4;

/** Takes messages out of the queue for as long as the service runs. A command line without a server sends nothing. */
@Injectable()
export class OutboxRunner implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(OutboxRunner.name);
  #queue: Queue | undefined;
  #sweep: NodeJS.Timeout | undefined;
  #restart: NodeJS.Timeout | undefined;
  #isStopping = false;

  constructor(
    private readonly config: Config,
    private readonly delivery: DeliveryService,
    private readonly repository: MessagesRepository,
    private readonly messages: MessagesService,
    private readonly http: HttpAdapterHost,
    @Inject(OUTBOX_OPTIONS) private readonly options: OutboxOptions,
  ) {}

  /** False before the start, and between a fault of the queue and its next start: messages then wait. */
  get isRunning(): boolean {
    return this.#queue !== undefined;
  }

  async onApplicationBootstrap(): Promise<void> {
    if (this.http.httpAdapter) await this.start();
  }

  /** For a process without a server that is to send all the same. Does nothing when it runs already. */
  async start(): Promise<void> {
    if (this.#sweep !== undefined) return;
    this.#sweep = setInterval(() => void this.#free(), this.options.sweepInterval);
    this.#sweep.unref();
    await this.#open();
    await this.#free();
  }

  /** Waits for what is being sent, at most some seconds. */
  async beforeApplicationShutdown(): Promise<void> {
    this.#isStopping = true;
    clearInterval(this.#sweep);
    clearTimeout(this.#restart);
    const queue = this.#queue;
    this.#queue = undefined;
    if (queue !== undefined) await close(queue);
  }

  async #open(): Promise<void> {
    // Its own connections: one listens all the time, and a burst of messages must not make a check wait for one.
    const pool = new pg.Pool({
      connectionString: this.config.databaseUrl,
      application_name: OUTBOX_NAME,
      options: '-c TimeZone=UTC',
      // A connection that is half open, or never quite made, would stop the sending without a word.
      Client: BoundedClient,
      connectionTimeoutMillis: CONNECT_LIMIT,
      // The queue warns, in a line without words, when it has fewer than it sends messages at a time.
      max: CONCURRENCY,
    });
    // A lost connection surfaces in the statement that uses it; without listeners it would end the process.
    pool.on('error', () => undefined);
    pool.on('connect', (client) => client.on('error', () => undefined));
    const events: WorkerEvents = new EventEmitter();
    const runner = await run({
      pgPool: pool,
      events,
      concurrency: CONCURRENCY,
      noHandleSignals: true,
      logger: queueLogger(this.logger),
      preset: {
        worker: {
          pollInterval: this.options.pollInterval,
          gracefulShutdownAbortTimeout: 5_000,
          // Noted in batches, even if of one: otherwise nobody waits for the note, and a database that goes away at
          // that moment ends the process with an unhandled rejection.
          completeJobBatchDelay: 0,
          failJobBatchDelay: 0,
        },
      },
      taskList: {
        [SEND_TASK]: (payload) => {
          const { messageId } = payload as { messageId: string };
          return this.#do(SEND_TASK, { messageId }, () => this.delivery.deliver(messageId));
        },
        [ADDRESS_TASK]: (payload) => {
          const { codeId, counter } = payload as { codeId: string; counter: number };
          return this.#do(ADDRESS_TASK, { codeId }, () => this.messages.address(codeId, counter));
        },
        [REQUEST_TASK]: (payload) => {
          const { requestId } = payload as { requestId: string };
          return this.#do(REQUEST_TASK, { requestId }, () => this.messages.deliverRequest(requestId));
        },
      },
    }).catch(async (error: unknown) => {
      await pool.end();
      throw error;
    });
    const queue: Queue = { runner, pool };
    if (this.#isStopping) return close(queue);
    this.#queue = queue;
    metrics.outboxRunning.set(1);
    // The queue gives up when it can't note what became of a job.
    events.on('pool:fatalError', () => this.#reopen(queue));
    runner.promise.then(
      () => this.#reopen(queue),
      () => this.#reopen(queue),
    );
  }

  /** A database that was away for a while must not end the sending until somebody restarts the service. */
  #reopen(broken: Queue): void {
    if (this.#isStopping || this.#queue !== broken) return;
    this.#queue = undefined;
    metrics.outboxRunning.set(0);
    this.logger.error({ event: 'outbox_stopped' });
    // What it still held is freed by the sweep.
    void broken.runner.kill().catch(() => undefined);
    void broken.pool.end().catch(() => undefined);
    this.#later();
  }

  #later(): void {
    this.#restart = setTimeout(() => {
      this.#open().then(
        () => this.logger.warn({ event: 'outbox_started_again' }),
        () => {
          if (!this.#isStopping) this.#later();
        },
      );
    }, this.options.pollInterval);
    this.#restart.unref();
  }

  async #do(task: string, about: Readonly<Record<string, string>>, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      // The queue keeps an error's message in a table and shows it: a database error quotes values, ours doesn't.
      this.logger.error({ event: 'message_failed', ...about, error: nameOf(error) });
      // oxlint-disable-next-line preserve-caught-error -- the cause's text is what must stay out
      throw new Error(`${task} failed: ${nameOf(error)}`);
    }
  }

  async #free(): Promise<void> {
    try {
      await this.repository.freeStaleJobs(this.options.staleAfter);
      const { due, seconds } = await this.repository.overdue();
      metrics.outboxDue.set(due);
      metrics.outboxOverdue.set(seconds);
    } catch (error) {
      this.logger.warn({ event: 'outbox_sweep_failed', error: nameOf(error) });
    }
  }
}

async function close({ runner, pool }: Queue): Promise<void> {
  // Refused by one that has just stopped by itself.
  await runner.stop().catch(() => undefined);
  await pool.end();
}

/** Only what kind of error it was: its text may hold anything. */
function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const code = 'code' in error && typeof error.code === 'string' ? ` ${error.code}` : '';
  return `${error.name}${code}`;
}

/** The queue's own lines become one event each, without their text, which may quote a payload or a statement. */
function queueLogger(logger: Logger): QueueLogger {
  return new QueueLogger(({ label, taskIdentifier, jobId }) => (level) => {
    const line = { event: 'queue', label, taskIdentifier, jobId };
    // A const enum in its types, plain words when it runs.
    const word: string = level;
    if (word === 'error') logger.error(line);
    else if (word === 'warning') logger.warn(line);
  });
}
