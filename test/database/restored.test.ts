import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { readUnverified } from '../../src/audit/checkpoint.ts';
import { CheckpointFolder, readCheckpointFiles } from '../../src/audit/checkpoint-folder.ts';
import { CheckpointService } from '../../src/audit/checkpoint.service.ts';
import { makeKey } from '../support/app.ts';
import { atKeyboard, backedUp, beside, dropCopies, restored } from '../support/backups.ts';
import { type Answer, Desk } from '../support/desk.ts';

// The steps of "When something is lost" in docs/operations.md that `database restored` leaves to people. What a step says was
// done "since" is done here between the backup and the restore, and is gone after it.

const LONG = 180_000;
const HOLDER = '+493023125701';
const GUESSED = '+493023125702';
const [OLD_NUMBER, NEW_NUMBER] = ['+493023125714', '+493023125724'];
const DAMAGED = 'damaged';
const POLICY = 'policies/telecom.yaml';

interface Mandate {
  readonly id: string;
  readonly ref: string;
  readonly contract: string;
  readonly phone: string;
  readonly proxy: string;
}

interface World {
  readonly kept: Mandate;
  readonly withdrawn: Mandate;
  readonly renounced: Mandate;
  readonly blocked: Mandate;
  /** Of somebody whose number changes after the backup. */
  readonly moved: Mandate;
  /** The text of a key that is revoked after the backup. */
  readonly leaked: string;
  /** What was answered to a request with an `Idempotency-Key`. */
  readonly early: string;
}

let folder: string;
let laterFolder: string;
let policyFile: string;
let exportFile: string;
let desk: Desk;
let world: World;

/** What happened in the time that is lost. */
let late: string;
let policyOfLater: string;
let alteredId: string;
/** What `audit verify --checkpoint` printed: of what is damaged, and of what came back. */
let saidOfDamaged: readonly string[];
let saidOfRestored: readonly string[];

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'mandaat-checkpoints-'));
  laterFolder = await mkdtemp(path.join(tmpdir(), 'mandaat-checkpoints-'));
  policyFile = path.join(laterFolder, 'policy.yaml');
  exportFile = path.join(laterFolder, 'export.ndjson');
  desk = await Desk.open({ checkpointFolder: folder });
  const text = await readFile(POLICY, 'utf8');
  // Nobody may have an outage told any more but by letter.
  const changed = text.replace(/(\n {2}fault\.outage:\n(?: {4}.*\n)*? {4}channels: )\[[^\]]*\]/, '$1[letter]');
  expect(changed).not.toBe(text);
  await writeFile(policyFile, changed);
  await writeFile(exportFile, `${JSON.stringify({ type: 'person', crm_ref: 'P-4', ...movedPerson() })}\n`);

  world = await aWorld();
  expect(await guess(4)).toBe(4);
  await exportCheckpoint();
  desk = await backedUp(desk);
  await inTheLostTime();
  await exportCheckpoint();
  alteredId = await alter();
  desk = await restored(desk, {
    keep: DAMAGED,
    work: async () => {
      saidOfDamaged = await verify(DAMAGED);
      saidOfRestored = await verify();
    },
  });
}, LONG);

afterAll(async () => {
  await desk?.close();
  await dropCopies(desk, DAMAGED);
  for (const place of [folder, laterFolder]) await rm(place, { recursive: true, force: true });
});

function movedPerson(): object {
  const point = { kind: 'phone', value: NEW_NUMBER, verified_at: '2020-01-01T00:00:00Z' };
  return { kind: 'person', name: 'P-4 Voorbeeld', language: 'nl', contact_points: [point] };
}

async function aWorld(): Promise<World> {
  await desk.person('H-1', { phone: HOLDER });
  await desk.person('H-2', { phone: GUESSED });
  await desk.contract('C-guessed', ['H-2']);
  const mandates: Mandate[] = [];
  for (let at = 0; at < 5; at += 1) {
    const [proxy, contract, phone] = [`P-${at}`, `C-${at}`, `+49302312571${at}`];
    await desk.person(proxy, { phone });
    await desk.contract(contract, ['H-1']);
    mandates.push({ ...(await desk.mandate('H-1', proxy, ['billing'], [contract])), contract, phone, proxy });
  }
  const [kept, withdrawn, renounced, blocked, moved] = mandates as [Mandate, Mandate, Mandate, Mandate, Mandate];
  expect(moved.phone).toBe(OLD_NUMBER);
  for (const proxy of ['P-8', 'P-9']) await desk.person(proxy, { phone: `+49302312573${proxy.at(-1)}` });
  const { text: leaked } = await makeKey(desk.api, 'crm', { name: 'leaked' });
  return { kept, withdrawn, renounced, blocked, moved, leaked, early: await askOnce('early', 'P-8') };
}

