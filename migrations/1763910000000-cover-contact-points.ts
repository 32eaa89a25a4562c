import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Every check reads the live contact points of the caller and of each holder. With these two times in the index it has no
 * need of the table. Writers wait while it is built; the old index goes in the next migration.
 */
export class CoverContactPoints1763910000000 implements MigrationInterface {
  name = 'CoverContactPoints1763910000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE UNIQUE INDEX contact_points_live_new ON contact_points (person_id, kind, value_index)
        INCLUDE (verified_at, changed_at) WHERE ended_at IS NULL
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX contact_points_live_new');
  }
}
