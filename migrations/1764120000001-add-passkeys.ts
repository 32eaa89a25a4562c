import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Passkeys (WebAuthn) of people. */
export class AddPasskeys1764120000001 implements MigrationInterface {
  name = 'AddPasskeys1764120000001';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE passkeys (
        id uuid CONSTRAINT passkeys_pkey PRIMARY KEY,
        person_id uuid NOT NULL,
        -- SHA-256 of the credential's id, by which it is found when somebody shows it.
        credential_hash bytea NOT NULL,
        -- The credential's id and public key, sealed with the person's key.
        credential_sealed bytea NOT NULL,
        -- As the authenticator counts; stays 0 for those that don't.
        sign_count bigint NOT NULL,
        added_at timestamptz NOT NULL,
        used_at timestamptz,
        ended_at timestamptz,
        CONSTRAINT passkeys_person_fkey FOREIGN KEY (person_id) REFERENCES people (id),
        -- One that was removed stays known: it is never anybody else's.
        CONSTRAINT passkeys_credential_hash_key UNIQUE (credential_hash),
        CONSTRAINT passkeys_credential_hash_check CHECK (length(credential_hash) = 32),
        CONSTRAINT passkeys_sign_count_check CHECK (sign_count >= 0)
      );
      -- Which passkeys does this person have?
      CREATE INDEX passkeys_person_idx ON passkeys (person_id) WHERE ended_at IS NULL;
      GRANT SELECT, INSERT, UPDATE ON passkeys TO mandaat_app;
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE passkeys;');
  }
}
