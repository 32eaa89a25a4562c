import { Ajv2020 } from 'ajv/dist/2020.js';
import schema from '../../policies/assertions.schema.json' with { type: 'json' };
import { actionKey } from '../policy/binding.ts';
import { decide } from '../policy/decide.ts';
import type { Decision } from '../policy/decision.ts';
import type { AgentStanding, Confirmation, Evidence, Facts, Mandate, Verification } from '../policy/facts.ts';
import type {
  AgentId,
  CallerId,
  CallId,
  ConfirmationId,
  ContractId,
  HolderId,
  Instant,
  MandateId,
} from '../policy/ids.ts';
import type { Policy, Properties } from '../policy/policy.ts';
import {
  REASONS,
  VERIFICATION_METHODS,
  type Channel,
  type CodeRoute,
  type EvidenceForm,
  type Level,
  type MandateEnding,
  type MandateState,
  type Outcome,
} from '../policy/vocabulary.ts';
import { entries, member, members } from './policy-document.ts';
import { inOrder, readYaml, type DocumentFault, type YamlDocument } from './yaml-document.ts';

/** What is known in the asserted call; `policies/assertions.schema.json` says what each member means. */
interface Given {
  readonly channel?: Channel;
  readonly agent_role?: string;
  readonly agent_skills?: readonly string[];
  readonly agent_attestations?: readonly string[];
  readonly agent_flags?: readonly string[];
  readonly claim?: 'holder' | 'proxy';
  readonly known?: boolean;
  readonly caller?: 0 | 1 | 2 | 3;
  readonly ask_level?: Level;
  readonly blocked?: boolean;
  readonly contract?: Properties;
  readonly mandate?: GivenMandate;
  readonly confirmed?: readonly GivenConfirmation[];
  readonly address_days?: number | 'none';
  readonly delivered?: Readonly<Record<string, number>>;
}

interface GivenMandate {
  readonly strength?: Level;
  readonly scopes: readonly string[];
  readonly state?: MandateState;
  readonly ending?: MandateEnding;
  readonly silent?: boolean;
  readonly for_this_contract?: boolean;
  readonly confirmed_days_ago?: number;
  readonly starts_in_days?: number;
}

interface GivenConfirmation {
  readonly action: string;
  readonly properties?: Properties;
  readonly answer?: 'approved' | 'declined';
  readonly route?: CodeRoute;
  readonly used?: boolean;
}

interface Expectation {
  readonly properties?: Properties;
  readonly outcome: Outcome;
  readonly reason?: string;
  readonly obligations?: readonly string[];
  readonly next_steps?: readonly string[];
}

export interface Assertion {
  readonly name: string;
  readonly given: Given;
  readonly expect: ReadonlyMap<string, Expectation>;
  /** Names the place of one expectation in the document. */
  readonly fault: (action: string, message: string, hint: string) => DocumentFault;
}

export type ReadAssertions =
  { readonly assertions: readonly Assertion[] } | { readonly faults: readonly DocumentFault[] };

const validate = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true, verbose: true }).compile(schema);

const DAY = 86_400_000;
const MINUTE = 60_000;
/** A fixed moment, as assertions speak of days from now. */
const NOW: Instant = Date.UTC(2026, 0, 15, 12);

interface AssertionEntry {
  readonly name: string;
  readonly given?: Given;
  readonly expect: Readonly<Record<string, Outcome | Expectation>>;
}

/** Reads assertions about one policy; actions, scopes and reasons that don't exist are mistakes. */
export function readAssertions(text: string, policy: Policy): ReadAssertions {
  const document = readYaml(text, validate);
  const faults = [...document.faults];
  if (document.value !== undefined) faults.push(...checkNames(document, policy));
  if (faults.length > 0) return { faults: inOrder(faults) };
  const { assertions } = document.value as { assertions: readonly AssertionEntry[] };
  return {
    assertions: assertions.map(({ name, given = {}, expect }, index) => ({
      name,
      given,
      expect: new Map(
        Object.entries(expect).map(([action, wanted]) => [
          action,
          typeof wanted === 'string' ? { outcome: wanted } : wanted,
        ]),
      ),
      fault: (action, message, hint) =>
        document.fault(['assertions', String(index), 'expect', action], 'key', message, hint),
    })),
  };
}

