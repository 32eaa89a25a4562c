import { ApiProperty, ApiPropertyOptional, type ApiPropertyOptions } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsInt,
  IsNotEmpty,
  IsObject,
  IsOptional,
  IsString,
  Max,
  MaxLength,
  Min,
} from 'class-validator';

import type { JWK } from 'jose';

import { IsObjectOf } from '../holders/field-rules.ts';
import type { EvaluationRequest as Evaluation } from './evaluation.ts';

// The wire of OpenID AuthZEN, Authorization API 1.0. Fields that are not here are ignored, as it says.

const SEMANTICS = ['execute_all', 'deny_on_first_deny', 'permit_on_first_permit'] as const;
export type Semantic = (typeof SEMANTICS)[number];

/** The most evaluations in one request. */
const MOST_EVALUATIONS = 50;

const ANYTHING: ApiPropertyOptions = { type: 'object', additionalProperties: true };

/** What kind of entity, without saying which. */
export class TypedEntity {
  @IsString()
  @IsNotEmpty()
  @MaxLength(100)
  type: string;

  /** Only those count that the policy trusts for this type of resource. */
  @IsOptional()
  @IsObject()
  @ApiPropertyOptional(ANYTHING)
  properties?: Record<string, unknown>;
}

/**
 * One entity. A subject is a `person`, `organisation` or `software` (or another name that the policy has for those) by the
 * CRM's reference; or the `caller` of a call by the call's id. A resource is a `contract`, or another type that the policy
 * knows, by the CRM's reference.
 */
export class IdentifiedEntity extends TypedEntity {
  @IsString()
  @IsNotEmpty()
  @MaxLength(200)
  id: string;
}

export class NamedAction {
  /**
   * A name of the policy's catalogue.
   * @example invoice.explain
   */
  @IsString()
  @IsNotEmpty()
  @MaxLength(100)
  name: string;

  /** Those that the policy declares for this action; `channel` is the channel of a question outside a call. */
  @IsOptional()
  @IsObject()
  @ApiPropertyOptional(ANYTHING)
  properties?: Record<string, unknown>;
}

const CONTEXT: ApiPropertyOptions = {
  ...ANYTHING,
  description:
    '`call_id`: the open call in which this is asked. `purpose`: `advise` (default) or `execute`. `supported_obligations`: ' +
    'types of obligation that the asking side can perform; a permit with another one is a deny. `sign`: true for an answer with ' +
    '`context.signature`. `approval`: what an approved request gave, unchanged. Other members are ignored.',
  example: { call_id: '018f4e4e-0000-4000-8000-000000000000', purpose: 'advise' },
};

/** May this subject have this action done on this resource? */
export class EvaluationRequest implements Evaluation {
  @IsObjectOf(() => IdentifiedEntity)
  subject: IdentifiedEntity;

  @IsObjectOf(() => NamedAction)
  action: NamedAction;

  @IsObjectOf(() => IdentifiedEntity)
  resource: IdentifiedEntity;

  @IsOptional()
  @IsObject()
  @ApiPropertyOptional(CONTEXT)
  context?: Record<string, unknown> | undefined;
}

class EvaluationsOptions {
  /** Every one (the default), or until the first deny, or until the first permit. */
  @IsOptional()
  @IsIn(SEMANTICS)
  @ApiPropertyOptional({ enum: SEMANTICS, default: 'execute_all' })
  evaluations_semantic?: Semantic;
}

/**
 * Several questions. What stands at the top is the default of every evaluation; one that names an entity itself replaces it
 * whole. Without evaluations it is one question.
 */
export class EvaluationsRequest {
  @IsOptional()
  @IsObjectOf(() => IdentifiedEntity)
  subject?: IdentifiedEntity;

  @IsOptional()
  @IsObjectOf(() => NamedAction)
  action?: NamedAction;

  @IsOptional()
  @IsObjectOf(() => IdentifiedEntity)
  resource?: IdentifiedEntity;

  @IsOptional()
  @IsObject()
  @ApiPropertyOptional(CONTEXT)
  context?: Record<string, unknown> | undefined;

