import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A transaction of its own: adding the check locks everybody out for a moment, and reading every record takes longer. */
export class ValidateSequenceCheck1763920000001 implements MigrationInterface {
  readonly name = 'ValidateSequenceCheck1763920000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE audit_records VALIDATE CONSTRAINT audit_records_sequence_check');
  }

  async down(): Promise<void> {
    // It goes with the check.
  }
}
