import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Apart from building the new one: where readers keep the lock from this, it is tried again, and that must be cheap. */
export class DropContactPointsIndex1763910000001 implements MigrationInterface {
  name = 'DropContactPointsIndex1763910000001';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP INDEX contact_points_live_key;
      ALTER INDEX contact_points_live_new RENAME TO contact_points_live_key
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER INDEX contact_points_live_key RENAME TO contact_points_live_new;
      CREATE UNIQUE INDEX contact_points_live_key ON contact_points (person_id, kind, value_index)
        WHERE ended_at IS NULL
    `);
  }
}
