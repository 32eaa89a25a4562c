import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AuditVerifier } from '../../src/audit/audit-verifier.ts';
import { AgentsService } from '../../src/auth/agents.service.ts';
import { createLog } from '../../src/http/log.ts';
import { Desk } from '../support/desk.ts';
import { OpenIdProvider } from '../support/openid-provider.ts';
import { Fuzz, linesOf, type Report } from './fuzz.ts';
import { leaksIn } from './judge.ts';
import { CANARY_NAME } from './world.ts';

const SEED = Number(process.env.MANDAAT_FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 31));
const RUNS = Number(process.env.MANDAAT_FUZZ_RUNS ?? 12_000);

const logged: string[] = [];
let provider: OpenIdProvider;
let desk: Desk;
let fuzz: Fuzz;

beforeAll(async () => {
  provider = await OpenIdProvider.start();
  const log = createLog('trace', { write: (line: string) => void logged.push(line) });
  desk = await Desk.open(provider.settings, { log });
  fuzz = await Fuzz.at(desk, provider);
});
afterAll(async () => {
  fuzz?.close();
  await desk?.close();
  await provider?.stop();
});

describe('Requests made from our own OpenAPI document', () => {
  let report: Report;

  it('are all answered as it says, and none by a fault of ours', async () => {
    report = await fuzz.run(RUNS, SEED);
    process.stdout.write(linesOf(report));
    const slow = logged
      .map((line) => JSON.parse(line) as { ms?: number; method?: string; route?: string })
      .filter(({ ms = 0 }) => ms > 2_000);
    process.stdout.write(
      `  ${slow.length} took longer than 2 s: ${JSON.stringify(slow.slice(0, 10).map(({ method, route, ms }) => [method, route, ms]))}\n`,
    );
    expect(report.findings).toEqual([]);
    expect(report.requests).toBeGreaterThanOrEqual(RUNS);
    expect([...report.statuses.keys()].filter((status) => status >= 500)).toEqual([]);
  }, 7_200_000);

  it('reached every route, and every one with success', () => {
    const never = [...report.routes].filter(([, { succeeded }]) => succeeded === 0).map(([route]) => route);
    expect(never).toEqual([]);
    expect(report.routes.size).toBe(fuzz.routeCount);
  });

  it('leave an audit that holds', async () => {
    const { faults, records } = await desk.api.app.get(AuditVerifier, { strict: false }).verify();
    expect(faults).toEqual([]);
    expect(records).toBeGreaterThan(RUNS / 20);
  });

  it('leave no personal data in the log, whatever its level, and no fault either', () => {
    expect(logged.length).toBeGreaterThan(RUNS / 2);
    expect(logged.filter((line) => leaksIn(line).length > 0).slice(0, 3)).toEqual([]);
    expect(logged.filter((line) => line.includes('"code":"internal"')).slice(0, 3)).toEqual([]);
    // This test can tell.
    expect(leaksIn(`{"msg":"${CANARY_NAME.toUpperCase()}"}`)).toEqual([CANARY_NAME]);
    expect(leaksIn('{"msg":"0221-47 10 123"}')).toEqual(['2214710']);
  });

  it('leave a service that answers', async () => {
    expect((await desk.get('crm', '/health/ready')).status).toBe(200);
    expect((await desk.get('crm', '/v1/policies/current')).status).toBe(200);
  });
});

/** A service of ours that does one thing wrong for some requests, as a mistake in its code would. */
const MISTAKES: readonly (readonly [string, RegExp, (put: AgentsService['put']) => AgentsService['put']])[] = [
  [
    'an error for one kind of text',
    /^status 500$/,
    (put) =>
      async (...given) => {
        if (/[\u0300-\uFFFF]/.test(JSON.stringify(given))) throw new TypeError('a letter nobody thought of');
        return put(...given);
      },
  ],
  [
    'an answer that lacks a field, now and then',
    /^schema: .*'pseudonym'/,
    (put) =>
      async (...given) => {
        const answer = await put(...given);
        return answer.agent.team === null
          ? { ...answer, agent: { ...answer.agent, pseudonym: undefined as never } }
          : answer;
      },
  ],
];

describe('The fuzzer', () => {
  it.each(MISTAKES)('finds %s, and shows a request that does it', async (_what, wanted, mistaken) => {
    const agents = desk.api.app.get(AgentsService, { strict: false });
    Object.assign(agents, { put: mistaken(agents.put.bind(agents)) });
    const other = await Fuzz.at(desk, provider);
    try {
      const { findings } = await other.run(1_500, SEED, (route) => route.startsWith('PUT /v1/agents'));
      const found = findings.find(({ what }) => wanted.test(what));
      expect(findings.map(({ what }) => what)).toContainEqual(expect.stringMatching(wanted));
      expect(found?.repro).toMatch(/^curl .*PUT "\$URL\/v1\/agents\//);
      expect(found?.repro).not.toContain('mdt_');
    } finally {
      other.close();
      Reflect.deleteProperty(agents, 'put');
    }
  });
});
