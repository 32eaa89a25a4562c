import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Fuzz, linesOf } from '../attack/fuzz.ts';
import { Desk } from '../support/desk.ts';
import { OpenIdProvider } from '../support/openid-provider.ts';

/** The same requests each time, so that a pull request fails by its own doing; `npm run test:attack` goes further. */
const SEED = Number(process.env.MANDAAT_FUZZ_SEED ?? 20);
const RUNS = 300;

describe('A few hundred requests made from our own OpenAPI document', () => {
  let provider: OpenIdProvider;
  let desk: Desk;
  let fuzz: Fuzz;
  beforeAll(async () => {
    provider = await OpenIdProvider.start();
    desk = await Desk.open(provider.settings);
    fuzz = await Fuzz.at(desk, provider);
  });
  afterAll(async () => {
    fuzz?.close();
    await desk?.close();
    await provider?.stop();
  });

  it('have a right one among them for every route', () => {
    expect(fuzz.unknownRoutes).toEqual([]);
  });

  it('are all answered as it says', async () => {
    const report = await fuzz.run(RUNS, SEED);
    if (report.findings.length > 0) process.stdout.write(linesOf(report));
    expect(report.findings).toEqual([]);
    expect(report.requests).toBeGreaterThanOrEqual(RUNS);
    const succeeded = [...report.routes.values()].filter((route) => route.succeeded > 0);
    expect(succeeded.length).toBeGreaterThan(report.routes.size / 2);
  }, 300_000);
});
