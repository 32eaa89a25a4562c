import type { PolicyHash } from './ids.ts';
import type {
  Channel,
  Language,
  Level,
  ObligationType,
  PersonKind,
  Reason,
  RepresentationKind,
  Texts,
} from './vocabulary.ts';

/** What an action needs on the three axes. For the holder in person `mandate` is always 0. */
export interface Requirement {
  /** M: how strongly the holder must have granted this. 0 = no mandate needed at all. */
  readonly mandate: Level;
  /** C: how well the caller must be identified. */
  readonly caller: Level;
  /** H: how strongly the holder must confirm this very action now. 0 = not asked. */
  readonly confirmation: Level;
}

/** A value that a property of an action or contract may have. */
export type PropertyValue = string | number | boolean;
export type Properties = Readonly<Record<string, PropertyValue>>;

export type PropertyType = 'string' | 'number' | 'boolean';

/** A property that a check may give for an action. Undeclared properties are a broken request. */
export interface PropertyRule {
  readonly type: PropertyType;
  readonly title: Texts;
  /** A named check without it is a broken request. */
  readonly isRequired: boolean;
  /** Personal data: recorded only as a keyed value, and never readable by a condition. */
  readonly isPersonal: boolean;
  /** Longest string in characters; 200 when the policy is silent. */
  readonly maxLength: number;
  /** Bounds of a number, inclusive. */
  readonly minimum: number | null;
  readonly maximum: number | null;
}

/** What a condition may read. It never sees who is calling, only what is known of them: authority is not a condition. */
export interface ConditionInput {
  readonly action: { readonly name: string; readonly properties: Properties };
  /** `contract` and `resource` are two names of one thing. */
  readonly contract: { readonly properties: Properties };
  readonly resource: { readonly properties: Properties };
  readonly subject: { readonly properties: Properties };
  readonly call: { readonly channel: Channel };
}

/** A compiled condition. It never throws: an expression that fails answers `error`, and that denies. */
export interface Condition {
  readonly source: string;
  readonly evaluate: (input: ConditionInput) => boolean | 'error';
}

export interface ObligationRule {
  readonly type: ObligationType;
  /** The sentence to say, for `announce`. */
  readonly text: Texts | null;
  /** Once something was done on a permit with it: until it is reported done, its scope gets no other permit in that call. */
  readonly needsReceipt: boolean;
}

/** Things that only ever reach the holder may go out without proof from anybody, up to a cap. */
export interface SafeDelivery {
  /** How many times in {@link perDays} for one contract. */
  readonly maximum: number;
  readonly perDays: number;
}

/** What an agent must have, and must not have, to act. All of it counts. */
export interface AgentRule {
  readonly skills: readonly string[];
  /** Kinds, each current and for the channel of the call. */
  readonly attestations: readonly string[];
  /** Flags that exclude. */
  readonly notFlagged: readonly string[];
}

export interface ActionRule {
  readonly name: string;
  readonly scope: string;
  /** On what it is done: {@link CONTRACT}, or a type of the policy's own. */
  readonly resourceType: string;
  readonly title: Texts;
  /** High impact: codes have 8 digits instead of 6. */
  readonly isHighImpact: boolean;
  /** Goes on while a life event is reported and nobody has proven it. */
  readonly isLowRisk: boolean;
  /** It records the call, for what its property `purpose` says: a holder's standing no goes before everything that is asked. */
  readonly isRecording: boolean;
  readonly channels: readonly Channel[];
  /** Agent roles that may do this; null = every role. */
  readonly agentRoles: readonly string[] | null;
  /** What this takes of an agent beside what its channel does; null = nothing. */
  readonly agent: AgentRule | null;
  /** Null: no proxy may ever have this done. */
  readonly proxy: Requirement | null;
  readonly holder: Requirement;
  readonly condition: Condition | null;
  readonly obligations: readonly ObligationRule[];
  readonly safeDelivery: SafeDelivery | null;
  /** Another action of this scope that has safe delivery: what can be offered instead; null = none. */
  readonly safeAlternative: string | null;
  readonly properties: ReadonlyMap<string, PropertyRule>;
}

export interface Scope {
  readonly name: string;
  /** A published scope version never changes. */
  readonly version: number;
  readonly title: Texts;
  readonly text: Texts;
  /** What this scope never includes. */
  readonly excludes: Texts;
  /** A proxy may let somebody else do it, where the holder lets them pass their mandate on. */
  readonly mayBePassedOn: boolean;
}

/** The resource type of whatever the policy says nothing else about. */
export const CONTRACT = 'contract';

/** How actions on a kind of resource may be asked about by the systems that enforce them. */
export interface ResourceType {
  /** Null: only in an open call. Else the channel that a question without a call is decided for, unless it names another. */
  readonly channelWithoutCall: Channel | null;
  /** How well the enforcing side may say, without a call, that the subject is who they are. 0 = not at all. */
  readonly vouchedLevel: Level;
  /** Properties that count as the enforcing side gives them, over what is stored. */
  readonly trusted: {
    readonly resource: ReadonlyMap<string, PropertyType>;
    readonly subject: ReadonlyMap<string, PropertyType>;
  };
}

export interface ChannelRule {
  readonly acceptsProxies: boolean;
  /** Where to go instead when this channel refuses; every entry accepts proxies. */
  readonly alternatives: readonly Channel[];
  /** What every action on this channel takes of an agent; null = nothing. */
  readonly agent: AgentRule | null;
}

export interface Limits {
  /** A decision is fresh at most this long. Seconds, 1 to 300. */
  readonly decisionSeconds: number;
  /** A confirmation may be used this long after the holder gave it. Minutes, 1 to 60. */
  readonly confirmationMinutes: number;
  /** A mandate at strength 2 decays to 1 this long after its last confirmation. Months, 1 to 12. */
  readonly decayMonths: number;
  /** The address of record must be unchanged this long for safe delivery. Days, at least 30. */
  readonly addressOfRecordDays: number;
}

/** The names that can be said of agents. */
export interface AgentWords {
  readonly skills: readonly string[];
  readonly attestations: readonly string[];
  readonly flags: readonly string[];
}

/** A policy document, checked and compiled once. Identified by the hash of its bytes. */
export interface Policy {
  readonly hash: PolicyHash;
  readonly name: string;
  readonly scopes: ReadonlyMap<string, Scope>;
  /** In the document's order, which is the order of the agent's screen. */
  readonly actions: ReadonlyMap<string, ActionRule>;
  readonly channels: ReadonlyMap<Channel, ChannelRule>;
  /** Every skill, kind of attestation and flag that an agent can have. */
  readonly agentWords: AgentWords;
  /** Always with {@link CONTRACT}. */
  readonly resourceTypes: ReadonlyMap<string, ResourceType>;
  /** Names that the enforcing side has for kinds of people, beside those kinds themselves. */
  readonly subjectTypes: ReadonlyMap<string, PersonKind>;
  /**
   * In which scopes each kind of representative acts: the same that are closed to others by the event behind it. A kind that
   * is not here acts in none, and its event closes all.
   */
  readonly representations: ReadonlyMap<RepresentationKind, readonly string[]>;
  readonly limits: Limits;
  /** The sentence to the caller: for one reason and one action, in one language. Rendered at compile time. */
  readonly sentence: (reason: Reason, action: string, language: Language) => string;
  /** The sentence to the caller where something else has to be done first: see `heedObligations`. */
  readonly owingSentence: Texts;
}
