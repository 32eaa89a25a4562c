import fc from 'fast-check';
import { actionKey } from '../../src/policy/binding.ts';
import type {
  AgentStanding,
  Attestation,
  Confirmation,
  Evidence,
  Facts,
  HolderFacts,
  LifeEvent,
  Mandate,
  ParentMandate,
  Representation,
  Verification,
} from '../../src/policy/facts.ts';
import type { CallerId } from '../../src/policy/ids.ts';
import type { ActionRule, Policy, Properties, Requirement } from '../../src/policy/policy.ts';
import {
  CODE_ROUTES,
  EVIDENCE_FORMS,
  type Level,
  LIFE_EVENT_KINDS,
  MANDATE_ENDINGS,
  MANDATE_STATES,
  REPRESENTATION_KINDS,
  VERIFICATION_METHODS,
  RECORDING_PURPOSES,
  type RecordingPurpose,
} from '../../src/policy/vocabulary.ts';
import {
  aConfirmation,
  aHolder,
  aLifeEvent,
  aMandate,
  anAction,
  anEvidence,
  aParent,
  aPolicy,
  aRepresentation,
  DAY,
  HOUR,
  id,
  MINUTE,
  NOW,
  someFacts,
} from '../support/facts.ts';

/**
 * Small worlds that collide often: two holders, three mandates, one action. Moments lie on either side of every edge, and
 * on it.
 */

export const ACTION = 'invoice.explain';
export const PROPERTIES = { number: 7 };

export interface Situation {
  readonly policy: Policy;
  readonly rule: ActionRule;
  readonly facts: Facts;
}

/** `usual` nine times out of ten: most worlds should get past the early stages, or the later ones would hardly be seen. */
function mostly<T>(usual: T, ...others: readonly T[]): fc.Arbitrary<T> {
  return fc.nat(10 * others.length - 1).map((at) => others[at] ?? usual);
}

function rarely<T>(usual: T, ...others: readonly T[]): fc.Arbitrary<T> {
  return fc.nat(40 * others.length - 1).map((at) => others[at] ?? usual);
}

const requirement: fc.Arbitrary<Requirement> = fc.record({
  mandate: fc.constantFrom<Level>(0, 1, 1, 2, 2, 3, 4),
  caller: fc.constantFrom<Level>(0, 1, 1, 2, 2, 3, 4),
  confirmation: fc.constantFrom<Level>(0, 0, 0, 1, 2, 2, 3),
});

const rule: fc.Arbitrary<ActionRule> = fc
  .record({
    proxy: fc.option(requirement, { freq: 20 }),
    holder: requirement.map((one): Requirement => ({ ...one, mandate: 0 })),
    channels: rarely<ActionRule['channels']>(['phone', 'chat'], ['chat']),
    agentRoles: rarely<ActionRule['agentRoles']>(null, ['supervisor']),
    agent: mostly<ActionRule['agent']>(null, {
      skills: ['sorting'],
      attestations: ['secrecy'],
      notFlagged: ['no_video'],
    }),
    answer: rarely<boolean | 'error'>(true, false, 'error'),
    safeDelivery: mostly<ActionRule['safeDelivery']>(null, { maximum: 1, perDays: 30 }),
    safeAlternative: mostly<string | null>(null, 'invoice.copy'),
    isLowRisk: mostly(false, true),
    isRecording: rarely(false, true),
  })
  .map(({ answer, ...rest }) =>
    anAction({
      ...rest,
      name: ACTION,
      condition: { source: 'generated', evaluate: () => answer },
      obligations: [
        { type: 'deliver_to_record', text: null, needsReceipt: false },
        { type: 'notify_holder', text: null, needsReceipt: false },
      ],
    }),
  );

const evidence: fc.Arbitrary<Evidence> = fc.record({
  form: fc.constantFrom(...EVIDENCE_FORMS),
  sessionStrength: fc.constantFrom<Level>(0, 1, 2, 3, 4, 4),
  at: mostly(NOW - DAY, NOW + 1, NOW, NOW - 365 * DAY, NOW - 365 * DAY - 1, NOW - 365 * DAY + 1),
  termsRevision: mostly(1, 2),
});

