import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A policy may come into force later: the moment of an activation may lie ahead. Until then it can be called off, and nothing
 * else of it ever changes.
 */
export class SchedulePolicies1764470000000 implements MigrationInterface {
  readonly name = 'SchedulePolicies1764470000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE policy_activations ADD COLUMN cancelled_at timestamptz');
    await runner.query(`ALTER TABLE policy_activations
      ADD CONSTRAINT policy_activations_cancelled_check CHECK (cancelled_at < activated_at)`);
    await runner.query('GRANT UPDATE (cancelled_at) ON policy_activations TO mandaat_app');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('REVOKE UPDATE (cancelled_at) ON policy_activations FROM mandaat_app');
    await runner.query('DELETE FROM policy_activations WHERE cancelled_at IS NOT NULL OR activated_at > now()');
    await runner.query('ALTER TABLE policy_activations DROP COLUMN cancelled_at');
  }
}
