import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';

import { Leavers } from '../../src/leavers/leavers.service.ts';
import { QueryListener } from '../support/captured-queries.ts';
import { Desk } from '../support/desk.ts';
import { fillFurther, tellFurtherStory } from '../support/further-story.ts';
import { fillDesk, tellHotStory } from '../support/hot-story.ts';
import { HOUSEKEEPING, indexesOf, PLANS_FILE, readPlans, shapesOf } from '../support/plans-on-file.ts';
import { growingWalks, planOf, plansOf, type Plan } from '../support/plans.ts';

/** Enough that the planner prefers an index wherever one fits; `npm run test:large` looks at a million. */
const SIZE = { holders: 3_000, records: 3_000 };

/** Tables whose rows belong to one holder, or to the people of one contract. */
const OWNED = new Set([
  'people',
  'contact_points',
  'contracts',
  'contract_holders',
  'mandates',
  'mandate_scopes',
  'mandate_contracts',
  'mandate_evidence',
  'blocks',
  'life_events',
  'representations',
  'legal_evidence',
  'legal_verdicts',
  'calls',
  'verifications',
  'authenticators',
  'codes',
  'code_budget_entries',
  'executions',
  'obligations',
  'code_uses',
  'messages',
  'ask_first',
  'passkeys',
  'support_codes',
  'sessions',
  'contact_changes',
  'mandate_requests',
  'registrations',
  'statements',
  'incidents',
  'access_requests',
]);

/**
 * Statements on those tables that name neither a person nor a contract: in tables spread by holder they would have to ask
 * everywhere, or find out first where to ask. `docs/growing.md` says what would become of each group.
 */
const EXCEPTIONS: Readonly<Record<string, readonly string[]>> = {
  'the request names the call, and nothing else yet': [
    'JOIN calls c ON c.id = i.id AND c.agent_id = coalesce(i.agent_id, c.agent_id) JOIN agents a ON a.id = c.agent_id',
    'FROM "calls" "CallEntity" WHERE (("CallEntity"."id" = $1)',
    'WHERE id = (SELECT contract_id FROM calls WHERE id = $1) FOR UPDATE',
    'WHERE c.id = $1)) ORDER BY parent_id IS NOT NULL, id FOR SHARE',
    'SELECT 1 FROM codes WHERE call_id = $1 ORDER BY id FOR UPDATE',
    "WHERE state = 'pending' AND call_id = $3 RETURNING id",
    'UPDATE calls SET ended_at = least($2, ends_at) WHERE id = $1',
  ],
  'nobody was recognised: it runs as for everybody else, and writes no row': [
    'INSERT INTO verifications (id, call_id, person_id, method, verified_at) SELECT',
  ],
  'the request names the code; the row that it reads first says whose it is': [
    'FROM "codes" "CodeEntity" WHERE (("CodeEntity"."id" = $1))',
    `FROM "codes" "code" WHERE "code"."id" = $1 AND "code"."purpose" IN ('action', 'mandate')`,
    'SELECT mandate_id FROM codes WHERE id = $1',
    'UPDATE codes SET tries = tries + 1 WHERE id = $1',
    "UPDATE codes SET state = 'approved'",
    'UPDATE codes SET counter = counter + 1',
    "UPDATE codes SET state = $2, answered_at = $3 WHERE id = $1 AND state = 'pending'",
    'FROM messages WHERE code_id = $1',
    'INSERT INTO code_uses (code_id, action_key_hash, execution_id)',
  ],
  'the request names the mandate; the row that it reads first says whose it is': [
    'ON proxy.id = m.proxy_id WHERE m.id = $1',
    'SELECT 1 FROM mandates WHERE id = $1 FOR UPDATE',
    'UPDATE "mandates" SET',
    'DELETE FROM mandate_scopes WHERE mandate_id = $1',
    'INSERT INTO mandate_scopes (mandate_id, scope, scope_version)',
    'INSERT INTO "mandate_evidence"',
    "SELECT id FROM mandates WHERE parent_id = $1 AND state <> 'ended'",
    "WHERE state = 'pending' AND mandate_id = $3 RETURNING id",
    'SELECT (SELECT revision FROM mandates WHERE id = $1',
  ],
  'the browser names its session; the row that it reads first says whose it is': [
    'FROM sessions WHERE id = $1 AND ended_at IS NULL',
    'UPDATE sessions SET used_at = clock_timestamp() WHERE id = $1',
    'FROM "sessions" "SessionEntity" WHERE (("SessionEntity"."id" = $1)',
  ],
  'the app was read by its owner, and is told by its id': ['UPDATE authenticators SET last_step = $2'],
  'what was asked for, told, owed or reported in a call lies with the call': [
    'FROM "access_requests" "AccessRequestEntity" WHERE (("AccessRequestEntity"."',
    'FROM access_requests WHERE call_id = $1',
    'INSERT INTO "access_requests"',
    'JOIN calls c ON c.id = b.call_id WHERE b.',
    'UPDATE obligations SET state = $2',
    'FROM statements s WHERE s.call_id = $1',
    'FROM "incidents" "IncidentEntity" WHERE (("IncidentEntity"."call_id" = $1))',
  ],
  'the request names an execution': ['FROM executions x JOIN calls c ON c.id = x.call_id WHERE x.id = $1'],
  'a job names the message, or the code that is to become one; nobody waits for it': [
    'UPDATE codes SET route = $4, contact_point_id = $5',
    "FROM messages WHERE id = $1 AND state = 'queued'",
    'UPDATE messages SET state = $2',
    'AS charged FROM messages WHERE id = $1 FOR UPDATE',
    'UPDATE messages SET charged_on',
    'JOIN people person ON person.id = point.person_id WHERE point.id = $1',
  ],
  'it is how the holder is found: by a reference of the CRM, the mandate that was read out, or the number that calls': [
    'WHERE (("PersonEntity"."crm_ref" = $1))',
    'FROM contracts c WHERE c.contract_ref = $1',
    'SELECT proxy_id FROM mandates WHERE mandate_ref = $1',
    "FROM contact_points WHERE value_index = $1 AND kind = 'phone'",
    'FROM people WHERE crm_ref = ANY ($1)) AS people',
  ],
};

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

