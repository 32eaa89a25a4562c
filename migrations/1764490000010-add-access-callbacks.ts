import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whom to tell that an access request has ended. Written with the request, due with its end. */
export class AddAccessCallbacks1764490000010 implements MigrationInterface {
  readonly name = 'AddAccessCallbacks1764490000010';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE access_callbacks (
        request_id uuid NOT NULL,
        endpoint text NOT NULL,
        -- As the asking side gave it, to know its own request by.
        opaque text,
        -- The ends that it wants to hear of; NULL = every one.
        events text[],
        state text NOT NULL DEFAULT 'waiting',
        -- How the request ended.
        status text,
        attempts integer NOT NULL DEFAULT 0,
        due_at timestamptz,
        last_status integer,
        last_fault text,
        CONSTRAINT access_callbacks_pkey PRIMARY KEY (request_id),
        -- It goes with its request, a day after the call.
        CONSTRAINT access_callbacks_request_fkey FOREIGN KEY (request_id) REFERENCES access_requests (id) ON DELETE CASCADE,
        CONSTRAINT access_callbacks_state_check CHECK (state IN ('waiting', 'pending', 'delivered', 'failed', 'unwanted')),
        CONSTRAINT access_callbacks_status_check CHECK ((state = 'waiting') = (status IS NULL)),
        CONSTRAINT access_callbacks_due_check CHECK ((state = 'pending') = (due_at IS NOT NULL))
      );
      -- What has perhaps ended, and nobody asked?
      CREATE INDEX access_callbacks_waiting_idx ON access_callbacks (request_id) WHERE state = 'waiting';
      -- What is to be sent now?
      CREATE INDEX access_callbacks_due_idx ON access_callbacks (due_at) WHERE state = 'pending';

      GRANT SELECT, INSERT, UPDATE ON access_callbacks TO mandaat_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE access_callbacks');
  }
}
