import { randomUUID } from 'node:crypto';
import { request } from 'node:http';

import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { generateSync } from 'otplib';
import { DataSource, type EntityManager } from 'typeorm';

import { CodesRepository } from '../../src/codes/codes.repository.ts';
import { eventually } from '../messages/outbox.ts';
import { Asking, PLAN, PROXY_PHONE, TERMINATE, wrong } from '../support/asking.ts';
import {
  carelessBudgets,
  carelessCounting,
  carelessEnding,
  carelessSteps,
  carelessSupport,
  comparesBeforeItCounts,
  countsInMemory,
  ownClock,
  guessMeetsAnswer,
  yesMeetsWithdrawal,
} from '../support/careless-codes.ts';
import { TwoDesks } from '../support/two-desks.ts';
import { Visitor } from '../support/visitor.ts';

let desks: TwoDesks;
let asking: Asking;

beforeAll(async () => {
  desks = await TwoDesks.open();
  asking = await Asking.at(desks.desk);
}, 60_000);
afterAll(() => desks?.close());

/** The same code at both instances, `count` times at once. */
function redeem(count: number, { id, callId }: { id: string; callId: string }, codeOf: (turn: number) => string) {
  const turns = Array.from({ length: count }, (_, turn) => turn);
  const path = `/v1/confirmations/${id}/attempts`;
  return Promise.all(
    turns.map((turn) => desks.postUntilAnswered(turn, path, { code: codeOf(turn), call_id: callId, actions: [PLAN] })),
  );
}

describe('a code that many redeem at once, in two processes', () => {
  async function parallelYes(
    count: number,
  ): Promise<{ accepted: number; refused: number; told: number; statuses: Set<number>; failures: number }> {
    const asked = await asking.fresh();
    const answers = await redeem(count, asked, () => asked.code);
    return {
      accepted: answers.filter(({ body }) => body.accepted === true).length,
      refused: answers.filter(({ body }) => body.accepted === false).length,
      told: await asking.recorded(asked.id, 'code.refused'),
      statuses: new Set(answers.map(({ status }) => status)),
      failures: await asking.used('failure'),
    };
  }

  it('is accepted once, by one of 64', async () => {
    for (let round = 0; round < 3; round += 1) {
      const outcome = { accepted: 1, refused: 63, told: 63, statuses: new Set([200]) };
      expect(await parallelYes(64)).toMatchObject(outcome);
    }
  });

  it('costs an honest holder none of their failures: a right code is no guess, also when it is late', async () => {
    expect(await parallelYes(32)).toMatchObject({ accepted: 1, failures: 0 });
  });

  it('is accepted more than once where approval reads before it writes (positive control)', async () => {
    expect((await desks.altered(carelessEnding, () => parallelYes(64))).accepted).toBeGreaterThan(1);
  });
});

describe('wrong guesses at once, in two processes', () => {
  async function parallelGuesses(): Promise<{ compared: number; failures: number; rightAfterwards: boolean }> {
    const asked = await asking.fresh();
    const failedBefore = await asking.used('failure');
    await redeem(64, asked, (turn) => wrong(asked.code, turn + 1));
    const failures = (await asking.used('failure')) - failedBefore;
    const last = await asking.attempt(asked.id, asked.code, asked.callId);
    return { compared: await asking.recorded(asked.id, 'code.failed'), failures, rightAfterwards: last.body.accepted };
  }

  it('are compared five times out of 64, and then the code is dead', async () => {
    for (let round = 0; round < 3; round += 1) {
      expect(await parallelGuesses()).toEqual({ compared: 5, failures: 5, rightAfterwards: false });
    }
  });

  it('are compared more often where tries are read before they are written (positive control)', async () => {
    expect((await desks.altered(carelessCounting, parallelGuesses)).compared).toBeGreaterThan(5);
  });

  /** Two codes of one holder, in two calls, and one failure left of ten. */
  async function guessesAtTwoCodes(): Promise<number> {
    const first = await asking.fresh();
    const callId = await asking.call();
    const second = { callId, id: await asking.ask(callId), code: await desks.desk.codeOf(first.id) };
    await asking.useUp('failure', 9, '3 hours');
    const never = '000000';
    await Promise.all([redeem(16, first, () => never), redeem(16, second, () => never)]);
    return (await asking.recorded(first.id, 'code.failed')) + (await asking.recorded(second.id, 'code.failed'));
  }

  it('share one budget of ten a day, whichever code they are at', async () => {
    expect(await guessesAtTwoCodes()).toBe(1);
  });

  it('overrun the budget where it is read without a lock (positive control)', async () => {
    expect(await desks.altered(carelessCounting, guessesAtTwoCodes)).toBeGreaterThan(1);
  });
});

