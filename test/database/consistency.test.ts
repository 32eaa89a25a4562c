import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { AgentsService } from '../../src/auth/agents.service.ts';
import type { Principal } from '../../src/auth/principal.ts';
import { ChecksService } from '../../src/calls/checks.service.ts';
import { FactsRepository } from '../../src/calls/facts.repository.ts';
import { AuditService } from '../../src/audit/audit.service.ts';
import { AppError } from '../../src/errors.ts';
import { SubMandatesService } from '../../src/mandates/sub-mandates.service.ts';
import { PolicyDocuments } from '../../src/policy-documents/policy-documents.service.ts';
import type { PersonId } from '../../src/policy/ids.ts';
import { makeMandateRef } from '../../src/mandates/mandate-ref.ts';
import { MandatesService } from '../../src/mandates/mandates.service.ts';
import { ObligationsRepository } from '../../src/obligations/obligations.repository.ts';
import { Obligations } from '../../src/obligations/obligations.service.ts';
import type { Facts } from '../../src/policy/facts.ts';
import { WEBHOOK_DEFAULTS, WEBHOOK_OPTIONS, type WebhookOptions } from '../../src/webhooks/webhook-options.ts';
import { startSibling, type TestApp } from '../support/app.ts';
import { keepsFacts } from '../support/careless-readers.ts';
import { type Answer, Desk } from '../support/desk.ts';
import { Receiver } from '../support/receiver.ts';
import { altered, changed } from '../support/two-desks.ts';
import { until } from '../support/until.ts';

/** Two instances on one database, and what a check needs. */
let first: Desk;
let second: Desk;
let sibling: TestApp;
let receiver: Receiver;
let holderId: string;
let partnerId: string;
let otherId: string;
let agent: Principal;
const crm: Principal = { keyId: 'test', scope: 'crm', strength: 2, agent: null };

/** Thousands of them: `npm run test:model`. */
const ROUNDS = Number(process.env.MANDAAT_CONSISTENCY_ROUNDS ?? '80');

/** The whole of this contract is the partner's business, until it isn't. */
const CONTRACT = 'C-1';
const NEW_CONTRACT = 'C-2';

beforeAll(async () => {
  receiver = await Receiver.start();
  first = await Desk.open();
  sibling = await startSibling(first.api);
  second = first.at(sibling);
  holderId = await first.person('P-1', {
    phone: '+49 30 23125 001',
    postal: 'Voorbeeldstraat 1, 0000 XX Nergenshuizen',
  });
  // Nobody can be told of anything here: thousands of withdrawals send no messages.
  partnerId = await first.person('P-2');
  otherId = await first.person('P-3');
  await first.contract(CONTRACT, ['P-1']);
  await first.contract(NEW_CONTRACT, ['P-1']);
  const found = await first.api.app.get(AgentsService, { strict: false }).get('A-1');
  agent = { keyId: 'test', scope: 'agent', strength: 2, agent: found };
});
afterAll(async () => {
  await sibling.stop();
  await first.close();
  await receiver.stop();
});

/** Writes an active mandate of strength 2, in one round trip, and forgets the proxy's ended ones: history makes checks slow. */
async function grant(
  proxyId: string,
  scopes: readonly string[] = ['billing'],
  contracts: readonly string[] = [CONTRACT],
): Promise<{ readonly id: string; readonly ref: string }> {
  const id = randomUUID();
  const ref = makeMandateRef();
  const ended = `(SELECT id FROM mandates WHERE proxy_id = '${proxyId}' AND state = 'ended')`;
  await first.owner.query(`
    DELETE FROM mandate_evidence WHERE mandate_id IN ${ended};
    DELETE FROM mandate_contracts WHERE mandate_id IN ${ended};
    DELETE FROM mandate_scopes WHERE mandate_id IN ${ended};
    DELETE FROM mandates m WHERE m.id IN ${ended} AND NOT EXISTS (SELECT FROM codes c WHERE c.mandate_id = m.id)
      AND NOT EXISTS (SELECT FROM mandates s WHERE s.parent_id = m.id);
    INSERT INTO mandates (id, mandate_ref, holder_id, proxy_id, state, starts_at, ends_at, created_at, accepted_at)
      VALUES ('${id}', '${ref}', '${holderId}', '${proxyId}', 'active', now() - interval '1 hour',
        now() + interval '1 year', now(), now());
    INSERT INTO mandate_scopes (mandate_id, scope, scope_version)
      SELECT '${id}', scope, 1 FROM unnest('{${scopes.join(',')}}'::text[]) AS scope;
    INSERT INTO mandate_contracts (mandate_id, contract_id)
      SELECT '${id}', id FROM contracts WHERE contract_ref = ANY ('{${contracts.join(',')}}');
    INSERT INTO mandate_evidence (id, mandate_id, terms_revision, form, session_strength, registered_by, registered_at)
      VALUES (gen_random_uuid(), '${id}', 1, 'portal', 2, 'test', now() - interval '1 hour');
  `);
  return { id, ref };
}

