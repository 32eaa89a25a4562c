import { Inject, Injectable } from '@nestjs/common';
import type { Pool } from 'pg';

import { PG_POOL } from '../database/database.module.ts';

/** Rows that one statement looks at: it has to end long before the limit on statements. */
const BATCH = 5_000;

/** Each statement is a transaction of its own. Rows that somebody is working on wait for the next time. */
@Injectable()
export class CodeClearingRepository {
  constructor(@Inject(PG_POOL) private readonly pool: Pool) {}

  /**
   * Budget entries, whoever's, that no window reaches any more. They are numbered in about the order of their times, so the
   * lowest numbers are looked at: an index by time would cost every try something. How many went.
   */
  clearBudgets(): Promise<number> {
    return this.inBatches(`
      DELETE FROM code_budget_entries WHERE id IN (
        SELECT id FROM code_budget_entries
        WHERE id <= (SELECT max(id) FROM (SELECT id FROM code_budget_entries ORDER BY id LIMIT ${BATCH}) lowest)
          AND at <= now() - interval '24 hours'
        FOR UPDATE SKIP LOCKED)`);
  }

  /** What a decoy kept of its caller, a day after it could be tried. How many decoys. */
  clearClaims(): Promise<number> {
    return this.inBatches(`
      UPDATE codes SET claim_keys = '{}' WHERE id IN (
        SELECT id FROM codes WHERE claim_keys <> '{}' AND expires_at <= now() - interval '24 hours'
        ORDER BY expires_at LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)`);
  }

  private async inBatches(sql: string): Promise<number> {
    for (let cleared = 0; ;) {
      const { rowCount } = await this.pool.query(sql);
      cleared += rowCount ?? 0;
      if ((rowCount ?? 0) < BATCH) return cleared;
    }
  }
}
