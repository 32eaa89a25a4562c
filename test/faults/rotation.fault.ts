import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { balance, CLEAN } from './support/ledger.ts';
import { commandLine, Service } from './support/service.ts';
import { Stage } from './support/stage.ts';
import { dishonest, isPermit, type Outcome, statuses } from './support/traffic.ts';

// Passwords of the database, changed while people are on the line, as docs/operations.md says.

let stage: Stage;
const PATIENCE = 90_000;

beforeAll(async () => {
  stage = await Stage.open({ transport: 'tcp' });
});
afterAll(() => stage?.close());

function withPassword(url: string, password: string): string {
  const changed = new URL(url);
  changed.password = password;
  return changed.href;
}

const change = (role: string, password: string): Promise<unknown> =>
  stage.cluster.administer((client) => client.query(`ALTER ROLE ${role} PASSWORD '${password}'`));

describe("the password of the application's role", () => {
  it('is changed under traffic: a process with the new one takes the place of the one with the old, and nobody is refused', async () => {
    const password = 'nieuw-verzonnen-woord';
    const old = await stage.service();
    let open = [old.url];
    const traffic = stage.traffic(() => open, stage.mixed(), 8);
    await traffic.answered(40);
    await change('mandaat_app', password);
    // It lives on what it has open.
    await traffic.answered(80);
    const renewed = await stage.service({ env: { DATABASE_URL: withPassword(stage.appUrl, password) } });
    open = [old.url, renewed.url];
    await traffic.answered(40);
    open = [renewed.url];
    old.child.kill('SIGTERM');
    expect(await old.ended).toBe(0);
    await traffic.answered(40);
    const outcomes = await traffic.stop();
    expect(statuses(outcomes)).toEqual({ 200: outcomes.length });
    expect(dishonest(outcomes)).toEqual([]);
    expect(await balance(stage.ownerUrl, outcomes)).toEqual(CLEAN);
    expect(outcomes.filter(({ url }: Outcome) => url === renewed.url).length).toBeGreaterThan(40);
    await renewed.kill();
  });

  it('no longer opens anything: a process that still has it does not start, and says no password (positive control)', async () => {
    const { code, said } = await Service.run({ databaseUrl: stage.appUrl, ownerUrl: stage.ownerUrl }, PATIENCE);
    expect(code).toBe(1);
    expect(said).toMatch(/password authentication failed/);
    for (const url of [stage.appUrl, stage.ownerUrl]) expect(said).not.toContain(new URL(url).password);
  });

  it('is missed by a process that has the old one and loses what it had open: 503 and no permit, until it has the new one', async () => {
    const before = 'tweede-verzonnen-woord';
    await change('mandaat_app', before);
    const service = await stage.service({ env: { DATABASE_URL: withPassword(stage.appUrl, before) } });
    const traffic = stage.traffic(() => [service.url], stage.mixed(), 4);
    await traffic.answered(20);
    await change('mandaat_app', 'derde-verzonnen-woord');
    const at = performance.now();
    await stage.cluster.administer((client) =>
      client.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'mandaat_app'"),
    );
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    const outcomes = await traffic.stop();
    const after = outcomes.filter(({ startedAt }) => startedAt > at + 1_000);
    expect(after.length).toBeGreaterThan(0);
    expect(after.filter((outcome) => isPermit(outcome))).toEqual([]);
    expect(new Set(after.map(({ status }) => status))).toEqual(new Set([503]));
    expect(dishonest(outcomes.filter(({ status }) => status !== null))).toEqual([]);
    await service.kill();
    await change('mandaat_app', new URL(stage.appUrl).password);
  });
});

describe("the password of the owner's role", () => {
  it('is changed beside it: with the new one migrations run, with the old one they do not', async () => {
    const password = 'eigenaar-verzonnen-woord';
    const { appUrl } = stage;
    const before = stage.ownerUrl;
    await change('mandaat_owner', password);
    const renewed = { appUrl, ownerUrl: withPassword(before, password) };
    expect(await commandLine(renewed, ['database', 'migrate'])).toBe(0);
    expect(await commandLine({ appUrl, ownerUrl: before }, ['database', 'migrate'])).toBe(1);
    await change('mandaat_owner', new URL(before).password);
  });
});
