import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who is told of changes, and what became of each message to them. Written by the worker that tells, never by who changes something. */
export class AddWebhooks1764450000000 implements MigrationInterface {
  readonly name = 'AddWebhooks1764450000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE webhooks (
        id uuid NOT NULL,
        url text NOT NULL,
        -- Null = all of them, also those that come later.
        types text[],
        description text,
        status text NOT NULL,
        disabled_reason text,
        failing_since timestamptz,
        secret_sealed bytea NOT NULL,
        secret_key_id text NOT NULL,
        previous_sealed bytea,
        previous_key_id text,
        previous_until timestamptz,
        -- What it has been told of: every change of an epoch before this one, and in this one what this snapshot sees.
        epoch integer NOT NULL,
        heard pg_snapshot NOT NULL,
        created_at timestamptz NOT NULL,
        changed_at timestamptz NOT NULL,
        CONSTRAINT webhooks_pkey PRIMARY KEY (id),
        CONSTRAINT webhooks_status_check CHECK (status IN ('enabled', 'disabled')),
        CONSTRAINT webhooks_reason_check CHECK (disabled_reason IN ('by_hand', 'gone', 'failing')
          AND status = 'disabled' OR disabled_reason IS NULL AND status = 'enabled'),
        CONSTRAINT webhooks_previous_check CHECK (num_nulls(previous_sealed, previous_key_id, previous_until) IN (0, 3))
      );

      -- No foreign key: what was sent to a webhook that is gone leaves in its time, not in one long statement.
      CREATE TABLE webhook_deliveries (
        id uuid NOT NULL,
        webhook_id uuid NOT NULL,
        -- The change that it tells of; null for a test.
        epoch integer,
        tx xid8,
        n bigint,
        type text NOT NULL,
        at timestamptz NOT NULL,
        state text NOT NULL DEFAULT 'pending',
        attempts integer NOT NULL DEFAULT 0,
        due_at timestamptz NOT NULL,
        tried_at timestamptz,
        last_status integer,
        last_fault text,
        CONSTRAINT webhook_deliveries_pkey PRIMARY KEY (id),
        CONSTRAINT webhook_deliveries_state_check CHECK (state IN ('pending', 'delivered', 'failed')),
        CONSTRAINT webhook_deliveries_change_check CHECK (num_nulls(epoch, tx, n) IN (0, 3))
      );
      -- What is to be sent now?
      CREATE INDEX webhook_deliveries_due_idx ON webhook_deliveries (webhook_id, due_at) WHERE state = 'pending';
      -- What was sent, the newest first; what failed since?
      CREATE INDEX webhook_deliveries_list_idx ON webhook_deliveries (webhook_id, at, id);
      -- What is old enough to go?
      CREATE INDEX webhook_deliveries_at_idx ON webhook_deliveries (at);

      GRANT SELECT, INSERT, UPDATE, DELETE ON webhooks, webhook_deliveries TO mandaat_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE webhook_deliveries; DROP TABLE webhooks');
  }
}
