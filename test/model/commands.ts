import { expect } from '@jest/globals';
import fc from 'fast-check';

import { Busy, type Instance, type Real } from './real.ts';
import { type Action, ALL_ACTIONS, CONTRACTS, type Reference, SCOPES, type Terms } from './reference.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Longest that one world lasts: the calls of a key, and what is told of ended mandates, end later. */
const LONGEST = 440 * DAY;

/** What the answers were, over all worlds: a model that never saw a refusal has shown nothing about refusals. */
export type Seen = Set<string>;

type Step<Args> = {
  /** What it is about must be there. */
  readonly isPossible?: (world: Reference, args: Args) => boolean;
  readonly wanted: (world: Reference, args: Args) => unknown;
  readonly real: (real: Real, args: Args, before: Before) => Promise<unknown>;
};

/** What a step needs to know of the world as it was before the reference took it. */
interface Before {
  readonly revision: number;
  readonly now: number;
  /** The newest of each kind. */
  readonly mandates: number;
  readonly codes: number;
  readonly calls: number;
}

/** One step of a client, taken by the reference and by one of two instances; both must answer the same. */
class Command<Args extends object> implements fc.AsyncCommand<Reference, Real> {
  constructor(
    private readonly name: string,
    private readonly args: Args,
    private readonly step: Step<Args>,
    private readonly seen: Seen,
  ) {}

  check(world: Readonly<Reference>): boolean {
    return !world.isCutShort && (this.step.isPossible?.(world as Reference, this.args) ?? true);
  }

  async run(world: Reference, real: Real): Promise<void> {
    const { of = 0 } = this.args as { of?: number };
    const before: Before = {
      revision: world.mandates[back(world.mandates.length, of)]?.revision ?? 0,
      now: world.now,
      mandates: world.mandates.length,
      codes: world.codes.length,
      calls: world.calls.length,
    };
    const wanted = this.step.wanted(world, this.args);
    const answer = await this.step.real(real, this.args, before).catch((error: unknown) => {
      if (!(error instanceof Busy)) throw error;
      world.isCutShort = true;
    });
    if (world.isCutShort) return;
    for (const word of wordsOf(wanted)) this.seen.add(`${this.name} ${word}`);
    const step = this.toString();
    expect({ step, answer }).toEqual({ step, answer: wanted });
  }

  toString(): string {
    const args = Object.entries(this.args).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
    return `${this.name}(${args.join(', ')})`;
  }
}

/** What kind of answer it was. */
function wordsOf(answer: unknown): readonly string[] {
  if (Array.isArray(answer)) return answer.flatMap(wordsOf);
  const { error, reason, state, accepted } = (answer ?? {}) as Readonly<Record<string, unknown>>;
  const words = [error, reason, typeof accepted === 'boolean' ? `${accepted}` : undefined, state];
  return [words.filter((word) => typeof word === 'string').join(' ')].filter((word) => word !== '');
}

/** The newest is 0: what was done just now is what most steps are about, and what is left after shrinking. */
function back(length: number, of: number): number {
  return length - 1 - (of % Math.max(length, 1));
}

const at = fc.constantFrom<Instance>(0, 1);
const of = fc.constantFrom(0, 0, 0, 1, 2, 3);
const action = fc.constantFrom<Action>('plan', 'plan', ...ALL_ACTIONS);
const scopes = fc.constantFrom<Terms['scopes']>(['billing'], ['appointments'], [...SCOPES]);
const contracts = fc.constantFrom<Terms['contracts']>(['first'], ['second'], [...CONTRACTS]);
/** From now. Beyond the day that words on the phone last, and before it; beyond what decays. */
const length = fc.constantFrom(10 * MINUTE, 30 * HOUR, 40 * DAY, 400 * DAY, 400 * DAY);
const isSometimes = fc.constantFrom(false, false, true);