/** A call of somebody who has proved who they are. */
async function identifiedCall(personId: string, contract = CONTRACT): Promise<string> {
  const opened = await first.expectSuccess(first.open(contract));
  const { id } = opened.body.call;
  await first.owner.query('UPDATE calls SET caller_id = $2 WHERE id = $1', [id, personId]);
  await first.owner.query(
    `INSERT INTO verifications (id, call_id, person_id, method, route, verified_at)
     VALUES (gen_random_uuid(), $1, $2, 'code', 'sms', now() - interval '1 minute')`,
    [id, personId],
  );
  return id;
}

async function endAll(): Promise<void> {
  await first.owner.query(
    "UPDATE mandates SET state = 'ended', ending = 'expired', ended_at = now() WHERE state <> 'ended'",
  );
}

/** Asks inside the process, as the controller would. */
async function isPermitted({ app }: TestApp, callId: string, name: string): Promise<boolean> {
  const asked = [{ name, properties: {} }];
  const check = await app.get(ChecksService, { strict: false }).check(callId, agent, { purpose: 'advise', asked });
  return check.decisions[0]?.outcome === 'permit';
}

function withdraw({ app }: TestApp, id: string): Promise<unknown> {
  return app.get(MandatesService, { strict: false }).end(id, 'withdraw', { principal: crm, callId: null });
}

/** Replaces methods of a service of one instance by broken ones, for as long as `work` runs: the positive controls. */
function withBroken<Service extends object, T>(
  service: Service,
  broken: (real: Service) => Partial<Service>,
  work: () => Promise<T>,
): Promise<T> {
  return changed([{ of: service, does: { ...broken(service) } }], work);
}

function factsOf({ app }: TestApp): FactsRepository {
  return app.get(FactsRepository, { strict: false });
}

interface ChainedRecord {
  readonly chain_id: number;
  readonly kind: string;
  readonly body: string;
}

/** Checks that stand behind a withdrawal in its own chain, and still saw the mandate live. */
async function blindChecks(): Promise<{
  readonly withdrawals: number;
  readonly checks: number;
  readonly blind: number;
}> {
  const { rows } = await first.owner.query<ChainedRecord>(
    'SELECT chain_id, kind, body FROM audit_records ORDER BY chain_id, sequence',
  );
  const count = { withdrawals: 0, checks: 0, blind: 0 };
  let chain = 0;
  let gone = new Set<string>();
  for (const { chain_id: chainId, kind, body } of rows) {
    if (chainId !== chain) {
      chain = chainId;
      gone = new Set();
    }
    if (kind === 'mandate.withdrawn') {
      count.withdrawals += 1;
      gone.add((JSON.parse(body) as { mandateId: string }).mandateId);
    } else if (kind.startsWith('check.')) {
      count.checks += 1;
      const { mandates } = (JSON.parse(body) as { facts: Facts }).facts;
      if (mandates.some(({ id, state }) => gone.has(id) && state !== 'ended')) count.blind += 1;
    }
  }
  return count;
}

