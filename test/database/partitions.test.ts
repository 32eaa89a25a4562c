import { randomUUID } from 'node:crypto';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { Client, Pool } from 'pg';

import { AuditVerifier, type Verification } from '../../src/audit/audit-verifier.ts';
import { AuditWriter } from '../../src/audit/audit-writer.ts';
import { appendRecords, ensureChain, lockChain } from '../../src/audit/audit.repository.ts';
import { CheckpointKeys } from '../../src/audit/checkpoint-keys.ts';
import { CheckpointService } from '../../src/audit/checkpoint.service.ts';
import { prepareMonths, readPartitions, tidyIndex } from '../../src/audit/partitions.repository.ts';
import { AuditPartitions } from '../../src/audit/partitions.service.ts';
import { AuditRetention, type Retention } from '../../src/audit/retention.service.ts';
import { SUPERUSER } from '../../src/database/roles.ts';
import { testConfig } from '../support/config.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let owner: Client;
let application: Client;
let pool: Pool;
/** Holds the lock of chain 1, as a service would. */
let service: AuditWriter;
/** What a command line beside it has: chain 2. */
let writer: AuditWriter;

beforeAll(async () => {
  database = await createTestDatabase();
  owner = new Client({ connectionString: database.ownerUrl, options: '-c TimeZone=UTC' });
  application = new Client({ connectionString: database.appUrl, options: '-c TimeZone=UTC' });
  pool = new Pool({ connectionString: database.appUrl, options: '-c TimeZone=UTC', max: 2 });
  await Promise.all([owner.connect(), application.connect()]);
  service = new AuditWriter(pool);
  await service.onModuleInit();
  writer = new AuditWriter(pool);
  await writer.onModuleInit();
});
afterAll(async () => {
  await Promise.all([service.onApplicationShutdown(), writer.onApplicationShutdown()]);
  await Promise.all([owner.end(), application.end(), pool.end()]);
  await database.drop();
});

/** The beginning of the month so many months from this one, UTC. */
function month(offset: number): Date {
  const now = new Date();
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + offset));
}

function dayOf(offset: number, day: number): Date {
  return new Date(month(offset).getTime() + (day - 1) * 86_400_000);
}

function nameOf(offset: number): string {
  return `audit_records_${month(offset).toISOString().slice(0, 7).replace('-', '_')}`;
}

async function makeMonth(offset: number): Promise<void> {
  await owner.query('SELECT audit_records_make_month($1)', [month(offset).toISOString().slice(0, 10)]);
}

/** Genuine records, as the application writes them, of another day. */
async function append(chainId: number, at: Date, count = 1): Promise<readonly string[]> {
  const ids = Array.from({ length: count }, () => randomUUID());
  await application.query('BEGIN');
  const head = await lockChain(application, chainId);
  const entries = ids.map((id) => ({ id, kind: 'test.done', actor: 'system:test', body: { id } }));
  await appendRecords(application, head, entries, at);
  await application.query('COMMIT');
  return ids;
}

const TREES = ['audit_tiles', 'audit_trees', 'audit_checkpoints'];

/** Signs everything, as a service does all the time. */
async function sign(): Promise<void> {
  await new CheckpointService(pool, new CheckpointKeys(testConfig().checkpointKeys)).make();
}

/** Everything as after the migrations: no records, no anchors, no months but the next ones. */
async function startAnew(): Promise<void> {
  const { rows } = await owner.query<{ place: string }>(
    `SELECT oid::regclass::text AS place FROM pg_class
     WHERE relname ~ '^audit_records_\\d{4}_\\d\\d$' AND relkind = 'r'`,
  );
  for (const { place } of rows) await owner.query(`DROP TABLE ${place}`);
  await owner.query(`
    ALTER TABLE audit_records_other DISABLE TRIGGER audit_records_refuse;
    DELETE FROM audit_records_other;
    ALTER TABLE audit_records_other ENABLE TRIGGER audit_records_refuse;
    TRUNCATE audit_anchors, audit_chains;
    ${TREES.map((name) => `ALTER TABLE ${name} DISABLE TRIGGER USER;`).join('')}
    TRUNCATE ${TREES.join(', ')};
    ${TREES.map((name) => `ALTER TABLE ${name} ENABLE TRIGGER USER;`).join('')}
    SELECT audit_records_prepare(3)`);
  for (const chainId of [1, 2]) await ensureChain(application, chainId);
}
beforeEach(startAnew);

function verify(): Promise<Verification> {
  return new AuditVerifier(pool).verify();
}

async function faults(): Promise<readonly (readonly [number, string, string])[]> {
  return (await verify()).faults.map(({ chainId, sequence, fault }) => [chainId, String(sequence), fault]);
}

