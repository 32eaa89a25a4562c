import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Merkle trees over the audit's chains, and the checkpoints that were signed over their heads. */
export class AddCheckpoints1763810000000 implements MigrationInterface {
  readonly name = 'AddCheckpoints1763810000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- How far the tree over each chain has grown: so many records, the last with this hash. No foreign key to the chain:
      -- its check would wait for whoever is writing to the chain.
      CREATE TABLE audit_trees (
        chain_id integer PRIMARY KEY,
        size bigint NOT NULL,
        head bytea NOT NULL,
        CONSTRAINT audit_trees_size_check CHECK (size BETWEEN 0 AND 9007199254740991),
        CONSTRAINT audit_trees_head_check CHECK (length(head) = 32)
      );
      -- The trees' hashes, 256 a row: those of the leaves at level 0, the heads of full rows of one level at the next.
      CREATE TABLE audit_tiles (
        chain_id integer NOT NULL,
        level smallint NOT NULL,
        index bigint NOT NULL,
        hashes bytea NOT NULL,
        CONSTRAINT audit_tiles_pkey PRIMARY KEY (chain_id, level, index),
        CONSTRAINT audit_tiles_tree_fkey FOREIGN KEY (chain_id) REFERENCES audit_trees (chain_id),
        CONSTRAINT audit_tiles_hashes_check CHECK (length(hashes) BETWEEN 32 AND 8192 AND length(hashes) % 32 = 0)
      );
      -- Hashes don't get smaller by compressing.
      ALTER TABLE audit_tiles ALTER COLUMN hashes SET STORAGE EXTERNAL;

      CREATE TABLE audit_checkpoints (
        number bigint PRIMARY KEY,
        taken_at timestamptz NOT NULL,
        -- The signed text, as it is exported.
        jws text NOT NULL,
        CONSTRAINT audit_checkpoints_number_check CHECK (number > 0)
      );

      -- Trees only grow: nothing that was in one changes.
      CREATE FUNCTION audit_trees_only_grow() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF NEW.chain_id = OLD.chain_id AND NEW.size >= OLD.size THEN RETURN NEW; END IF;
        RAISE EXCEPTION 'a tree only grows' USING ERRCODE = 'insufficient_privilege';
      END $$;
      CREATE TRIGGER audit_trees_only_grow BEFORE UPDATE ON audit_trees
        FOR EACH ROW EXECUTE FUNCTION audit_trees_only_grow();
      CREATE FUNCTION audit_tiles_only_grow() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF (NEW.chain_id, NEW.level, NEW.index) = (OLD.chain_id, OLD.level, OLD.index)
          AND substring(NEW.hashes FOR length(OLD.hashes)) = OLD.hashes THEN RETURN NEW; END IF;
        RAISE EXCEPTION 'a tree only grows' USING ERRCODE = 'insufficient_privilege';
      END $$;
      CREATE TRIGGER audit_tiles_only_grow BEFORE UPDATE ON audit_tiles
        FOR EACH ROW EXECUTE FUNCTION audit_tiles_only_grow();
      CREATE TRIGGER audit_trees_refuse BEFORE DELETE OR TRUNCATE ON audit_trees
        FOR EACH STATEMENT EXECUTE FUNCTION audit_records_refuse();
      CREATE TRIGGER audit_tiles_refuse BEFORE DELETE OR TRUNCATE ON audit_tiles
        FOR EACH STATEMENT EXECUTE FUNCTION audit_records_refuse();
      CREATE TRIGGER audit_checkpoints_refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_checkpoints
        FOR EACH STATEMENT EXECUTE FUNCTION audit_records_refuse();

      GRANT SELECT, INSERT ON audit_checkpoints, audit_trees, audit_tiles TO mandaat_app;
      GRANT UPDATE (size, head) ON audit_trees TO mandaat_app;
      GRANT UPDATE (hashes) ON audit_tiles TO mandaat_app;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE audit_checkpoints, audit_tiles, audit_trees;
      DROP FUNCTION audit_trees_only_grow, audit_tiles_only_grow;
    `);
  }
}
