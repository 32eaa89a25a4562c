import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Budgets of callers whom nobody knows: by what they say of themselves, so that they outlive the call as everybody's do. */
export class AddClaimBudgets1763900000000 implements MigrationInterface {
  name = 'AddClaimBudgets1763900000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      -- Keyed hashes of what was claimed, under a key of their own: they meet no contact point and no name. Empty for a
      -- caller whom somebody knows, and for one who claimed nothing.
      ALTER TABLE calls ADD COLUMN claim_keys bytea[] NOT NULL DEFAULT '{}';
      ALTER TABLE codes ADD COLUMN claim_keys bytea[] NOT NULL DEFAULT '{}';

      -- call_id stays for processes that still write it while this one comes.
      ALTER TABLE code_budget_entries ADD COLUMN claim_key bytea,
        DROP CONSTRAINT code_budget_entries_owner_check,
        ADD CONSTRAINT code_budget_entries_owner_check CHECK (num_nonnulls(person_id, call_id, claim_key) = 1);
      -- How many sends or failures of whoever claims this lie within a window?
      CREATE INDEX code_budget_entries_claim_idx ON code_budget_entries (claim_key, kind, at) WHERE claim_key IS NOT NULL;
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DELETE FROM code_budget_entries WHERE claim_key IS NOT NULL;
      ALTER TABLE code_budget_entries DROP CONSTRAINT code_budget_entries_owner_check,
        ADD CONSTRAINT code_budget_entries_owner_check CHECK (num_nonnulls(person_id, call_id) = 1),
        DROP COLUMN claim_key;
      ALTER TABLE codes DROP COLUMN claim_keys;
      ALTER TABLE calls DROP COLUMN claim_keys;
    `);
  }
}
