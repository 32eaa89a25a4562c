import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Requests over the standard's wire that the holder be asked. Where they stand is in their codes; this binds the two. */
export class AddAccessRequests1764460000000 implements MigrationInterface {
  readonly name = 'AddAccessRequests1764460000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE access_requests (
        id uuid NOT NULL,
        approval_id uuid NOT NULL,
        call_id uuid NOT NULL,
        agent_id uuid NOT NULL,
        requester text NOT NULL,
        idempotency_key text,
        request_hash bytea NOT NULL,
        evaluation_ids text[] NOT NULL,
        code_ids uuid[] NOT NULL,
        is_list boolean NOT NULL,
        items jsonb NOT NULL,
        status text NOT NULL DEFAULT 'pending',
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        CONSTRAINT access_requests_pkey PRIMARY KEY (id),
        CONSTRAINT access_requests_call_fkey FOREIGN KEY (call_id) REFERENCES calls (id),
        CONSTRAINT access_requests_agent_fkey FOREIGN KEY (agent_id) REFERENCES agents (id),
        CONSTRAINT access_requests_status_check
          CHECK (status IN ('pending', 'approved', 'denied', 'expired', 'cancelled', 'failed', 'partial'))
      );
      -- What was approved by this?
      CREATE UNIQUE INDEX access_requests_approval_key ON access_requests (approval_id);
      -- What was asked with this key before?
      CREATE UNIQUE INDEX access_requests_key_key ON access_requests (requester, idempotency_key)
        WHERE idempotency_key IS NOT NULL;
      -- Was this denial used in this call before?
      CREATE INDEX access_requests_call_idx ON access_requests (call_id);
      -- What is old enough to go?
      CREATE INDEX access_requests_expiry_idx ON access_requests (expires_at);

      GRANT SELECT, INSERT, UPDATE, DELETE ON access_requests TO mandaat_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE access_requests');
  }
}
