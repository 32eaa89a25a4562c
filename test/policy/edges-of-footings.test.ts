import { describe, expect, it } from '@jest/globals';
import { actionKey } from '../../src/policy/binding.ts';
import { decide } from '../../src/policy/decide.ts';
import type { Decision } from '../../src/policy/decision.ts';
import type { Companion, Confirmation, Evidence, Facts, Mandate } from '../../src/policy/facts.ts';
import type { ActionRule, Policy } from '../../src/policy/policy.ts';
import type { Level } from '../../src/policy/vocabulary.ts';
import {
  aConfirmation,
  aHolder,
  aLifeEvent,
  aMandate,
  anAction,
  anEvidence,
  aPolicy,
  aQuestion,
  aRepresentation,
  aVerification,
  DAY,
  id,
  MINUTE,
  needs,
  NOW,
  someFacts,
} from '../support/facts.ts';

// On what an answer stands, where several things could carry it: by law, by a mandate, with another contact person. Each of these
// stands between the law and one small change of it that no other test would notice: see docs/mutation-testing.md.

const NAME = 'contract.change';
const KNOWN = { verifications: [aVerification()] };
const BARELY_KNOWN = { verifications: [aVerification({ method: 'calling_number', route: null })] };
const EVERYWHERE: Policy['representations'] = new Map([
  ['curatele', ['billing']],
  ['parental_authority', ['billing']],
  ['insolvency', ['billing']],
]);

function answer(rule: Partial<ActionRule>, facts: Facts): Decision {
  const policy = aPolicy([anAction({ name: NAME, ...rule }), anAction({ name: 'other', scope: 'care' })], {
    representations: EVERYWHERE,
  });
  return decide(policy, facts, aQuestion(NAME), NOW);
}

function yes(changes: Partial<Confirmation> = {}): Confirmation {
  return aConfirmation({ actions: [{ name: NAME, key: actionKey(NAME, {}), isUsed: false }], ...changes });
}

/** Each with a mandate of their own name, for the contract that either of them may change. */
function mandateOf(holder: string, strength: Level = 3, changes: Partial<Mandate> = {}): Mandate {
  const evidence: Evidence[] = strength === 0 ? [] : [anEvidence({ form: 'eid', sessionStrength: strength })];
  return aMandate({ id: id.mandate(holder), holderId: id.holder(holder), evidence, ...changes });
}

function yesOf(holder: string, changes: Partial<Confirmation> = {}): Confirmation {
  return yes({ id: id.confirmation(holder), holderId: id.holder(holder), mandateId: id.mandate(holder), ...changes });
}

function holdersOf(askLevels: Readonly<Record<string, Level>>): Facts['contract']['holders'] {
  return Object.entries(askLevels).map(([name, askLevel]) => aHolder({ id: id.holder(name), askLevel }));
}

const mandatesOf = (...names: readonly string[]) => ({
  kind: 'mandate',
  mandates: names.map((name) => ({ id: id.mandate(name), revision: 1 })),
});

describe('who represents a holder by law', () => {
  const inForce = { lifeEvents: [], representations: [aRepresentation()] };

  it('is somebody whom we know', () => {
    const facts = (caller: Partial<Facts['caller']>) => someFacts({ ...inForce, caller });
    expect(answer({ proxy: needs(2, 0, 0) }, facts({}))).toMatchObject({ outcome: 'permit' });
    expect(answer({ proxy: needs(2, 0, 0) }, facts({ id: null })).outcome).toBe('deny');
  });

  it('relies on a mandate that is enough, where they are not recognised as well as the holder would confirm', () => {
    const both = { ...inForce, caller: BARELY_KNOWN, mandates: [aMandate()] };
    expect(answer({ proxy: needs(2, 1, 2) }, someFacts({ ...both, confirmations: [yes()] }))).toMatchObject({
      outcome: 'permit',
      authority: { kind: 'mandate' },
    });
  });

  it('uses nobody’s yes up, where they are recognised exactly as well', () => {
    const facts = someFacts({ ...inForce, caller: KNOWN, mandates: [aMandate()], confirmations: [yes()] });
    expect(answer({ proxy: needs(2, 1, 2) }, facts)).toMatchObject({
      outcome: 'permit',
      authority: { kind: 'representation' },
      confirmationIds: [],
    });
  });

  it('is recognised as well as a code is strong, where another holder says yes with one', () => {
    const contract = { holders: holdersOf({ anna: 2, bert: 2 }), jointRule: 'all' } as const;
    const facts = (caller: Partial<Facts['caller']>) =>
      someFacts({ ...inForce, contract, caller, mandates: [mandateOf('bert')], confirmations: [yesOf('bert')] });
    expect(answer({ proxy: needs(2, 1, 2) }, facts(BARELY_KNOWN))).toMatchObject({
      outcome: 'verify_caller',
      reason: 'caller_level_too_low',
      required: needs(2, 2, 2),
    });
    expect(answer({ proxy: needs(2, 1, 2) }, facts(KNOWN)).outcome).toBe('permit');
  });

  it('is named in the order of the holders, whoever of those may not act themselves', () => {
    const facts = someFacts({
      contract: { holders: holdersOf({ bert: 2, anna: 2 }), jointRule: 'all' },
      caller: KNOWN,
      lifeEvents: [aLifeEvent({ kind: 'curatele' })],
      representations: [
        aRepresentation({ id: id.representation('b'), holderId: id.holder('bert'), kind: 'parental_authority' }),
        aRepresentation({ id: id.representation('a') }),
      ],
    });
    expect(answer({}, facts).authority).toMatchObject({
      kind: 'representation',
      representations: [id.representation('a'), id.representation('b')],
    });
  });

  it.each(['bankruptcy', 'debt_rescheduling'] as const)(
    'after a %s acts in the scopes of insolvency, and the holder in the others',
    (kind) => {
      const happened = { lifeEvents: [aLifeEvent({ kind })], caller: KNOWN };
      const represented = { ...happened, representations: [aRepresentation({ kind: 'insolvency' })] };
      expect(answer({}, someFacts(represented)).authority.kind).toBe('representation');
      const inPerson = someFacts({
        ...happened,
        call: { claim: 'holder' },
        caller: { id: id.caller('anna'), verifications: [aVerification()] },
      });
      expect(answer({}, inPerson).reason).toBe('life_event');
      expect(answer({ scope: 'care' }, inPerson).authority).toEqual({ kind: 'holder' });
    },
  );
});