describe('a yes and a no at once', () => {
  async function race(): Promise<{ endings: number; state: string; outcome: string }> {
    const { id, callId, code } = await asking.fresh();
    const page = await asking.page(id);
    await Promise.all([
      desks.post(0, `/v1/confirmations/${id}/attempts`, { code, call_id: callId, actions: [PLAN] }),
      desks.submit(1, `${page}/no`, { block: 'no' }),
    ]);
    const endings = (await asking.recorded(id, 'code.approved')) + (await asking.recorded(id, 'code.declined'));
    const { state } = (await asking.get(id)).body;
    return { endings, state, outcome: (await asking.decide(callId, PLAN)).outcome };
  }

  it('end the code once, and the decision follows what ended it', async () => {
    for (let round = 0; round < 8; round += 1) {
      const { endings, state, outcome } = await race();
      expect(endings).toBe(1);
      expect({ state, outcome }).toEqual(
        state === 'approved' ? { state, outcome: 'permit' } : { state: 'declined', outcome: 'deny' },
      );
    }
  });

  it('both count where ending reads before it writes (positive control)', async () => {
    expect((await desks.altered(carelessEnding, race)).endings).toBe(2);
  });

  it('leave a no that was committed first standing', async () => {
    const { id, callId, code } = await asking.fresh();
    expect(await desks.submit(0, `${await asking.page(id)}/no`, { block: 'no' })).toBe(303);
    expect((await asking.attempt(id, code, callId)).body).toEqual({
      accepted: false,
      state: 'declined',
      tries_left: 0,
    });
    expect(await asking.decide(callId, PLAN)).toMatchObject({ outcome: 'deny', reason: 'holder_declined' });
  });

  /** The holder blocks while somebody guesses: both must get through. */
  async function blockDuringGuess(): Promise<{ guess: number; block: number; isBlocked: boolean }> {
    const { id, callId, code } = await asking.fresh();
    const page = await asking.page(id);
    const [block, guess] = await Promise.all([
      desks.submit(0, `${page}/no`, { block: 'yes' }),
      desks.post(1, `/v1/confirmations/${id}/attempts`, { code: wrong(code), call_id: callId, actions: [PLAN] }),
    ]);
    const { rows } = await desks.desk.owner.query(
      'UPDATE blocks SET lifted_at = now() WHERE lifted_at IS NULL RETURNING id',
    );
    return { guess: guess.status, block, isBlocked: rows.length === 1 };
  }

  it('never lose a block to a guess that is counted at the same moment', async () => {
    expect(await desks.altered(guessMeetsAnswer(false), blockDuringGuess)).toEqual({
      guess: 200,
      block: 303,
      isBlocked: true,
    });
  });

  it('deadlock where the budget is locked more strongly than it needs (positive control)', async () => {
    const { guess, block } = await desks.altered(guessMeetsAnswer(true), blockDuringGuess);
    expect([guess, block]).toContain(503);
  });

  /** The mandate is withdrawn while the holder confirms it. */
  async function withdrawalDuringYes(): Promise<{ statuses: number[]; accepted: boolean }> {
    await asking.forgetBudgets();
    const { desk } = asking;
    const scopes = ['faults'];
    const body = { holder: 'P-1', proxy: 'P-2', scopes, contracts: ['C-1'], form: 'letter' };
    const mandate = (await desk.expectSuccess(desk.post('crm', '/v1/mandates', body))).body;
    const path = `/v1/mandates/${mandate.id}/confirmations`;
    const asked = await desk.expectSuccess(desk.post('agent', path, { call_id: await asking.call() }));
    const code = await desk.codeOf(asked.body.id);
    const [withdrawn, answer] = await Promise.all([
      desk.post('crm', `/v1/mandates/${mandate.id}/withdraw`),
      desks.post(1, `/v1/confirmations/${asked.body.id}/attempts`, { code }),
    ]);
    await desk.post('crm', `/v1/mandates/${mandate.id}/withdraw`);
    return { statuses: [withdrawn.status, answer.status], accepted: answer.body.accepted === true };
  }

  it('never make a withdrawal and a yes to the same mandate wait for each other', async () => {
    const { statuses } = await desks.altered(yesMeetsWithdrawal(false), withdrawalDuringYes);
    expect(statuses).toEqual([200, 200]);
  });

  it('deadlock where the answer locks the code before the mandate (positive control)', async () => {
    expect((await desks.altered(yesMeetsWithdrawal(true), withdrawalDuringYes)).statuses).toContain(503);
  });
});

