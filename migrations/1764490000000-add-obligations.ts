import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What came with the permits that were used, and what became of it. */
export class AddObligations1764490000000 implements MigrationInterface {
  readonly name = 'AddObligations1764490000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE obligations (
        -- The decision's id, a dot, and the place in its list.
        id text NOT NULL,
        execution_id uuid NOT NULL,
        call_id uuid NOT NULL,
        action text NOT NULL,
        -- Of the action, when it was done.
        scope text NOT NULL,
        type text NOT NULL,
        -- What to say, by language.
        texts jsonb,
        needs_receipt boolean NOT NULL,
        state text NOT NULL DEFAULT 'open',
        -- Whose key the note is under.
        sealed_for uuid NOT NULL,
        note_sealed bytea,
        opened_at timestamptz NOT NULL,
        reported_at timestamptz,
        -- When subscribers heard that it is still open.
        told_at timestamptz,
        CONSTRAINT obligations_pkey PRIMARY KEY (id),
        CONSTRAINT obligations_execution_fkey FOREIGN KEY (execution_id) REFERENCES executions (id),
        CONSTRAINT obligations_call_fkey FOREIGN KEY (call_id) REFERENCES calls (id),
        CONSTRAINT obligations_sealed_for_fkey FOREIGN KEY (sealed_for) REFERENCES people (id),
        -- A check reads these without escaping them.
        CONSTRAINT obligations_id_check CHECK (id ~ '^[0-9a-f-]{36}\\.[0-9]{1,3}\\.[0-9]{1,2}$'),
        CONSTRAINT obligations_scope_check CHECK (scope ~ '^[a-z][a-z0-9_-]{0,59}$'),
        CONSTRAINT obligations_type_check CHECK (type ~ '^[a-z][a-z_]{0,39}$'),
        CONSTRAINT obligations_state_check CHECK (state IN ('open', 'failed', 'done')),
        CONSTRAINT obligations_reported_check CHECK ((state = 'open') = (reported_at IS NULL))
      );
      -- What is owed in this call?
      CREATE INDEX obligations_call_idx ON obligations (call_id);
      -- What is open, and nobody has heard of it?
      CREATE INDEX obligations_untold_idx ON obligations (opened_at)
        WHERE needs_receipt AND state <> 'done' AND told_at IS NULL;

      GRANT SELECT, INSERT ON obligations TO mandaat_app;
      GRANT UPDATE (state, note_sealed, reported_at, told_at) ON obligations TO mandaat_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE obligations');
  }
}