async function inTheLostTime(): Promise<void> {
  const { withdrawn, renounced, blocked, leaked } = world;
  await crmSays();
  for (const mandate of [withdrawn, renounced, blocked]) expect(await mayBeTold(mandate)).not.toBe('permit');
  await run('keys', 'revoke', await idOfLeaked());
  expect(await statusWith(leaked)).toBe(401);
  await run('agents', 'put', 'A-2', '--role', 'agent', '--team', 'service', '--inactive');
  expect(await statusOfAgent('A-2')).toBe(403);
  await run('policy', 'load', policyFile);
  policyOfLater = await policyInForce();
  await desk.put('crm', '/v1/people/P-4', movedPerson());
  expect([await guess(7), await waitsFor()]).toEqual([6, '86400']);
  late = await askOnce('late', 'P-9');
  expect(await askOnce('late', 'P-9')).toBe(late);
}

/** What the CRM knows of the lost time, when it happens and when it says it again. */
async function crmSays(): Promise<void> {
  const { withdrawn, renounced, blocked } = world;
  await desk.expectSuccess(desk.post('crm', `/v1/mandates/${withdrawn.id}/withdraw`));
  await desk.expectSuccess(desk.post('crm', `/v1/mandates/${renounced.id}/renounce`));
  await desk.expectSuccess(desk.post('crm', '/v1/blocks', { holder: 'H-1', caller: blocked.proxy }));
}

async function exportCheckpoint(): Promise<void> {
  await desk.api.app.get(CheckpointService).make();
  await desk.api.app.get(CheckpointFolder).export();
}

/** Somebody who owns the tables makes a record of before the backup say something else. Answers its id. */
async function alter(): Promise<string> {
  await desk.owner.query('ALTER TABLE audit_records DISABLE TRIGGER audit_records_refuse');
  const { rows } = await desk.owner.query<{ id: string }>(
    `UPDATE audit_records SET body = replace(body, $1, $2)
     WHERE (chain_id, sequence) IN (SELECT chain_id, sequence FROM audit_records WHERE body LIKE '%' || $1 || '%'
       ORDER BY recorded_at LIMIT 1) RETURNING id`,
    [world.kept.id, world.moved.id],
  );
  await desk.owner.query('ALTER TABLE audit_records ENABLE TRIGGER audit_records_refuse');
  return rows[0]!.id;
}

/** A command that is to succeed. */
async function run(...words: string[]): Promise<string> {
  const { printed, failure } = await atKeyboard(desk, words);
  if (failure !== null) throw failure;
  return printed;
}

/** The faults, a line each: there is one at least. */
async function verify(kept?: string): Promise<readonly string[]> {
  const { printed, failure } = await atKeyboard(desk, ['audit', 'verify', '--checkpoint', folder], kept);
  expect(String(failure)).toContain('The audit does not hold');
  return printed.trim().split('\n');
}

async function idOfLeaked(): Promise<string> {
  const listed = JSON.parse(await run('keys', 'list', '--json')) as { id: string; name: string }[];
  return listed.find(({ name }) => name === 'leaked')!.id;
}

async function statusWith(key: string): Promise<number> {
  const url = `${desk.api.url}/v1/blocks?holder=H-1`;
  return (await fetch(url, { headers: { authorization: `Bearer ${key}` } })).status;
}

async function statusOfAgent(agent: string): Promise<number> {
  return (await desk.open('C-0', { as: 'holder', number: HOLDER, agent })).status;
}

async function outage(): Promise<Answer['body']> {
  const { body } = await desk.expectSuccess(desk.open('C-0', { as: 'holder', number: HOLDER }));
  return (await desk.expectSuccess(desk.check(body.call.id, ['fault.outage']))).body;
}

async function policyInForce(): Promise<string> {
  return (await outage()).policy;
}

async function call({ ref, contract }: Mandate): Promise<string> {
  return (await desk.expectSuccess(desk.open(contract, { mandateRef: ref }))).body.call.id;
}

/** What this proxy, identified anew, may have explained: the outcome of a check in a call of their own. */
async function mayBeTold(mandate: Mandate): Promise<string> {
  const callId = await call(mandate);
  const sent = await desk.expectSuccess(desk.post('agent', `/v1/calls/${callId}/verifications`, { method: 'code' }));
  await desk.addressed();
  const { rowCount } = await desk.owner.query('SELECT FROM messages WHERE code_id = $1', [sent.body.id]);
  // Where no code goes nobody is identified.
  if (rowCount !== 0) {
    const typed = `/v1/calls/${callId}/verifications/${sent.body.id}/attempts`;
    await desk.expectSuccess(desk.post('agent', typed, { code: await desk.codeOf(sent.body.id) }));
  }
  return (await desk.decide(callId, 'invoice.explain')).outcome;
}

