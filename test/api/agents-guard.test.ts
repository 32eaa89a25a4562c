import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { AgentsRepository } from '../../src/auth/agents.repository.ts';
import { AgentsService } from '../../src/auth/agents.service.ts';
import { ReachRepository } from '../../src/reach/reach.repository.ts';
import { makeKey, startSibling, type TestApp } from '../support/app.ts';
import { type Answer, Desk } from '../support/desk.ts';

// What keeps an employee from seeing more people than their work is, and what tells of it.

const MOST = 6;
const PEOPLE = 12;

let desk: Desk;
let sibling: TestApp;
let elsewhere: Desk;

beforeAll(async () => {
  desk = await Desk.open({ agentHoldersPerHour: MOST, keyPeoplePerHour: MOST });
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

async function recordsOf(kind: string): Promise<readonly { actor: string; person_ids: string[]; body: unknown }[]> {
  const { rows } = await desk.owner.query<{ actor: string; person_ids: string[]; body: string }>(
    'SELECT actor, person_ids, body FROM audit_records WHERE kind = $1 ORDER BY recorded_at, id',
    [kind],
  );
  return rows.map((row) => ({ ...row, body: JSON.parse(row.body) as unknown }));
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

  /** Two processes open calls at once, each transaction staying open for a while. How many were let through. */
  async function race(isHeld: boolean): Promise<number> {
    const agent = await newAgent();
    const undo = [desk.api, sibling].map(({ app }) => {
      const repository = app.get(ReachRepository, { strict: false });
      const service = app.get(AgentsService, { strict: false });
      const reach = repository.reach.bind(repository);
      repository.reach = async (tx, ...rest) => {
        const counted = await reach(tx, ...rest);
        await tx.query('SELECT pg_sleep(0.05)');
        return counted;
      };
      if (!isHeld) service.hold = (_tx, id) => app.get(AgentsRepository, { strict: false }).findById(id);
      return () => {
        // What stands on the object itself goes, and the class's own comes back.
        delete (repository as Partial<ReachRepository>).reach;
        delete (service as Partial<AgentsService>).hold;
      };
    });
    try {
      const answers = await Promise.all(
        Array.from({ length: PEOPLE }, (_, n) =>
          (n % 2 === 0 ? desk : elsewhere).open(`C-${n + 1}`, { as: 'holder', agent }),
        ),
      );
      expect(answers.map(({ status }) => status).filter((status) => ![201, 429].includes(status))).toEqual([]);
      return answers.filter(({ status }) => status === 201).length;
    } finally {
      for (const one of undo) one();
    }
  }

  it('holds when many calls are opened at once in two processes', async () => {
    expect(await race(true)).toBe(MOST);
  });

  it('would not hold without keeping the agent: the control', async () => {
    expect(await race(false)).toBeGreaterThan(MOST);
  });
});

describe('The cap on look-ups outside calls', () => {
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
