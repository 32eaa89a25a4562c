import { randomBytes, randomInt, randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { DataSource } from 'typeorm';

import { AuditVerifier, type Verification } from '../../src/audit/audit-verifier.ts';
import { AuditService, written } from '../../src/audit/audit.service.ts';
import { appendRecords, lockChain, readClock } from '../../src/audit/audit.repository.ts';
import { recordHash } from '../../src/audit/chain.ts';
import { AgentEntity } from '../../src/auth/agent.entity.ts';
import { KEY_SCOPES } from '../../src/auth/principal.ts';
import type { CheckRecord } from '../../src/calls/check-record.ts';
import { ReplayService } from '../../src/calls/replay.service.ts';
import { createLog } from '../../src/http/log.ts';
import { startSibling, type TestApp } from '../support/app.ts';
import { Desk } from '../support/desk.ts';

const HOLDER = {
  name: 'Hedwig Kanariehouder',
  phone: '+49 30 23125 001',
  email: 'hedwig.kanarie@example.nl',
  postal: 'Kanariestraat 41, 0000 XX Nergenshuizen',
};
const PROXY = { name: 'Pepijn Kanarieproxy', phone: '+49 30 23125 002', email: 'pepijn.kanarie@example.nl' };
const FAULT = 'het lampje van de kanariekooi knippert';

const logged: string[] = [];
let desk: Desk;
let sibling: TestApp;
let application: Client;
/** Every code that was sent while the story went on. */
const codes: string[] = [];

/** A whole call, from mandate to withdrawal, so that every kind of record that belongs to one is there. */
async function story(): Promise<void> {
  const { id, ref } = await desk.mandate(
    'P-1',
    'P-2',
    ['billing', 'subscription', 'faults', 'mailbox_support'],
    ['C-1'],
  );
  const opened = await desk.open('C-1', { number: PROXY.phone, name: PROXY.name, mandateRef: ref });
  const callId = opened.body.call.id;
  await desk.identify(callId);
  await desk.confirm(callId, [
    { name: 'contract.terminate' },
    { name: 'mailbox.metadata', properties: { folder: FAULT } },
  ]);
  await desk.check(callId, null);
  await desk.check(
    callId,
    [{ name: 'fault.report', properties: { description: FAULT } }, 'contract.terminate'],
    'execute',
  );
  const asked = await desk.post('agent', `/v1/calls/${callId}/confirmations`, {
    actions: [{ name: 'contract.renew' }],
  });
  const confirmationId = asked.body.confirmations[0].id;
  codes.push(await desk.codeOf(confirmationId));
  await desk.post('agent', `/v1/confirmations/${confirmationId}/attempts`, { code: '00000000', call_id: callId });
  await desk.post('crm', `/v1/mandates/${id}/withdraw`);
  await desk.check(callId, null);
  await desk.post('agent', `/v1/calls/${callId}/end`);
  await desk.get('crm', '/v1/people/P-1');
  await desk.open('C-NONE', { name: HOLDER.name });
}

beforeAll(async () => {
  desk = await Desk.open({}, { log: createLog('trace', { write: (line: string) => void logged.push(line) }) });
  sibling = await startSibling(desk.api);
  application = new Client({ connectionString: desk.api.database.appUrl });
  await application.connect();
  await desk.person('P-1', HOLDER);
  await desk.person('P-2', PROXY);
  await desk.contract('C-1', ['P-1']);
  await story();
  await desk.at(sibling).open('C-1', { number: PROXY.phone });
});
afterAll(async () => {
  await application.end();
  await sibling.stop();
  await desk.close();
});

function verify(): Promise<Verification> {
  return desk.api.app.get(AuditVerifier, { strict: false }).verify();
}

/** As the owner, past the trigger: what an administrator of the database could do. Undone afterwards. */
async function tampered<T>(statements: string, look: () => Promise<T>): Promise<T> {
  const { owner } = desk;
  await owner.query('CREATE TABLE kept_records AS TABLE audit_records; CREATE TABLE kept_chains AS TABLE audit_chains');
  await owner.query('ALTER TABLE audit_records DISABLE TRIGGER audit_records_refuse');
  try {
    await owner.query(statements);
    return await look();
  } finally {
    await owner.query(`
      DELETE FROM audit_records; INSERT INTO audit_records TABLE kept_records;
      DELETE FROM audit_chains; INSERT INTO audit_chains TABLE kept_chains;
      DROP TABLE kept_records, kept_chains;
      ALTER TABLE audit_records ENABLE TRIGGER audit_records_refuse`);
  }
}

interface Row {
  readonly chain_id: number;
  readonly sequence: string;
  readonly id: string;
  readonly kind: string;
  readonly body: string;
  readonly recorded_at: Date;
  readonly call_id: string | null;
  readonly person_ids: readonly string[];
  readonly actor: string;
  readonly previous_hash: Buffer;
}

async function records(chain = 1): Promise<readonly Row[]> {
  const { rows } = await desk.owner.query<Row>('SELECT * FROM audit_records WHERE chain_id = $1 ORDER BY sequence', [
    chain,
  ]);
  return rows;
}

async function counts(): Promise<Record<string, number>> {
  const tables = ['audit_records', 'calls', 'mandates', 'codes', 'executions', 'messages', 'verifications', 'people'];
  const { rows } = await desk.owner.query<Record<string, number>>(
    `SELECT ${tables.map((name) => `(SELECT count(*)::integer FROM ${name}) AS ${name}`).join(', ')}`,
  );
  return rows[0] ?? {};
}

describe('The application', () => {
  it.each([
    "UPDATE audit_records SET actor = 'nobody'",
    'DELETE FROM audit_records',
    'TRUNCATE audit_records',
    'DELETE FROM audit_chains',
    'TRUNCATE audit_chains',
    'ALTER TABLE audit_records DISABLE TRIGGER ALL',
    'DROP TRIGGER audit_records_refuse ON audit_records',
    "SET session_replication_role = 'replica'",
    'DELETE FROM executions',
    'UPDATE executions SET action = action',
    'DELETE FROM code_uses',
    'UPDATE mandate_evidence SET session_strength = 4',
    'UPDATE verifications SET verified_at = now()',
    'DELETE FROM policy_activations',
    "UPDATE policies SET document = ''",
  ])('may not %s', async (statement) => {
    await expect(application.query(statement)).rejects.toMatchObject({ code: '42501' });
  });

  it('cannot be helped by the owner either, as long as the guard stands', async () => {
    for (const statement of [
      "UPDATE audit_records SET actor = ''",
      'DELETE FROM audit_records',
      'TRUNCATE audit_records',
    ]) {
      await expect(desk.owner.query(statement)).rejects.toThrow('append-only');
    }
  });

  it('may move the head of a chain, and that shows', async () => {
    const { rows } = await desk.owner.query('SELECT * FROM audit_chains WHERE id = 1');
    const [head] = rows as { sequence: string; hash: Buffer }[];
    await application.query('UPDATE audit_chains SET sequence = sequence - 1 WHERE id = 1');
    try {
      expect((await verify()).faults).toEqual([expect.objectContaining({ chainId: 1, fault: 'head_differs' })]);
    } finally {
      await application.query('UPDATE audit_chains SET sequence = $1, hash = $2 WHERE id = 1', [
        head?.sequence,
        head?.hash,
      ]);
    }
    expect((await verify()).faults).toEqual([]);
  });
});

describe('The verifier', () => {
  it('finds nothing wrong with what was written, in both chains', async () => {
    const { faults, records: checked, chains } = await verify();
    expect(faults).toEqual([]);
    expect(chains).toBe(2);
    const { audit_records: there } = await counts();
    expect(checked).toBe(there);
  });

  /** What can be changed in one record, each to something that is as well-formed as what was there. */
  const CHANGES: Readonly<Record<string, (row: Row) => string>> = {
    id: () => `id = '${randomUUID()}'`,
    recorded_at: () => `recorded_at = recorded_at + interval '${randomInt(1, 100_000)} milliseconds'`,
    recorded_at_slightly: () => `recorded_at = recorded_at + interval '${randomInt(1, 999)} microseconds'`,
    kind: () => "kind = kind || '.'",
    call_id: ({ call_id: callId }) => `call_id = ${callId === null ? `'${randomUUID()}'` : 'NULL'}`,
    person_ids: ({ person_ids: ids }) =>
      ids.length === 0 ? `person_ids = '{${randomUUID()}}'` : 'person_ids = person_ids[2:]',
    actor: () => `actor = 'agent:${randomUUID()}'`,
    body_longer: () => "body = body || ' '",
    body_outcome: ({ body }) =>
      body.includes('"deny"') ? `body = replace(body, '"deny"', '"permit"')` : "body = body || ' '",
    previous_hash: () => `previous_hash = '\\x${randomBytes(32).toString('hex')}'`,
    hash: () => `hash = '\\x${randomBytes(32).toString('hex')}'`,
  };

  it('finds each of 200 changes of one field of one record, and names the record', async () => {
    const rows = await records();
    const names = Object.keys(CHANGES);
    const client = desk.owner;
    const verifier = desk.api.app.get(AuditVerifier, { strict: false });
    await client.query('ALTER TABLE audit_records DISABLE TRIGGER audit_records_refuse');
    try {
      for (let time = 0; time < 200; time += 1) {
        const row = rows[randomInt(rows.length)];
        const name = names[time % names.length] ?? '';
        const change = CHANGES[name];
        if (row === undefined || change === undefined) throw new Error('nothing to change');
        const where = `chain_id = 1 AND sequence = ${row.sequence}`;
        await client.query(`CREATE TEMP TABLE kept AS SELECT * FROM audit_records WHERE ${where}`);
        await client.query(`UPDATE audit_records SET ${change(row)} WHERE ${where}`);
        const { faults } = await verifier.verify();
        await client.query(
          `DELETE FROM audit_records WHERE ${where}; INSERT INTO audit_records TABLE kept; DROP TABLE kept`,
        );
        expect([name, row.sequence, faults.map(({ sequence, fault }) => [String(sequence), fault])]).toEqual([
          name,
          row.sequence,
          [[row.sequence, name === 'previous_hash' ? 'unlinked' : 'altered']],
        ]);
      }
    } finally {
      await client.query('ALTER TABLE audit_records ENABLE TRIGGER audit_records_refuse');
    }
    expect((await verify()).faults).toEqual([]);
  }, 60_000);

  it.each([
    ['a record gone from the middle', 'DELETE FROM audit_records WHERE chain_id = 1 AND sequence = 7', 7n, 'missing'],
    ['the first record gone', 'DELETE FROM audit_records WHERE chain_id = 1 AND sequence = 1', 1n, 'missing'],
    ['the tail gone', 'DELETE FROM audit_records WHERE chain_id = 1 AND sequence > 9', 9n, 'head_differs'],
    ['all of a chain gone', 'DELETE FROM audit_records WHERE chain_id = 2', 0n, 'head_differs'],
    ['a head gone', 'DELETE FROM audit_chains WHERE id = 2', null, 'head_missing'],
    ['a head with another hash', "UPDATE audit_chains SET hash = sha256('x') WHERE id = 2", null, 'head_differs'],
    [
      'the first fault of a chain alone, when its tail is gone too',
      `UPDATE audit_records SET actor = 'nobody' WHERE chain_id = 1 AND sequence = 5;
       DELETE FROM audit_records WHERE chain_id = 1 AND sequence > 9`,
      5n,
      'altered',
    ],
    [
      'the first fault of a chain alone, when its head is gone too',
      `UPDATE audit_records SET actor = 'nobody' WHERE chain_id = 1 AND sequence = 5;
       DELETE FROM audit_chains WHERE id = 1`,
      5n,
      'altered',
    ],
    [
      'two records swapped',
      `UPDATE audit_records SET sequence = 500000 WHERE chain_id = 1 AND sequence = 5;
       UPDATE audit_records SET sequence = 5 WHERE chain_id = 1 AND sequence = 6;
       UPDATE audit_records SET sequence = 6 WHERE chain_id = 1 AND sequence = 500000`,
      5n,
      'unlinked',
    ],
    [
      'a record twice',
      `INSERT INTO audit_records SELECT chain_id, (SELECT max(sequence) + 1 FROM audit_records WHERE chain_id = 1), id,
         recorded_at, kind, call_id, person_ids, actor, body, previous_hash, hash
       FROM audit_records WHERE chain_id = 1 AND sequence = 5`,
      null,
      'unlinked',
    ],
    [
      'a record of the other chain in its place',
      `UPDATE audit_records a SET body = b.body, kind = b.kind, id = b.id, recorded_at = b.recorded_at, actor = b.actor,
         call_id = b.call_id, person_ids = b.person_ids, hash = b.hash, previous_hash = b.previous_hash
       FROM audit_records b WHERE a.chain_id = 2 AND a.sequence = 1 AND b.chain_id = 1 AND b.sequence = 1`,
      1n,
      'unlinked',
    ],
  ] as const)('finds %s', async (_what, statements, sequence, fault) => {
    const { faults } = await tampered(statements, verify);
    expect(faults).toEqual([expect.objectContaining({ fault, ...(sequence === null ? {} : { sequence }) })]);
    expect((await verify()).faults).toEqual([]);
  });

  it('finds a record that was changed and hashed anew: the next one does not follow it', async () => {
    const row = (await records()).find(({ kind, body }) => kind.startsWith('check.') && body.includes('"deny"'));
    if (row === undefined) throw new Error('nothing was denied');
    const body = row.body.replaceAll('"deny"', '"permit"');
    const hash = recordHash({
      chainId: row.chain_id,
      sequence: BigInt(row.sequence),
      id: row.id,
      recordedAt: row.recorded_at,
      kind: row.kind,
      callId: row.call_id,
      personIds: row.person_ids,
      actor: row.actor,
      body,
      previousHash: row.previous_hash,
    });
    const text = body.replaceAll("'", "''");
    const { faults } = await tampered(
      `UPDATE audit_records SET body = '${text}', hash = '\\x${hash.toString('hex')}' WHERE id = '${row.id}'`,
      verify,
    );
    expect(faults).toEqual([
      expect.objectContaining({ chainId: 1, sequence: BigInt(row.sequence) + 1n, fault: 'unlinked' }),
    ]);
  });

  it('gives its connection back in order when it fails half way', async () => {
    const fail = (): void => {
      throw new Error('nobody looks at the progress');
    };
    const verifier = desk.api.app.get(AuditVerifier, { strict: false });
    for (let time = 0; time < 6; time += 1) await expect(verifier.verify(fail)).rejects.toThrow('progress');
    // Every connection of the pool can be written with: none is still inside a read-only transaction.
    const opened = await Promise.all(Array.from({ length: 8 }, () => desk.open('C-1', { number: PROXY.phone })));
    expect(opened.map(({ status }) => status)).toEqual(Array<number>(8).fill(201));
    expect((await verify()).faults).toEqual([]);
  });
});

describe('Records', () => {
  it('of writers in two processes make two chains that hold, in the order of their times', async () => {
    const there = desk.at(sibling);
    const before = await counts();
    await Promise.all(
      Array.from({ length: 60 }, (_, index) => (index % 2 === 0 ? desk : there).open('C-1', { number: PROXY.phone })),
    );
    const after = await counts();
    expect((after['audit_records'] ?? 0) - (before['audit_records'] ?? 0)).toBe(120);
    expect((await verify()).faults).toEqual([]);
    for (const chain of [1, 2]) {
      const rows = await records(chain);
      expect(rows.length).toBeGreaterThan(50);
      expect(rows.map(({ sequence }) => sequence)).toEqual(rows.map((_, index) => String(index + 1)));
      const times = rows.map(({ recorded_at: at }) => at.getTime());
      expect(times).toEqual(times.toSorted((one, two) => one - two));
    }
  });

  it('of a transaction that fails are none, and nothing else of it stays', async () => {
    const audit = desk.api.app.get(AuditService, { strict: false });
    const before = await counts();
    const failing = audit.record(async (tx, createdAt) => {
      await tx.query("UPDATE people SET crm_ref = 'P-ELSE' WHERE crm_ref = 'P-1'");
      // What would begin and commit a transaction of its own, if it did not know that it is inside of one.
      const agent = { id: randomUUID(), agentRef: 'A-ELSE', pseudonym: 'Else', role: 'agent', team: null };
      await tx.save(AgentEntity, { ...agent, isActive: true, createdAt });
      throw new Error('something broke');
    });
    await expect(failing).rejects.toThrow('something broke');
    // What can't be recorded (here: an actor that is no text) takes the change down with it.
    const unwritable = audit.record(async (tx) => {
      await tx.query("UPDATE people SET crm_ref = 'P-ELSE' WHERE crm_ref = 'P-1'");
      return { result: undefined, entries: [{ id: 'no id', kind: 'x', actor: 'system', body: {} }] };
    });
    await expect(unwritable).rejects.toThrow();
    const { rows } = await desk.owner.query("SELECT 1 FROM people WHERE crm_ref = 'P-ELSE'");
    expect(rows).toEqual([]);
    expect((await desk.owner.query("SELECT 1 FROM agents WHERE agent_ref = 'A-ELSE'")).rows).toEqual([]);
    expect(await counts()).toEqual(before);
    expect((await verify()).faults).toEqual([]);
    await expect(audit.record(() => Promise.resolve({ result: 'goes on', entries: [] }))).resolves.toBe('goes on');
    // Nor does it come in with what is done next.
    expect((await desk.owner.query("SELECT 1 FROM people WHERE crm_ref = 'P-ELSE'")).rows).toEqual([]);
  });

  it('of a change count however long it took, those of advice only for a while, and none on a chain that has moved', async () => {
    const audit = desk.api.app.get(AuditService, { strict: false });
    const entries = [{ kind: 'test.done', actor: 'system:test', body: {} }];
    /** As if a minute went by between the reading of the clock and the record. */
    const slow = (how: { isAdvice?: boolean } = {}): Promise<string> =>
      audit.record((_tx, now) => {
        now.setTime(now.getTime() - 60_000);
        return Promise.resolve({ result: 'done', entries, ...how });
      });
    const refusedFor = (message: string) => ({
      code: 'unavailable',
      retryAfter: 1,
      message: 'This could not be recorded, so it was not done.',
      cause: { message },
    });
    // Undone afterwards: the times of a chain are in order.
    await tampered('', async () => {
      await expect(slow()).resolves.toBe('done');
      await expect(slow({ isAdvice: false })).resolves.toBe('done');
      const { audit_records: before } = await counts();
      await expect(slow({ isAdvice: true })).rejects.toMatchObject(refusedFor('what was read has become too old'));
      const moved = audit.record(async (_tx, _now, client) => {
        await client.query('UPDATE audit_chains SET sequence = sequence + 1 WHERE id = 1');
        return { result: 'never', entries };
      });
      await expect(moved).rejects.toMatchObject(refusedFor('a locked chain has moved'));
      expect((await counts())['audit_records']).toBe(before);
    });
    expect((await verify()).faults).toEqual([]);
  });

  it('of a process that gets no connection are none, and it says so', async () => {
    const source = desk.api.app.get(DataSource);
    const audit = desk.api.app.get(AuditService, { strict: false });
    const done = () => audit.record(() => Promise.resolve({ result: 'done', entries: [] }));
    const all = Array.from({ length: 4 }, () => source.createQueryRunner());
    try {
      for (const one of all) await one.connect();
      await expect(done()).rejects.toMatchObject({ code: 'unavailable', retryAfter: 1 });
    } finally {
      for (const one of all) await one.release();
    }
    await expect(done()).resolves.toBe('done');
  });

  it('that wait are 512 at most: the next is refused at once, and whoever is done makes room', async () => {
    const audit = desk.api.app.get(AuditService, { strict: false });
    const unread = (): Promise<never> => Promise.reject(new Error('nothing was read'));
    for (let round = 0; round < 2; round += 1) {
      let goOn = (): void => undefined;
      const gate = new Promise<void>((resolve) => {
        goOn = resolve;
      });
      const first = audit.record(() => gate.then(() => ({ result: 'done', entries: [] })));
      const waiting = Array.from({ length: 511 }, () => audit.recordReading(unread, () => undefined));
      const settled = Promise.allSettled(waiting);
      // Until they are done, and not until they came.
      await new Promise((resolve) => setImmediate(resolve));
      const next = audit.record(() => Promise.resolve({ result: 'never', entries: [] }));
      const message = 'Too many changes are waiting. Try again in a moment.';
      await expect(next).rejects.toMatchObject({ code: 'unavailable', retryAfter: 1, message });
      goOn();
      await expect(first).resolves.toBe('done');
      // The service itself may record something beside us.
      const waited = (await settled).filter(
        (one) => one.status === 'rejected' && one.reason.message === 'nothing was read',
      );
      expect(waited.length).toBeGreaterThan(500);
      await new Promise((resolve) => setImmediate(resolve));
    }
  });

  it('of what was only read follow a chain that somebody else has moved, and never tell what is too old', async () => {
    const audit = desk.api.app.get(AuditService, { strict: false });
    const entries = [written({ kind: 'test.read', actor: 'system:test', body: {} })];
    const read = (age: number) => async () => ({ result: age, entries, now: new Date(Date.now() - age) });
    const recorded = (age: number): Promise<number> => audit.recordReading(read(age), () => undefined);
    await expect(recorded(0)).resolves.toBe(0);
    await desk.owner.query('BEGIN');
    const head = await lockChain(desk.owner, 1);
    await appendRecords(desk.owner, head, entries, await readClock(desk.owner));
    await desk.owner.query('COMMIT');
    await expect(recorded(0)).resolves.toBe(0);
    const { audit_records: before } = await counts();
    await expect(recorded(60_000)).rejects.toMatchObject({
      code: 'unavailable',
      retryAfter: 1,
      cause: { message: expect.stringMatching(/too old, or the chain moves/) },
    });
    expect((await counts())['audit_records']).toBe(before);
    // Nobody knows where the chain stands after a refusal: it is looked up.
    await expect(recorded(0)).resolves.toBe(0);
    expect((await verify()).faults).toEqual([]);
  });

  it('that cannot be written are no answer: nothing is permitted, changed, sent or done', async () => {
    const { id, ref } = await desk.mandate('P-1', 'P-2', ['billing'], ['C-1']);
    const { body } = await desk.open('C-1', { number: PROXY.phone, mandateRef: ref });
    const callId = body.call.id;
    await desk.identify(callId);
    const before = await counts();
    const state = async () =>
      (await desk.owner.query('SELECT state, revision FROM mandates WHERE id = $1', [id])).rows as unknown[];
    const stateBefore = await state();
    const works = {
      open: () => desk.open('C-1', { number: PROXY.phone }),
      advise: () => desk.check(callId, ['invoice.explain']),
      execute: () => desk.check(callId, ['invoice.copy'], 'execute'),
      verify: () => desk.post('agent', `/v1/calls/${callId}/verifications`, { method: 'code' }),
      withdraw: () => desk.post('crm', `/v1/mandates/${id}/withdraw`),
      lookUp: () => desk.get('crm', '/v1/people/P-1'),
      end: () => desk.post('agent', `/v1/calls/${callId}/end`),
    };
    await desk.owner.query('REVOKE INSERT ON audit_records FROM mandaat_app');
    try {
      for (const [name, work] of Object.entries(works)) {
        const answer = await work();
        expect([name, answer.status, answer.body.code]).toEqual([name, 503, 'unavailable']);
        expect(answer.headers.get('retry-after')).toBe('1');
        const text = JSON.stringify(answer.body);
        for (const word of ['outcome', 'Kanarie', 'audit_records', '23125']) expect(text).not.toContain(word);
      }
    } finally {
      await desk.owner.query('GRANT INSERT ON audit_records TO mandaat_app');
    }
    expect(await counts()).toEqual(before);
    expect(await state()).toEqual(stateBefore);
    for (const work of Object.values(works)) expect((await work()).status).toBeLessThan(300);
    expect((await verify()).faults).toEqual([]);
  });
});

describe('Replay', () => {
  const replayed = () => desk.api.app.get(ReplayService, { strict: false }).replayAll();

  it('takes every recorded decision again, and every one comes out the same', async () => {
    const { checks, decisions, differences } = await replayed();
    const { rows } = await desk.owner.query<{ body: string }>(
      "SELECT body FROM audit_records WHERE kind LIKE 'check.%'",
    );
    expect(checks).toBe(rows.length);
    expect(decisions).toBe(rows.reduce((sum, { body }) => sum + (JSON.parse(body) as CheckRecord).decisions.length, 0));
    expect(checks).toBeGreaterThan(20);
    expect(differences).toEqual([]);
  });

  /** An identified proxy was permitted something on their mandate: everything in such a record counts. */
  const isTelling = ({ kind, body }: Row): boolean =>
    kind === 'check.advised' && body.includes('"permit","permitted","mandate"') && body.includes('"method":"code"');

  it.each<[string, string | RegExp, string]>([
    ['an outcome', '"deny"', '"permit"'],
    ['a reason', '"scope_not_covered"', '"holder_block"'],
    ['a permit', '"permit","permitted","mandate"', '"permit","permitted","holder"'],
    ['the proof of who called', /"verifications":\[[^\]]+\]/, '"verifications":[]'],
    ['the end of a mandate', '"state":"active"', '"state":"suspended"'],
    ['the time of the decision', /"now":\d+/, '"now":1'],
    ['the number of decisions', /,\[[^[\]]+\]\]/, ']'],
  ])('shows a record in which %s was changed', async (_what, was, is) => {
    const row = (await records()).find((one) => isTelling(one) && one.body.replace(was, is) !== one.body);
    if (row === undefined) throw new Error('no record can be changed so');
    const body = row.body.replace(was, is).replaceAll("'", "''");
    const { differences } = await tampered(
      `UPDATE audit_records SET body = '${body}' WHERE id = '${row.id}'`,
      replayed,
    );
    expect(differences).toEqual([expect.objectContaining({ recordId: row.id, chainId: 1 })]);
    expect(differences[0]?.actions.length).toBeGreaterThan(0);
  });
});

