import { Client } from 'pg';
import { mintKey } from '../src/auth/key-format.ts';
import { KeyRing } from '../src/crypto/key-ring.ts';
import { migrate } from '../src/database/migrate.ts';
import type { EmbeddedPostgres } from '../src/database/embedded-postgres.ts';
import { SUPERUSER } from '../src/database/roles.ts';
import { fill, type Progress, type WorldSize } from './world-fill.ts';
import { giveNames } from './world-names.ts';

/** A call that is open, with what requests about it must name. */
export interface BenchCall {
  readonly id: string;
  readonly agentId: string;
  readonly agentRef: string;
  readonly contractRef: string;
  readonly holderId: string;
  /** The holder's phone: codes go there. */
  readonly phoneId: string;
  readonly callerId: string;
  /** The caller by the CRM's own reference. */
  readonly callerRef: string;
  readonly mandateId: string;
  readonly isJoint: boolean;
  /** Which of the two mandates the caller holds: the first is the wider one. */
  readonly isWide: boolean;
  /** The caller's number; null for people whose data is only bytes, never to be read. */
  readonly callingNumber: string | null;
}

/** A filled database, and how to speak to it. */
export interface World {
  readonly name: string;
  readonly holders: number;
  readonly records: number;
  readonly ownerUrl: string;
  readonly appUrl: string;
  /** `MANDAAT_KEYS` for a service on this database. */
  readonly masterKeys: string;
  readonly ring: KeyRing;
  /** Text of an API key of scope `agent`; the header Mandaat-Agent names who acts. */
  readonly apiKey: string;
  /** Calls to check. */
  readonly calls: readonly BenchCall[];
  /** Calls of their own for codes: their many answered codes must not weigh on the checks. */
  readonly codeCalls: readonly BenchCall[];
}

/** Calls whose people have real names and numbers. Two people each, and 5,000 reserved numbers have to do. */
const MOST_KEYED = 2_000;

/**
 * Makes a database and fills it: people, contracts, mandates with evidence, agents, a key and open calls. Most names and
 * numbers are bytes without meaning, because nothing ever reads them; those that some row reads are real.
 *
 * @param masterKey 32 bytes
 */
export async function buildWorld(
  server: EmbeddedPostgres,
  name: string,
  size: WorldSize,
  masterKey: Buffer,
  onProgress: Progress,
): Promise<World> {
  await server.createDatabase(name);
  const ownerUrl = server.ownerUrl(name);
  await migrate(ownerUrl);
  const ring = new KeyRing([{ id: 'bench', key: masterKey }]);
  const superuser = new URL(ownerUrl);
  superuser.username = SUPERUSER;
  const client = new Client({ connectionString: superuser.href, application_name: 'mandaat bench' });
  await client.connect();
  try {
    // Only for filling: the service's own sessions commit durably, as always.
    await client.query('SET synchronous_commit = off');
    const minted = mintKey('test');
    await fill(client, size, minted, false, onProgress);
    const calls = await readCalls(client, 'check');
    const keyed = await giveNames(client, calls.slice(0, MOST_KEYED), ring);
    const withNumbers = (call: BenchCall): BenchCall => ({ ...call, callingNumber: keyed.get(call.callerId) ?? null });
    // The planner must know what is there, and the first minutes must not pay for our filling.
    await client.query('VACUUM (ANALYZE)');
    await client.query('CHECKPOINT');
    return {
      name,
      ...size,
      ownerUrl,
      appUrl: server.appUrl(name),
      masterKeys: `bench:${masterKey.toString('base64')}`,
      ring,
      apiKey: minted.text,
      calls: calls.map(withNumbers),
      codeCalls: await readCalls(client, 'code'),
    };
  } finally {
    await client.end();
  }
}

async function readCalls(client: Client, use: 'check' | 'code'): Promise<readonly BenchCall[]> {
  const { rows } = await client.query<Omit<BenchCall, 'callingNumber'>>(
    `SELECT c.id, c.agent_id AS "agentId", a.agent_ref AS "agentRef", k.contract_ref AS "contractRef",
       h.holder_id AS "holderId", p.id AS "phoneId", c.caller_id AS "callerId",
       u.crm_ref AS "callerRef", m.id AS "mandateId",
       k.joint_rule = 'all' AS "isJoint", 'subscription' = ANY (SELECT scope FROM mandate_scopes WHERE mandate_id = m.id) AS "isWide"
     FROM calls c
       JOIN agents a ON a.id = c.agent_id
       JOIN contracts k ON k.id = c.contract_id
       JOIN contract_holders h ON h.contract_id = k.id AND h.position = 1
       JOIN contact_points p ON p.person_id = h.holder_id AND p.kind = 'phone'
       JOIN people u ON u.id = c.caller_id
       JOIN mandates m ON m.proxy_id = c.caller_id AND m.holder_id = h.holder_id
     WHERE c.case_ref = $1 ORDER BY c.id`,
    [use],
  );
  return rows.map((row) => ({ ...row, callingNumber: null }));
}
