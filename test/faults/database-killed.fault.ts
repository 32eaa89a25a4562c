import { setTimeout as wait } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect } from '@jest/globals';

import { noHoldOnProcesses } from './support/cluster.ts';
import { balance, CLEAN } from './support/ledger.ts';
import type { Service } from './support/service.ts';
import { itUnless } from './support/skipping.ts';
import { EXPLAIN, Stage } from './support/stage.ts';
import { ask, dishonest, type Outcome, statuses, until } from './support/traffic.ts';

const withHold = itUnless(noHoldOnProcesses(), 'a database that is killed');

let stage: Stage;
let service: Service;

const ROUNDS = 3;

beforeAll(async () => {
  stage = await Stage.open();
  service = await stage.service();
});
afterAll(() => stage?.close());

/** Kills the database under load; ends when the same process answers again. Answers what its clients were told. */
async function killedUnderLoad(): Promise<readonly Outcome[]> {
  const traffic = stage.traffic(() => [service.url], stage.mixed(), 16);
  await traffic.answered(60);
  await wait(Math.random() * 50);
  stage.cluster.kill();
  await traffic.answered(20);
  return traffic.stop();
}

describe('a database that is killed under load', () => {
  withHold(
    `loses nothing that was answered, ${ROUNDS} times, and the same process goes on when it is back`,
    async () => {
      const all: Outcome[] = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        const outcomes = await killedUnderLoad();
        expect(dishonest(outcomes)).toEqual([]);
        all.push(...outcomes);
        // Whatever was in flight says so: 503, never a permit.
        expect(statuses(outcomes)[503] ?? 0).toBeGreaterThan(0);
      }
      expect(await balance(stage.ownerUrl, all)).toEqual(CLEAN);
      expect(service.child.exitCode).toBeNull();
      console.log(`killed ${ROUNDS} times: ${JSON.stringify(statuses(all))}`);
    },
  );

  withHold('is found well again by the probe, and messages are sent again', async () => {
    const isReady = async (): Promise<boolean> => (await fetch(`${service.url}/health/ready`)).status === 200;
    await until(isReady);
    await until(async () => {
      const [row] = await stage.query<{ count: number }>(
        "SELECT count(*)::int FROM messages WHERE template = 'action_executed' AND state = 'queued'",
      );
      return row?.count === 0;
    });
  });

  withHold('would lose what was answered, if commits did not wait for the disk (positive control)', async () => {
    await stage.cluster.configure({ synchronous_commit: 'off', wal_writer_delay: '10s' });
    try {
      let found = CLEAN;
      for (let round = 0; round < ROUNDS && found.unrecorded === 0; round += 1) {
        found = await balance(stage.ownerUrl, await killedUnderLoad());
      }
      expect(found.unrecorded).toBeGreaterThan(0);
      console.log(`without waiting for the disk: ${found.unrecorded} answered records lost`);
    } finally {
      await stage.cluster.configure({ synchronous_commit: 'on', wal_writer_delay: '200ms' });
    }
    const { status } = await ask(service.url, stage.token, {
      callId: stage.callId,
      purpose: 'advise',
      action: EXPLAIN,
    });
    expect(status).toBe(200);
  });
});