describe('After a withdrawal was answered', () => {
  /** Permitted before, withdrawn at one instance, asked at both. Answers how many permits came too late. */
  async function inSequence(rounds: number): Promise<number> {
    const callId = await identifiedCall(partnerId);
    let late = 0;
    for (let round = 0; round < rounds; round += 1) {
      const { id } = await grant(partnerId);
      const [at, elsewhere] = round % 2 === 0 ? [first.api, sibling] : [sibling, first.api];
      if (!(await isPermitted(elsewhere, callId, 'invoice.explain'))) throw new Error('it was never permitted');
      await withdraw(at, id);
      const after = await Promise.all([
        isPermitted(at, callId, 'invoice.explain'),
        isPermitted(elsewhere, callId, 'invoice.explain'),
      ]);
      late += after.filter(Boolean).length;
    }
    return late;
  }

  it(`no check permits, at either instance, ${ROUNDS} times`, async () => {
    expect(await inSequence(ROUNDS)).toBe(0);
    expect(await blindChecks()).toMatchObject({ blind: 0, withdrawals: ROUNDS });
  }, 600_000);

  it('a check would permit if facts were kept: this test can tell', async () => {
    const late = await altered([sibling.app], keepsFacts, () => inSequence(2)).finally(endAll);
    expect(late).toBeGreaterThan(0);
  });

  /** A mandate of the partner that was passed on, to who calls. */
  async function passOn(): Promise<string> {
    const { id } = await grant(partnerId);
    const sub = await grant(otherId);
    await first.owner.query('UPDATE mandates SET may_pass_on = true WHERE id = $1', [id]);
    await first.owner.query('UPDATE mandates SET parent_id = $2 WHERE id = $1', [sub.id, id]);
    return id;
  }

  /** Answers how many permits came after what they were made from had been withdrawn. */
  async function inSequenceBelow(rounds: number): Promise<number> {
    const callId = await identifiedCall(otherId);
    let late = 0;
    for (let round = 0; round < rounds; round += 1) {
      await endAll();
      const parentId = await passOn();
      const [at, elsewhere] = round % 2 === 0 ? [first.api, sibling] : [sibling, first.api];
      if (!(await isPermitted(elsewhere, callId, 'invoice.explain'))) throw new Error('it was never permitted');
      await withdraw(at, parentId);
      if (await isPermitted(elsewhere, callId, 'invoice.explain')) late += 1;
    }
    return late;
  }

  it('nothing permits that was made from it, at either instance', async () => {
    expect(await inSequenceBelow(20)).toBe(0);
  }, 120_000);

  it('what was made from it would permit if facts were kept: this test can tell', async () => {
    const late = await altered([sibling.app], keepsFacts, () => inSequenceBelow(2)).finally(endAll);
    expect(late).toBeGreaterThan(0);
  });

  it('nothing is made from it any more, however they race', async () => {
    const person = { id: partnerId as PersonId, sessionId: randomUUID(), provedAt: new Date(), assistance: null };
    const principal: Principal = { keyId: 'test', scope: 'person', strength: 3, agent: null, person };
    const asked = { proxy: 'P-3', scopes: ['billing'], contracts: [CONTRACT] };
    const of = <T>(service: new (...parts: never[]) => T): T => sibling.app.get(service, { strict: false });
    const policy = await of(PolicyDocuments).current();
    for (let round = 0; round < 12; round += 1) {
      const { id } = await grant(partnerId);
      await first.owner.query('UPDATE mandates SET may_pass_on = true WHERE id = $1', [id]);
      const making = of(AuditService)
        .record((tx, now) => of(SubMandatesService).grantIn(tx, now, id, asked, principal, policy))
        .catch((error: unknown) => expect(error).toBeInstanceOf(AppError));
      await Promise.all([making, withdraw(first.api, id)]);
      const { rows } = await first.owner.query("SELECT 1 FROM mandates WHERE parent_id = $1 AND state <> 'ended'", [
        id,
      ]);
      expect(rows).toEqual([]);
    }
  }, 120_000);

  interface Raced {
    readonly before: number;
    readonly refused: number;
    readonly late: number;
  }

  type Asking = (desk: Desk, callId: string) => Promise<readonly boolean[]>;

  const checking: Asking = async (desk, callId) => {
    const { body } = await desk.check(callId, ['invoice.explain']);
    return [body.decisions[0].outcome === 'permit'];
  };
  const question = (callId: string): object => ({
    subject: { type: 'caller', id: callId },
    action: { name: 'invoice.explain' },
    resource: { type: 'contract', id: CONTRACT },
    context: { call_id: callId },
  });
  const evaluating: Asking = async (desk, callId) => {
    const { body } = await desk.expectSuccess(desk.post('agent', '/access/v1/evaluation', question(callId)));
    return [body.decision];
  };
  const evaluatingSeveral: Asking = async (desk, callId) => {
    const several = { ...question(callId), evaluations: [{}, { subject: { type: 'person', id: 'P-2' } }, {}] };
    const { body } = await desk.expectSuccess(desk.post('agent', '/access/v1/evaluations', several));
    return body.evaluations.map(({ decision }: { decision: boolean }) => decision);
  };

  /** Asks at both instances over HTTP, all the time, while one of them is told of the withdrawal. */
  async function racing(rounds: number, ask: Asking = checking): Promise<Raced> {
    const callId = await identifiedCall(partnerId);
    const raced = { before: 0, refused: 0, late: 0 };
    for (let round = 0; round < rounds; round += 1) {
      const { id } = await grant(partnerId);
      let answeredAt = Number.POSITIVE_INFINITY;
      let isOver = false;
      const asking = [first, second, first, second].map(async (desk) => {
        // Two more from the moment on at which the withdrawal was answered.
        for (let left = 2; left > 0;) {
          const startedAt = performance.now();
          if (isOver) left -= 1;
          for (const isPermit of await ask(desk, callId)) {
            if (!isPermit) raced.refused += 1;
            else if (startedAt > answeredAt) raced.late += 1;
            else raced.before += 1;
          }
        }
      });
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 20));
      const desk = round % 2 === 0 ? second : first;
      await desk.expectSuccess(desk.post('crm', `/v1/mandates/${id}/withdraw`));
      answeredAt = performance.now();
      isOver = true;
      await Promise.all(asking);
    }
    return raced;
  }

  /** How often it permitted late, of a few tries: on a busy machine what is kept may have been read behind the withdrawal. */
  async function lateWithFactsKept(rounds: number, ask: Asking = checking): Promise<number> {
    let late = 0;
    for (let tries = 6; tries > 0 && late === 0; tries -= 1) {
      ({ late } = await altered([sibling.app], keepsFacts, () => racing(rounds, ask)).finally(endAll));
    }
    return late;
  }

  it('no check that began later permits, however they race at two instances, and the audit shows none either', async () => {
    const { before, refused, late } = await racing(40);
    expect(late).toBe(0);
    expect(before).toBeGreaterThan(0);
    expect(refused).toBeGreaterThan(0);
    const { blind, checks } = await blindChecks();
    expect(blind).toBe(0);
    expect(checks).toBeGreaterThan(0);
  }, 120_000);

  it.each([
    ['evaluation', evaluating],
    ['evaluations', evaluatingSeveral],
  ])(
    'no %s that began later permits, and one would if facts were kept',
    async (_, ask) => {
      const { before, refused, late } = await racing(6, ask);
      expect(late).toBe(0);
      expect(before).toBeGreaterThan(0);
      expect(refused).toBeGreaterThan(0);
      expect(await lateWithFactsKept(2, ask)).toBeGreaterThan(0);
    },
    120_000,
  );

  it('one would, and the audit would show it, if facts were kept: this test can tell', async () => {
    const { blind: before } = await blindChecks();
    expect(await lateWithFactsKept(6)).toBeGreaterThan(0);
    expect((await blindChecks()).blind).toBeGreaterThan(before);
  }, 60_000);
});