/** Edges of every period, to the millisecond; and times between them. */
const elapsed = fc.constantFrom(
  1,
  MINUTE,
  MINUTE,
  5 * MINUTE - 1,
  5 * MINUTE,
  5 * MINUTE,
  10 * MINUTE - 1,
  10 * MINUTE - 1,
  10 * MINUTE,
  10 * MINUTE,
  15 * MINUTE - 1,
  HOUR - 1,
  HOUR,
  DAY - 1,
  DAY,
  7 * DAY,
  366 * DAY,
);

/** Every step that a client or the clock can take. `seen` collects the kinds of answers. */
export function allCommands(seen: Seen): fc.Arbitrary<fc.AsyncCommand<Reference, Real>>[] {
  const step = <Args extends object>(name: string, args: fc.Arbitrary<Args>, one: Step<Args>) =>
    args.map((chosen) => new Command(name, chosen, one, seen));
  const hasMandate = (world: Reference): boolean => world.mandates.length > 0;
  const hasCall = (world: Reference): boolean => world.calls.length > 0;
  const hasCode = (world: Reference): boolean => world.codes.length > 0;
  const isNoVerification = (world: Reference, args: { readonly of: number }): boolean =>
    hasCode(world) && world.codes[back(world.codes.length, args.of)]?.purpose !== 'verification';

  const grant = step(
    'grant',
    fc.record({
      at,
      form: fc.constantFrom<'portal' | 'letter'>('portal', 'portal', 'letter'),
      scopes,
      contracts,
      length,
      isLater: isSometimes,
    }),
    {
      isPossible: ({ mandates }) => mandates.length < 5,
      wanted: (world, { form, scopes, contracts, length, isLater }) =>
        world.grant(form, { scopes, contracts }, world.now + (isLater ? 2 * DAY : 0), world.now + length, null),
      real: (real, { at, form, scopes, contracts, length, isLater }, { now }) =>
        real.grant(at, form, { scopes, contracts }, now + (isLater ? 2 * DAY : 0), now + length, null),
    },
  );
  const say = step('say', fc.record({ at, of, scopes, contracts, length }), {
    isPossible: (world) => hasCall(world) && world.mandates.length < 5,
    wanted: (world, { of, scopes, contracts, length }) =>
      world.grant('oral', { scopes, contracts }, world.now, world.now + length, back(world.calls.length, of)),
    real: (real, { at, of, scopes, contracts, length }, { now, calls }) =>
      real.grant(at, 'oral', { scopes, contracts }, now, now + length, back(calls, of)),
  });
  const accept = step(
    'accept',
    fc.record({ at, of, which: fc.constantFrom<'now' | 'first' | 'wrong'>('now', 'now', 'first', 'wrong') }),
    {
      isPossible: hasMandate,
      wanted: (world, { of, which }) => {
        const index = back(world.mandates.length, of);
        return world.accept(index, which === 'now' || (which === 'first' && world.mandates[index]?.terms === 1));
      },
      real: (real, { at, of, which }, { mandates }) => real.accept(at, back(mandates, of), which),
    },
  );
  const end = step(
    'end',
    fc.record({
      at,
      of,
      verb: fc.constantFrom<'withdraw' | 'renounce' | 'refuse'>('withdraw', 'renounce', 'refuse'),
      isSilent: isSometimes,
    }),
    {
      isPossible: hasMandate,
      wanted: (world, { of, verb, isSilent }) =>
        world.end(
          back(world.mandates.length, of),
          { withdraw: 'withdrawn_by_holder', renounce: 'renounced_by_proxy', refuse: 'refused_by_organisation' }[verb],
          verb === 'withdraw' && isSilent,
        ),
      real: (real, { at, of, verb, isSilent }, { mandates }) => real.end(at, back(mandates, of), verb, isSilent),
    },
  );
  const suspend = step('suspend', fc.record({ at, of }), {
    isPossible: hasMandate,
    wanted: (world, { of }) => world.suspend(back(world.mandates.length, of)),
    real: (real, { at, of }, { mandates }) => real.switch(at, back(mandates, of), 'suspend'),
  });
  const resume = step('resume', fc.record({ at, of }), {
    isPossible: hasMandate,
    wanted: (world, { of }) => world.resume(back(world.mandates.length, of)),
    real: (real, { at, of }, { mandates }) => real.switch(at, back(mandates, of), 'resume'),
  });
  const left = { requiredKeys: ['at', 'of', 'form', 'isOther'] as ('at' | 'of' | 'form' | 'isOther')[] };
  const change = step(
    'change',
    fc.record(
      {
        at,
        of,
        form: fc.constantFrom<'portal' | 'letter' | null>('portal', 'letter', null),
        isOther: isSometimes,
        scopes,
        contracts,
        length,
      },
      left,
    ),
    {
      isPossible: hasMandate,
      wanted: (world, { of, form, isOther, scopes, contracts, length }) => {
        const index = back(world.mandates.length, of);
        const seen = (world.mandates[index]?.revision ?? 0) + (isOther ? 1 : 0);
        return world.change(index, seen, given({ scopes, contracts, endsAt: later(world.now, length) }), form);
      },
      real: (real, { at, of, form, isOther, scopes, contracts, length }, { now, revision, mandates }) =>
        real.change(
          at,
          back(mandates, of),
          revision + (isOther ? 1 : 0),
          given({ scopes, contracts, endsAt: later(now, length) }),
          form,
        ),
    },
  );
  const lookAtMandate = step('lookAtMandate', fc.record({ at, of }), {
    isPossible: hasMandate,
    wanted: (world, { of }) => world.view(world.mandates[back(world.mandates.length, of)]!),
    real: (real, { at, of }, { mandates }) => real.lookAtMandate(at, back(mandates, of)),
  });
  const block = step('block', fc.record({ at }), {
    wanted: (world) => void (world.isBlocked = true),
    real: (real, { at }) => real.block(at),
  });
  const unblock = step('unblock', fc.record({ at }), {
    isPossible: ({ isBlocked }) => isBlocked,
    wanted: (world) => void (world.isBlocked = false),
    real: (real, { at }) => real.unblock(at),
  });

  const open = step(
    'open',
    fc.record({
      at,
      contract: fc.constantFrom(...CONTRACTS, 'first' as const),
      claim: fc.constantFrom<'holder' | 'proxy'>('proxy', 'proxy', 'proxy', 'holder'),
      how: fc.constantFrom<'number' | 'nothing'>('number', 'number', 'number', 'nothing'),
    }),
    {
      wanted: (world, { contract, claim, how }) => world.open(contract, claim, how),
      real: (real, { at, contract, claim, how }) => real.open(at, contract, claim, how),
    },
  );
  const hangUp = step('hangUp', fc.record({ at, of }), {
    isPossible: hasCall,
    wanted: (world, { of }) => world.hangUp(back(world.calls.length, of)),
    real: (real, { at, of }, { calls }) => real.hangUp(at, back(calls, of)),
  });
  const advise = step('advise', fc.record({ at, of }), {
    isPossible: hasCall,
    wanted: (world, { of }) => world.advise(back(world.calls.length, of), ALL_ACTIONS),
    real: (real, { at, of }, { calls }) => real.check(at, back(calls, of), ALL_ACTIONS, 'advise'),
  });
  const execute = step('execute', fc.record({ at, of, action }), {
    isPossible: hasCall,
    wanted: (world, { of, action }) => world.execute(back(world.calls.length, of), action),
    real: (real, { at, of, action }, { calls }) => real.check(at, back(calls, of), [action], 'execute'),
  });

  const askAboutAction = step(
    'askAboutAction',
    fc.record({ at, of, action: fc.constantFrom<Action>('plan', 'plan', 'explain', 'appoint') }),
    {
      isPossible: hasCall,
      wanted: (world, { of, action }) => world.askAboutAction(back(world.calls.length, of), action),
      real: (real, { at, of, action }, { calls }) => real.askAboutAction(at, back(calls, of), action),
    },
  );
  const askAboutMandate = step('askAboutMandate', fc.record({ at, of }), {
    isPossible: hasMandate,
    wanted: (world, { of }) => world.askAboutMandate(back(world.mandates.length, of)),
    real: (real, { at, of }, { mandates }) => real.askAboutMandate(at, back(mandates, of)),
  });
  const askCaller = step('askCaller', fc.record({ at, of }), {
    isPossible: hasCall,
    wanted: (world, { of }) => world.askCaller(back(world.calls.length, of)),
    real: (real, { at, of }, { calls }) => real.askCaller(at, back(calls, of)),
  });
  type Which = 'right' | 'old' | 'wrong' | 'elsewhere';
  const attempt = step(
    'attempt',
    fc.record({
      at,
      of,
      which: fc.constantFrom<Which>('right', 'right', 'right', 'right', 'wrong', 'wrong', 'old', 'elsewhere'),
    }),
    {
      isPossible: (world, { of, which }) => {
        const code = world.codes[back(world.codes.length, of)];
        // Of a code that was never sent again there is no older one; a verification names no actions.
        if (which === 'old') return (code?.counter ?? 0) > 0;
        return code !== undefined && (which !== 'elsewhere' || code.purpose !== 'verification');
      },
      wanted: (world, { of, which }) => world.attempt(back(world.codes.length, of), which === 'right'),
      real: (real, { at, of, which }, { codes }) => real.attempt(at, back(codes, of), which),
    },
  );
  const decline = step('decline', fc.record({ at, of, alsoBlock: isSometimes }), {
    isPossible: isNoVerification,
    wanted: (world, { of, alsoBlock }) => world.decline(back(world.codes.length, of), alsoBlock),
    real: (real, { at, of, alsoBlock }, { codes }) => real.decline(at, back(codes, of), alsoBlock),
  });
  const resend = step('resend', fc.record({ at, of }), {
    isPossible: isNoVerification,
    wanted: (world, { of }) => world.resend(back(world.codes.length, of)),
    real: (real, { at, of }, { codes }) => real.resend(at, back(codes, of)),
  });
  const cancel = step('cancel', fc.record({ at, of }), {
    isPossible: isNoVerification,
    wanted: (world, { of }) => world.cancel(back(world.codes.length, of)),
    real: (real, { at, of }, { codes }) => real.cancel(at, back(codes, of)),
  });
  const lookAtCode = step('lookAtCode', fc.record({ at, of }), {
    isPossible: isNoVerification,
    wanted: (world, { of }) => world.codeView(back(world.codes.length, of)),
    real: (real, { at, of }, { codes }) => real.lookAtCode(at, back(codes, of)),
  });

  const wait = step('wait', fc.record({ elapsed }), {
    isPossible: (world, { elapsed }) => world.now + elapsed <= world.start + LONGEST,
    wanted: (world, { elapsed }) => void (world.now += elapsed),
    real: (real, { elapsed }, { now }) => real.moveClock(now + elapsed),
  });

  // How often: what leads to long stories more often than what ends them.
  const often: readonly (readonly [number, fc.Arbitrary<fc.AsyncCommand<Reference, Real>>])[] = [
    [1, grant],
    [2, accept],
    [2, change],
    [1, askAboutMandate],
    [1, say],
    [1, lookAtMandate],
    [1, suspend],
    [3, resume],
    [1, end],
    [1, block],
    [2, unblock],
    [3, open],
    [3, askCaller],
    [1, hangUp],
    [4, askAboutAction],
    [8, attempt],
    [1, decline],
    [3, resend],
    [1, cancel],
    [2, lookAtCode],
    [3, advise],
    [3, execute],
    [4, wait],
  ];
  return often.flatMap(([times, one]) => Array.from({ length: times }, () => one));
}

