import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Employees sign in to the desk: their sessions. */
export class AddStaffSessions1764440000000 implements MigrationInterface {
  name = 'AddStaffSessions1764440000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE staff_sessions (
        id uuid CONSTRAINT staff_sessions_pkey PRIMARY KEY,
        agent_id uuid NOT NULL,
        -- SHA-256 of the whole token: the text itself is in one browser alone.
        token_hash bytea NOT NULL,
        -- Those that the provider named and the map of roles knows.
        roles text[] NOT NULL,
        -- The call that was opened last, to find back to.
        call_id uuid,
        opened_at timestamptz NOT NULL,
        used_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        ended_at timestamptz,
        CONSTRAINT staff_sessions_agent_fkey FOREIGN KEY (agent_id) REFERENCES agents (id),
        CONSTRAINT staff_sessions_call_fkey FOREIGN KEY (call_id) REFERENCES calls (id),
        CONSTRAINT staff_sessions_token_hash_check CHECK (length(token_hash) = 32),
        CONSTRAINT staff_sessions_roles_check CHECK (cardinality(roles) > 0),
        CONSTRAINT staff_sessions_period_check CHECK (expires_at > opened_at AND used_at >= opened_at)
      );
      -- Which sessions does this employee have?
      CREATE INDEX staff_sessions_agent_idx ON staff_sessions (agent_id) WHERE ended_at IS NULL;
      GRANT SELECT, INSERT, UPDATE, DELETE ON staff_sessions TO mandaat_app;
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE staff_sessions');
  }
}
