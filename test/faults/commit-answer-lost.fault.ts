import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { FORGETFUL, SHRUGGING } from './support/careless.ts';
import type { FaultProxy, Loss } from './support/fault-proxy.ts';
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
async function insist(question: Question, at = service): Promise<Outcome> {
  let outcome: Outcome | undefined;
  await until(async () => {
    outcome = await ask(at.url, stage.token, question);
    return outcome.status === 200;
  });
  return outcome!;
}

async function refunds(): Promise<number> {
  return executionsOf(stage.ownerUrl, stage.callId, REFUND.name);
}

/** A refund that got lost, and is asked for again under its own key: what was told at first, and how often it was done. */
async function refundedAgain(how: Loss, at: Service): Promise<{ readonly told: Outcome; readonly done: number }> {
  const before = await refunds();
  const question: Question = { callId: stage.callId, purpose: 'execute', action: REFUND, key: randomUUID() };
  proxy.loseCommits(EXECUTED, 1, how);
  const told = await ask(at.url, stage.token, question);
  await insist(question, at);
  return { told, done: (await refunds()) - before };
}

/** A check that got lost twice: once more than it is asked again by the service itself. */
async function lostTwice(how: Loss, at: Service): Promise<Outcome> {
  proxy.loseCommits('check.advised', 2, how);
  return ask(at.url, stage.token, { callId: stage.callId, purpose: 'advise', action: EXPLAIN });
}

const TRY_AGAIN = { status: 503, retryAfter: expect.any(String) };

const WAYS = [
  ['the connection is reset', 'reset'],
  ['the connection falls silent', 'silent'],
] as const;

describe.each(WAYS)('an execution whose COMMIT was done and not answered: %s', (_, how) => {
  it('is a 503; asked again under another key, its confirmation is used up and nothing is done again', async () => {
    const question: Question = { callId: stage.confirmed.pop()!, purpose: 'execute', action: PLAN, key: randomUUID() };
    proxy.loseCommits(EXECUTED, 1, how);
    const lost = await ask(service.url, stage.token, question);
    expect(lost).toMatchObject(TRY_AGAIN);
    const again = await insist({ ...question, key: randomUUID() });
    expect(again.body.decisions[0]).toMatchObject({ outcome: 'ask_holder' });
    expect(await executionsOf(stage.ownerUrl, question.callId, PLAN.name)).toBe(1);
  });

  it('is done once and told when it is asked again under the same key, with a confirmation or without one', async () => {
    const before = await refunds();
    const plan: Question = { callId: stage.confirmed.pop()!, purpose: 'execute', action: PLAN, key: randomUUID() };
    const refund: Question = { callId: stage.callId, purpose: 'execute', action: REFUND, key: randomUUID() };
    for (const question of [plan, refund]) {
      proxy.loseCommits(EXECUTED, 1, how);
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
    proxy.loseCommits(EXECUTED, 1, how);
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
    const outcome = await lostTwice('reset', service);
    expect(outcome).toMatchObject(TRY_AGAIN);
    expect(await insist(outcome.question)).toMatchObject({ status: 200 });
  });
});

describe('a COMMIT that never arrived', () => {
  it('did nothing: the execution is a 503, and is done once when it is asked for again under its key', async () => {
    const { told, done } = await refundedAgain('undone', service);
    expect(told).toMatchObject(TRY_AGAIN);
    expect(done).toBe(1);
    expect(await balance(stage.ownerUrl, [])).toEqual(CLEAN);
  });

  it('of a check is tried once more, and then it is a 503', async () => {
    const before = proxy.lost;
    proxy.loseCommits('check.advised', 1, 'undone');
    const once = await insist({ callId: stage.callId, purpose: 'advise', action: EXPLAIN });
    expect(proxy.lost).toBe(before + 1);
    expect(await balance(stage.ownerUrl, [once])).toEqual(CLEAN);
    expect(await lostTwice('undone', service)).toMatchObject(TRY_AGAIN);
  });

  it('would be told as done by a service that takes it for granted (positive control)', async () => {
    const shrugging = await stage.service({ through: proxy, careless: SHRUGGING });
    const { told } = await refundedAgain('undone', shrugging);
    const checked = await lostTwice('undone', shrugging);
    expect([told.status, checked.status]).toEqual([200, 200]);
    expect(await balance(stage.ownerUrl, [told, checked])).toMatchObject({ unrecorded: 2, undone: 1 });
    await shrugging.kill();
  });
});

describe('an execution that comes again under its key', () => {
  it('would be done again by a service that does not look (positive control)', async () => {
    const forgetful = await stage.service({ through: proxy, careless: FORGETFUL });
    expect((await refundedAgain('reset', service)).done).toBe(1);
    expect((await refundedAgain('reset', forgetful)).done).toBe(2);
    await forgetful.kill();
  });
});
