import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { actionKey } from '../../src/policy/binding.ts';
import { decide } from '../../src/policy/decide.ts';
import type { Decision } from '../../src/policy/decision.ts';
import type {
  AgentStanding,
  Facts,
  LifeEvent,
  Mandate,
  OpenObligation,
  ParentMandate,
} from '../../src/policy/facts.ts';
import type { Instant, ObligationId } from '../../src/policy/ids.ts';
import type { ActionRule } from '../../src/policy/policy.ts';
import { reachableCallerStrength } from '../../src/policy/strength.ts';
import { LEVELS, OUTCOMES, REASONS, RECORDING_PURPOSES } from '../../src/policy/vocabulary.ts';
import {
  aConfirmation,
  aHolder,
  aLifeEvent,
  aMandate,
  anAction,
  anEvidence,
  aPolicy,
  aQuestion,
  aVerification,
  DAY,
  id,
  MINUTE,
  needs,
  NOW,
  someFacts,
} from '../support/facts.ts';
import { IS_MUTATED, runs } from '../support/runs.ts';
import { ACTION, lifeEvent, PROPERTIES, type Situation, situation } from './worlds.ts';

/** Needs many worlds: what is said about the worlds themselves, or about something that few of them show. */
const inManyWorlds = IS_MUTATED ? it.skip : it;

const RUNS = runs(1000);
/** For laws about something that few worlds show: the worlds that don't are skipped. */
const FEW = { ...runs(60), maxSkipsPerRun: 1000 };
const QUESTION = aQuestion(ACTION, PROPERTIES);

function decided({ policy, facts }: Situation, changed: Partial<Facts> = {}, now: Instant = NOW): Decision {
  return decide(policy, { ...facts, ...changed }, QUESTION, now);
}

function without<T>(list: readonly T[], at: number): readonly T[] {
  return list.filter((_, index) => index !== at);
}

function changed<T>(list: readonly T[], at: number, change: (one: T) => T): readonly T[] {
  return list.map((one, index) => (index === at ? change(one) : one));
}

function lowered<Given extends Pick<Mandate, 'evidence'>>(mandate: Given): Given {
  return {
    ...mandate,
    evidence: mandate.evidence.map((one) => ({
      ...one,
      sessionStrength: LEVELS[Math.floor(one.sessionStrength / 2)] ?? 0,
    })),
  };
}

function standing(
  { agent = { skills: [], flags: [], attestations: [] } }: Facts['call'],
  change: (agent: AgentStanding) => Partial<AgentStanding>,
): Pick<Facts['call'], 'agent'> {
  return { agent: { ...agent, ...change(agent) } };
}

/** Takes something from what a sub-mandate was made from. Those that the holder gave stay as they are. */
function underLess(change: (parent: ParentMandate) => Partial<ParentMandate>) {
  return ({ mandates }: Facts, at: number): Partial<Facts> => ({
    mandates: changed(mandates, at, (one) =>
      one.parent === undefined ? one : { ...one, parent: { ...one.parent, ...change(one.parent) } },
    ),
  });
}

