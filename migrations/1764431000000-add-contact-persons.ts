import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A proxy may be a contact person of an organisation: one who acts alone, or one who acts together with another. */
export class AddContactPersons1764431000000 implements MigrationInterface {
  readonly name = 'AddContactPersons1764431000000';

  async up(runner: QueryRunner): Promise<void> {
    // NOT VALID: what is there has none, and nobody waits for a look at all of it.
    await runner.query(`
      ALTER TABLE mandates ADD COLUMN contact_rule text;
      ALTER TABLE mandates
        ADD CONSTRAINT mandates_contact_rule_check CHECK (contact_rule IN ('several', 'joint')) NOT VALID,
        -- Given by the organisation itself. What they hand on they give in its name: passed on, a joint one would be alone.
        ADD CONSTRAINT mandates_contact_check
          CHECK (contact_rule IS NULL OR (parent_id IS NULL AND NOT may_pass_on)) NOT VALID;
    `);
    // Who else speaks for this organisation? Read in checks, and few holders have any.
    await runner.query(
      `CREATE INDEX mandates_contacts_idx ON mandates (holder_id) WHERE contact_rule IS NOT NULL AND state = 'active'`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX mandates_contacts_idx; ALTER TABLE mandates DROP COLUMN contact_rule');
  }
}