const listener = new QueryListener();
let desk: Desk;
let client: Client;
let plans: ReadonlyMap<string, Plan>;
/** Ids of people and contracts. */
let named: ReadonlySet<string>;

beforeAll(async () => {
  desk = await Desk.open();
  await fillDesk(desk, SIZE);
  await fillFurther(desk);
  await tellFurtherStory(desk, await tellHotStory(desk, listener), listener);
  client = new Client({ connectionString: desk.api.database.appUrl });
  await client.connect();
  plans = await plansOf(
    client,
    listener.captured.map(({ text }) => text),
  );
  const { rows } = await desk.owner.query<{ id: string }>('SELECT id FROM people UNION ALL SELECT id FROM contracts');
  named = new Set(rows.map(({ id }) => id));
}, 600_000);
afterAll(async () => {
  listener.stop();
  await client.end();
  await desk.close();
});

describe('What the service asks the database while somebody is on the line', () => {
  it.each([
    [
      'the facts of a batch of checks',
      'JOIN calls c ON c.id = i.id AND c.agent_id = coalesce(i.agent_id, c.agent_id) JOIN agents a ON a.id = c.agent_id',
    ],
    ['the lock of the chain', 'FROM audit_chains WHERE id = <n> FOR UPDATE'],
    ['the append of records', 'INSERT INTO audit_records'],
    ['an opened call', 'INSERT INTO calls'],
    ['a try at a code', 'UPDATE codes SET tries = tries + 1'],
    ['the budgets', 'FROM code_budget_entries WHERE person_id = ANY ($1::uuid[]) AND at >'],
    ['the look-up of a key', 'JOIN api_keys k ON k.id = $1'],
    ['the next message of the outbox', 'skip locked'],
    ['a request that is repeated', 'INSERT INTO idempotency_keys'],
    ['a caller by the blind index of their number', 'FROM contact_points WHERE value_index = $1'],
    ['a holder by reference', '"crm_ref" = $1'],
    ['the last step of an authenticator app', 'UPDATE authenticators SET last_step'],
    ['a support code', 'UPDATE support_codes SET'],
    ['a call back, and every other proof', 'INSERT INTO verifications'],
    ['a code by post', `"CodeEntity"."state" = 'pending'`],
    ['a request of the standard API', 'access_requests'],
    ['a receipt', 'UPDATE obligations'],
    ['a statement', 'INSERT INTO statements'],
    ['an incident', 'incidents'],
    ['somebody who is signed in', 'FROM sessions WHERE id = $1'],
  ])('is heard by this test: %s', (_what, part) => {
    expect([...plans.keys()].filter((text) => text.includes(part))).not.toEqual([]);
  });

  it('walks through no table that grows with holders, calls or time', () => {
    const asked = [...plans].filter(([text]) => !HOUSEKEEPING.some((part) => text.includes(part)));
    const walks = asked.flatMap(([text, plan]) => growingWalks(plan).map((table) => `${table}: ${text}`));
    expect(walks).toEqual([]);
  });

  it('looks among the calls of who leaves by index, every minute, however many there were', async () => {
    const leavers = desk.api.app.get(Leavers, { strict: false });
    const heard = listener.captured.length;
    listener.step('leavers');
    await leavers.look();
    listener.step(null);
    const texts = listener.captured.slice(heard).map(({ text }) => text);
    const [gone = ''] = texts.filter((text) => text.includes('FROM agents a WHERE a.leaves_at <= now()'));
    const { shape } = await planOf(client, gone);
    expect(indexesOf(shape)).toContain('calls_agent_idx');
    // In no order all of them are gone through, one by one (positive control).
    const any = gone.replace('ORDER BY c.opened_at DESC LIMIT 1', 'LIMIT 1');
    expect(any).not.toBe(gone);
    expect(growingWalks(await planOf(client, any))).toEqual(['calls']);
  });

  it.each([
    ['a column without an index', 'UPDATE codes SET tries = 0 WHERE answered_at > $1', 'codes'],
    [
      'one statement for every combination of conditions',
      `UPDATE codes SET state = 'expired' WHERE state = 'pending' AND ($1::uuid IS NULL OR call_id = $1)
         AND ($2::uuid IS NULL OR mandate_id = $2)`,
      // Every open code, by whichever of the indexes that hold them.
      expect.stringMatching(/^codes_(agent|mandate|waiting)_idx$/),
    ],
    ['all entries of an index', 'SELECT count(*) FROM people WHERE language <> $1', 'people'],
    ['all months', 'SELECT 1 FROM audit_records WHERE actor = $1', 'audit_records_<month>'],
  ])('would not do so unseen: %s', async (_what, text, table) => {
    expect(growingWalks(await planOf(client, text))).toEqual(expect.arrayContaining([table]));
  });

  // A new or changed statement needs its plan looked at: MANDAAT_WRITE_PLANS=1 npm run test:large
  it(`goes by the indexes by which it goes with many more holders, see ${PLANS_FILE}`, async () => {
    const { shapes } = await readPlans();
    const asked = [...plans].filter(([text]) => !HOUSEKEEPING.some((part) => text.includes(part)));
    const found = shapesOf(new Map(asked));
    expect([...found.keys()].filter((text) => !shapes.has(text))).toEqual([]);
    // Where several fit as well, a small table may be read by one more.
    const others = [...found].filter(([text, shape]) => {
      const here = indexesOf(shape);
      return !indexesOf(shapes.get(text) ?? '').every((index) => here.includes(index));
    });
    expect(others).toEqual([]);
  });

  it('names a holder, another person or a contract, or stands among the exceptions with its reason', () => {
    const exceptions = Object.values(EXCEPTIONS).flat();
    const used = new Set<string>();
    const nameless = new Set<string>();
    for (const { text, values } of listener.captured) {
      const isOwned = [...(plans.get(text)?.tables ?? [])].some((table) => OWNED.has(table));
      const namesOne = (JSON.stringify(values).match(UUID) ?? []).some((id) => named.has(id));
      if (!isOwned || namesOne) continue;
      const fitting = exceptions.filter((part) => text.includes(part));
      for (const part of fitting) used.add(part);
      if (fitting.length === 0) nameless.add(text);
    }
    expect([...nameless]).toEqual([]);
    // An exception that nothing needs any more goes.
    expect(exceptions.filter((part) => !used.has(part))).toEqual([]);
  });
});
