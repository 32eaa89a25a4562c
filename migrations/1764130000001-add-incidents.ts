import type { MigrationInterface, QueryRunner } from 'typeorm';

/** "This wasn't me, this isn't right": what people question in their activity. */
export class AddIncidents1764130000001 implements MigrationInterface {
  readonly name = 'AddIncidents1764130000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE incidents (
        id uuid CONSTRAINT incidents_pkey PRIMARY KEY,
        person_id uuid NOT NULL,
        -- Of the audit: it may have been archived since, so nothing refers to it.
        record_id uuid NOT NULL,
        record_kind text NOT NULL,
        -- What they say, sealed with their own key.
        text_sealed bytea NOT NULL,
        state text NOT NULL DEFAULT 'open',
        opened_at timestamptz NOT NULL,
        closed_at timestamptz,
        CONSTRAINT incidents_person_fkey FOREIGN KEY (person_id) REFERENCES people (id),
        CONSTRAINT incidents_state_check CHECK (state IN ('open', 'closed')),
        CONSTRAINT incidents_closed_check CHECK ((state = 'closed') = (closed_at IS NOT NULL))
      );
      -- One open question about one entry: saying it twice, also at the same time, is saying it once.
      CREATE UNIQUE INDEX incidents_open_key ON incidents (person_id, record_id) WHERE state = 'open';
      -- Which wait for somebody, the oldest first?
      CREATE INDEX incidents_state_idx ON incidents (state, opened_at, id);
      GRANT SELECT, INSERT, UPDATE ON incidents TO mandaat_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE incidents');
  }
}