/** How many codes go to somebody in a call of theirs. */
async function codesSent(mandate: Mandate): Promise<number> {
  const callId = await call(mandate);
  await desk.expectSuccess(desk.post('agent', `/v1/calls/${callId}/verifications`, { method: 'code' }));
  await desk.addressed();
  const sent = 'SELECT FROM messages m JOIN codes c ON c.id = m.code_id WHERE c.call_id = $1';
  return (await desk.owner.query(sent, [callId])).rowCount ?? 0;
}

/** Has so many wrong codes of one person typed. Answers how many of them were compared. */
async function guess(count: number): Promise<number> {
  const ids: string[] = [];
  const at = await verificationsOfGuessed();
  for (let typed = 0; typed < count; typed += 1) {
    if (typed % 5 === 0) ids.push((await desk.expectSuccess(desk.post('agent', at, { method: 'code' }))).body.id);
    const code = await desk.codeOf(ids.at(-1)!);
    const other = `${(Number(code[0]) + 1) % 10}${code.slice(1)}`;
    const answer = await desk.expectSuccess(desk.post('agent', `${at}/${ids.at(-1)}/attempts`, { code: other }));
    expect(answer.body.accepted).toBe(false);
  }
  const compared = `SELECT FROM audit_records WHERE kind = 'code.failed' AND body::jsonb ->> 'codeId' = ANY ($1)`;
  return (await desk.owner.query(compared, [ids])).rowCount ?? 0;
}

async function verificationsOfGuessed(): Promise<string> {
  const opened = await desk.expectSuccess(desk.open('C-guessed', { as: 'holder', number: GUESSED }));
  return `/v1/calls/${opened.body.call.id}/verifications`;
}

/** How many seconds no more codes go to them, since too many were guessed. */
async function waitsFor(): Promise<string | null> {
  const { headers } = await desk.post('agent', await verificationsOfGuessed(), { method: 'code' });
  return headers.get('retry-after');
}

/** A request that a client repeats until it has an answer. Answers the id of the mandate that was made. */
async function askOnce(key: string, proxy: string): Promise<string> {
  const asked = { holder: 'H-1', proxy, scopes: ['billing'], contracts: ['C-0'], form: 'portal' };
  return (await desk.expectSuccess(desk.post('crm', '/v1/mandates', asked, { 'idempotency-key': key }))).body.id;
}

describe('What is damaged, kept beside what was restored', () => {
  it('still tells what is wrong with it, and nothing else', () => {
    expect(saidOfDamaged).toEqual([expect.stringMatching(/^chain \d+, record \d+ \(.*\): /)]);
    expect(saidOfDamaged[0]).toContain(alteredId);
    // Control: that is not in what came back.
    expect(saidOfRestored.join('\n')).not.toContain(alteredId);
  });

  it('has the records that are lost: those that the comparison names, chain by chain', async () => {
    const found: [chain: number, first: number, last: number][] = [];
    for (const line of saidOfRestored) {
      const truncated = /: chain (\d+), records? (\d+)(?: to (\d+))?: truncated$/.exec(line);
      if (truncated === null) expect(line).toMatch(/: not_in_database$/);
      else {
        const [, chain, first, last = first] = truncated;
        found.push([Number(chain), Number(first), Number(last)]);
      }
    }
    const [backup, damaged] = [await headsOf('backup'), await headsOf(DAMAGED)];
    const newest = readUnverified((await readCheckpointFiles(folder)).at(-1)!.jws);
    const lost = newest!.chains.filter(({ chainId, size }) => size > (backup.get(chainId) ?? 0));
    expect(lost.length).toBeGreaterThan(0);
    expect(found.toSorted(([one], [other]) => one - other)).toEqual(
      lost.map(({ chainId, size }) => [chainId, (backup.get(chainId) ?? 0) + 1, size]),
    );
    for (const { chainId, size } of lost) expect(damaged.get(chainId)).toBeGreaterThanOrEqual(size);
  });

  async function headsOf(ending: string): Promise<ReadonlyMap<number, number>> {
    const client = new Client({ connectionString: beside(desk.api.database.ownerUrl, ending) });
    await client.connect();
    try {
      const { rows } = await client.query<{ chain_id: number; last: number }>(
        'SELECT chain_id, max(sequence)::int AS last FROM audit_records GROUP BY 1 ORDER BY 1',
      );
      return new Map(rows.map(({ chain_id: chain, last }) => [chain, last]));
    } finally {
      await client.end();
    }
  }
});

