import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What subscribers hear of. Written in the transaction that changes something, read in the order of the transactions: a number
 * alone would come before one that was given out earlier and committed later.
 */
export class AddChanges1764410000000 implements MigrationInterface {
  readonly name = 'AddChanges1764410000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Numbers of transactions begin anew in a database that was restored from a dump: each restore is an epoch of its own.
      CREATE TABLE change_epochs (
        id integer GENERATED ALWAYS AS IDENTITY,
        began_at timestamptz NOT NULL,
        CONSTRAINT change_epochs_pkey PRIMARY KEY (id)
      );
      INSERT INTO change_epochs (began_at) VALUES (now());

      CREATE TABLE changes (
        epoch integer NOT NULL,
        tx xid8 NOT NULL DEFAULT pg_current_xact_id(),
        n bigint GENERATED ALWAYS AS IDENTITY,
        at timestamptz NOT NULL,
        type text NOT NULL,
        data jsonb NOT NULL,
        -- What came after this one?
        CONSTRAINT changes_pkey PRIMARY KEY (epoch, tx, n),
        CONSTRAINT changes_type_check CHECK (type ~ '^[a-z_]+\\.[a-z_]+$')
      );
      -- What is old enough to go?
      CREATE INDEX changes_at_idx ON changes (at);

      GRANT SELECT, INSERT ON change_epochs TO mandaat_app;
      GRANT SELECT, INSERT, DELETE ON changes TO mandaat_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE changes; DROP TABLE change_epochs');
  }
}
