import type { MigrationInterface, QueryRunner } from 'typeorm';

/** People ask others for a mandate. */
export class AddMandateRequests1764140000000 implements MigrationInterface {
  name = 'AddMandateRequests1764140000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      -- What somebody asked, kept whether or not the one they meant exists: the asker sees no difference.
      CREATE TABLE mandate_requests (
        id uuid CONSTRAINT mandate_requests_pkey PRIMARY KEY,
        -- Who asks.
        person_id uuid NOT NULL,
        session_id uuid NOT NULL,
        -- With the asker's key: whom they named, and for what.
        terms_sealed bytea NOT NULL,
        asked_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        -- The draft that came of it; null = not yet, or there is nobody to ask.
        mandate_id uuid,
        CONSTRAINT mandate_requests_person_fkey FOREIGN KEY (person_id) REFERENCES people (id),
        CONSTRAINT mandate_requests_mandate_fkey FOREIGN KEY (mandate_id) REFERENCES mandates (id),
        CONSTRAINT mandate_requests_mandate_id_key UNIQUE (mandate_id),
        CONSTRAINT mandate_requests_period_check CHECK (expires_at > asked_at)
      );
      -- What did this person ask, and how much of it today?
      CREATE INDEX mandate_requests_person_idx ON mandate_requests (person_id, asked_at);
      GRANT SELECT, INSERT, UPDATE, DELETE ON mandate_requests TO mandaat_app;
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE mandate_requests');
  }
}
