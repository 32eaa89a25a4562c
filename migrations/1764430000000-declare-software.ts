import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Software that calls for somebody: who declared it, who answers for it, and how far its word ever counts. */
export class DeclareSoftware1764430000000 implements MigrationInterface {
  readonly name = 'DeclareSoftware1764430000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE software_callers (
        person_id uuid NOT NULL,
        -- The holder for whom it calls.
        holder_id uuid NOT NULL,
        -- C is never more than this, whatever it shows.
        ceiling smallint NOT NULL,
        -- Whom to reach about it, sealed with the software's own key.
        operator_sealed bytea NOT NULL,
        declared_at timestamptz NOT NULL,
        ended_at timestamptz,
        -- How far does this caller's word count? Read in checks of software alone.
        CONSTRAINT software_callers_pkey PRIMARY KEY (person_id),
        CONSTRAINT software_callers_person_fkey FOREIGN KEY (person_id) REFERENCES people (id),
        CONSTRAINT software_callers_holder_fkey FOREIGN KEY (holder_id) REFERENCES people (id),
        CONSTRAINT software_callers_ceiling_check CHECK (ceiling BETWEEN 1 AND 3),
        CONSTRAINT software_callers_period_check CHECK (ended_at >= declared_at)
      );
      -- Which software did this holder declare?
      CREATE INDEX software_callers_holder_idx ON software_callers (holder_id) WHERE ended_at IS NULL;
      GRANT SELECT, INSERT, UPDATE ON software_callers TO mandaat_app;
      -- Whether who is on the line said that it is software.
      ALTER TABLE calls ADD COLUMN is_software boolean NOT NULL DEFAULT false;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE calls DROP COLUMN is_software; DROP TABLE software_callers');
  }
}
