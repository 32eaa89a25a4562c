import { createHash } from 'node:crypto';
import { Ajv2020 } from 'ajv/dist/2020.js';
import schema from '../../policies/schema.json' with { type: 'json' };
import type { PolicyHash } from '../policy/ids.ts';
import {
  type ActionRule,
  type AgentRule,
  type ChannelRule,
  CONTRACT,
  type Policy,
  type PropertyRule,
  type PropertyType,
  type ResourceType,
  type Scope,
} from '../policy/policy.ts';
import {
  CHANNELS,
  LANGUAGES,
  REASONS,
  REPRESENTATION_KINDS,
  type Language,
  type ObligationType,
  type Reason,
  type Texts,
} from '../policy/vocabulary.ts';
import { compileCondition } from './condition.ts';
import { checkMeaning, conditionScope } from './policy-checks.ts';
import type { ActionEntry, AgentEntry, PolicyDocument, PropertyEntry, ResourceTypeEntry } from './policy-document.ts';
import { compileSentence, type Sentence } from './sentence.ts';
import { inOrder, readYaml, type DocumentFault } from './yaml-document.ts';

/** One mistake in a policy document, with its place. */
export type PolicyFault = DocumentFault;

export type CompileResult = { readonly policy: Policy } | { readonly faults: readonly PolicyFault[] };

const LONGEST_STRING = 200;

/** Where the policy doesn't say. What has to be said can't be made good once it is too late; a post room has its own checks. */
const NEEDS_RECEIPT: Readonly<Record<ObligationType, boolean>> = {
  announce: true,
  notify_holder: false,
  deliver_to_record: false,
};

/** For policies from before there was one. */
const OWING_SENTENCE: Texts = {
  nl: 'Ik moet eerst nog iets anders doen. Daarna kan ik u hiermee helpen.',
  en: 'I have to do something else first. After that I can help you with this.',
};

const validate = new Ajv2020({ allErrors: true, strict: true, verbose: true }).compile(schema);

/** SHA-256 of the document's UTF-8 bytes: one changed space is another policy. */
export function policyHash(text: string): PolicyHash {
  return createHash('sha256').update(text, 'utf8').digest('hex') as PolicyHash;
}

/**
 * Checks a policy document and compiles it. Either a policy or every mistake at once, in the order of the document.
 *
 * @param published scopes of earlier policies: what holders agreed to can't get other words under the same version
 */
export function compilePolicy(text: string, published: readonly Scope[] = []): CompileResult {
  const document = readYaml(text, validate);
  const faults = [...document.faults];
  if (document.value !== undefined) faults.push(...checkMeaning(document.value, published, document.fault));
  if (faults.length > 0) return { faults: inOrder(faults) };
  return { policy: build(document.value as PolicyDocument, policyHash(text)) };
}

function build(document: PolicyDocument, hash: PolicyHash): Policy {
  const actions = new Map(
    Object.entries(document.actions).map(([name, action]) => [name, buildAction(document, name, action)]),
  );
  return {
    hash,
    name: document.name,
    scopes: new Map(
      Object.entries(document.scopes).map(([name, { version, title, text, never_includes: excludes, ...rest }]) => [
        name,
        { name, version, title, text, excludes, mayBePassedOn: rest.may_be_passed_on ?? true },
      ]),
    ),
    actions,
    channels: new Map(
      CHANNELS.map((channel): [typeof channel, ChannelRule] => {
        const { accepts_proxies: acceptsProxies, alternatives = [], agent } = document.channels[channel];
        return [channel, { acceptsProxies, alternatives, agent: buildAgentRule(agent) }];
      }),
    ),
    agentWords: { skills: [], attestations: [], flags: [], ...document.agents },
    resourceTypes: buildResourceTypes(document),
    subjectTypes: new Map(Object.entries(document.subject_types ?? {})),
    representations: new Map(
      REPRESENTATION_KINDS.flatMap((kind) => {
        const scopes = document.representations?.[kind];
        return scopes === undefined ? [] : [[kind, scopes]];
      }),
    ),
    limits: {
      decisionSeconds: document.limits.decision_seconds,
      confirmationMinutes: document.limits.confirmation_minutes,
      decayMonths: document.limits.decay_months,
      addressOfRecordDays: document.limits.address_of_record_days,
    },
    sentence: buildSentences(document, actions),
    owingSentence: document.owing_sentence ?? OWING_SENTENCE,
  };
}

