import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsDateString, IsOptional, IsString, Matches } from 'class-validator';
import type { CompileResult, PolicyFault } from './compile-policy.ts';
import type { LoadedPolicy, PlannedPolicy } from './policy-documents.service.ts';
import type { ActionRule, Policy, PropertyRule, Requirement, Scope } from '../policy/policy.ts';
import { CHANNELS, LANGUAGES, LEVELS, OBLIGATION_TYPES, REPRESENTATION_KINDS } from '../policy/vocabulary.ts';
import type { Channel, Language, Level, ObligationType, RepresentationKind } from '../policy/vocabulary.ts';

/** When a policy is to come into force. */
export class StartQuery {
  /** A moment to come, with its zone, at most 366 days ahead. Left out: now. */
  @IsOptional()
  @IsDateString({ strict: true })
  @Matches(/(Z|[+-]\d{2}:\d{2})$/, { message: 'starts_at must name its zone, such as 2026-12-01T06:00:00+01:00' })
  @ApiPropertyOptional({ format: 'date-time' })
  starts_at?: string;

  static momentOf({ starts_at: startsAt }: StartQuery): Date | null {
    return startsAt === undefined ? null : new Date(startsAt);
  }
}

/** Which policy, and when. */
export class ActivateRequest extends StartQuery {
  /** Of a policy that is or was in force, or planned. */
  @IsString()
  @Matches(/^[0-9a-f]{64}$/, { message: 'hash must be the SHA-256 of a document, in hexadecimal' })
  hash: string;
}

/** What loading a document came to. */
export class LoadedPolicyResponse {
  /** SHA-256 of the document's bytes, in hexadecimal: what every decision names. */
  hash: string;

  /** False when this policy was in force already. */
  is_changed: boolean;

  /** When it comes into force; null = it is in force now. */
  @ApiProperty({ format: 'date-time', type: String, nullable: true })
  starts_at: string | null;

  /** By which it can be called off until then; null when it is in force now. */
  @ApiProperty({ type: String, nullable: true })
  activation_id: string | null;

  static of({ policy, isChanged, scheduled }: LoadedPolicy): LoadedPolicyResponse {
    return Object.assign(new LoadedPolicyResponse(), {
      hash: policy.hash,
      is_changed: isChanged,
      starts_at: scheduled?.startsAt.toISOString() ?? null,
      activation_id: scheduled?.id ?? null,
    });
  }
}

const ACTIVATION_STATES = ['scheduled', 'in_force', 'replaced', 'cancelled'] as const;

/** A policy's moment: planned, now, or behind. */
export class PolicyActivationResponse {
  id: string;

  hash: string;

  name: string;

  @ApiProperty({ format: 'date-time' })
  starts_at: string;

  @ApiProperty({ enum: ACTIVATION_STATES })
  state: (typeof ACTIVATION_STATES)[number];

  static of({ id, hash, name, startsAt, state }: PlannedPolicy): PolicyActivationResponse {
    const members = { id, hash, name, starts_at: startsAt.toISOString(), state };
    return Object.assign(new PolicyActivationResponse(), members);
  }
}

/** The latest first, at most 100. */
export class PolicyActivationsResponse {
  activations: PolicyActivationResponse[];

  static of(planned: readonly PlannedPolicy[]): PolicyActivationsResponse {
    const activations = planned.map((one) => PolicyActivationResponse.of(one));
    return Object.assign(new PolicyActivationsResponse(), { activations });
  }
}

/** One mistake in a document. */
export class PolicyFaultResponse {
  /** From 1. */
  line: number;

  /** From 1. */
  column: number;

  /** JSON pointer into the document. */
  path: string;

  /** What is wrong. */
  message: string;

  /** What would be right. */
  hint: string;

  static of({ line, column, path, message, hint }: PolicyFault): PolicyFaultResponse {
    return Object.assign(new PolicyFaultResponse(), { line, column, path, message, hint });
  }
}

/** Whether a document could be loaded. */
export class PolicyCheckResponse {
  is_valid: boolean;

  /** The hash that it would have; null when it has mistakes. */
  hash: string | null;

  /** Every mistake, in the order of the document. */
  faults: PolicyFaultResponse[];

  static of(result: CompileResult): PolicyCheckResponse {
    const faults = 'faults' in result ? result.faults.map((fault) => PolicyFaultResponse.of(fault)) : [];
    const hash = 'policy' in result ? result.policy.hash : null;
    return Object.assign(new PolicyCheckResponse(), { is_valid: faults.length === 0, hash, faults });
  }
}

/** What an action needs on the three axes. */
export class RequirementResponse {
  /** How strongly the holder must have granted this. 0 = no mandate needed. */
  @ApiProperty({ enum: LEVELS })
  mandate: Level;

  /** How well the caller must be identified. */
  @ApiProperty({ enum: LEVELS })
  caller: Level;

  /** How strongly the holder must confirm this very action now. 0 = not asked. */
  @ApiProperty({ enum: LEVELS })
  confirmation: Level;

  static of({ mandate, caller, confirmation }: Requirement): RequirementResponse {
    return Object.assign(new RequirementResponse(), { mandate, caller, confirmation });
  }
}

/** A value that a check may or must give with an action. */
export class ActionPropertyResponse {
  name: string;

  title: string;