function checkNames({ value, fault }: YamlDocument, policy: Policy): DocumentFault[] {
  const faults: DocumentFault[] = [];
  const hint = 'Use the names of the policy.';
  const words = { agent_skills: 'skills', agent_attestations: 'attestations', agent_flags: 'flags' } as const;
  entries(member(value, 'assertions')).forEach((assertion, index) => {
    const path = ['assertions', String(index)];
    for (const [part, among] of Object.entries(words)) {
      entries(member(member(assertion, 'given'), part)).forEach((word, at) => {
        if (typeof word !== 'string' || policy.agentWords[among].includes(word)) return;
        faults.push(
          fault([...path, 'given', part, String(at)], 'value', `The policy knows no "${word}" of agents.`, hint),
        );
      });
    }
    entries(member(member(member(assertion, 'given'), 'mandate'), 'scopes')).forEach((scope, at) => {
      if (typeof scope !== 'string' || policy.scopes.has(scope)) return;
      const place = [...path, 'given', 'mandate', 'scopes', String(at)];
      faults.push(fault(place, 'value', `The policy has no scope "${scope}".`, hint));
    });
    for (const [action, wanted] of members(member(assertion, 'expect'))) {
      const place = [...path, 'expect', action];
      const reason = member(wanted, 'reason');
      if (!policy.actions.has(action) && reason !== 'unknown_action') {
        faults.push(fault(place, 'key', `The policy has no action "${action}".`, hint));
      }
      if (typeof reason === 'string' && !REASONS.some((known) => known === reason)) {
        faults.push(fault([...place, 'reason'], 'value', `There is no reason "${reason}".`, 'See the closed list.'));
      }
    }
  });
  return faults;
}

/** Asks the policy, and says where its answers are not the wanted ones. */
export function runAssertion(policy: Policy, { given, expect, fault }: Assertion): readonly DocumentFault[] {
  const facts = factsOf(given, policy);
  return [...expect].flatMap(([action, wanted]) => {
    const decision = decide(policy, facts, { action, properties: wanted.properties ?? {} }, NOW);
    return differences(decision, wanted).map((difference) =>
      fault(action, `${action}: ${difference}`, 'Change the policy or the assertion.'),
    );
  });
}

function differences(decision: Decision, wanted: Expectation): string[] {
  const pairs: readonly (readonly [string, string, string | undefined])[] = [
    ['outcome', decision.outcome, wanted.outcome],
    ['reason', decision.reason, wanted.reason],
    ['obligations', decision.obligations.map(({ type }) => type).join(', '), wanted.obligations?.join(', ')],
    ['next steps', decision.nextSteps.map(({ type }) => type).join(', '), wanted.next_steps?.join(', ')],
  ];
  return pairs.flatMap(([what, got, want]) =>
    want === undefined || want === got ? [] : [`the ${what} should be "${want}" and is "${got}".`],
  );
}

const HOLDER = 'holder';
const PROXY = 'proxy';
const THIS_CONTRACT = 'this' as ContractId;
const OTHER_CONTRACT = 'other' as ContractId;
const CALL = 'call' as CallId;
const MANDATE = 'mandate' as MandateId;

/** The facts of an asserted call, at a fixed moment. */
function factsOf(given: Given, policy: Policy): Facts {
  const claim = given.claim ?? 'proxy';
  const callerId = (claim === 'holder' ? HOLDER : PROXY) as CallerId;
  const mandates = given.mandate === undefined ? [] : [mandateOf(given.mandate)];
  return {
    call: {
      id: CALL,
      channel: given.channel ?? 'phone',
      claim,
      agentId: 'agent' as AgentId,
      agentRole: given.agent_role ?? 'employee',
      isAgentActive: true,
      agent: standingOf(given, policy),
      endsAt: NOW + 60 * MINUTE,
    },
    contract: {
      id: THIS_CONTRACT,
      jointRule: 'any',
      properties: given.contract ?? {},
      holders: [{ id: HOLDER as HolderId, askLevel: given.ask_level ?? 2, hasBlockedCaller: given.blocked ?? false }],
    },
    caller: {
      id: given.known === false ? null : callerId,
      verifications: verificationsOf(given.caller ?? 0),
      methods: given.known === false ? [] : VERIFICATION_METHODS,
      signInLevel: given.known === false ? 0 : 3,
    },
    mandates,
    confirmations: (given.confirmed ?? []).map((confirmation, index) =>
      confirmationOf(confirmation, index, callerId, coveringMandate(mandates, confirmation.action, policy)),
    ),
    delivery: {
      addressChangedAt: given.address_days === 'none' ? null : NOW - (given.address_days ?? 400) * DAY,
      deliveredAt: Object.fromEntries(
        Object.entries(given.delivered ?? {}).map(([action, times]) => [action, Array(times).fill(NOW - DAY)]),
      ),
    },
  };
}

