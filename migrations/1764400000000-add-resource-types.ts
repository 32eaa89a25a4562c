import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What the standard decision API asks about: resources of other types than contracts, what conditions may read of a person,
 * and keys that may search.
 */
export class AddResourceTypes1764400000000 implements MigrationInterface {
  readonly name = 'AddResourceTypes1764400000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE contracts ADD COLUMN resource_type text NOT NULL DEFAULT 'contract',
        ADD CONSTRAINT contracts_resource_type_check CHECK (resource_type ~ '^[a-z][a-z0-9_]{0,49}$') NOT VALID;
      ALTER TABLE people ADD COLUMN properties jsonb NOT NULL DEFAULT '{}';
      ALTER TABLE api_keys ADD COLUMN may_search boolean NOT NULL DEFAULT false;
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE api_keys DROP COLUMN may_search;
      ALTER TABLE people DROP COLUMN properties;
      ALTER TABLE contracts DROP CONSTRAINT contracts_resource_type_check, DROP COLUMN resource_type;
    `);
  }
}