describe('sends at once, in two processes', () => {
  async function flood(count: number): Promise<{ sent: number; refused: number; retryAfter: Set<string | null> }> {
    const callId = await asking.call();
    const before = await asking.used('send');
    const answers = await Promise.all(
      Array.from({ length: count }, (_, turn) =>
        desks.postUntilAnswered(turn, `/v1/calls/${callId}/confirmations`, { actions: [PLAN] }),
      ),
    );
    return {
      sent: (await asking.used('send')) - before,
      refused: answers.filter(({ status, body }) => status === 429 && body.code === 'code_budget_exhausted').length,
      retryAfter: new Set(answers.filter(({ status }) => status === 429).map(({ retryAfter }) => retryAfter)),
    };
  }

  it('are three in ten minutes, however many are asked for', async () => {
    await asking.forgetBudgets();
    expect(await flood(12)).toEqual({ sent: 3, refused: 9, retryAfter: new Set(['600']) });
  });

  it('are ten a day', async () => {
    await asking.forgetBudgets();
    await asking.useUp('send', 8, '11 minutes');
    expect(await flood(8)).toEqual({ sent: 2, refused: 6, retryAfter: new Set(['86400']) });
    await asking.forgetBudgets();
    await asking.useUp('send', 10, '24 hours');
    expect((await flood(1)).sent).toBe(1);
  });

  it('stop when ten wrong codes were tried', async () => {
    await asking.forgetBudgets();
    await asking.useUp('failure', 10, '23 hours');
    expect(await flood(2)).toEqual({ sent: 0, refused: 2, retryAfter: new Set(['86400']) });
  });

  it('overrun both bounds where they are counted without a lock (positive control)', async () => {
    await asking.forgetBudgets();
    expect((await desks.altered(carelessBudgets, () => flood(12))).sent).toBeGreaterThan(3);
  });

  async function openAfterTwo(): Promise<number> {
    await asking.forgetBudgets();
    const callId = await asking.call();
    const ask = (instance: number) => desks.post(instance, `/v1/calls/${callId}/confirmations`, { actions: [PLAN] });
    await Promise.all([ask(0), ask(1)]);
    const { rows } = await desks.desk.owner.query("SELECT 1 FROM codes WHERE call_id = $1 AND state = 'pending'", [
      callId,
    ]);
    return rows.length;
  }

  it('leave one code open in a call', async () => {
    expect(await openAfterTwo()).toBe(1);
  });

  it('leave two open where nobody waits for the other (positive control)', async () => {
    expect(await desks.altered(carelessBudgets, openAfterTwo)).toBe(2);
  });
});

describe('one time step of an authenticator app, in two processes', () => {
  async function race(): Promise<number> {
    const { desk } = desks;
    await asking.forgetBudgets();
    await desk.send('crm', 'DELETE', '/v1/people/P-2/authenticator');
    const { body } = await desk.expectSuccess(desk.post('crm', '/v1/people/P-2/authenticator'));
    const secret = new URL(body.otpauth_uri).searchParams.get('secret') ?? '';
    await desk.owner.query(
      'UPDATE authenticators SET confirmed_at = now(), usable_from = now() WHERE ended_at IS NULL',
    );
    const totp = generateSync({ strategy: 'totp', secret });
    const calls = [await asking.call(), await asking.call(), await asking.call(), await asking.call()];
    const answers = await Promise.all(
      calls.map((callId, turn) =>
        desks.postUntilAnswered(turn, `/v1/calls/${callId}/verifications`, { method: 'totp', totp }),
      ),
    );
    return answers.filter((answer) => answer.body.state === 'approved').length;
  }

  it('identifies in one call, whoever shows it again', async () => {
    for (let round = 0; round < 4; round += 1) expect(await race()).toBe(1);
  });

  it('identifies twice where the last step is read before the next is written (positive control)', async () => {
    expect(await desks.altered(carelessSteps, race)).toBeGreaterThan(1);
  });
});