/**
 * Where a story begins: with nothing; with a mandate in force and its proxy on the line, or one by a letter alone; with the
 * holder asked for a code as well; after four wrong guesses at it; after so many codes that no other goes out for ten minutes;
 * with their yes, or their no; with the holder in person on the line, and no mandate, or one that they gave by word of mouth;
 * or with two mandates, neither of which leaves the other room to grow.
 */
export const BEGINNINGS = [
  'nothing',
  'identified',
  'by letter',
  'asked',
  'guessed',
  'spent',
  'confirmed',
  'declined',
  'in person',
  'said',
  'side by side',
] as const;

export function beginning(seen: Seen, from: (typeof BEGINNINGS)[number]): fc.AsyncCommand<Reference, Real>[] {
  const begin = (name: string, step: Step<object>) => new Command(name, {}, step, seen);
  const all: Terms = { scopes: [...SCOPES], contracts: [...CONTRACTS] };
  const by = (form: 'portal' | 'letter') => [
    begin('grant', {
      wanted: (world) => world.grant(form, all, world.now, world.now + 400 * DAY, null),
      real: (real, _, { now }) => real.grant(0, form, all, now, now + 400 * DAY, null),
    }),
    begin('accept', { wanted: (world) => world.accept(0, true), real: (real) => real.accept(1, 0, 'now') }),
    begin('open', {
      wanted: (world) => world.open('first', 'proxy', 'number'),
      real: (real) => real.open(0, 'first', 'proxy', 'number'),
    }),
    begin('askCaller', { wanted: (world) => world.askCaller(0), real: (real) => real.askCaller(1, 0) }),
    begin('attempt', { wanted: (world) => world.attempt(0, true), real: (real) => real.attempt(0, 0, 'right') }),
  ];
  const identified = by('portal');
  const asked = [
    ...identified,
    begin('askAboutAction', {
      wanted: (world) => world.askAboutAction(0, 'plan'),
      real: (real) => real.askAboutAction(1, 0, 'plan'),
    }),
  ];
  const guess = begin('attempt', {
    wanted: (world) => world.attempt(1, false),
    real: (real) => real.attempt(0, 1, 'wrong'),
  });
  const guessed = [...asked, guess, guess, guess, guess];
  const again = begin('resend', { wanted: (world) => world.resend(1), real: (real) => real.resend(1, 1) });
  const spent = [...asked, again, again];
  const part = (index: number, scope: 'billing' | 'appointments') => [
    begin('grant', {
      wanted: (world) => world.grant('portal', { ...all, scopes: [scope] }, world.now, world.now + 400 * DAY, null),
      real: (real, _, { now }) => real.grant(0, 'portal', { ...all, scopes: [scope] }, now, now + 400 * DAY, null),
    }),
    begin('accept', {
      wanted: (world) => world.accept(index, true),
      real: (real) => real.accept(1, index, 'now'),
    }),
  ];
  const sideBySide = [...part(0, 'billing'), ...part(1, 'appointments')];
  const inPerson = [
    begin('open', {
      wanted: (world) => world.open('first', 'holder', 'nothing'),
      real: (real) => real.open(0, 'first', 'holder', 'nothing'),
    }),
    ...identified.slice(-2),
  ];
  const said = [
    ...inPerson,
    begin('say', {
      wanted: (world) => world.grant('oral', all, world.now, world.now + 400 * DAY, 0),
      real: (real, _, { now }) => real.grant(1, 'oral', all, now, now + 400 * DAY, 0),
    }),
  ];
  const declined = [
    ...asked,
    begin('decline', { wanted: (world) => world.decline(1, false), real: (real) => real.decline(0, 1, false) }),
  ];
  const confirmed = [
    ...asked,
    begin('attempt', { wanted: (world) => world.attempt(1, true), real: (real) => real.attempt(1, 1, 'right') }),
  ];
  return {
    nothing: [],
    identified,
    'by letter': by('letter'),
    asked,
    guessed,
    spent,
    confirmed,
    declined,
    'in person': inPerson,
    said,
    'side by side': sideBySide,
  }[from];
}

function later(now: number, length: number | undefined): number | undefined {
  return length === undefined ? undefined : now + length;
}

/** Without what is left out. */
function given<T extends object>(terms: T): { [Key in keyof T]: Exclude<T[Key], undefined> } {
  const entries = Object.entries(terms).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [Key in keyof T]: Exclude<T[Key], undefined> };
}
