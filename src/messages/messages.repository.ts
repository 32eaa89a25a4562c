import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { MessageRequest, QueuedMessage } from './template-values.ts';

/** The task's name in the queue. */
export const SEND_TASK = 'send_message';

/** Queues the sending of a message under a key of its own: however often it is asked, one job waits. */
const ADD_JOB = `graphile_worker.add_job(
  '${SEND_TASK}', json_build_object('messageId', message.id), job_key => 'message:' || message.id`;

@Injectable()
export class MessagesRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** The row and its job, in one statement of the caller's transaction. */
  async enqueue(tx: EntityManager, id: string, message: MessageRequest, now: Date): Promise<void> {
    await tx.query(
      `WITH message AS (
         INSERT INTO messages
           (id, template, person_id, contact_point_id, route, language, code_id, code_counter, parameters, queued_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         RETURNING id
       )
       SELECT (${ADD_JOB})).id FROM message`,
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
      ],
    );
  }

  /** Null once it is sent, failed or dropped: then nothing is to be done any more. */
  async findQueued(id: string): Promise<QueuedMessage | null> {
    const rows = await this.dataSource.query<QueuedMessage[]>(
      `SELECT id, template, person_id AS "personId", contact_point_id AS "contactPointId", route, language,
         code_id AS "codeId", code_counter AS "codeCounter", parameters, attempts, queued_at AS "queuedAt"
       FROM messages WHERE id = $1 AND state = 'queued'`,
      [id],
    );
    return rows[0] ?? null;
  }

  async settle(id: string, outcome: Outcome): Promise<void> {
    await this.dataSource.query(
      `UPDATE messages SET state = $2, provider_ref = $3, last_error = $4, settled_at = now(),
         attempts = attempts + CASE WHEN $2 = 'dropped' THEN 0 ELSE 1 END
       WHERE id = $1 AND state = 'queued'`,
      [id, outcome.state, outcome.providerRef ?? null, outcome.error ?? null],
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

  /** Messages that cost money, sent in the last 24 hours. */
  async countPaid(): Promise<number> {
    const [row] = await this.dataSource.query<{ count: number }[]>(
      `SELECT count(*)::integer AS count FROM messages
       WHERE route IN ('sms', 'voice') AND state = 'sent' AND settled_at > now() - interval '24 hours'`,
    );
    return row?.count ?? 0;
  }

  /** Frees jobs whose worker died with its process; the queue itself would wait four hours. */
  async freeStaleJobs(milliseconds: number): Promise<void> {
    await this.dataSource.query(
      `SELECT graphile_worker.force_unlock_workers(array_agg(locked_by)) FROM graphile_worker.jobs
       WHERE task_identifier = '${SEND_TASK}' AND locked_at < now() - make_interval(secs => $1)
       HAVING count(*) > 0`,
      [milliseconds / 1_000],
    );
  }
}

export interface Outcome {
  readonly state: 'sent' | 'failed' | 'dropped';
  readonly providerRef?: string | null;
  /** From the closed list of reasons: never an answer's text, a recipient or a part of the message. */
  readonly error?: string;
}
