import { describe, expect, it } from '@jest/globals';
import { actionKey } from '../../src/policy/binding.ts';
import { decide } from '../../src/policy/decide.ts';
import type { Decision } from '../../src/policy/decision.ts';
import type { AgentStanding, Attestation, Confirmation, Facts, Mandate } from '../../src/policy/facts.ts';
import { carried, mayBePassedOn, stateUnder } from '../../src/policy/passed-on.ts';
import type { ActionRule, AgentRule, Condition } from '../../src/policy/policy.ts';
import { mandateStrength } from '../../src/policy/strength.ts';
import {
  aConfirmation,
  aHolder,
  aMandate,
  anAction,
  anEvidence,
  aParent,
  aPolicy,
  aQuestion,
  aVerification,
  DAY,
  id,
  needs,
  NOW,
  someFacts,
} from '../support/facts.ts';

// Each of these stands between the law and one small change of it that no other test would notice: see
// docs/mutation-testing.md.

const NAME = 'contract.change';
const KNOWN = { verifications: [aVerification()] };
const ANNA = { id: id.caller('anna'), verifications: [aVerification()] };

function answer(rule: Partial<ActionRule>, facts: Facts): Decision {
  return decide(aPolicy([anAction({ name: NAME, ...rule })]), facts, aQuestion(NAME), NOW);
}

function yes(changes: Partial<Confirmation> = {}): Confirmation {
  return aConfirmation({ actions: [{ name: NAME, key: actionKey(NAME, {}), isUsed: false }], ...changes });
}

function mandateOf(holder: string, changes: Partial<Mandate> = {}): Mandate {
  return aMandate({ id: id.mandate(holder), holderId: id.holder(holder), ...changes });
}

const BOTH = { holders: [aHolder(), aHolder({ id: id.holder('bert') })] };

describe('a caller', () => {
  it('whom nobody knows is not identified by proofs about nobody', () => {
    const facts = someFacts({ caller: { id: null, verifications: [aVerification()] } });
    expect(answer({ proxy: needs(0, 2, 0) }, facts)).toMatchObject({ outcome: 'deny', had: { caller: 0 } });
  });

  it('may have done what needs nothing when they only claim to be the holder, whatever proxies need', () => {
    const facts = someFacts({ call: { claim: 'holder' }, caller: { id: null } });
    expect(answer({ holder: needs(0, 0, 0), proxy: needs(2, 2, 0) }, facts).outcome).toBe('permit');
  });

  it('who proved to be the proxy is told how well, too', () => {
    const facts = someFacts({ caller: KNOWN, mandates: [aMandate({ state: 'suspended' })] });
    expect(answer({}, facts)).toMatchObject({ reason: 'mandate_suspended', had: { caller: 2 } });
  });
});

describe('the holder in person', () => {
  const confirmed: Partial<ActionRule> = { holder: needs(0, 2, 2) };

  it('is asked about no mandate', () => {
    const { nextSteps } = answer(confirmed, someFacts({ call: { claim: 'holder' }, caller: ANNA }));
    expect(nextSteps[0]).toEqual({ type: 'ask_holder', holders: [{ id: id.holder('anna'), level: 2, mandate: null }] });
  });

  it('who can’t be asked is called back, and not sent to grant themselves something', () => {
    const contract = { holders: [aHolder({ askLevel: 0 })] };
    const { nextSteps } = answer(confirmed, someFacts({ call: { claim: 'holder' }, contract, caller: ANNA }));
    expect(nextSteps).toEqual([{ type: 'call_back' }, { type: 'letter' }]);
  });

  it('stands for themselves where only their code is needed', () => {
    const none = { mandateId: null, mandateRevision: null, callerId: id.caller('anna') };
    const facts = someFacts({ call: { claim: 'holder' }, caller: ANNA, confirmations: [yes(none)] });
    expect(answer({ holder: needs(0, 0, 2) }, facts)).toMatchObject({
      outcome: 'permit',
      authority: { kind: 'holder' },
    });
  });

  it('comes before the strongest mandate that a joint holder gave them', () => {
    const mandates = [mandateOf('bert', { evidence: [anEvidence({ form: 'court', sessionStrength: 4 })] })];
    const contract = { holders: [aHolder({ askLevel: 0 }), aHolder({ id: id.holder('bert') })] };
    const facts = someFacts({ call: { claim: 'holder' }, contract, caller: ANNA, mandates });
    expect(answer({}, facts).authority).toEqual({ kind: 'holder' });
  });
});