describe('Personal data', () => {
  const WORDS = ['kanarie', 'hedwig', 'pepijn', 'nergenshuizen', 'lampje'];

  function secrets(): readonly string[] {
    const numbers = [HOLDER.phone, PROXY.phone].flatMap((number) => {
      const digits = number.replaceAll(/\D/g, '');
      return [number, `+${digits}`, `00${digits}`];
    });
    const keys = KEY_SCOPES.map((scope) => desk.authorization(scope).split('_')[3] ?? '');
    expect(keys.every((key) => key.length > 20)).toBe(true);
    return [...WORDS, ...numbers, ...keys].map((secret) => secret.toLowerCase());
  }

  /** The digits alone, and not a part of an id, a hash or a moment. */
  function hasCode(text: string, code: string): boolean {
    return new RegExp(`(?<![0-9a-f.+-])${code}(?![0-9a-f.-])`).test(text);
  }

  /** Where one of them stands in plain text: `table.column: secret`. Sealed bytes are read as they lie there. */
  async function leaks(wanted: readonly string[]): Promise<readonly string[]> {
    // The inbox stands for the phones and mailboxes of people; everything else is ours.
    const { rows: columns } = await desk.owner.query<{ place: string; name: string; type: string }>(`
      SELECT format('%I.%I', table_schema, table_name) AS place, column_name AS name, data_type AS type
      FROM information_schema.columns
      WHERE table_schema NOT IN ('pg_catalog', 'information_schema') AND table_name <> 'demo_inbox'`);
    expect(columns.length).toBeGreaterThan(150);
    const found = new Set<string>();
    for (const { place, name, type } of columns) {
      const text = type === 'bytea' ? `encode("${name}", 'escape')` : `"${name}"::text`;
      const { rows } = await desk.owner.query<{ text: string }>(`SELECT coalesce(${text}, '') AS text FROM ${place}`);
      for (const row of rows) {
        const lower = row.text.toLowerCase();
        for (const secret of wanted) if (lower.includes(secret)) found.add(`${place}.${name}: ${secret}`);
        for (const code of codes) if (hasCode(lower, code)) found.add(`${place}.${name}: a code`);
      }
    }
    return [...found];
  }

  beforeAll(async () => {
    const { rows } = await desk.owner.query<{ body: string }>(
      "SELECT i.body FROM demo_inbox i JOIN messages m ON m.id = i.message_id WHERE m.template LIKE '%_code'",
    );
    for (const { body } of rows)
      codes.push(...(body.replaceAll(/(?<=\b\d), (?=\d\b)|(?<=\d) (?=\d)/g, '').match(/\b\d{6,8}\b/g) ?? []));
    expect(codes.length).toBeGreaterThan(4);
  });

  it('of a whole story stands in no table in plain text', async () => {
    expect(await leaks(secrets())).toEqual([]);
  });

  it('would be found there: this test can tell', async () => {
    const planted = `{"note": "Hedwig ${codes[0] ?? ''}"}`;
    await desk.owner.query("UPDATE contracts SET properties = $1 WHERE contract_ref = 'C-1'", [planted]);
    expect(await leaks(secrets())).toEqual([
      'public.contracts.properties: hedwig',
      'public.contracts.properties: a code',
    ]);
  });

  it('of a whole story stands in no line of the log, whatever its level', () => {
    expect(logged.length).toBeGreaterThan(50);
    expect(logged.join('')).toContain('"level":"debug"');
    const log = logged.join('').toLowerCase();
    expect(secrets().filter((secret) => log.includes(secret))).toEqual([]);
    expect(codes.filter((code) => hasCode(log, code))).toEqual([]);
  });
});
