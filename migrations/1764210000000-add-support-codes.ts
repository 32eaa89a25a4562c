import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Codes by which somebody who is signed in to the self-service tells an agent on the phone who they are. */
export class AddSupportCodes1764210000000 implements MigrationInterface {
  readonly name = 'AddSupportCodes1764210000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- One row a person: a new code takes the place of the one before. What became of each is in the audit.
      CREATE TABLE support_codes (
        person_id uuid CONSTRAINT support_codes_pkey PRIMARY KEY,
        -- Another with each code: its value is derived from it.
        id uuid NOT NULL,
        -- It dies with the session in which it was asked for.
        session_id uuid NOT NULL,
        session_strength integer NOT NULL,
        key_id text NOT NULL,
        tries integer NOT NULL DEFAULT 0,
        issued_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        used_at timestamptz,
        CONSTRAINT support_codes_person_fkey FOREIGN KEY (person_id) REFERENCES people (id),
        CONSTRAINT support_codes_strength_check CHECK (session_strength BETWEEN 2 AND 4),
        CONSTRAINT support_codes_tries_check CHECK (tries BETWEEN 0 AND 5),
        CONSTRAINT support_codes_period_check CHECK (expires_at > issued_at)
      );
      GRANT SELECT, INSERT, UPDATE ON support_codes TO mandaat_app;
    `);
    // NOT VALID: what is there was made by the narrower rule, and nobody waits for a look at all of it.
    await runner.query(`
      ALTER TABLE verifications
        ADD COLUMN session_strength integer,
        DROP CONSTRAINT verifications_method_check,
        ADD CONSTRAINT verifications_method_check
          CHECK (method IN ('calling_number', 'code', 'totp', 'support_code')) NOT VALID,
        ADD CONSTRAINT verifications_session_strength_check CHECK (
          (method = 'support_code') = (session_strength IS NOT NULL) AND session_strength BETWEEN 2 AND 4) NOT VALID
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DELETE FROM verifications WHERE method = 'support_code';
      ALTER TABLE verifications
        DROP COLUMN session_strength,
        DROP CONSTRAINT verifications_method_check,
        ADD CONSTRAINT verifications_method_check CHECK (method IN ('calling_number', 'code', 'totp'));
      DROP TABLE support_codes;
    `);
  }
}
