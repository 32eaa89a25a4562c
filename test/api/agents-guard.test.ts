import { readFileSync } from 'node:fs';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EntityManager } from 'typeorm';

import { AgentsRepository } from '../../src/auth/agents.repository.ts';
import { AgentsService } from '../../src/auth/agents.service.ts';
import { CanaryWatch } from '../../src/canaries/canary-watch.service.ts';
import { LeaversRepository } from '../../src/leavers/leavers.repository.ts';
import { Leavers } from '../../src/leavers/leavers.service.ts';
import { ReachRepository } from '../../src/reach/reach.repository.ts';
import { ReachService } from '../../src/reach/reach.service.ts';
import { StaffSessions } from '../../src/staff/staff-sessions.service.ts';
import { makeKey, startSibling, type TestApp } from '../support/app.ts';
import { meet } from '../support/meet.ts';
import { keepsAgents, keepsFacts } from '../support/careless-readers.ts';
import { type Answer, Desk } from '../support/desk.ts';
import { type Alteration, altered } from '../support/two-desks.ts';
import { until } from '../support/until.ts';

// What keeps an employee from seeing more people than their work is, and what tells of it.

const MOST = 6;
const PEOPLE = 12;

let desk: Desk;
let sibling: TestApp;
let elsewhere: Desk;

beforeAll(async () => {
  desk = await Desk.open({ agentHoldersPerHour: MOST, keyPeoplePerHour: MOST, leaverContractsPerDay: PEOPLE });
  sibling = await startSibling(desk.api);
  elsewhere = desk.at(sibling);
  for (let n = 1; n <= PEOPLE; n += 1) {
    await desk.person(`P-${n}`);
    await desk.contract(`C-${n}`, [`P-${n}`]);
  }
});
afterAll(async () => {
  await sibling.stop();
  await desk.close();
});

let agents = 0;
/** An agent of whom nothing is counted yet. */
async function newAgent(): Promise<string> {
  const ref = `A-N${(agents += 1)}`;
  await desk.put('admin', `/v1/agents/${ref}`, { role: 'agent', team: 'service' });
  return ref;
}

/** So many changes at least. The feed waits for whatever began earlier on the same server, and other tests run there. */
async function feed(query: string, least: number): Promise<readonly { type: string; data: object }[]> {
  let changes: { type: string; data: object }[] = [];
  await until(async () => {
    ({ changes } = (await desk.get('crm', `/v1/changes?${query}`)).body);
    return changes.length >= least;
  }, 20_000);
  return changes;
}

async function recordsOf(kind: string): Promise<readonly { actor: string; person_ids: string[]; body: unknown }[]> {
  const { rows } = await desk.owner.query<{ actor: string; person_ids: string[]; body: string }>(
    'SELECT actor, person_ids, body FROM audit_records WHERE kind = $1 ORDER BY recorded_at, id',
    [kind],
  );
  return rows.map((row) => ({ ...row, body: JSON.parse(row.body) as unknown }));
}

async function idOf(ref: string): Promise<string> {
  const { rows } = await desk.owner.query<{ id: string }>('SELECT id FROM people WHERE crm_ref = $1', [ref]);
  return rows[0]?.id ?? '';
}

describe('The cap on distinct holders of an agent', () => {
  it('is reached by the calls about one more than it, in whichever process, and says when to try again', async () => {
    const agent = await newAgent();
    for (let n = 1; n <= MOST; n += 1) {
      await desk.expectSuccess((n % 2 === 0 ? desk : elsewhere).open(`C-${n}`, { as: 'holder', agent }));
    }
    const refused = await desk.open(`C-${MOST + 1}`, { as: 'holder', agent });
    expect([refused.status, refused.body.code]).toEqual([429, 'rate_limited']);
    expect(refused.body.detail).toContain('team lead');
    const wait = Number(refused.headers.get('retry-after'));
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(3_600);
    // Whom they have spoken with already they may speak with again; others are not counted with them.
    expect((await elsewhere.open('C-1', { as: 'holder', agent })).status).toBe(201);
    expect((await desk.open(`C-${MOST + 1}`, { as: 'holder', agent: await newAgent() })).status).toBe(201);
    const { rows } = await desk.owner.query(
      'SELECT FROM calls c JOIN agents a ON a.id = c.agent_id WHERE agent_ref = $1',
      [agent],
    );
    expect(rows).toHaveLength(MOST + 1);
    expect((await recordsOf('reach.refused')).at(-1)).toMatchObject({
      person_ids: [],
      body: { what: 'call', most: MOST },
    });
    const { text } = await desk.api.request.get('/metrics');
    expect(text).toMatch(/mandaat_reach_refusals_total\{what="call"\} [1-9]/);
  });

  it('counts guesses at references, and tells nobody above it whether a reference exists', async () => {
    const agent = await newAgent();
    for (let n = 1; n <= MOST; n += 1) expect((await desk.open(`C-NONE-${n}`, { agent })).status).toBe(404);
    const [absent, present] = [await desk.open('C-NONE', { agent }), await desk.open('C-1', { agent })];
    const of = ({ status, body: { requestId: _id, ...body } }: Answer) => [status, body];
    expect(of(absent)).toEqual(of(present));
    expect(absent.status).toBe(429);
  });

  it('is no cap on what was an hour ago', async () => {
    const agent = await newAgent();
    for (let n = 1; n <= MOST; n += 1) await desk.expectSuccess(desk.open(`C-${n}`, { as: 'holder', agent }));
    await desk.owner.query("UPDATE reaches SET at = at - interval '61 minutes' WHERE reacher LIKE 'agent:%'");
    expect((await desk.open(`C-${MOST + 1}`, { as: 'holder', agent })).status).toBe(201);
    const { rows } = await desk.owner.query(
      "SELECT FROM reaches WHERE reacher = 'agent:' || (SELECT id FROM agents WHERE agent_ref = $1)",
      [agent],
    );
    // What no window reaches any more is gone.
    expect(rows).toHaveLength(1);
  });

  it('is forgotten after the hour, also of an agent who never comes back; what counts stays, and so does what somebody is at', async () => {
    const [gone, busy, here] = [await newAgent(), await newAgent(), await newAgent()];
    for (const agent of [gone, busy, here]) await desk.expectSuccess(desk.open('C-1', { as: 'holder', agent }));
    const of = "reacher = 'agent:' || (SELECT id FROM agents WHERE agent_ref = $1)";
    for (const agent of [gone, busy]) {
      await desk.owner.query(`UPDATE reaches SET at = at - interval '61 minutes' WHERE ${of}`, [agent]);
    }
    const left = async (): Promise<readonly number[]> => {
      const count = (agent: string) =>
        desk.owner.query<{ n: number }>(`SELECT count(*)::integer AS n FROM reaches WHERE ${of}`, [agent]);
      return Promise.all([gone, busy, here].map(async (agent) => (await count(agent)).rows[0]?.n ?? 0));
    };
    expect(await left()).toEqual([1, 1, 1]);
    const service = desk.api.app.get(ReachService, { strict: false });
    await desk.owner.query('BEGIN');
    await desk.owner.query(`SELECT FROM reaches WHERE ${of} FOR UPDATE`, [busy]);
    await service.clear();
    await desk.owner.query('COMMIT');
    expect(await left()).toEqual([0, 1, 1]);
    await service.clear();
    expect(await left()).toEqual([0, 0, 1]);
  });

  it('holds when many calls are opened at once in two processes', async () => {
    const agent = await newAgent();
    const answers = await Promise.all(
      Array.from({ length: PEOPLE }, (_, n) =>
        (n % 2 === 0 ? desk : elsewhere).open(`C-${n + 1}`, { as: 'holder', agent }),
      ),
    );
    const count = (wanted: number): number => answers.filter(({ status }) => status === wanted).length;
    expect([count(201), count(429)]).toEqual([MOST, PEOPLE - MOST]);
  });

  /** One place is left, and two processes want it. Who has counted waits, so that the other can count before it commits. */
  async function race(isHeld: boolean): Promise<readonly number[]> {
    const agent = await newAgent();
    for (let n = 1; n < MOST; n += 1) await desk.expectSuccess(desk.open(`C-${n}`, { as: 'holder', agent }));
    let counted = 0;
    const undo = [desk.api, sibling].map(({ app }) => {
      const repository = app.get(ReachRepository, { strict: false });
      const service = app.get(AgentsService, { strict: false });
      const reach = repository.reach.bind(repository);
      repository.reach = async (...asked) => {
        const result = await reach(...asked);
        counted += 1;
        // Held back the other never comes: then this one goes on.
        await until(() => counted === 2, isHeld ? 200 : 30_000).catch(() => undefined);
        return result;
      };
      if (!isHeld) service.hold = (_tx, id) => app.get(AgentsRepository, { strict: false }).findById(id);
      return () => {
        // What stands on the object itself goes, and the class's own comes back.
        delete (repository as Partial<ReachRepository>).reach;
        delete (service as Partial<AgentsService>).hold;
      };
    });
    try {
      const opening = [desk, elsewhere].map((at, n) => at.open(`C-${MOST + n}`, { as: 'holder', agent }));
      return (await Promise.all(opening)).map(({ status }) => status).toSorted((one, other) => one - other);
    } finally {
      for (const one of undo) one();
    }
  }

  it('gives the last place to one of two processes', async () => {
    expect(await race(true)).toEqual([201, 429]);
  });

  it('would give it to both without holding the agent: the control', async () => {
    expect(await race(false)).toEqual([201, 201]);
  });
});

