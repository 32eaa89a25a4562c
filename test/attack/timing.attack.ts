import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { generateSync } from 'otplib';
import { KeysService } from '../../src/auth/keys.service.ts';
import { CodesService } from '../../src/codes/codes.service.ts';
import { SupportCodes } from '../../src/codes/support-codes.service.ts';
import { HoldersService } from '../../src/holders/holders.service.ts';
import { AuthenticatorsService } from '../../src/verifications/authenticators.service.ts';
import { VerificationsService } from '../../src/verifications/verifications.service.ts';
import { makeKey } from '../support/app.ts';
import { type CallOptions, Desk } from '../support/desk.ts';
import { type Me, Visitor } from '../support/visitor.ts';
import { cliffsDelta, LARGE, median, NEGLIGIBLE } from './effect.ts';

/** Of each class, in turn and in random order, on one running service. */
const SAMPLES = Number(process.env.MANDAAT_TIMING_SAMPLES ?? 300);
const WARM_UP = 25;
/** A busy machine may disturb one measurement: the middle one counts, for what must look alike and for what must not. Odd. */
const ROUNDS = 3;
/** A code is derived so often in a control: once takes far less than a request scatters, and might not be seen. */
const MANY = 40;
const ABSENT = '11111111-2222-4333-8444-555555555555';

let desk: Desk;
let serial = 0;
let settled = 0;

function phone(): string {
  serial += 1;
  return `+49 30 23125 ${String(serial).padStart(3, '0')}`;
}

beforeAll(async () => {
  desk = await Desk.open();
  await desk.person('P-1', { phone: phone() });
  await desk.person('P-2', { phone: phone() });
  await desk.contract('C-1', ['P-1']);
  await desk.contract('C-2', ['P-2']);
});
afterAll(() => desk?.close());

interface Question {
  (): Promise<unknown>;
  /** Comes before, and is not measured. */
  readonly prepare?: () => Promise<() => Promise<unknown>>;
}
type Classes = Readonly<Record<string, Question>>;

function prepared(classes: Readonly<Record<string, NonNullable<Question['prepare']>>>): Classes {
  return Object.fromEntries(
    Object.entries(classes).map(([name, prepare]) => [
      name,
      Object.assign(async () => (await prepare())(), { prepare }),
    ]),
  );
}

/** Milliseconds that each class took, interleaved so that whatever the machine does it does to all of them. */
async function measured(classes: Classes): Promise<ReadonlyMap<string, number[]>> {
  const times = new Map<string, number[]>(Object.keys(classes).map((name) => [name, []]));
  for (let round = -WARM_UP; round < SAMPLES; round += 1) {
    for (const [name, ask] of Object.entries(classes).toSorted(() => Math.random() - 0.5)) {
      const made = (await ask.prepare?.()) ?? ask;
      const started = performance.now();
      await made();
      if (round >= 0) times.get(name)?.push(performance.now() - started);
    }
  }
  return times;
}

interface Effect {
  readonly name: string;
  readonly delta: number;
}

/** How far each class stands off the first: the middle of what the rounds say, class by class. */
async function effects(what: string, classes: Classes): Promise<readonly Effect[]> {
  const [first = '', ...others] = Object.keys(classes);
  const deltas = new Map<string, number[]>(others.map((name) => [name, []]));
  const middles = new Map<string, number[]>([first, ...others].map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round += 1) {
    const times = await measured(classes);
    for (const [name, taken] of times) middles.get(name)?.push(median(taken));
    for (const [name, found] of deltas) found.push(cliffsDelta(times.get(name) ?? [], times.get(first) ?? []));
  }
  const middle = (name: string): number => median(middles.get(name) ?? []);
  const shown = (name: string): string => `${middle(name).toFixed(2)} ms`;
  const later = (name: string): string => `${(middle(name) - middle(first)).toFixed(2)} ms to the first`;
  const effect = [...deltas].map(([name, found]) => ({ name, delta: median(found) }));
  const lines = effect.map(({ name, delta }) => {
    const rounds = deltas.get(name)?.map((one) => one.toFixed(3)) ?? [];
    return `  ${shown(name)}, ${later(name)}  δ ${delta.toFixed(3)} (${rounds.join(', ')})  ${name}\n`;
  });
  process.stdout.write(`${what}, ${ROUNDS} times ${SAMPLES} each:\n  ${shown(first)}  ${first}\n${lines.join('')}`);
  return effect;
}

