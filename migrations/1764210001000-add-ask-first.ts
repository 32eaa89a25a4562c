import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What people want to be asked about before it is done on their say-so. */
export class AddAskFirst1764210001000 implements MigrationInterface {
  readonly name = 'AddAskFirst1764210001000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE ask_first (
        person_id uuid NOT NULL,
        scope text NOT NULL,
        chosen_at timestamptz NOT NULL,
        -- What does this holder want to be asked about? Read in every check.
        CONSTRAINT ask_first_pkey PRIMARY KEY (person_id, scope),
        CONSTRAINT ask_first_person_fkey FOREIGN KEY (person_id) REFERENCES people (id),
        CONSTRAINT ask_first_scope_check CHECK (scope ~ '^[a-z][a-z0-9_]*$')
      );
      GRANT SELECT, INSERT, DELETE ON ask_first TO mandaat_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE ask_first');
  }
}