describe('a support code that many redeem at once, in two processes', () => {
  async function race(): Promise<{ accepted: number; verified: number | null }> {
    const { desk } = desks;
    await asking.forgetBudgets();
    const me = await new Visitor(desk).signIn(PROXY_PHONE);
    const { body } = await desk.expectSuccess(me.send('POST', '/v1/me/support-code'));
    const { body: opened } = await desk.expectSuccess(desk.open('C-1', { mandateRef: asking.mandate.ref }));
    const path = `/v1/calls/${opened.call.id}/verifications`;
    const shown = { method: 'support_code', support_code: body.code };
    const turns = Array.from({ length: 64 }, (_, turn) => turn);
    const answers = await Promise.all(turns.map((turn) => desks.postUntilAnswered(turn, path, shown)));
    const { rowCount } = await desk.owner.query('SELECT FROM verifications WHERE call_id = $1', [opened.call.id]);
    return { accepted: answers.filter((answer) => answer.body.state === 'approved').length, verified: rowCount };
  }

  it('identifies once', async () => {
    for (let round = 0; round < 2; round += 1) expect(await race()).toEqual({ accepted: 1, verified: 1 });
  });

  it('identifies twice where it is looked at before it is used (positive control)', async () => {
    expect((await desks.altered(carelessSupport, race)).accepted).toBeGreaterThan(1);
  });
});

describe('limits', () => {
  interface Left {
    readonly state: string;
    readonly isTakenAfterwards: boolean;
    /** The status of the fourth send. */
    readonly send: number;
  }

  /** Three sends and four wrong guesses at one instance; `between`; then a fifth, the right code, and a send for another call. */
  async function oneTooMany(between: () => Promise<void>): Promise<Left> {
    await asking.forgetBudgets();
    const callId = await asking.call();
    const send = (from: string) => desks.post(1, `/v1/calls/${from}/confirmations`, { actions: [PLAN] });
    await send(callId);
    await send(callId);
    const { id } = (await send(callId)).body.confirmations[0];
    const code = await desks.desk.codeOf(id);
    const attempt = async (typed: string) => {
      const tried = { code: typed, call_id: callId, actions: [PLAN] };
      return (await desks.post(1, `/v1/confirmations/${id}/attempts`, tried)).body;
    };
    for (let by = 1; by <= 4; by += 1) {
      expect(await attempt(wrong(code, by))).toMatchObject({ accepted: false, state: 'pending' });
    }
    await between();
    const { state } = await attempt(wrong(code, 9));
    const { accepted } = await attempt(code);
    return { state, isTakenAfterwards: accepted, send: (await send(await asking.call())).status };
  }

  const reached: Left = { state: 'tries_exhausted', isTakenAfterwards: false, send: 429 };

  it('survive a restart', async () => {
    expect(await oneTooMany(() => desks.restart())).toEqual(reached);
    expect(await asking.used('send')).toBe(3);
    expect(await asking.used('failure')).toBe(5);
  });

  it('survive none where they are counted in memory (positive control)', async () => {
    const inMemory = (between: () => Promise<void>) => desks.altered(countsInMemory, () => oneTooMany(between));
    // As long as it lives it counts.
    expect(await inMemory(() => Promise.resolve())).toEqual(reached);
    expect(await inMemory(() => desks.restart())).toEqual({ state: 'pending', isTakenAfterwards: true, send: 201 });
  });

  it('are not reset by a resend, nor by a new code', async () => {
    const { id, callId, code } = await asking.fresh();
    for (let by = 1; by <= 4; by += 1) await asking.attempt(id, wrong(code, by), callId);
    const resent = await desks.desk.post('agent', `/v1/confirmations/${id}/resend`);
    expect(resent.body).toMatchObject({ state: 'pending', tries_left: 1 });
    expect((await asking.attempt(id, code, callId)).body).toMatchObject({ accepted: false, state: 'tries_exhausted' });
    expect((await desks.desk.post('agent', `/v1/confirmations/${id}/resend`)).status).toBe(409);

    const next = await asking.ask(callId);
    expect(await asking.used('send')).toBe(3);
    expect(await asking.used('failure')).toBe(5);
    const nextCode = await desks.desk.codeOf(next);
    for (let by = 1; by <= 5; by += 1) await asking.attempt(next, wrong(nextCode, by), callId);
    expect(await asking.used('failure')).toBe(10);
    await asking.desk.owner.query("UPDATE code_budget_entries SET at = at - interval '11 minutes' WHERE kind = 'send'");
    const refused = await desks.desk.post('agent', `/v1/calls/${callId}/confirmations`, { actions: [PLAN] });
    expect(refused).toMatchObject({ status: 429, body: { code: 'code_budget_exhausted' } });
    // Codes stop, the rest of the holder's business does not.
    expect(await asking.decide(callId, { name: 'invoice.explain' })).toMatchObject({ outcome: 'permit' });
  });
});

