import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { wrong } from '../support/asking.ts';
import { LOOKING_FIRST, TRIES_IN_MEMORY } from './support/careless.ts';
import type { Service } from './support/service.ts';
import { type AskedCode, PLAN, Stage } from './support/stage.ts';

// What `database/codes.test.ts` does with two instances in one process of Node, which share a clock, a memory and an event loop: here
// are two programs, as they are shipped, that share nothing but the database.

let stage: Stage;
let both: readonly Service[];

beforeAll(async () => {
  stage = await Stage.open({ asked: 8 });
  both = await Promise.all([stage.service(), stage.service()]);
});
afterAll(() => stage?.close());

interface Told {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly body: { readonly accepted?: boolean; readonly state?: string; readonly code?: string };
}

async function send(service: Service, path: string, body?: unknown): Promise<Told> {
  const answer = await fetch(`${service.url}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${stage.token}`, 'mandaat-agent': 'A-1', 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const said = (await answer.json()) as Told['body'];
  return { status: answer.status, retryAfter: answer.headers.get('retry-after'), body: said };
}

/** `count` at once, one after the other at either process; again, as an honest client, while the service is too busy. */
function atBoth(
  count: number,
  work: (service: Service, turn: number) => Promise<Told>,
  services = both,
): Promise<readonly Told[]> {
  return Promise.all(
    Array.from({ length: count }, async (_, turn) => {
      const service = services[turn % services.length]!;
      for (let left = 20; ; left -= 1) {
        const told = await work(service, turn);
        if (told.status !== 503 || left === 0) return told;
        await new Promise((resolve) => setTimeout(resolve, 250));
      }
    }),
  );
}

const attempt = (service: Service, { id, callId }: AskedCode, code: string): Promise<Told> =>
  send(service, `/v1/confirmations/${id}/attempts`, { code, call_id: callId, actions: [PLAN] });

function asked(): AskedCode {
  const code = stage.asked.shift();
  if (code === undefined) throw new Error('the stage was asked for too few codes');
  return code;
}

async function recorded(codeId: string, kind: string): Promise<number> {
  const text = `SELECT count(*)::int FROM audit_records WHERE kind = $2 AND body::jsonb ->> 'codeId' = $1`;
  const [row] = await stage.query<{ count: number }>(text, [codeId, kind]);
  return row!.count;
}

/** Two days go by, for the budgets alone. */
const forgetBudgets = (): Promise<unknown[]> =>
  stage.query("UPDATE code_budget_entries SET at = at - interval '2 days'");

async function used(kind: 'send' | 'failure'): Promise<number> {
  const text = `SELECT count(*)::int FROM code_budget_entries WHERE kind = $1 AND at > now() - interval '1 day'`;
  const [row] = await stage.query<{ count: number }>(text, [kind]);
  return row!.count;
}

/** How many of 64 right ones at once are accepted. */
async function rightOnes(services = both): Promise<number> {
  const code = asked();
  const told = await atBoth(64, (service) => attempt(service, code, code.code), services);
  expect(new Set(told.map(({ status }) => status))).toEqual(new Set([200]));
  return told.filter(({ body }) => body.accepted === true).length;
}

/** How many of 64 wrong ones at once are compared, what that costs, and whether the right one is taken afterwards. */
async function wrongOnes(services = both): Promise<{ compared: number; failures: number; isTakenAfterwards: boolean }> {
  const code = asked();
  await forgetBudgets();
  await atBoth(64, (service, turn) => attempt(service, code, wrong(code.code, turn + 1)), services);
  const compared = await recorded(code.id, 'code.failed');
  const afterwards = await attempt(services[1]!, code, code.code);
  return { compared, failures: await used('failure'), isTakenAfterwards: afterwards.body.accepted === true };
}

/** Four wrong codes, a break, and a fifth: what becomes of the code then, and whether the right one is taken afterwards. */
async function fiveWithABreak(
  services: readonly Service[],
  takeABreak: () => Promise<readonly Service[]>,
): Promise<{ readonly state: string | undefined; readonly isTakenAfterwards: boolean }> {
  const code = asked();
  await forgetBudgets();
  for (let turn = 1; turn <= 4; turn += 1) {
    const { body } = await attempt(services[turn % services.length]!, code, wrong(code.code, turn));
    expect(body).toMatchObject({ accepted: false, state: 'pending' });
  }
  const then = await takeABreak();
  const { state } = (await attempt(then[0]!, code, wrong(code.code, 5))).body;
  const { accepted } = (await attempt(then.at(-1)!, code, code.code)).body;
  return { state, isTakenAfterwards: accepted === true };
}

describe('two processes of one service', () => {
  it('accept one of 64 right codes that come at once', async () => {
    expect(await rightOnes()).toBe(1);
  });

  it('compare five of 64 wrong codes between them, and then the code is dead', async () => {
    expect(await wrongOnes()).toEqual({ compared: 5, failures: 5, isTakenAfterwards: false });
  });

  it('send three codes in ten minutes between them, however many are asked for', async () => {
    await forgetBudgets();
    const path = `/v1/calls/${stage.callId}/confirmations`;
    const told = await atBoth(16, (service) => send(service, path, { actions: [PLAN] }));
    expect(told.filter(({ status }) => status === 201)).toHaveLength(3);
    const refused = told.filter(({ status }) => status !== 201);
    expect(refused.map(({ status, body }) => [status, body.code])).toEqual(
      refused.map(() => [429, 'code_budget_exhausted']),
    );
    expect(await used('send')).toBe(3);
  });

  it('are killed and begun anew, and what was counted still counts', async () => {
    const anew = async (): Promise<readonly Service[]> => {
      await Promise.all(both.map((service) => service.kill()));
      return (both = await Promise.all([stage.service(), stage.service()]));
    };
    expect(await fiveWithABreak(both, anew)).toEqual({ state: 'tries_exhausted', isTakenAfterwards: false });
    expect(await used('failure')).toBe(5);
  });

  it('would begin to count anew if the memory of a process held it (positive control)', async () => {
    const alone = [await stage.service({ careless: TRIES_IN_MEMORY })];
    // As long as it lives it counts.
    const reached = { state: 'tries_exhausted', isTakenAfterwards: false };
    expect(await fiveWithABreak(alone, () => Promise.resolve(alone))).toEqual(reached);
    const anew = async (): Promise<readonly Service[]> => {
      await alone[0]!.kill();
      return [await stage.service({ careless: TRIES_IN_MEMORY })];
    };
    expect(await fiveWithABreak(alone, anew)).toEqual({ state: 'pending', isTakenAfterwards: true });
  });

  it('each let a key ask as often as the setting says: the limit that protects a process is its own', async () => {
    const env = { RATE_LIMIT: '40' };
    const limited = await Promise.all([stage.service({ env }), stage.service({ env })]);
    const flood = async (services: readonly Service[]): Promise<readonly Told[]> =>
      Promise.all(
        Array.from({ length: 120 }, (_, turn) => send(services[turn % services.length]!, `/v1/calls/${stage.callId}`)),
      );
    const count = (told: readonly Told[], status: number): number =>
      told.filter((each) => each.status === status).length;
    const alone = await flood(limited.slice(0, 1));
    expect([count(alone, 200), count(alone, 429)]).toEqual([40, 80]);
    const refused = alone.filter(({ status }) => status === 429);
    expect(refused.every(({ retryAfter }) => Number(retryAfter) > 0 && Number(retryAfter) <= 60)).toBe(true);
    // The other one has not heard of it.
    expect(count(await flood(limited.slice(1)), 200)).toBe(40);
    // Without the limit all are answered (positive control).
    expect(count(await flood(both), 200)).toBe(120);
    await Promise.all(limited.map((service) => service.kill()));
  });

  it('would accept and compare more, if each looked before it wrote (positive control)', async () => {
    const services = await Promise.all([
      stage.service({ careless: LOOKING_FIRST }),
      stage.service({ careless: LOOKING_FIRST }),
    ]);
    expect(await rightOnes(services)).toBeGreaterThan(1);
    expect((await wrongOnes(services)).compared).toBeGreaterThan(5);
  });
});
