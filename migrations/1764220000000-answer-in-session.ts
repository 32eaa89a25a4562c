import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who is signed in well enough answers what waits for them without its code. */
export class AnswerInSession1764220000000 implements MigrationInterface {
  name = 'AnswerInSession1764220000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE codes ADD COLUMN session_strength integer;
      ALTER TABLE codes ADD CONSTRAINT codes_session_check
        CHECK (session_strength IS NULL OR (session_strength BETWEEN 3 AND 4 AND state = 'approved')) NOT VALID`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE codes DROP CONSTRAINT codes_session_check;
      ALTER TABLE codes DROP COLUMN session_strength`);
  }
}
