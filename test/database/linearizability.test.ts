import { randomInt, randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DataSource } from 'typeorm';

import type { LoadedFacts } from '../../src/calls/loaded-facts.ts';
import { FactsRepository } from '../../src/calls/facts.repository.ts';
import { bindingOf, deriveCode } from '../../src/codes/code-derivation.ts';
import { CodeLinks } from '../../src/codes/code-links.service.ts';
import { CodesService } from '../../src/codes/codes.service.ts';
import { KeyRing } from '../../src/crypto/key-ring.ts';
import { findViolation, type Operation } from '../linearizability/checker.ts';
import { type Heard, ONE_MANDATE, type Told } from '../linearizability/one-mandate.ts';
import { Asking, PLAN } from '../support/asking.ts';
import { startSibling, type TestApp } from '../support/app.ts';
import { Desk } from '../support/desk.ts';
import { type Alteration, altered } from '../support/two-desks.ts';

/** Histories of the longest kind; `npm run test:model` plays many. */
const ROUNDS = Number(process.env.MANDAAT_LINEARIZABILITY_ROUNDS ?? '10');

/** Two instances on one database. */
let first: Desk;
let second: Desk;
let sibling: TestApp;
let asking: Asking;

beforeAll(async () => {
  first = await Desk.open();
  sibling = await startSibling(first.api);
  second = first.at(sibling);
  asking = await Asking.at(first);
}, 120_000);
afterAll(async () => {
  await sibling?.stop();
  await first?.close();
});

type Done = Operation<Told, Heard>;

/** A mandate in force, a call of its proxy, and an open code about `PLAN`. What was there before is forgotten. */
interface Scene {
  readonly mandateId: string;
  readonly callId: string;
  readonly codeId: string;
  readonly code: string;
  readonly page: string;
}

async function newScene(): Promise<Scene> {
  const { owner, api } = first;
  await asking.forgetBudgets();
  await owner.query(
    "UPDATE mandates SET state = 'ended', ending = 'expired', ended_at = now() - interval '2 years' WHERE state <> 'ended'",
  );
  const mandateId = randomUUID();
  await owner.query(`
    INSERT INTO mandates (id, mandate_ref, holder_id, proxy_id, state, starts_at, ends_at, created_at, accepted_at)
      VALUES ('${mandateId}', '${mandateId}', '${asking.holderId}', '${asking.proxyId}', 'active',
        now() - interval '1 hour', now() + interval '1 year', now(), now());
    INSERT INTO mandate_scopes (mandate_id, scope, scope_version) VALUES ('${mandateId}', 'billing', 1);
    INSERT INTO mandate_contracts (mandate_id, contract_id) SELECT '${mandateId}', id FROM contracts;
    INSERT INTO mandate_evidence (id, mandate_id, terms_revision, form, session_strength, registered_by, registered_at)
      VALUES (gen_random_uuid(), '${mandateId}', 1, 'portal', 2, 'test', now() - interval '1 hour');
  `);
  const callId = await asking.call();
  const codeId = await asking.ask(callId);
  const row = await part(api.app, CodesService).find(api.app.get(DataSource).manager, codeId);
  if (row === null) throw new Error('the code is not there');
  const code = deriveCode(part(api.app, KeyRing), bindingOf(row), row);
  return { mandateId, callId, codeId, code, page: new URL(part(api.app, CodeLinks).of(row)).pathname };
}

function part<T>(app: NestFastifyApplication, what: abstract new (...all: never[]) => T): T {
  return app.get<T>(what, { strict: false });
}

/** Tells one of the instances something, and answers what came back; null when it was too busy to say. */
async function tell(
  instance: number,
  told: Told,
  { mandateId, callId, codeId, code, page }: Scene,
): Promise<Heard | null> {
  const desk = instance === 0 ? first : second;
  const check = async (name: typeof PLAN | { name: string }, purpose: 'advise' | 'execute'): Promise<Heard | null> => {
    const { status, body } = await desk.check(callId, [{ properties: {}, ...name }], purpose);
    return heard(status, () => body.decisions[0].outcome);
  };
  switch (told) {
    case 'withdraw':
    case 'suspend':
    case 'resume': {
      const { status } = await desk.post('crm', `/v1/mandates/${mandateId}/${told}`);
      return heard(status, () => 'done');
    }
    case 'see': {
      const { status, body } = await desk.get('crm', `/v1/mandates/${mandateId}`);
      return heard(status, () => body.state);
    }
    case 'look':
      return check({ name: 'invoice.explain' }, 'advise');
    case 'weigh':
      return check(PLAN, 'advise');
    case 'do':
      return check(PLAN, 'execute');
    case 'approve': {
      const attempt = { code, call_id: callId, actions: [PLAN] };
      const { status, body } = await desk.post('agent', `/v1/confirmations/${codeId}/attempts`, attempt);
      return heard(status, () => (body.accepted === true ? 'done' : 'refused'));
    }
    case 'decline':
      return heard(await decline(desk, page), () => 'done');
  }
}