describe('The cap on look-ups outside calls', () => {
  /** What there is of somebody, each by the reference of a person. */
  const OF_SOMEBODY = [
    'mandates?holder',
    'mandates?proxy',
    'blocks?holder',
    'life-events?person',
    'representations?person',
  ];

  it.each(OF_SOMEBODY)('counts %s, of whom there is nothing as well, and guesses', async (query) => {
    const { text } = await makeKey(desk.api, 'crm');
    const get = (path: string) => desk.send('crm', 'GET', path, undefined, { authorization: `Bearer ${text}` });
    // The first by another way: it is the same person.
    expect((await get('/v1/people/P-1')).status).toBe(200);
    for (const ref of ['P-1', 'P-2', 'P-3', 'P-4', 'P-5', 'P-NONE']) {
      expect([ref, (await get(`/v1/${query}=${ref}`)).status]).toEqual([ref, 200]);
    }
    for (const ref of ['P-6', 'P-NONE']) {
      expect([ref, (await get(`/v1/${query}=${ref}`)).body.code]).toEqual([ref, 'rate_limited']);
    }
    expect((await get(`/v1/${query}=P-1`)).status).toBe(200);
  });

  it('is the cap on their customers for an agent who looks at files: calls and files are counted together', async () => {
    const agent = await newAgent();
    const file = (kind: string, ref: string) =>
      desk.send('agent', 'GET', `/v1/${kind}?person=${ref}`, undefined, { 'mandaat-agent': agent });
    for (const n of [1, 2]) await desk.expectSuccess(desk.open(`C-${n}`, { as: 'holder', agent }));
    for (const n of [1, 3, 4, 5, 6]) {
      for (const kind of ['life-events', 'representations']) expect((await file(kind, `P-${n}`)).status).toBe(200);
    }
    expect((await file('life-events', 'P-7')).status).toBe(429);
    expect((await desk.open('C-7', { as: 'holder', agent })).status).toBe(429);
    // What waits for a colleague names nobody who was asked about.
    expect((await desk.send('agent', 'GET', '/v1/life-events', undefined, { 'mandaat-agent': agent })).status).toBe(
      200,
    );
    expect((await file('life-events', 'P-7')).status).toBe(429);
    expect((await file('life-events', 'P-6')).status).toBe(200);
  });

  describe('for who names people in a body', () => {
    const EVIDENCE = {
      form: 'register',
      source: 'Verzonnen register',
      reference: 'UITTREKSEL-1',
      sha256: '5'.repeat(64),
      dated_on: '2026-01-31',
    };
    const entry = (holder: string, representative: string, more = {}) => {
      return { holder, representative, kind: 'bewind', ends_at: '2031-01-01', ...more };
    };
    const event = (person: string, occurredOn = '2026-02-01') => {
      return { person, kind: 'death', occurred_on: occurredOn, reported_by: 'relative' };
    };
    /** Each names four of whom the cap of six knows, or guesses: the first two of them, people; the others nobody's references. */
    const NAMING: readonly [string, 'agent' | 'crm', readonly [path: string, body: object][]][] = [
      [
        'an extract',
        'agent',
        [
          [
            'representations/imports',
            { evidence: EVIDENCE, entries: [entry('P-1', 'P-2', { ends_at: 'ooit' }), entry('P-NO-1', 'P-NO-2')] },
          ],
        ],
      ],
      [
        'a comparison',
        'crm',
        [['representations/comparisons', { looked_up: ['P-1', 'P-2', 'P-NO-1', 'P-NO-2'], entries: [] }]],
      ],
      [
        'a representation',
        'agent',
        [
          ['representations', entry('P-1', 'P-2', { ends_at: 'ooit' })],
          ['representations', entry('P-1', 'P-NO-1')],
          ['representations', entry('P-NO-2', 'P-2')],
        ],
      ],
      [
        'a life event',
        'agent',
        [
          ['life-events', event('P-1', '2999-01-01')],
          ['life-events', event('P-2', '2999-01-01')],
          ['life-events', event('P-NO-1')],
          ['life-events', event('P-NO-2')],
        ],
      ],
    ];

    it.each(NAMING)('counts and records all of %s: who is found once, and each guess', async (_name, scope, asked) => {
      const agent = await newAgent();
      const { text } = await makeKey(desk.api, 'crm');
      const headers: Record<string, string> =
        scope === 'agent' ? { 'mandaat-agent': agent } : { authorization: `Bearer ${text}` };
      const send = (path: string, body: object) => desk.send(scope, 'POST', `/v1/${path}`, body, headers);
      const look = (ref: string) => desk.send(scope, 'GET', `/v1/life-events?person=${ref}`, undefined, headers);
      const before = (await recordsOf('lookup')).length;
      for (const [path, body] of asked) {
        expect([path, (await send(path, body)).status]).toEqual([path, path.endsWith('imports') ? 200 : 400]);
      }
      const told = (await recordsOf('lookup')).slice(before);
      expect(told.filter(({ person_ids: ids }) => ids.length === 0)).toHaveLength(2);
      const ids = await Promise.all(['P-1', 'P-2'].map((ref) => idOf(ref)));
      expect([...new Set(told.flatMap(({ person_ids: named }) => named))].toSorted()).toEqual(ids.toSorted());
      // Four of six are gone: who was named already costs nothing.
      for (const ref of ['P-1', 'P-2', 'P-3', 'P-4']) expect([ref, (await look(ref)).status]).toEqual([ref, 200]);
      expect((await look('P-5')).status).toBe(429);
    });

    it.each(NAMING)('refuses %s above it, and records nothing of what it names', async (_name, scope, asked) => {
      const agent = await newAgent();
      const { text } = await makeKey(desk.api, 'crm');
      const headers: Record<string, string> =
        scope === 'agent' ? { 'mandaat-agent': agent } : { authorization: `Bearer ${text}` };
      const send = (path: string, body: object) => desk.send(scope, 'POST', `/v1/${path}`, body, headers);
      for (let n = 1; n <= MOST; n += 1) {
        const path = `/v1/life-events?person=P-${PEOPLE - n}`;
        expect((await desk.send(scope, 'GET', path, undefined, headers)).status).toBe(200);
      }
      const before = (await recordsOf('lookup')).length;
      for (const [path, body] of asked) expect([path, (await send(path, body)).status]).toEqual([path, 429]);
      expect(await recordsOf('lookup')).toHaveLength(before);
    });
  });

  it('tells who brings in more than may be seen at once to send it in parts, and nobody else', async () => {
    const agent = await newAgent();
    const { text } = await makeKey(desk.api, 'crm');
    const evidence = {
      form: 'register',
      source: 'Register',
      reference: 'U-1',
      sha256: '7'.repeat(64),
      dated_on: '2026-01-31',
    };
    const entries = Array.from({ length: MOST }, (_, n) => {
      return { holder: `P-${n + 1}`, representative: `P-${n + 2}`, kind: 'bewind', ends_at: 'ooit' };
    });
    const bring = (rows: readonly object[]) =>
      desk.send(
        'agent',
        'POST',
        '/v1/representations/imports',
        { evidence, entries: rows },
        { 'mandaat-agent': agent },
      );
    const whole = await bring(entries);
    expect([whole.status, whole.body.detail]).toEqual([
      429,
      `You may see ${MOST} customers in an hour, and this would be more. Go on with those of the last hour, or ask your team lead. This names ${MOST + 1} of them at once: send it in parts.`,
    ]);
    // As it says: a part of it comes in, and what names no list is told nothing of parts.
    expect((await bring(entries.slice(0, MOST - 1))).status).toBe(200);
    const one = await desk.send('agent', 'POST', '/v1/representations', entries[MOST - 1], { 'mandaat-agent': agent });
    expect([one.status, one.body.detail.includes('in parts')]).toEqual([429, false]);
    const lookedUp = Array.from({ length: MOST + 1 }, (_, n) => `P-${n + 1}`);
    const compared = await desk.send(
      'crm',
      'POST',
      '/v1/representations/comparisons',
      { looked_up: lookedUp, entries: [] },
      { authorization: `Bearer ${text}` },
    );
    expect([compared.status, compared.body.detail]).toEqual([
      429,
      `This key may look up ${MOST} people in an hour, and this would be more. Wait, or have the limit raised. This names ${MOST + 1} of them at once: send it in parts.`,
    ]);
  });

  it('counts per key, people and the holders of contracts together, and guesses', async () => {
    const [first, second] = [await makeKey(desk.api, 'crm'), await makeKey(desk.api, 'crm')];
    const get = (path: string, { text } = first) =>
      desk.send('crm', 'GET', path, undefined, { authorization: `Bearer ${text}` });
    for (const path of ['people/P-1', 'contracts/C-2', 'people/P-3', 'people/P-3/contact-points/history']) {
      expect([path, (await get(`/v1/${path}`)).status]).toEqual([path, 200]);
    }
    for (const path of ['people/P-NONE', 'contracts/C-NONE', 'people/P-OTHER']) {
      expect([path, (await get(`/v1/${path}`)).status]).toEqual([path, 404]);
    }
    for (const path of ['people/P-9', 'contracts/C-9', 'people/P-NONE']) {
      const refused = await get(`/v1/${path}`);
      expect([path, refused.status, refused.body.code]).toEqual([path, 429, 'rate_limited']);
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    }
    expect((await get('/v1/people/P-1')).status).toBe(200);
    expect((await get('/v1/people/P-9', second)).status).toBe(200);
    expect((await recordsOf('reach.refused')).at(-1)).toMatchObject({
      actor: `key:${first.key.id}`,
      body: { what: 'lookup' },
    });
  });
});

