import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect } from '@jest/globals';

import { FACTS_KEPT } from './support/careless.ts';
import { noHoldOnProcesses } from './support/cluster.ts';
import { balance, CLEAN, executionsOf } from './support/ledger.ts';
import type { Service } from './support/service.ts';
import { itUnless } from './support/skipping.ts';
import { EXPLAIN, PLAN, type Proxy, REFUND, Stage } from './support/stage.ts';
import {
  ask,
  dishonest,
  executionOf,
  isPermit,
  type Outcome,
  type Question,
  statuses,
  until,
} from './support/traffic.ts';

const withHold = itUnless(noHoldOnProcesses(), 'a process that stands still');

let stage: Stage;

const PROXIES = 12;
const CONFIRMED = 12;

beforeAll(async () => {
  stage = await Stage.open({ proxies: 2 * PROXIES, confirmed: CONFIRMED });
});
afterAll(() => stage?.close());

interface Withdrawn {
  readonly callId: string;
  /** When the answer was here, by this process's clock. */
  readonly at: number;
}

/** The holder takes a mandate away, at whichever process answers: tried again elsewhere when one doesn't. */
async function withdraw({ mandateId, callId }: Proxy, at: readonly Service[]): Promise<Withdrawn> {
  for (let turn = 0; ; turn += 1) {
    const desk = stage.at(at[turn % at.length]!);
    const answer = await desk.post('crm', `/v1/mandates/${mandateId}/withdraw`).catch(() => null);
    // One whose answer got lost has ended it all the same: then it can't be done again.
    if (answer !== null && [200, 409].includes(answer.status)) return { callId, at: performance.now() };
    await wait(50);
  }
}

/** Permits of checks that began after the withdrawal had been answered. */
function late(outcomes: readonly Outcome[], withdrawn: readonly Withdrawn[]): readonly Outcome[] {
  const since = new Map(withdrawn.map(({ callId, at }) => [callId, at]));
  return outcomes.filter((outcome) => {
    const at = since.get(outcome.question.callId);
    return at !== undefined && outcome.startedAt > at && isPermit(outcome);
  });
}

interface Play {
  readonly outcomes: readonly Outcome[];
  readonly withdrawn: readonly Withdrawn[];
  readonly duringPause: number;
}

/**
 * Three processes under traffic, and a fourth later: one is killed, one is paused and goes on, and mandates are withdrawn
 * all the while.
 */
async function play(proxies: readonly Proxy[], plans: readonly string[], careless?: string): Promise<Play> {
  const options = careless === undefined ? {} : { careless };
  const [killed, paused, steady] = await Promise.all([0, 1, 2].map(() => stage.service(options)));
  let open: readonly Service[] = [killed!, paused!, steady!];
  let turn = 0;
  const pending = plans.map((callId): Question => ({ callId, purpose: 'execute', action: PLAN, key: randomUUID() }));
  const next = (): Question => {
    turn += 1;
    const plan = turn % 5 === 0 ? pending.shift() : undefined;
    if (plan !== undefined) return plan;
    const { callId } = proxies[turn % proxies.length]!;
    if (turn % 4 === 0) return { callId, purpose: 'execute', action: REFUND, key: randomUUID() };
    return { callId, purpose: 'advise', action: EXPLAIN };
  };
  const traffic = stage.traffic(() => open.map(({ url }) => url), next, 12);
  const withdrawn: Withdrawn[] = [];
  const left = [...proxies];
  const withdrawSome = async (count: number, at: readonly Service[]): Promise<void> => {
    for (const proxy of left.splice(0, count)) withdrawn.push(await withdraw(proxy, at));
  };

  await traffic.answered(60);
  await withdrawSome(2, open);

  const stopped = killed!.kill();
  open = [paused!, steady!];
  await stopped;
  await withdrawSome(2, open);

  // It is stopped with whatever it holds: what it has read, what it has locked, what it has been asked.
  paused!.pause();
  const pausedAt = performance.now();
  await withdrawSome(3, [steady!]);
  // Asked of a process that stands still, after the withdrawals: they wait in its sockets.
  const asleep = Promise.all(
    withdrawn.map(({ callId }) => ask(paused!.url, stage.token, { callId, purpose: 'advise', action: EXPLAIN })),
  );
  open = [steady!];
  const fresh = await stage.service(options);
  open = [steady!, fresh];
  await traffic.answered(40);
  paused!.resume();
  const resumedAt = performance.now();
  open = [paused!, steady!, fresh];
  await withdrawSome(left.length - 1, open);
  await traffic.answered(60);
  await until(() => pending.length === 0);
  const outcomes = [...(await traffic.stop()), ...(await asleep)];
  // Whoever got no answer asks again; the confirmation may have been used up by then.
  for (const { question, status } of outcomes.filter(({ question }) => question.action === PLAN)) {
    if (status !== 200) outcomes.push(await ask(steady!.url, stage.token, question));
  }
  for (const service of open) await service.kill();
  const duringPause = outcomes.filter(
    ({ url, startedAt, endedAt }) => url === paused!.url && startedAt < resumedAt && endedAt > pausedAt,
  ).length;
  return { outcomes, withdrawn, duringPause };
}

describe('three processes on one database, one of them killed, one paused, and a new one', () => {
  withHold(
    'permit nothing after its withdrawal, lose and double nothing, and their chains verify together',
    async () => {
      const { outcomes, withdrawn, duringPause } = await play(stage.proxies.splice(0, PROXIES), [...stage.confirmed]);
      expect(dishonest(outcomes.filter(({ status }) => status !== null))).toEqual([]);
      expect(late(outcomes, withdrawn)).toEqual([]);
      expect(withdrawn).toHaveLength(PROXIES - 1);
      expect(await balance(stage.ownerUrl, outcomes)).toEqual(CLEAN);
      const [chains] = await stage.query<{ count: number }>(
        'SELECT count(*)::int FROM audit_chains WHERE sequence > 0',
      );
      expect(chains!.count).toBeGreaterThanOrEqual(3);

      // Every plan was done exactly once, whoever was asked however often.
      for (const callId of stage.confirmed)
        expect([callId, await executionsOf(stage.ownerUrl, callId, PLAN.name)]).toEqual([callId, 1]);
      // Every execution that was answered is another one, and belongs to one answer.
      const executions = outcomes.map(executionOf).filter((id) => id !== null);
      expect(new Set(executions).size).toBe(executions.length);
      expect(duringPause).toBeGreaterThan(0);
      // It could have gone wrong: these mandates were permitted before.
      const before = withdrawn.filter(({ callId, at }) =>
        outcomes.some((outcome) => outcome.question.callId === callId && outcome.endedAt < at && isPermit(outcome)),
      );
      expect(before.length).toBeGreaterThan(0);
      console.log(`three processes: ${JSON.stringify(statuses(outcomes))}, ${withdrawn.length} withdrawals`);
    },
  );

  withHold('would permit too late, if a process kept what it had read (positive control)', async () => {
    const { outcomes, withdrawn } = await play(stage.proxies.splice(0, PROXIES), [], FACTS_KEPT);
    expect(late(outcomes, withdrawn).length).toBeGreaterThan(0);
  });
});