/** Most mandates were given by the holder; of the others, the parent is mostly well. */
const parent: fc.Arbitrary<ParentMandate | undefined> = fc.oneof(
  { weight: 2, arbitrary: fc.constant(undefined) },
  {
    weight: 1,
    arbitrary: fc
      .record({
        state: mostly<Mandate['state']>('active', 'suspended', 'pending_acceptance'),
        isSilent: rarely(false, true),
        startsAt: mostly(NOW - DAY, NOW, NOW + 1),
        endsAt: mostly(NOW + DAY, NOW + 1000, NOW + 1, NOW),
        callId: mostly<Mandate['callId']>(null, id.call('now'), id.call('before')),
        scopes: mostly(['billing'], ['care']),
        contractIds: mostly([id.contract('here')], [id.contract('elsewhere')]),
        // Strong enough, more often than not, for its own strength to be what counts.
        evidence: fc
          .constantFrom<Level>(4, 3, 2, 1)
          .map((sessionStrength) => [anEvidence({ form: 'eid', sessionStrength })]),
        mayPassOn: mostly(true, false),
        hasBlockedProxy: mostly(false, true),
        isWhilePartner: mostly(false, true),
      })
      .map((changes) => aParent(changes)),
  },
);

const mandate = (name: string): fc.Arbitrary<Mandate> =>
  fc
    .record({
      holderId: fc.constantFrom(id.holder('anna'), id.holder('anna'), id.holder('bert'), id.holder('stranger')),
      state: mostly<Mandate['state']>('active', ...MANDATE_STATES),
      ending: fc.constantFrom(...MANDATE_ENDINGS),
      isSilent: rarely(false, true),
      startsAt: mostly(NOW - DAY, NOW, NOW + 1),
      endsAt: mostly(NOW + DAY, NOW + 1000, NOW + 1, NOW),
      revision: fc.constantFrom(1, 2),
      callId: mostly<Mandate['callId']>(null, id.call('now'), id.call('before')),
      scopes: mostly(['billing'], ['care']),
      contractIds: mostly([id.contract('here')], [id.contract('elsewhere')]),
      evidence: fc.array(evidence, { maxLength: 3 }),
      isWhilePartner: fc.boolean(),
      parent,
    })
    .map(({ ending, parent: from, ...rest }) =>
      aMandate({
        ...rest,
        id: id.mandate(name),
        ending: rest.state === 'ended' ? ending : null,
        ...(from === undefined ? {} : { parent: { ...from, holderId: rest.holderId } }),
      }),
    );

/** How much people have said in a world, and how often it fits. */
interface Talk {
  readonly claims: readonly Facts['call']['claim'][];
  /** 0 = Bert alone; up to 2 = Anna alone; above = both. */
  readonly holders: fc.Arbitrary<number>;
  readonly answers: readonly number[];
  readonly askFirst: fc.Arbitrary<readonly string[]>;
  readonly usually: typeof mostly;
}

const USUAL: Talk = {
  claims: ['proxy', 'proxy', 'proxy', 'holder'],
  holders: fc.nat(4),
  answers: [0, 0, 1, 2, 3],
  askFirst: mostly([], ['care'], ['billing']),
  usually: mostly,
};
/** Everybody has spoken, about this, just now: what several yeses do at once is hardly seen elsewhere. */
const OUTSPOKEN: Talk = {
  claims: ['proxy', 'holder'],
  holders: fc.constant(3),
  answers: [1, 2, 3],
  askFirst: fc.constantFrom([], ['billing']),
  usually: (usual) => fc.constant(usual),
};

const holder = (name: string, { askFirst }: Talk): fc.Arbitrary<HolderFacts> =>
  fc
    .record({
      askLevel: mostly<Level>(2, 0, 1),
      hasBlockedCaller: rarely(false, true),
      askFirst,
      refusedRecordings: mostly<readonly RecordingPurpose[]>([], ['training'], [...RECORDING_PURPOSES]),
    })
    .map((changes) => aHolder({ ...changes, id: id.holder(name) }));

const verification: fc.Arbitrary<Verification> = fc
  .record({
    method: fc.constantFrom(...VERIFICATION_METHODS),
    route: fc.constantFrom(...CODE_ROUTES),
    sessionStrength: fc.constantFrom<Level>(2, 2, 3, 1, 4),
    at: mostly(NOW - MINUTE, NOW, NOW + 1),
  })
  .map(({ method, route, sessionStrength, at }) => ({
    method,
    route: method === 'code' ? route : null,
    ...(method === 'support_code' ? { sessionStrength } : {}),
    at,
  }));

