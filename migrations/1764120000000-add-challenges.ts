import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Ways in besides a code: what must come back, and what a session and an authenticator app have to know of it. */
export class AddChallenges1764120000000 implements MigrationInterface {
  name = 'AddChallenges1764120000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      -- What we gave to a browser and want back, once: the state of a sign-in elsewhere, the challenge of a passkey.
      CREATE TABLE challenges (
        -- SHA-256 of it, and of what binds it to the browser or the session that it was given to.
        value_hash bytea CONSTRAINT challenges_pkey PRIMARY KEY,
        bound_to_hash bytea NOT NULL,
        kind text NOT NULL,
        made_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        CONSTRAINT challenges_hashes_check CHECK (length(value_hash) = 32 AND length(bound_to_hash) = 32),
        CONSTRAINT challenges_kind_check CHECK (kind IN ('openid', 'passkey')),
        CONSTRAINT challenges_period_check CHECK (expires_at > made_at)
      );
      -- Which ones are over and can go?
      CREATE INDEX challenges_expires_idx ON challenges (expires_at);
      GRANT SELECT, INSERT, DELETE ON challenges TO mandaat_app;

      -- Contact points whose codes were typed in this session: two of them are worth more than one.
      ALTER TABLE sessions ADD COLUMN contact_point_ids uuid[] NOT NULL DEFAULT '{}';

      -- The session in which its owner added it; null = the CRM did, for somebody of whom nothing was proved.
      ALTER TABLE authenticators ADD COLUMN session_id uuid;
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE authenticators DROP COLUMN session_id;
      ALTER TABLE sessions DROP COLUMN contact_point_ids;
      DROP TABLE challenges;
    `);
  }
}