describe('a guess whose request dies', () => {
  afterEach(async () => {
    await desks.desk.owner.query('DROP TRIGGER IF EXISTS test_die ON audit_records');
  });

  /** Whatever comes after the count fails; so the answer to a wrong code never leaves. */
  async function dyingGuesses(): Promise<{ statuses: number[]; state: string; rightAfterwards: boolean }> {
    const { owner } = desks.desk;
    const { id, callId, code } = await asking.fresh();
    await owner.query(`CREATE OR REPLACE FUNCTION test_die() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION 'died' USING ERRCODE = 'admin_shutdown'; END $$`);
    await owner.query(`CREATE OR REPLACE TRIGGER test_die BEFORE INSERT ON audit_records FOR EACH ROW
      WHEN (NEW.kind = 'code.failed') EXECUTE FUNCTION test_die()`);
    const statuses: number[] = [];
    for (let by = 1; by <= 6; by += 1) statuses.push((await asking.attempt(id, wrong(code, by), callId)).status);
    await owner.query('DROP TRIGGER test_die ON audit_records');
    const { state } = (await asking.get(id)).body;
    return { statuses, state, rightAfterwards: (await asking.attempt(id, code, callId)).body.accepted };
  }

  it('was counted before it was compared', async () => {
    expect(await dyingGuesses()).toEqual({
      statuses: [503, 503, 503, 503, 503, 200],
      state: 'tries_exhausted',
      rightAfterwards: false,
    });
    expect(await asking.used('failure')).toBe(5);
  });

  it('costs nothing where it is counted after it was compared (positive control)', async () => {
    expect((await desks.altered(comparesBeforeItCounts, dyingGuesses)).rightAfterwards).toBe(true);
  });

  it('is counted when the one who asked hangs up', async () => {
    const { id, callId, code } = await asking.fresh();
    const { token } = desks;
    const body = JSON.stringify({ code: wrong(code), call_id: callId, actions: [PLAN] });
    await desks.altered(guessMeetsAnswer(false), async () => {
      await new Promise<void>((resolve) => {
        const sent = request(`${desks.urlOf(0)}/v1/confirmations/${id}/attempts`, {
          method: 'POST',
          headers: {
            authorization: `Bearer ${token}`,
            'mandaat-agent': 'A-1',
            'content-type': 'application/json',
            'content-length': Buffer.byteLength(body),
          },
        });
        sent.on('error', () => resolve());
        // The count takes its time: by now it has begun, and has not ended.
        sent.end(body, () => setTimeout(() => sent.destroy(new Error('hung up')), 60));
      });
      await eventually(async () => ((await asking.recorded(id, 'code.failed')) === 1 ? true : null));
    });
    expect((await asking.get(id)).body.tries_left).toBe(4);
    expect(await asking.used('failure')).toBe(1);
  });
});