/** What somebody answered, about one of the mandates of the world or about none. */
const answer = (
  name: string,
  { usually }: Talk,
): fc.Arbitrary<(mandates: readonly Mandate[], caller: CallerId | null) => Confirmation> =>
  fc
    .record({
      about: fc.constantFrom(0, 0, 1, 2, null, null),
      isStale: usually(false, true),
      isOther: usually(false, true),
      holderId: fc.constantFrom(id.holder('anna'), id.holder('bert')),
      answer: rarely<Confirmation['answer']>('approved', 'declined'),
      route: fc.constantFrom(...CODE_ROUTES),
      sessionStrength: rarely<Confirmation['sessionStrength']>(null, 3, 4),
      answeredAt: usually(NOW - MINUTE, NOW, NOW + 1, NOW - 10 * MINUTE, NOW - 10 * MINUTE + 1),
      isUsed: usually(false, true),
      properties: usually<Properties>(PROPERTIES, { number: 8 }),
    })
    .map(({ about, isStale, isOther, isUsed, properties, ...rest }) => (mandates, caller) => {
      const subject = about === null ? undefined : mandates[about];
      return aConfirmation({
        ...rest,
        id: id.confirmation(name),
        holderId: subject?.holderId ?? rest.holderId,
        callerId: isOther || caller === null ? id.caller('other') : caller,
        mandateId: subject?.id ?? null,
        mandateRevision: subject === undefined ? null : subject.revision + (isStale ? 1 : 0),
        actions: [{ name: ACTION, key: actionKey(ACTION, properties), isUsed }],
      });
    });

export const lifeEvent: fc.Arbitrary<LifeEvent> = fc
  .record({
    personId: fc.constantFrom(...['anna', 'bert', 'pim', 'giver', 'stranger'].map(id.holder)),
    kind: fc.constantFrom(...LIFE_EVENT_KINDS),
    isProven: fc.boolean(),
    until: fc.constantFrom(NOW + DAY, NOW + 1, NOW),
  })
  .map(({ until, ...rest }) => aLifeEvent({ ...rest, until: rest.isProven ? null : until }));

const representation = (name: string): fc.Arbitrary<Representation> =>
  fc
    .record({
      holderId: fc.constantFrom(id.holder('anna'), id.holder('anna'), id.holder('bert'), id.holder('stranger')),
      kind: fc.constantFrom(...REPRESENTATION_KINDS),
      isProven: mostly(true, false),
      startsAt: mostly(NOW - DAY, NOW, NOW + 1),
      endsAt: mostly(NOW + DAY, NOW + 1000, NOW + 1, NOW),
    })
    .map((changes) => aRepresentation({ ...changes, id: id.representation(name) }));

/** Some say that this scope is theirs, some that another is, some nothing. */
export const representations: fc.Arbitrary<Policy['representations']> = fc
  .tuple(...REPRESENTATION_KINDS.map(() => fc.constantFrom(['billing'], ['billing'], ['care'], null)))
  .map(
    (scopes) =>
      new Map(
        REPRESENTATION_KINDS.flatMap((kind, at) => {
          const own = scopes[at] ?? null;
          return own === null ? [] : [[kind, own]];
        }),
      ),
  );

const attestation: fc.Arbitrary<Attestation> = fc.record({
  kind: mostly('secrecy', 'training'),
  channel: mostly<Attestation['channel']>(null, 'phone', 'chat'),
  issuedAt: mostly(NOW - DAY, NOW, NOW + 1),
  expiresAt: mostly(NOW + DAY, NOW + 1000, NOW + 1, NOW),
});

/** Mostly somebody who has what could be asked of them, once. */
const agent: fc.Arbitrary<AgentStanding> = fc.record({
  skills: mostly<readonly string[]>(['sorting'], []),
  flags: mostly<readonly string[]>([], ['no_video'], ['on_trial']),
  attestations: fc.array(attestation, { minLength: 1, maxLength: 2 }),
});

