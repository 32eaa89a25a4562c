import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { prepared } from '../database/prepared.ts';
import type { CodeRoute } from '../policy/vocabulary.ts';
import type { MessageRequest, QueuedMessage } from './template-values.ts';

/** The tasks' names in the queue: a message to be sent, a code whose message is still to be addressed, and a request. */
export const SEND_TASK = 'send_message';
export const ADDRESS_TASK = 'address_code';
export const REQUEST_TASK = 'deliver_request';
/** What the queue's connections call themselves in the database: each process that serves has some. */
export const OUTBOX_NAME = 'mandaat messages';
const TASKS = `('${SEND_TASK}', '${ADDRESS_TASK}', '${REQUEST_TASK}')`;

/** Rows that one step of going through a whole table looks at. */
const PAGE = 500;
/** Queues the sending of a message under a key of its own: however often it is asked, one job waits. */
const ADD_JOB = `graphile_worker.add_job(
  '${SEND_TASK}', json_build_object('messageId', message.id), job_key => 'message:' || message.id`;

@Injectable()
export class MessagesRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** The row and its job, in one statement of the caller's transaction. */
  async enqueue(tx: EntityManager, id: string, message: MessageRequest, now: Date): Promise<void> {
    await prepared(
      tx,
      {
        name: 'messages-enqueue',
        text: `WITH message AS (
         INSERT INTO messages
           (id, template, person_id, contact_point_id, route, language, code_id, code_counter, parameters, queued_at,
            earlier_routes, kept_from)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
         RETURNING id
       )
       SELECT (${ADD_JOB})).id FROM message`,
      },
      [
        id,
        message.template,
        message.personId,
        message.contactPointId,
        message.route,
        message.language,
        message.codeId ?? null,
        message.codeCounter ?? null,
        JSON.stringify(message.parameters ?? {}),
        now,
        message.earlierRoutes ?? [],
        message.keptFrom ?? null,
      ],
    );
  }

  /** The job alone: a row would have to say to whom, or stand there for nobody. */
  async enqueueAddressing(tx: EntityManager, codeId: string, counter: number): Promise<void> {
    await tx.query(
      `SELECT (graphile_worker.add_job('${ADDRESS_TASK}', json_build_object('codeId', $1::uuid, 'counter', $2::int),
         job_key => 'code:' || $1::uuid || ':' || $2::int)).id`,
      [codeId, counter],
    );
  }

  /** The job alone, as above: whether anybody is meant is found out when its turn comes. */
  async enqueueRequest(tx: EntityManager, requestId: string): Promise<void> {
    await tx.query(
      `SELECT (graphile_worker.add_job('${REQUEST_TASK}', json_build_object('requestId', $1::uuid),
         job_key => 'request:' || $1::uuid)).id`,
      [requestId],
    );
  }

  /** Null once it is sent, failed or dropped: then nothing is to be done any more. */
  async findQueued(id: string): Promise<QueuedMessage | null> {
    const rows = await prepared<QueuedMessage>(
      this.dataSource.manager,
      {
        name: 'messages-find-queued',
        text: `SELECT id, template, person_id AS "personId", contact_point_id AS "contactPointId", route, language,
         code_id AS "codeId", code_counter AS "codeCounter", parameters, earlier_routes AS "earlierRoutes",
         kept_from AS "keptFrom", attempts, queued_at AS "queuedAt"
       FROM messages WHERE id = $1 AND state = 'queued'`,
      },
      [id],
    );
    return rows[0] ?? null;
  }

  /** False when it was settled before: then that stands. */
  async settle(manager: EntityManager, id: string, outcome: Outcome): Promise<boolean> {
    const rows = await prepared(
      manager,
      {
        name: 'messages-settle',
        text: `UPDATE messages SET state = $2, provider_ref = $3, last_error = $4, settled_at = now(),
         attempts = attempts + CASE WHEN $2 = 'dropped' THEN 0 ELSE 1 END
       WHERE id = $1 AND state = 'queued' RETURNING id`,
      },
      [id, outcome.state, outcome.providerRef ?? null, outcome.error ?? null],
    );
    return rows.length > 0;
  }

  /** Of the next rows behind `after`, drops what waits. `last`: null = there are no more. */
  async dropPage(
    tx: EntityManager,
    now: Date,
    after: string,
  ): Promise<{ readonly last: string | null; readonly dropped: number }> {
    const [row] = await tx.query<[{ last: string | null; dropped: number }]>(
      `WITH page AS (SELECT id FROM messages WHERE id > $1 ORDER BY id LIMIT ${PAGE}), changed AS (
         UPDATE messages m SET state = 'dropped', settled_at = $2 FROM page
         WHERE m.id = page.id AND m.state = 'queued' RETURNING m.id
       )
       SELECT (SELECT id FROM page ORDER BY id DESC LIMIT 1) AS last, (SELECT count(*)::int FROM changed) AS dropped`,
      [after, now],
    );
    return row;
  }

  /** A transaction of the outbox's own, with the database's clock. */
  transaction(work: (tx: EntityManager, now: Date) => Promise<void>): Promise<void> {
    return this.dataSource.transaction(async (tx) => {
      const [{ now }] = await tx.query<[{ now: Date }]>('SELECT now() AS now');
      await work(tx, now);
    });
  }

  /** What became of a code's messages, the newest first. */
  deliveriesOf(manager: EntityManager, codeId: string): Promise<CodeDelivery[]> {
    return manager.query(
      `SELECT route, state, code_counter AS counter, last_error AS error FROM messages
       WHERE code_id = $1 ORDER BY code_counter DESC, queued_at DESC`,
      [codeId],
    );
  }

  /** Counts the failed try and queues the next one, both or neither. The job that runs now is replaced by the new one. */
  async postpone(id: string, error: string, milliseconds: number): Promise<void> {
    await this.dataSource.query(
      `WITH message AS (
         UPDATE messages SET attempts = attempts + 1, last_error = $2 WHERE id = $1 AND state = 'queued' RETURNING id
       )
       SELECT (${ADD_JOB}, run_at => now() + make_interval(secs => $3))).id FROM message`,
      [id, error, milliseconds / 1_000],
    );
  }

  /** Whether any process takes messages out of the queue. */
  async isServed(): Promise<boolean> {
    const found = await this.dataSource.query<unknown[]>(
      'SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND application_name = $1 LIMIT 1',
      [OUTBOX_NAME],
    );
    return found.length > 0;
  }

  /** How many messages should have left by now, and by how much the most overdue one is late. */
  async overdue(): Promise<{ readonly due: number; readonly seconds: number }> {
    const [row] = await this.dataSource.query<{ due: number; seconds: number }[]>(
      `SELECT count(*)::integer AS due, coalesce(extract(epoch FROM now() - min(run_at)), 0)::float8 AS seconds
       FROM graphile_worker.jobs WHERE task_identifier IN ${TASKS} AND run_at < now()`,
    );
    return row ?? { due: 0, seconds: 0 };
  }

  /** Frees jobs whose worker died with its process; the queue itself would wait four hours. */
  async freeStaleJobs(milliseconds: number): Promise<void> {
    await this.dataSource.query(
      `SELECT graphile_worker.force_unlock_workers(array_agg(locked_by)) FROM graphile_worker.jobs
       WHERE task_identifier IN ${TASKS} AND locked_at < now() - make_interval(secs => $1)
       HAVING count(*) > 0`,
      [milliseconds / 1_000],
    );
  }
}

export interface CodeDelivery {
  readonly route: CodeRoute;
  readonly state: 'queued' | 'sent' | 'failed' | 'dropped';
  /** The value of the code that it holds. */
  readonly counter: number;
  readonly error: string | null;
}

export interface Outcome {
  readonly state: 'sent' | 'failed' | 'dropped';
  readonly providerRef?: string | null;
  /** From the closed list of reasons: never an answer's text, a recipient or a part of the message. */
  readonly error?: string;
}
