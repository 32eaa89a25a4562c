import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Contact points that others read too, as their person says. */
export class AddSharedPoints1764210003000 implements MigrationInterface {
  readonly name = 'AddSharedPoints1764210003000';

  async up(runner: QueryRunner): Promise<void> {
    // NOT VALID: what is there is not shared, and nobody waits for a look at all of it.
    await runner.query(`
      ALTER TABLE contact_points
        ADD COLUMN is_shared boolean NOT NULL DEFAULT false,
        -- One that others read shows nothing of its person: it is not verified, whatever else is known of it.
        ADD CONSTRAINT contact_points_shared_check CHECK (NOT is_shared OR verified_at IS NULL) NOT VALID
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE contact_points DROP COLUMN is_shared');
  }
}