describe('joint holders', () => {
  it('are asked to make a mandate stronger that is there, however weak', () => {
    const mandates = [mandateOf('anna'), mandateOf('bert', { evidence: [] })];
    const facts = someFacts({ contract: { ...BOTH, jointRule: 'all' }, caller: KNOWN, mandates });
    expect(answer({}, facts)).toMatchObject({ outcome: 'ask_holder', reason: 'mandate_level_too_low' });
  });

  it('who said yes before they gave a weaker mandate have said yes', () => {
    const weak = mandateOf('bert', { evidence: [anEvidence({ form: 'email' })] });
    const said = yes({ holderId: id.holder('bert'), mandateId: null, mandateRevision: null });
    const facts = someFacts({
      contract: { ...BOTH, jointRule: 'all' },
      caller: KNOWN,
      mandates: [mandateOf('anna'), weak],
      confirmations: [said],
    });
    expect(answer({}, facts)).toMatchObject({ outcome: 'permit', confirmationIds: [said.id] });
  });

  it('give mandates that are theirs, whichever of them it is', () => {
    const mandates = [mandateOf('bert', { state: 'suspended' })];
    expect(answer({}, someFacts({ contract: BOTH, caller: KNOWN, mandates })).reason).toBe('mandate_suspended');
  });
});

describe('of two', () => {
  it('mandates alike of one holder, the one with the smaller id is relied on, in whatever order they come', () => {
    const two = ['a', 'b'].map((name) => aMandate({ id: id.mandate(name) }));
    for (const mandates of [two, two.toReversed()]) {
      const { authority } = answer({}, someFacts({ caller: KNOWN, mandates }));
      expect(authority).toEqual({ kind: 'mandate', mandates: [{ id: id.mandate('a'), revision: 1 }] });
    }
  });

  it.each<[string, Partial<Confirmation>, Partial<Confirmation>]>([
    ['stronger', { route: 'sms', answeredAt: NOW - 9_000 }, { route: 'email', answeredAt: NOW - 1_000 }],
    ['fresher', { answeredAt: NOW - 1_000 }, { answeredAt: NOW - 9_000 }],
  ])('yeses the %s one is used, in whatever order they come', (_, better, other) => {
    const two = [yes({ id: id.confirmation('z'), ...better }), yes({ id: id.confirmation('a'), ...other })];
    for (const confirmations of [two, two.toReversed()]) {
      const facts = someFacts({ caller: KNOWN, mandates: [aMandate()], confirmations });
      expect(answer({ proxy: needs(2, 2, 1) }, facts).confirmationIds).toEqual([id.confirmation('z')]);
    }
  });

  it('mandates that begin later, the answer is fresh until the first does, in whatever order they come', () => {
    const two = [2_000, 1_000].map((later) => aMandate({ id: id.mandate(`${later}`), startsAt: NOW + later }));
    for (const mandates of [two, two.toReversed()]) {
      expect(answer({}, someFacts({ caller: KNOWN, mandates })).validUntil).toBe(NOW + 1_000);
    }
  });

  it('mandates that don’t help, the more helpful reason is told, however soon the other ends', () => {
    const two = [aMandate({ state: 'suspended' }), aMandate({ id: id.mandate('later'), startsAt: NOW + 1_000 })];
    for (const mandates of [two, two.toReversed()]) {
      const { reason, validUntil } = answer({}, someFacts({ caller: KNOWN, mandates }));
      expect([reason, validUntil]).toEqual(['mandate_suspended', NOW + 300_000]);
    }
  });

  it('actions that the holder refused together, each is refused', () => {
    const actions = ['invoice.copy', NAME].map((name) => ({ name, key: actionKey(name, {}), isUsed: false }));
    const confirmations = [yes({ answer: 'declined', actions })];
    const facts = someFacts({ caller: KNOWN, mandates: [aMandate()], confirmations });
    expect(answer({}, facts).reason).toBe('holder_declined');
  });

  it('boundaries, the nearer one counts where the delivery is refused, too', () => {
    const facts = someFacts({
      caller: KNOWN,
      mandates: [aMandate({ startsAt: NOW + 1_000 })],
      delivery: { addressChangedAt: NOW - 30 * DAY + 5_000 },
    });
    expect(answer({ safeDelivery: { maximum: 1, perDays: 30 } }, facts)).toMatchObject({
      reason: 'delivery_address_too_new',
      validUntil: NOW + 1_000,
    });
  });
});

describe('an answer', () => {
  it('counts from the millisecond in which it was given', () => {
    const facts = someFacts({ caller: KNOWN, mandates: [aMandate()], confirmations: [yes({ answeredAt: NOW })] });
    expect(answer({ proxy: needs(2, 2, 2) }, facts).outcome).toBe('permit');
  });

  it('that refuses obliges nobody to anything', () => {
    expect(
      answer({ obligations: [{ type: 'notify_holder', text: null, needsReceipt: false }] }, someFacts()).obligations,
    ).toEqual([]);
  });

  it('may depend on the channel', () => {
    const condition = {
      source: 'test',
      evaluate: ({ call }: { call: { channel: string } }) => call.channel === 'chat',
    };
    const on = (channel: 'chat' | 'phone') =>
      answer({ condition }, someFacts({ call: { channel }, caller: KNOWN, mandates: [aMandate()] })).reason;
    expect([on('chat'), on('phone')]).toEqual(['permitted', 'condition_failed']);
  });
});