/** Each takes something away. `at` picks the row that it is taken from. */
const LOSSES: Readonly<Record<string, (facts: Facts, at: number) => Partial<Facts>>> = {
  'less strength of the evidence': ({ mandates }, at) => ({ mandates: changed(mandates, at, lowered) }),
  'older evidence': ({ mandates }, at) => ({
    mandates: changed(mandates, at, (one) => ({
      ...one,
      // A row from the future stays there: it would gain by it.
      evidence: one.evidence.map((row) => (row.at > NOW ? row : { ...row, at: row.at - 365 * DAY })),
    })),
  }),
  'a row of evidence less': ({ mandates }, at) => ({
    mandates: changed(mandates, at, (one) => ({ ...one, evidence: one.evidence.slice(1) })),
  }),
  'a mandate less': ({ mandates }, at) => ({ mandates: without(mandates, at) }),
  'no scopes': ({ mandates }, at) => ({ mandates: changed(mandates, at, (one) => ({ ...one, scopes: [] })) }),
  'no contracts': ({ mandates }, at) => ({ mandates: changed(mandates, at, (one) => ({ ...one, contractIds: [] })) }),
  'an ended period': ({ mandates }, at) => ({ mandates: changed(mandates, at, (one) => ({ ...one, endsAt: NOW })) }),
  'a suspension': ({ mandates }, at) => ({
    mandates: changed(mandates, at, (one) => ({ ...one, state: 'suspended', ending: null })),
  }),
  'a withdrawal': ({ mandates }, at) => ({
    mandates: changed(mandates, at, (one) => ({ ...one, state: 'ended', ending: 'withdrawn_by_holder' })),
  }),
  'a silent withdrawal': ({ mandates }, at) => ({
    mandates: changed(mandates, at, (one) => ({
      ...one,
      state: 'ended',
      ending: 'withdrawn_by_holder',
      isSilent: true,
    })),
  }),
  'another revision': ({ mandates }, at) => ({
    mandates: changed(mandates, at, (one) => ({ ...one, revision: one.revision + 2 })),
  }),
  'a parent that is suspended': underLess(() => ({ state: 'suspended' })),
  'a parent that has ended': underLess(() => ({ state: 'ended', ending: 'withdrawn_by_holder', isSilent: true })),
  'a parent that is passed on no more': underLess(() => ({ mayPassOn: false })),
  'a parent whose proxy is blocked': underLess(() => ({ hasBlockedProxy: true })),
  'a parent for other things': underLess(() => ({ scopes: [] })),
  'a parent for other contracts': underLess(() => ({ contractIds: [] })),
  'a parent whose period is over': underLess(() => ({ endsAt: NOW })),
  'less strength of the parent': underLess(lowered),
  'a verification less': ({ caller }, at) => ({
    caller: { ...caller, verifications: without(caller.verifications, at) },
  }),
  'less strength of the session behind a support code': ({ caller }, at) => ({
    caller: {
      ...caller,
      verifications: changed(caller.verifications, at, ({ sessionStrength = 0, ...one }) => ({
        ...one,
        sessionStrength: LEVELS[Math.floor(sessionStrength / 2)] ?? 0,
      })),
    },
  }),
  'a weaker session to be had': ({ caller }) => ({ caller: { ...caller, signInLevel: 0 } }),
  'a caller that is software, with a low ceiling': ({ caller }) => ({
    caller: { ...caller, software: { ceiling: 1, isAnnounced: caller.software?.isAnnounced ?? true } },
  }),
  'software that does not say so': ({ caller }) => ({
    caller: { ...caller, software: { ceiling: caller.software?.ceiling ?? 3, isAnnounced: false } },
  }),
  'a method less': ({ caller }, at) => ({ caller: { ...caller, methods: without(caller.methods, at) } }),
  'a yes less': ({ confirmations }, at) => ({
    confirmations: confirmations.filter((one, index) => index !== at || one.answer === 'declined'),
  }),
  'a yes used up': ({ confirmations }, at) => ({
    confirmations: changed(confirmations, at, (one) => ({
      ...one,
      actions: one.actions.map((action) => ({ ...action, isUsed: true })),
    })),
  }),
  'a yes turned no': ({ confirmations }, at) => ({
    confirmations: changed(confirmations, at, (one) => ({ ...one, answer: 'declined' })),
  }),
  'a block': ({ contract }, at) => ({
    contract: { ...contract, holders: changed(contract.holders, at, (one) => ({ ...one, hasBlockedCaller: true })) },
  }),
  'a wish to be asked first': ({ contract }, at) => ({
    contract: { ...contract, holders: changed(contract.holders, at, (one) => ({ ...one, askFirst: ['billing'] })) },
  }),
  'a standing no to recordings': ({ contract }, at) => ({
    contract: {
      ...contract,
      holders: changed(contract.holders, at, (one) => ({ ...one, refusedRecordings: RECORDING_PURPOSES })),
    },
  }),
  'an organisation that speaks through contact persons': ({ contract }) => ({
    contract: { ...contract, holders: contract.holders.map((one) => ({ ...one, hasContacts: true })) },
  }),
  'a mandate that needs another contact person': ({ mandates }, at) => ({
    // One that was passed on would gain, without what it was made from.
    mandates: changed(mandates, at, (one) => (one.parent === undefined ? { ...one, isJoint: true } : one)),
  }),
  'a contact person less': ({ companions = [] }, at) => ({ companions: without(companions, at) }),
  'a contact person whose mandate is over': ({ companions = [] }, at) => ({
    companions: changed(companions, at, (one) => ({ ...one, mandate: { ...one.mandate, endsAt: NOW } })),
  }),
  'a holder who cannot be asked': ({ contract }, at) => ({
    contract: { ...contract, holders: changed(contract.holders, at, (one) => ({ ...one, askLevel: 0 })) },
  }),
  'one more who must agree': ({ contract }) => ({
    contract: { ...contract, holders: [...contract.holders, aHolder({ id: id.holder('carel') })], jointRule: 'all' },
  }),
  'joint holders who must all agree': ({ contract }) => ({ contract: { ...contract, jointRule: 'all' } }),
  'a life event, reported': ({ lifeEvents = [], contract }, at) => {
    const personId = contract.holders[at % contract.holders.length]?.id ?? id.holder('anna');
    return { lifeEvents: [...lifeEvents, aLifeEvent({ personId, isProven: false, until: NOW + DAY })] };
  },
  'a separation': ({ mandates, lifeEvents = [], contract }) => ({
    mandates: mandates.map((one) => ({ ...one, isWhilePartner: true })),
    lifeEvents: [
      ...lifeEvents,
      ...contract.holders.map(({ id: personId }) => aLifeEvent({ personId, kind: 'separation' })),
    ],
  }),
  'a death of who passed it on, reported': ({ lifeEvents = [] }) => ({
    lifeEvents: [...lifeEvents, aLifeEvent({ personId: id.caller('giver'), isProven: false, until: NOW + DAY })],
  }),
  'a separation of who passed it on': ({ mandates, lifeEvents = [] }, at) => ({
    ...underLess(() => ({ isWhilePartner: true }))({ mandates } as Facts, at),
    lifeEvents: [...lifeEvents, aLifeEvent({ personId: id.caller('giver'), kind: 'separation' })],
  }),
  'a representation less': ({ representations = [] }, at) => ({ representations: without(representations, at) }),
  'a representation without proof': ({ representations = [] }, at) => ({
    representations: changed(representations, at, (one) => ({ ...one, isProven: false })),
  }),
  'a representation that is over': ({ representations = [] }, at) => ({
    representations: changed(representations, at, (one) => ({ ...one, endsAt: NOW })),
  }),
  'an attestation less': ({ call }, at) => ({
    call: { ...call, ...standing(call, ({ attestations }) => ({ attestations: without(attestations, at) })) },
  }),
  'an attestation that has expired': ({ call }, at) => ({
    call: {
      ...call,
      ...standing(call, ({ attestations }) => ({
        attestations: changed(attestations, at, (one) => ({ ...one, expiresAt: NOW })),
      })),
    },
  }),
  'an attestation for another channel': ({ call }, at) => ({
    call: {
      ...call,
      ...standing(call, ({ attestations }) => ({
        attestations: changed(attestations, at, (one) => ({ ...one, channel: 'letter' })),
      })),
    },
  }),
  'a skill less': ({ call }, at) => ({
    call: { ...call, ...standing(call, ({ skills }) => ({ skills: without(skills, at) })) },
  }),
  'a flag more': ({ call }) => ({
    call: { ...call, ...standing(call, ({ flags }) => ({ flags: [...flags, 'no_video'] })) },
  }),
  'nobody for whom is asked': ({ call: { agent: _agent, ...call } }) => ({
    call: { ...call, agentId: null, agentRole: '' },
  }),
  'an agent who left': ({ call }) => ({ call: { ...call, isAgentActive: false } }),
  'a new address of record': ({ delivery }) => ({ delivery: { ...delivery, addressChangedAt: NOW - DAY } }),
  'one more delivery': ({ delivery }) => ({
    delivery: { ...delivery, deliveredAt: { [ACTION]: [...(delivery.deliveredAt[ACTION] ?? []), NOW - DAY] } },
  }),
  'something owed': ({ openObligations = [] }) => ({ openObligations: [...openObligations, owedIn('billing')] }),
};

