import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a holder has filled in of a mandate that they are about to give. */
export class AddGrantDrafts1764110000000 implements MigrationInterface {
  name = 'AddGrantDrafts1764110000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE grant_drafts (
        id uuid CONSTRAINT grant_drafts_pkey PRIMARY KEY,
        -- It is of use in this session alone.
        session_id uuid NOT NULL,
        person_id uuid NOT NULL,
        -- With the person's own key: erasure makes it unreadable.
        answers_sealed bytea NOT NULL,
        expires_at timestamptz NOT NULL,
        CONSTRAINT grant_drafts_session_fkey FOREIGN KEY (session_id) REFERENCES sessions (id) ON DELETE CASCADE,
        CONSTRAINT grant_drafts_person_fkey FOREIGN KEY (person_id) REFERENCES people (id)
      );
      -- Which go with this session?
      CREATE INDEX grant_drafts_session_idx ON grant_drafts (session_id);
      -- Which are over?
      CREATE INDEX grant_drafts_expiry_idx ON grant_drafts (expires_at);
      GRANT SELECT, INSERT, UPDATE, DELETE ON grant_drafts TO mandaat_app;
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE grant_drafts');
  }
}