/** An agent who may whatever an agent may, but for what is said. */
function standingOf(given: Given, { agentWords }: Policy): AgentStanding {
  const { agent_skills: skills, agent_attestations: kinds, agent_flags: flags = [] } = given;
  return {
    skills: skills ?? agentWords.skills,
    flags,
    attestations: (kinds ?? agentWords.attestations).map((kind) => ({
      kind,
      channel: null,
      issuedAt: NOW - DAY,
      expiresAt: NOW + DAY,
    })),
  };
}

/** What makes each level of the caller. */
function verificationsOf(level: 0 | 1 | 2 | 3): readonly Verification[] {
  const at = NOW - MINUTE;
  const number: Verification = { method: 'calling_number', route: null, at };
  const code: Verification = { method: 'code', route: 'sms', at };
  const app: Verification = { method: 'totp', route: null, at };
  return [[], [number], [code], [code, app]][level] ?? [];
}

/** What makes each level of a mandate. */
const EVIDENCE: Readonly<Record<Level, EvidenceForm | null>> = {
  0: null,
  1: 'email',
  2: 'code',
  3: 'portal',
  4: 'court',
};

function mandateOf(given: GivenMandate): Mandate {
  const form = EVIDENCE[given.strength ?? 2];
  const at = NOW - (given.confirmed_days_ago ?? 10) * DAY;
  const evidence: readonly Evidence[] = form === null ? [] : [{ form, sessionStrength: 4, at, termsRevision: 1 }];
  const isEnded = given.state === 'ended';
  return {
    id: MANDATE,
    holderId: HOLDER as HolderId,
    state: given.state ?? 'active',
    ending: isEnded ? (given.ending ?? 'withdrawn_by_holder') : null,
    isSilent: given.silent ?? false,
    startsAt: given.starts_in_days === undefined ? NOW - 500 * DAY : NOW + given.starts_in_days * DAY,
    endsAt: NOW + 365 * DAY,
    revision: 1,
    termsRevision: 1,
    callId: null,
    scopes: given.scopes,
    contractIds: [given.for_this_contract === false ? OTHER_CONTRACT : THIS_CONTRACT],
    evidence,
  };
}

/** The holder was asked about the mandate that covered the action, if one did. */
function coveringMandate(mandates: readonly Mandate[], action: string, policy: Policy): Mandate | null {
  const scope = policy.actions.get(action)?.scope;
  return (
    mandates.find(
      ({ state, startsAt, scopes, contractIds }) =>
        state === 'active' &&
        startsAt <= NOW &&
        contractIds.includes(THIS_CONTRACT) &&
        scopes.some((name) => name === scope),
    ) ?? null
  );
}

function confirmationOf(
  given: GivenConfirmation,
  index: number,
  callerId: CallerId,
  mandate: Mandate | null,
): Confirmation {
  const { action, properties = {}, answer = 'approved', route = 'sms', used = false } = given;
  return {
    id: `confirmation ${index}` as ConfirmationId,
    holderId: HOLDER as HolderId,
    callerId,
    answer,
    route,
    sessionStrength: null,
    answeredAt: NOW - MINUTE,
    mandateId: mandate?.id ?? null,
    mandateRevision: mandate?.revision ?? null,
    actions: [{ name: action, key: actionKey(action, properties), isUsed: used }],
  };
}
