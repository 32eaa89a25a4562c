import { Pool } from 'pg';

import { AuditVerifier } from '../../../src/audit/audit-verifier.ts';
import { withClient } from './cluster.ts';
import { executionOf, type Outcome } from './traffic.ts';

/** What clients were told, held against what the database kept: after any fault both must agree. */
export interface Balance {
  /** Answers with 200 that no record tells of. */
  readonly unrecorded: number;
  /** Executions that were answered and don't exist. */
  readonly undone: number;
  /** Executions without a record, records of executions that don't exist, executions without the holder's notice. */
  readonly halfDone: number;
  /** Confirmations that were used up more than once for one action, or for nothing. */
  readonly doublyUsed: number;
  /** Faults of the audit's chains. */
  readonly broken: number;
}

export const CLEAN: Balance = { unrecorded: 0, undone: 0, halfDone: 0, doublyUsed: 0, broken: 0 };

export async function balance(ownerUrl: string, outcomes: readonly Outcome[]): Promise<Balance> {
  const answered = outcomes.filter(({ status }) => status === 200);
  const checks = answered.map(({ body }) => String(body.id));
  const executions = answered.map(executionOf).filter((id) => id !== null);
  const counts = await withClient(ownerUrl, async (client) => {
    const { rows } = await client.query<Omit<Balance, 'broken'>>(
      `WITH done AS (
         SELECT r.id AS check_id, e.value::uuid AS id
         FROM audit_records r, jsonb_each_text(r.body::jsonb -> 'executions') e WHERE r.kind = 'check.executed'
       )
       SELECT
         (SELECT count(*)::int FROM unnest($1::uuid[]) a (id)
           WHERE NOT EXISTS (SELECT FROM audit_records r WHERE r.id = a.id)) AS unrecorded,
         (SELECT count(*)::int FROM unnest($2::uuid[]) a (id)
           WHERE NOT EXISTS (SELECT FROM executions x WHERE x.id = a.id)) AS undone,
         (SELECT count(*)::int FROM executions x WHERE (SELECT count(*) FROM done d WHERE d.id = x.id) <> 1)
           + (SELECT count(*)::int FROM done d WHERE NOT EXISTS (SELECT FROM executions x WHERE x.id = d.id))
           + (SELECT count(*)::int FROM executions x WHERE NOT EXISTS (SELECT FROM messages m
               WHERE m.template = 'action_executed' AND m.parameters ->> 'executionId' = x.id::text)) AS "halfDone",
         (SELECT count(*)::int FROM (SELECT FROM code_uses GROUP BY code_id, action_key_hash HAVING count(*) > 1) u)
           + (SELECT count(*)::int FROM code_uses u
               WHERE NOT EXISTS (SELECT FROM executions x WHERE x.id = u.execution_id)) AS "doublyUsed"`,
      [checks, executions],
    );
    return rows[0]!;
  });
  return { ...counts, broken: await brokenChains(ownerUrl) };
}

/** How often each call had an action done. */
export async function executionsOf(ownerUrl: string, callId: string, action: string): Promise<number> {
  return withClient(ownerUrl, async (client) => {
    const { rows } = await client.query<{ count: number }>(
      'SELECT count(*)::int FROM executions WHERE call_id = $1 AND action = $2',
      [callId, action],
    );
    return rows[0]!.count;
  });
}

/** Forges history as only the tables' owner can: without this record nobody was ever told. */
export async function eraseRecord(ownerUrl: string, id: string): Promise<void> {
  await withClient(ownerUrl, async (client) => {
    await client.query('ALTER TABLE audit_records DISABLE TRIGGER USER');
    await client.query('DELETE FROM audit_records WHERE id = $1', [id]);
    await client.query('ALTER TABLE audit_records ENABLE TRIGGER USER');
  });
}

async function brokenChains(ownerUrl: string): Promise<number> {
  const pool = new Pool({ connectionString: ownerUrl, max: 1 });
  pool.on('error', () => undefined);
  try {
    return (await new AuditVerifier(pool).verify()).faults.length;
  } finally {
    await pool.end();
  }
}
