import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Employees who are about to leave: whether they look at more customers than they used to, and that their access ends on time. */
export class WatchLeavers1764491000010 implements MigrationInterface {
  readonly name = 'WatchLeavers1764491000010';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- From this moment on they have nothing here any more: the midnight after their last day. NULL = nobody said that they leave.
      ALTER TABLE agents ADD COLUMN leaves_at timestamptz;
      -- Who is leaving?
      CREATE INDEX agents_leaving_idx ON agents (leaves_at) WHERE leaves_at IS NOT NULL;

      CREATE TABLE leaver_alarms (
        id uuid CONSTRAINT leaver_alarms_pkey PRIMARY KEY,
        agent_id uuid NOT NULL,
        -- In Europe/Amsterdam.
        day date NOT NULL,
        -- About how many contracts they opened calls that day when it was noticed, and how many would have been right.
        reached integer NOT NULL,
        most integer NOT NULL,
        raised_at timestamptz NOT NULL,
        closed_at timestamptz,
        CONSTRAINT leaver_alarms_agent_fkey FOREIGN KEY (agent_id) REFERENCES agents (id),
        -- One day raises one alarm, in however many processes it is looked at.
        CONSTRAINT leaver_alarms_day_key UNIQUE (agent_id, day),
        CONSTRAINT leaver_alarms_reached_check CHECK (reached > most AND most >= 0),
        CONSTRAINT leaver_alarms_closed_check CHECK (closed_at >= raised_at)
      );
      -- What nobody has dealt with, the oldest first?
      CREATE INDEX leaver_alarms_open_idx ON leaver_alarms (raised_at, id) WHERE closed_at IS NULL;

      GRANT SELECT, INSERT, UPDATE ON leaver_alarms TO mandaat_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE leaver_alarms');
    await runner.query('ALTER TABLE agents DROP COLUMN leaves_at');
  }
}