describe('What was taken away before something new came', () => {
  /**
   * The new enemy: the holder narrows the partner's mandate, and only then puts the new contract under it; takes another's
   * mandate away, and only then widens the partner's. Whoever decides on rows of two moments permits what never was.
   */
  async function newEnemies(rounds: number): Promise<{ readonly wrong: number; readonly right: number }> {
    const partnerCall = await identifiedCall(partnerId, NEW_CONTRACT);
    const otherCall = await identifiedCall(otherId, NEW_CONTRACT);
    const count = { wrong: 0, right: 0 };
    for (let round = 0; round < rounds; round += 1) {
      const partner = await grant(partnerId, ['billing', 'subscription']);
      const other = await grant(otherId, ['billing', 'subscription']);
      let isOver = false;
      const asking = [first, second].map(async (desk) => {
        for (let left = 2; left > 0;) {
          if (isOver) left -= 1;
          const { body } = await desk.check(partnerCall, ['conversation.subscription', 'invoice.explain']);
          const [never, later] = body.decisions;
          if (never.outcome === 'permit') count.wrong += 1;
          if (later.outcome === 'permit') count.right += 1;
          const { outcome } = await desk.decide(otherCall, 'invoice.explain');
          if (outcome === 'permit') count.wrong += 1;
        }
      });
      const change = (desk: Desk, body: object, revision: number): Promise<Answer> =>
        desk.expectSuccess(
          desk.send('crm', 'PATCH', `/v1/mandates/${partner.id}`, body, { 'if-match': `"${revision}"` }),
        );
      await second.expectSuccess(second.post('crm', `/v1/mandates/${other.id}/withdraw`));
      await first.expectSuccess(change(first, { scopes: ['billing'] }, 1));
      await change(second, { contracts: [CONTRACT, NEW_CONTRACT], form: 'portal' }, 2);
      isOver = true;
      await Promise.all(asking);
      await endAll();
    }
    return count;
  }

  it('never permits what it covered, at either instance', async () => {
    const { wrong, right } = await newEnemies(25);
    expect(wrong).toBe(0);
    expect(right).toBeGreaterThan(0);
  }, 60_000);

  it('would, if scopes were read at another moment than contracts: this test can tell', async () => {
    const scopesFromBefore = (real: FactsRepository): Partial<FactsRepository> => {
      const load = real.load.bind(real);
      const kept = new Map<string, readonly string[]>();
      const stale = (facts: Facts): Facts => ({
        ...facts,
        mandates: facts.mandates.map((mandate) => {
          const scopes = kept.get(mandate.id) ?? mandate.scopes;
          kept.set(mandate.id, scopes);
          return { ...mandate, scopes };
        }),
      });
      return {
        async load(...query) {
          const loaded = await load(...query);
          return new Map([...loaded].map(([id, one]) => [id, { ...one, facts: stale(one.facts) }]));
        },
      };
    };
    const { wrong } = await withBroken(factsOf(sibling), scopesFromBefore, () => newEnemies(4));
    expect(wrong).toBeGreaterThan(0);
  }, 60_000);
});

describe('Read, changed and written back by many', () => {
  const SCOPES = ['appointments', 'complaints', 'faults', 'personal_data', 'sim_and_number', 'subscription'];

  const scopesOf = ({ body }: Answer): string[] => body.scopes.map(({ scope }: { scope: string }) => scope);

  /**
   * Everybody adds a scope of their own to what they read; all have read before anybody writes. Answers what the mandate
   * has in the end.
   *
   * @param isCareful who is refused reads all of it again; else only the revision, to get their way
   */
  async function addScopes(isCareful: boolean): Promise<string[]> {
    const { id } = await grant(partnerId);
    const path = `/v1/mandates/${id}`;
    const read = (desk: Desk): Promise<Answer> => desk.expectSuccess(desk.get('crm', path));
    const writers = await Promise.all(
      SCOPES.map(async (scope, index) => {
        const desk = index % 2 === 0 ? first : second;
        return { desk, scope, seen: await read(desk) };
      }),
    );
    await Promise.all(
      writers.map(async ({ desk, scope, seen }) => {
        let etag = seen.headers.get('etag') ?? '';
        let scopes = [...scopesOf(seen), scope];
        for (;;) {
          const answer = await desk.send('crm', 'PATCH', path, { scopes, form: 'portal' }, { 'if-match': etag });
          if (answer.status === 200) return;
          expect(answer).toMatchObject({ status: 412, body: { code: 'revision_conflict' } });
          const now = await read(desk);
          etag = now.headers.get('etag') ?? '';
          if (isCareful) scopes = [...scopesOf(now), scope];
        }
      }),
    );
    const after = await read(first);
    await endAll();
    return scopesOf(after).toSorted();
  }

  it('keeps what everybody wrote, when each names the revision that they saw', async () => {
    expect(await addScopes(true)).toEqual(['billing', ...SCOPES].toSorted());
  }, 60_000);

  it('loses what they did not read again, when they name whatever revision there is: this test can tell', async () => {
    expect(await addScopes(false)).toHaveLength(2);
  }, 60_000);
});

