import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whom an agent has had in calls, and whom a key has looked up, lately: what the caps on distinct people count. */
export class CapReach1764480000000 implements MigrationInterface {
  readonly name = 'CapReach1764480000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE reaches (
        -- Who reached somebody: agent:<id> in a call, key:<id> in a look-up.
        reacher text NOT NULL,
        -- A person; or a number of its own, where a guess reached nobody.
        reached_id uuid NOT NULL,
        -- The last time.
        at timestamptz NOT NULL,
        -- Was this one reached within the hour?
        CONSTRAINT reaches_pkey PRIMARY KEY (reacher, reached_id),
        CONSTRAINT reaches_reacher_check CHECK (reacher ~ '^(agent|key):')
      );
      -- How many were reached within the hour?
      CREATE INDEX reaches_at_idx ON reaches (reacher, at);

      -- What no window reaches any more goes.
      GRANT SELECT, INSERT, UPDATE, DELETE ON reaches TO mandaat_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE reaches');
  }
}