describe('The cap on look-ups, in searches of the standard decision API', () => {
  /** With a policy that answers outside calls, too. */
  let records: Desk;

  beforeAll(async () => {
    records = await Desk.open({ keyPeoplePerHour: MOST });
    const loaded = await fetch(`${records.api.url}/v1/policies`, {
      method: 'POST',
      headers: { authorization: records.authorization('admin'), 'content-type': 'text/yaml' },
      body: readFileSync(new URL('../authzen/records.yaml', import.meta.url)),
    });
    expect(loaded.status).toBe(200);
    for (let n = 1; n <= PEOPLE; n += 1) await records.person(`P-${n}`, { phone: `+49 30 23125 2${10 + n}` });
    const held: Readonly<Record<string, readonly number[]>> = {
      'R-two': [1, 2],
      'R-one': [3],
      'R-more': [7],
      'R-many': Array.from({ length: 8 }, (_, n) => n + 1),
    };
    for (const [ref, holders] of Object.entries(held)) {
      await records.put('crm', `/v1/contracts/${ref}`, {
        resource_type: 'record',
        joint_rule: 'any',
        holders: holders.map((n) => `P-${n}`),
        properties: { status: 'active' },
      });
    }
  });
  afterAll(() => records?.close());

  const read = { name: 'read' };
  const record = (id: string) => ({ type: 'record', id });
  const user = (id: string) => ({ type: 'user', id });

  /** A key of which nothing is counted yet. */
  async function searcher() {
    const { key, text } = await makeKey(records.api, 'crm', { maySearch: true });
    const send = (path: string, body: object): Promise<Answer> =>
      records.post('crm', `/access/v1/${path}`, body, { authorization: `Bearer ${text}` });
    const found = ({ status, body }: Answer): unknown =>
      status === 200 ? body.results.map(({ id }: { id: string }) => id) : body.code;
    return {
      key,
      send,
      /** Who may, on this one. */
      people: async (id: string, more: object = {}): Promise<unknown> =>
        found(await send('search/subject', { subject: { type: 'user' }, action: read, resource: record(id), ...more })),
      /** On what this one may. */
      resources: async (id: string): Promise<unknown> =>
        found(await send('search/resource', { subject: user(id), action: read, resource: { type: 'record' } })),
      person: async (ref: string): Promise<number> =>
        (await records.send('crm', 'GET', `/v1/people/${ref}`, undefined, { authorization: `Bearer ${text}` })).status,
    };
  }

  it('counts who is found, who is named, and guesses, with every other look-up, and tells nobody above it what there is', async () => {
    const { key, send, people, resources, person } = await searcher();
    expect(await people('R-two')).toEqual(['P-1', 'P-2']);
    // The same ones again cost nothing, in whatever way.
    expect(await people('R-two')).toEqual(['P-1', 'P-2']);
    expect(await resources('P-1')).toEqual(['R-many', 'R-two']);
    expect(await person('P-1')).toBe(200);
    expect(await people('R-one')).toEqual(['P-3']);
    expect(await people('R-NONE')).toEqual([]);
    expect(await resources('P-NONE')).toEqual([]);
    // Of six two are left but for the guesses: one more person, and it is over.
    expect(await resources('P-9')).toEqual([]);
    expect([await people('R-more'), await people('R-NONE'), await resources('P-10'), await person('P-10')]).toEqual([
      'rate_limited',
      'rate_limited',
      'rate_limited',
      429,
    ]);
    expect(await people('R-one')).toEqual(['P-3']);
    const { rows } = await records.owner.query<{ body: string }>(
      "SELECT body FROM audit_records WHERE kind = 'reach.refused' AND actor = $1",
      [`key:${key.id}`],
    );
    expect(rows.map(({ body }) => JSON.parse(body) as unknown)).toEqual(
      Array.from({ length: 4 }, () => ({ what: 'lookup', most: MOST })),
    );
    // What names both is a question, and no look-up.
    const question = { subject: user('P-7'), action: read, resource: record('R-more') };
    expect((await send('evaluation', question)).body).toMatchObject({ decision: true });
    expect((await send('search/action', question)).body.results).toContainEqual({ name: 'read' });
  });

  it('records who was named, and a guess', async () => {
    const { key, people, resources } = await searcher();
    await people('R-NONE');
    await resources('P-9');
    const { rows } = await records.owner.query<{ body: string; person_ids: string[] }>(
      "SELECT body, person_ids FROM audit_records WHERE kind = 'lookup' AND actor = $1 ORDER BY recorded_at, id",
      [`key:${key.id}`],
    );
    const { rows: named } = await records.owner.query<{ id: string }>("SELECT id FROM people WHERE crm_ref = 'P-9'");
    expect(rows.map(({ body, person_ids: ids }) => [JSON.parse(body) as unknown, ids])).toEqual([
      [{ what: 'search', isFound: false }, []],
      [{ what: 'search', isFound: true }, [named[0]?.id]],
    ]);
  });

  it('says of a page with more people than an hour has room for that smaller ones would do', async () => {
    const { send, people } = await searcher();
    const question = { subject: { type: 'user' }, action: read, resource: record('R-many') };
    const refused = await send('search/subject', question);
    expect([refused.status, refused.body.detail]).toEqual([
      429,
      `This key may look up ${MOST} people in an hour, and this would be more. Wait, or have the limit raised. This page has 8 of them: ask for fewer with page.limit.`,
    ]);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    const first = await send('search/subject', { ...question, page: { limit: 4 } });
    expect(first.body.results).toHaveLength(4);
    const { next_token: token } = first.body.page;
    const second = await send('search/subject', { ...question, page: { token } });
    expect([second.status, second.body.detail.includes('page.limit')]).toEqual([429, false]);
    expect(await people('R-two')).toEqual(['P-1', 'P-2']);
  });

  it('counts nothing in a call, whose customers are counted as such', async () => {
    const { send, people, resources } = await searcher();
    for (let n = 1; n <= MOST; n += 1) expect(await people(`R-NONE-${n}`)).toEqual([]);
    expect(await people('R-two')).toBe('rate_limited');
    const opened = await records.expectSuccess(records.open('R-more', { as: 'holder', number: '+49 30 23125 217' }));
    const context = { call_id: opened.body.call.id };
    expect(await people('R-more', { context })).toEqual(['P-7']);
    const asked = { subject: user('P-7'), action: read, resource: { type: 'record' }, context };
    expect((await send('search/resource', asked)).body.results).toEqual([record('R-more')]);
    expect(await resources('P-7')).toBe('rate_limited');
  });
});