const standingOff = (found: readonly Effect[]): readonly Effect[] =>
  found.filter(({ delta }) => Math.abs(delta) >= NEGLIGIBLE);

/** Claims that must look alike, about C-1. */
async function claims(): Promise<Readonly<Record<string, CallOptions>>> {
  const own = async (ref: string): Promise<string> => {
    const number = phone();
    await desk.person(ref, { phone: number });
    return number;
  };
  const unmandated = await own('P-UNMANDATED');
  const foreign = await own('P-FOREIGN');
  await desk.mandate('P-2', 'P-FOREIGN', ['billing'], ['C-2']);
  const silent = await own('P-SILENT');
  const { id } = await desk.mandate('P-1', 'P-SILENT', ['billing'], ['C-1']);
  await desk.expectSuccess(desk.post('crm', `/v1/mandates/${id}/withdraw`, { silent: true }));
  return {
    unknown: { number: phone() },
    'known, without a mandate': { number: unmandated },
    "another holder's proxy": { number: foreign },
    'withdrawn in silence': { number: silent },
  };
}

/** Callers whom a code or an app may identify, or not. */
async function callers(prefix: string): Promise<Readonly<Record<string, CallOptions>>> {
  const [known, fresh, enrolled] = [phone(), phone(), phone()];
  await desk.person(`P-${prefix}-KNOWN`, { phone: known });
  await desk.person(`P-${prefix}-FRESH`, { phone: fresh, isFresh: true });
  await desk.person(`P-${prefix}-APP`, { phone: enrolled });
  const path = `/v1/people/P-${prefix}-APP/authenticator`;
  const { body } = await desk.expectSuccess(desk.post('crm', path));
  const secret = new URL(body.otpauth_uri).searchParams.get('secret') ?? '';
  await desk.expectSuccess(
    desk.post('crm', `${path}/confirmation`, { code: generateSync({ strategy: 'totp', secret }) }),
  );
  await desk.owner.query(
    "UPDATE authenticators SET confirmed_at = confirmed_at - interval '8 days', usable_from = usable_from - interval '8 days'",
  );
  return {
    unknown: { number: phone() },
    known: { number: known },
    'known, by a number that is new': { number: fresh },
    'known, with an app': { number: enrolled },
  };
}

/**
 * Nothing of the question before is left: no budget, no job, no look of the queue for the next one, which comes right behind a job. What
 * was taken away is cleared now and then: an index that is full of it is slower for whom it has more of, as nobody's is outside of this test.
 */
async function settle(): Promise<void> {
  await desk.owner.query('DELETE FROM code_budget_entries');
  await desk.sent();
  settled += 1;
  if (settled % 20 === 0) await desk.owner.query('VACUUM code_budget_entries, codes, verifications, calls');
  await wait(10);
}

/** A new call, when nothing is left to do for the one before: what the queue does for one class must not slow down the next. */
async function quietCall(claim: CallOptions): Promise<string> {
  const { body } = await desk.open('C-1', claim);
  await settle();
  return body.call.id;
}

const sendingTo = (claim: CallOptions) => async () => {
  const path = `/v1/calls/${await quietCall(claim)}/verifications`;
  return () => desk.expectSuccess(desk.post('agent', path, { method: 'code' }));
};

const guessingAt = (claim: CallOptions) => async () => {
  const path = `/v1/calls/${await quietCall(claim)}/verifications`;
  const { body } = await desk.expectSuccess(desk.post('agent', path, { method: 'code' }));
  await settle();
  return () => desk.expectSuccess(desk.post('agent', `${path}/${body.id}/attempts`, { code: '000000' }));
};

/** When nothing is left to do for the one before. */
async function quiet(): Promise<Visitor> {
  await settle();
  return new Visitor(desk);
}

const signingIn = (number: string) => async () => {
  const visitor = await quiet();
  return () => visitor.ask(number);
};

const guessingToSignIn = (number: string) => async () => {
  const { id } = await (await quiet()).ask(number);
  const visitor = await quiet();
  return () => visitor.attempt(id, '000000');
};

