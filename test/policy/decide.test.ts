import { describe, expect, it } from '@jest/globals';
import { actionKey } from '../../src/policy/binding.ts';
import { decide } from '../../src/policy/decide.ts';
import type { Mandate } from '../../src/policy/facts.ts';
import { decideInOrder } from '../../src/policy/in-order.ts';
import type { ConditionInput } from '../../src/policy/policy.ts';
import { isOnlyByLaw, isOpenToHolders } from '../../src/policy/scopes.ts';
import {
  aConfirmation,
  aHolder,
  aMandate,
  anAction,
  anEvidence,
  aPolicy,
  aQuestion,
  aVerification,
  id,
  needs,
  NOW,
  someFacts,
} from '../support/facts.ts';

describe('a scope', () => {
  const policy = aPolicy(
    [
      anAction({ name: 'estate.settle', scope: 'estate', proxy: needs(4, 2, 0) }),
      anAction({ name: 'estate.talk', scope: 'estate', proxy: null }),
      anAction({ name: 'deed.show', scope: 'deeds', proxy: needs(4, 2, 0) }),
      anAction({ name: 'invoice.explain', scope: 'billing', proxy: needs(3, 2, 0) }),
    ],
    { representations: new Map([['executor', ['estate', 'billing']]]) },
  );

  it('is given by a holder themselves where an action of it takes no more than they can say', () => {
    expect(['estate', 'deeds', 'billing', 'none'].map((scope) => isOpenToHolders(policy, scope))).toEqual([
      false,
      false,
      true,
      false,
    ]);
  });

  it('is given by the law alone where an executor acts, and no holder could', () => {
    expect(['estate', 'deeds', 'billing', 'none'].map((scope) => isOnlyByLaw(policy, scope))).toEqual([
      true,
      false,
      false,
      false,
    ]);
    expect(isOnlyByLaw({ ...policy, representations: new Map() }, 'estate')).toBe(false);
  });
});

describe('what is done in one request', () => {
  const say = { type: 'announce', text: { nl: 'Eerst dit.', en: 'This first.' }, needsReceipt: true } as const;
  const open = { holder: needs(0, 0, 0) };
  const policy = aPolicy([
    anAction({ ...open, name: 'line.test', scope: 'faults', obligations: [{ ...say, needsReceipt: false }, say] }),
    anAction({ ...open, name: 'modem.restart', scope: 'faults' }),
    anAction({ ...open, name: 'invoice.explain', scope: 'billing', obligations: [{ ...say, needsReceipt: false }] }),
    anAction({ ...open, name: 'invoice.copy', scope: 'billing' }),
    anAction({ name: 'line.move', scope: 'faults', holder: needs(0, 2, 0), obligations: [say] }),
  ]);
  const facts = someFacts({ call: { claim: 'holder' }, caller: { id: id.caller('anna') } });
  const inOrder = (...names: string[]) =>
    decideInOrder(
      policy,
      facts,
      names.map((name) => aQuestion(name)),
      NOW,
      (place) => `check.${place}`,
    );
  const reasons = (...names: string[]): string[] => inOrder(...names).map(({ reason }) => reason);

  it('is decided in the order asked: what comes with a permit, and needs a receipt, is owed to the next of its scope', () => {
    expect(reasons('line.test', 'invoice.explain', 'modem.restart')).toEqual([
      'permitted',
      'permitted',
      'condition_failed',
    ]);
    expect(inOrder('invoice.copy', 'line.test', 'modem.restart')[2]?.nextSteps).toEqual([
      { type: 'fulfil_obligation', obligations: [{ id: 'check.1.1', type: 'announce', scope: 'faults' }] },
    ]);
    expect(reasons('modem.restart', 'line.test')).toEqual(['permitted', 'permitted']);
    expect(reasons('invoice.explain', 'invoice.copy')).toEqual(['permitted', 'permitted']);
  });

  it('owes nothing for what is not permitted, and adds to what was owed before', () => {
    expect(reasons('line.move', 'nobody.knows', 'modem.restart')).toEqual([
      'caller_not_identified',
      'unknown_action',
      'permitted',
    ]);
    const owed = { id: 'earlier.0.0' as never, type: 'announce', scope: 'billing' } as const;
    const [, copy] = decideInOrder(
      policy,
      { ...facts, openObligations: [owed] },
      [aQuestion('line.test'), aQuestion('invoice.copy')],
      NOW,
      String,
    );
    expect(copy?.nextSteps).toEqual([{ type: 'fulfil_obligation', obligations: [owed] }]);
    expect(facts.openObligations).toBeUndefined();
  });
});

