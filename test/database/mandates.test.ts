import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { DataSource, type EntityManager } from 'typeorm';
import { translateDatabaseError } from '../../src/database/constraint-errors.ts';
import { dataSourceOptions } from '../../src/database/data-source.ts';
import { entities } from '../../src/database/entities.ts';
import { AppError } from '../../src/errors.ts';
import { makeMandateRef } from '../../src/mandates/mandate-ref.ts';
import { MandatesRepository } from '../../src/mandates/mandates.repository.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const DAY = 86_400_000;
const NOW = new Date('2026-06-01T12:00:00Z');
const at = (days: number): Date => new Date(NOW.getTime() + days * DAY);

let database: TestDatabase;
let owner: Client;
/** Two processes' worth of pools, as the application's role. */
let pools: DataSource[];
const repository = new MandatesRepository();

beforeAll(async () => {
  database = await createTestDatabase();
  owner = new Client({ connectionString: database.ownerUrl });
  await owner.connect();
  pools = [0, 1].map(() => new DataSource(dataSourceOptions({ url: database.appUrl, poolSize: 8, entities })));
  for (const pool of pools) await pool.initialize();
});

afterAll(async () => {
  for (const pool of pools ?? []) await pool.destroy();
  await owner?.end();
  await database?.drop();
});

async function aPerson(client = owner): Promise<string> {
  const id = randomUUID();
  await client.query(
    `INSERT INTO people (id, crm_ref, kind, language, created_at, changed_at) VALUES ($1, $2, 'person', 'nl', $3, $3)`,
    [id, id, NOW],
  );
  return id;
}

interface Pair {
  readonly holderId: string;
  readonly proxyId: string;
}

async function aPair(): Promise<Pair> {
  return { holderId: await aPerson(), proxyId: await aPerson() };
}

interface Asked {
  readonly state?: 'active' | 'pending_acceptance';
  readonly startsAt?: Date;
  readonly endsAt?: Date;
  readonly askedEndsAt?: Date | null;
  readonly scopes?: readonly string[];
}

/** Writes a mandate as `GrantsService` does, in a transaction of its own. */
async function grant(pair: Pair, asked: Asked = {}, pool = pools[0]): Promise<string> {
  const { state = 'active', startsAt = NOW, endsAt = at(365), askedEndsAt = null, scopes = ['billing'] } = asked;
  const id = randomUUID();
  await pool?.transaction(async (tx) => {
    await repository.insert(tx, {
      ...pair,
      id,
      mandateRef: makeMandateRef(),
      state,
      startsAt,
      endsAt,
      askedEndsAt,
      callId: null,
      mayPassOn: false,
      whilePartner: false,
      contactRule: null,
      parentId: null,
      createdAt: NOW,
      acceptBefore: state === 'active' ? null : at(7),
      acceptanceKeyId: state === 'active' ? null : 'test',
    });
    await repository.setScopes(
      tx,
      id,
      scopes.map((name) => ({ name, version: 1 })),
    );
  });
  return id;
}

/** What a client would be told, for each that failed. */
async function outcomes(works: readonly Promise<unknown>[]): Promise<string[]> {
  const settled = await Promise.allSettled(works);
  return settled
    .map((one) => {
      if (one.status === 'fulfilled') return 'done';
      const error = translateDatabaseError(one.reason);
      return error instanceof AppError ? error.code : String(error);
    })
    .toSorted();
}

async function refusal(work: Promise<unknown>): Promise<unknown> {
  return (await outcomes([work]))[0];
}

/** Lets every transaction come this far before any goes on: the worst moment, every time. */
function barrier(size: number): () => Promise<void> {
  let arrived = 0;
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return async () => {
    arrived += 1;
    if (arrived === size) open();
    await opened;
  };
}

/** Runs it in as many transactions at once, spread over the two pools. */
function inParallel<Result>(count: number, work: (tx: EntityManager) => Promise<Result>): Promise<Result>[] {
  return Array.from({ length: count }, (_, index) => {
    const pool = pools[index % 2];
    if (pool === undefined) throw new Error('There are two pools.');
    return pool.transaction(work);
  });
}

