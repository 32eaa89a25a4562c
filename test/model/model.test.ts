import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { startSibling, type TestApp } from '../support/app.ts';
import { Desk } from '../support/desk.ts';
import { altered } from '../support/two-desks.ts';
import { allCommands, BEGINNINGS, beginning, type Seen } from './commands.ts';
import { FrozenClock } from './frozen-clock.ts';
import { FAULTS } from './faults.ts';
import { Real } from './real.ts';
import { Reference } from './reference.ts';

/**
 * Random stories of mandates, calls, codes and a clock that leaps, told to the reference and to two instances of the
 * service on one database. `npm run test:model` tells many; a story that went wrong is told again by
 *
 *     MANDAAT_MODEL_SEED=… MANDAAT_MODEL_PATH=… MANDAAT_MODEL_REPLAY=… npm run test:model
 *
 * with what the failure prints. `MANDAAT_MODEL_RUNS` and `MANDAAT_MODEL_STEPS` say how many stories
 * of how many steps.
 */
const RUNS = Number(process.env.MANDAAT_MODEL_RUNS ?? '12');
const STEPS = Number(process.env.MANDAAT_MODEL_STEPS ?? '60');
const { MANDAAT_MODEL_SEED: SEED, MANDAAT_MODEL_PATH: PATH, MANDAAT_MODEL_REPLAY: REPLAY } = process.env;
/** So many stories tell everything. */
const MANY = 200;
/** Of the stories, and one of few. */
const MOST_CUT_SHORT = 0.05;
const OFTEN = ['advise permitted', 'execute permitted', 'accept true', 'attempt true approved', 'end ended'];
const SELDOM = [
  'accept false',
  'advise holder_declined',
  'advise holder_block',
  'advise mandate_level_too_low',
  'advise mandate_suspended',
  'advise scope_not_covered',
  'askAboutAction code_budget_exhausted',
  'attempt false cancelled',
  'attempt false expired',
  'attempt false superseded',
  'attempt false tries_exhausted',
  'change mandate_overlaps',
  'change pending_acceptance',
  'change revision_conflict',
  'execute call_ended',
  'resend code_budget_exhausted',
  'say active',
  'say draft',
];

let clock: FrozenClock;
let first: Desk;
let sibling: TestApp;
let desks: readonly [Desk, Desk];

beforeAll(async () => {
  // All stories begin on the same day.
  const caps = { smsPerDay: 1_000_000, voicePerDay: 1_000_000, messageCentsPerDay: 100_000_000 };
  first = await Desk.open(caps, {}, async (database) => {
    clock = await FrozenClock.install(database);
  });
  // The longest story outlives a key.
  await first.owner.query("UPDATE api_keys SET expires_at = expires_at + interval '1 year'");
  sibling = await startSibling(first.api);
  desks = [first, first.at(sibling)];
}, 120_000);
afterAll(async () => {
  await sibling?.stop();
  await clock?.close();
  await first?.close();
});

/** Tells stories until one goes wrong. */
function tell(
  seen: Seen,
  onCutShort: () => void,
  how: fc.Parameters<[(typeof BEGINNINGS)[number], Iterable<fc.AsyncCommand<Reference, Real>>]>,
) {
  const replayPath = REPLAY === undefined ? {} : { replayPath: REPLAY };
  const stories = fc.commands(allCommands(seen), { maxCommands: STEPS, size: 'max', ...replayPath });
  const property = fc.asyncProperty(fc.constantFrom(...BEGINNINGS), stories, async (from, story) => {
    const world = new Reference(clock.start);
    const real = await Real.begin(desks, clock);
    await fc.asyncModelRun(() => ({ model: world, real }), [...beginning(seen, from), ...story]);
    if (world.isCutShort) onCutShort();
    else expect(await real.executions()).toBe(world.executions);
  });
  return fc.check(property, how);
}

describe('the service, and a small reference of it', () => {
  it('give the same answers to every story', async () => {
    const seen: Seen = new Set();
    let cutShort = 0;
    const onCutShort = (): void => void (cutShort += 1);
    const details = await tell(seen, onCutShort, {
      numRuns: RUNS,
      // The short run tells the same stories each time; the long one looks for new ones.
      ...(SEED === undefined ? (RUNS < MANY ? { seed: 7 } : {}) : { seed: Number(SEED) }),
      ...(PATH === undefined ? {} : { path: PATH }),
    });
    const { failed, seed, numRuns, counterexamplePath, errorInstance } = details;
    if (failed) {
      const report = fc.defaultReportMessage(details) ?? '';
      const [, replay = ''] = /replayPath="([^"]*)"/.exec(report) ?? [];
      const again = `MANDAAT_MODEL_SEED=${seed} MANDAAT_MODEL_PATH=${counterexamplePath ?? ''} MANDAAT_MODEL_REPLAY=${replay}`;
      throw new Error(`${again}\n${report}\n${String(errorInstance)}`);
    }
    process.stdout.write(
      `model: ${numRuns} stories of up to ${STEPS} steps, ${cutShort} cut short, seed ${seed}, ${seen.size} kinds of answers\n`,
    );
    // A story that a busy machine cuts short shows nothing more: of these there are few, and the others show everything.
    expect(cutShort).toBeLessThanOrEqual(Math.max(1, MOST_CUT_SHORT * numRuns));
    // One that is told again is alone.
    if (PATH !== undefined) return;
    const wanted = RUNS >= MANY ? [...OFTEN, ...SELDOM] : [];
    expect(wanted.filter((kind) => !seen.has(kind))).toEqual([]);
    expect(seen.size).toBeGreaterThan(10);
  }, 3_600_000);

  it.each(RUNS >= MANY ? (Object.keys(FAULTS) as (keyof typeof FAULTS)[]) : ['facts are kept for a call' as const])(
    'do not, where %s (positive control)',
    async (fault) => {
      const told = await altered([first.api.app, sibling.app], FAULTS[fault], () =>
        tell(new Set(), () => undefined, { numRuns: 400, seed: 7, endOnFailure: true }),
      );
      // By a wrong answer: a database that went away shows nothing.
      const [, step] = /"step": "(\w+)/.exec(String(told.errorInstance)) ?? [];
      expect({ failed: told.failed, step }).toEqual({ failed: true, step: expect.stringMatching(/./) });
      process.stdout.write(`model: story ${told.numRuns} shows by ${step ?? ''} that ${fault}\n`);
    },
    3_600_000,
  );
});
