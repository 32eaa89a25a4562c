import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Beside whoever writes: no transaction, and what an earlier try left half done goes first. */
export class IndexSubMandates1764300000001 implements MigrationInterface {
  readonly name = 'IndexSubMandates1764300000001';
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    // It waits for who reads, and nobody waits for it.
    await runner.query('SET lock_timeout = 0');
    try {
      await runner.query('ALTER TABLE mandates VALIDATE CONSTRAINT mandates_parent_fkey');
      await runner.query('ALTER TABLE mandates VALIDATE CONSTRAINT mandates_one_step_check');
      await runner.query('ALTER TABLE mandates VALIDATE CONSTRAINT mandates_ending_check');
      // Serves: what was made from this mandate.
      await runner.query('DROP INDEX CONCURRENTLY IF EXISTS mandates_parent_idx');
      await runner.query(
        'CREATE INDEX CONCURRENTLY mandates_parent_idx ON mandates (parent_id) WHERE parent_id IS NOT NULL',
      );
    } finally {
      await runner.query('RESET lock_timeout');
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX mandates_parent_idx');
  }
}