async function placeOf(id: string | undefined): Promise<string | undefined> {
  const { rows } = await owner.query<{ place: string }>(
    'SELECT tableoid::regclass::text AS place FROM audit_records WHERE id = $1',
    [id],
  );
  return rows[0]?.place;
}

/** As an administrator who switches the guard off, does this, and switches it on again. */
async function unguarded(statement: string): Promise<void> {
  const { rows } = await owner.query<{ place: string }>(
    `SELECT oid::regclass::text AS place FROM pg_class WHERE relname ~ '^audit_records' AND relkind IN ('r', 'p')
       AND relnamespace = 'public'::regnamespace`,
  );
  const each = (word: string): string =>
    rows.map(({ place }) => `ALTER TABLE ONLY ${place} ${word} TRIGGER audit_records_refuse;`).join('');
  await owner.query(`BEGIN; ${each('DISABLE')} ${statement}; ${each('ENABLE')} COMMIT`);
}

describe('The months of the audit', () => {
  it('are there from the first day on: this one and the next three', async () => {
    expect((await readPartitions(owner)).map(({ name }) => name)).toEqual([
      ...[0, 1, 2, 3].map(nameOf),
      'audit_records_other',
    ]);
    expect(await placeOf((await append(1, new Date()))[0])).toBe(nameOf(0));
    expect(await placeOf((await append(1, new Date(month(1).getTime() - 1)))[0])).toBe(nameOf(0));
    expect(await placeOf((await append(1, month(1)))[0])).toBe(nameOf(1));
    expect(await faults()).toEqual([]);
  });

  it('get the index by person like every other, and what waits in it is sorted in by the application', async () => {
    await makeMonth(7);
    const { rows } = await owner.query<{ without: string }>(
      `SELECT m.inhrelid::regclass::text AS without FROM pg_inherits m
       WHERE m.inhparent = 'audit_records'::regclass AND NOT EXISTS (
         SELECT FROM pg_index x JOIN pg_inherits i ON i.inhrelid = x.indexrelid
         WHERE x.indrelid = m.inhrelid AND i.inhparent = 'audit_records_person_idx'::regclass AND x.indisvalid)`,
    );
    expect(rows).toEqual([]);

    const personId = randomUUID();
    const entry = { kind: 'test.done', actor: 'system:test', personIds: [randomUUID(), personId], body: {} };
    await application.query('BEGIN');
    await appendRecords(application, await lockChain(application, 1), [entry], dayOf(0, 1));
    await application.query('COMMIT');
    const plan = await owner.query(`SET enable_seqscan = off; EXPLAIN SELECT FROM audit_records
      WHERE person_ids @> ARRAY['${personId}'::uuid] AND recorded_at >= '${month(0).toISOString()}'`);
    await owner.query('RESET enable_seqscan');
    expect(JSON.stringify(plan)).toContain(`${nameOf(0)}_person_ids_idx`);
    await tidyIndex(application);
    const found = await application.query('SELECT FROM audit_records WHERE person_ids @> ARRAY[$1::uuid]', [personId]);
    expect(found.rowCount).toBe(1);
    await expect(application.query(`SELECT gin_clean_pending_list('${nameOf(0)}_person_ids_idx')`)).rejects.toThrow(
      'must be owner',
    );
  });

  it('are made ahead by the application, once each, however many processes ask', async () => {
    expect(await prepareMonths(application, 3)).toBe(0);
    const clients = Array.from({ length: 6 }, () => new Client({ connectionString: database.appUrl }));
    await Promise.all(clients.map((client) => client.connect()));
    const made = await Promise.all(clients.map((client) => prepareMonths(client, 8)));
    await Promise.all(clients.map((client) => client.end()));
    expect(made.reduce((sum, one) => sum + one)).toBe(5);
    expect((await readPartitions(owner)).map(({ name }) => name)).toContain(nameOf(8));
    await expect(prepareMonths(application, 25)).rejects.toThrow('0 to 24');
  });

  it('can be made while records are being written', async () => {
    await append(1, new Date(), 5);
    await application.query('BEGIN');
    const head = await lockChain(application, 1);
    await appendRecords(
      application,
      head,
      [{ id: randomUUID(), kind: 'test.done', actor: 'system:test', body: {} }],
      new Date(),
    );
    const other = new Client({ connectionString: database.appUrl });
    await other.connect();
    expect(await prepareMonths(other, 4)).toBe(1);
    await application.query('COMMIT');
    await other.end();
    expect(await faults()).toEqual([]);
  });

  it('need not be there: such a record is kept, and moves when its month is made', async () => {
    const [old] = await append(1, dayOf(-2, 3));
    const [far] = await append(1, dayOf(9, 3));
    expect([await placeOf(old), await placeOf(far)]).toEqual(['audit_records_other', 'audit_records_other']);
    expect(await faults()).toEqual([]);
    await makeMonth(-2);
    expect(await prepareMonths(application, 9)).toBe(6);
    expect([await placeOf(old), await placeOf(far)]).toEqual([nameOf(-2), nameOf(9)]);
    expect(await faults()).toEqual([]);
    await expect(owner.query('DELETE FROM audit_records_other')).rejects.toThrow('append-only');
  });
});