const showingTo = (claim: CallOptions) => async () => {
  const path = `/v1/calls/${await quietCall(claim)}/verifications`;
  return () => desk.expectSuccess(desk.post('agent', path, { method: 'totp', totp: '000000' }));
};

/** Callers whom a support code may identify, or not; `me`: who is signed in and has one. */
async function supported(
  prefix: string,
): Promise<Readonly<Record<string, { readonly claim: CallOptions; readonly me: Me | null }>>> {
  const { 'known, with an app': _, ...others } = await callers(prefix);
  const holding = phone();
  await desk.person(`P-${prefix}-CODE`, { phone: holding });
  const me = await new Visitor(desk).signIn(holding);
  return {
    ...Object.fromEntries(Object.entries(others).map(([who, claim]) => [who, { claim, me: null }])),
    'known, with a support code': { claim: { number: holding }, me },
  };
}

const readingOut = (claim: CallOptions, me: Me | null) => async () => {
  const path = `/v1/calls/${await quietCall(claim)}/verifications`;
  const wrong = me === null ? '000000' : another((await me.send('POST', '/v1/me/support-code')).body.code);
  // For all alike: who comes behind a question is served by a process that is awake.
  await settle();
  return () => desk.expectSuccess(desk.post('agent', path, { method: 'support_code', support_code: wrong }));
};

const another = (code: string): string => (code === '000000' ? '000001' : '000000');

/** What may be asked about a confirmation, by another agent: of one that waits, and of one that never was. */
async function aboutConfirmations(): Promise<Readonly<Record<string, Classes>>> {
  const number = phone();
  await desk.person('P-ASKED', { phone: number });
  await desk.mandate('P-1', 'P-ASKED', ['subscription'], ['C-1']);
  const { body } = await desk.open('C-1', { number });
  await desk.identify(body.call.id);
  const actions = [{ name: 'contract.terminate' }];
  const path = `/v1/calls/${body.call.id}/confirmations`;
  const asked = await desk.expectSuccess(desk.post('agent', path, { actions }));
  const { id } = asked.body.confirmations[0];
  const guess = { code: '000000', call_id: body.call.id, actions };
  const ways: readonly (readonly [string, string, string, unknown])[] = [
    ['Looking at a confirmation', 'GET', '', undefined],
    ['Having a confirmation sent again', 'POST', '/resend', {}],
    ['Guessing at a confirmation', 'POST', '/attempts', guess],
  ];
  const ask = (method: string, where: string, given: unknown) => async () => {
    const { status } = await desk.send('agent', method, where, given, { 'mandaat-agent': 'A-2' });
    if (status !== 404) throw new Error(`it is there: ${status}`);
  };
  return Object.fromEntries(
    ways.map(([what, method, verb, given]) => [
      what,
      {
        absent: ask(method, `/v1/confirmations/${ABSENT}${verb}`, given),
        "another agent's": ask(method, `/v1/confirmations/${id}${verb}`, given),
      },
    ]),
  );
}

