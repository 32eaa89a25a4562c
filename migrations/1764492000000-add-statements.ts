import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What agents told callers. */
export class AddStatements1764492000000 implements MigrationInterface {
  readonly name = 'AddStatements1764492000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE statements (
        id uuid CONSTRAINT statements_pkey PRIMARY KEY,
        call_id uuid NOT NULL,
        -- Of the call: a later call about it may correct what was said.
        contract_id uuid NOT NULL,
        agent_id uuid NOT NULL,
        -- Of the agent, when they said it.
        role text NOT NULL,
        -- As whom the one on the line spoke.
        heard_as text NOT NULL,
        subject text NOT NULL,
        source text NOT NULL,
        -- With what the CRM had, when that was given.
        comparison text NOT NULL,
        -- The first statement, however often it was corrected.
        corrects uuid,
        -- Whose key the facts are under.
        sealed_for uuid NOT NULL,
        facts_sealed bytea NOT NULL,
        said_at timestamptz NOT NULL,
        CONSTRAINT statements_call_fkey FOREIGN KEY (call_id) REFERENCES calls (id),
        CONSTRAINT statements_contract_fkey FOREIGN KEY (contract_id) REFERENCES contracts (id),
        CONSTRAINT statements_agent_fkey FOREIGN KEY (agent_id) REFERENCES agents (id),
        CONSTRAINT statements_sealed_for_fkey FOREIGN KEY (sealed_for) REFERENCES people (id),
        -- A correction is about the contract that the first one was about.
        CONSTRAINT statements_contract_key UNIQUE (id, contract_id),
        CONSTRAINT statements_corrects_fkey FOREIGN KEY (corrects, contract_id) REFERENCES statements (id, contract_id),
        CONSTRAINT statements_corrects_check CHECK (corrects <> id),
        CONSTRAINT statements_heard_as_check CHECK (heard_as IN ('holder', 'proxy')),
        CONSTRAINT statements_subject_check CHECK (subject ~ '^[a-z][a-z_]{0,39}$'),
        CONSTRAINT statements_source_check CHECK (source ~ '^[a-z][a-z_]{0,39}$'),
        CONSTRAINT statements_comparison_check CHECK (comparison IN ('none', 'same', 'different'))
      );
      -- What was said in this call?
      CREATE INDEX statements_call_idx ON statements (call_id);
      -- Was this corrected?
      CREATE INDEX statements_corrects_idx ON statements (corrects) WHERE corrects IS NOT NULL;

      -- What was said stays said: a correction is a row of its own.
      GRANT SELECT, INSERT ON statements TO mandaat_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE statements');
  }
}
