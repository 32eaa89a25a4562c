import type {
  Companion,
  Confirmation,
  Evidence,
  Facts,
  HolderFacts,
  LifeEvent,
  Mandate,
  OpenObligation,
  ParentMandate,
  Question,
  Representation,
  Verification,
} from '../../src/policy/facts.ts';
import type {
  AgentId,
  CallerId,
  CallId,
  ConfirmationId,
  ContractId,
  HolderId,
  Instant,
  MandateId,
  PolicyHash,
  RepresentationId,
} from '../../src/policy/ids.ts';
import {
  type ActionRule,
  type ChannelRule,
  CONTRACT,
  type Limits,
  type Policy,
  type Requirement,
} from '../../src/policy/policy.ts';
import { CHANNELS, type Channel, type Level } from '../../src/policy/vocabulary.ts';

/** Builders of facts and rules: each gives something whole and unremarkable, and takes what a test is about. */

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** The moment at which pure tests decide: no month end, no leap day, no change of the clock near it. */
export const NOW: Instant = Date.UTC(2026, 2, 16, 10, 30);

export const id = {
  holder: (name: string) => `person-${name}` as HolderId,
  caller: (name: string) => `person-${name}` as CallerId,
  contract: (name: string) => `contract-${name}` as ContractId,
  mandate: (name: string) => `mandate-${name}` as MandateId,
  representation: (name: string) => `representation-${name}` as RepresentationId,
  call: (name: string) => `call-${name}` as CallId,
  agent: (name: string) => `agent-${name}` as AgentId,
  confirmation: (name: string) => `confirmation-${name}` as ConfirmationId,
};

export function aHolder(changes: Partial<HolderFacts> = {}): HolderFacts {
  return { id: id.holder('anna'), askLevel: 2, hasBlockedCaller: false, ...changes };
}

export function anEvidence(changes: Partial<Evidence> = {}): Evidence {
  return { form: 'portal', sessionStrength: 3, at: NOW - 30 * DAY, termsRevision: 1, ...changes };
}

/** Active, at strength 3, for this contract, from 30 days ago to 300 days from now. */
export function aMandate(changes: Partial<Mandate> = {}): Mandate {
  return {
    id: id.mandate('one'),
    holderId: id.holder('anna'),
    state: 'active',
    ending: null,
    isSilent: false,
    startsAt: NOW - 30 * DAY,
    endsAt: NOW + 300 * DAY,
    revision: 1,
    termsRevision: 1,
    callId: null,
    scopes: ['billing'],
    contractIds: [id.contract('here')],
    evidence: [anEvidence()],
    ...changes,
  };
}

/** What a sub-mandate was made from: active, at strength 3, for this contract; its proxy may pass it on. */
export function aParent(changes: Partial<ParentMandate> = {}): ParentMandate {
  const proxyId = id.caller('giver');
  return { ...aMandate(), id: id.mandate('parent'), proxyId, mayPassOn: true, hasBlockedProxy: false, ...changes };
}

export function aVerification(changes: Partial<Verification> = {}): Verification {
  return { method: 'code', route: 'sms', at: NOW - MINUTE, ...changes };
}

/** Anna's death, proven. */
export function aLifeEvent(changes: Partial<LifeEvent> = {}): LifeEvent {
  return { personId: id.holder('anna'), kind: 'death', isProven: true, until: null, ...changes };
}

/** Of Anna by who calls: proven, from 30 days ago to 300 days from now. */
export function aRepresentation(changes: Partial<Representation> = {}): Representation {
  return {
    id: id.representation('one'),
    holderId: id.holder('anna'),
    kind: 'curatele',
    isProven: true,
    startsAt: NOW - 30 * DAY,
    endsAt: NOW + 300 * DAY,
    ...changes,
  };
}

/** The first holder's yes by SMS, a minute ago, about mandate `one` at revision 1. */
export function aConfirmation(changes: Partial<Confirmation> = {}): Confirmation {
  return {
    id: id.confirmation('one'),
    holderId: id.holder('anna'),
    callerId: id.caller('pim'),
    answer: 'approved',
    route: 'sms',
    sessionStrength: null,
    answeredAt: NOW - MINUTE,
    mandateId: id.mandate('one'),
    mandateRevision: 1,
    actions: [],
    ...changes,
  };
}

