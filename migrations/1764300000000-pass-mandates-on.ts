import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A holder may let a proxy pass a mandate on: one step, and for as long as the mandate itself. */
export class PassMandatesOn1764300000000 implements MigrationInterface {
  readonly name = 'PassMandatesOn1764300000000';

  async up(runner: QueryRunner): Promise<void> {
    // NOT VALID: the rows that are there were made by the narrower rules, and nobody waits for a look at all of them.
    await runner.query(`
      ALTER TABLE mandates
        ADD COLUMN may_pass_on boolean NOT NULL DEFAULT false,
        -- The mandate that this one was made from, by its proxy; null = the holder gave it.
        ADD COLUMN parent_id uuid;
      ALTER TABLE mandates
        ADD CONSTRAINT mandates_parent_fkey FOREIGN KEY (parent_id) REFERENCES mandates (id) NOT VALID,
        -- One step: what was passed on is not passed on again.
        ADD CONSTRAINT mandates_one_step_check CHECK (parent_id IS NULL OR NOT may_pass_on) NOT VALID,
        DROP CONSTRAINT mandates_ending_check,
        ADD CONSTRAINT mandates_ending_check CHECK (
          (state = 'ended') = (ending IS NOT NULL) AND (state = 'ended') = (ended_at IS NOT NULL)
          AND ending IN ('expired', 'withdrawn_by_holder', 'renounced_by_proxy', 'refused_by_organisation', 'life_event',
            'withdrawn_by_proxy')) NOT VALID;
      -- Of the same holder, in other hands, and itself given by the holder.
      CREATE FUNCTION mandates_check_parent() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        PERFORM FROM mandates p WHERE p.id = NEW.parent_id AND p.parent_id IS NULL
          AND p.holder_id = NEW.holder_id AND p.proxy_id <> NEW.proxy_id;
        IF NOT FOUND THEN
          RAISE EXCEPTION 'not a parent of this mandate' USING ERRCODE = 'check_violation', CONSTRAINT = 'mandates_parent_check';
        END IF;
        RETURN NEW;
      END $$;
      CREATE TRIGGER mandates_check_parent BEFORE INSERT OR UPDATE OF parent_id, holder_id, proxy_id ON mandates
        FOR EACH ROW WHEN (NEW.parent_id IS NOT NULL) EXECUTE FUNCTION mandates_check_parent();
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TRIGGER mandates_check_parent ON mandates;
      DROP FUNCTION mandates_check_parent();
      DELETE FROM mandate_scopes WHERE mandate_id IN (SELECT id FROM mandates WHERE parent_id IS NOT NULL);
      DELETE FROM mandate_contracts WHERE mandate_id IN (SELECT id FROM mandates WHERE parent_id IS NOT NULL);
      DELETE FROM mandate_evidence WHERE mandate_id IN (SELECT id FROM mandates WHERE parent_id IS NOT NULL);
      DELETE FROM codes WHERE mandate_id IN (SELECT id FROM mandates WHERE parent_id IS NOT NULL);
      DELETE FROM mandates WHERE parent_id IS NOT NULL;
      ALTER TABLE mandates
        DROP COLUMN parent_id,
        DROP COLUMN may_pass_on,
        DROP CONSTRAINT mandates_ending_check,
        ADD CONSTRAINT mandates_ending_check CHECK (
          (state = 'ended') = (ending IS NOT NULL) AND (state = 'ended') = (ended_at IS NOT NULL)
          AND ending IN ('expired', 'withdrawn_by_holder', 'renounced_by_proxy', 'refused_by_organisation', 'life_event'));
    `);
  }
}