function owedIn(scope: string): OpenObligation {
  return { id: `decision.0.${scope}` as ObligationId, type: 'announce', scope };
}

describe('nothing is gained by losing something', () => {
  it('no loss ever turns a refusal into a permit', () => {
    fc.assert(
      fc.property(situation, fc.nat(2), (world, at) => {
        fc.pre(decided(world).outcome !== 'permit');
        const openers = Object.entries(LOSSES).filter(
          ([, lose]) => decided(world, lose(world.facts, at)).outcome === 'permit',
        );
        expect(openers.map(([name]) => name)).toEqual([]);
      }),
      runs(5000),
    );
  });

  inManyWorlds('is a law that could be broken: each loss takes a permit away somewhere', () => {
    const harmless = new Set(Object.keys(LOSSES));
    for (const [world, at] of fc.sample(fc.tuple(situation, fc.nat(2)), { numRuns: 24_000, seed: 7 })) {
      if (decided(world).outcome !== 'permit') continue;
      for (const name of harmless) {
        if (decided(world, LOSSES[name]!(world.facts, at)).outcome !== 'permit') harmless.delete(name);
      }
    }
    // What only closes a way that nobody has gone yet takes no permit away.
    expect([...harmless]).toEqual(['a weaker session to be had', 'a method less', 'a holder who cannot be asked']);
  });

  it('time alone never opens what is not said to begin later', () => {
    fc.assert(
      fc.property(situation, fc.constantFrom(1, MINUTE, DAY, 400 * DAY), (world, later) => {
        const { facts } = world;
        const isAllHere =
          [...facts.caller.verifications, ...facts.mandates.flatMap(({ evidence }) => evidence)].every(
            ({ at }) => at <= NOW,
          ) &&
          facts.mandates.every(({ startsAt, parent }) => startsAt <= NOW && (parent?.startsAt ?? 0) <= NOW) &&
          facts.mandates.every(({ parent }) => (parent?.evidence ?? []).every(({ at }) => at <= NOW)) &&
          (facts.companions ?? []).every(
            ({ mandate }) => mandate.startsAt <= NOW && mandate.evidence.every(({ at }) => at <= NOW),
          ) &&
          facts.confirmations.every(({ answeredAt }) => answeredAt <= NOW) &&
          (facts.call.agent?.attestations ?? []).every(({ issuedAt }) => issuedAt <= NOW) &&
          (facts.representations ?? []).every(({ startsAt }) => startsAt <= NOW) &&
          (facts.lifeEvents ?? []).every(({ until }) => until === null) &&
          world.rule.safeDelivery === null;
        fc.pre(isAllHere && decided(world).outcome !== 'permit');
        expect(decided(world, {}, NOW + later).outcome).not.toBe('permit');
      }),
      RUNS,
    );
  });
});

