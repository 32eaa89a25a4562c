import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Employees do for people on the line what those would do in the self-service, in a session that is the call's. */
export class AddAssistance1764310000001 implements MigrationInterface {
  readonly name = 'AddAssistance1764310000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- The call and the employee of an assisted session; null = its person has it themselves.
      ALTER TABLE sessions
        ADD COLUMN call_id uuid,
        ADD COLUMN agent_id uuid,
        ADD CONSTRAINT sessions_call_fkey FOREIGN KEY (call_id) REFERENCES calls (id),
        ADD CONSTRAINT sessions_agent_fkey FOREIGN KEY (agent_id) REFERENCES agents (id),
        DROP CONSTRAINT sessions_methods_check,
        ADD CONSTRAINT sessions_methods_check CHECK (cardinality(methods) > 0
          AND methods <@ ARRAY['sms', 'voice', 'email', 'totp', 'passkey', 'openid', 'employee']),
        -- An employee in between proves no more than a telephone: what needs two factors stays the person's own.
        ADD CONSTRAINT sessions_assistance_check CHECK ((call_id IS NULL) = (agent_id IS NULL)
          AND (call_id IS NOT NULL) = ('employee' = ANY (methods)) AND (call_id IS NULL OR strength = 2));

      -- What an employee did in such a session, as the letter about it says.
      CREATE TABLE assisted_acts (
        id uuid CONSTRAINT assisted_acts_pkey PRIMARY KEY,
        session_id uuid NOT NULL,
        operation text NOT NULL,
        begun_at timestamptz NOT NULL,
        -- Null: it was not done.
        done_at timestamptz,
        -- What was answered, in the person's words and sealed with their key; null = the letter does not tell it.
        lines_sealed bytea,
        CONSTRAINT assisted_acts_session_fkey FOREIGN KEY (session_id) REFERENCES sessions (id) ON DELETE CASCADE,
        CONSTRAINT assisted_acts_lines_check CHECK (lines_sealed IS NULL OR done_at IS NOT NULL)
      );
      -- What does the letter about this session say? And what goes with it?
      CREATE INDEX assisted_acts_session_idx ON assisted_acts (session_id, begun_at);
      GRANT SELECT, INSERT, UPDATE ON assisted_acts TO mandaat_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE assisted_acts;
      DELETE FROM sessions WHERE call_id IS NOT NULL;
      ALTER TABLE sessions
        DROP CONSTRAINT sessions_assistance_check,
        DROP CONSTRAINT sessions_methods_check,
        ADD CONSTRAINT sessions_methods_check CHECK (cardinality(methods) > 0
          AND methods <@ ARRAY['sms', 'voice', 'email', 'totp', 'passkey', 'openid']),
        DROP COLUMN agent_id,
        DROP COLUMN call_id;
    `);
  }
}