describe('time', () => {
  const { manager } = { manager: () => desks.desk.api.app.get(DataSource).manager };

  async function times(id: string): Promise<{ issued: Date; expires: Date }> {
    const { rows } = await desks.desk.owner.query<{ issued: Date; expires: Date }>(
      'SELECT issued_at AS issued, expires_at AS expires FROM codes WHERE id = $1',
      [id],
    );
    const [row] = rows;
    if (row === undefined) throw new Error('no such code');
    return row;
  }

  it('is half-open: at the very moment of expiry a code is over, a millisecond before it is not', async () => {
    const { id } = await asking.fresh();
    const { issued, expires } = await times(id);
    expect(expires.getTime() - issued.getTime()).toBe(300_000);
    const repository = desks.desk.api.app.get(CodesRepository, { strict: false });
    const at = <T>(work: (tx: EntityManager) => Promise<T>): Promise<T> => manager().transaction(work);
    const justBefore = new Date(expires.getTime() - 1);
    const ended = new Date(expires.getTime() + 1_000);

    expect(await at((tx) => repository.takeTry(tx, id, expires))).toBeNull();
    expect(await at((tx) => repository.approve(tx, id, 0, expires))).toBeNull();
    expect(await at((tx) => repository.raiseCounter(tx, id, expires, ended))).toBeNull();
    expect(await at((tx) => repository.takeTry(tx, id, new Date(issued.getTime() - 1)))).toBeNull();
    expect(await at((tx) => repository.takeTry(tx, id, issued))).toMatchObject({ tries: 1 });
    expect(await at((tx) => repository.takeTry(tx, id, justBefore))).toMatchObject({ tries: 2 });
    expect(await at((tx) => repository.approve(tx, id, 0, justBefore))).toMatchObject({ state: 'approved' });
  });

  it('ends a code by the clock of the database', async () => {
    const { id, callId, code } = await asking.fresh();
    await desks.desk.owner.query("UPDATE codes SET expires_at = now() + interval '3 seconds' WHERE id = $1", [id]);
    expect((await asking.attempt(id, wrong(code), callId)).body).toMatchObject({ state: 'pending', tries_left: 4 });
    await desks.desk.owner.query("UPDATE codes SET expires_at = now() - interval '1 millisecond' WHERE id = $1", [id]);
    expect((await asking.attempt(id, code, callId)).body).toEqual({ accepted: false, state: 'expired', tries_left: 0 });
    expect((await asking.get(id)).body).toMatchObject({ state: 'expired', tries_left: 0 });
    expect((await desks.desk.post('agent', `/v1/confirmations/${id}/resend`)).status).toBe(409);
  });

  it('refuses a code from the future', async () => {
    const { id, callId, code } = await asking.fresh();
    await desks.desk.owner.query(
      "UPDATE codes SET issued_at = now() + interval '1 hour', expires_at = now() + interval '65 minutes' WHERE id = $1",
      [id],
    );
    expect((await asking.attempt(id, code, callId)).body.accepted).toBe(false);
  });

  const SKEWS = [-86_400_000, -90_000, 90_000, 86_400_000];

  /** Whether a live code and one that ended a minute ago are accepted, on a machine whose clock is wrong. */
  async function withSkew(milliseconds: number): Promise<{ live: boolean; ended: boolean }> {
    const live = await asking.fresh();
    const endedCall = await asking.call();
    const endedId = await asking.ask(endedCall);
    const endedCode = await desks.desk.codeOf(endedId);
    await desks.desk.owner.query(
      "UPDATE codes SET issued_at = now() - interval '6 minutes', expires_at = now() - interval '1 minute' WHERE id = $1",
      [endedId],
    );
    onlyDateIs(Date.now() + milliseconds);
    try {
      return {
        live: (await asking.attempt(live.id, live.code, live.callId)).body.accepted,
        ended: (await asking.attempt(endedId, endedCode, endedCall)).body.accepted,
      };
    } finally {
      jest.useRealTimers();
    }
  }

  it.each(SKEWS)('does not care that the application is %d ms off', async (skew) => {
    expect(await withSkew(skew)).toEqual({ live: true, ended: false });
  });

  it('would, if the application asked its own machine (positive control)', async () => {
    const answers = [];
    for (const skew of SKEWS) answers.push(await desks.altered(ownClock, () => withSkew(skew)));
    expect(answers.map(({ ended }) => ended)).toEqual([false, true, false, false]);
    expect(answers.map(({ live }) => live)).toEqual([false, false, true, false]);
  });

  it('issues by the database, whatever the application believes', async () => {
    await asking.forgetBudgets();
    const callId = await asking.call();
    onlyDateIs(Date.now() + 86_400_000);
    const id = await asking.ask(callId);
    jest.useRealTimers();
    const { issued } = await times(id);
    expect(Math.abs(issued.getTime() - Date.now())).toBeLessThan(10_000);
    expect((await asking.attempt(id, await desks.desk.codeOf(id), callId)).body.accepted).toBe(true);
  });

  function onlyDateIs(now: number): void {
    jest.useFakeTimers({
      now,
      doNotFake: [
        'hrtime',
        'nextTick',
        'performance',
        'queueMicrotask',
        'setImmediate',
        'clearImmediate',
        'setInterval',
        'clearInterval',
        'setTimeout',
        'clearTimeout',
      ],
    });
  }
});