describe('what is owed', () => {
  const owing = (world: Situation, ...scopes: string[]): Decision =>
    decided(world, { openObligations: scopes.map(owedIn) });

  it('comes with a permit alone', () => {
    fc.assert(
      fc.property(situation, (world) => {
        const { outcome, obligations } = decided(world);
        if (outcome !== 'permit') expect(obligations).toEqual([]);
      }),
      RUNS,
    );
  });

  it('takes the permits of its own scope away, says what has to be done, and changes nothing else', () => {
    fc.assert(
      fc.property(situation, fc.subarray(['billing', 'care', 'contract']), (world, scopes) => {
        const before = decided(world);
        const after = owing(world, ...scopes);
        if (before.outcome !== 'permit' || !scopes.includes('billing')) return expect(after).toEqual(before);
        const { had, required, validUntil } = before;
        expect(after).toMatchObject({ outcome: 'deny', reason: 'condition_failed', had, required, validUntil });
        expect(after).toMatchObject({ authority: { kind: 'none' }, obligations: [], confirmationIds: [] });
        expect(after.nextSteps).toEqual([{ type: 'fulfil_obligation', obligations: [owedIn('billing')] }]);
      }),
      RUNS,
    );
  });
});

describe('a mandate that was passed on', () => {
  const passedOn = ({ facts }: Situation): readonly Mandate[] =>
    facts.mandates.filter(({ parent }) => parent !== undefined);

  it('never permits what the one that it was made from would not', () => {
    fc.assert(
      fc.property(situation, (world) => {
        fc.pre(passedOn(world).length > 0 && decided(world).outcome === 'permit');
        // The parent itself in the hands of who calls, under the name that the yeses were given to.
        const mandates = world.facts.mandates.map(({ parent, ...own }): Mandate => {
          if (parent === undefined) return own;
          const { mayPassOn: _may, hasBlockedProxy: _blocked, proxyId: _giver, ...given } = parent;
          return { ...given, id: own.id, revision: own.revision };
        });
        // Between partners are the holder and who passed it on.
        const lifeEvents = (world.facts.lifeEvents ?? []).filter(
          ({ kind, personId }) => kind !== 'separation' || personId !== world.facts.caller.id,
        );
        expect(decided(world, { mandates, lifeEvents }).outcome).toBe('permit');
      }),
      FEW,
    );
  });

  it('never permits what the holder could not have given its proxy themselves', () => {
    fc.assert(
      fc.property(situation, (world) => {
        fc.pre(passedOn(world).length > 0 && decided(world).outcome === 'permit');
        const mandates = world.facts.mandates.map(({ parent: _from, ...own }): Mandate => own);
        expect(decided(world, { mandates }).outcome).toBe('permit');
      }),
      FEW,
    );
  });

  it('is worth nothing for what the policy lets nobody pass on', () => {
    fc.assert(
      fc.property(situation, (world) => {
        const { facts, rule } = world;
        const policy = aPolicy([rule], { representations: world.policy.representations, notPassedOn: ['billing'] });
        const without = decided(world, { mandates: facts.mandates.filter(({ parent }) => parent === undefined) });
        const { outcome } = decided({ ...world, policy });
        if (without.outcome !== 'permit') expect(outcome).not.toBe('permit');
      }),
      RUNS,
    );
  });
});

