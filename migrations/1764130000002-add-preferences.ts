import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How people want to be treated. Columns of people, which is read anyway where messages are made. */
export class AddPreferences1764130000002 implements MigrationInterface {
  readonly name = 'AddPreferences1764130000002';

  async up(runner: QueryRunner): Promise<void> {
    // NOT VALID: what is there has none of them, and nobody waits for a look at all of it.
    await runner.query(`
      ALTER TABLE people
        ADD COLUMN is_own_choice boolean NOT NULL DEFAULT false,
        ADD COLUMN declined_routes text[] NOT NULL DEFAULT '{}',
        ADD COLUMN safe_from smallint,
        ADD COLUMN safe_until smallint,
        ADD CONSTRAINT people_declined_routes_check
          CHECK (declined_routes <@ ARRAY['sms', 'voice', 'email', 'letter']) NOT VALID,
        ADD CONSTRAINT people_safe_hours_check CHECK ((safe_from IS NULL) = (safe_until IS NULL)
          AND safe_from BETWEEN 0 AND 23 AND safe_until BETWEEN 1 AND 24 AND safe_from < safe_until) NOT VALID
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE people DROP COLUMN is_own_choice, DROP COLUMN declined_routes, DROP COLUMN safe_from, DROP COLUMN safe_until
    `);
  }
}
