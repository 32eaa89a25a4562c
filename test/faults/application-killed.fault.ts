import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { balance, CLEAN, eraseRecord, executionsOf } from './support/ledger.ts';
import type { Service } from './support/service.ts';
import { type AskedCode, EXPLAIN, PLAN, REFUND, Stage } from './support/stage.ts';
import { ask, dishonest, executionOf, type Outcome, type Question } from './support/traffic.ts';

let stage: Stage;

const ROUNDS = 2;
const CONFIRMED = 6;

beforeAll(async () => {
  stage = await Stage.open({ confirmed: ROUNDS * CONFIRMED, asked: 8 });
});
afterAll(() => stage?.close());

/** Answers first, and commits a little later. */
const HASTY = `
  import pg from 'pg';
  const { query } = pg.Client.prototype;
  pg.Client.prototype.query = function (config, ...rest) {
    if ((typeof config === 'string' ? config : config?.text) !== 'COMMIT') return query.call(this, config, ...rest);
    void query.call(this, 'SELECT pg_sleep(0.3)');
    void query.call(this, 'COMMIT').catch(() => undefined);
    return Promise.resolve({ command: 'COMMIT', rows: [], rowCount: null, fields: [] });
  };
`;

/** Kills a process in the middle of checks and executions. Answers what its clients were told. */
async function killed(service: Service, plans: readonly string[] = []): Promise<readonly Outcome[]> {
  const left = plans.map((callId): Question => ({ callId, purpose: 'execute', action: PLAN, key: randomUUID() }));
  const mixed = stage.mixed();
  const traffic = stage.traffic(
    () => [service.url],
    () => left.shift() ?? mixed(),
    16,
  );
  await traffic.answered(4 + Math.floor(Math.random() * 30));
  await wait(Math.random() * 30);
  const stopped = traffic.stop();
  await service.kill();
  const outcomes = await stopped;
  // One that never got to the front asks nobody any more: it is tried again with the others that got no answer.
  return [
    ...outcomes,
    ...left.map((question) => ({
      question,
      url: service.url,
      status: null,
      retryAfter: null,
      body: null,
      startedAt: 0,
      endedAt: 0,
    })),
  ];
}

describe('codes that were typed while a process was killed', () => {
  it('are each accepted once at most, and used up once', async () => {
    const service = await stage.service();
    const other = await stage.service();
    const codes = stage.asked.splice(0);
    const type = async (at: Service, { id, code, callId }: AskedCode): Promise<boolean | null> => {
      const body = { code, call_id: callId, actions: [PLAN] };
      const answer = await stage
        .at(at)
        .post('agent', `/v1/confirmations/${id}/attempts`, body)
        .catch(() => null);
      return answer?.status === 200 ? answer.body.accepted === true : null;
    };
    const first = codes.map((code) => type(service, code));
    await Promise.race(first);
    await service.kill();
    const accepted = await Promise.all(first);
    const again: (boolean | null)[] = [];
    for (const code of codes) {
      // What the dead one had locked is free a moment later: until then a 503 says to try again.
      for (let answer: boolean | null = null; answer === null;) {
        answer = await type(other, code);
        if (answer !== null) again.push(answer);
      }
    }
    // Who was told yes is never told so again; who heard nothing may have been accepted, or is now.
    expect(codes.filter((_, index) => accepted[index] && again[index])).toEqual([]);

    const execute = (callId: string): Promise<Outcome> =>
      ask(other.url, stage.token, { callId, purpose: 'execute', action: PLAN, key: randomUUID() });
    const done = await Promise.all(codes.flatMap(({ callId }) => [execute(callId), execute(callId), execute(callId)]));
    for (const { callId } of codes) {
      expect(await executionsOf(stage.ownerUrl, callId, PLAN.name)).toBe(1);
    }
    expect(done.map(executionOf).filter((id) => id !== null)).toHaveLength(codes.length);
    expect(await balance(stage.ownerUrl, done)).toEqual(CLEAN);
  });
});

describe('a process that is killed in the middle of parallel checks and executions', () => {
  it(`has recorded all that it answered, has left nothing half done, and another one goes on where it stopped`, async () => {
    let cutOff = 0;
    let service = await stage.service();
    for (let round = 0; round < ROUNDS; round += 1) {
      const plans = stage.confirmed.splice(0, CONFIRMED);
      const outcomes = await killed(service, plans);
      expect(dishonest(outcomes.filter(({ status }) => status !== null))).toEqual([]);
      expect(await balance(stage.ownerUrl, outcomes)).toEqual(CLEAN);
      cutOff += outcomes.filter(({ status }) => status === null).length;

      service = await stage.service();
      for (const { question, status } of outcomes) {
        if (question.action !== PLAN || status !== null) continue;
        // A new key: nobody remembers the first attempt but the database.
        const again = await ask(service.url, stage.token, { ...question, key: randomUUID() });
        expect(again.status).toBe(200);
      }
      const done = await Promise.all(plans.map((callId) => executionsOf(stage.ownerUrl, callId, PLAN.name)));
      expect(done).toEqual(plans.map(() => 1));
    }
    await service.kill();
    expect(cutOff).toBeGreaterThan(0);
    expect(await balance(stage.ownerUrl, [])).toEqual(CLEAN);
  });

  it('would have answered what nobody recorded, if it committed after its answer (positive control)', async () => {
    let unrecorded = 0;
    for (let round = 0; round < 3 && unrecorded === 0; round += 1) {
      const found = await balance(stage.ownerUrl, await killed(await stage.service({ careless: HASTY })));
      unrecorded += found.unrecorded;
    }
    expect(unrecorded).toBeGreaterThan(0);
  });
});

describe('the ledger', () => {
  it('misses nothing: one answered record that is gone is found, and the chain shows it (positive control)', async () => {
    const service = await stage.service();
    const outcomes = [
      await ask(service.url, stage.token, { callId: stage.callId, purpose: 'advise', action: EXPLAIN }),
      await ask(service.url, stage.token, { callId: stage.callId, purpose: 'execute', action: REFUND }),
    ];
    expect(await balance(stage.ownerUrl, outcomes)).toEqual(CLEAN);
    await eraseRecord(stage.ownerUrl, outcomes[0]!.body.id);
    await eraseRecord(stage.ownerUrl, outcomes[1]!.body.id);
    expect(await balance(stage.ownerUrl, outcomes)).toMatchObject({ unrecorded: 2, halfDone: 1, broken: 1 });
  });
});