  /** At most 50. One that is broken is answered with a deny and `context.error`; the others are answered. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(MOST_EVALUATIONS)
  @ApiPropertyOptional({ type: 'array', items: ANYTHING as object })
  evaluations?: unknown[];

  @IsOptional()
  @IsObjectOf(() => EvaluationsOptions)
  options?: EvaluationsOptions;
}

export class PageRequest {
  /** The `next_token` of the answer before; everything else stays the same. */
  @IsOptional()
  @IsString()
  @MaxLength(500)
  token?: string;

  /** The most results in this answer; 0 = as many as fit. At most 100. */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(1_000_000)
  limit?: number;
}

class Search {
  @IsOptional()
  @IsObject()
  @ApiPropertyOptional(CONTEXT)
  context?: Record<string, unknown> | undefined;

  @IsOptional()
  @IsObjectOf(() => PageRequest)
  page?: PageRequest;
}

/** Who may have this done on this resource? An `id` of the subject is ignored. */
export class SubjectSearchRequest extends Search {
  @IsObjectOf(() => TypedEntity)
  subject: TypedEntity;

  @IsObjectOf(() => NamedAction)
  action: NamedAction;

  @IsObjectOf(() => IdentifiedEntity)
  resource: IdentifiedEntity;
}

/** On what may this subject have this done? An `id` of the resource is ignored. */
export class ResourceSearchRequest extends Search {
  @IsObjectOf(() => IdentifiedEntity)
  subject: IdentifiedEntity;

  @IsObjectOf(() => NamedAction)
  action: NamedAction;

  @IsObjectOf(() => TypedEntity)
  resource: TypedEntity;
}

/** What may this subject have done on this resource? */
export class ActionSearchRequest extends Search {
  @IsObjectOf(() => IdentifiedEntity)
  subject: IdentifiedEntity;

  @IsObjectOf(() => IdentifiedEntity)
  resource: IdentifiedEntity;
}

const OBLIGATION_NAMES = ['step-up', 'custom'] as const;

/** Something that must be done before, or with, what was decided. AuthZEN Obligations Profile 1.0, draft. */
export class AuthzenObligation {
  /** Within this decision. */
  id: string;
  @ApiProperty({ enum: OBLIGATION_NAMES })
  type: (typeof OBLIGATION_NAMES)[number];
  /** `step-up`: `acr_value` and `amr_values`. `custom`: `name`, and the `text` to say where there is one. */
  @ApiProperty(ANYTHING)
  properties: Record<string, unknown>;
}

export class EvaluationResponse {
  decision: boolean;
  /** The whole decision, as in `POST /v1/calls/{call_id}/checks`; `error` where the question could not be weighed. */
  @ApiPropertyOptional(ANYTHING)
  context?: Record<string, unknown> | undefined;
}

/** In the order asked; shorter only where one settled it. */
export class EvaluationsResponse {
  evaluations: EvaluationResponse[];
}

class PageResponse {
  /** Empty when there is nothing more. */
  next_token: string;
  /** How many are in this answer. */
  count: number;
  /** How many there are on all pages together; left out where that takes more than this page. */
  total?: number;
}

/** An entity, or for an action search a name; with the obligations of its permit, if it has any. */
export class SearchResult {
  type?: string;
  id?: string;
  name?: string;
  obligations?: AuthzenObligation[];
}

export class SearchResponse {
  page: PageResponse;
  results: SearchResult[];
}

/** A JWK set (RFC 7517). */
export class DecisionKeysResponse {
  /** Public Ed25519 keys; their `kid` stands in the header of what they signed. The first is the one that signs now. */
  @ApiProperty({ type: 'array', items: { type: 'object', additionalProperties: { type: 'string' } } })
  keys: readonly JWK[];

  static of(keys: readonly JWK[]): DecisionKeysResponse {
    return Object.assign(new DecisionKeysResponse(), { keys });
  }
}

/** Where everything is. */
export class ConfigurationResponse {
  policy_decision_point: string;
  access_evaluation_endpoint: string;
  access_evaluations_endpoint: string;
  search_subject_endpoint: string;
  search_resource_endpoint: string;
  search_action_endpoint: string;
  access_request_endpoint: string;
  jwks_uri: string;
  capabilities: string[];
  supported_obligations: string[];
}