describe('Executed at two instances at once', () => {
  /** Lets both instances decide before either goes on, or 150 ms pass: the worst moment, every time. */
  function meetingPoint(): () => Promise<void> {
    let waiting: (() => void)[] = [];
    return () =>
      new Promise<void>((resolve) => {
        const meet = (): void => {
          for (const go of waiting) go();
          waiting = [];
        };
        waiting.push(resolve);
        if (waiting.length === 2) meet();
        else setTimeout(resolve, 150);
      });
  }

  /** Runs `work` with both instances meeting after they loaded their facts; `isLocking` false = nobody locks anything. */
  function meeting<T>(isLocking: boolean, work: () => Promise<T>): Promise<T> {
    const meet = meetingPoint();
    const change = (real: FactsRepository): Partial<FactsRepository> => {
      const load = real.load.bind(real);
      return {
        async load(...query) {
          const loaded = await load(...query);
          await meet();
          return loaded;
        },
        ...(isLocking ? {} : { lock: () => Promise.resolve() }),
      };
    };
    return withBroken(factsOf(first.api), change, () => withBroken(factsOf(sibling), change, work));
  }

  const RENEW = { name: 'contract.renew' };

  /** One confirmation, two executions. Answers what each was told, and how often it was done. */
  async function executeTwice(
    isLocking: boolean,
  ): Promise<{ readonly told: readonly string[]; readonly done: number }> {
    await first.owner.query('DELETE FROM code_budget_entries');
    await grant(partnerId, ['subscription']);
    const callId = await identifiedCall(partnerId);
    await first.confirm(callId, [RENEW]);
    const answers = await meeting(isLocking, () =>
      Promise.all([first, second].map((desk) => desk.check(callId, [RENEW.name], 'execute'))),
    );
    await endAll();
    const { rows } = await first.owner.query('SELECT 1 FROM executions WHERE call_id = $1', [callId]);
    const told = answers.map(({ status, body }) => (status === 200 ? body.decisions[0].outcome : body.code));
    for (const { status, body } of answers) {
      if (status !== 200) continue;
      const [decision] = body.decisions;
      expect(decision.execution_id !== undefined).toBe(decision.outcome === 'permit');
    }
    return { told: told.toSorted(), done: rows.length };
  }

  it('one confirmation is one permit, and the other is asked to have the holder confirm again', async () => {
    for (let round = 0; round < 5; round += 1) {
      expect(await executeTwice(true)).toEqual({ told: ['ask_holder', 'permit'], done: 1 });
    }
  }, 60_000);

  it('one confirmation is one permit even if nothing were locked: the second use breaks a constraint', async () => {
    expect(await executeTwice(false)).toEqual({ told: ['conflict', 'permit'], done: 1 });
  }, 30_000);

  it('one confirmation would be two permits without locks and constraint: this test can tell', async () => {
    await first.owner.query('ALTER TABLE code_uses DROP CONSTRAINT code_uses_pkey');
    try {
      expect(await executeTwice(false)).toEqual({ told: ['permit', 'permit'], done: 2 });
    } finally {
      await first.owner.query('DELETE FROM code_uses');
      await first.owner.query(
        'ALTER TABLE code_uses ADD CONSTRAINT code_uses_pkey PRIMARY KEY (code_id, action_key_hash)',
      );
    }
  }, 30_000);

  /** Eight callers whom nobody knows have a bill posted, which may happen three times in 30 days. */
  async function deliver(contract: string, isLocking: boolean): Promise<{ told: readonly string[]; done: number }> {
    await first.contract(contract, ['P-1']);
    const desks = Array.from({ length: 8 }, (_, index) => (index % 2 === 0 ? first : second));
    const callIds = await Promise.all(
      desks.map(async (desk) => (await desk.expectSuccess(desk.open(contract))).body.call.id as string),
    );
    const answers = await meeting(isLocking, () =>
      Promise.all(
        desks.map((desk, index) => desk.expectSuccess(desk.check(callIds[index] ?? '', ['invoice.copy'], 'execute'))),
      ),
    );
    const { rows } = await first.owner.query(
      'SELECT 1 FROM executions x JOIN contracts c ON c.id = x.contract_id WHERE c.contract_ref = $1 AND x.is_safe_delivery',
      [contract],
    );
    return { told: answers.map(({ body }) => body.decisions[0].reason).toSorted(), done: rows.length };
  }

  /** Two things of one scope at once; whoever does the first has to tell the caller, and to report that. */
  async function testAndRestart(isLocking: boolean): Promise<readonly string[]> {
    await grant(partnerId, ['faults']);
    const callId = await identifiedCall(partnerId);
    const answers = await meeting(isLocking, () =>
      Promise.all([first.decide(callId, 'line.test', 'execute'), second.decide(callId, 'modem.restart', 'execute')]),
    );
    await endAll();
    return answers.map(({ reason }) => reason).toSorted();
  }

  it('what came with the one that is first keeps the other waiting', async () => {
    for (let round = 0; round < 3; round += 1) {
      expect(await testAndRestart(true)).toEqual(['condition_failed', 'permitted']);
    }
  }, 60_000);

  it('what came with the one would not be seen by the other without the lock: this test can tell', async () => {
    expect(await testAndRestart(false)).toEqual(['permitted', 'permitted']);
  }, 60_000);

  it('safe delivery happens as often as its cap says, and not once more', async () => {
    const wanted = [...Array<string>(5).fill('delivery_cap_reached'), ...Array<string>(3).fill('permitted')];
    expect(await deliver('C-CAP-1', true)).toEqual({ told: wanted, done: 3 });
    expect(await deliver('C-CAP-2', true)).toEqual({ told: wanted, done: 3 });
  }, 60_000);

  it('safe delivery would happen more often without the lock on the contract: this test can tell', async () => {
    expect((await deliver('C-CAP-3', false)).done).toBeGreaterThan(3);
  }, 60_000);
});