describe('After a restore, before any step (control)', () => {
  it('everything is in force again that was taken back since', async () => {
    const { withdrawn, renounced, blocked, moved, leaked } = world;
    expect(await statusWith(leaked)).toBe(200);
    expect(await statusOfAgent('A-2')).toBe(201);
    for (const mandate of [withdrawn, renounced, blocked]) expect(await mayBeTold(mandate)).toBe('permit');
    expect((await outage()).decisions[0]).toMatchObject({ outcome: 'permit' });
    expect(await policyInForce()).not.toBe(policyOfLater);
    // To the number that they no longer have.
    expect(await codesSent(moved)).toBe(1);
  });
});

describe('After the steps of the page', () => {
  beforeAll(async () => {
    desk = await restored(desk, {
      settings: { checkpointFolder: laterFolder },
      work: async () => {
        await run('database', 'restored');
        await run('keys', 'revoke', await idOfLeaked());
        await run('agents', 'put', 'A-2', '--role', 'agent', '--team', 'service', '--inactive');
        await run('policy', 'load', policyFile);
        await run('import', exportFile);
      },
    });
  }, LONG);

  it('no key works that was revoked since, and no agent who was shut out', async () => {
    expect(await statusWith(world.leaked)).toBe(401);
    expect(await statusOfAgent('A-2')).toBe(403);
    expect(await statusOfAgent('A-1')).toBe(201);
  });

  it('the policy is in force that was loaded since', async () => {
    expect(await policyInForce()).toBe(policyOfLater);
    expect((await outage()).decisions[0]).toMatchObject({ outcome: 'deny', reason: 'channel_not_allowed' });
  });

  it('what the CRM says again counts before anything is resumed, and stays when the whole list is', async () => {
    const { kept, withdrawn, renounced, blocked, moved } = world;
    await crmSays();
    const ended = async ({ id }: Mandate): Promise<unknown> => {
      const { state, ending } = (await desk.get('crm', `/v1/mandates/${id}`)).body;
      return [state, ending];
    };
    expect(await ended(withdrawn)).toEqual(['ended', 'withdrawn_by_holder']);
    expect(await ended(renounced)).toEqual(['ended', 'renounced_by_proxy']);
    const resumed = await Promise.all(
      [withdrawn, renounced, kept, blocked, moved].map(({ id }) => desk.post('crm', `/v1/mandates/${id}/resume`)),
    );
    expect(resumed.map(({ status }) => status)).toEqual([409, 409, 200, 200, 200]);
    for (const mandate of [withdrawn, renounced, blocked]) expect(await mayBeTold(mandate)).not.toBe('permit');
    expect(await mayBeTold(kept)).toBe('permit');
    // It is the block that refuses them: without, their mandate counts again.
    const { body } = await desk.get('crm', '/v1/blocks?holder=H-1');
    expect((await desk.send('crm', 'DELETE', `/v1/blocks/${body.blocks[0].id}`)).status).toBe(204);
    expect(await mayBeTold(blocked)).toBe('permit');
  });

  it('a contact point that changed since is there as a new one, and gets no code before it has aged', async () => {
    const points = `SELECT c.ended_at IS NOT NULL AS is_gone, c.changed_at > now() - interval '1 hour' AS is_new
      FROM contact_points c JOIN people p ON p.id = c.person_id WHERE p.crm_ref = 'P-4' ORDER BY is_gone`;
    expect((await desk.owner.query(points)).rows).toEqual([
      { is_gone: false, is_new: true },
      { is_gone: true, is_new: false },
    ]);
    expect(await codesSent(world.moved)).toBe(0);
    await desk.owner.query(
      `UPDATE contact_points SET changed_at = now() - interval '7 days' WHERE ended_at IS NULL
       AND person_id = (SELECT id FROM people WHERE crm_ref = 'P-4')`,
    );
    expect(await codesSent(world.moved)).toBe(1);
  });

  it('guesses of before the backup count, and those after it do not', async () => {
    // Four before, six in the lost time; ten in all, and now six more.
    expect([await guess(7), await waitsFor()]).toEqual([6, '86400']);
  });

  it('a request of after the backup that is repeated is done again, and one of before is answered as it was', async () => {
    expect(await askOnce('early', 'P-8')).toBe(world.early);
    expect((await desk.get('crm', `/v1/mandates/${late}`)).status).toBe(404);
    const again = await askOnce('late', 'P-9');
    expect(again).not.toBe(late);
    expect(await askOnce('late', 'P-9')).toBe(again);
  });
});