describe('How long an answer takes', () => {
  it('does not tell an unknown caller from one without a mandate, of another holder, or withdrawn in silence', async () => {
    const asked = Object.entries(await claims());
    const opening = asked.map(([who, claim]) => [who, () => desk.open('C-1', claim)] as const);
    expect(standingOff(await effects('Opening a call', Object.fromEntries(opening)))).toEqual([]);
    const checking: [string, () => Promise<unknown>][] = [];
    for (const [who, claim] of asked) {
      const { body } = await desk.open('C-1', claim);
      checking.push([who, () => desk.check(body.call.id, null)]);
    }
    expect(standingOff(await effects('A check', Object.fromEntries(checking)))).toEqual([]);
  });

  it("does not tell another agent's call or confirmation from one that never was", async () => {
    const { body } = await desk.open('C-1', { number: phone() });
    const as = { 'mandaat-agent': 'A-2' };
    const get = (id: string) => () => desk.send('agent', 'GET', `/v1/calls/${id}`, undefined, as);
    const check = (id: string) => () => desk.post('agent', `/v1/calls/${id}/checks`, {}, as);
    const looked = { absent: get(ABSENT), "another agent's": get(body.call.id) };
    expect(standingOff(await effects('Looking at a call', looked))).toEqual([]);
    const checked = { absent: check(ABSENT), "another agent's": check(body.call.id) };
    expect(standingOff(await effects('Checking in a call', checked))).toEqual([]);

    for (const [what, classes] of Object.entries(await aboutConfirmations()))
      expect(standingOff(await effects(what, classes))).toEqual([]);
  });

  it('does not tell a key that never was from one that was revoked, has ended or is nearly right', async () => {
    const revoked = await makeKey(desk.api, 'crm');
    const ended = await makeKey(desk.api, 'crm');
    const live = await makeKey(desk.api, 'crm');
    await desk.api.app.get(KeysService, { strict: false }).revoke(revoked.key.id, 'system:test');
    await desk.owner.query(
      "UPDATE api_keys SET created_at = created_at - interval '2 days', expires_at = now() - interval '1 hour' WHERE id = $1",
      [ended.key.id],
    );
    const other = await makeKey(desk.api, 'crm');
    await desk.owner.query('DELETE FROM api_keys WHERE id = $1', [other.key.id]);
    await desk.owner.query('UPDATE api_keys SET secret_hash = $2 WHERE id = $1', [live.key.id, Buffer.alloc(32, 7)]);
    const ask = (text: string) => () =>
      fetch(`${desk.api.url}/v1/people/P-1`, { headers: { authorization: `Bearer ${text}` } }).then((answer) =>
        answer.text(),
      );
    const classes = {
      'never was': ask(other.text),
      revoked: ask(revoked.text),
      ended: ask(ended.text),
      'of another secret': ask(live.text),
    };
    expect(standingOff(await effects('A key that is refused', classes))).toEqual([]);
  });

  it('does not tell, when a code is sent to a caller or guessed at, whether anybody knows them, and where', async () => {
    const asked = Object.entries(await callers('CODE'));
    const sending = asked.map(([who, claim]) => [who, sendingTo(claim)] as const);
    expect(standingOff(await effects('Sending a code to the caller', prepared(Object.fromEntries(sending))))).toEqual(
      [],
    );
    const guessing = asked.map(([who, claim]) => [who, guessingAt(claim)] as const);
    expect(standingOff(await effects('Guessing at that code', prepared(Object.fromEntries(guessing))))).toEqual([]);
  });

  it('would, were the code addressed before the answer', async () => {
    const { unknown = {}, known: customer = {} } = await callers('EARLY');
    const codes = desk.api.app.get(CodesService, { strict: false });
    const service = desk.api.app.get(VerificationsService, { strict: false });
    const sendCode = service.sendCode.bind(service);
    Object.assign(service, {
      sendCode: async (...given: Parameters<typeof sendCode>) => {
        const code = await sendCode(...given);
        if (code.personId !== null) await codes.address(code.id, 0);
        return code;
      },
    });
    try {
      const classes = prepared({ unknown: sendingTo(unknown), known: sendingTo(customer) });
      const [known] = await effects('Sending a code that is addressed at once', classes);
      expect(known?.delta).toBeGreaterThanOrEqual(LARGE);
    } finally {
      Reflect.deleteProperty(service, 'sendCode');
    }
  });

  it('does not tell, when somebody wants to sign in or guesses at the code, whether this is a customer', async () => {
    const asked = Object.entries(await callers('SIGN-IN')).filter(([who]) => who !== 'known, with an app');
    const asking = asked.map(([who, { number = '' }]) => [who, signingIn(number)] as const);
    expect(standingOff(await effects('Asking to sign in', prepared(Object.fromEntries(asking))))).toEqual([]);
    const guessing = asked.map(([who, { number = '' }]) => [who, guessingToSignIn(number)] as const);
    expect(standingOff(await effects('Guessing to sign in', prepared(Object.fromEntries(guessing))))).toEqual([]);
  });

  it('does not tell, when an authenticator app shows wrong digits, whether anybody knows the caller, or has an app', async () => {
    const asked = Object.entries(await callers('TOTP'));
    const showing = asked.map(([who, claim]) => [who, showingTo(claim)] as const);
    expect(standingOff(await effects('Showing wrong digits', prepared(Object.fromEntries(showing))))).toEqual([]);
  });

  it('does not tell, when a wrong support code is read out, whether anybody knows the caller, or has such a code', async () => {
    const asked = Object.entries(await supported('SUPPORT'));
    const reading = asked.map(([who, { claim, me }]) => [who, readingOut(claim, me)] as const);
    expect(
      standingOff(await effects('Reading out a wrong support code', prepared(Object.fromEntries(reading)))),
    ).toEqual([]);
  });

  it(`would, were there nothing to derive for who has no support code, and deriving ${MANY}-fold`, async () => {
    const { unknown, 'known, with a support code': known } = await supported('DERIVE');
    const service = desk.api.app.get(SupportCodes, { strict: false });
    const take = service.take.bind(service);
    Object.assign(service, {
      take: async (...given: Parameters<typeof take>) => {
        if (given[2] === null) return { isRight: false, strength: null };
        // As slow as deriving a code may be where the key is kept elsewhere.
        for (let time = 1; time < MANY; time += 1) await take(...given);
        return take(...given);
      },
    });
    try {
      const classes = prepared({
        unknown: readingOut(unknown?.claim ?? {}, null),
        known: readingOut(known?.claim ?? {}, known?.me ?? null),
      });
      expect(
        standingOff(await effects(`Reading out, where only a code is derived, ${MANY}-fold`, classes)),
      ).not.toEqual([]);
    } finally {
      Reflect.deleteProperty(service, 'take');
    }
  });

  it('would, were there nothing to open for somebody unknown', async () => {
    const { unknown = {}, 'known, with an app': known = {} } = await callers('OPEN');
    const service = desk.api.app.get<{ takeStep: (...given: unknown[]) => Promise<boolean> }>(AuthenticatorsService, {
      strict: false,
    });
    const takeStep = service.takeStep.bind(service);
    Object.assign(service, {
      takeStep: (...given: unknown[]) => (given[2] === null ? Promise.resolve(false) : takeStep(...given)),
    });
    try {
      const classes = prepared({ unknown: showingTo(unknown), 'known, with an app': showingTo(known) });
      // The very test above fails then.
      expect(standingOff(await effects('Showing wrong digits, where only an app is looked for', classes))).not.toEqual(
        [],
      );
    } finally {
      Reflect.deleteProperty(service, 'takeStep');
    }
  });

  it('would, by a delay as small as the middle half of the times is wide: this test can tell', async () => {
    const number = phone();
    await desk.person('P-SLOW', { phone: number });
    const unknown = phone();
    const classes = { unknown: () => desk.open('C-1', { number: unknown }), known: () => desk.open('C-1', { number }) };
    const holders = desk.api.app.get(HoldersService, { strict: false });
    const findByPhone = holders.findByPhone.bind(holders);
    const sample = [...((await measured(classes)).get('unknown') ?? [])].toSorted((one, other) => one - other);
    const spread = (sample[Math.floor(sample.length * 0.75)] ?? 0) - (sample[Math.floor(sample.length * 0.25)] ?? 0);
    const delay = Math.max(0.3, spread);
    Object.assign(holders, {
      findByPhone: async (...given: Parameters<typeof findByPhone>) => {
        const found = await findByPhone(...given);
        const until = performance.now() + (found.length > 0 ? delay : 0);
        while (performance.now() < until);
        return found;
      },
    });
    try {
      const [known] = await effects(`A delay of ${delay.toFixed(2)} ms`, classes);
      expect(known?.delta).toBeGreaterThanOrEqual(LARGE);
    } finally {
      Reflect.deleteProperty(holders, 'findByPhone');
    }
  });
});

describe("Cliff's delta", () => {
  it('is 0 for the same, 1 for all above, and follows its definition', () => {
    expect(cliffsDelta([1, 2, 3], [1, 2, 3])).toBe(0);
    expect(cliffsDelta([4, 5], [1, 2, 3])).toBe(1);
    expect(cliffsDelta([1], [2, 3])).toBe(-1);
    const [one, other] = [
      [3, 1, 4, 1, 5],
      [9, 2, 6, 5, 3, 5],
    ];
    const pairs = one.flatMap((first) => other.map((second) => Math.sign(first - second)));
    expect(cliffsDelta(one, other)).toBeCloseTo(pairs.reduce((sum, sign) => sum + sign, 0) / pairs.length);
  });
});
