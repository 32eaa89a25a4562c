import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How far the reminders of mandates that end by themselves have come: one row for each number of days before. */
export class AddMandateReminders1764220000001 implements MigrationInterface {
  name = 'AddMandateReminders1764220000001';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE mandate_reminders (
        days_before integer NOT NULL,
        -- Every mandate that ends before these two, in this order, was looked at.
        ends_at timestamptz NOT NULL,
        mandate_id uuid NOT NULL,
        CONSTRAINT mandate_reminders_pkey PRIMARY KEY (days_before),
        CONSTRAINT mandate_reminders_days_check CHECK (days_before IN (7, 30))
      );
      INSERT INTO mandate_reminders (days_before, ends_at, mandate_id)
        SELECT days, now() + days * interval '1 day', '00000000-0000-0000-0000-000000000000'
        FROM unnest(ARRAY[7, 30]) AS days;
      GRANT SELECT, UPDATE ON mandate_reminders TO mandaat_app`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE mandate_reminders');
  }
}