describe('a life event', () => {
  const eventsOf = (world: Situation): readonly LifeEvent[] => world.facts.lifeEvents ?? [];

  it('opens nothing, but to who represents the holder by law', () => {
    fc.assert(
      fc.property(situation, lifeEvent, (world, event) => {
        fc.pre(decided(world).outcome !== 'permit');
        const after = decided(world, { lifeEvents: [...eventsOf(world), event] });
        if (after.outcome === 'permit') expect(after.authority.kind).toBe('representation');
      }),
      runs(5000),
    );
  });

  it('of somebody who has no part in this changes nothing', () => {
    fc.assert(
      fc.property(situation, lifeEvent, (world, event) => {
        const stranger = { ...event, personId: id.holder('stranger') };
        const { validUntil: _after, ...after } = decided(world, { lifeEvents: [...eventsOf(world), stranger] });
        const { validUntil: _before, ...before } = decided(world);
        expect(after).toEqual(before);
      }),
      RUNS,
    );
  });

  it('that was only reported takes nothing once it has lapsed', () => {
    fc.assert(
      fc.property(situation, lifeEvent, (world, event) => {
        const lapsed = { ...event, isProven: false, until: NOW };
        const { validUntil: _after, ...after } = decided(world, { lifeEvents: [...eventsOf(world), lapsed] });
        const { validUntil: _before, ...before } = decided(world);
        expect(after).toEqual(before);
      }),
      RUNS,
    );
  });

  it('that is proven leaves an action that needs somebody to whom the law appointed, where all holders had it', () => {
    fc.assert(
      fc.property(situation, (world) => {
        const { facts, rule } = world;
        const lifeEvents = facts.contract.holders.map((one) => aLifeEvent({ personId: one.id }));
        const { outcome, authority } = decided(world, { lifeEvents });
        const required = facts.call.claim === 'holder' ? rule.holder : rule.proxy;
        const asked = facts.call.claim === 'holder' ? required?.caller : required?.mandate;
        const isFree = required?.confirmation === 0 && asked === 0;
        if (outcome !== 'permit' || isFree) return;
        // What only reaches the holder's address needs no more of an executor than of others.
        expect(['representation', 'safe_delivery']).toContain(authority.kind);
      }),
      runs(5000),
    );
  });
});

describe('a decision', () => {
  it('is the same for the same facts, and leaves them as they were', () => {
    fc.assert(
      fc.property(situation, (world) => {
        const before = structuredClone(world.facts);
        const first = decided(world);
        expect(decided(world)).toEqual(first);
        expect(decided({ ...world, facts: structuredClone(world.facts) })).toEqual(first);
        expect(world.facts).toEqual(before);
      }),
      RUNS,
    );
  });

  it('does not depend on the order in which facts arrive', () => {
    fc.assert(
      fc.property(situation, fc.infiniteStream(fc.nat(5)), (world, order) => {
        const { facts } = world;
        const shuffled = <T>(list: readonly T[]): readonly T[] =>
          list
            .map((one) => ({ one, at: order.next().value ?? 0 }))
            .toSorted((first, second) => first.at - second.at)
            .map(({ one }) => one);
        const other: Facts = {
          ...facts,
          contract: { ...facts.contract, holders: shuffled(facts.contract.holders) },
          caller: { ...facts.caller, verifications: shuffled(facts.caller.verifications) },
          mandates: shuffled(facts.mandates.map((one) => ({ ...one, evidence: shuffled(one.evidence) }))),
          ...(facts.companions === undefined ? {} : { companions: shuffled(facts.companions) }),
          confirmations: shuffled(facts.confirmations),
          ...(facts.lifeEvents === undefined ? {} : { lifeEvents: shuffled(facts.lifeEvents) }),
          ...(facts.representations === undefined ? {} : { representations: shuffled(facts.representations) }),
        };
        expect(decided(world, other)).toEqual(decided(world));
      }),
      RUNS,
    );
  });

  it('never throws, and stays within the closed lists', () => {
    const anything = fc.record({
      situation,
      holders: fc.array(fc.constantFrom(aHolder(), aHolder({ id: id.holder('bert') })), { maxLength: 2 }),
      addressChangedAt: fc.option(fc.double({ noNaN: true })),
      at: fc.double({ noNaN: true, noDefaultInfinity: true, min: -8e15, max: 8e15 }),
      action: fc.constantFrom(ACTION, 'no.such', '', '__proto__', 'constructor', 'toString'),
    });
    fc.assert(
      fc.property(anything, ({ situation: { policy, facts }, holders, addressChangedAt, at, action }) => {
        const odd: Facts = {
          ...facts,
          contract: { ...facts.contract, holders },
          delivery: { addressChangedAt, deliveredAt: {} },
        };
        const { outcome, reason } = decide(policy, odd, aQuestion(action, PROPERTIES), at);
        expect(OUTCOMES).toContain(outcome);
        expect(REASONS).toContain(reason);
      }),
      RUNS,
    );
  });

  inManyWorlds('reaches every outcome in these worlds, and every reason that it has', () => {
    const seen = new Set<string>();
    for (const world of fc.sample(situation, { numRuns: 6000, seed: 7 })) {
      const { outcome, reason } = decided(world);
      seen.add(outcome).add(reason);
    }
    // Of recordings, mailboxes and the like: stages that come with their rooms. Unknown actions are asked for elsewhere.
    const absent = [
      'outside_case_scope',
      'necessity_missing',
      'consent_not_free',
      'unknown_action',
      'rate_limited',
      'internal_error',
    ];
    expect([...OUTCOMES, ...REASONS].filter((name) => !seen.has(name))).toEqual(absent);
  });

  it('is fresh for five minutes at most and not beyond the call; a permit is fresh for a while', () => {
    fc.assert(
      fc.property(situation, (world) => {
        const { outcome, validUntil } = decided(world);
        expect(validUntil).toBeLessThanOrEqual(NOW + 5 * MINUTE);
        expect(validUntil).toBeLessThanOrEqual(world.facts.call.endsAt);
        if (outcome === 'permit') expect(validUntil).toBeGreaterThan(NOW);
      }),
      RUNS,
    );
  });

  inManyWorlds('that permits would be the same until the last millisecond of its validity', () => {
    fc.assert(
      fc.property(situation, (world) => {
        const now = decided(world);
        fc.pre(now.outcome === 'permit');
        expect(decided(world, {}, now.validUntil - 1).outcome).toBe('permit');
      }),
      FEW,
    );
  });
});