/** What the golden cases can't say, because no document compiles to such a policy or no world holds such rows. */
describe('decide', () => {
  const name = 'contract.change';
  const question = aQuestion(name);
  const yes = aConfirmation({ actions: [{ name, key: actionKey(name, {}), isUsed: false }] });

  it('refuses proxies on a channel that the policy says nothing about', () => {
    const policy = { ...aPolicy([anAction({ name })]), channels: new Map() };
    expect(decide(policy, someFacts(), question, NOW)).toMatchObject({
      outcome: 'deny',
      reason: 'channel_not_allowed',
      nextSteps: [{ type: 'letter' }],
    });
  });

  it('knows no action on another type of thing than it is for', () => {
    const policy = aPolicy([
      anAction({ name: 'record.read', resourceType: 'record', holder: needs(0, 0, 0) }),
      anAction({ name, holder: needs(0, 0, 0) }),
    ]);
    const anna = { call: { claim: 'holder' as const }, caller: { id: id.caller('anna') } };
    const reasonOn = (type: string | undefined, action: string): string =>
      decide(policy, someFacts({ ...anna, contract: type === undefined ? {} : { type } }), aQuestion(action), NOW)
        .reason;
    expect([reasonOn('record', 'record.read'), reasonOn(undefined, name)]).toEqual(['permitted', 'permitted']);
    expect([reasonOn('record', name), reasonOn(undefined, 'record.read')]).toEqual([
      'unknown_action',
      'unknown_action',
    ]);
  });

  it('takes the word of the enforcing side for a caller whom we know, as far as it goes, and for nobody else', () => {
    const policy = aPolicy([anAction({ name, holder: needs(0, 1, 0), proxy: needs(0, 1, 0) })]);
    const outcomeOf = (caller: object, claim: 'holder' | 'proxy' = 'holder'): string =>
      decide(
        policy,
        someFacts({ call: { claim }, caller: { verifications: [], methods: [], ...caller } }),
        question,
        NOW,
      ).outcome;
    const anna = { id: id.caller('anna') };
    expect(outcomeOf({ ...anna, vouchedLevel: 1 })).toBe('permit');
    expect(outcomeOf(anna)).toBe('deny');
    expect(outcomeOf({ ...anna, vouchedLevel: 0 })).toBe('deny');
    expect(outcomeOf({ id: null, vouchedLevel: 2 }, 'proxy')).toBe('deny');
    // What was shown counts as well as what is vouched for: the better of the two.
    expect(outcomeOf({ ...anna, vouchedLevel: 1, verifications: [aVerification()] })).toBe('permit');
    const strict = aPolicy([anAction({ name, holder: needs(0, 2, 0) })]);
    const facts = someFacts({
      call: { claim: 'holder' },
      caller: { ...anna, vouchedLevel: 1, verifications: [aVerification()] },
    });
    expect(decide(strict, facts, question, NOW).had.caller).toBe(2);
  });

  it('shows a condition what is known of the caller, and nothing of who they are', () => {
    const seen: unknown[] = [];
    const condition = { source: 'true', evaluate: (input: unknown) => seen.push(input) > 0 };
    const policy = aPolicy([anAction({ name, condition })]);
    const known = { verifications: [aVerification()], properties: { role: 'admin' } };
    decide(policy, someFacts({ caller: known }), question, NOW);
    decide(policy, someFacts({ caller: { ...known, verifications: [] } }), question, NOW);
    decide(policy, someFacts({ caller: { verifications: [aVerification()] } }), question, NOW);
    expect(seen.map((input) => (input as ConditionInput).subject.properties)).toEqual([{ role: 'admin' }, {}, {}]);
    expect(Object.keys(seen[0] as object).toSorted()).toEqual(['action', 'call', 'contract', 'resource', 'subject']);
  });

  it('holds nobody but the holder who comes to the phone free of a no to somebody else', () => {
    const policy = aPolicy([anAction({ name, holder: needs(0, 2, 0), proxy: needs(2, 2, 0) })]);
    const no = { ...yes, answer: 'declined' as const };
    const reasonFor = (claim: 'holder' | 'proxy', caller: string, asked: string) =>
      decide(
        policy,
        someFacts({
          call: { claim },
          caller: { id: id.caller(caller), verifications: [aVerification()] },
          mandates: [aMandate()],
          confirmations: [{ ...no, callerId: id.caller(asked) }],
        }),
        question,
        NOW,
      ).reason;
    expect(reasonFor('holder', 'anna', 'pim')).toBe('permitted');
    expect(reasonFor('holder', 'anna', 'anna')).toBe('holder_declined');
    expect(reasonFor('proxy', 'pim', 'pim')).toBe('holder_declined');
    expect(reasonFor('proxy', 'quinten', 'pim')).toBe('holder_declined');
    // Who only says so is no holder in person.
    expect(reasonFor('holder', 'pim', 'quinten')).toBe('holder_declined');
  });

  it('names the strength that a yes must have, and the revision that it is about', () => {
    const policy = aPolicy([anAction({ name, proxy: needs(2, 1, 1) })]);
    const facts = someFacts({
      caller: { verifications: [aVerification()] },
      mandates: [aMandate({ revision: 4, evidence: [anEvidence({ form: 'email' })] })],
    });
    expect(decide(policy, facts, question, NOW).nextSteps[0]).toEqual({
      type: 'ask_holder',
      holders: [{ id: id.holder('anna'), level: 2, mandate: { id: id.mandate('one'), revision: 4 } }],
    });
  });

  it('uses the yes that is fresh for longest, and the smaller id of two alike', () => {
    const policy = aPolicy([anAction({ name, proxy: needs(2, 2, 2) })]);
    const used = (...confirmations: readonly Partial<typeof yes>[]) =>
      decide(
        policy,
        someFacts({
          caller: { verifications: [aVerification()] },
          mandates: [aMandate()],
          confirmations: confirmations.map((changes) => ({ ...yes, ...changes })),
        }),
        question,
        NOW,
      ).confirmationIds;
    const [a, b, c] = ['a', 'b', 'c'].map((one) => id.confirmation(one));
    expect(used({ id: a, answeredAt: NOW - 9000 }, { id: b, answeredAt: NOW - 1000 })).toEqual([b]);
    expect(used({ id: c }, { id: a }, { id: b })).toEqual([a]);
  });

  it('leaves the yes of one holder unused where another holder let it be done without one', () => {
    const policy = aPolicy([anAction({ name, proxy: needs(2, 2, 0), holder: needs(0, 2, 0) })]);
    const holders = [aHolder({ id: id.holder('anna'), askFirst: ['billing'] }), aHolder({ id: id.holder('bert') })];
    const ofAnna = aMandate({ evidence: [anEvidence({ form: 'eid', sessionStrength: 4 })] });
    const ofBert = aMandate({ id: id.mandate('two'), holderId: id.holder('bert') });
    const permit = (claim: 'holder' | 'proxy', mandates: readonly Mandate[], given: Partial<typeof yes>) => {
      const callerId = id.caller(claim === 'holder' ? 'anna' : 'pim');
      const { outcome, authority, confirmationIds } = decide(
        policy,
        someFacts({
          call: { claim },
          contract: { holders },
          caller: { id: callerId, verifications: [aVerification()] },
          mandates,
          confirmations: [{ ...yes, callerId, ...given }],
        }),
        question,
        NOW,
      );
      return { outcome, kind: authority.kind, used: confirmationIds.length };
    };
    const oneMandate = { mandateId: ofAnna.id, mandateRevision: ofAnna.revision };
    expect(permit('proxy', [ofAnna], oneMandate)).toEqual({ outcome: 'permit', kind: 'mandate', used: 1 });
    expect(permit('proxy', [ofAnna, ofBert], oneMandate)).toEqual({ outcome: 'permit', kind: 'mandate', used: 0 });
    // Nor is the yes of who is on the line, where somebody else's mandate asks for none.
    const ofNone = { mandateId: null, mandateRevision: null };
    expect(permit('holder', [], ofNone)).toEqual({ outcome: 'permit', kind: 'holder', used: 1 });
    expect(permit('holder', [ofBert], ofNone)).toEqual({ outcome: 'permit', kind: 'mandate', used: 0 });
  });

  it('leaves the yes of another contact person unused where somebody may act alone, too', () => {
    const policy = aPolicy([anAction({ name, proxy: needs(2, 2, 0) })]);
    const joint = aMandate({ isJoint: true, evidence: [anEvidence({ form: 'eid', sessionStrength: 4 })] });
    const alone = aMandate({ id: id.mandate('two') });
    const ofDora = aMandate({ id: id.mandate('four') });
    const used = (mandates: readonly Mandate[]) =>
      decide(
        policy,
        someFacts({
          caller: { verifications: [aVerification()] },
          mandates,
          companions: [{ id: id.holder('dora'), askLevel: 2, mandate: ofDora }],
          confirmations: [
            { ...yes, holderId: id.holder('dora'), mandateId: ofDora.id, mandateRevision: ofDora.revision },
          ],
        }),
        question,
        NOW,
      ).confirmationIds;
    expect(used([joint])).toEqual([yes.id]);
    expect(used([joint, alone])).toEqual([]);
  });

  it('asks the holder who gave the mandate with the smaller id when two are alike', () => {
    const policy = aPolicy([anAction({ name, proxy: needs(2, 2, 2) })]);
    const holders = ['bert', 'anna'].map((one) => aHolder({ id: id.holder(one) }));
    const mandates = ['bert', 'anna'].map((one) => aMandate({ id: id.mandate(one), holderId: id.holder(one) }));
    const facts = someFacts({ contract: { holders }, caller: { verifications: [aVerification()] }, mandates });
    expect(decide(policy, facts, question, NOW).nextSteps[0]?.holders).toMatchObject([{ id: id.holder('anna') }]);
  });

  it('names joint holders in one order, in whatever order they arrive', () => {
    const policy = aPolicy([anAction({ name, proxy: needs(2, 2, 2) })]);
    const names = ['anna', 'bert', 'carel'];
    const answer = (order: readonly string[]) =>
      decide(
        policy,
        someFacts({
          contract: { jointRule: 'all', holders: order.map((one) => aHolder({ id: id.holder(one) })) },
          caller: { verifications: [aVerification()] },
          mandates: order.map((one) => aMandate({ id: id.mandate(one), holderId: id.holder(one) })),
        }),
        question,
        NOW,
      );
    expect(answer(names.toReversed())).toEqual(answer(names));
    expect(answer(names.toReversed()).nextSteps[0]?.holders).toMatchObject(
      names.map((one) => ({ id: id.holder(one) })),
    );
  });

  it('is fresh no longer than the policy says', () => {
    const policy = aPolicy([anAction({ name, proxy: needs(0, 0, 0) })], { limits: { decisionSeconds: 7 } });
    expect(decide(policy, someFacts(), question, NOW).validUntil).toBe(NOW + 7000);
  });

  it('offers the holder no way to confirm what no code can', () => {
    const policy = aPolicy([anAction({ name, proxy: needs(2, 2, 3) })]);
    const facts = someFacts({ caller: { verifications: [aVerification()] }, mandates: [aMandate()] });
    expect(decide(policy, facts, question, NOW)).toMatchObject({
      outcome: 'deny',
      reason: 'holder_confirmation_required',
      nextSteps: [{ type: 'grant_in_self_service' }, { type: 'letter' }],
    });
  });

  it('ignores, among the mandates, one whose giver holds nothing here', () => {
    const policy = aPolicy([anAction({ name })]);
    const caller = { verifications: [aVerification()] };
    const foreign = aMandate({ holderId: id.holder('stranger') });
    expect(decide(policy, someFacts({ caller, mandates: [foreign] }), question, NOW)).toEqual(
      decide(policy, someFacts({ caller }), question, NOW),
    );
  });
});
