import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Records stand under numbers from 1 on. Holds for what is written from here on; the next one reads what is there. */
export class AddSequenceCheck1763920000000 implements MigrationInterface {
  readonly name = 'AddSequenceCheck1763920000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'ALTER TABLE audit_records ADD CONSTRAINT audit_records_sequence_check CHECK (sequence > 0) NOT VALID',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE audit_records DROP CONSTRAINT audit_records_sequence_check');
  }
}
