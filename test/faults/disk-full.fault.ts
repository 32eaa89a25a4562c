import { spawnSync } from 'node:child_process';
import { rm } from 'node:fs/promises';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect } from '@jest/globals';

import { SHRUGGING } from './support/careless.ts';
import { noSmallDisk } from './support/cluster.ts';
import { balance, CLEAN } from './support/ledger.ts';
import type { Service } from './support/service.ts';
import { itUnless } from './support/skipping.ts';
import { Stage } from './support/stage.ts';
import { dishonest, type Outcome, statuses, until } from './support/traffic.ts';

const obstacle = noSmallDisk();
const withDisk = itUnless(obstacle, 'a full disk');

let stage: Stage;

beforeAll(async () => {
  if (obstacle !== null) return;
  stage = await Stage.open({ megabytes: 320 });
  // So that the log doesn't take the disk before the tables do.
  await stage.cluster.configure({ max_wal_size: '64MB', min_wal_size: '32MB' });
});
afterAll(() => stage?.close());

/** Fills the disk under load, and makes room again. Answers what clients were told meanwhile. */
async function filled(service: Service): Promise<readonly Outcome[]> {
  const ballast = path.join(stage.cluster.place, 'ballast');
  const traffic = stage.traffic(() => [service.url], stage.mixed(), 8);
  await traffic.answered(40);
  // Writes until there is no room left, and fails at that.
  const fill = (): void => void spawnSync('sh', ['-c', 'cat /dev/zero >> "$1"', 'sh', ballast]);
  fill();
  const from = traffic.outcomes.length;
  const refused = (): number => traffic.outcomes.slice(from).filter(({ status }) => status === 503).length;
  // Deleted rows and recycled logs make a little room again: that goes too.
  await until(() => {
    fill();
    return refused() >= 40 || traffic.outcomes.length - from > 3_000;
  });
  await rm(ballast);
  await traffic.answered(20);
  return traffic.stop();
}

describe('a full disk', () => {
  withDisk('refuses with 503, permits nothing that is not recorded, and is over when there is room again', async () => {
    const service = await stage.service();
    const outcomes = await filled(service);
    expect(dishonest(outcomes)).toEqual([]);
    expect(statuses(outcomes)[503] ?? 0).toBeGreaterThanOrEqual(40);
    expect(await balance(stage.ownerUrl, outcomes)).toEqual(CLEAN);
    console.log(`disk full: ${JSON.stringify(statuses(outcomes))}`);
    await service.kill();
  });

  withDisk('would be hidden by a service that answers without its record (positive control)', async () => {
    const service = await stage.service({ careless: SHRUGGING });
    const { unrecorded } = await balance(stage.ownerUrl, await filled(service));
    expect(unrecorded).toBeGreaterThan(0);
  });
});