describe('what needs nobody’s say-so', () => {
  const dead = { lifeEvents: [aLifeEvent()] };

  it('is what the one on the line needs none for: a holder is not held to what proxies need', () => {
    const facts = someFacts({ ...dead, call: { claim: 'holder' }, caller: { id: null } });
    expect(answer({ holder: needs(0, 0, 0), proxy: needs(2, 2, 0) }, facts).outcome).toBe('permit');
    expect(answer({ holder: needs(0, 1, 0), proxy: needs(0, 0, 0) }, facts).reason).toBe('life_event');
  });
});

describe('a mandate', () => {
  it('is held by nobody whom we don’t know', () => {
    const facts = (caller: Partial<Facts['caller']>) => someFacts({ caller, mandates: [aMandate()] });
    expect(answer({ proxy: needs(2, 0, 0) }, facts({}))).toMatchObject({ outcome: 'permit' });
    expect(answer({ proxy: needs(2, 0, 0) }, facts({ id: null })).outcome).toBe('deny');
  });
});

describe('of two holders who may each act alone', () => {
  const asked = (decision: Decision) => decision.nextSteps[0]?.holders?.map((holder) => holder.id);

  it('the strongest mandate goes before the strongest yes', () => {
    const facts = someFacts({
      contract: { holders: holdersOf({ anna: 2, zeno: 2 }) },
      caller: KNOWN,
      mandates: [mandateOf('anna', 3), mandateOf('zeno', 4)],
      confirmations: [yesOf('anna', { route: 'sms' }), yesOf('zeno', { route: 'email' })],
    });
    expect(answer({ proxy: needs(2, 2, 1) }, facts).authority).toEqual(mandatesOf('zeno'));
  });

  it('the strongest yes decides between mandates alike', () => {
    const facts = someFacts({
      contract: { holders: holdersOf({ anna: 2, zeno: 2 }) },
      caller: KNOWN,
      mandates: [mandateOf('anna'), mandateOf('zeno')],
      confirmations: [yesOf('anna', { route: 'email' }), yesOf('zeno', { route: 'sms' })],
    });
    expect(answer({ proxy: needs(2, 2, 1) }, facts)).toMatchObject({
      authority: mandatesOf('zeno'),
      had: { confirmation: 2 },
    });
  });

  it('the yes that was given goes before one that could be asked for better', () => {
    const facts = someFacts({
      contract: { holders: holdersOf({ anna: 2, zeno: 1 }) },
      caller: KNOWN,
      mandates: [mandateOf('anna'), mandateOf('zeno')],
      confirmations: [yesOf('anna', { route: 'email' }), yesOf('zeno', { route: 'sms' })],
    });
    expect(answer({ proxy: needs(2, 2, 1) }, facts).authority).toEqual(mandatesOf('zeno'));
  });

  it('the one who can be asked best is asked', () => {
    const facts = someFacts({
      contract: { holders: holdersOf({ anna: 1, zeno: 2 }) },
      caller: KNOWN,
      mandates: [mandateOf('anna'), mandateOf('zeno')],
    });
    expect(asked(answer({ proxy: needs(2, 2, 1) }, facts))).toEqual([id.holder('zeno')]);
  });

  it('the one who can be asked goes before a stronger mandate that leads nowhere', () => {
    const facts = someFacts({
      contract: { holders: holdersOf({ anna: 0, zeno: 2 }) },
      caller: KNOWN,
      mandates: [mandateOf('anna', 4), mandateOf('zeno', 0)],
    });
    expect(asked(answer({ proxy: needs(2, 2, 2) }, facts))).toEqual([id.holder('zeno')]);
  });

  it('the one who can be asked goes before a mandate in which nobody can join', () => {
    const facts = someFacts({
      contract: { holders: holdersOf({ anna: 2, zeno: 2 }) },
      caller: KNOWN,
      mandates: [mandateOf('anna', 4, { isJoint: true }), mandateOf('zeno', 0)],
    });
    const decision = answer({}, facts);
    expect(decision.outcome).toBe('ask_holder');
    expect(asked(decision)).toEqual([id.holder('zeno')]);
  });
});

