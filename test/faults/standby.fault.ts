import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { noHoldOnProcesses } from './support/cluster.ts';
import { balance, CLEAN } from './support/ledger.ts';
import type { Service } from './support/service.ts';
import { itUnless } from './support/skipping.ts';
import { EXPLAIN, Stage } from './support/stage.ts';
import { Standby } from './support/standby.ts';
import { ask, dishonest, type Outcome, statuses, until } from './support/traffic.ts';

const withHold = itUnless(noHoldOnProcesses(), 'a first machine that is gone');

let stage: Stage;
let standby: Standby;
let service: Service;

beforeEach(async () => {
  stage = await Stage.open();
  standby = await Standby.of(stage.cluster);
  await follows('async');
  service = await stage.service();
});
afterEach(async () => {
  stage?.cluster.resume();
  await standby?.stop();
  await stage?.close();
});

async function follows(how: 'sync' | 'async' | null): Promise<void> {
  await until(async () => (await Standby.stateAt(stage.cluster)) === how);
}

/** From here on a commit waits for the standby. */
async function waitForStandby(): Promise<void> {
  await stage.cluster.configure({ synchronous_standby_names: 'standby' });
  await follows('sync');
}

/** The first machine is gone for good, in the middle of everything. Answers what its clients were told. */
async function lostUnderLoad(answered: number): Promise<readonly Outcome[]> {
  const traffic = stage.traffic(() => [service.url], stage.mixed(), 16);
  await traffic.answered(answered);
  stage.cluster.pause();
  await service.kill();
  const outcomes = await traffic.stop();
  await standby.promote(stage.ownerUrl);
  return outcomes;
}

describe('a standby that takes the place of the first machine', () => {
  withHold('has everything that was answered, where commits wait for it, and the service goes on there', async () => {
    await waitForStandby();
    const outcomes = await lostUnderLoad(200);
    expect(await balance(standby.url(stage.ownerUrl), outcomes)).toEqual(CLEAN);
    const after = await stage.service({ through: standby, env: { DATABASE_OWNER_URL: standby.url(stage.ownerUrl) } });
    const { status } = await ask(after.url, stage.token, { callId: stage.callId, purpose: 'advise', action: EXPLAIN });
    expect(status).toBe(200);
    console.log(`the first machine lost: ${JSON.stringify(statuses(outcomes))}`);
  });

  withHold('lacks what was answered, where they do not wait and it fell behind (positive control)', async () => {
    await standby.deafen(stage.ownerUrl);
    await follows(null);
    const outcomes = await lostUnderLoad(60);
    const { unrecorded } = await balance(standby.url(stage.ownerUrl), outcomes);
    expect(unrecorded).toBeGreaterThan(0);
    console.log(`without waiting for it: ${unrecorded} answered records lost`);
  });
});

describe('a standby that commits wait for, and that is gone', () => {
  it('has nothing answered that wants a commit until it is back, and then everything goes on by itself', async () => {
    await waitForStandby();
    await standby.deafen(stage.ownerUrl);
    await follows(null);
    const traffic = stage.traffic(() => [service.url], stage.mixed(), 4);
    // Looking and doing: both want a commit.
    await until(() => new Set(traffic.outcomes.map(({ question }) => question.purpose)).size === 2);
    await until(() => traffic.outcomes.length > 8);
    expect(statuses(traffic.outcomes)).toEqual({ 503: traffic.outcomes.length });
    expect(dishonest(traffic.outcomes)).toEqual([]);
    await standby.mend(stage.ownerUrl);
    await follows('sync');
    await traffic.answered(20);
    expect(await balance(stage.ownerUrl, await traffic.stop())).toEqual(CLEAN);
  });
});