describe('a refusal', () => {
  it('names a next step, and a permit names none', () => {
    fc.assert(
      fc.property(situation, (world) => {
        const { outcome, reason, nextSteps } = decided(world);
        if (outcome === 'permit') {
          expect(reason).toBe('permitted');
          expect(nextSteps).toEqual([]);
        } else {
          expect(reason).not.toBe('permitted');
          expect(nextSteps.length).toBeGreaterThan(0);
        }
      }),
      RUNS,
    );
  });

  it('asks only holders who can be asked that strongly, and only then', () => {
    fc.assert(
      fc.property(situation, (world) => {
        const { outcome, nextSteps } = decided(world);
        const asked = nextSteps.flatMap(({ holders = [] }) => holders);
        expect(asked.length > 0).toBe(outcome === 'ask_holder');
        for (const { id: holderId, level } of asked) {
          const { contract, companions = [] } = world.facts;
          const holder = [...contract.holders, ...companions].find((one) => one.id === holderId);
          expect(holder?.askLevel).toBeGreaterThanOrEqual(level);
          expect(level).toBeGreaterThan(0);
        }
      }),
      RUNS,
    );
  });

  inManyWorlds('sends the caller to be identified only where that can succeed', () => {
    fc.assert(
      fc.property(situation, (world) => {
        const { outcome, required, had } = decided(world);
        fc.pre(outcome === 'verify_caller');
        const { caller } = world.facts;
        expect(caller.id).not.toBeNull();
        expect(had.caller).toBeLessThan(required.caller);
        expect(reachableCallerStrength(caller, NOW)).toBeGreaterThanOrEqual(required.caller);
      }),
      FEW,
    );
  });

  inManyWorlds('that says "first do this" leads to a permit for whoever does it', () => {
    fc.assert(
      fc.property(situation, (world) => {
        const first = decided(world);
        fc.pre(first.outcome === 'ask_holder' || first.outcome === 'verify_caller');
        let { facts } = world;
        let decision = first;
        for (let step = 0; step < 4 && decision.outcome !== 'permit'; step += 1) {
          facts = followed(facts, decision, step);
          decision = decide(world.policy, facts, QUESTION, NOW);
        }
        expect(decision.outcome).toBe('permit');
      }),
      FEW,
    );
  });
});

