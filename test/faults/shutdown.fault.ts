import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { balance, CLEAN } from './support/ledger.ts';
import type { Service } from './support/service.ts';
import { Stage } from './support/stage.ts';
import { dishonest, executionOf, type Outcome, statuses } from './support/traffic.ts';

let stage: Stage;
let other: Service;

beforeAll(async () => {
  stage = await Stage.open();
  other = await stage.service();
});
afterAll(() => stage?.close());

interface Ending {
  readonly outcomes: readonly Outcome[];
  /** Asked before the signal, at the process that got it, and not answered by then. */
  readonly inFlight: readonly Outcome[];
  readonly exit: number | string;
}

/** Ends one of two processes under load; clients go on at the other. */
async function ended(how: 'SIGTERM' | 'SIGKILL'): Promise<Ending> {
  const service = await stage.service();
  let open = [service.url, other.url];
  const traffic = stage.traffic(() => open, stage.mixed(), 16);
  await traffic.answered(80);
  const at = performance.now();
  service.child.kill(how);
  open = [other.url];
  const exit = await service.ended;
  await traffic.answered(40);
  const outcomes = await traffic.stop();
  const inFlight = outcomes.filter(
    ({ url, startedAt, endedAt }) => url === service.url && startedAt < at && endedAt >= at,
  );
  return { outcomes, inFlight, exit };
}

async function executions(): Promise<number> {
  const [row] = await stage.query<{ count: number }>('SELECT count(*)::int FROM executions');
  return row!.count;
}

describe('a process that is told to stop under load', () => {
  it('answers whatever it has begun, ends well, and the other process goes on', async () => {
    let inFlight = 0;
    for (let round = 0; round < 2; round += 1) {
      const before = await executions();
      const ending = await ended('SIGTERM');
      // It ends by itself well before its own hard deadline, which exits with 1.
      expect(ending.exit).toBe(0);
      expect(statuses(ending.outcomes)).toEqual({ 200: ending.outcomes.length });
      expect(dishonest(ending.outcomes)).toEqual([]);
      expect(await balance(stage.ownerUrl, ending.outcomes)).toEqual(CLEAN);
      // Nothing was done of which nobody was told.
      const told = ending.outcomes.map(executionOf).filter((id) => id !== null);
      expect((await executions()) - before).toBe(told.length);
      inFlight += ending.inFlight.length;
    }
    expect(inFlight).toBeGreaterThan(0);
    console.log(`in flight when told to stop, and answered: ${inFlight}`);
  });

  it('would leave some without an answer, if it just went (positive control)', async () => {
    let unanswered = 0;
    for (let round = 0; round < 3 && unanswered === 0; round += 1) {
      const { inFlight } = await ended('SIGKILL');
      unanswered += inFlight.filter(({ status }) => status === null).length;
    }
    expect(unanswered).toBeGreaterThan(0);
  });
});
