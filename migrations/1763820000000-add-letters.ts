import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Other ways for a message: how strong a code must be, what a day has cost, and who reads large type. */
export class AddLetters1763820000000 implements MigrationInterface {
  name = 'AddLetters1763820000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE people ADD COLUMN large_type boolean NOT NULL DEFAULT false;

      -- What the yes must be worth: it bounds every later road of the same question.
      ALTER TABLE codes ADD COLUMN level integer NOT NULL DEFAULT 2,
        ADD CONSTRAINT codes_level_check CHECK (level BETWEEN 0 AND 4);

      -- Roads on which the same notice failed before, and somebody who must not be able to read it.
      ALTER TABLE messages ADD COLUMN earlier_routes text[] NOT NULL DEFAULT '{}',
        ADD COLUMN kept_from uuid,
        -- What it was counted as, once, whatever the number of tries.
        ADD COLUMN charged_on date,
        ADD COLUMN charged_cents integer,
        ADD CONSTRAINT messages_kept_from_fkey FOREIGN KEY (kept_from) REFERENCES people (id),
        ADD CONSTRAINT messages_charged_check CHECK ((charged_on IS NULL) = (charged_cents IS NULL));
      -- Caps are counted in message_days now.
      DROP INDEX messages_paid_idx;

      -- One row a day (UTC): what was sent by the roads that cost money. Counted before it is sent.
      CREATE TABLE message_days (
        day date PRIMARY KEY,
        sms integer NOT NULL DEFAULT 0,
        voice integer NOT NULL DEFAULT 0,
        letter integer NOT NULL DEFAULT 0,
        cents bigint NOT NULL DEFAULT 0,
        CONSTRAINT message_days_counts_check CHECK (least(sms, voice, letter, cents) >= 0)
      );
      GRANT SELECT, INSERT, UPDATE ON message_days TO mandaat_app;

      ALTER TABLE demo_inbox ADD COLUMN letter bytea;
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE demo_inbox DROP COLUMN letter;
      DROP TABLE message_days;
      CREATE INDEX messages_paid_idx ON messages (settled_at) WHERE state = 'sent' AND route IN ('sms', 'voice');
      ALTER TABLE messages DROP COLUMN charged_cents, DROP COLUMN charged_on, DROP COLUMN kept_from,
        DROP COLUMN earlier_routes;
      ALTER TABLE codes DROP COLUMN level;
      ALTER TABLE people DROP COLUMN large_type;
    `);
  }
}