/** The facts after everybody did what the decision said has to happen first. */
function followed(facts: Facts, { nextSteps }: Decision, step: number): Facts {
  const session = { sessionStrength: facts.caller.signInLevel ?? 0 };
  const verifications = nextSteps
    .flatMap(({ methods = [] }) => methods)
    .map((method) => aVerification({ method, route: method === 'code' ? 'sms' : null, ...session, at: NOW }));
  const confirmations = nextSteps
    .flatMap(({ holders = [] }) => holders)
    .map(({ id: holderId, level, mandate }) =>
      aConfirmation({
        id: id.confirmation(`followed-${step}-${holderId}`),
        holderId,
        callerId: facts.caller.id ?? id.caller('nobody'),
        route: level > 1 ? 'sms' : 'email',
        answeredAt: NOW,
        mandateId: mandate?.id ?? null,
        mandateRevision: mandate?.revision ?? null,
        actions: [{ name: ACTION, key: actionKey(ACTION, PROPERTIES), isUsed: false }],
      }),
    );
  return {
    ...facts,
    caller: { ...facts.caller, verifications: [...facts.caller.verifications, ...verifications] },
    confirmations: [...facts.confirmations, ...confirmations],
  };
}

describe('a permit', () => {
  inManyWorlds('that stands on a confirmation is none once that is used up', () => {
    fc.assert(
      fc.property(situation, (world) => {
        const { outcome, confirmationIds, authority } = decided(world);
        fc.pre(outcome === 'permit' && confirmationIds.length > 0);
        const key = actionKey(ACTION, PROPERTIES);
        const confirmations = world.facts.confirmations.map((one) =>
          confirmationIds.includes(one.id)
            ? {
                ...one,
                actions: one.actions.map((action) => ({ ...action, isUsed: action.isUsed || action.key === key })),
              }
            : one,
        );
        const after = decided(world, { confirmations });
        // Another yes, or a delivery that needs none, may still be there; the one that was used never counts again.
        expect(after.confirmationIds.filter((one) => confirmationIds.includes(one))).toEqual([]);
        const spare = confirmations.filter(({ actions }) => actions.some(({ isUsed }) => !isUsed));
        if (spare.length === 0 && after.authority.kind === authority.kind) expect(after.outcome).not.toBe('permit');
      }),
      FEW,
    );
  });

  inManyWorlds('uses no confirmation that it did not need', () => {
    fc.assert(
      fc.property(situation, (world) => {
        const { outcome, confirmationIds } = decided(world);
        fc.pre(outcome === 'permit' && confirmationIds.length > 0);
        for (const needed of confirmationIds) {
          const confirmations = world.facts.confirmations.filter((one) => one.id !== needed);
          const after = decided(world, { confirmations });
          expect(after.confirmationIds).not.toEqual(confirmationIds);
          if (after.outcome === 'permit')
            expect(after.confirmationIds.length + (after.authority.kind === 'safe_delivery' ? 1 : 0)).toBeGreaterThan(
              0,
            );
        }
      }),
      FEW,
    );
  });

  it('stands on the yes of every holder who wants to be asked first, or on nobody’s say-so', () => {
    fc.assert(
      fc.property(situation, (world) => {
        const { contract } = world.facts;
        const holders = contract.holders.map((one) => ({ ...one, askFirst: ['billing'] }));
        // Whoever represents a holder by law asks nobody.
        const nobodyByLaw = { representations: [] };
        const { outcome, authority, confirmationIds } = decided(world, {
          ...nobodyByLaw,
          contract: { ...contract, holders },
        });
        if (outcome !== 'permit' || !['holder', 'mandate'].includes(authority.kind)) return;
        // Whoever joins a contact person says yes for nobody but themselves.
        const ofHolders = confirmationIds.filter((one) => !one.startsWith(id.confirmation('companion')));
        expect(ofHolders.length).toBe(contract.jointRule === 'all' ? holders.length : 1);
        // It only ever takes away: whoever asks less first had this permit too, with as many yeses or fewer.
        const without = decided(world, {
          ...nobodyByLaw,
          contract: { ...contract, holders: contract.holders.map((one) => ({ ...one, askFirst: [] })) },
        });
        expect(without.outcome).toBe('permit');
        expect(without.confirmationIds.length).toBeLessThanOrEqual(confirmationIds.length);
      }),
      RUNS,
    );
  });

  it('never records a call for what a holder refused, whoever is on the line and whatever they said in it', () => {
    fc.assert(
      fc.property(situation, fc.constantFrom(...RECORDING_PURPOSES, 'profiling'), (world, purpose) => {
        const rule = { ...world.rule, isRecording: true };
        const { contract } = world.facts;
        const [first, ...others] = contract.holders;
        if (first === undefined) return;
        const refused = purpose === 'profiling' ? (['training'] as const) : [purpose];
        const holders = [{ ...first, refusedRecordings: refused }, ...others];
        const { outcome } = decide(
          { ...world.policy, actions: new Map([[rule.name, rule]]) },
          { ...world.facts, contract: { ...contract, holders } },
          aQuestion(rule.name, { ...PROPERTIES, purpose }),
          NOW,
        );
        expect(outcome).toBe('deny');
      }),
      RUNS,
    );
  });

  it('is given to nobody whom we do not know, where a mandate or a confirmation is needed', () => {
    fc.assert(
      fc.property(situation, (world) => {
        const { call, caller } = world.facts;
        const { outcome, authority } = decided(world, {
          call: { ...call, claim: 'proxy' },
          caller: { ...caller, id: null },
        });
        if (outcome !== 'permit' || authority.kind === 'safe_delivery') return;
        expect(world.rule.proxy).toEqual(needs(0, 0, 0));
      }),
      RUNS,
    );
  });

  it('is given to nobody who claims to be the holder and is not, whatever mandate they have', () => {
    fc.assert(
      fc.property(situation, (world) => {
        const { call, caller } = world.facts;
        const { outcome, authority } = decided(world, {
          call: { ...call, claim: 'holder' },
          caller: { ...caller, id: id.caller('pim') },
        });
        if (outcome !== 'permit' || authority.kind === 'safe_delivery') return;
        expect(world.rule.holder).toEqual(needs(0, 0, 0));
      }),
      RUNS,
    );
  });
});