describe('Two live mandates for one pair and one scope', () => {
  it('cannot come from two processes at once', async () => {
    for (let round = 0; round < 10; round += 1) {
      const pair = await aPair();
      const both = (): Promise<string[]> => outcomes([grant(pair, {}, pools[0]), grant(pair, {}, pools[1])]);
      // Each may come to wait for the other: then the database ends one of them, which may be tried again. On a slow machine the other has
      // waited its whole second by then, and is ended too: both try again, as clients would.
      let ends = await both();
      for (let left = 2; left > 0 && ends.every((end) => end === 'unavailable'); left -= 1) ends = await both();
      expect(ends).toEqual(['done', expect.stringMatching(/^(?:mandate_overlaps|unavailable)$/)]);
      const { rowCount } = await owner.query("SELECT FROM mandates WHERE proxy_id = $1 AND state <> 'ended'", [
        pair.proxyId,
      ]);
      expect(rowCount).toBe(1);
    }
  });

  it('would come without the constraint: this test can tell', async () => {
    const broken = await createTestDatabase();
    const client = new Client({ connectionString: broken.ownerUrl });
    await client.connect();
    await client.query('ALTER TABLE mandate_scopes DROP CONSTRAINT mandate_scopes_overlap_excl');
    const two = [0, 1].map(() => new DataSource(dataSourceOptions({ url: broken.appUrl, poolSize: 1, entities })));
    try {
      for (const pool of two) await pool.initialize();
      const pair = { holderId: await aPerson(client), proxyId: await aPerson(client) };
      expect(await outcomes(two.map((pool) => grant(pair, {}, pool)))).toEqual(['done', 'done']);
    } finally {
      for (const pool of two) await pool.destroy();
      await client.end();
      await broken.drop();
    }
  });

  it('may follow each other, concern different scopes, or go to different people', async () => {
    const pair = await aPair();
    const works = [
      grant(pair, { endsAt: at(10) }),
      grant(pair, { startsAt: at(10), endsAt: at(20) }),
      grant(pair, { scopes: ['faults'] }),
      grant({ ...pair, proxyId: await aPerson() }),
    ];
    expect(await outcomes(works)).toEqual(['done', 'done', 'done', 'done']);
    expect(await refusal(grant(pair, { startsAt: at(9), endsAt: at(10), scopes: ['other', 'billing'] }))).toBe(
      'mandate_overlaps',
    );
  });

  it('are told by the time that was asked for, not by the day that an oral one has', async () => {
    const pair = await aPair();
    const oral = await grant(pair, { endsAt: at(1), askedEndsAt: at(100) });
    expect(await refusal(grant(pair, { startsAt: at(50), endsAt: at(60) }))).toBe('mandate_overlaps');
    // So confirming it can never fail.
    const confirm = pools[0]?.manager.transaction((tx) =>
      repository.update(tx, oral, { endsAt: at(100), askedEndsAt: null }),
    );
    expect(await refusal(Promise.resolve(confirm))).toBe('done');
    expect(await refusal(grant(pair, { startsAt: at(100), endsAt: at(110) }))).toBe('done');
  });

  it('cannot come from a longer period or another scope either', async () => {
    const pair = await aPair();
    const first = await grant(pair, { endsAt: at(10) });
    const second = await grant(pair, { startsAt: at(10), endsAt: at(20), scopes: ['billing', 'faults'] });
    const change = (work: (tx: EntityManager) => Promise<void>): Promise<unknown> =>
      refusal(Promise.all(inParallel(1, work)));
    expect(await change((tx) => repository.update(tx, first, { endsAt: at(11) }))).toBe('mandate_overlaps');
    expect(await change((tx) => repository.update(tx, second, { startsAt: at(9) }))).toBe('mandate_overlaps');
    const third = await grant(pair, { scopes: ['other'] });
    expect(await change((tx) => repository.setScopes(tx, third, [{ name: 'faults', version: 1 }]))).toBe(
      'mandate_overlaps',
    );
  });

  it('are no longer two when one has ended', async () => {
    const pair = await aPair();
    const id = await grant(pair);
    await Promise.all(
      inParallel(1, (tx) => repository.update(tx, id, { state: 'ended', ending: 'withdrawn_by_holder', endedAt: NOW })),
    );
    expect(await refusal(grant(pair))).toBe('done');
  });
});

describe('The five tries of an acceptance code', () => {
  it('are five, however many try at once in two processes', async () => {
    const id = await grant(await aPair(), { state: 'pending_acceptance' });
    const counted = await Promise.all(inParallel(64, (tx) => repository.takeAcceptanceTry(tx, id, NOW)));
    expect(counted.filter(Boolean)).toHaveLength(5);
  });

  it('would be more if they were read first and written after: this test can tell', async () => {
    const id = await grant(await aPair(), { state: 'pending_acceptance' });
    const meet = barrier(12);
    const counted = await Promise.all(
      inParallel(12, async (tx) => {
        const mandate = await repository.find(tx, id);
        await meet();
        if (mandate === null || mandate.acceptanceTries >= 5) return false;
        await tx.query('UPDATE mandates SET acceptance_tries = $2 WHERE id = $1', [id, mandate.acceptanceTries + 1]);
        return true;
      }),
    );
    expect(counted.filter(Boolean).length).toBeGreaterThan(5);
  });

  it('are none before its state, and none after its time', async () => {
    const take = async (id: string, now: Date): Promise<boolean[]> =>
      Promise.all(inParallel(1, (tx) => repository.takeAcceptanceTry(tx, id, now)));
    expect(await take(await grant(await aPair()), NOW)).toEqual([false]);
    const id = await grant(await aPair(), { state: 'pending_acceptance' });
    expect(await take(id, at(7))).toEqual([false]);
    expect(await take(id, new Date(at(7).getTime() - 1))).toEqual([true]);
    const short = await grant(await aPair(), { state: 'pending_acceptance', endsAt: at(1) });
    expect(await take(short, at(1))).toEqual([false]);
  });
});

