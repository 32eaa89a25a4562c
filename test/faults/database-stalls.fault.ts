import { setTimeout as wait } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { ANSWER_STEP } from '../../src/database/bounded-client.ts';
import { noHoldOnProcesses } from './support/cluster.ts';
import type { FaultProxy } from './support/fault-proxy.ts';
import { balance, CLEAN } from './support/ledger.ts';
import type { Service } from './support/service.ts';
import { itUnless } from './support/skipping.ts';
import { Stage } from './support/stage.ts';
import { dishonest, type Outcome, statuses, type Traffic, until } from './support/traffic.ts';

const withHold = itUnless(noHoldOnProcesses(), 'a database that stands still');

let stage: Stage;
let proxy: FaultProxy;
let service: Service;

const CLIENTS = 8;

beforeAll(async () => {
  stage = await Stage.open();
  proxy = await stage.proxy();
  service = await stage.service({ through: proxy });
});
afterAll(() => stage?.close());

/** Until each client has been told once that it is to come again: nobody waits for ever. */
async function allRefused(traffic: Traffic): Promise<void> {
  const from = traffic.outcomes.length;
  const refused = (): readonly Outcome[] => traffic.outcomes.slice(from).filter(({ status }) => status === 503);
  await until(() => refused().length >= CLIENTS);
}

/**
 * Traffic before, during and after a fault. The same process has to answer all of it, and to work again by itself when the
 * fault is over.
 */
async function through(fault: (traffic: Traffic) => Promise<void>, at = service): Promise<readonly Outcome[]> {
  const traffic = stage.traffic(() => [at.url], stage.mixed(), CLIENTS);
  try {
    await traffic.answered(20);
    await fault(traffic);
    await traffic.answered(20);
  } finally {
    await traffic.stop();
  }
  return traffic.outcomes;
}

async function expectHonest(outcomes: readonly Outcome[], refusals = 1): Promise<void> {
  expect(dishonest(outcomes)).toEqual([]);
  expect(statuses(outcomes)[503] ?? 0).toBeGreaterThanOrEqual(refusals);
  expect(await balance(stage.ownerUrl, outcomes)).toEqual(CLEAN);
  expect(service.child.exitCode).toBeNull();
  console.log(`${expect.getState().currentTestName}: ${JSON.stringify(statuses(outcomes))}`);
}

describe('a service answers everybody, and works again by itself', () => {
  withHold('when the database stands still for a while', async () => {
    const outcomes = await through(async (traffic) => {
      stage.cluster.pause();
      try {
        await allRefused(traffic);
      } finally {
        stage.cluster.resume();
      }
    });
    await expectHonest(outcomes);
  });

  it('when its connections are reset, again and again', async () => {
    const outcomes = await through(async (traffic) => {
      for (let times = 0; times < 10; times += 1) {
        proxy.reset();
        await wait(Math.random() * 60);
      }
      const from = traffic.outcomes.length;
      await until(() => traffic.outcomes.length > from + CLIENTS);
    });
    await expectHonest(outcomes);
  });

  it('when the database lets nobody in', async () => {
    const outcomes = await through(async (traffic) => {
      proxy.weather = 'refusing';
      proxy.reset();
      await allRefused(traffic);
      proxy.weather = 'fine';
    });
    await expectHonest(outcomes);
  });

  it('when its connections are half open: nothing comes back on them any more, and new ones would be fine', async () => {
    const outcomes = await through(async (traffic) => {
      const open = proxy.count();
      proxy.silence();
      // Checks are tried once more on a new connection: most of their clients notice nothing but the wait.
      await traffic.answered(3 * CLIENTS);
      expect(open).toBeGreaterThan(0);
    });
    await expectHonest(outcomes, 0);
  });

  it('when the network falls silent, for the connections that are open and for new ones', async () => {
    const outcomes = await through(async (traffic) => {
      proxy.weather = 'silent';
      await allRefused(traffic);
      proxy.weather = 'fine';
    });
    await expectHonest(outcomes);
  });

  it('and goes on sending messages', async () => {
    // A message whose sender lost touch is free again after a minute, and then waits its turn.
    await until(async () => {
      const [row] = await stage.query<{ count: number }>(
        "SELECT count(*)::int FROM messages WHERE template = 'action_executed' AND state = 'queued'",
      );
      return row?.count === 0;
    }, 270_000);
  });

  it('and would not, if a statement could wait for ever (positive control)', async () => {
    // The timer that gives a connection up never fires.
    const patient = `
      const { setTimeout: start } = globalThis;
      globalThis.setTimeout = (callback, after, ...rest) =>
        start(callback, after === ${ANSWER_STEP} ? 2 ** 31 - 1 : after, ...rest);
    `;
    const hanging = await stage.service({ through: proxy, careless: patient });
    const traffic = stage.traffic(() => [hanging.url], stage.mixed(), CLIENTS);
    await traffic.answered(20);
    proxy.silence();
    await allRefused(traffic);
    // The network is well, and has been for as long as any request may last: still nobody is served.
    const from = traffic.outcomes.length;
    await until(() => traffic.outcomes.length >= from + CLIENTS);
    const after = (await traffic.stop()).slice(from);
    expect(statuses(after)[200] ?? 0).toBe(0);
    await hanging.kill();
  });
});