/** As the holder does it, on the page behind the message. */
async function decline(desk: Desk, page: string): Promise<number> {
  const init = { method: 'POST', body: new URLSearchParams({ block: 'no' }), redirect: 'manual' } as const;
  return (await fetch(`${desk.api.url}${page}/no`, init)).status;
}

function heard(status: number, read: () => Heard): Heard | null {
  if (status === 503) return null;
  return status < 400 ? read() : 'refused';
}

type Plan = readonly (readonly Told[])[];

function pick<T>(...list: readonly T[]): T {
  return list[randomInt(list.length)]!;
}

function many<T>(count: number, one: () => T): readonly T[] {
  return Array.from({ length: count }, one);
}

/** Whoever changes the mandate, whoever asks about it, and whoever answers the code: each at some instance. */
function everything(): Plan {
  const changes = (): Told => pick('suspend', 'resume', 'resume', 'see');
  const asks = (): Told => pick('look', 'look', 'weigh', 'do', 'do');
  return [
    [...many(4, changes), pick('withdraw', 'suspend', 'see')],
    [...many(4, changes), pick('withdraw', 'resume')],
    many(6, asks),
    many(6, asks),
    many(6, asks),
    [pick('look', 'see'), 'approve', pick('decline', 'look'), 'approve', 'weigh', pick('decline', 'see')],
  ];
}

/** The mandate goes, and everybody asks. */
function onlyWithdrawal(): Plan {
  return [many(10, () => 'look' as const), ['look', 'withdraw', 'look'], many(10, () => 'look' as const)];
}

/** The holder has said yes, once. */
function onlyExecutions(): Plan {
  return [
    ['approve', 'do', 'do'],
    many(4, () => 'do' as const),
    many(4, () => 'do' as const),
    many(4, () => 'weigh' as const),
  ];
}

/** Everybody at once, each one step after the other. */
async function play(plan: Plan, scene: Scene): Promise<readonly Done[]> {
  const history: Done[] = [];
  await Promise.all(
    plan.map(async (steps, client) => {
      for (const input of steps) {
        const calledAt = performance.now();
        const output = await tell(client % 2, input, scene);
        history.push({ input, calledAt, answer: output === null ? null : { at: performance.now(), output } });
        await new Promise((resolve) => setTimeout(resolve, randomInt(8)));
      }
    }),
  );
  return history;
}

function shown(history: readonly Done[]): string {
  const line = ({ input, calledAt, answer }: Done): string =>
    `${calledAt.toFixed(1)} – ${answer?.at.toFixed(1) ?? '?'} ${input}: ${answer?.output ?? 'no answer'}`;
  return history
    .toSorted((one, other) => one.calledAt - other.calledAt)
    .map(line)
    .join('\n');
}

/** Plays until a history is found that no order explains; null when none was. */
async function findBroken(rounds: number, plan: () => Plan, alteration: Alteration = () => []): Promise<string | null> {
  for (let round = 0; round < rounds; round += 1) {
    const scene = await newScene();
    const history = await altered([first.api.app, sibling.app], alteration, () => play(plan(), scene));
    const violation = findViolation(ONE_MANDATE, history);
    if (violation === null) continue;
    return `no order explains\n${shown(history)}\nas far as it goes\n${shown(violation.order)}`;
  }
  return null;
}