describe('The kill switch', () => {
  /** Codes are asked for by call: of the holder, for an action. */
  async function busyAgent(n: number): Promise<{ agent: string; callId: string; key: string; codeId: string }> {
    const agent = await newAgent();
    const { text: key } = await makeKey(desk.api, 'agent', { agentRef: agent });
    const phone = `+49 30 23125 1${String(n).padStart(2, '0')}`;
    await desk.person(`P-K${n}`, { phone });
    await desk.contract(`C-K${n}`, [`P-K${n}`]);
    const opened = await desk.expectSuccess(desk.open(`C-K${n}`, { as: 'holder', number: phone, agent }));
    const callId: string = opened.body.call.id;
    const path = `/v1/calls/${callId}/verifications`;
    const sent = await desk.expectSuccess(desk.post('agent', path, { method: 'code' }, { 'mandaat-agent': agent }));
    return { agent, callId, key, codeId: sent.body.id };
  }

  const check = (at: Desk, callId: string, agent: string): Promise<Answer> =>
    at.post('agent', `/v1/calls/${callId}/checks`, { purpose: 'advise' }, { 'mandaat-agent': agent });

  it('ends access, keys, calls and codes at once, in another process too, and tells it', async () => {
    const { agent, callId, key, codeId } = await busyAgent(1);
    const { next } = (await desk.get('crm', '/v1/changes?after=now')).body;
    // Known there by heart.
    expect((await check(elsewhere, callId, agent)).status).toBe(200);
    const { body } = await desk.expectSuccess(desk.post('admin', `/v1/agents/${agent}/shut-out`));
    expect(body).toEqual({
      agent_ref: agent,
      revoked_keys: [expect.any(String)],
      ended_calls: [callId],
      cancelled_codes: 1,
    });
    const { rows } = await desk.owner.query(
      `SELECT c.state, k.ended_at IS NOT NULL AS ended FROM codes c JOIN calls k ON k.id = c.call_id WHERE c.id = $1`,
      [codeId],
    );
    expect(rows).toEqual([{ state: 'cancelled', ended: true }]);
    // Not heard of yet, or heard of already: either way there is nothing left to have.
    for (const at of [elsewhere, desk]) {
      expect([403, 409]).toContain((await check(at, callId, agent)).status);
      expect((await at.open('C-1', { as: 'holder', agent })).status).toBe(403);
    }
    for (const at of [desk.api, sibling]) {
      const answer = await fetch(`${at.url}/v1/calls/${callId}`, { headers: { authorization: `Bearer ${key}` } });
      expect([401, 403]).toContain(answer.status);
    }
    // What came before may be told after the place that was asked for, as long as something else is under way.
    const told = (
      await feed(`after=${next}&types=agent.shut_out,key.revoked,call.ended,confirmation.cancelled`, 4)
    ).map(({ type, data }) => [type, data]);
    expect(told).toEqual([
      ['agent.shut_out', { agent_ref: agent }],
      ['key.revoked', { key_id: body.revoked_keys[0] }],
      ['call.ended', { call_id: callId }],
      ['confirmation.cancelled', { call_id: callId, confirmation_id: codeId }],
    ]);
    const again = await desk.expectSuccess(desk.post('admin', `/v1/agents/${agent}/shut-out`));
    expect(again.body).toEqual({ agent_ref: agent, revoked_keys: [], ended_calls: [], cancelled_codes: 0 });
    expect(await recordsOf('agent.shut_out')).toHaveLength(1);
    expect((await desk.post('admin', '/v1/agents/A-NONE/shut-out')).status).toBe(404);
  });

  /** Answers to checks in two processes: to those that began before the switch was answered, and to those after. */
  async function burst(n: number): Promise<{ readonly early: readonly number[]; readonly late: readonly number[] }> {
    const { agent, callId } = await busyAgent(n);
    let isOver = false;
    const late: number[] = [];
    const early: number[] = [];
    const asking = async (at: Desk): Promise<void> => {
      // As many late ones from each: who refuses is quicker than who answers.
      for (let turn = 0, after = 0; turn < 400 && after < 5; turn += 1) {
        const isLate = isOver;
        const { status } = await check(at, callId, agent);
        (isLate ? late : early).push(status);
        if (isLate) after += 1;
      }
    };
    // Known by heart in both.
    for (const at of [desk, elsewhere]) early.push((await check(at, callId, agent)).status);
    const bursts = [desk, elsewhere, desk, elsewhere].map(asking);
    while (early.length < 10) await new Promise((resolve) => setTimeout(resolve, 5));
    await desk.expectSuccess(desk.post('admin', `/v1/agents/${agent}/shut-out`));
    isOver = true;
    await Promise.all(bursts);
    return { early, late };
  }

  const answered = (statuses: readonly number[]): number => statuses.filter((status) => status < 400).length;

  it('stops a burst in two processes: nothing that begins after its answer is permitted', async () => {
    const { early, late } = await burst(2);
    // Until then they were answered.
    expect(answered(early)).toBeGreaterThan(0);
    expect(late.length).toBeGreaterThan(0);
    expect(answered(late)).toBe(0);
  });

  it('would not stop one where a process keeps what it read: the control', async () => {
    const keepsBoth: Alteration = (app) => [...keepsAgents(app), ...keepsFacts(app)];
    expect(answered((await altered([sibling.app], keepsBoth, () => burst(3))).late)).toBeGreaterThan(0);
  });

  it('ends where they are signed in at the desk, in both processes, also for when they are back', async () => {
    const agent = await newAgent();
    const { rows } = await desk.owner.query<{ id: string }>('SELECT id FROM agents WHERE agent_ref = $1', [agent]);
    const [here, there] = [desk.api, sibling].map(({ app }) => app.get(StaffSessions, { strict: false }));
    const tokens = [
      await here!.open(rows[0]?.id ?? '', ['desk-agent'], new Date()),
      await there!.open(rows[0]?.id ?? '', ['desk-agent'], new Date()),
    ];
    const live = (): Promise<boolean[]> =>
      Promise.all(
        tokens.flatMap((token) => [here, there].map(async (one) => (await one!.authenticate(token, true)) !== null)),
      );
    expect(await live()).toEqual([true, true, true, true]);
    const other = await here!.open(
      (await desk.owner.query<{ id: string }>("SELECT id FROM agents WHERE agent_ref = 'A-1'")).rows[0]?.id ?? '',
      ['desk-agent'],
      new Date(),
    );
    await desk.expectSuccess(desk.post('admin', `/v1/agents/${agent}/shut-out`));
    expect(await live()).toEqual([false, false, false, false]);
    await desk.put('admin', `/v1/agents/${agent}`, { role: 'agent', team: 'service', is_active: true });
    expect(await live()).toEqual([false, false, false, false]);
    // Nobody else is signed out.
    expect(await there!.authenticate(other, true)).not.toBeNull();
    const ended = (await recordsOf('staff_session.ended')).map(({ body }) => (body as { agentId: string }).agentId);
    expect(ended).toEqual([rows[0]?.id, rows[0]?.id]);
  });

  it('leaves no call open that is opened at the same time elsewhere', async () => {
    const agent = await newAgent();
    const opening = Array.from({ length: MOST }, (_, n) => elsewhere.open(`C-${n + 1}`, { as: 'holder', agent }));
    await desk.expectSuccess(desk.post('admin', `/v1/agents/${agent}/shut-out`));
    await Promise.all(opening);
    const { rows } = await desk.owner.query(
      'SELECT FROM calls c JOIN agents a ON a.id = c.agent_id WHERE agent_ref = $1 AND ended_at IS NULL',
      [agent],
    );
    expect(rows).toEqual([]);
  });

  it('ends a key in the middle of a burst, in both processes', async () => {
    const { key, text } = await makeKey(desk.api, 'crm');
    const ask = (at: TestApp): Promise<number> =>
      fetch(`${at.url}/v1/people/P-1`, { headers: { authorization: `Bearer ${text}` } }).then(({ status }) => status);
    expect([await ask(desk.api), await ask(sibling)]).toEqual([200, 200]);
    const { body } = await desk.expectSuccess(desk.post('admin', `/v1/keys/${key.id}/revoke`));
    expect(body).toEqual({ key_id: key.id, revoked_at: expect.any(String) });
    // A look-up holds its key: even a process that has not heard yet finds it revoked.
    expect(await Promise.all([sibling, desk.api, sibling, desk.api].map(ask))).toEqual([401, 401, 401, 401]);
    expect((await desk.post('admin', '/v1/keys/AbsentAbsent/revoke')).status).toBe(404);
  });
});

