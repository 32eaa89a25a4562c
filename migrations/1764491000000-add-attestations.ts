import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What an agent can, what keeps them from something, and what they were trained in or signed for. */
export class AddAttestations1764491000000 implements MigrationInterface {
  readonly name = 'AddAttestations1764491000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE agents ADD COLUMN skills text[] NOT NULL DEFAULT '{}', ADD COLUMN flags text[] NOT NULL DEFAULT '{}';

      CREATE TABLE agent_attestations (
        id uuid CONSTRAINT agent_attestations_pkey PRIMARY KEY,
        agent_id uuid NOT NULL,
        -- A name of the policy; checks write it into JSON as it is.
        kind text NOT NULL,
        -- Where it counts; NULL = on every channel.
        channel text,
        issued_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        recorded_by text NOT NULL,
        recorded_at timestamptz NOT NULL,
        withdrawn_at timestamptz,
        CONSTRAINT agent_attestations_agent_fkey FOREIGN KEY (agent_id) REFERENCES agents (id),
        CONSTRAINT agent_attestations_kind_check CHECK (kind ~ '^[a-z][a-z0-9_-]{0,59}$'),
        CONSTRAINT agent_attestations_channel_check
          CHECK (channel IN ('phone', 'chat', 'whatsapp', 'email', 'video', 'desk', 'letter', 'social')),
        CONSTRAINT agent_attestations_period_check CHECK (issued_at < expires_at),
        CONSTRAINT agent_attestations_withdrawn_check CHECK (withdrawn_at >= recorded_at)
      );
      -- What counts for this agent now? A renewal stands beside what it renews; the same is not recorded twice.
      CREATE UNIQUE INDEX agent_attestations_live_key ON agent_attestations
        (agent_id, expires_at, kind, issued_at, coalesce(channel, '')) WHERE withdrawn_at IS NULL;
      -- What expires soon?
      CREATE INDEX agent_attestations_expiry_idx ON agent_attestations (expires_at, id) WHERE withdrawn_at IS NULL;

      GRANT SELECT, INSERT, UPDATE ON agent_attestations TO mandaat_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE agent_attestations');
    await runner.query('ALTER TABLE agents DROP COLUMN skills, DROP COLUMN flags');
  }
}
