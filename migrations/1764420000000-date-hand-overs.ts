import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When somebody else came to the phone: what was proved before that opens nothing for an employee. */
export class DateHandOvers1764420000000 implements MigrationInterface {
  readonly name = 'DateHandOvers1764420000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE calls ADD COLUMN handed_over_at timestamptz');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE calls DROP COLUMN handed_over_at');
  }
}
