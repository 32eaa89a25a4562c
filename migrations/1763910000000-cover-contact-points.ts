import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Every check reads the live contact points of the caller and of each holder. With these two times in the index it has no
 * need of the table. The old index goes last: only for that moment do readers wait.
 */
export class CoverContactPoints1763910000000 implements MigrationInterface {
  name = 'CoverContactPoints1763910000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await replaceIndex(queryRunner, 'INCLUDE (verified_at, changed_at)');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await replaceIndex(queryRunner, '');
  }
}

async function replaceIndex(queryRunner: QueryRunner, include: string): Promise<void> {
  await queryRunner.query(`
    CREATE UNIQUE INDEX contact_points_live_new ON contact_points (person_id, kind, value_index) ${include}
      WHERE ended_at IS NULL;
    DROP INDEX contact_points_live_key;
    ALTER INDEX contact_points_live_new RENAME TO contact_points_live_key;
  `);
}