describe('what is bound', () => {
  /** Each changes one part of what the code was derived from, and answers how to put it back. */
  const PARTS: Readonly<Record<string, (id: string) => Promise<readonly [sql: string, values: unknown[]]>>> = {
    'the mandate was changed': () =>
      changed('UPDATE mandates SET revision = revision + 1 WHERE id = $1', asking.mandate.id),
    'the contact point ended': async () => {
      const point = await one(
        'SELECT id FROM contact_points WHERE person_id = $1 AND ended_at IS NULL',
        asking.holderId,
      );
      await desks.desk.owner.query('UPDATE contact_points SET ended_at = now() WHERE id = $1', [point]);
      return ['UPDATE contact_points SET ended_at = NULL WHERE id = $1', [point]];
    },
    'the row says another holder': (id) => column(id, 'person_id', asking.proxyId),
    'the row says another mandate': (id) => column(id, 'mandate_id', null),
    'the row says another contact point': async (id) =>
      column(id, 'contact_point_id', await one('SELECT id FROM contact_points WHERE person_id = $1', asking.proxyId)),
    'the row says another counter': (id) => column(id, 'counter', 1),
    'the row says other digits': (id) => column(id, 'digits', 8),
    'the row says another purpose': (id) => column(id, 'purpose', 'mandate'),
  };

  async function changed(sql: string, id: string): Promise<readonly [string, unknown[]]> {
    await desks.desk.owner.query(sql, [id]);
    return [sql.replace('+', '-'), [id]];
  }

  async function one(sql: string, value: string): Promise<string> {
    const { rows } = await desks.desk.owner.query<{ id: string }>(sql, [value]);
    return rows[0]?.id ?? '';
  }

  /** What somebody could do who writes in the database, and has no key. */
  async function column(id: string, name: string, value: unknown): Promise<readonly [string, unknown[]]> {
    const { owner } = desks.desk;
    const { rows } = await owner.query<{ old: unknown }>(`SELECT ${name} AS old FROM codes WHERE id = $1`, [id]);
    await owner.query(`UPDATE codes SET ${name} = $2 WHERE id = $1`, [id, value]);
    return [`UPDATE codes SET ${name} = $2 WHERE id = $1`, [id, rows[0]?.old]];
  }

  it.each(Object.keys(PARTS))('makes the right code a wrong one when %s, and it counts', async (part) => {
    const { id, callId, code } = await asking.fresh();
    const page = await asking.page(id);
    const restore = await PARTS[part]?.(id);
    const answer = await asking.attempt(id, code, callId);
    const typed = await desks.submit(0, page, { code });
    if (restore !== undefined) await desks.desk.owner.query(restore[0], [...restore[1]]);
    expect(answer.body).toEqual({ accepted: false, state: 'pending', tries_left: 4 });
    // On the page the same (303 leads on after a yes), but a link names its counter and goes with its contact point: those
    // get no try.
    expect(typed).not.toBe(303);
    const left = part.includes('counter') || part.includes('point ended') ? 4 : 3;
    expect((await asking.get(id)).body).toMatchObject({ state: 'pending', tries_left: left });
    expect(await asking.used('failure', part.includes('holder') ? asking.proxyId : asking.holderId)).toBe(5 - left);
    // Nothing else was wrong with it.
    expect((await asking.attempt(id, code, callId)).body.accepted).toBe(true);
  });

  it.each<[string, Parameters<Asking['attempt']>[3] | (() => Promise<Parameters<Asking['attempt']>[3]>)]>([
    ['another call', async () => ({ callId: await asking.call() })],
    ['another action', { actions: [{ name: 'contract.change' }] }],
    ['one action more', { actions: [PLAN, { name: 'contract.change' }] }],
    ['no action', { actions: [] }],
    ['an amount of one cent more', { actions: [{ name: PLAN.name, properties: { amount: 250.51, months: 6 } }] }],
    ['another number of months', { actions: [{ name: PLAN.name, properties: { amount: 250.5, months: 7 } }] }],
  ])('makes the right code a wrong one when the attempt names %s, and it counts', async (_part, named) => {
    const { id, callId, code } = await asking.fresh();
    const answer = await asking.attempt(id, code, callId, typeof named === 'function' ? await named() : named);
    expect(answer).toMatchObject({ status: 200, body: { accepted: false, state: 'pending', tries_left: 4 } });
    expect(await asking.used('failure')).toBe(1);
    expect((await asking.attempt(id, code, callId)).body.accepted).toBe(true);
  });

  it('keeps out another agent, who learns nothing and uses up no try', async () => {
    const { id, callId, code } = await asking.fresh();
    const foreign = await asking.attempt(id, code, callId, { agent: 'A-2' });
    const absent = await asking.attempt(randomUUID(), code, callId, { agent: 'A-2' });
    expect(foreign.status).toBe(404);
    expect({ ...foreign.body, requestId: '' }).toEqual({ ...absent.body, requestId: '' });
    expect((await asking.get(id)).body.tries_left).toBe(5);
    // The CRM may look at every code; a try of its own still names the agent.
    const path = `/v1/confirmations/${id}/attempts`;
    const body = { code, call_id: callId, actions: [PLAN] };
    const named = await desks.desk.post('crm', path, body, { 'mandaat-agent': 'A-2' });
    expect(named.body).toEqual({ accepted: false, state: 'pending', tries_left: 4 });
    expect((await desks.desk.post('crm', path, body, { 'mandaat-agent': 'A-1' })).body.accepted).toBe(true);
  });

  it('holds the actions on the page: other ones in the row make the right code a wrong one', async () => {
    const { id, code } = await asking.fresh();
    const page = await asking.page(id);
    const other = JSON.stringify([{ name: 'contract.terminate', key: '["contract.terminate",{}]' }]);
    await desks.desk.owner.query('UPDATE codes SET actions = $2 WHERE id = $1', [id, other]);
    expect(await desks.submit(0, page, { code })).toBe(200);
    expect((await asking.get(id)).body).toMatchObject({ state: 'pending', tries_left: 4 });
  });

  it('is the one code: that of another confirmation of the same question is wrong', async () => {
    const first = await asking.fresh();
    const second = { callId: await asking.call(), id: '' };
    second.id = await asking.ask(second.callId);
    const code = await desks.desk.codeOf(second.id);
    if (code !== first.code) {
      expect((await asking.attempt(first.id, code, first.callId)).body).toMatchObject({
        accepted: false,
        tries_left: 4,
      });
    }
    expect((await asking.attempt(second.id, code, second.callId)).body.accepted).toBe(true);
  });
});