describe('A partition', () => {
  const tables = async (): Promise<readonly string[]> => (await readPartitions(owner)).map(({ name }) => name);

  it('is closed to the application, whatever it tries: records go in through the table above alone', async () => {
    await append(1, new Date());
    for (const name of await tables()) {
      for (const statement of [
        `INSERT INTO ${name} SELECT * FROM audit_records`,
        `SELECT 1 FROM ${name}`,
        `UPDATE ${name} SET actor = 'nobody'`,
        `DELETE FROM ${name}`,
        `TRUNCATE ${name}`,
        `ALTER TABLE ${name} DISABLE TRIGGER ALL`,
        `ALTER TABLE audit_records DETACH PARTITION ${name}`,
        `DROP TABLE ${name}`,
      ]) {
        await expect(application.query(statement)).rejects.toMatchObject({ code: '42501' });
      }
    }
    for (const statement of [
      "SELECT audit_records_make_month('2020-01-01')",
      "INSERT INTO audit_anchors VALUES (1, 1, '', now())",
      'DELETE FROM audit_anchors',
      'CREATE TABLE audit_archive.mine ()',
    ]) {
      await expect(application.query(statement)).rejects.toMatchObject({ code: '42501' });
    }
  });

  it('refuses its owner too, as long as the guard stands', async () => {
    for (const name of await tables()) {
      for (const statement of [`UPDATE ${name} SET actor = ''`, `DELETE FROM ${name}`, `TRUNCATE ${name}`]) {
        await expect(owner.query(statement)).rejects.toThrow('append-only');
      }
    }
  });

  it('belongs to the owner alone: no role but that has a right on one', async () => {
    await append(1, new Date());
    const { rows } = await owner.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM pg_class c, aclexplode(c.relacl) a
       WHERE c.relispartition AND c.relnamespace = 'public'::regnamespace AND a.grantee <> c.relowner`,
    );
    expect(rows[0]?.count).toBe(0);
  });
});

describe('The verifier', () => {
  it('tells how far it is, and shows every record to whoever looks on, each chain in its order', async () => {
    await append(2, dayOf(0, 1), 2);
    await append(1, dayOf(0, 1), 3);
    const steps: (readonly [number, number])[] = [];
    const seen: string[] = [];
    const { chains, records } = await new AuditVerifier(pool).verify(
      (...step) => void steps.push(step),
      ({ chainId, sequence }) => void seen.push(`${chainId}: ${sequence}`),
    );
    expect([chains, records, steps]).toEqual([
      2,
      5,
      [
        [3, 5],
        [5, 5],
      ],
    ]);
    expect(seen).toEqual(['1: 1', '1: 2', '1: 3', '2: 1', '2: 2']);
  });

  it('looks at one moment: what is recorded meanwhile is no fault, and is there the next time', async () => {
    await append(1, new Date(), 2);
    const one = new Pool({ connectionString: database.appUrl, options: '-c TimeZone=UTC', max: 1 });
    const client = await one.connect();
    const query = client.query.bind(client) as (...args: unknown[]) => Promise<unknown>;
    let isInTime = true;
    Object.assign(client, {
      query: async (...args: unknown[]) => {
        const result = await query(...args);
        if (isInTime && String(args[0]).includes('FROM audit_chains')) {
          isInTime = false;
          await append(1, new Date());
        }
        return result;
      },
    });
    client.release();
    const verifier = new AuditVerifier(one);
    expect(await verifier.verify()).toMatchObject({ records: 2, faults: [] });
    expect(isInTime).toBe(false);
    expect(await verifier.verify()).toMatchObject({ records: 3, faults: [] });
    await one.end();
  });

  it('finds a second record under a number of another month', async () => {
    await append(1, dayOf(0, 1), 3);
    await append(1, dayOf(1, 2), 3);
    const copy = (at: Date): string =>
      `INSERT INTO audit_records SELECT chain_id, sequence, gen_random_uuid(), '${at.toISOString()}', kind, call_id,
         person_ids, actor, body, previous_hash, hash FROM audit_records WHERE chain_id = 1 AND sequence = 2`;
    // In its own month the key refuses it.
    await expect(owner.query(copy(dayOf(0, 2)))).rejects.toMatchObject({ code: '23505' });
    await owner.query(copy(dayOf(1, 1)));
    expect(await faults()).toEqual([[1, '2', 'duplicate']]);
  });

  it('finds one on the edge between two pages too', async () => {
    await append(1, dayOf(0, 1), 1_000);
    await append(1, dayOf(1, 2), 5);
    expect(await verify()).toMatchObject({ records: 1_005, faults: [] });
    await owner.query(
      `INSERT INTO audit_records SELECT chain_id, sequence, gen_random_uuid(), $1, kind, call_id, person_ids, actor, body,
         previous_hash, hash FROM audit_records WHERE chain_id = 1 AND sequence = 1000`,
      [dayOf(1, 1)],
    );
    expect(await faults()).toEqual([[1, '1000', 'duplicate']]);
    // Nothing that comes behind its page is looked at.
    expect((await verify()).records).toBe(1_001);
  });

  it.each(['0', '-5'])('finds a record under the number %s, which no chain uses', async (sequence) => {
    await append(1, new Date(), 3);
    const insert = (): Promise<unknown> =>
      owner.query(
        `INSERT INTO audit_records SELECT chain_id, $1, gen_random_uuid(), recorded_at, kind, call_id, person_ids, actor,
           body, previous_hash, hash FROM audit_records WHERE chain_id = 1 AND sequence = 1`,
        [sequence],
      );
    // As long as nobody has taken the check away.
    await expect(insert()).rejects.toMatchObject({ constraint: 'audit_records_sequence_check' });
    await owner.query('ALTER TABLE audit_records DROP CONSTRAINT audit_records_sequence_check');
    await insert();
    expect(await faults()).toEqual([[1, sequence, 'duplicate']]);
    await owner.query(
      'ALTER TABLE audit_records ADD CONSTRAINT audit_records_sequence_check CHECK (sequence > 0) NOT VALID',
    );
  });

  // Only a superuser can deceive the database about what a partition holds.
  const asSuperuser = process.env.TEST_DATABASE_URL === undefined ? it : it.skip;
  async function superuser(statements: string): Promise<void> {
    const url = new URL(database.ownerUrl);
    url.username = SUPERUSER;
    const client = new Client({ connectionString: url.href });
    await client.connect();
    try {
      await client.query(statements);
    } finally {
      await client.end();
    }
  }

  asSuperuser('finds a record that lies in a partition of another month', async () => {
    await append(1, dayOf(0, 1), 3);
    await append(1, dayOf(1, 1), 3);
    const [from, to] = [month(0).toISOString(), month(1).toISOString()];
    await superuser(`
      CREATE TABLE loose AS SELECT * FROM audit_records WHERE chain_id = 1 AND sequence = 4;
      ALTER TABLE audit_records DETACH PARTITION ${nameOf(1)};
      ALTER TABLE audit_records DETACH PARTITION ${nameOf(0)};
      INSERT INTO ${nameOf(0)} TABLE loose;
      ALTER TABLE ${nameOf(1)} DISABLE TRIGGER ALL;
      DELETE FROM ${nameOf(1)} WHERE sequence = 4;
      ALTER TABLE ${nameOf(1)} ENABLE TRIGGER ALL;
      ALTER TABLE ${nameOf(0)} ADD CONSTRAINT lie CHECK (recorded_at IS NOT NULL AND recorded_at >= '${from}'
        AND recorded_at < '${to}') NOT VALID;
      UPDATE pg_constraint SET convalidated = true WHERE conname = 'lie';
      ALTER TABLE audit_records ATTACH PARTITION ${nameOf(0)} FOR VALUES FROM ('${from}') TO ('${to}');
      ALTER TABLE audit_records ATTACH PARTITION ${nameOf(1)} FOR VALUES FROM ('${to}') TO ('${month(2).toISOString()}');
      DROP TABLE loose`);
    // Every hash is right and every number is there: nothing but its place is wrong.
    expect(await faults()).toEqual([[1, '4', 'misplaced']]);
  });

  asSuperuser('finds a record that lies among everything else, although there is its month', async () => {
    await append(1, dayOf(0, 1), 2);
    await append(1, dayOf(1, 1), 1);
    const [from, to] = [month(1).toISOString(), month(2).toISOString()];
    await superuser(`
      CREATE TABLE loose AS SELECT * FROM audit_records WHERE chain_id = 1 AND sequence = 3;
      ALTER TABLE audit_records DETACH PARTITION ${nameOf(1)};
      ALTER TABLE ${nameOf(1)} DISABLE TRIGGER ALL;
      DELETE FROM ${nameOf(1)};
      ALTER TABLE ${nameOf(1)} ENABLE TRIGGER ALL;
      INSERT INTO audit_records_other TABLE loose;
      ALTER TABLE audit_records_other ADD CONSTRAINT lie CHECK (NOT (recorded_at IS NOT NULL AND recorded_at >= '${from}'
        AND recorded_at < '${to}')) NOT VALID;
      UPDATE pg_constraint SET convalidated = true WHERE conname = 'lie';
      ALTER TABLE audit_records ATTACH PARTITION ${nameOf(1)} FOR VALUES FROM ('${from}') TO ('${to}');
      ALTER TABLE audit_records_other DROP CONSTRAINT lie;
      DROP TABLE loose`);
    expect(await faults()).toEqual([[1, '3', 'misplaced']]);
  });
});

describe('The rounds of the service', () => {
  afterEach(() => void jest.restoreAllMocks());
  const said = (level: 'log' | 'warn' | 'debug') =>
    jest.spyOn(Logger.prototype, level).mockImplementation(() => undefined);

  it('make the months that lack when it starts and then again and again, and say so once', async () => {
    const log = said('log');
    await owner.query(`DROP TABLE ${nameOf(3)}`);
    const rounds = new AuditPartitions(pool);
    await rounds.onModuleInit();
    expect((await readPartitions(owner)).map(({ name }) => name)).toContain(nameOf(3));
    await rounds.prepare();
    // Nor does it keep a connection.
    expect(pool.idleCount).toBe(pool.totalCount);
    expect(log.mock.calls).toEqual([[{ event: 'audit_months_made', count: 1 }]]);
    await append(1, new Date());
    await rounds.tidy();
    expect(await faults()).toEqual([]);
  });

  it('go on when the database does not answer, and say that', async () => {
    const [warn, debug] = [said('warn'), said('debug')];
    const closed = new Pool({ connectionString: database.appUrl });
    await closed.end();
    const rounds = new AuditPartitions(closed);
    await rounds.prepare();
    await rounds.tidy();
    const err = expect.objectContaining({ message: expect.stringContaining('after calling end') });
    expect(warn.mock.calls).toEqual([[{ event: 'audit_months_not_made', err }]]);
    expect(debug.mock.calls).toEqual([[{ event: 'audit_index_not_tidied', err }]]);
  });
});

describe('Retention', () => {
  const KEPT = 15;
  const retention = (): AuditRetention => new AuditRetention(testConfig({ auditMonths: KEPT }), writer);
  const namesOf = (months: Retention['months']): readonly string[] => months.map(({ name }) => name);

  /** Two chains over three old months, the oldest kept one, and this one. */
  async function history(): Promise<void> {
    for (const offset of [-18, -17, -16, -KEPT]) {
      await makeMonth(offset);
      await append(1, dayOf(offset, 5), 4);
      if (offset !== -17) await append(2, dayOf(offset, 6), 2);
    }
    await append(1, new Date(), 4);
    await sign();
  }

  it('names what is older, and does nothing of it by itself', async () => {
    await history();
    const before = await verify();
    const plan = await retention().plan(database.ownerUrl);
    expect(plan.keptFrom).toEqual(month(-KEPT));
    expect(namesOf(plan.months)).toEqual([-18, -17, -16].map(nameOf));
    expect(plan.anchors.map(({ chainId, sequence }) => [chainId, sequence])).toEqual([
      [1, 12n],
      [2, 4n],
    ]);
    expect(plan.heldBack).toEqual([]);
    expect(await verify()).toEqual(before);
    await expect(retention().plan(database.appUrl)).rejects.toThrow('DATABASE_OWNER_URL');
  });

  it('takes whole months out, and what is left verifies from there', async () => {
    await history();
    const done = await retention().detach(database.ownerUrl, 'cli');
    expect(namesOf(done.months)).toEqual([-18, -17, -16].map(nameOf));
    const after = await verify();
    expect(after.faults).toEqual([]);
    // Chain 1: four in the oldest kept month and four now; chain 2: two, and what was recorded of this.
    expect(after.records).toBe(11);
    const steps: (readonly [number, number])[] = [];
    await new AuditVerifier(pool).verify((...step) => void steps.push(step));
    expect(steps).toEqual([
      [8, 11],
      [11, 11],
    ]);
    const { rows: told } = await owner.query<{ chain_id: number; actor: string; body: string }>(
      "SELECT chain_id, actor, body FROM audit_records WHERE kind = 'audit.detached'",
    );
    expect(told).toEqual([expect.objectContaining({ chain_id: 2, actor: 'cli' })]);
    expect(JSON.parse(told[0]?.body ?? '')).toEqual({
      tables: namesOf(done.months),
      anchors: done.anchors.map(({ chainId, sequence, hash }) => ({
        chainId,
        sequence: String(sequence),
        hash: hash.toString('hex'),
      })),
    });
    // What was detached is whole, where the application can't reach it.
    const { rows } = await owner.query<{ count: number }>(`SELECT count(*)::int FROM audit_archive.${nameOf(-18)}`);
    expect(rows[0]?.count).toBe(6);
    await expect(application.query(`SELECT 1 FROM audit_archive.${nameOf(-18)}`)).rejects.toMatchObject({
      code: '42501',
    });
    await expect(owner.query(`DELETE FROM audit_archive.${nameOf(-18)}`)).rejects.toThrow('append-only');
    await append(1, new Date(), 2);
    expect(await faults()).toEqual([]);
    expect((await retention().detach(database.ownerUrl, 'cli')).months).toEqual([]);
    // What did nothing tells of nothing.
    const { rowCount } = await owner.query("SELECT FROM audit_records WHERE kind = 'audit.detached'");
    expect(rowCount).toBe(1);
  });

  it('can be read back: attached again, a month verifies with the rest from its beginning, and what was altered meanwhile is found', async () => {
    await history();
    const before = (await verify()).records;
    const { months } = await retention().detach(database.ownerUrl, 'cli');
    // As docs/growing.md says it.
    const attach = async (): Promise<void> => {
      for (const { name, bounds } of months) {
        await owner.query(`ALTER TABLE audit_archive.${name} SET SCHEMA public`);
        await owner.query(
          `ALTER TABLE audit_records ATTACH PARTITION ${name}
           FOR VALUES FROM ('${bounds?.from.toISOString()}') TO ('${bounds?.to.toISOString()}')`,
        );
      }
      await owner.query('DELETE FROM audit_anchors');
    };
    await attach();
    // With the record of the detaching.
    expect(await verify()).toEqual({ chains: 2, records: before + 1, faults: [] });
    const { rows } = await application.query('SELECT FROM audit_records WHERE recorded_at < $1', [month(-KEPT)]);
    expect(rows).toHaveLength(16);
    // They leave again, and in the archive somebody alters one record under its own hash.
    expect(namesOf((await retention().detach(database.ownerUrl, 'cli')).months)).toEqual(namesOf(months));
    expect(await faults()).toEqual([]);
    const away = `audit_archive.${nameOf(-17)}`;
    await owner.query(`ALTER TABLE ${away} DISABLE TRIGGER audit_records_refuse`);
    await owner.query(`UPDATE ${away} SET actor = 'nobody' WHERE chain_id = 1 AND sequence = 6`);
    await owner.query(`ALTER TABLE ${away} ENABLE TRIGGER audit_records_refuse`);
    await attach();
    expect(await faults()).toEqual([[1, '6', 'altered']]);
  });

  it('goes on a month later, from the newer anchor', async () => {
    await history();
    await retention().detach(database.ownerUrl, 'cli');
    const sooner = new AuditRetention(testConfig({ auditMonths: KEPT - 1 }), writer);
    expect(namesOf((await sooner.detach(database.ownerUrl, 'cli')).months)).toEqual([nameOf(-KEPT)]);
    expect(await faults()).toEqual([]);
    const { rows } = await owner.query<{ anchors: number }>('SELECT count(*)::int AS anchors FROM audit_anchors');
    expect(rows[0]?.anchors).toBe(4);
  });

  it('leaves a month alone before everything in it was signed', async () => {
    await makeMonth(-18);
    await append(1, dayOf(-18, 5), 4);
    const planned = async (): Promise<readonly unknown[]> => {
      const { months, uncovered, anchors } = await retention().plan(database.ownerUrl);
      return [namesOf(months), namesOf(uncovered), anchors.length];
    };
    expect(await planned()).toEqual([[], [nameOf(-18)], 0]);
    await sign();
    expect(await planned()).toEqual([[nameOf(-18)], [], 1]);
    await append(2, dayOf(-18, 6));
    expect(await planned()).toEqual([[], [nameOf(-18)], 0]);
  });

  it('leaves months alone that the trees of the checkpoints have not grown over', async () => {
    await makeMonth(-18);
    await append(1, dayOf(-18, 5), 4);
    await sign();
    await makeMonth(-17);
    await append(1, dayOf(-17, 5), 2);
    await append(2, dayOf(-17, 5), 2);
    const plan = await retention().plan(database.ownerUrl);
    expect([namesOf(plan.months), namesOf(plan.uncovered)]).toEqual([[nameOf(-18)], [nameOf(-17)]]);
    const done = await retention().detach(database.ownerUrl, 'cli');
    expect([namesOf(done.months), namesOf(done.uncovered)]).toEqual([[nameOf(-18)], [nameOf(-17)]]);
    expect(namesOf((await retention().detach(database.ownerUrl, 'cli')).months)).toEqual([]);
    await sign();
    expect(namesOf((await retention().detach(database.ownerUrl, 'cli')).months)).toEqual([nameOf(-17)]);
    expect(await faults()).toEqual([]);
  });

  it('says each time which anchors hold: a chain that has ended is vouched for when its own record has gone', async () => {
    await ensureChain(owner, 3);
    await makeMonth(-20);
    await append(3, dayOf(-20, 1), 3);
    await sign();
    await retention().detach(database.ownerUrl, 'cli');
    await makeMonth(-18);
    await append(1, dayOf(-18, 1), 2);
    await sign();
    expect(namesOf((await retention().detach(database.ownerUrl, 'cli')).months)).toEqual([nameOf(-18)]);
    const { rows } = await owner.query<{ body: string }>(
      "SELECT body FROM audit_records WHERE kind = 'audit.detached' ORDER BY sequence DESC LIMIT 1",
    );
    const { anchors } = JSON.parse(rows[0]?.body ?? '') as { anchors: { chainId: number }[] };
    expect(anchors.map(({ chainId }) => chainId)).toEqual([1, 3]);
  });

  it('is told from cutting a chain off at its beginning: no record says that this anchor was set', async () => {
    await history();
    await owner.query('ALTER TABLE audit_records DETACH PARTITION ' + nameOf(-18));
    const anchor = (sequence: number): Promise<unknown> =>
      owner.query(
        `INSERT INTO audit_anchors SELECT chain_id, sequence, hash, now() FROM ${nameOf(-18)}
         WHERE chain_id = 1 AND sequence = $1`,
        [sequence],
      );
    await anchor(4);
    // Every hash fits.
    expect(await faults()).toEqual([
      [2, '1', 'missing'],
      [1, '4', 'anchor_unrecorded'],
    ]);
    const say = async (chainId: number, kind: string, body: object): Promise<void> => {
      await application.query('BEGIN');
      const at = await lockChain(application, chainId);
      await appendRecords(application, at, [{ kind, actor: 'cli', body: { ...body } }], new Date());
      await application.query('COMMIT');
    };
    const { rows } = await owner.query<{ hash: Buffer }>('SELECT hash FROM audit_anchors');
    const told = { tables: [], anchors: [{ chainId: 1, sequence: '4', hash: rows[0]?.hash.toString('hex') }] };
    // Nor is it told by a record of another kind, by one that says something else, or in a chain that does not hold.
    await say(1, 'test.done', told);
    await say(1, 'audit.detached', { tables: [] });
    await say(2, 'audit.detached', told);
    expect(await faults()).toContainEqual([1, '4', 'anchor_unrecorded']);
    // Nor does it help to say so in a record that is not in the chain.
    const body = JSON.stringify({ tables: [], anchors: [{ chainId: 1, sequence: '4', hash: 'ab'.repeat(32) }] });
    await unguarded(`UPDATE ${nameOf(0)} SET kind = 'audit.detached', body = '${body}' WHERE chain_id = 1`);
    expect((await faults())[0]).toEqual([1, '17', 'altered']);
  });

  it('leaves a chain of which nothing is left with its head and its anchor', async () => {
    await ensureChain(owner, 3);
    await makeMonth(-20);
    await append(3, dayOf(-20, 1), 3);
    await sign();
    await retention().detach(database.ownerUrl, 'cli');
    expect(await faults()).toEqual([]);
    await owner.query('UPDATE audit_chains SET sequence = 2 WHERE id = 3');
    expect(await faults()).toEqual([[3, '3', 'head_differs']]);
  });

  it.each([
    ['its hash is another', "UPDATE audit_anchors SET hash = sha256('x') WHERE chain_id = 1", '12', 'anchor_differs'],
    ['its number is higher', 'UPDATE audit_anchors SET sequence = 14 WHERE chain_id = 1', '14', 'anchor_differs'],
    ['its number is lower', 'UPDATE audit_anchors SET sequence = 3 WHERE chain_id = 1', '3', 'anchor_differs'],
    ['it is gone', 'DELETE FROM audit_anchors WHERE chain_id = 1', '1', 'missing'],
    ['the record behind it is gone', `DELETE FROM ${nameOf(-KEPT)} WHERE sequence = 13`, '12', 'anchor_differs'],
  ])('is found to be tampered with when of an anchor %s', async (_what, statement, sequence, fault) => {
    await history();
    await retention().detach(database.ownerUrl, 'cli');
    await unguarded(statement);
    expect(await faults()).toEqual([[1, sequence, fault]]);
  });

  it('holds a month back in which one of its chains goes on after kept records: a clock was set back', async () => {
    for (const offset of [-18, -16]) await makeMonth(offset);
    await append(1, dayOf(-18, 1), 2);
    await append(1, dayOf(-KEPT, 1), 2);
    await append(1, dayOf(-16, 28), 2);
    await append(2, dayOf(-16, 28), 2);
    await append(1, new Date());
    await sign();
    const done = await retention().detach(database.ownerUrl, 'cli');
    expect([namesOf(done.months), namesOf(done.heldBack)]).toEqual([[nameOf(-18)], [nameOf(-16)]]);
    expect(await faults()).toEqual([]);
  });

  it('holds back, too, what goes on after a month that is held back', async () => {
    for (const offset of [-18, -17]) await makeMonth(offset);
    await append(1, dayOf(-17, 5), 2);
    await append(1, dayOf(-18, 28), 2);
    await append(2, dayOf(-KEPT, 1), 2);
    await append(2, dayOf(-17, 28), 2);
    await append(1, new Date());
    await sign();
    const done = await retention().detach(database.ownerUrl, 'cli');
    expect([namesOf(done.months), namesOf(done.heldBack)]).toEqual([[], [nameOf(-18), nameOf(-17)]]);
    expect(await faults()).toEqual([]);
  });

  it('begins behind the last record that left, also where a clock was set back among those', async () => {
    for (const offset of [-18, -17]) await makeMonth(offset);
    await append(1, dayOf(-17, 5), 2);
    await append(1, dayOf(-18, 28), 2);
    await append(1, new Date(), 2);
    await sign();
    const { months, anchors } = await retention().detach(database.ownerUrl, 'cli');
    expect(namesOf(months)).toEqual([nameOf(-18), nameOf(-17)]);
    expect(anchors.map(({ chainId, sequence }) => [chainId, sequence])).toEqual([[1, 4n]]);
    expect(await faults()).toEqual([]);
  });

  it('also takes records for which nobody had made a month', async () => {
    await append(1, dayOf(-19, 1), 2);
    await append(1, new Date(), 2);
    await sign();
    // Wherever the database believes to be.
    await owner.query(`ALTER DATABASE ${database.name} SET TimeZone = 'America/New_York'`);
    expect(namesOf((await retention().plan(database.ownerUrl)).months)).toEqual([]);
    expect(namesOf((await retention().detach(database.ownerUrl, 'cli')).months)).toEqual([nameOf(-19)]);
    await owner.query(`ALTER DATABASE ${database.name} RESET TimeZone`);
    expect(await faults()).toEqual([]);
  });

  /** In a hurry, as nobody looks on for twenty seconds. */
  function hasty(tries: number): AuditRetention {
    const made = retention();
    Object.assign(made, { patience: { tries, lockWait: 20, pause: 10 } });
    return made;
  }

  async function reading(): Promise<Client> {
    const reader = new Client({ connectionString: database.appUrl });
    await reader.connect();
    await reader.query('BEGIN; SELECT count(*) FROM audit_records');
    return reader;
  }

  /** Until there are so many of these. */
  async function connections(wanted: number): Promise<void> {
    for (let left = 500; left > 0; left -= 1) {
      const { rowCount } = await owner.query(
        "SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'mandaat retention'",
      );
      if (rowCount === wanted) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`there are not ${wanted} connections`);
  }

  it('waits for a writer and for a reader, and lets records pass while it waits', async () => {
    await history();
    const reader = await reading();
    const detaching = hasty(1_000).detach(database.ownerUrl, 'cli');
    for (let time = 0; time < 5; time += 1) await append(1, new Date());
    // Whoever looks for what is in the way finds it by its name, and none is left when it is done.
    await connections(1);
    await reader.query('COMMIT');
    await reader.end();
    expect(namesOf((await detaching).months)).toEqual([-18, -17, -16].map(nameOf));
    expect(await faults()).toEqual([]);
    await connections(0);
  });

  it('gives up when somebody reads all the time, and has done nothing then', async () => {
    await history();
    const reader = await reading();
    await expect(hasty(2).detach(database.ownerUrl, 'cli')).rejects.toMatchObject({
      code: 'unavailable',
      message: 'The audit is being read all the time.',
      cause: { code: '55P03' },
    });
    await reader.end();
    expect(await faults()).toEqual([]);
    expect((await retention().plan(database.ownerUrl)).months).toHaveLength(3);
  });

  it('fails at once where waiting would not help, and has done nothing then', async () => {
    await history();
    await owner.query(`CREATE TABLE audit_archive.${nameOf(-17)} ()`);
    await expect(hasty(1).detach(database.ownerUrl, 'cli')).rejects.toMatchObject({ code: '42P07' });
    expect(await faults()).toEqual([]);
    expect((await retention().plan(database.ownerUrl)).months).toHaveLength(3);
  });
});
