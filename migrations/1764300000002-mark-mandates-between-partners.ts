import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Mandates that were given for as long as two people are partners. */
export class MarkMandatesBetweenPartners1764300000002 implements MigrationInterface {
  readonly name = 'MarkMandatesBetweenPartners1764300000002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE mandates ADD COLUMN while_partner boolean NOT NULL DEFAULT false');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE mandates DROP COLUMN while_partner');
  }
}
