import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import { GrantDraftEntity } from './grant-draft.entity.ts';

/** Minutes after the last answer. */
const LIFE = 120;
/** How many one session has: somebody with that many tabs begins anew. */
const MOST = 5;

@Injectable()
export class GrantDraftsRepository {
  constructor(private readonly dataSource: DataSource) {}

  get manager(): EntityManager {
    return this.dataSource.manager;
  }

  /** By the database's clock. The oldest of a session makes room for the newest; what is over goes with it. */
  async save(id: string, sessionId: string, personId: string, answersSealed: Buffer): Promise<void> {
    await this.dataSource.query(
      `INSERT INTO grant_drafts (id, session_id, person_id, answers_sealed, expires_at)
       VALUES ($1, $2, $3, $4, clock_timestamp() + ${LIFE} * interval '1 minute')
       ON CONFLICT (id) DO UPDATE SET answers_sealed = EXCLUDED.answers_sealed, expires_at = EXCLUDED.expires_at
         WHERE grant_drafts.session_id = EXCLUDED.session_id`,
      [id, sessionId, personId, answersSealed],
    );
    await this.dataSource.query(
      `DELETE FROM grant_drafts WHERE session_id = $1 AND id NOT IN
         (SELECT id FROM grant_drafts WHERE session_id = $1 ORDER BY expires_at DESC LIMIT ${MOST})`,
      [sessionId],
    );
  }

  /** Null when it is over, or another session's. */
  async find(id: string, sessionId: string): Promise<Buffer | null> {
    const [row] = await this.dataSource.query<Pick<GrantDraftEntity, 'answersSealed'>[]>(
      `SELECT answers_sealed AS "answersSealed" FROM grant_drafts
       WHERE id = $1 AND session_id = $2 AND expires_at > clock_timestamp()`,
      [id, sessionId],
    );
    return row?.answersSealed ?? null;
  }

  async remove(id: string, sessionId: string): Promise<void> {
    await this.manager.delete(GrantDraftEntity, { id, sessionId });
  }

  async forget(): Promise<void> {
    await this.dataSource.query(
      `DELETE FROM grant_drafts WHERE id IN
         (SELECT id FROM grant_drafts WHERE expires_at < clock_timestamp() LIMIT 10000)`,
    );
  }
}
