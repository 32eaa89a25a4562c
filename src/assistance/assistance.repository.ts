import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import type { Verification } from '../policy/facts.ts';

/** What an employee did in an assisted session. */
export interface Act {
  readonly id: string;
  readonly operation: string;
  /** Null = it was begun, and nobody knows how it went. */
  readonly linesSealed: Buffer | null;
}

@Injectable()
export class AssistanceRepository {
  /** By what the one on the line was identified, in this call. */
  async verifications(tx: EntityManager, callId: string, callerId: string): Promise<Verification[]> {
    const rows = await tx.query<(Omit<Verification, 'at'> & { readonly at: Date })[]>(
      `SELECT method, route, session_strength AS "sessionStrength", verified_at AS at FROM verifications
       WHERE call_id = $1 AND person_id = $2`,
      [callId, callerId],
    );
    return rows.map((row) => ({ ...row, at: row.at.getTime() }));
  }

  async begin(
    tx: EntityManager,
    act: { readonly id: string; readonly sessionId: string; readonly operation: string },
    now: Date,
  ): Promise<void> {
    await tx.query('INSERT INTO assisted_acts (id, session_id, operation, begun_at) VALUES ($1, $2, $3, $4)', [
      act.id,
      act.sessionId,
      act.operation,
      now,
    ]);
  }

  /** @param linesSealed null = the letter doesn't tell it, or it was refused */
  async finish(manager: EntityManager, id: string, linesSealed: Buffer | null): Promise<void> {
    await manager.query('UPDATE assisted_acts SET done_at = clock_timestamp(), lines_sealed = $2 WHERE id = $1', [
      id,
      linesSealed,
    ]);
  }

  /** What the letter tells, in its order. */
  acts(manager: EntityManager, sessionId: string): Promise<Act[]> {
    return manager.query(
      `SELECT id, operation, lines_sealed AS "linesSealed" FROM assisted_acts
       WHERE session_id = $1 AND (lines_sealed IS NOT NULL OR done_at IS NULL) ORDER BY begun_at, id`,
      [sessionId],
    );
  }

  /** Of whom and by whom; null once the session is forgotten. */
  async session(
    manager: EntityManager,
    sessionId: string,
  ): Promise<{ readonly personId: string; readonly agentId: string; readonly openedAt: Date } | null> {
    const [row] = await manager.query<{ personId: string; agentId: string; openedAt: Date }[]>(
      `SELECT person_id AS "personId", agent_id AS "agentId", opened_at AS "openedAt" FROM sessions
       WHERE id = $1 AND agent_id IS NOT NULL`,
      [sessionId],
    );
    return row ?? null;
  }
}
