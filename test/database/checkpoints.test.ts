import { randomBytes, randomUUID } from 'node:crypto';
import {
  type FileHandle,
  mkdir,
  mkdtemp,
  open,
  readFile,
  readdir,
  rm,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { HttpAdapterHost } from '@nestjs/core';
import { Client, Pool } from 'pg';

import { AuditVerifier } from '../../src/audit/audit-verifier.ts';
import { appendRecords, ensureChain, lockChain, readClock } from '../../src/audit/audit.repository.ts';
import { genesisHash, recordHash } from '../../src/audit/chain.ts';
import { readUnverified } from '../../src/audit/checkpoint.ts';
import { CheckpointFolder, readCheckpointFiles } from '../../src/audit/checkpoint-folder.ts';
import { CheckpointKeys, CheckpointVerificationKeys, readPublicKeys } from '../../src/audit/checkpoint-keys.ts';
import { CheckpointProofs } from '../../src/audit/checkpoint-proof.ts';
import type { SignedCheckpoint } from '../../src/audit/checkpoint.repository.ts';
import { CheckpointRunner } from '../../src/audit/checkpoint.runner.ts';
import { CheckpointService } from '../../src/audit/checkpoint.service.ts';
import { type CheckpointFault, CheckpointVerifier } from '../../src/audit/checkpoint-verifier.ts';
import { verifyProof } from '../../src/audit/inclusion-proof.ts';
import { createProgram } from '../../src/cli/program.ts';
import { metrics } from '../../src/http/metrics.ts';
import { testConfig } from '../support/config.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { Desk } from '../support/desk.ts';
import { type CompiledProject, compileProject } from '../support/program.ts';

const KEY = { id: 'c1', key: randomBytes(32) };

let database: TestDatabase;
let pool: Pool;
let owner: Client;
let place: string;
let keys: CheckpointKeys;
let checkpoints: CheckpointService;

beforeEach(async () => {
  database = await createTestDatabase();
  pool = new Pool({ connectionString: database.appUrl, max: 4, options: '-c TimeZone=UTC' });
  pool.on('error', () => undefined);
  owner = new Client({ connectionString: database.ownerUrl, options: '-c TimeZone=UTC' });
  await owner.connect();
  place = await mkdtemp(path.join(tmpdir(), 'mandaat-checkpoints-'));
  keys = new CheckpointKeys([KEY]);
  checkpoints = new CheckpointService(pool, keys);
});
afterEach(async () => {
  await owner.end();
  await pool.end();
  await database.drop();
  await rm(place, { recursive: true });
});

const folder = (): CheckpointFolder => new CheckpointFolder(pool, testConfig({ checkpointFolder: place }));
/** Of the first checkpoint. */
const FIRST = 'checkpoint-0000000001.jws';
/** Before which nobody is still writing a file. */
const LONG_AGO = new Date(Date.now() - 2 * 3_600_000);
const bodyOf = (at: number): Record<string, unknown> => ({ at, outcome: 'deny' });

/** As a writer does. */
async function record(chainId: number, count: number): Promise<void> {
  const client = await pool.connect();
  try {
    await ensureChain(client, chainId);
    for (let left = count; left > 0; left -= 100) {
      await client.query('BEGIN');
      const head = await lockChain(client, chainId);
      const entries = Array.from({ length: Math.min(left, 100) }, (_, at) => ({
        id: randomUUID(),
        kind: 'test.recorded',
        actor: 'system:test',
        body: bodyOf(Number(head.sequence) + at + 1),
      }));
      await appendRecords(client, head, entries, await readClock(client));
      await client.query('COMMIT');
    }
  } finally {
    client.release();
  }
}

/** As retention does, on chain 2. */
async function recordDetached(anchors: readonly unknown[]): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const head = await lockChain(client, 2);
    const body = { tables: [], anchors };
    await appendRecords(client, head, [{ kind: 'audit.detached', actor: 'cli', body }], await readClock(client));
    await client.query('COMMIT');
  } finally {
    client.release();
  }
}

async function make(service = checkpoints): Promise<SignedCheckpoint> {
  const made = await service.make();
  if (made === null) throw new Error('nothing to sign');
  return made;
}

/** Records in two chains, and a checkpoint after each of three steps: chain 1 at 10, 30, 60; chain 2 at 5, 5, 25. */
async function history(): Promise<void> {
  await record(1, 10);
  await record(2, 5);
  await make();
  await record(1, 20);
  await make();
  await record(1, 30);
  await record(2, 20);
  await make();
  await folder().export();
}

async function verify(given: CheckpointVerificationKeys = keys, at = place): Promise<readonly string[]> {
  const { faults, checkpointFaults } = await new CheckpointVerifier(pool, new AuditVerifier(pool)).verify(
    await readCheckpointFiles(at),
    given,
  );
  return [
    ...faults.map(({ chainId, sequence, fault }) => `chain ${chainId}, record ${sequence}: ${fault}`),
    ...checkpointFaults.map(said),
  ];
}

function said({ file, chainId, sequence, upTo, fault }: CheckpointFault): string {
  const number = Number(/\d+/.exec(file)?.[0] ?? Number.NaN);
  const records = chainId === null ? '' : `, chain ${chainId}${sequence === null ? '' : `, record ${sequence}`}`;
  return `checkpoint ${number}${records}${upTo === null ? '' : ` to ${upTo}`}: ${fault}`;
}

/** What everybody had before there were checkpoints. */
async function verifyWithout(): Promise<readonly unknown[]> {
  return (await new AuditVerifier(pool).verify()).faults;
}

interface Row {
  readonly id: string;
  readonly recordedAt: Date;
  readonly kind: string;
  readonly actor: string;
  readonly body: string;
}

/** Whoever owns the tables, and knows how chains are made. Switches every guard off, and leaves no trace of that. */
async function asOwner(statements: () => Promise<void>): Promise<void> {
  const guards = [
    ['audit_records', 'audit_records_refuse'],
    ['audit_trees', 'audit_trees_refuse'],
    ['audit_trees', 'audit_trees_only_grow'],
    ['audit_tiles', 'audit_tiles_refuse'],
    ['audit_tiles', 'audit_tiles_only_grow'],
    ['audit_checkpoints', 'audit_checkpoints_refuse'],
  ];
  const all = (what: string): string =>
    guards.map(([table, trigger]) => `ALTER TABLE ${table} ${what} TRIGGER ${trigger}`).join(';');
  await owner.query(all('DISABLE'));
  await statements();
  await owner.query(all('ENABLE'));
}

