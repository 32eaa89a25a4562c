import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Contact points that people change themselves, confirmed where we knew them and shown to be theirs where they are new. */
export class AddContactChanges1764210002000 implements MigrationInterface {
  readonly name = 'AddContactChanges1764210002000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE contact_points
        -- Given by its person, and not shown to be theirs yet. It has ended as long as it hasn't begun.
        ADD COLUMN is_proposed boolean NOT NULL DEFAULT false,
        -- Begun or ended by its person, while the CRM has not said the same yet.
        ADD COLUMN is_own_choice boolean NOT NULL DEFAULT false;

      CREATE TABLE contact_changes (
        person_id uuid NOT NULL,
        kind text NOT NULL,
        id uuid NOT NULL,
        -- What comes; null = something only goes.
        added_id uuid,
        -- What goes; null = something only comes.
        ended_id uuid,
        known_code_id uuid NOT NULL,
        known_confirmed_at timestamptz,
        new_code_id uuid,
        new_confirmed_at timestamptz,
        asked_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        -- One at a time for each kind: a later one takes its place. One that is done is gone.
        CONSTRAINT contact_changes_pkey PRIMARY KEY (person_id, kind),
        CONSTRAINT contact_changes_person_fkey FOREIGN KEY (person_id) REFERENCES people (id),
        CONSTRAINT contact_changes_kind_check CHECK (kind IN ('phone', 'email', 'postal')),
        CONSTRAINT contact_changes_what_check CHECK (added_id IS NOT NULL OR ended_id IS NOT NULL),
        CONSTRAINT contact_changes_new_check CHECK ((added_id IS NULL) = (new_code_id IS NULL)),
        CONSTRAINT contact_changes_period_check CHECK (expires_at > asked_at)
      );
      GRANT SELECT, INSERT, UPDATE, DELETE ON contact_changes TO mandaat_app;
    `);
    await runner.query(`
      ALTER TABLE codes
        DROP CONSTRAINT codes_purpose_check,
        ADD CONSTRAINT codes_purpose_check
          CHECK (purpose IN ('action', 'mandate', 'verification', 'sign_in', 'contact')) NOT VALID
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DELETE FROM messages WHERE code_id IN (SELECT id FROM codes WHERE purpose = 'contact');
      DELETE FROM codes WHERE purpose = 'contact';
      ALTER TABLE codes
        DROP CONSTRAINT codes_purpose_check,
        ADD CONSTRAINT codes_purpose_check CHECK (purpose IN ('action', 'mandate', 'verification', 'sign_in'));
      DROP TABLE contact_changes;
      ALTER TABLE contact_points DROP COLUMN is_proposed, DROP COLUMN is_own_choice;
    `);
  }
}