describe('Who is about to leave', () => {
  const dayIn = (days: number): string =>
    new Intl.DateTimeFormat('sv', { timeZone: 'Europe/Amsterdam' }).format(Date.now() + days * 86_400_000);
  const put = (ref: string, body: object): Promise<Answer> =>
    desk.put('admin', `/v1/agents/${ref}`, { role: 'agent', team: 'service', ...body });
  const look = (): Promise<unknown> =>
    Promise.all([desk.api, sibling].map(({ app }) => app.get(Leavers, { strict: false }).look()));
  const pseudonymOf = async (ref: string): Promise<string> =>
    (await desk.get('admin', `/v1/agents/${ref}`)).body.pseudonym;

  /** Calls about so many contracts, each of those days ago; two about each. */
  async function called(ref: string, contracts: number, daysAgo: readonly number[]): Promise<void> {
    await desk.owner.query(
      `INSERT INTO calls (id, channel, contract_id, agent_id, claim, language, opened_at, ends_at)
       SELECT gen_random_uuid(), 'phone', k.id, a.id, 'holder', 'nl', now() - make_interval(days => d),
         now() - make_interval(days => d) + interval '1 minute'
       FROM agents a, unnest($3::int[]) d, generate_series(1, 2),
         (SELECT id FROM contracts ORDER BY created_at, id LIMIT $2) k WHERE a.agent_ref = $1`,
      [ref, contracts, daysAgo],
    );
  }

  async function alarmsOf(ref: string): Promise<readonly object[]> {
    const pseudonym = await pseudonymOf(ref);
    const { body } = await desk.get('privacy', '/v1/leaver-alarms?limit=100');
    return body.alarms.filter((alarm: { pseudonym: string }) => alarm.pseudonym === pseudonym);
  }

  it('and looks at many more customers than they used to raises one alarm a day, in two processes', async () => {
    const [leaver, quiet, busy, stays, fresh] = await Promise.all([1, 2, 3, 4, 5].map(() => newAgent()));
    // What was usual was so before they were watched.
    for (const ref of [leaver, quiet, stays]) await called(ref ?? '', 3, [30, 40, 50]);
    await called(busy ?? '', 7, [30, 40, 50]);
    for (const ref of [leaver, busy, stays, fresh]) await called(ref ?? '', 11, [0]);
    await called(quiet ?? '', 10, [0]);
    for (const ref of [leaver, quiet, busy, fresh]) await put(ref ?? '', { leaves_on: dayIn(5) });
    expect((await desk.get('admin', `/v1/agents/${leaver}`)).body.leaves_on).toBe(dayIn(5));
    const { next } = (await desk.get('crm', '/v1/changes?after=now')).body;
    await look();
    await look();
    const alarms = await alarmsOf(leaver ?? '');
    expect(alarms).toMatchObject([{ day: dayIn(0), contracts: 11, most: 10, closed_at: null }]);
    // The controls: as much as ever, a busy desk, nobody who leaves, and somebody of whom nothing is known yet.
    for (const ref of [quiet, busy, stays, fresh]) expect([ref, await alarmsOf(ref ?? '')]).toEqual([ref, []]);
    // What is too many for anybody is too many, whatever is known.
    await desk.contract('C-L1', ['P-1']);
    await called(fresh ?? '', PEOPLE + 1, [0]);
    await look();
    expect(await alarmsOf(fresh ?? '')).toMatchObject([{ contracts: PEOPLE + 1, most: PEOPLE }]);
    const told = await feed(`after=${next}&types=incident.leaver`, 2);
    const alarm = { alarm_id: expect.any(String) };
    expect(told.map(({ data }) => data)).toEqual([alarm, alarm]);
    const record = { actor: 'system:leavers', person_ids: [] };
    expect(await recordsOf('incident.leaver')).toMatchObject([record, record]);
    const [{ id }] = alarms as [{ id: string }];
    for (const _ of [1, 2]) expect((await desk.post('privacy', `/v1/leaver-alarms/${id}/close`)).status).toBe(204);
    expect(await alarmsOf(leaver ?? '')).toEqual([]);
    expect(await recordsOf('leaver_alarm.closed')).toHaveLength(1);
    // More of the same day is no other alarm; what is too much for anybody is, and once.
    await called(leaver ?? '', PEOPLE, [0]);
    await look();
    expect(await alarmsOf(leaver ?? '')).toEqual([]);
    await called(leaver ?? '', PEOPLE + 1, [0]);
    await look();
    await look();
    expect(await alarmsOf(leaver ?? '')).toMatchObject([{ id, contracts: PEOPLE + 1, most: PEOPLE, closed_at: null }]);
    const again = await feed(`after=${next}&types=incident.leaver`, 3);
    expect(again.map(({ data }) => data)).toEqual([alarm, alarm, { alarm_id: id }]);
    await desk.expectSuccess(desk.post('privacy', `/v1/leaver-alarms/${id}/close`));
    await look();
    expect(await alarmsOf(leaver ?? '')).toEqual([]);
    const { text } = await desk.api.request.get('/metrics');
    expect(text).toMatch(/mandaat_leaver_alarms_total \d/);
  });

  /** Both processes have seen that there is something to tell, and each would have told it before the other has. */
  async function toldByTwo(isCareless: boolean): Promise<{ readonly alarms: number; readonly records: number }> {
    const ref = await newAgent();
    await called(ref, 3, [30, 40, 50]);
    await called(ref, 11, [0]);
    await put(ref, { leaves_on: dayIn(5) });
    const meeting: Alteration = (app) => {
      const repository = app.get(LeaversRepository, { strict: false });
      const raise: LeaversRepository['raise'] = async (tx, ...rest) => {
        const query = (sql: string, values: unknown[]): Promise<unknown> =>
          tx.query(isCareless ? sql.replace(/ON CONFLICT[^]*(?=RETURNING)/, '') : sql, values);
        const raised = await LeaversRepository.prototype.raise.call(repository, { query } as EntityManager, ...rest);
        await meet('alarm');
        return raised;
      };
      const hasUntold: LeaversRepository['hasUntold'] = async (...asked) => {
        const isSo = await LeaversRepository.prototype.hasUntold.apply(repository, asked);
        await meet('look');
        return isSo;
      };
      return [{ of: repository, does: { raise, hasUntold } }];
    };
    await altered([desk.api.app, sibling.app], meeting, look);
    const { rows } = await desk.owner.query<{ alarms: number; records: number }>(
      `SELECT (SELECT count(*)::int FROM leaver_alarms WHERE agent_id = a.id) AS alarms,
         (SELECT count(*)::int FROM audit_records
           WHERE kind = 'incident.leaver' AND body::jsonb ->> 'agentId' = a.id::text) AS records
       FROM agents a WHERE agent_ref = $1`,
      [ref],
    );
    return rows[0]!;
  }

  it('raises one alarm when two processes come to it at the same moment', async () => {
    expect(await toldByTwo(false)).toEqual({ alarms: 1, records: 1 });
  });

  it('would raise two, if a day could have two: the control', async () => {
    await desk.owner.query('ALTER TABLE leaver_alarms DROP CONSTRAINT leaver_alarms_day_key');
    try {
      expect(await toldByTwo(true)).toEqual({ alarms: 2, records: 2 });
    } finally {
      await desk.owner.query(`DELETE FROM leaver_alarms a USING leaver_alarms b
        WHERE (b.agent_id, b.day) = (a.agent_id, a.day) AND b.id < a.id`);
      await desk.owner.query('ALTER TABLE leaver_alarms ADD CONSTRAINT leaver_alarms_day_key UNIQUE (agent_id, day)');
    }
  });

  it('has nothing any more when their last day is over, at that moment, and comes back by another day alone', async () => {
    const ref = await newAgent();
    const { text: key } = await makeKey(desk.api, 'agent', { agentRef: ref });
    await put(ref, { leaves_on: dayIn(0) });
    const opened = await desk.expectSuccess(desk.open('C-1', { as: 'holder', agent: ref }));
    const check = (at: Desk): Promise<Answer> =>
      at.post('agent', `/v1/calls/${opened.body.call.id}/checks`, {}, { 'mandaat-agent': ref });
    const asked = await desk.expectSuccess(check(elsewhere));
    // On their last day they work, and nothing is promised beyond it.
    const { rows } = await desk.owner.query<{ leaves_at: Date }>('SELECT leaves_at FROM agents WHERE agent_ref = $1', [
      ref,
    ]);
    for (const { valid_until: until } of asked.body.decisions) {
      expect(Date.parse(until)).toBeLessThanOrEqual(rows[0]!.leaves_at.getTime());
    }
    await desk.owner.query('UPDATE agents SET leaves_at = now() WHERE agent_ref = $1', [ref]);
    // Nobody has noticed yet, and nobody was told.
    for (const at of [desk, elsewhere]) {
      expect([403, 409]).toContain((await check(at)).status);
      expect((await at.open('C-1', { as: 'holder', agent: ref })).status).toBe(403);
    }
    await look();
    expect(await recordsOf('agent.shut_out')).toContainEqual(expect.objectContaining({ actor: 'system:leavers' }));
    const shut = (await recordsOf('agent.shut_out')).filter(({ actor }) => actor === 'system:leavers');
    expect(shut).toHaveLength(1);
    const answer = await fetch(`${desk.api.url}/v1/calls/${opened.body.call.id}`, {
      headers: { authorization: `Bearer ${key}` },
    });
    expect([401, 403]).toContain(answer.status);
    // A system that says every night that they are there doesn't bring them back.
    expect((await put(ref, { is_active: true })).body.is_active).toBe(false);
    expect((await put(ref, { leaves_on: null })).body).toMatchObject({ is_active: true, leaves_on: null });
    for (const wrong of ['2026-02-30', 'tomorrow', 5]) {
      const { status } = await desk.send('admin', 'PUT', `/v1/agents/${ref}`, { role: 'agent', leaves_on: wrong });
      expect([wrong, status]).toEqual([wrong, 400]);
    }
  });
});

