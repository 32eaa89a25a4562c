import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import type { FaultProxy } from './support/fault-proxy.ts';
import { balance, CLEAN, executionsOf } from './support/ledger.ts';
import type { Service } from './support/service.ts';
import { EXPLAIN, PLAN, REFUND, Stage } from './support/stage.ts';
import { ask, executionOf, type Outcome, type Question, until } from './support/traffic.ts';

let stage: Stage;
let proxy: FaultProxy;
let service: Service;

beforeAll(async () => {
  stage = await Stage.open({ confirmed: 6 });
  proxy = await stage.proxy();
  service = await stage.service({ through: proxy });
});
afterAll(() => stage?.close());

const EXECUTED = 'check.executed';

/** Asks until it gets an answer other than "try again". */
async function insist(question: Question): Promise<Outcome> {
  let outcome: Outcome | undefined;
  await until(async () => {
    outcome = await ask(service.url, stage.token, question);
    return outcome.status === 200;
  });
  return outcome!;
}

async function refunds(): Promise<number> {
  return executionsOf(stage.ownerUrl, stage.callId, REFUND.name);
}

const WAYS = [
  ['the connection is reset', false],
  ['the connection falls silent', true],
] as const;

describe.each(WAYS)('an execution whose COMMIT was done and not answered: %s', (_, isSilent) => {
  it('is a 503; asked again under another key, its confirmation is used up and nothing is done again', async () => {
    const question: Question = { callId: stage.confirmed.pop()!, purpose: 'execute', action: PLAN, key: randomUUID() };
    proxy.loseCommits(EXECUTED, 1, isSilent);
    const lost = await ask(service.url, stage.token, question);
    expect(lost).toMatchObject({ status: 503, retryAfter: expect.any(String) });
    const again = await insist({ ...question, key: randomUUID() });
    expect(again.body.decisions[0]).toMatchObject({ outcome: 'ask_holder' });
    expect(await executionsOf(stage.ownerUrl, question.callId, PLAN.name)).toBe(1);
  });

  it('is done once and told when it is asked again under the same key, with a confirmation or without one', async () => {
    const before = await refunds();
    const plan: Question = { callId: stage.confirmed.pop()!, purpose: 'execute', action: PLAN, key: randomUUID() };
    const refund: Question = { callId: stage.callId, purpose: 'execute', action: REFUND, key: randomUUID() };
    for (const question of [plan, refund]) {
      proxy.loseCommits(EXECUTED, 1, isSilent);
      expect(await ask(service.url, stage.token, question)).toMatchObject({ status: 503 });
      const again = await insist(question);
      expect(executionOf(again)).not.toBeNull();
      // And the answer that was kept by now is that one.
      expect(executionOf(await insist(question))).toBe(executionOf(again));
      expect(await balance(stage.ownerUrl, [again])).toEqual(CLEAN);
    }
    expect(await executionsOf(stage.ownerUrl, plan.callId, PLAN.name)).toBe(1);
    expect(await refunds()).toBe(before + 1);
  });

  it('would be done twice by a client that gives it another key (positive control)', async () => {
    const before = await refunds();
    const question: Question = { callId: stage.callId, purpose: 'execute', action: REFUND };
    proxy.loseCommits(EXECUTED, 1, isSilent);
    expect(await ask(service.url, stage.token, { ...question, key: randomUUID() })).toMatchObject({ status: 503 });
    await insist({ ...question, key: randomUUID() });
    expect(await refunds()).toBe(before + 2);
  });
});

describe('a check whose COMMIT was done and not answered', () => {
  it('is asked again by the service itself: the answer that goes out is recorded, and the other one nobody got', async () => {
    const before = proxy.lost;
    proxy.loseCommits('check.advised', 1);
    const outcome = await insist({ callId: stage.callId, purpose: 'advise', action: EXPLAIN });
    expect(proxy.lost).toBe(before + 1);
    expect(await balance(stage.ownerUrl, [outcome])).toEqual(CLEAN);
  });

  it('is a 503 when it happens twice', async () => {
    proxy.loseCommits('check.advised', 2);
    const outcome = await ask(service.url, stage.token, { callId: stage.callId, purpose: 'advise', action: EXPLAIN });
    expect(outcome).toMatchObject({ status: 503, retryAfter: expect.any(String) });
    expect(await insist(outcome.question)).toMatchObject({ status: 200 });
  });
});