/** A proxy whom nobody has identified, calling about the contract of one holder; no mandates. */
export function someFacts(
  changes: {
    call?: Partial<Facts['call']>;
    contract?: Partial<Facts['contract']>;
    caller?: Partial<Facts['caller']>;
    delivery?: Partial<Facts['delivery']>;
    mandates?: readonly Mandate[];
    companions?: readonly Companion[];
    confirmations?: readonly Confirmation[];
    lifeEvents?: readonly LifeEvent[];
    representations?: readonly Representation[];
    openObligations?: readonly OpenObligation[];
  } = {},
): Facts {
  return {
    call: {
      id: id.call('now'),
      channel: 'phone',
      claim: 'proxy',
      agentId: id.agent('desk'),
      agentRole: 'employee',
      isAgentActive: true,
      endsAt: NOW + 4 * HOUR,
      ...changes.call,
    },
    contract: {
      id: id.contract('here'),
      jointRule: 'any',
      properties: { status: 'active' },
      holders: [aHolder()],
      ...changes.contract,
    },
    caller: { id: id.caller('pim'), verifications: [], methods: ['code'], ...changes.caller },
    mandates: changes.mandates ?? [],
    ...(changes.companions === undefined ? {} : { companions: changes.companions }),
    confirmations: changes.confirmations ?? [],
    ...(changes.lifeEvents === undefined ? {} : { lifeEvents: changes.lifeEvents }),
    ...(changes.representations === undefined ? {} : { representations: changes.representations }),
    ...(changes.openObligations === undefined ? {} : { openObligations: changes.openObligations }),
    delivery: { addressChangedAt: NOW - 700 * DAY, deliveredAt: {}, ...changes.delivery },
  };
}

export function aQuestion(action: string, properties: Question['properties'] = {}): Question {
  return { action, properties };
}

export function needs(mandate: Level, caller: Level, confirmation: Level): Requirement {
  return { mandate, caller, confirmation };
}

const BOTH = (text: string) => ({ nl: text, en: text });

/** Open on every channel to every role; the proxy needs a mandate at 2 and a caller at 2. */
export function anAction(changes: Partial<ActionRule> = {}): ActionRule {
  return {
    name: 'invoice.explain',
    scope: 'billing',
    resourceType: CONTRACT,
    title: BOTH('An action'),
    isHighImpact: false,
    isLowRisk: false,
    isRecording: false,
    channels: CHANNELS,
    agentRoles: null,
    agent: null,
    proxy: needs(2, 2, 0),
    holder: needs(0, 2, 0),
    condition: null,
    obligations: [],
    safeDelivery: null,
    safeAlternative: null,
    properties: new Map(),
    ...changes,
  };
}

export const LIMITS: Limits = {
  decisionSeconds: 300,
  confirmationMinutes: 10,
  decayMonths: 12,
  addressOfRecordDays: 30,
};

/** A compiled policy of these actions; proxies are welcome on every channel unless told otherwise. */
export function aPolicy(
  actions: readonly ActionRule[],
  changes: {
    limits?: Partial<Limits>;
    channels?: Partial<Record<Channel, ChannelRule>>;
    representations?: Policy['representations'];
    notPassedOn?: readonly string[];
  } = {},
): Policy {
  const channels = CHANNELS.map(
    (channel) =>
      [channel, changes.channels?.[channel] ?? { acceptsProxies: true, alternatives: [], agent: null }] as const,
  );
  return {
    hash: '0'.repeat(64) as PolicyHash,
    name: 'test',
    scopes: new Map(
      actions.map(({ scope }) => {
        const mayBePassedOn = changes.notPassedOn?.includes(scope) !== true;
        return [
          scope,
          { name: scope, version: 1, title: BOTH(scope), text: BOTH(scope), excludes: BOTH('-'), mayBePassedOn },
        ];
      }),
    ),
    actions: new Map(actions.map((action) => [action.name, action])),
    channels: new Map(channels),
    agentWords: { skills: [], attestations: [], flags: [] },
    resourceTypes: new Map(),
    subjectTypes: new Map(),
    representations: changes.representations ?? new Map(),
    limits: { ...LIMITS, ...changes.limits },
    sentence: (reason, action, language) => `${reason} ${action} ${language}`,
    owingSentence: BOTH('owing'),
  };
}
