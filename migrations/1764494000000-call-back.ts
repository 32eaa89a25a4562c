import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The telephone system called the number of record: who answers shows as much as who reads a code off it. */
export class CallBack1764494000000 implements MigrationInterface {
  readonly name = 'CallBack1764494000000';

  async up(runner: QueryRunner): Promise<void> {
    // NOT VALID: what is there was made by the narrower rule, and nobody waits for a look at all of it.
    await runner.query(`
      ALTER TABLE verifications
        DROP CONSTRAINT verifications_method_check,
        ADD CONSTRAINT verifications_method_check
          CHECK (method IN ('calling_number', 'code', 'totp', 'support_code', 'call_back')) NOT VALID
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DELETE FROM verifications WHERE method = 'call_back';
      ALTER TABLE verifications
        DROP CONSTRAINT verifications_method_check,
        ADD CONSTRAINT verifications_method_check
          CHECK (method IN ('calling_number', 'code', 'totp', 'support_code')) NOT VALID
    `);
  }
}
