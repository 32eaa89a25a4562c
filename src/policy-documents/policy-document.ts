import type { PropertyType } from '../policy/policy.ts';
import type {
  Channel,
  Level,
  ObligationType,
  PersonKind,
  Reason,
  RepresentationKind,
  Texts,
} from '../policy/vocabulary.ts';

/** A policy document as written, after the schema has accepted it. `policies/schema.json` is its reference. */
export interface PolicyDocument {
  readonly format: 1;
  readonly name: string;
  readonly limits: {
    readonly decision_seconds: number;
    readonly confirmation_minutes: number;
    readonly decay_months: number;
    readonly address_of_record_days: number;
  };
  readonly contract_properties?: Readonly<Record<string, PropertyType>>;
  readonly person_properties?: Readonly<Record<string, PropertyType>>;
  readonly resource_types?: Readonly<Record<string, ResourceTypeEntry>>;
  readonly subject_types?: Readonly<Record<string, PersonKind>>;
  readonly agents?: AgentWordsEntry;
  readonly channels: Readonly<Record<Channel, ChannelEntry>>;
  readonly scopes: Readonly<Record<string, ScopeEntry>>;
  readonly actions: Readonly<Record<string, ActionEntry>>;
  readonly representations?: Readonly<Partial<Record<RepresentationKind, readonly string[]>>>;
  readonly sentences: Readonly<Record<Reason, Texts>>;
  readonly owing_sentence?: Texts;
}

export interface ResourceTypeEntry {
  readonly without_call?: { readonly channel: Channel; readonly vouched_caller: Level };
  readonly trusted_properties?: { readonly resource?: readonly string[]; readonly subject?: readonly string[] };
}

interface AgentWordsEntry {
  readonly skills?: readonly string[];
  readonly attestations?: readonly string[];
  readonly flags?: readonly string[];
}

export interface AgentEntry {
  readonly skills?: readonly string[];
  readonly attestations?: readonly string[];
  readonly not_flagged?: readonly string[];
}

interface ChannelEntry {
  readonly accepts_proxies: boolean;
  readonly agent?: AgentEntry;
  readonly alternatives?: readonly Channel[];
}

interface ScopeEntry {
  readonly version: number;
  readonly title: Texts;
  readonly text: Texts;
  readonly never_includes: Texts;
  readonly may_be_passed_on?: boolean;
}

export interface PropertyEntry {
  readonly type: PropertyType;
  readonly title: Texts;
  readonly required?: boolean;
  readonly personal?: boolean;
  readonly max_length?: number;
  readonly minimum?: number;
  readonly maximum?: number;
}

interface ObligationEntry {
  readonly type: ObligationType;
  readonly text?: Texts;
  readonly receipt_required?: boolean;
}

export interface ActionEntry {
  readonly scope: string;
  readonly resource_type?: string;
  readonly title: Texts;
  readonly high_impact?: boolean;
  readonly low_risk?: boolean;
  readonly sensitive?: boolean;
  readonly recording?: boolean;
  readonly channels: readonly Channel[];
  readonly agent_roles?: readonly string[];
  readonly agent?: AgentEntry;
  readonly proxy: 'never' | { readonly mandate: Level; readonly caller: Level; readonly confirmation: Level };
  readonly holder: { readonly caller: Level; readonly confirmation: Level };
  readonly properties?: Readonly<Record<string, PropertyEntry>>;
  readonly condition?: string;
  readonly obligations?: readonly ObligationEntry[];
  readonly safe_delivery?: { readonly maximum: number; readonly per_days: number };
  readonly safe_alternative?: string;
}

// The checks of meaning read a document that may still be broken, so that one run reports everything: the three below
// find nothing where the schema has already reported something else.

/** The members of a mapping; none when it isn't one. */
export function members(value: unknown): readonly (readonly [string, unknown])[] {
  return isMapping(value) ? Object.entries(value) : [];
}

/** A member of a mapping, if there is one. */
export function member(value: unknown, name: string): unknown {
  return isMapping(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

/** The entries of a list; none when it isn't one. */
export function entries(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
