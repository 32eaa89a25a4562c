import type { MigrationInterface, QueryRunner } from 'typeorm';

/** People sign in: sessions, and codes that are asked before anybody knows who asks. */
export class AddSessions1764100000000 implements MigrationInterface {
  name = 'AddSessions1764100000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE sessions (
        id uuid CONSTRAINT sessions_pkey PRIMARY KEY,
        person_id uuid NOT NULL,
        -- SHA-256 of the whole token: the text itself is with its holder alone.
        token_hash bytea NOT NULL,
        methods text[] NOT NULL,
        strength integer NOT NULL,
        opened_at timestamptz NOT NULL,
        -- When the person last proved who they are.
        proved_at timestamptz NOT NULL,
        used_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        ended_at timestamptz,
        CONSTRAINT sessions_person_fkey FOREIGN KEY (person_id) REFERENCES people (id),
        CONSTRAINT sessions_token_hash_check CHECK (length(token_hash) = 32),
        CONSTRAINT sessions_methods_check CHECK (cardinality(methods) > 0
          AND methods <@ ARRAY['sms', 'voice', 'email', 'totp', 'passkey', 'openid']),
        CONSTRAINT sessions_strength_check CHECK (strength BETWEEN 1 AND 4),
        CONSTRAINT sessions_period_check CHECK (expires_at > opened_at AND proved_at >= opened_at AND used_at >= opened_at)
      );
      -- Which sessions does this person have?
      CREATE INDEX sessions_person_idx ON sessions (person_id) WHERE ended_at IS NULL;
      GRANT SELECT, INSERT, UPDATE, DELETE ON sessions TO mandaat_app;

      -- With what somebody wants to sign in, as keyed hashes: whose it is shows when the message goes out.
      CREATE TABLE sign_ins (
        code_id uuid CONSTRAINT sign_ins_pkey PRIMARY KEY,
        kind text NOT NULL,
        value_index bytea NOT NULL,
        -- The customer number that was named besides.
        customer_index bytea,
        asked_at timestamptz NOT NULL,
        CONSTRAINT sign_ins_code_fkey FOREIGN KEY (code_id) REFERENCES codes (id),
        CONSTRAINT sign_ins_kind_check CHECK (kind IN ('phone', 'email'))
      );
      GRANT SELECT, INSERT, DELETE ON sign_ins TO mandaat_app;

      -- Who asks to sign in is looked up when the message goes out, as for a verification.
      ALTER TABLE codes
        DROP CONSTRAINT codes_purpose_check,
        ADD CONSTRAINT codes_purpose_check CHECK (purpose IN ('action', 'mandate', 'verification', 'sign_in')),
        DROP CONSTRAINT codes_decoy_check,
        ADD CONSTRAINT codes_decoy_check CHECK ((person_id IS NOT NULL AND contact_point_id IS NOT NULL)
          OR (purpose = 'verification' AND call_id IS NOT NULL AND contact_point_id IS NULL)
          OR (purpose = 'sign_in' AND person_id IS NULL AND contact_point_id IS NULL));
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP TABLE sign_ins;
      DELETE FROM messages WHERE code_id IN (SELECT id FROM codes WHERE purpose = 'sign_in');
      DELETE FROM codes WHERE purpose = 'sign_in';
      ALTER TABLE codes
        DROP CONSTRAINT codes_purpose_check,
        ADD CONSTRAINT codes_purpose_check CHECK (purpose IN ('action', 'mandate', 'verification')),
        DROP CONSTRAINT codes_decoy_check,
        ADD CONSTRAINT codes_decoy_check CHECK ((person_id IS NOT NULL AND contact_point_id IS NOT NULL)
          OR (purpose = 'verification' AND call_id IS NOT NULL AND contact_point_id IS NULL));
      DROP TABLE sessions;
    `);
  }
}