describe('What an agent can, and was trained in', () => {
  const day = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString();
  const attest = (ref: string, body: object): Promise<Answer> =>
    desk.post('admin', `/v1/agents/${ref}/attestations`, body);

  it('is said by the names of the policy, and stays as it was where nothing is said of it', async () => {
    const ref = await newAgent();
    const put = (body: object): Promise<Answer> =>
      desk.send('admin', 'PUT', `/v1/agents/${ref}`, { role: 'agent', team: 'service', ...body });
    const { body } = await put({ skills: ['mailbox'], flags: ['no_video'] });
    expect(body).toMatchObject({ skills: ['mailbox'], flags: ['no_video'] });
    expect((await put({})).body).toEqual(body);
    const unknown = await put({ skills: ['mailbox', 'juggling'], flags: ['no_vidoe'] });
    expect(unknown.status).toBe(400);
    expect(unknown.body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(['/skills', '/flags']);
    expect((await put({ skills: ['Mailbox'] })).status).toBe(400);
    expect((await put({ skills: [] })).body).toMatchObject({ skills: [], flags: ['no_video'] });
    expect((await recordsOf('agent.changed')).at(-1)?.body).toMatchObject({ skills: [], flags: ['no_video'] });
    // Shutting them out takes no flag away.
    await desk.expectSuccess(desk.post('admin', `/v1/agents/${ref}/shut-out`));
    expect((await desk.get('admin', `/v1/agents/${ref}`)).body).toMatchObject({
      is_active: false,
      flags: ['no_video'],
    });
  });

  it('counts in the next check, in both processes, until it is withdrawn', async () => {
    const ref = await newAgent();
    const opened = await desk.expectSuccess(desk.open('C-1', { as: 'holder', channel: 'video', agent: ref }));
    const decided = async (at: Desk): Promise<string> => {
      const path = `/v1/calls/${opened.body.call.id}/checks`;
      const body = { actions: [{ name: 'fault.outage' }] };
      const { body: check } = await desk.expectSuccess(at.post('agent', path, body, { 'mandaat-agent': ref }));
      return `${check.decisions[0].outcome} ${check.decisions[0].reason}`;
    };
    const both = (): Promise<string[]> => Promise.all([decided(desk), decided(elsewhere)]);
    expect(await both()).toEqual(Array(2).fill('deny attestation_expired'));
    await desk.expectSuccess(attest(ref, { kind: 'training', channel: 'chat', expires_at: day(10) }));
    expect(await both()).toEqual(Array(2).fill('deny attestation_expired'));
    const { body } = await desk.expectSuccess(attest(ref, { kind: 'training', channel: 'video', expires_at: day(10) }));
    expect(await both()).toEqual(Array(2).fill('permit permitted'));
    await desk.put('admin', `/v1/agents/${ref}`, { role: 'agent', team: 'service', flags: ['no_video'] });
    expect(await both()).toEqual(Array(2).fill('deny agent_not_allowed'));
    await desk.put('admin', `/v1/agents/${ref}`, { role: 'agent', team: 'service', flags: [] });
    const path = `/v1/agents/${ref}/attestations/${body.id}`;
    expect((await desk.send('admin', 'DELETE', path)).status).toBe(204);
    expect(await both()).toEqual(Array(2).fill('deny attestation_expired'));
    expect((await desk.send('admin', 'DELETE', path)).status).toBe(404);
    expect((await desk.send('admin', 'DELETE', `/v1/agents/A-1/attestations/${body.id}`)).status).toBe(404);
    expect((await recordsOf('agent.attestation_withdrawn')).at(-1)).toMatchObject({
      person_ids: [],
      body: { attestationId: body.id, kind: 'training' },
    });
  });

  it('is recorded once, with a period that is one, and is told before it ends unless something renews it', async () => {
    const ref = await newAgent();
    const soon = { kind: 'confidentiality', issued_at: day(-1), expires_at: day(5) };
    const first = await attest(ref, soon);
    const again = await attest(ref, soon);
    expect([first.status, again.status]).toEqual([201, 201]);
    expect(again.body).toEqual(first.body);
    expect(first.body).toMatchObject({
      kind: 'confidentiality',
      channel: null,
      recorded_by: expect.stringMatching(/^key:/),
    });
    const later = await desk.expectSuccess(attest(ref, { kind: 'training', channel: 'chat', expires_at: day(9) }));
    const told = async (query = 'within_days=20'): Promise<string[]> => {
      const { body } = await desk.get('admin', `/v1/attestations/expiring?${query}`);
      return body.attestations
        .filter((one: { agent_ref: string }) => one.agent_ref === ref)
        .map(({ id }: { id: string }) => id);
    };
    expect(await told()).toEqual([first.body.id, later.body.id]);
    expect(await told('within_days=6')).toEqual([first.body.id]);
    expect(await told(`within_days=20&after=${first.body.id}&limit=1`)).toEqual([later.body.id]);
    await desk.expectSuccess(attest(ref, { ...soon, expires_at: day(300) }));
    expect(await told()).toEqual([later.body.id]);
    expect((await desk.get('admin', `/v1/agents/${ref}/attestations`)).body).toHaveLength(3);
    await desk.expectSuccess(desk.post('admin', `/v1/agents/${ref}/shut-out`));
    expect(await told()).toEqual([]);
    for (const wrong of [
      { kind: 'swimming', expires_at: day(5) },
      { kind: 'training', expires_at: day(-1) },
      { kind: 'training', expires_at: day(365 * 6) },
      { kind: 'training', channel: 'smoke', expires_at: day(5) },
      { kind: 'training' },
    ]) {
      expect([wrong, (await attest(ref, wrong)).status]).toEqual([wrong, 400]);
    }
    expect((await attest('A-NONE', soon)).status).toBe(404);
  });
});

describe('A canary', () => {
  const TWINS = ['CANARY', 'COMMON'] as const;
  let searching: string;

  beforeAll(async () => {
    searching = (await makeKey(desk.api, 'crm')).text;
    for (const twin of TWINS) {
      await desk.person(`P-${twin}`, { name: 'Ada Fictief', phone: '+49 30 23125 900' });
      await desk.contract(`C-${twin}`, [`P-${twin}`]);
    }
    await desk.expectSuccess(desk.post('admin', '/v1/canaries', { contract: 'C-CANARY' }));
    await desk.expectSuccess(desk.post('admin', '/v1/canaries', { person: 'P-CANARY' }));
    expect((await desk.post('admin', '/v1/canaries', { person: 'P-NONE' })).status).toBe(404);
    expect((await desk.post('admin', '/v1/canaries', {})).status).toBe(400);
  });

  interface Alarm {
    readonly id: string;
    readonly person: string;
    readonly record_kind: string;
    readonly pseudonym: string | null;
    readonly key_id: string | null;
    readonly call_id: string | null;
  }
  const alarms = async (): Promise<readonly Alarm[]> =>
    (await desk.expectSuccess(desk.get('privacy', '/v1/canary-alarms?limit=100'))).body.alarms;

  /** The bytes of an answer, but for what differs between any two: ids, moments, and the names of the twins. */
  function bytesOf({ status, body, headers }: Answer): string {
    const VARYING = [
      'date',
      'x-request-id',
      'x-ratelimit-remaining',
      'ratelimit-remaining',
      'x-ratelimit-reset',
      'ratelimit-reset',
    ];
    const kept = [...headers].filter(([name]) => !VARYING.includes(name));
    return JSON.stringify([status, kept, body])
      .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'ID')
      .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'MOMENT')
      .replaceAll(/CANARY|COMMON/g, 'TWIN');
  }

  const byKey = (at: Desk, method: string, path: string, body?: unknown): Promise<Answer> =>
    at.send('crm', method, path, body, { authorization: `Bearer ${searching}` });
  /** Each way to look at somebody, at either of the two processes. */
  const WAYS: readonly (readonly [string, string, (twin: string, at: Desk) => Promise<Answer>])[] = [
    ['opens a call', 'call.opened', (twin, at) => at.open(`C-${twin}`, { as: 'holder' })],
    ['looks up a person', 'lookup', (twin, at) => byKey(at, 'GET', `/v1/people/P-${twin}`)],
    ['looks up a contract', 'lookup', (twin, at) => byKey(at, 'GET', `/v1/contracts/C-${twin}`)],
    ['looks up blocks', 'lookup', (twin, at) => byKey(at, 'GET', `/v1/blocks?holder=P-${twin}`)],
    ['looks up mandates', 'lookup', (twin, at) => byKey(at, 'GET', `/v1/mandates?holder=P-${twin}`)],
    ['looks up life events', 'lookup', (twin, at) => byKey(at, 'GET', `/v1/life-events?person=P-${twin}`)],
    ['looks up who acts by law', 'lookup', (twin, at) => byKey(at, 'GET', `/v1/representations?person=P-${twin}`)],
  ];

  /** Looks at both in the same way. The answers are the same, and the one more alarm is about the canary. */
  async function touch(kind: string, look: (twin: string, at: Desk) => Promise<Answer>, at: Desk): Promise<Alarm> {
    const before = await alarms();
    const [common, canary] = [await look('COMMON', at), await look('CANARY', at)];
    expect(canary.status).toBeLessThan(300);
    expect(bytesOf(canary)).toBe(bytesOf(common));
    await until(async () => (await alarms()).length > before.length, 20_000);
    const raised = (await alarms()).slice(before.length);
    expect(raised.map(({ person, record_kind }) => [person, record_kind])).toEqual([['P-CANARY', kind]]);
    return raised[0] as Alarm;
  }

  it.each(WAYS)('raises an alarm when somebody %s, and looks like anybody', async (_what, kind, look) => {
    for (const at of [desk, elsewhere]) {
      const alarm = await touch(kind, look, at);
      expect([alarm.pseudonym === null, alarm.key_id === null]).toEqual([kind !== 'call.opened', false]);
      expect(alarm.call_id === null).toBe(kind !== 'call.opened');
    }
  });

  it('raises one when a decision about it is asked for outside a call', async () => {
    const policy = readFileSync(new URL('../authzen/records.yaml', import.meta.url));
    const load = await fetch(`${desk.api.url}/v1/policies`, {
      method: 'POST',
      headers: { authorization: desk.authorization('admin'), 'content-type': 'text/yaml' },
      body: policy,
    });
    expect(load.status).toBeLessThan(300);
    for (const twin of TWINS) {
      const record = {
        resource_type: 'record',
        joint_rule: 'any',
        holders: [`P-${twin}`],
        properties: { status: 'active' },
      };
      await desk.put('crm', `/v1/contracts/R-${twin}`, record);
    }
    const ask = (twin: string, at: Desk): Promise<Answer> =>
      byKey(at, 'POST', '/access/v1/evaluation', {
        subject: { type: 'person', id: `P-${twin}` },
        action: { name: 'read' },
        resource: { type: 'record', id: `R-${twin}` },
      });
    await touch('check.advised', ask, desk);
    const common = await ask('COMMON', desk);
    expect(common.body.decision).toBe(true);
  });

  it('alarms within a second of the look, by the database’s clock, without a timer', async () => {
    // The alarm comes from the record of the look itself, in the process that answered: a second is a hundred times what it takes.
    // What does not come that way waits for the next minute: see the process that told nobody, below.
    const { rows } = await desk.owner.query<{ late: number }>(
      'SELECT extract(epoch FROM raised_at - touched_at)::float8 AS late FROM canary_alarms',
    );
    expect(rows.length).toBeGreaterThanOrEqual(2 * WAYS.length);
    expect(rows.filter(({ late }) => late < 0 || late > 1)).toEqual([]);
  });

  it('is told to webhooks by its number alone; neither the feed of who looks people up nor anybody’s log has it', async () => {
    const [{ id } = { id: '' }] = await alarms();
    const { rows } = await desk.owner.query("SELECT data FROM changes WHERE type = 'incident.canary' ORDER BY tx, n");
    expect(rows[0]).toEqual({ data: { alarm_id: id } });
    expect((await desk.get('crm', '/v1/changes?types=incident.canary')).status).toBe(400);
    const { body } = await desk.expectSuccess(desk.get('crm', '/v1/changes?limit=100'));
    expect(body.changes.map(({ type }: { type: string }) => type)).not.toContain('incident.canary');
    for (const kind of ['canary.marked', 'incident.canary']) {
      const records = await recordsOf(kind);
      expect(records.length).toBeGreaterThan(0);
      expect(records.flatMap(({ person_ids: ids }) => ids)).toEqual([]);
    }
    const { text } = await desk.api.request.get('/metrics');
    expect(text).toMatch(/mandaat_canaries_touched_total\{via="lookup"\} [1-9]/);
  });

  it('is noticed all the same when the process that answered told nobody any more', async () => {
    const before = await alarms();
    const deaf = sibling.app.get(CanaryWatch, { strict: false });
    deaf.look = () => Promise.resolve();
    try {
      await desk.expectSuccess(byKey(elsewhere, 'GET', '/v1/people/P-CANARY'));
      await deaf.beforeApplicationShutdown();
      expect(await alarms()).toHaveLength(before.length);
    } finally {
      delete (deaf as Partial<CanaryWatch>).look;
    }
    const watches = [desk.api, sibling].map(({ app }) => app.get(CanaryWatch, { strict: false }));
    await Promise.all(watches.map((watch) => watch.look()));
    // Whoever comes second finds nothing more.
    expect(await alarms()).toHaveLength(before.length + 1);
  });

  it('raises none any more once it ended; an alarm that was dealt with is no open one', async () => {
    const { body: canaries } = await desk.expectSuccess(desk.get('admin', '/v1/canaries'));
    expect(canaries).toEqual([{ id: expect.any(String), person: 'P-CANARY', marked_at: expect.any(String) }]);
    await desk.expectSuccess(desk.send('admin', 'DELETE', `/v1/canaries/${canaries[0].id}`));
    expect((await desk.send('admin', 'DELETE', `/v1/canaries/${canaries[0].id}`)).status).toBe(404);
    const open = await alarms();
    await desk.expectSuccess(byKey(desk, 'GET', '/v1/people/P-CANARY'));
    const watch = desk.api.app.get(CanaryWatch, { strict: false });
    await watch.look();
    expect(await alarms()).toHaveLength(open.length);
    const [first] = open;
    for (let n = 0; n < 2; n += 1) {
      expect((await desk.post('privacy', `/v1/canary-alarms/${first?.id}/close`)).status).toBe(204);
    }
    expect(await alarms()).toHaveLength(open.length - 1);
    const closed = (await desk.get('privacy', '/v1/canary-alarms?state=closed')).body.alarms;
    expect(closed).toMatchObject([{ id: first?.id, closed_at: expect.any(String) }]);
  });
});