const factsOf = (talk: Talk): fc.Arbitrary<Facts> =>
  fc
    .record({
      claim: fc.constantFrom(...talk.claims),
      isAgentActive: rarely(true, false),
      agent,
      endsAt: mostly(NOW + HOUR, NOW + 1),
      jointRule: fc.constantFrom<Facts['contract']['jointRule']>('any', 'all'),
      holders: fc.tuple(holder('anna', talk), holder('bert', talk), talk.holders),
      callerId: mostly<CallerId | null>(id.caller('pim'), id.caller('anna'), null),
      verifications: fc.array(verification, { maxLength: 3 }),
      methods: mostly<Facts['caller']['methods']>(VERIFICATION_METHODS, ['calling_number', 'code'], ['totp'], []),
      signInLevel: fc.constantFrom<Level>(0, 2, 3),
      mandates: fc.tuple(mandate('one'), mandate('two'), mandate('three')),
      mandateCount: fc.constantFrom(0, 1, 2, 3),
      isJoint: fc.constantFrom(false, false, false, true),
      companions: fc.tuple(fc.constant(aMandate({ id: id.mandate('four') })), mandate('five')),
      companionCount: fc.constantFrom(0, 1, 2),
      isTheirYes: fc.boolean(),
      answers: fc.tuple(answer('one', talk), answer('two', talk), answer('three', talk)),
      answerCount: fc.constantFrom(...talk.answers),
      lifeEvents: fc.oneof(
        { weight: 3, arbitrary: fc.constant(undefined) },
        { weight: 1, arbitrary: fc.array(lifeEvent, { maxLength: 2 }) },
      ),
      representations: fc.oneof(
        { weight: 3, arbitrary: fc.constant(undefined) },
        { weight: 1, arbitrary: fc.tuple(representation('one'), representation('two')) },
      ),
      addressChangedAt: fc.constantFrom(null, NOW - 30 * DAY, NOW - 30 * DAY + 1),
      delivered: fc.array(fc.constantFrom(NOW - 30 * DAY, NOW - 30 * DAY + 1, NOW), { maxLength: 2 }),
    })
    .map((one) => {
      const [anna, bert, which] = one.holders;
      const given = one.mandates.slice(0, one.mandateCount);
      const mandates = one.isJoint ? given.map(({ parent: _parent, ...own }) => ({ ...own, isJoint: true })) : given;
      const companions = one.companions.slice(0, one.companionCount).map(({ parent: _parent, ...own }, at) => ({
        id: id.holder(at === 0 ? 'dora' : 'emil'),
        askLevel: 2 as const,
        mandate: at === 0 ? { ...own, holderId: mandates[0]?.holderId ?? own.holderId } : own,
      }));
      // The holder claims to be a holder more often than not.
      const callerId = one.claim === 'holder' && one.callerId === id.caller('pim') ? id.caller('anna') : one.callerId;
      return someFacts({
        call: { claim: one.claim, isAgentActive: one.isAgentActive, agent: one.agent, endsAt: one.endsAt },
        contract: { jointRule: one.jointRule, holders: which === 0 ? [bert] : which <= 2 ? [anna] : [anna, bert] },
        caller: {
          id: callerId,
          verifications: one.verifications,
          methods: callerId === null ? [] : one.methods,
          signInLevel: one.signInLevel,
        },
        mandates,
        ...(one.isJoint && companions.length > 0 ? { companions } : {}),
        ...(one.lifeEvents === undefined ? {} : { lifeEvents: one.lifeEvents }),
        ...(one.representations === undefined ? {} : { representations: one.representations }),
        confirmations: [
          ...one.answers.slice(0, one.answerCount).map((make) => make(mandates, callerId)),
          // Of the others who speak for the organisation, about their own mandates.
          ...(one.isJoint && one.isTheirYes ? companions : []).map(({ id: holderId, mandate: own }, at) =>
            aConfirmation({
              id: id.confirmation(`companion-${at}`),
              holderId,
              callerId: callerId ?? id.caller('other'),
              mandateId: own.id,
              mandateRevision: own.revision,
              actions: [{ name: ACTION, key: actionKey(ACTION, PROPERTIES), isUsed: false }],
            }),
          ),
        ],
        delivery: { addressChangedAt: one.addressChangedAt, deliveredAt: { [ACTION]: one.delivered } },
      });
    });

const notPassedOn = rarely<readonly string[]>([], ['billing']);

export const situation: fc.Arbitrary<Situation> = fc
  .record({ rule, facts: fc.oneof(factsOf(USUAL), factsOf(OUTSPOKEN)), representations, notPassedOn })
  .map((one) => ({ rule: one.rule, facts: one.facts, policy: aPolicy([one.rule], one) }));
