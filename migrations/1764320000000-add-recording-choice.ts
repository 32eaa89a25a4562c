import type { MigrationInterface, QueryRunner } from 'typeorm';

/** For what people do not want calls about their contracts recorded. A column of people, as their other preferences. */
export class AddRecordingChoice1764320000000 implements MigrationInterface {
  readonly name = 'AddRecordingChoice1764320000000';

  async up(runner: QueryRunner): Promise<void> {
    // NOT VALID: what is there has none, and nobody waits for a look at all of it.
    await runner.query(`
      ALTER TABLE people
        ADD COLUMN refused_recordings text[] NOT NULL DEFAULT '{}',
        ADD CONSTRAINT people_refused_recordings_check
          CHECK (refused_recordings <@ ARRAY['training', 'contract_proof']) NOT VALID
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE people DROP COLUMN refused_recordings');
  }
}