describe('a condition', () => {
  it('reads the contract by either of its two names', () => {
    const reasonFor = (status: string) => {
      const condition: Condition = {
        source: 'test',
        evaluate: ({ contract, resource }) =>
          contract.properties['status'] === 'active' && resource.properties['status'] === 'active',
      };
      const contract = { properties: { status } };
      return answer({ condition }, someFacts({ contract, caller: KNOWN, mandates: [aMandate()] })).reason;
    };
    expect([reasonFor('active'), reasonFor('stopped')]).toEqual(['permitted', 'condition_failed']);
  });
});

describe('an action of no other type', () => {
  it('is one of a contract', () => {
    expect(answer({ resourceType: 'contract' }, someFacts({ caller: KNOWN, mandates: [aMandate()] })).outcome).toBe(
      'permit',
    );
  });
});

describe('an agent', () => {
  const secrecy: Attestation = { kind: 'secrecy', channel: null, issuedAt: NOW - DAY, expiresAt: NOW + DAY };

  function reasonFor(agent: Partial<AgentStanding>, rule: Partial<AgentRule>): string {
    const standing = { skills: [], flags: [], attestations: [], ...agent };
    const facts = someFacts({ call: { agent: standing }, caller: KNOWN, mandates: [aMandate()] });
    return answer({ agent: { skills: [], attestations: [], notFlagged: [], ...rule } }, facts).reason;
  }

  it('is kept out by any one of the flags that exclude', () => {
    const rule = { notFlagged: ['on_trial', 'away'] };
    expect([['on_trial'], ['away'], ['other'], []].map((flags) => reasonFor({ flags }, rule))).toEqual([
      'agent_not_allowed',
      'agent_not_allowed',
      'permitted',
      'permitted',
    ]);
  });

  it.each<[string, Partial<Attestation>, string]>([
    ['for every channel', {}, 'permitted'],
    ['for the channel of the call', { channel: 'phone' }, 'permitted'],
    ['for another channel', { channel: 'chat' }, 'attestation_expired'],
    ['for another thing', { kind: 'training' }, 'attestation_expired'],
    ['until now', { expiresAt: NOW }, 'attestation_expired'],
    ['until a millisecond from now', { expiresAt: NOW + 1 }, 'permitted'],
    ['until yesterday', { expiresAt: NOW - DAY }, 'attestation_expired'],
  ])('who signed %s is answered by that', (_, changes, reason) => {
    const attestations = [{ ...secrecy, ...changes }];
    expect(reasonFor({ attestations }, { attestations: ['secrecy'] })).toBe(reason);
  });

  it('needs nothing for a channel of which the policy says nothing', () => {
    const facts = someFacts({ call: { claim: 'holder' }, caller: ANNA });
    const policy = { ...aPolicy([anAction({ name: NAME })]), channels: new Map() };
    expect(decide(policy, facts, aQuestion(NAME), NOW).outcome).toBe('permit');
  });
});

describe('what was passed on', () => {
  const policy = aPolicy([anAction({ name: NAME })]);

  it('rests in silence while the holder blocks who passed it on', () => {
    const blocked = aMandate({ parent: aParent({ hasBlockedProxy: true }) });
    expect(carried(policy, blocked)).toMatchObject({ state: 'suspended', isSilent: true });
    expect(carried(policy, aMandate({ parent: aParent() }))).toMatchObject({ state: 'active', isSilent: false });
  });

  it('is nothing that the policy knows no more', () => {
    expect(mayBePassedOn(policy, 'billing')).toBe(true);
    expect(mayBePassedOn(policy, 'gone')).toBe(false);
  });

  it.each([
    ['rests', { state: 'suspended', ending: null, mayPassOn: true }],
    ['may not be passed on any more', { state: 'active', ending: null, mayPassOn: false }],
  ] as const)('and has ended stays so, though what it was made from %s', (_, parent) => {
    const ended = { state: 'ended', ending: 'withdrawn_by_proxy' } as const;
    expect(stateUnder(ended, parent)).toEqual(ended);
  });
});

describe('a mandate', () => {
  it('does not stay strong by weak proof that came later', () => {
    const evidence = [
      anEvidence({ form: 'code', sessionStrength: 2, at: NOW - 400 * DAY }),
      anEvidence({ form: 'letter', sessionStrength: 2, at: NOW - DAY }),
    ];
    expect(mandateStrength(aMandate({ evidence }), NOW, 12)).toEqual({ level: 1, until: null });
  });
});