describe('Raced by a withdrawal', () => {
  /** One instance goes on with the mandates that a call had when it was first looked at. All else it reads anew. */
  function mandatesKept(real: FactsRepository): Partial<FactsRepository> {
    const load = real.load.bind(real);
    const kept = new Map<string, Facts['mandates']>();
    return {
      async load(...query) {
        const loaded = await load(...query);
        return new Map(
          [...loaded].map(([id, one]) => {
            const mandates = kept.get(id) ?? one.facts.mandates;
            kept.set(id, mandates);
            return [id, { ...one, facts: { ...one.facts, mandates } }];
          }),
        );
      },
    };
  }

  /** The other one first, then the withdrawal; the other way round; or both at once. */
  async function inSomeOrder<T>(
    round: number,
    other: () => Promise<T>,
    between: () => Promise<unknown>,
    taking: () => Promise<unknown>,
  ): Promise<T> {
    if (round % 3 === 0) {
      const answer = await other();
      await between();
      await taking();
      return answer;
    }
    if (round % 3 === 1) {
      await taking();
      return other();
    }
    const [answer] = await Promise.all([other(), taking()]);
    return answer;
  }

  const done = async (callId: string): Promise<number> =>
    (await first.owner.query('SELECT FROM executions WHERE call_id = $1', [callId])).rowCount ?? -1;

  /** What was owed is reported done, which lets the next thing of its scope through; and the mandate is withdrawn. */
  async function receipts(rounds: number): Promise<{ readonly reported: number; readonly late: number }> {
    const count = { reported: 0, late: 0 };
    for (let round = 0; round < rounds; round += 1) {
      const { id } = await grant(partnerId, ['faults']);
      const callId = await identifiedCall(partnerId);
      const { obligations } = await first.decide(callId, 'line.test', 'execute');
      const restart = async (desk: Desk, purpose: 'advise' | 'execute' = 'advise'): Promise<boolean> =>
        (await desk.decide(callId, 'modem.restart', purpose)).outcome === 'permit';
      // It is held up by what is owed, and by nothing else.
      expect((await second.decide(callId, 'modem.restart')).reason).toBe('condition_failed');
      const { status } = await inSomeOrder(
        round,
        () =>
          second.post('agent', `/v1/calls/${callId}/receipts`, { obligation_id: obligations[0].id, status: 'done' }),
        async () => expect(await restart(second)).toBe(true),
        () => first.expectSuccess(first.post('crm', `/v1/mandates/${id}/withdraw`)),
      );
      // What was done was done: that it came with something is reported whatever became of the mandate.
      if (status === 200) count.reported += 1;
      const late = await Promise.all([
        restart(first),
        restart(second),
        restart(second, 'execute'),
        restart(first, 'execute'),
      ]);
      count.late += late.filter(Boolean).length;
      expect(await done(callId)).toBe(late.slice(2).some(Boolean) ? 2 : 1);
    }
    return count;
  }

  it('a receipt is taken, and lets nothing through that the mandate no longer does', async () => {
    expect(await receipts(9)).toEqual({ reported: 9, late: 0 });
  }, 60_000);

  it('a receipt would let it through if mandates were kept: this test can tell', async () => {
    const { late } = await withBroken(factsOf(sibling), mandatesKept, () => receipts(1)).finally(endAll);
    expect(late).toBeGreaterThan(0);
  }, 60_000);

  const RENEW = { name: 'contract.renew' };

  /** The holder is asked by an access request, says yes to what a mandate is behind, and withdraws that mandate. */
  async function approvals(rounds: number): Promise<{ readonly approved: number; readonly late: number }> {
    const count = { approved: 0, late: 0 };
    for (let round = 0; round < rounds; round += 1) {
      await first.owner.query('DELETE FROM code_budget_entries');
      const { id } = await grant(partnerId, ['subscription']);
      const callId = await identifiedCall(partnerId);
      const asked = (context: object = {}): object => ({
        subject: { type: 'caller', id: callId },
        action: RENEW,
        resource: { type: 'contract', id: CONTRACT },
        context: { call_id: callId, ...context },
      });
      const evaluate = async (desk: Desk, context: object = {}): Promise<Answer['body']> =>
        (await desk.expectSuccess(desk.post('agent', '/access/v1/evaluation', asked(context)))).body;
      const { evaluation_id, access_request } = (await evaluate(second)).context;
      const { binding_token, expires_at } = access_request;
      const denial = { evaluation_id, binding_token, expires_at };
      const made = await first.expectSuccess(first.post('agent', '/access/v1/requests', { ...asked(), denial }));
      const path = `/access/v1/requests/${made.body.task.id}`;
      const { rows } = await first.owner.query<{ code: string }>(
        'SELECT code_ids[1] AS code FROM access_requests WHERE id = $1',
        [made.body.task.id],
      );
      const codeId = rows[0]?.code ?? '';
      const yes = { code: await first.codeOf(codeId), call_id: callId, actions: [RENEW] };
      const { body: tried } = await inSomeOrder(
        round,
        () => second.post('agent', `/v1/confirmations/${codeId}/attempts`, yes),
        async () => expect((await evaluate(second)).decision).toBe(true),
        () => first.expectSuccess(first.post('crm', `/v1/mandates/${id}/withdraw`)),
      );
      const [here, there] = await Promise.all([
        first.expectSuccess(first.get('agent', path)),
        second.expectSuccess(second.get('agent', path)),
      ]);
      // One story, at both.
      expect(here.body).toEqual(there.body);
      const { task, result } = here.body;
      expect([task.status, task.status === 'approved']).toEqual([task.status, tried.accepted === true]);
      if (task.status === 'approved') count.approved += 1;
      const approval = result === undefined ? {} : { approval: result.approval };
      const late = await Promise.all(
        [first, second].flatMap((desk) => [
          evaluate(desk, approval),
          evaluate(desk),
          evaluate(desk, { ...approval, purpose: 'execute' }),
        ]),
      );
      const permits = late.filter(({ decision }) => decision === true).length;
      count.late += permits;
      if (permits === 0) expect(await done(callId)).toBe(0);
    }
    return count;
  }

  it('an approval of what it was behind permits nothing, whichever was first', async () => {
    const { approved, late } = await approvals(6);
    expect(late).toBe(0);
    // Two of them were first, two came too late, and of two nobody knows.
    expect(approved).toBeGreaterThanOrEqual(2);
    expect(approved).toBeLessThanOrEqual(4);
  }, 120_000);

  it('an approval would permit it if mandates were kept: this test can tell', async () => {
    const { late } = await withBroken(factsOf(sibling), mandatesKept, () => approvals(1)).finally(endAll);
    expect(late).toBeGreaterThan(0);
  }, 60_000);

  /**
   * A receiver that asks at once, at the other instance, what it was just told is no longer so. Answers how often it was told and
   * permitted all the same.
   *
   * @param arrange what is done to the instance that is told of the withdrawal
   */
  async function toldAndAsked(
    rounds: number,
    arrange: <T>(path: string, work: () => Promise<T>) => Promise<T>,
  ): Promise<{ readonly told: number; readonly ahead: number }> {
    const path = `/${randomUUID()}`;
    const count = { told: 0, ahead: 0 };
    const callId = await identifiedCall(partnerId);
    const asked: Promise<void>[] = [];
    receiver.answer(path, (response) => {
      // Without the token of the message: it has to be so whether or not somebody insists on it.
      const look = async (): Promise<void> => {
        if ((await second.decide(callId, 'invoice.explain')).outcome === 'permit') count.ahead += 1;
        count.told += 1;
        response.writeHead(204).end();
      };
      asked.push(look());
    });
    const url = receiver.url(path);
    const { body: webhook } = await first.expectSuccess(
      first.post('admin', '/v1/webhooks', { url, types: ['mandate.withdrawn'] }),
    );
    try {
      for (let round = 1; round <= rounds; round += 1) {
        const { id } = await grant(partnerId);
        expect(await isPermitted(sibling, callId, 'invoice.explain')).toBe(true);
        await arrange(path, () => withdraw(first.api, id));
        await until(() => count.told >= round, 30_000);
      }
      await Promise.all(asked);
    } finally {
      await first.expectSuccess(first.send('admin', 'DELETE', `/v1/webhooks/${webhook.id}`));
    }
    return count;
  }

  it('who is told of it by webhook, and asks, is refused, however long the commit takes', async () => {
    const apps = [first.api, sibling];
    for (const { app } of apps) app.get<WebhookOptions>(WEBHOOK_OPTIONS, { strict: false }).tick = 5;
    // Between the change and its commit many looks for news fit.
    await first.owner.query(`
      CREATE FUNCTION hesitate() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.05); RETURN NULL; END';
      CREATE CONSTRAINT TRIGGER changes_hesitate AFTER INSERT ON changes DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW WHEN (NEW.type = 'mandate.withdrawn') EXECUTE FUNCTION hesitate();`);
    try {
      expect(await toldAndAsked(10, (_, work) => work())).toEqual({ told: 10, ahead: 0 });
    } finally {
      await first.owner.query('DROP TRIGGER changes_hesitate ON changes; DROP FUNCTION hesitate()');
      for (const { app } of apps) {
        app.get<WebhookOptions>(WEBHOOK_OPTIONS, { strict: false }).tick = WEBHOOK_DEFAULTS.tick;
      }
    }
  }, 60_000);

  it('who were told of it inside its transaction would not be: this test can tell', async () => {
    const tellingEarly = (path: string, real: AuditService): Partial<AuditService> => {
      const record = real.record.bind(real);
      return {
        record: (work) =>
          record(async (...given) => {
            const written = await work(...given);
            if (written.entries.some(({ kind }) => kind === 'mandate.withdrawn')) {
              await fetch(receiver.url(path), { method: 'POST' });
            }
            return written;
          }),
      };
    };
    const audit = first.api.app.get(AuditService, { strict: false });
    const told = await toldAndAsked(1, (path, work) => withBroken(audit, (real) => tellingEarly(path, real), work));
    expect(told.ahead).toBeGreaterThan(0);
  }, 60_000);
});