describe('An update from a revision', () => {
  const update = (id: string, isLocked: boolean, count: number): Promise<boolean[]> => {
    const meet = barrier(count);
    return Promise.all(
      inParallel(count, async (tx) => {
        const mandate = await (isLocked ? repository.lock(tx, id) : repository.find(tx, id));
        // Whoever holds the lock must not wait for those who wait for it.
        if (!isLocked) await meet();
        if (mandate?.revision !== 1) return false;
        await repository.update(tx, id, { endsAt: at(300), revision: 2 });
        return true;
      }),
    );
  };

  it('happens once, however many made it at once', async () => {
    const updated = await update(await grant(await aPair()), true, 12);
    expect(updated.filter(Boolean)).toHaveLength(1);
  });

  it('would happen more often without the lock: this test can tell', async () => {
    const updated = await update(await grant(await aPair()), false, 12);
    expect(updated.filter(Boolean).length).toBeGreaterThan(1);
  });
});

describe('The database refuses', () => {
  it('to revive what has ended, also by hand', async () => {
    const id = await grant(await aPair());
    await owner.query(
      `UPDATE mandates SET state = 'ended', ending = 'renounced_by_proxy', ended_at = $2 WHERE id = $1`,
      [id, NOW],
    );
    for (const change of [
      `state = 'active', ending = NULL, ended_at = NULL`,
      `ending = 'expired'`,
      'ends_at = ends_at',
      'is_silent = true',
    ]) {
      expect(await refusal(owner.query(`UPDATE mandates SET ${change} WHERE id = $1`, [id]))).toBe('invalid_state');
    }
  });

  it.each([
    ['a mandate to oneself', 'proxy_id = holder_id', 'mandates_pair_check'],
    ['an end at its start', 'ends_at = starts_at', 'mandates_period_check'],
    ['more than five years', `ends_at = starts_at + interval '5 years 1 second'`, 'mandates_period_check'],
    ['more than five years asked', `asked_ends_at = starts_at + interval '5 years 1 second'`, 'mandates_period_check'],
    ['an asked end that is not later', 'asked_ends_at = ends_at', 'mandates_period_check'],
    ['an ending without an end', `ending = 'expired'`, 'mandates_ending_check'],
    ['an end without an ending', `state = 'ended'`, 'mandates_ending_check'],
    ['an invitation for ever', `state = 'pending_acceptance'`, 'mandates_acceptance_check'],
    ['a sixth try', 'acceptance_tries = 6', 'mandates_acceptance_tries_check'],
    ['terms from the future', 'terms_revision = 2', 'mandates_revision_check'],
  ])('%s', async (_what, change, constraint) => {
    const id = await grant(await aPair());
    await expect(owner.query(`UPDATE mandates SET ${change} WHERE id = $1`, [id])).rejects.toMatchObject({
      constraint,
    });
  });

  it('the application to change or delete evidence, or to delete a mandate', async () => {
    const id = await grant(await aPair());
    const [pool] = pools;
    await pool?.transaction((tx) =>
      repository.addEvidence(
        tx,
        id,
        { form: 'letter', sessionStrength: 1, termsRevision: 1, reference: null, registeredBy: 'key:test' },
        NOW,
      ),
    );
    for (const statement of [
      'UPDATE mandate_evidence SET session_strength = 4',
      'DELETE FROM mandate_evidence',
      'DELETE FROM mandates',
      'TRUNCATE mandate_scopes',
    ]) {
      await expect(pool?.query(statement)).rejects.toThrow(/permission denied/);
    }
  });

  it('a second live block of one caller by one holder', async () => {
    const { holderId, proxyId } = await aPair();
    const block = (): Promise<unknown> =>
      owner.query(`INSERT INTO blocks (id, holder_id, caller_id, blocked_at) VALUES (gen_random_uuid(), $1, $2, $3)`, [
        holderId,
        proxyId,
        NOW,
      ]);
    expect(await outcomes([block(), block()])).toEqual(['conflict', 'done']);
    await owner.query('UPDATE blocks SET lifted_at = $1', [NOW]);
    expect(await refusal(block())).toBe('done');
  });
});
