import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Beside whoever writes: no transaction, and what an earlier try left half done goes first. */
export class IndexWhatWaits1764220000002 implements MigrationInterface {
  readonly name = 'IndexWhatWaits1764220000002';
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    // It waits for who reads, and nobody waits for it.
    await runner.query('SET lock_timeout = 0');
    try {
      await runner.query('ALTER TABLE codes VALIDATE CONSTRAINT codes_session_check');
      // Serves: what waits for somebody's answer, on their own pages.
      await runner.query('DROP INDEX CONCURRENTLY IF EXISTS codes_waiting_idx');
      await runner.query(
        `CREATE INDEX CONCURRENTLY codes_waiting_idx ON codes (person_id, expires_at) WHERE state = 'pending'`,
      );
      // Serves: whose mandates end next.
      await runner.query('DROP INDEX CONCURRENTLY IF EXISTS mandates_ending_idx');
      await runner.query(
        `CREATE INDEX CONCURRENTLY mandates_ending_idx ON mandates (ends_at, id) WHERE state IN ('active', 'suspended')`,
      );
    } finally {
      await runner.query('RESET lock_timeout');
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX mandates_ending_idx; DROP INDEX codes_waiting_idx');
  }
}
