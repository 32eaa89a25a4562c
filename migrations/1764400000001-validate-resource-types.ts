import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A transaction of its own: adding the check locks everybody out for a moment, and reading every contract takes longer. */
export class ValidateResourceTypes1764400000001 implements MigrationInterface {
  readonly name = 'ValidateResourceTypes1764400000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE contracts VALIDATE CONSTRAINT contracts_resource_type_check');
  }

  async down(): Promise<void> {
    // It goes with the check.
  }
}
