import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Employees report incidents from a call, and say how an incident ended. */
export class ReportIncidents1764492000010 implements MigrationInterface {
  readonly name = 'ReportIncidents1764492000010';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE incidents
        -- Whoever it is about questioned it, or what an employee reports.
        ADD COLUMN type text NOT NULL DEFAULT 'questioned',
        ADD COLUMN call_id uuid,
        ADD COLUMN reported_by uuid,
        -- How it ended, for who deals with them.
        ADD COLUMN note_sealed bytea,
        ADD COLUMN closed_by uuid,
        ADD CONSTRAINT incidents_call_fkey FOREIGN KEY (call_id) REFERENCES calls (id),
        ADD CONSTRAINT incidents_reported_by_fkey FOREIGN KEY (reported_by) REFERENCES agents (id),
        ADD CONSTRAINT incidents_closed_by_fkey FOREIGN KEY (closed_by) REFERENCES agents (id),
        ADD CONSTRAINT incidents_type_check CHECK (type IN ('questioned', 'secret_received', 'incidental_use', 'other')),
        ADD CONSTRAINT incidents_reported_check
          CHECK ((type = 'questioned') = (reported_by IS NULL) AND (reported_by IS NULL) = (call_id IS NULL)),
        -- Nobody closes what they reported themselves.
        ADD CONSTRAINT incidents_four_eyes_check CHECK (closed_by <> reported_by);
      -- One open question about an entry is enough; what employees report is never the same twice.
      CREATE INDEX incidents_call_idx ON incidents (call_id) WHERE call_id IS NOT NULL;
      DROP INDEX incidents_open_key;
      CREATE UNIQUE INDEX incidents_open_key ON incidents (person_id, record_id)
        WHERE state = 'open' AND type = 'questioned';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DELETE FROM incidents WHERE type <> 'questioned';
      DROP INDEX incidents_open_key;
      ALTER TABLE incidents
        DROP COLUMN closed_by, DROP COLUMN note_sealed, DROP COLUMN reported_by, DROP COLUMN call_id, DROP COLUMN type;
      CREATE UNIQUE INDEX incidents_open_key ON incidents (person_id, record_id) WHERE state = 'open';
    `);
  }
}
