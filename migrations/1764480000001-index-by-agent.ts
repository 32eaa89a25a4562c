import type { MigrationInterface, QueryRunner } from 'typeorm';

/** So that what an agent has open is found at once when they are shut out. */
export class IndexByAgent1764480000001 implements MigrationInterface {
  readonly name = 'IndexByAgent1764480000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Which calls of this agent are open?
      CREATE INDEX calls_agent_idx ON calls (agent_id, opened_at);
      -- Which codes that this agent asked for are waiting?
      CREATE INDEX codes_agent_idx ON codes (agent_id, expires_at) WHERE state = 'pending';
      -- Which keys are bound to this agent?
      CREATE INDEX api_keys_agent_idx ON api_keys (agent_id) WHERE revoked_at IS NULL;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX api_keys_agent_idx, codes_agent_idx, calls_agent_idx');
  }
}