async function rowsOf(chainId: number): Promise<Row[]> {
  const { rows } = await owner.query<Row>(
    `SELECT id, recorded_at AS "recordedAt", kind, actor, body FROM audit_records WHERE chain_id = $1 ORDER BY sequence`,
    [chainId],
  );
  return rows;
}

/** Puts other records in place of a chain's, with numbers, hashes and a head that fit together. */
async function rechain(chainId: number, change: (rows: Row[]) => Row[]): Promise<void> {
  const rows = change(await rowsOf(chainId));
  await owner.query('DELETE FROM audit_records WHERE chain_id = $1', [chainId]);
  let previousHash = genesisHash(chainId);
  for (const [at, row] of rows.entries()) {
    const whole = { ...row, chainId, sequence: BigInt(at + 1), callId: null, personIds: [], previousHash };
    const hash = recordHash(whole);
    await owner.query(
      `INSERT INTO audit_records (chain_id, sequence, id, recorded_at, kind, actor, body, previous_hash, hash)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [chainId, at + 1, row.id, row.recordedAt, row.kind, row.actor, row.body, previousHash, hash],
    );
    previousHash = hash;
  }
  await owner.query('UPDATE audit_chains SET sequence = $2, hash = $3 WHERE id = $1', [
    chainId,
    rows.length,
    previousHash,
  ]);
}

const permitting =
  (number: number) =>
  (rows: Row[]): Row[] =>
    rows.map((row, at) => (at === number - 1 ? { ...row, body: row.body.replace('deny', 'permit') } : row));

/** Trees that fit the records of now, as the service itself would have made them. */
async function regrowTrees(): Promise<void> {
  await owner.query('DELETE FROM audit_tiles; DELETE FROM audit_trees');
  const kept = await owner.query('DELETE FROM audit_checkpoints RETURNING *');
  await make();
  await owner.query('DELETE FROM audit_checkpoints');
  for (const { number, taken_at: at, jws } of kept.rows as { number: string; taken_at: Date; jws: string }[]) {
    await owner.query('INSERT INTO audit_checkpoints VALUES ($1, $2, $3)', [number, at, jws]);
  }
}

describe('Verifying against checkpoints', () => {
  beforeEach(history);

  it('finds nothing wrong with what was written, nor with what was written since', async () => {
    expect(await verify()).toEqual([]);
    await record(1, 7);
    await record(3, 7);
    expect(await verify()).toEqual([]);
    await make();
    await folder().export();
    expect(await verify()).toEqual([]);
  });

  /** What whoever owns the tables can do so that every hash fits. */
  const ATTACKS: readonly (readonly [string, () => Promise<void>, readonly string[]])[] = [
    [
      'the last record cut off',
      () => rechain(1, (rows) => rows.slice(0, -1)),
      ['checkpoint 3, chain 1, record 60: truncated'],
    ],
    [
      'everything since the first checkpoint cut off',
      () => rechain(1, (rows) => rows.slice(0, 10)),
      ['checkpoint 2, chain 1, record 11 to 60: truncated'],
    ],
    [
      'an edited record, and all that follow hashed anew',
      () => rechain(1, permitting(17)),
      ['checkpoint 2, chain 1, record 17: rewritten'],
    ],
    [
      'an edited record under every checkpoint',
      () => rechain(1, permitting(1)),
      ['checkpoint 1, chain 1, record 1: rewritten'],
    ],
    ['the very last record edited', () => rechain(1, permitting(60)), ['checkpoint 3, chain 1, record 60: rewritten']],
    [
      'a record taken out of the middle, the others moved up',
      () => rechain(1, (rows) => rows.toSpliced(34, 1)),
      ['checkpoint 3, chain 1, record 60: truncated'],
    ],
    [
      'a record taken out of the middle, and one more at the end',
      () => rechain(1, (rows) => [...rows.toSpliced(34, 1), { ...rows[0]!, id: randomUUID() }]),
      ['checkpoint 3, chain 1, record 35: rewritten'],
    ],
    [
      'a record put in between',
      () => rechain(1, (rows) => rows.toSpliced(19, 0, { ...rows[0]!, id: randomUUID() })),
      ['checkpoint 2, chain 1, record 20: rewritten'],
    ],
    [
      'an edited record, and the trees made anew',
      async () => {
        await rechain(1, permitting(17));
        await regrowTrees();
      },
      ['checkpoint 2, chain 1, record 11 to 30: rewritten'],
    ],
    [
      'an edited record, and its leaf too',
      async () => {
        await rechain(1, permitting(17));
        await owner.query(
          `UPDATE audit_tiles SET hashes = overlay(hashes PLACING sha256('\\x00' || r.hash) FROM 16 * 32 + 1)
           FROM audit_records r WHERE r.chain_id = 1 AND r.sequence = 17 AND audit_tiles.chain_id = 1`,
        );
      },
      // No leaf next to it leads to the root any more: all that is known is known from the checkpoint before.
      ['checkpoint 2, chain 1, record 11 to 30: rewritten'],
    ],
    [
      'the records of two chains swapped',
      async () => {
        const [first, second] = [await rowsOf(1), await rowsOf(2)];
        await rechain(1, () => second);
        await rechain(2, () => first);
      },
      ['checkpoint 1, chain 1, record 1: rewritten', 'checkpoint 1, chain 2, record 1: rewritten'],
    ],
    [
      'a whole chain gone, with its head',
      async () => {
        await owner.query('DELETE FROM audit_records WHERE chain_id = 2');
        await owner.query('DELETE FROM audit_chains WHERE id = 2');
      },
      ['checkpoint 1, chain 2, record 1 to 25: truncated'],
    ],
    [
      'the database as it was at the first checkpoint',
      async () => {
        await rechain(1, (rows) => rows.slice(0, 10));
        await rechain(2, (rows) => rows.slice(0, 5));
        await owner.query('DELETE FROM audit_checkpoints WHERE number > 1');
        await owner.query('UPDATE audit_trees SET size = CASE chain_id WHEN 1 THEN 10 ELSE 5 END');
      },
      [
        'checkpoint 2: not_in_database',
        'checkpoint 3: not_in_database',
        'checkpoint 2, chain 1, record 11 to 60: truncated',
        'checkpoint 3, chain 2, record 6 to 25: truncated',
      ],
    ],
  ];

  it.each(ATTACKS)('finds %s, where nothing else does', async (_what, attack, found) => {
    await asOwner(attack);
    // Every hash fits: this is why checkpoints are needed.
    expect(await verifyWithout()).toEqual([]);
    expect(await verify()).toEqual(found);
  });

  it('finds the same with one checkpoint alone', async () => {
    await asOwner(() => rechain(1, permitting(17)));
    const last = path.join(place, (await readdir(place)).toSorted().at(-1)!);
    expect(await verify(keys, last)).toEqual(['checkpoint 3, chain 1, record 17: rewritten']);
  });

  it('tells of a chain that does not hold where that begins, and not also that its end is missing', async () => {
    await asOwner(async () => {
      await owner.query('DELETE FROM audit_records WHERE chain_id = 1 AND (sequence = 12 OR sequence > 50)');
    });
    const last = path.join(place, (await readdir(place)).toSorted().at(-1)!);
    expect(await verify(keys, last)).toEqual(['chain 1, record 12: missing']);
  });

  it('finds one record among many', async () => {
    await record(1, 540);
    await make();
    await folder().export();
    await asOwner(() => rechain(1, permitting(400)));
    expect(await verify()).toEqual(['checkpoint 4, chain 1, record 400: rewritten']);
  });

  it('finds what was edited behind a month that was detached, also when nobody knows the tree over that', async () => {
    const detach = async (): Promise<void> => {
      const { rows } = await owner.query<{ hash: Buffer }>(
        'SELECT hash FROM audit_records WHERE chain_id = 1 AND sequence = 30',
      );
      await asOwner(async () => {
        await owner.query('DELETE FROM audit_records WHERE chain_id = 1 AND sequence <= 30');
        await owner.query('INSERT INTO audit_anchors VALUES (1, 30, $1, now())', [rows[0]!.hash]);
      });
      await recordDetached([{ chainId: 1, sequence: '30', hash: rows[0]!.hash.toString('hex') }]);
    };
    const before = await rowsOf(1);
    await asOwner(() => rechain(1, permitting(45)));
    await detach();
    expect(await verify()).toEqual(['checkpoint 3, chain 1, record 45: rewritten']);
    await asOwner(() => owner.query('DELETE FROM audit_tiles').then(() => undefined));
    expect(await verify()).toEqual(['checkpoint 3, chain 1, record 31 to 60: rewritten']);
    // As it was: without the tree the last record alone is compared.
    await asOwner(async () => {
      await owner.query('DELETE FROM audit_anchors');
      await rechain(1, () => before);
    });
    await detach();
    expect(await verify()).toEqual([]);
  });

  it('needs no records of months that were detached, and finds what was done to the others', async () => {
    const { rows } = await owner.query<{ hash: Buffer }>(
      'SELECT hash FROM audit_records WHERE chain_id = 1 AND sequence = 20',
    );
    await asOwner(async () => {
      await owner.query('DELETE FROM audit_records WHERE chain_id = 1 AND sequence <= 20');
      await owner.query('INSERT INTO audit_anchors VALUES (1, 20, $1, now())', [rows[0]!.hash]);
    });
    // Until a record tells of it, somebody has cut the chain off.
    expect(await verifyWithout()).toMatchObject([{ chainId: 1, sequence: 20n, fault: 'anchor_unrecorded' }]);
    expect(await verify()).toEqual(['chain 1, record 20: anchor_unrecorded']);
    await recordDetached([{ chainId: 1, sequence: '20', hash: rows[0]!.hash.toString('hex') }]);
    expect(await verifyWithout()).toEqual([]);
    expect(await verify()).toEqual([]);
    await record(1, 5);
    expect(await make()).toMatchObject({ number: 4 });

    await asOwner(() =>
      owner.query("UPDATE audit_anchors SET hash = '\\x" + 'ab'.repeat(32) + "'").then(() => undefined),
    );
    expect(await verify()).toContain('chain 1, record 20: anchor_differs');
  });
});

describe('Checkpoints in a folder', () => {
  const second = (): string => path.join(place, 'checkpoint-0000000002.jws');
  beforeEach(history);

  it('are refused when somebody edited one, whatever it says', async () => {
    const [header, payload, signature] = (await readFile(second(), 'utf8')).trim().split('.');
    const edited = Buffer.from(payload!, 'base64url').toString().replace('"size":30', '"size":29');
    const jws = [header, Buffer.from(edited).toString('base64url'), signature].join('.');
    await writeFile(second(), `${jws}\n`);
    // Its text alone would do.
    expect(readUnverified(jws)?.chains[0]?.size).toBe(29);
    expect(await verify()).toEqual(['checkpoint 2: bad_signature', 'checkpoint 3: gap']);
  });

  it('are refused when a key of somebody else signed them, even under the name of ours', async () => {
    const content = readUnverified(await readFile(second(), 'utf8'))!;
    const original = await readFile(second(), 'utf8');
    await writeFile(second(), await new CheckpointKeys([{ id: 'c1', key: randomBytes(32) }]).sign(content));
    expect(await verify()).toEqual(['checkpoint 2: bad_signature', 'checkpoint 3: gap']);
    await writeFile(second(), await new CheckpointKeys([{ id: 'x1', key: randomBytes(32) }]).sign(content));
    expect(await verify()).toEqual(['checkpoint 2: unknown_key', 'checkpoint 3: gap']);
    // Ours, saying the same, is taken: it was the signature.
    await writeFile(second(), await keys.sign(content));
    expect((await readFile(second(), 'utf8')).trim()).toBe(original.trim());
    expect(await verify()).toEqual([]);
  });

  it('are refused with the wrong public key', async () => {
    const wrong = new CheckpointKeys([{ id: 'c1', key: randomBytes(32) }]);
    const faults = await verify(new CheckpointVerificationKeys(wrong.jwks));
    expect(faults).toEqual([1, 2, 3].map((number) => `checkpoint ${number}: bad_signature`));
  });

  it.each([
    ['none', { alg: 'none' }],
    ['HMAC with the public key', { alg: 'HS256', kid: 'c1' }],
  ])('are refused with the algorithm %s', async (_what, header) => {
    const [, payload, signature] = (await readFile(second(), 'utf8')).trim().split('.');
    const encoded = Buffer.from(JSON.stringify(header)).toString('base64url');
    await writeFile(second(), [encoded, payload, signature].join('.'));
    expect(await verify()).toEqual(['checkpoint 2: unreadable', 'checkpoint 3: gap']);
  });

  it('are missed when one in between is gone; the oldest may lie elsewhere', async () => {
    await rm(second());
    expect(await verify()).toEqual(['checkpoint 3: gap']);
    await rm(path.join(place, 'checkpoint-0000000001.jws'));
    expect(await verify()).toEqual([]);
  });

  it('are told from others that our own key signed under the same number', async () => {
    const content = readUnverified(await readFile(second(), 'utf8'))!;
    const fork = await keys.sign({ ...content, takenAt: new Date(content.takenAt.getTime() + 1) });
    await writeFile(path.join(place, 'checkpoint-0000000009.jws'), fork);
    expect(await verify()).toEqual(['checkpoint 9: forked', 'checkpoint 3: forked', 'checkpoint 9: not_in_database']);
    // The same one twice is no fork.
    await writeFile(path.join(place, 'checkpoint-0000000009.jws'), await readFile(second(), 'utf8'));
    expect(await verify()).toEqual([]);
    await rm(path.join(place, 'checkpoint-0000000009.jws'));
    await writeFile(second(), fork);
    expect(await verify()).toEqual(['checkpoint 3: forked', 'checkpoint 2: not_in_database']);
  });

  it('show a chain that does not continue, with no database at hand', async () => {
    const third = path.join(place, 'checkpoint-0000000003.jws');
    const content = readUnverified(await readFile(third, 'utf8'))!;
    const [one, two] = content.chains;
    const signed = async (chains: typeof content.chains, more: object = {}): Promise<readonly string[]> => {
      await writeFile(third, await keys.sign({ ...content, chains, ...more }));
      return verify();
    };
    const other = 'checkpoint 3: not_in_database';
    expect(await signed([{ ...one!, root: randomBytes(32) }, two!])).toEqual(
      expect.arrayContaining(['checkpoint 3, chain 1: inconsistent', other]),
    );
    expect(await signed([{ ...one!, consistency: [] }, two!])).toEqual(['checkpoint 3, chain 1: inconsistent', other]);
    expect(await signed([one!])).toEqual(['checkpoint 3, chain 2: inconsistent', other]);
    expect(await signed([one!, two!], { previous: null })).toEqual(['checkpoint 3: forked', other]);
    // Whatever it says of a size that others passed is compared too.
    expect(await signed([{ ...one!, size: 20, root: randomBytes(32) }, two!])).toEqual([
      'checkpoint 3, chain 1: inconsistent',
      other,
      'checkpoint 3, chain 1, record 11 to 20: rewritten',
    ]);
    expect(await signed([one!, two!])).toEqual([]);
  });

  it('show another last record beside the same tree', async () => {
    const content = readUnverified(await readFile(second(), 'utf8'))!;
    const [one, two] = content.chains;
    await writeFile(second(), await keys.sign({ ...content, chains: [one!, { ...two!, head: randomBytes(32) }] }));
    expect(await verify()).toEqual([
      'checkpoint 2, chain 2: inconsistent',
      'checkpoint 3: forked',
      'checkpoint 2: not_in_database',
      'checkpoint 2, chain 2, record 5: rewritten',
    ]);
  });

  it('verify after a rotation, with the old key and the new one', async () => {
    const both = new CheckpointKeys([{ id: 'c2', key: randomBytes(32) }, KEY]);
    await record(1, 3);
    await make(new CheckpointService(pool, both));
    await folder().export();
    expect(await verify(readPublicKeys(JSON.stringify(both.jwks)))).toEqual([]);
    // The old key alone knows the old ones alone.
    expect(await verify()).toEqual(['checkpoint 4: unknown_key']);
    // Nor does a lost key keep anybody from going on.
    const fresh = new CheckpointKeys([{ id: 'c3', key: randomBytes(32) }]);
    await record(1, 3);
    expect(await make(new CheckpointService(pool, fresh))).toMatchObject({ number: 5 });
    await folder().export();
    const all = new CheckpointVerificationKeys({ keys: [...both.jwks.keys, ...fresh.jwks.keys] });
    expect(await verify(all)).toEqual([]);
  });

  it('are never overwritten: after a rollback of the database their export stops', async () => {
    await asOwner(async () => {
      await rechain(1, (rows) => rows.slice(0, 30));
      await rechain(2, (rows) => rows.slice(0, 5));
      await owner.query('DELETE FROM audit_tiles; DELETE FROM audit_trees');
      await owner.query('DELETE FROM audit_checkpoints WHERE number = 3');
    });
    await expect(folder().export()).rejects.toMatchObject({
      name: 'CheckpointConflictError',
      code: 'checkpoint_conflict',
      message: expect.stringMatching(/^checkpoint-0000000003.jws is there already.* Nothing was overwritten.$/),
    });
    await record(1, 1);
    // What was signed at the second still fits, so another third one is made. But it doesn't get out.
    expect(await make()).toMatchObject({ number: 3 });
    const kept = await readFile(path.join(place, 'checkpoint-0000000003.jws'), 'utf8');
    await expect(folder().export()).rejects.toThrow(/0000000003.*differs/);
    expect(await readFile(path.join(place, 'checkpoint-0000000003.jws'), 'utf8')).toBe(kept);
    expect(await verify()).toContain('checkpoint 3: not_in_database');
  });

  it('are written once by several exporters, and later ones by whoever comes first', async () => {
    const exporters = [folder(), folder(), folder()];
    await rm(place, { recursive: true });
    const counts = await Promise.all(exporters.map((one) => one.export()));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(3);
    await record(1, 1);
    await make();
    expect(await exporters[1]!.export()).toBe(1);
    expect(await exporters[0]!.export()).toBe(0);
    expect(await readdir(place)).toHaveLength(4);
    expect(await verify()).toEqual([]);
  });
});

describe('A folder of checkpoints', () => {
  it('is read in the order of the names, and nothing of it but checkpoints; a file is read by itself', async () => {
    const numbers = Array.from({ length: 12 }, (_, at) => 12 - at);
    const nameOf = (number: number): string => `checkpoint-${String(number).padStart(10, '0')}.jws`;
    for (const number of numbers) await writeFile(path.join(place, nameOf(number)), ` ${number}.x.y\n\n`);
    for (const other of ['notes.txt', `.${nameOf(1)}.0123456789ab`]) await writeFile(path.join(place, other), 'x');
    expect(await readCheckpointFiles(place)).toEqual(
      numbers.toReversed().map((number) => ({ name: nameOf(number), jws: `${number}.x.y` })),
    );
    expect(await readCheckpointFiles(path.join(place, nameOf(7)))).toEqual([{ name: nameOf(7), jws: '7.x.y' }]);
  });

  it('stays as it is when it cannot be read or written, and nothing is said to be there', async () => {
    await record(1, 3);
    await make();
    await mkdir(path.join(place, 'checkpoint-0000000001.jws'));
    await expect(folder().export()).rejects.toMatchObject({ code: 'EISDIR' });
    expect(await readdir(place)).toEqual(['checkpoint-0000000001.jws']);
  });

  it('takes a name that leads nowhere for no checkpoint of ours, and says so', async () => {
    await record(1, 3);
    await make();
    await symlink(path.join(place, 'nowhere'), path.join(place, FIRST));
    await expect(folder().export()).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await readdir(place)).toEqual([FIRST]);
  });

  it('is not cleared of what somebody else cleared just now, and says what is in the way of clearing', async () => {
    await record(1, 3);
    await make();
    const aside = path.join(place, `.${FIRST}.0123456789ab`);
    await symlink(path.join(place, 'nowhere'), aside);
    expect(await folder().export()).toBe(1);
    await rm(aside);
    await mkdir(aside);
    await utimes(aside, LONG_AGO, LONG_AGO);
    // Not every system says the same of a folder that is to be unlinked.
    await expect(folder().export()).rejects.toMatchObject({ code: expect.stringMatching(/^(EISDIR|EPERM)$/) });
  });
});

describe('A checkpoint on its way to the disk', () => {
  beforeEach(async () => {
    await record(1, 3);
    await make();
  });
  afterEach(() => void jest.restoreAllMocks());

  /** Whatever is made durable, and whether the checkpoint had its name then; `refused` is what the disk does not take. */
  async function watchDisk(refused?: 'file' | 'folder') {
    const handle = await open(place, 'r');
    const proto = Object.getPrototypeOf(handle) as FileHandle;
    await handle.close();
    const made: { readonly what: string; readonly isNamed: boolean; readonly handle: FileHandle }[] = [];
    jest.spyOn(proto, 'sync').mockImplementation(async function (this: FileHandle) {
      const what = (await this.stat()).isDirectory() ? 'folder' : 'file';
      made.push({ what, isNamed: (await readdir(place)).includes(FIRST), handle: this });
      if (what === refused) throw Object.assign(new Error('the disk is ill'), { code: 'EIO' });
      await this.datasync();
    });
    return made;
  }

  it('is durable before it has its name, and counts as written once the name is durable too', async () => {
    const made = await watchDisk();
    expect(await folder().export()).toBe(1);
    expect(made.map(({ what, isNamed }) => [what, isNamed])).toEqual([
      ['file', false],
      ['folder', true],
    ]);
    // Closed, both.
    expect(made.map(({ handle }) => handle.fd)).toEqual([-1, -1]);
  });

  it('has no name when the disk does not take it, and is written by the next export', async () => {
    const made = await watchDisk('file');
    await expect(folder().export()).rejects.toMatchObject({ code: 'EIO' });
    expect(await readdir(place)).toEqual([]);
    expect(made.map(({ handle }) => handle.fd)).toEqual([-1]);
    jest.restoreAllMocks();
    expect(await folder().export()).toBe(1);
  });

  it('is not said to be written when its name may not last', async () => {
    const made = await watchDisk('folder');
    const it = folder();
    await expect(it.export()).rejects.toMatchObject({ code: 'EIO' });
    expect(made.map(({ handle }) => handle.fd)).toEqual([-1, -1]);
    // Nor by the next export, of this process or of another one.
    await expect(it.export()).rejects.toMatchObject({ code: 'EIO' });
    await expect(folder().export()).rejects.toMatchObject({ code: 'EIO' });
    jest.restoreAllMocks();
    const later = await watchDisk();
    expect(await it.export()).toBe(0);
    expect(later.map(({ what }) => what)).toEqual(['folder']);
  });
});

describe('The next checkpoint', () => {
  it('is made only when something was recorded, and not too soon', async () => {
    expect(await checkpoints.make()).toBeNull();
    await record(1, 1);
    expect(await make()).toMatchObject({ number: 1 });
    expect(await checkpoints.make()).toBeNull();
    await record(1, 1);
    expect(await checkpoints.make(60_000)).toBeNull();
    expect(await make()).toMatchObject({ number: 2 });
  });

  it('covers a long chain in steps, and tiles of every level', async () => {
    await record(1, 2_500);
    const steps: number[] = [];
    await checkpoints.make(0, (done) => void steps.push(done));
    expect(steps).toEqual([2_048, 2_500]);
    await record(1, 300);
    await make();
    await folder().export();
    expect(await verify()).toEqual([]);
    const { rows } = await owner.query(
      'SELECT level, count(*)::integer AS count FROM audit_tiles GROUP BY 1 ORDER BY 1',
    );
    expect(rows).toEqual([
      { level: 0, count: 11 },
      { level: 1, count: 1 },
    ]);
  });

  it.each([
    ['an edited record that the tree has', () => rechain(1, permitting(10)), /record 11 does not follow/],
    ['records cut off', () => rechain(1, (rows) => rows.slice(0, 9)), /record 10 is missing/],
    [
      'a record missing in between',
      () => owner.query('DELETE FROM audit_records WHERE chain_id = 1 AND sequence = 12').then(() => undefined),
      /record 12 is missing/,
    ],
    [
      'a chain gone',
      () => owner.query('DELETE FROM audit_records; DELETE FROM audit_chains').then(() => undefined),
      /chain 1 is gone/,
    ],
    [
      'a hash of the tree changed',
      () =>
        owner.query(`UPDATE audit_tiles SET hashes = overlay(hashes PLACING sha256('') FROM 33)`).then(() => undefined),
      /tree is not the one that was signed/,
    ],
    [
      'the last record edited that the tree has',
      () => rechain(1, (rows) => permitting(10)(rows.slice(0, 10))),
      /chain 1, record 10 is not the one in the tree/,
    ],
    [
      'the last checkpoint edited',
      () =>
        owner.query(`UPDATE audit_checkpoints SET jws = overlay(jws PLACING 'AAAA' FROM 100)`).then(() => undefined),
      /checkpoint 1 in the database was changed/,
    ],
  ])('is refused over %s', async (_what, attack, message) => {
    await record(1, 10);
    await make();
    await record(1, 5);
    await asOwner(attack);
    for (let time = 0; time < 5; time += 1) {
      await expect(checkpoints.make()).rejects.toMatchObject({
        name: 'CheckpointRefusedError',
        code: 'checkpoint_refused',
        message: expect.stringMatching(new RegExp(`^No checkpoint was made: .*${message.source}`)),
      });
    }
    // Nor does it keep anybody else from a turn.
    const { rowCount } = await owner.query(
      `SELECT FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database
         WHERE datname = current_database())`,
    );
    expect(rowCount).toBe(0);
    await expect(checkpoints.latest()).resolves.toMatchObject({ number: 1 });
    // The one connection is still in use: nothing was left in it for which it would have to go.
    expect([pool.totalCount, pool.idleCount]).toEqual([1, 1]);
  });

  it('is refused when one chain of several is gone', async () => {
    await record(1, 3);
    await record(2, 3);
    await make();
    await record(1, 3);
    await asOwner(async () => {
      await owner.query('DELETE FROM audit_records WHERE chain_id = 2; DELETE FROM audit_chains WHERE id = 2');
    });
    await expect(checkpoints.make()).rejects.toThrow('No checkpoint was made: chain 2 is gone.');
  });

  it('is not to be changed by the application, nor are the trees', async () => {
    await record(1, 10);
    await make();
    for (const statement of [
      `UPDATE audit_checkpoints SET jws = ''`,
      'DELETE FROM audit_checkpoints',
      'DELETE FROM audit_trees',
      'DELETE FROM audit_tiles',
      'UPDATE audit_trees SET size = 0',
      'UPDATE audit_trees SET chain_id = 7',
      `UPDATE audit_tiles SET hashes = overlay(hashes PLACING sha256('') FROM 1)`,
      'UPDATE audit_tiles SET hashes = substring(hashes FOR 32)',
    ]) {
      await expect(pool.query(statement)).rejects.toMatchObject({ code: '42501' });
    }
  });

  /** Two services that both make checkpoints all the time while records come in. */
  async function race(pools: readonly Pool[]): Promise<readonly PromiseSettledResult<unknown>[]> {
    const services = pools.map((one) => new CheckpointService(one, keys));
    const results: PromiseSettledResult<unknown>[] = [];
    for (let round = 0; round < 6; round += 1) {
      await record(1, 30);
      results.push(
        ...(await Promise.allSettled([record(1, 20), record(2, 3), ...services.map((service) => service.make())])),
      );
    }
    return results;
  }

  it('is made once when two processes make it at the same time, and each continues the one before', async () => {
    const other = new Pool({ connectionString: database.appUrl, max: 2 });
    const results = await race([pool, other, pool, other]);
    await other.end();
    expect(results.filter(({ status }) => status === 'rejected')).toEqual([]);
    await checkpoints.make();
    await folder().export();
    const { rows } = await owner.query<{ number: string }>('SELECT number FROM audit_checkpoints ORDER BY number');
    expect(rows.length).toBeGreaterThan(5);
    expect(rows.map(({ number }) => Number(number))).toEqual(rows.map((_, at) => at + 1));
    expect(await verify()).toEqual([]);
  });

  it('would be made twice if they did not take turns', async () => {
    const hasty = new HastyPool({ connectionString: database.appUrl, max: 4 });
    const results = await race([hasty, hasty, hasty, hasty]);
    await hasty.end();
    const reasons = results.flatMap((result) =>
      result.status === 'rejected' ? [result.reason as { code: string }] : [],
    );
    expect(reasons.map(({ code }) => code)).toContain('23505');
  });
});

/** Leaves out the lock by which makers of checkpoints take turns. */
class HastyPool extends Pool {
  // oxlint-disable-next-line typescript/no-explicit-any -- one of its many overloads
  override connect(): any {
    return super.connect().then((client) => {
      const query = client.query.bind(client) as (...args: unknown[]) => unknown;
      const hasty = (...args: unknown[]): unknown =>
        typeof args[0] === 'string' && args[0].includes('pg_advisory_xact_lock') ? query('SELECT 1') : query(...args);
      return Object.assign(client, { query: hasty });
    });
  }
}

describe('The service', () => {
  it('makes one by itself when it is time, writes what the folder lacks, and goes on after a failure', async () => {
    const config = testConfig({ checkpointFolder: place, checkpointMinutes: 10 });
    const http = { httpAdapter: undefined } as unknown as HttpAdapterHost;
    const runner = new CheckpointRunner(config, checkpoints, folder(), http);
    const numbers = async (): Promise<readonly number[]> => {
      const { rows } = await owner.query<{ number: string }>('SELECT number FROM audit_checkpoints ORDER BY number');
      return rows.map(({ number }) => Number(number));
    };
    const failures = async (): Promise<number> =>
      (await metrics.checkpoints.get()).values.find(({ labels }) => labels.event === 'failed')?.value ?? 0;
    const passTime = (): Promise<void> =>
      asOwner(async () => {
        await owner.query("UPDATE audit_checkpoints SET taken_at = taken_at - interval '10 minutes'");
      });
    await record(1, 10);
    // A database of a minute ago has nothing yet that would have to be kept.
    await runner.run();
    expect(await numbers()).toEqual([]);
    await make();
    await record(1, 10);
    await runner.run();
    expect([await numbers(), await readdir(place)]).toEqual([[1], ['checkpoint-0000000001.jws']]);
    await passTime();
    await runner.run();
    expect([await numbers(), (await readdir(place)).length]).toEqual([[1, 2], 2]);
    expect(await verify()).toEqual([]);

    await asOwner(() => rechain(1, (rows) => rows.slice(0, 15)));
    await passTime();
    const before = await failures();
    Logger.overrideLogger(false);
    await runner.run();
    expect([await numbers(), (await failures()) - before]).toEqual([[1, 2], 1]);
    expect(await verify()).toEqual(['checkpoint 2, chain 1, record 16 to 20: truncated']);
  });
});

describe('The proof of one record', () => {
  const proofs = (): CheckpointProofs => new CheckpointProofs(pool, keys, testConfig());
  const open = (): CheckpointVerificationKeys => new CheckpointVerificationKeys(keys.jwks);

  it('holds for every record under a checkpoint, from itself and the public key alone', async () => {
    await history();
    for (const [chainId, count] of [
      [1, 60],
      [2, 25],
    ] as const) {
      const rows = await rowsOf(chainId);
      expect(rows).toHaveLength(count);
      for (const [at, { id }] of rows.entries()) {
        const proof = await proofs().prove(id, at % 2 === 0);
        expect([proof.chain, proof.sequence, 'record' in proof]).toEqual([chainId, at + 1, at % 2 === 0]);
        expect(await verifyProof(JSON.stringify(proof), open())).toMatchObject({ checkpoint: { number: 3 } });
      }
    }
  });

  it('is refused for what is not covered yet, not there, or not what was signed', async () => {
    await record(1, 10);
    const [first] = await rowsOf(1);
    // Before there is any checkpoint.
    await expect(proofs().prove(first!.id, true)).rejects.toThrow(/not signed yet/);
    await make();
    await record(1, 1);
    const last = (await rowsOf(1)).at(-1)!;
    // Of a chain that the checkpoint doesn't know, too.
    await record(2, 1);
    const [elsewhere] = await rowsOf(2);
    for (const { id } of [last, elsewhere!]) {
      await expect(proofs().prove(id, true)).rejects.toMatchObject({
        code: 'invalid_state',
        message: expect.stringContaining('not signed yet: no checkpoint covers it'),
        retryAfter: testConfig().checkpointMinutes * 60,
      });
    }
    await expect(proofs().prove(randomUUID(), true)).rejects.toMatchObject({
      code: 'not_found',
      message: expect.stringContaining('There is no record with this id.'),
    });
    // The newest checkpoint altered: nothing to wait for.
    const { rows: newest } = await owner.query<{ jws: string }>('SELECT jws FROM audit_checkpoints');
    const put = (jws: string): Promise<void> =>
      asOwner(() => owner.query('UPDATE audit_checkpoints SET jws = $1', [jws]).then(() => undefined));
    const [{ jws } = { jws: '' }] = newest;
    await put(`${jws.slice(0, 100)}AAAA${jws.slice(104)}`);
    await expect(proofs().prove(last.id, true)).rejects.toMatchObject({
      retryAfter: undefined,
      message: expect.stringContaining('The newest checkpoint was changed'),
    });
    await put(jws);
    // Altered where they stand, their hashes left as they were.
    const rows = await rowsOf(1);
    for (const [at, change] of [
      [1, "body = replace(body, 'deny', 'permit')"],
      [2, "recorded_at = recorded_at + interval '1 microsecond'"],
    ] as const) {
      const { id } = rows[at]!;
      await proofs().prove(id, true);
      await asOwner(() => owner.query(`UPDATE audit_records SET ${change} WHERE id = $1`, [id]).then(() => undefined));
      await expect(proofs().prove(id, true)).rejects.toThrow(/not the record that was signed/);
    }
    await asOwner(() => rechain(1, permitting(4)));
    const fourth = (await rowsOf(1))[3]!;
    await expect(proofs().prove(fourth.id, true)).rejects.toThrow(/not the record that was signed/);
    await asOwner(() => owner.query('DELETE FROM audit_tiles').then(() => undefined));
    await expect(proofs().prove(first!.id, true)).rejects.toThrow(/not the record that was signed/);
  });

  it('is refused when two records have its id, or when the newest checkpoint is not ours, and the log says which', async () => {
    await record(1, 3);
    await record(2, 1);
    await make();
    const [first, second] = await rowsOf(1);
    const told = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    const event = 'record_not_as_signed';
    await asOwner(async () => {
      await owner.query("UPDATE audit_records SET body = replace(body, 'deny', 'permit') WHERE id = $1", [second!.id]);
    });
    await expect(proofs().prove(second!.id, true)).rejects.toThrow(/not the record that was signed/);
    expect(told).toHaveBeenLastCalledWith({ event, recordId: second!.id, code: 'record' });
    await asOwner(async () => {
      await owner.query("UPDATE audit_checkpoints SET jws = overlay(jws PLACING 'AAAA' FROM 100)");
    });
    await expect(proofs().prove(first!.id, true)).rejects.toMatchObject({ code: 'invalid_state' });
    expect(told).toHaveBeenLastCalledWith({ event, recordId: first!.id, code: 'checkpoint' });
    await asOwner(async () => {
      await owner.query('UPDATE audit_records SET id = $1 WHERE chain_id = 2', [first!.id]);
    });
    await expect(proofs().prove(first!.id, true)).rejects.toMatchObject({
      code: 'invalid_state',
      message: expect.stringContaining('Several records have this id'),
    });
    expect(told).toHaveBeenLastCalledWith({ event, recordId: first!.id, code: 'twins' });
    told.mockRestore();
  });

  it('is given to a key of scope privacy without the record itself, and the public keys to everybody', async () => {
    const desk = await Desk.open();
    try {
      const { rows } = await desk.owner.query<{ id: string }>('SELECT id FROM audit_records LIMIT 1');
      const route = `/v1/audit/records/${rows[0]!.id}/proof`;
      expect((await desk.get('privacy', route)).status).toBe(409);
      await desk.api.app.get(CheckpointService, { strict: false }).make();
      const { status, body } = await desk.get('privacy', route);
      expect([status, Object.keys(body as object).toSorted()]).toEqual([
        200,
        ['chain', 'checkpoint', 'path', 'record_hash', 'record_id', 'sequence'],
      ]);
      const published = await fetch(`${desk.api.url}/v1/audit/checkpoint-keys`);
      const text = await published.text();
      // Only what may be known: no `d`.
      expect(Object.keys((JSON.parse(text) as { keys: object[] }).keys[0]!).toSorted()).toEqual([
        'alg',
        'crv',
        'kid',
        'kty',
        'use',
        'x',
      ]);
      expect(await verifyProof(JSON.stringify(body), readPublicKeys(text))).toMatchObject({
        checkpoint: { number: 1 },
      });
    } finally {
      await desk.close();
    }
  });
});

describe('The command line', () => {
  let printed: string[];
  const kept = { ...process.env };
  beforeEach(async () => {
    await history();
    printed = [];
    for (const stream of [process.stdout, process.stderr]) {
      jest.spyOn(stream, 'write').mockImplementation((text) => {
        printed.push(String(text));
        return true;
      });
    }
    Object.assign(process.env, {
      NODE_ENV: 'test',
      DATABASE_URL: database.appUrl,
      DATABASE_OWNER_URL: database.ownerUrl,
      MANDAAT_KEYS: `k1:${randomBytes(32).toString('base64')}`,
      CHECKPOINT_KEYS: `${KEY.id}:${KEY.key.toString('base64')}`,
      CHECKPOINT_FOLDER: place,
    });
  });
  afterEach(() => {
    jest.restoreAllMocks();
    process.env = kept;
  });

  const run = async (...words: string[]): Promise<string> => {
    printed.length = 0;
    await createProgram().parseAsync(['node', 'mandaat', 'audit', ...words]);
    return printed.join('');
  };

  it('makes, verifies and proves', async () => {
    expect(await run('checkpoint')).toMatch(/Nothing was recorded[^]*Wrote 0 file/);
    await record(1, 1);
    expect(await run('checkpoint')).toMatch(/Made checkpoint 4[^]*Wrote 1 file/);

    const keyFile = path.join(place, 'keys.json');
    await writeFile(keyFile, await run('keys'));
    expect(await run('verify', '--checkpoint', place, '--key', keyFile)).toMatch(
      /86 record\(s\) in \d chain\(s\), as 4 checkpoint/,
    );

    const [, second] = await rowsOf(1);
    const proofFile = path.join(place, 'proof.json');
    await writeFile(proofFile, await run('proof', second!.id));
    // Without a database: nobody listens there.
    process.env.DATABASE_URL = process.env.DATABASE_OWNER_URL = 'postgres://nobody@127.0.0.1:1/none';
    expect(await run('verify-proof', proofFile, '--key', keyFile)).toMatch(/number 2 when checkpoint 4 was signed/);
    await writeFile(proofFile, (await readFile(proofFile, 'utf8')).replace('deny', 'permit'));
    await expect(run('verify-proof', proofFile, '--key', keyFile)).rejects.toThrow('The proof does not hold: altered.');
  });

  it('names the record that does not fit, where without a checkpoint all is well', async () => {
    await asOwner(() => rechain(1, permitting(17)));
    expect(await run('verify')).toMatch(/The audit holds/);
    await expect(run('verify', '--checkpoint', place)).rejects.toThrow('The audit does not hold');
    expect(printed.join('')).toContain('checkpoint-0000000002.jws: chain 1, record 17: rewritten');
    await expect(run('verify', '--checkpoint', tmpdir())).rejects.toThrow('There is no checkpoint');
  });

  it('names the first and the last record that are gone, chain by chain', async () => {
    await asOwner(async () => {
      await rechain(1, (rows) => rows.slice(0, 10));
      await rechain(2, (rows) => rows.slice(0, -1));
    });
    await expect(run('verify', '--checkpoint', place)).rejects.toThrow('The audit does not hold: 2 fault(s)');
    expect(printed.join('')).toContain('checkpoint-0000000002.jws: chain 1, records 11 to 60: truncated');
    expect(printed.join('')).toContain('checkpoint-0000000003.jws: chain 2, record 25: truncated');
  });
});

describe('The command line, in production', () => {
  const kept = { ...process.env };
  /** Away from this folder: no file of settings fills up what is not set. */
  beforeEach(async () => {
    await history();
    for (const stream of [process.stdout, process.stderr]) jest.spyOn(stream, 'write').mockReturnValue(true);
    const { PATH = '' } = kept;
    process.env = { PATH, NODE_ENV: 'production', DATABASE_URL: database.appUrl };
  });
  afterEach(() => {
    jest.restoreAllMocks();
    process.env = kept;
  });

  const run = (...words: string[]): Promise<unknown> => createProgram().parseAsync(['node', 'mandaat', ...words]);

  it('verifies with the address of the database and public keys: no secret key has to be at hand', async () => {
    const keyFile = path.join(place, 'keys.json');
    await writeFile(keyFile, JSON.stringify(new CheckpointKeys([KEY]).jwks));
    await run('audit', 'verify');
    await run('audit', 'verify', '--checkpoint', place, '--key', keyFile);
    await expect(run('audit', 'verify', '--checkpoint', place)).rejects.toThrow('CHECKPOINT_KEYS is missing');
    process.env.CHECKPOINT_KEYS = `${KEY.id}:${KEY.key.toString('base64')}`;
    await run('audit', 'verify', '--checkpoint', place);
    // What seals or signs still wants everything (control).
    await expect(run('audit', 'checkpoint')).rejects.toThrow('MANDAAT_KEYS is missing');
    await expect(run('keys', 'list')).rejects.toThrow('MANDAAT_KEYS is missing');
  });

  it("migrates, and looks for months to take out, with the owner's address beside it and nothing else", async () => {
    await expect(run('audit', 'retention')).rejects.toThrow('set DATABASE_OWNER_URL');
    process.env.DATABASE_OWNER_URL = database.ownerUrl;
    await run('database', 'migrate');
    await run('audit', 'retention', '--detach');
  });
});

describe('An exporter that is killed', () => {
  let project: CompiledProject;
  beforeAll(async () => {
    project = await compileProject(['src', 'migrations']);
  }, 120_000);
  afterAll(() => project.remove());

  const COUNT = 400;

  /** Texts that are long enough to be seen half written. */
  async function fill(count: number): Promise<readonly string[]> {
    const { rows } = await owner.query<{ jws: string }>(
      `INSERT INTO audit_checkpoints SELECT n, now(), repeat(md5(n::text), 500) FROM generate_series(1, ${count}) AS n
       RETURNING jws`,
    );
    return rows.map(({ jws }) => jws);
  }

  it('leaves whole files alone, and the next one goes on from there', async () => {
    const texts = await fill(COUNT);
    const program = await project.start(`
      import pg from 'pg';
      import { CheckpointFolder } from './src/audit/checkpoint-folder.js';
      const pool = new pg.Pool({ connectionString: ${JSON.stringify(database.appUrl)} });
      console.log('ready');
      await new CheckpointFolder(pool, { checkpointFolder: ${JSON.stringify(place)} }).export();
      await pool.end();
    `);
    await program.line();
    while ((await readdir(place)).length < 5) await new Promise((resolve) => setTimeout(resolve, 1));
    program.child.kill('SIGKILL');
    await program.ended;
    const files = await readCheckpointFiles(place);
    expect(files.map(({ jws }) => jws)).toEqual(texts.slice(0, files.length));
    const before = files.length;
    expect(await folder().export()).toBe(COUNT - before);
    expect((await readCheckpointFiles(place)).map(({ jws }) => jws)).toEqual(texts);
  }, 60_000);

  it('leaves a file that it began aside: the next one takes it away when nobody can be writing it any more', async () => {
    const [text] = await fill(1);
    const aside = (tail: string): string => path.join(place, `.checkpoint-0000000001.jws.${tail}`);
    const [abandoned, another, foreign] = [aside('0123456789ab'), aside('ba9876543210'), path.join(place, '.notes')];
    for (const file of [abandoned, another, foreign]) await writeFile(file, text!.slice(0, 100));
    for (const file of [abandoned, foreign]) await utimes(file, LONG_AGO, LONG_AGO);
    expect(await folder().export()).toBe(1);
    expect((await readdir(place)).toSorted()).toEqual(
      [another, foreign, path.join(place, 'checkpoint-0000000001.jws')].map((file) => path.basename(file)).toSorted(),
    );
  });

  it('would leave half a file if it wrote where it is read', async () => {
    const [text] = await fill(1);
    const program = await project.start(`
      import { open } from 'node:fs/promises';
      const file = await open(${JSON.stringify(path.join(place, 'checkpoint-0000000001.jws'))}, 'wx');
      await file.write(${JSON.stringify(text!.slice(0, 100))});
      console.log('half');
      setInterval(() => undefined, 1_000);
    `);
    await program.line();
    program.child.kill('SIGKILL');
    await program.ended;
    expect((await readCheckpointFiles(place)).map(({ jws }) => jws)).not.toEqual([text]);
    // And ours doesn't make it whole behind anybody's back.
    await expect(folder().export()).rejects.toThrow(/differs/);
  });
});