describe('What is still owed after its call', () => {
  const OWED = 6;

  /** Told by both instances at once, to a receiver over HTTP. Answers the ids of messages and of what they tell of. */
  async function toldOpen(): Promise<{ readonly messages: readonly string[]; readonly owed: readonly string[] }> {
    const path = `/${randomUUID()}`;
    const { body: webhook } = await first.expectSuccess(
      first.post('admin', '/v1/webhooks', { url: receiver.url(path), types: ['obligation.open'] }),
    );
    const wanted = new Map<string, string>();
    await grant(partnerId, ['faults']);
    for (let n = 0; n < OWED; n += 1) {
      const callId = await identifiedCall(partnerId);
      const { obligations } = await first.decide(callId, 'line.test', 'execute');
      wanted.set(obligations[0].id, callId);
      await first.expectSuccess(first.post('agent', `/v1/calls/${callId}/end`));
    }
    const tellers = [first.api, sibling].map(({ app }) => app.get(Obligations, { strict: false }));
    try {
      await Promise.all([...tellers, ...tellers].map((teller) => teller.tellOpen()));
      await Promise.all(tellers.map((teller) => teller.tellOpen()));
      const count = "SELECT FROM changes WHERE type = 'obligation.open' AND data ->> 'call_id' = ANY ($1)";
      const { rowCount } = await first.owner.query(count, [[...wanted.values()]]);
      await until(() => receiver.at(path).length >= (rowCount ?? 0), 30_000);
      const told = receiver
        .at(path)
        .map(({ body, headers }) => ({ id: headers['webhook-id'] ?? '', ...JSON.parse(body) }));
      for (const { data } of told) {
        expect(data).toEqual({ obligation_id: data.obligation_id, call_id: wanted.get(data.obligation_id) });
      }
      return {
        messages: [...new Set(told.map(({ id }) => id as string))],
        owed: told.map(({ data }) => data.obligation_id as string),
      };
    } finally {
      await first.expectSuccess(first.send('admin', 'DELETE', `/v1/webhooks/${webhook.id}`));
      await endAll();
    }
  }

  it('is told to a receiver, each once, by whichever of two processes comes first', async () => {
    const { messages, owed } = await toldOpen();
    // A message may come twice, under one id; another message about the same may not.
    expect([messages.length, new Set(owed).size]).toEqual([OWED, OWED]);
  }, 60_000);

  it('would be told more than once if nobody noted that it was: this test can tell', async () => {
    const forgetful = (app: TestApp): ObligationsRepository => app.app.get(ObligationsRepository, { strict: false });
    const forget = (real: ObligationsRepository): Partial<ObligationsRepository> => {
      const tell = real.tell.bind(real);
      return {
        async tell(tx, ...rest) {
          const told = await tell(tx, ...rest);
          await tx.query('UPDATE obligations SET told_at = NULL WHERE id = ANY ($1)', [told.map(({ id }) => id)]);
          return told;
        },
      };
    };
    const { messages, owed } = await withBroken(forgetful(first.api), forget, () =>
      withBroken(forgetful(sibling), forget, toldOpen),
    );
    await first.owner.query('UPDATE obligations SET told_at = now() WHERE told_at IS NULL');
    expect(messages.length).toBeGreaterThan(OWED);
    expect(new Set(owed).size).toBe(OWED);
  }, 60_000);
});