describe('what two instances answer at once about one mandate and one code', () => {
  it('is what one would have answered, asked one after the other', async () => {
    expect(await findBroken(ROUNDS, everything)).toBeNull();
    expect(await findBroken(ROUNDS / 2, onlyWithdrawal)).toBeNull();
    expect(await findBroken(ROUNDS / 2, onlyExecutions)).toBeNull();
  }, 3_600_000);

  it('is not, where facts are kept for a second (positive control)', async () => {
    const keeping: Alteration = (app) => {
      const repository = part(app, FactsRepository);
      const kept = new Map<string, { readonly until: number; readonly loaded: LoadedFacts }>();
      const load: FactsRepository['load'] = async (client, asked, now) => {
        const missing = asked.filter(({ callId }) => (kept.get(callId)?.until ?? 0) < performance.now());
        const fresh = await FactsRepository.prototype.load.call(repository, client, missing, now);
        for (const [id, loaded] of fresh) kept.set(id, { until: performance.now() + 1_000, loaded });
        return new Map(asked.flatMap(({ callId: id }) => (kept.has(id) ? [[id, kept.get(id)!.loaded] as const] : [])));
      };
      return [{ of: repository, does: { load } }];
    };
    expect(await findBroken(40, onlyWithdrawal, keeping)).toContain('look: permit');
  }, 240_000);

  it('is not, where an execution reads before it locks (positive control)', async () => {
    const readingFirst: Alteration = (app) => {
      const repository = part(app, FactsRepository);
      const load: FactsRepository['load'] = async (...query) => {
        const loaded = await FactsRepository.prototype.load.apply(repository, query);
        await new Promise((resolve) => setTimeout(resolve, 25));
        return loaded;
      };
      return [{ of: repository, does: { load, lock: () => Promise.resolve() } }];
    };
    const { owner } = first;
    await owner.query('ALTER TABLE code_uses DROP CONSTRAINT code_uses_pkey');
    try {
      expect(await findBroken(40, onlyExecutions, readingFirst)).toContain('do: permit');
    } finally {
      await owner.query('DELETE FROM code_uses');
      await owner.query('ALTER TABLE code_uses ADD CONSTRAINT code_uses_pkey PRIMARY KEY (code_id, action_key_hash)');
    }
  }, 240_000);
});

describe('the search for an order', () => {
  const did = (input: Told, calledAt: number, at: number, output: Heard): Done => ({
    input,
    calledAt,
    answer: { at, output },
  });
  const lost = (input: Told, calledAt: number): Done => ({ input, calledAt, answer: null });

  it.each<[string, readonly Done[]]>([
    ['nothing', []],
    [
      'a check beside the withdrawal that still permits',
      [did('withdraw', 0, 10, 'done'), did('look', 5, 12, 'permit')],
    ],
    ['a check beside the withdrawal that refuses already', [did('withdraw', 0, 10, 'done'), did('look', 1, 3, 'deny')]],
    ['a withdrawal that nobody answered and that was done', [lost('withdraw', 0), did('look', 5, 6, 'deny')]],
    ['a withdrawal that nobody answered and that was not', [lost('withdraw', 0), did('look', 5, 6, 'permit')]],
    [
      'one yes, used by one of two',
      [did('approve', 0, 1, 'done'), did('do', 2, 9, 'ask_holder'), did('do', 3, 8, 'permit')],
    ],
  ])('finds one for %s', (_, history) => {
    expect(findViolation(ONE_MANDATE, history)).toBeNull();
  });

  it.each<[string, readonly Done[]]>([
    [
      'a permit that began after the withdrawal was answered',
      [did('withdraw', 0, 4, 'done'), did('look', 5, 6, 'permit')],
    ],
    [
      'two who see the withdrawal come and go',
      [did('withdraw', 0, 20, 'done'), did('look', 1, 3, 'deny'), did('look', 5, 8, 'permit')],
    ],
    [
      'one yes, used by both of two',
      [did('approve', 0, 1, 'done'), did('do', 2, 9, 'permit'), did('do', 3, 8, 'permit')],
    ],
    [
      'a yes to an earlier revision',
      [
        did('approve', 0, 1, 'done'),
        did('suspend', 2, 3, 'done'),
        did('resume', 4, 5, 'done'),
        did('weigh', 6, 7, 'permit'),
      ],
    ],
    ['a yes and a no that both counted', [did('decline', 0, 1, 'done'), did('approve', 2, 3, 'done')]],
    ['a permit nobody gave, told before the yes', [did('do', 0, 1, 'permit'), lost('approve', 2)]],
  ])('finds none for %s', (_, history) => {
    expect(findViolation(ONE_MANDATE, history)).not.toBeNull();
  });
});