describe('another contact person', () => {
  const jointly = { caller: KNOWN, mandates: [mandateOf('anna', 3, { isJoint: true })] };

  function companion(name: string, changes: Partial<Mandate> = {}): Companion {
    const mandate = aMandate({ id: id.mandate(name), evidence: [anEvidence()], ...changes });
    return { id: id.holder(name), askLevel: 2, mandate };
  }

  const joined = (...companions: readonly Companion[]) =>
    answer({}, someFacts({ ...jointly, companions, confirmations: [yesOf('piet')] }));

  it('joins with their yes', () => {
    expect(joined(companion('piet'))).toMatchObject({ outcome: 'permit', authority: mandatesOf('anna', 'piet') });
  });

  it('of another organisation does not join, nor does the one on the line', () => {
    expect(joined(companion('piet', { holderId: id.holder('zeno') }))).toMatchObject({
      outcome: 'deny',
      reason: 'joint_holder_missing',
    });
    const companions = [companion('pim')];
    expect(answer({}, someFacts({ ...jointly, companions, confirmations: [yesOf('pim')] }))).toMatchObject({
      outcome: 'deny',
      reason: 'joint_holder_missing',
    });
  });

  it('bounds the answer by the end of their mandate, and by when it grows weaker', () => {
    const strong = companion('piet', { endsAt: NOW + MINUTE });
    expect(joined(strong).validUntil).toBe(NOW + MINUTE);
    // A code of a year ago, all but two minutes.
    const evidence = [anEvidence({ form: 'code', sessionStrength: 2, at: Date.UTC(2025, 2, 16, 10, 32) })];
    expect(joined(companion('piet', { evidence })).validUntil).toBe(NOW + 2 * MINUTE);
    expect(joined(companion('piet', { evidence, endsAt: NOW + MINUTE })).validUntil).toBe(NOW + MINUTE);
    expect(joined(companion('piet', { endsAt: NOW + DAY })).validUntil).toBe(NOW + 5 * MINUTE);
  });

  it('is asked besides the others: one yes of them is enough', () => {
    const one = { level: 2, oneOf: id.holder('bert') };
    const companions = ['carel', 'bert'].map((name) => companion(name));
    expect(answer({}, someFacts({ ...jointly, companions })).nextSteps[0]?.holders).toEqual([
      { ...one, id: id.holder('bert'), mandate: { id: id.mandate('bert'), revision: 1 } },
      { ...one, id: id.holder('carel'), mandate: { id: id.mandate('carel'), revision: 1 } },
    ]);
  });

  it('who is the only one is asked, and nobody’s yes stands in for theirs', () => {
    const companions = [companion('bert')];
    expect(answer({}, someFacts({ ...jointly, companions })).nextSteps[0]?.holders).toEqual([
      { id: id.holder('bert'), level: 2, mandate: { id: id.mandate('bert'), revision: 1 } },
    ]);
  });
});

describe('software', () => {
  it('that passes for a human being has nothing done that takes somebody’s say-so, however little it takes of the caller', () => {
    const facts = (isAnnounced: boolean) =>
      someFacts({ caller: { ...KNOWN, software: { ceiling: 2, isAnnounced } }, mandates: [aMandate()] });
    expect(answer({ proxy: needs(2, 0, 0) }, facts(true)).outcome).toBe('permit');
    expect(answer({ proxy: needs(2, 0, 0) }, facts(false))).toMatchObject({
      outcome: 'deny',
      reason: 'caller_not_identified',
      obligations: [],
    });
  });

  it('says what it is, in words, and owes no word of having said so', () => {
    const software = { ceiling: 2, isAnnounced: true } as const;
    const facts = someFacts({ caller: { ...KNOWN, software }, mandates: [aMandate()] });
    expect(answer({}, facts).obligations).toEqual([
      {
        type: 'announce',
        text: {
          nl: expect.stringContaining('computerprogramma'),
          en: expect.stringContaining('computer program'),
        },
        needsReceipt: false,
      },
    ]);
  });

  it('is owed nothing where it is refused', () => {
    const software = { ceiling: 2, isAnnounced: true } as const;
    expect(answer({}, someFacts({ caller: { ...KNOWN, software } }))).toMatchObject({
      outcome: 'deny',
      obligations: [],
    });
  });
});