describe('who gets the same answer', () => {
  const rules: fc.Arbitrary<ActionRule> = situation
    .map(({ rule }) => rule)
    .filter(({ proxy }) => proxy === null || proxy.mandate > 0);

  const known = { id: id.caller('pim'), verifications: [], methods: ['calling_number', 'code'] } as const;
  const strangers = someFacts({ caller: { id: null, methods: [] } });
  const ALIKE: Readonly<Record<string, Facts>> = {
    'an unknown caller': strangers,
    'a known person without a mandate': someFacts({ caller: known }),
    'the proxy of another holder': someFacts({
      caller: known,
      mandates: [aMandate({ holderId: id.holder('stranger') })],
    }),
    'a proxy whose mandate was withdrawn': someFacts({
      caller: known,
      mandates: [aMandate({ state: 'ended', ending: 'withdrawn_by_holder' })],
    }),
    'a proxy whose mandate was withdrawn in silence': someFacts({
      caller: known,
      mandates: [aMandate({ state: 'ended', ending: 'withdrawn_by_holder', isSilent: true })],
    }),
    'a proxy whose mandate has run out': someFacts({ caller: known, mandates: [aMandate({ endsAt: NOW })] }),
    'a proxy whose mandate has not begun': someFacts({ caller: known, mandates: [aMandate({ startsAt: NOW + 1 })] }),
    'a proxy whose mandate is suspended': someFacts({ caller: known, mandates: [aMandate({ state: 'suspended' })] }),
    'a proxy whose mandate is not accepted': someFacts({
      caller: known,
      mandates: [aMandate({ state: 'pending_acceptance' })],
    }),
    'a proxy for other things': someFacts({ caller: known, mandates: [aMandate({ scopes: ['care'] })] }),
    'a proxy for another contract': someFacts({
      caller: known,
      mandates: [aMandate({ contractIds: [id.contract('elsewhere')] })],
    }),
    'a proxy by word of mouth in an earlier call': someFacts({
      caller: known,
      mandates: [aMandate({ callId: id.call('before'), evidence: [anEvidence({ form: 'oral' })] })],
    }),
    'the proxy of another holder, known by number': someFacts({
      caller: { ...known, verifications: [aVerification({ method: 'calling_number', route: null })] },
      mandates: [aMandate({ holderId: id.holder('stranger') })],
    }),
  };

  it.each(Object.entries(ALIKE))('%s is answered like somebody unknown', (_, facts) => {
    fc.assert(
      fc.property(rules, (rule) => {
        const policy = aPolicy([rule]);
        const wanted = decide(policy, strangers, QUESTION, NOW);
        expect(decide(policy, facts, QUESTION, NOW)).toEqual(wanted);
      }),
      runs(60),
    );
  });

  it('withdrawal in silence looks like no mandate to the proxy who proved who they are, too', () => {
    const verifications = [aVerification(), aVerification({ method: 'totp', route: null })];
    const policy = aPolicy([anAction({ name: ACTION, proxy: needs(2, 2, 0) })]);
    const answer = (mandates: readonly Mandate[]): Decision =>
      decide(policy, someFacts({ caller: { ...known, verifications }, mandates }), QUESTION, NOW);
    const gone: Partial<Mandate> = { state: 'ended', ending: 'withdrawn_by_holder' };
    expect(answer([aMandate({ ...gone, isSilent: true })])).toEqual(answer([]));
    expect(answer([aMandate(gone)])).not.toEqual(answer([]));
  });
});