/** A contract is always known; where the policy says nothing of it, it is asked about in an open call alone. */
function buildResourceTypes(document: PolicyDocument): ReadonlyMap<string, ResourceType> {
  return new Map(
    Object.entries({ [CONTRACT]: {}, ...document.resource_types }).map(([name, entry]: [string, ResourceTypeEntry]) => {
      const { without_call: without, trusted_properties: trusted } = entry;
      return [
        name,
        {
          channelWithoutCall: without?.channel ?? null,
          vouchedLevel: without?.vouched_caller ?? 0,
          trusted: {
            resource: typesOf(trusted?.resource, document.contract_properties),
            subject: typesOf(trusted?.subject, document.person_properties),
          },
        },
      ];
    }),
  );
}

function typesOf(
  names: readonly string[] = [],
  declared: Readonly<Record<string, PropertyType>> = {},
): ReadonlyMap<string, PropertyType> {
  return new Map(names.flatMap((name) => (declared[name] === undefined ? [] : [[name, declared[name]]])));
}

function buildAction(document: PolicyDocument, name: string, action: ActionEntry): ActionRule {
  return {
    name,
    scope: action.scope,
    resourceType: action.resource_type ?? CONTRACT,
    title: action.title,
    isHighImpact: action.high_impact ?? false,
    isLowRisk: action.low_risk ?? false,
    isRecording: action.recording ?? false,
    channels: action.channels,
    agentRoles: action.agent_roles ?? null,
    agent: buildAgentRule(action.agent),
    proxy: action.proxy === 'never' ? null : action.proxy,
    holder: { mandate: 0, ...action.holder },
    condition:
      action.condition === undefined
        ? null
        : known(compileCondition(action.condition, conditionScope(document, action))),
    obligations: (action.obligations ?? []).map(({ type, text, receipt_required: required }) => ({
      type,
      text: text ?? null,
      needsReceipt: required ?? NEEDS_RECEIPT[type],
    })),
    safeDelivery:
      action.safe_delivery === undefined
        ? null
        : { maximum: action.safe_delivery.maximum, perDays: action.safe_delivery.per_days },
    safeAlternative: action.safe_alternative ?? null,
    properties: new Map(
      Object.entries(action.properties ?? {}).map(([property, rule]) => [property, buildProperty(rule)]),
    ),
  };
}

function buildAgentRule(agent: AgentEntry | undefined): AgentRule | null {
  if (agent === undefined) return null;
  return { skills: agent.skills ?? [], attestations: agent.attestations ?? [], notFlagged: agent.not_flagged ?? [] };
}

function buildProperty(rule: PropertyEntry): PropertyRule {
  return {
    type: rule.type,
    title: rule.title,
    isRequired: rule.required ?? false,
    isPersonal: rule.personal ?? false,
    maxLength: rule.max_length ?? LONGEST_STRING,
    minimum: rule.minimum ?? null,
    maximum: rule.maximum ?? null,
  };
}

/** What the checks have already compiled once without a mistake. */
function known<Compiled extends object>(result: Compiled | readonly object[]): Compiled {
  if (Array.isArray(result)) throw new Error('A checked part of the policy does not compile.');
  return result as Compiled;
}

/** Every sentence is rendered here, once: an answer only looks it up. */
function buildSentences(document: PolicyDocument, actions: ReadonlyMap<string, ActionRule>): Policy['sentence'] {
  const rendered = new Map<string, string>();
  const key = (reason: Reason, language: Language, action: string): string => `${reason} ${language} ${action}`;
  for (const reason of REASONS) {
    for (const language of LANGUAGES) {
      const sentence: Sentence = known(compileSentence(document.sentences[reason][language], language));
      rendered.set(key(reason, language, ''), sentence.render(SOMETHING[language]));
      if (!sentence.namesAction) continue;
      for (const { name, title } of actions.values()) {
        rendered.set(key(reason, language, name), sentence.render(title[language]));
      }
    }
  }
  return (reason, action, language) =>
    rendered.get(key(reason, language, action)) ?? rendered.get(key(reason, language, '')) ?? '';
}

/** Stands for the title of an action that this policy doesn't know. */
const SOMETHING: Readonly<Record<Language, string>> = { nl: 'dit', en: 'this' };