describe('what is at rest', () => {
  /** Every table as text, but for the demo's inbox when it is left out. */
  async function everything(withInbox: boolean): Promise<string> {
    const { owner } = desks.desk;
    const { rows } = await owner.query<{ name: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
       WHERE schemaname NOT IN ('pg_catalog', 'information_schema') AND ($1 OR tablename <> 'demo_inbox')`,
      [withInbox],
    );
    const texts = rows.map(async ({ name }) => {
      const table = await owner.query<{ text: string | null }>(
        `SELECT string_agg(t::text, E'\\n') AS text FROM ${name} t`,
      );
      return table.rows[0]?.text ?? '';
    });
    return (await Promise.all(texts)).join('\n');
  }

  it('is neither a code nor its link', async () => {
    const plan = await asking.fresh([PLAN]);
    const terminate = await asking.fresh([TERMINATE]);
    const wholeMac = (await asking.page(terminate.id)).split('.').at(-1) ?? '';
    expect(terminate.code).toMatch(/^\d{8}$/);
    const asHex = Buffer.from(terminate.code).toString('hex');
    const isThere = (text: string) => ({
      code: new RegExp(`(?<![0-9a-zA-Z])${terminate.code}(?![0-9a-zA-Z])`).test(text),
      hex: text.includes(asHex),
      link: text.includes(wholeMac),
    });

    expect(plan.code).toMatch(/^\d{6}$/);
    expect(isThere(await everything(false))).toEqual({ code: false, hex: false, link: false });
    // Positive control: the scan finds them where the sandbox keeps what it would have sent.
    expect(isThere(await everything(true))).toEqual({ code: true, hex: false, link: true });
  });
});