  @ApiProperty({ enum: ['string', 'number', 'boolean'] })
  type: 'string' | 'number' | 'boolean';

  is_required: boolean;

  /** Recorded only as a keyed value. */
  is_personal: boolean;

  /** Longest string in characters; null for other types. */
  max_length: number | null;

  /** Bounds of a number, inclusive; null = none. */
  minimum: number | null;

  maximum: number | null;

  static of(name: string, rule: PropertyRule, language: Language): ActionPropertyResponse {
    return Object.assign(new ActionPropertyResponse(), {
      name,
      title: rule.title[language],
      type: rule.type,
      is_required: rule.isRequired,
      is_personal: rule.isPersonal,
      max_length: rule.type === 'string' ? rule.maxLength : null,
      minimum: rule.minimum,
      maximum: rule.maximum,
    });
  }
}

/** One thing that an agent can do or say, and what it needs. */
export class ActionResponse {
  /** @example invoice.explain */
  name: string;

  /** The scope that a mandate must cover. */
  scope: string;

  title: string;

  is_high_impact: boolean;

  /** Goes on while a life event is reported and nobody has proven it. */
  is_low_risk: boolean;
  /** It records the call, for what its property `purpose` says. */
  is_recording: boolean;

  @ApiProperty({ enum: CHANNELS, isArray: true })
  channels: Channel[];

  /** Roles of agents that may do this; null = every role. */
  agent_roles: string[] | null;

  /** What a proxy needs; null = no proxy may ever have this done. */
  proxy: RequirementResponse | null;

  holder: RequirementResponse;

  /** A CEL expression over the properties; null = none. */
  condition: string | null;

  @ApiProperty({ enum: OBLIGATION_TYPES, isArray: true })
  obligations: ObligationType[];

  /** It may go to the holder's address of record without proof from anybody. */
  has_safe_delivery: boolean;

  properties: ActionPropertyResponse[];

  static of(rule: ActionRule, language: Language): ActionResponse {
    return Object.assign(new ActionResponse(), {
      name: rule.name,
      scope: rule.scope,
      title: rule.title[language],
      is_high_impact: rule.isHighImpact,
      is_low_risk: rule.isLowRisk,
      is_recording: rule.isRecording,
      channels: [...rule.channels],
      agent_roles: rule.agentRoles === null ? null : [...rule.agentRoles],
      proxy: rule.proxy === null ? null : RequirementResponse.of(rule.proxy),
      holder: RequirementResponse.of(rule.holder),
      condition: rule.condition?.source ?? null,
      obligations: rule.obligations.map(({ type }) => type),
      has_safe_delivery: rule.safeDelivery !== null,
      properties: [...rule.properties].map(([name, property]) => ActionPropertyResponse.of(name, property, language)),
    });
  }
}

/** What a holder can give a mandate for. A published version never changes. */
export class ScopeResponse {
  name: string;

  version: number;

  title: string;

  /** What the holder agrees to. */
  text: string;

  /** What a mandate for this never allows. */
  excludes: string;

  /** Whether a proxy may let somebody else do it, where the holder lets them pass their mandate on. */
  may_be_passed_on: boolean;

  static of({ name, version, title, text, excludes, mayBePassedOn }: Scope, language: Language): ScopeResponse {
    return Object.assign(new ScopeResponse(), {
      name,
      version,
      title: title[language],
      text: text[language],
      excludes: excludes[language],
      may_be_passed_on: mayBePassedOn,
    });
  }
}

/** Whether proxies are served on a channel. */
export class ChannelResponse {
  @ApiProperty({ enum: CHANNELS })
  name: Channel;

  accepts_proxies: boolean;

  /** Where proxies go instead. */
  @ApiProperty({ enum: CHANNELS, isArray: true })
  alternatives: Channel[];
}

/** Where a kind of representative by law acts, and where the event behind it closes the door to everybody else. */
export class RepresentativeResponse {
  @ApiProperty({ enum: REPRESENTATION_KINDS })
  kind: RepresentationKind;

  /** Names of scopes. */
  scopes: string[];
}

/** A policy, in one language. */
export class PolicyResponse {
  /** SHA-256 of the document's bytes, in hexadecimal. */
  hash: string;

  name: string;

  @ApiProperty({ enum: LANGUAGES })
  language: Language;

  channels: ChannelResponse[];

  scopes: ScopeResponse[];

  /** A kind that is not here acts nowhere, and its event closes everything. */
  representations: RepresentativeResponse[];

  /** In the order of the agent's screen. */
  actions: ActionResponse[];

  static of(policy: Policy, language: Language): PolicyResponse {
    return Object.assign(new PolicyResponse(), {
      hash: policy.hash,
      name: policy.name,
      language,
      channels: [...policy.channels].map(([name, { acceptsProxies, alternatives }]) =>
        Object.assign(new ChannelResponse(), {
          name,
          accepts_proxies: acceptsProxies,
          alternatives: [...alternatives],
        }),
      ),
      scopes: [...policy.scopes.values()].map((scope) => ScopeResponse.of(scope, language)),
      representations: [...policy.representations].map(([kind, scopes]) =>
        Object.assign(new RepresentativeResponse(), { kind, scopes: [...scopes] }),
      ),
      actions: [...policy.actions.values()].map((action) => ActionResponse.of(action, language)),
    });
  }
}
