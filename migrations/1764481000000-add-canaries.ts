import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Customers who do not exist: nobody has a reason to look at them, so whoever does is found out. */
export class AddCanaries1764481000000 implements MigrationInterface {
  readonly name = 'AddCanaries1764481000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE canaries (
        id uuid CONSTRAINT canaries_pkey PRIMARY KEY,
        person_id uuid NOT NULL,
        marked_at timestamptz NOT NULL,
        ended_at timestamptz,
        CONSTRAINT canaries_person_fkey FOREIGN KEY (person_id) REFERENCES people (id),
        CONSTRAINT canaries_period_check CHECK (ended_at >= marked_at)
      );
      -- Nobody is marked twice at a time.
      CREATE UNIQUE INDEX canaries_live_key ON canaries (person_id) WHERE ended_at IS NULL;

      CREATE TABLE canary_alarms (
        id uuid CONSTRAINT canary_alarms_pkey PRIMARY KEY,
        canary_id uuid NOT NULL,
        -- What was done, as the audit has it. It may be gone from there before the alarm is.
        record_id uuid NOT NULL,
        record_kind text NOT NULL,
        actor text NOT NULL,
        call_id uuid,
        touched_at timestamptz NOT NULL,
        raised_at timestamptz NOT NULL,
        closed_at timestamptz,
        CONSTRAINT canary_alarms_canary_fkey FOREIGN KEY (canary_id) REFERENCES canaries (id),
        -- One record raises one alarm, however many look for it.
        CONSTRAINT canary_alarms_record_key UNIQUE (record_id),
        CONSTRAINT canary_alarms_closed_check CHECK (closed_at >= raised_at)
      );
      -- What nobody has dealt with, the oldest first?
      CREATE INDEX canary_alarms_open_idx ON canary_alarms (raised_at, id) WHERE closed_at IS NULL;

      GRANT SELECT, INSERT, UPDATE ON canaries, canary_alarms TO mandaat_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE canary_alarms, canaries');
  }
}
