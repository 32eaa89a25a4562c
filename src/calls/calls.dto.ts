import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsBoolean,
  IsIn,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  Matches,
  MaxLength,
} from 'class-validator';

import { IsListOf, IsObjectOf, IsReference } from '../holders/field-rules.ts';
import { CompiledBody } from '../http/compiled-body.ts';
import { preferredLanguage } from '../http/preferred-language.ts';
import type { Decision, Levels, NextStep } from '../policy/decision.ts';
import { obligationId } from '../policy/obligations.ts';
import type { Policy, PropertyRule } from '../policy/policy.ts';
import {
  CATEGORIES,
  type Category,
  CHANNELS,
  type Channel,
  type Language,
  LANGUAGES,
  NEXT_STEPS,
  type NextStepType,
  OBLIGATION_TYPES,
  type ObligationType,
  OUTCOMES,
  type Outcome,
  type Purpose,
  PURPOSES,
  REASONS,
  type Reason,
  VERIFICATION_METHODS,
  type VerificationMethod,
} from '../policy/vocabulary.ts';
import type { CallEntity } from './call.entity.ts';
import type { Claim, OpenCall } from './calls.service.ts';
import { decisionId } from './check-record.ts';
import type { Check } from './checks.service.ts';
import type { AskedAction } from './questions.ts';

/** What the one on the line says, and what the telephone shows. It points at somebody; it proves nothing. */
export class ClaimRequest {
  /** In which part they call. */
  @IsIn(['holder', 'proxy'])
  @ApiProperty({ enum: ['holder', 'proxy'] })
  as: 'holder' | 'proxy';

  /**
   * The mandate's own reference, when the caller reads it out.
   * @example M-7K2Q-93FD
   */
  @IsOptional()
  @IsString()
  @Length(1, 32)
  mandate_ref?: string;

  /**
   * The number that the telephone shows, in any usual spelling. Read on phone, WhatsApp and video alone.
   * @example +49 30 23125 002
   */
  @IsOptional()
  @IsString()
  @Length(1, 40)
  calling_number?: string;

  /**
   * The name that the caller gives. Compared with the contract's holders and their proxies, never shown.
   * @example Willem Verzonnen
   */
  @IsOptional()
  @IsString()
  @Length(1, 200)
  name?: string;

  /**
   * True where the one on the line says that it is software. It then is no human being, whatever number or name it comes with.
   * Declared software has to say so: until then it may have nothing done for anybody. False when left out.
   */
  @IsOptional()
  @IsBoolean()
  is_software?: boolean;
}

export function claimOf(request: ClaimRequest): Claim {
  return {
    as: request.as,
    mandateRef: request.mandate_ref ?? null,
    callingNumber: request.calling_number ?? null,
    name: request.name ?? null,
    isSoftware: request.is_software ?? false,
  };
}

/** One contact between an agent and a caller, about one contract. */
@CompiledBody()
export class OpenCallRequest {
  @IsIn(CHANNELS)
  @ApiProperty({ enum: CHANNELS })
  channel: Channel;

  /**
   * The CRM's reference of the contract.
   * @example C-5001
   */
  @IsReference()
  contract_ref: string;

  @IsObjectOf(() => ClaimRequest)
  claim: ClaimRequest;

  /**
   * The complaint or case that this call is about, by the CRM's reference.
   * @example CASE-77
   */
  @IsOptional()
  @IsReference()
  case_ref?: string;

  /** The caller's language. Left out: the language of the holder whom a holder's claim points at, else Dutch. */
  @IsOptional()
  @IsIn(LANGUAGES)
  @ApiPropertyOptional({ enum: LANGUAGES })
  language?: Language;

  toOpenCall(): OpenCall {
    return {
      channel: this.channel,
      contractRef: this.contract_ref,
      claim: claimOf(this.claim),
      caseRef: this.case_ref ?? null,
      language: this.language ?? null,
    };
  }
}

/** One action of the policy, with the properties that its conditions and codes are about. */
export class ActionRequest {
  /**
   * A name of the policy's catalogue.
   * @example goodwill.credit
   */
  @IsString()
  @MaxLength(100)
  @Matches(/^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$/, { message: 'must be a name such as invoice.explain' })
  name: string;

  /** As the policy declares them for this action; strings, numbers and booleans. */
  @IsOptional()
  @IsObject()
  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: { oneOf: [{ type: 'string' }, { type: 'number' }, { type: 'boolean' }] },
    example: { amount: 25 },
  })
  properties?: Record<string, unknown>;
}

/** An action as it is asked, from its request. */
export function askedAction({ name, properties }: ActionRequest): AskedAction {
  // Null, too: that is how some clients leave something out.
  return { name, properties: properties ?? {} };
}

/** Which of these actions may this caller have done now? */
@CompiledBody()
export class CheckRequest {
  /** 1 to 50 actions, each once. Left out: every action of the policy; not possible at `execute`. */
  @IsOptional()
  @IsListOf(() => ActionRequest)
  @ArrayMinSize(1)
  @ArrayMaxSize(50)
  actions?: ActionRequest[];

  /**
   * `advise` asks what is possible; `execute` decides again and does it, one action after the other in the order asked: what comes
   * with the permit of one can keep the next of its scope waiting.
   */
  @IsOptional()
  @IsIn(PURPOSES)
  @ApiPropertyOptional({ enum: PURPOSES, default: 'advise' })
  purpose?: Purpose;

  toCheck(): { purpose: Purpose; asked: readonly AskedAction[] | null } {
    return {
      purpose: this.purpose ?? 'advise',
      asked: this.actions?.map(askedAction) ?? null,
    };
  }
}

@CompiledBody()
export class CallParams {
  /** The call's id. */
  @IsUUID()
  call_id: string;
}

export class CallResponse {
  /** @example 018f4e4e-0000-4000-8000-000000000000 */
  id: string;
  @ApiProperty({ enum: CHANNELS })
  channel: Channel;
  @ApiProperty({ enum: LANGUAGES })
  language: Language;
  case_ref: string | null;
  /** ISO 8601, UTC. */
  opened_at: string;
  /** When the call ends by itself, whatever happens. */
  ends_at: string;
  /** Null while it goes on. */
  ended_at: string | null;

  static of(call: CallEntity): CallResponse {
    return Object.assign(new CallResponse(), {
      id: call.id,
      channel: call.channel,
      language: call.language,
      case_ref: call.caseRef,
      opened_at: call.openedAt.toISOString(),
      ends_at: call.endsAt.toISOString(),
      ended_at: call.endedAt?.toISOString() ?? null,
    });
  }
}

/** Strength on the three axes, each 0 to 4. */
export class LevelsResponse {
  /** M: how strongly the holder granted this. */
  mandate: number;
  /** C: how well the caller is identified. */
  caller: number;
  /** H: how strongly the holder confirmed this action now. */
  confirmation: number;
}

/** An obligation of an earlier permit. */
export class OwedRefResponse {
  id: string;
  @ApiProperty({ enum: OBLIGATION_TYPES })
  type: ObligationType;
}

/** Something that works. */
export class NextStepResponse {
  @ApiProperty({ enum: NEXT_STEPS })
  type: NextStepType;
  /** For `switch_channel`: where it is possible. */
  @ApiPropertyOptional({ enum: CHANNELS, isArray: true })
  channels?: readonly Channel[];
  /** For `verify_caller`: how this caller can be recognised. */
  @ApiPropertyOptional({ enum: VERIFICATION_METHODS, isArray: true })
  methods?: readonly VerificationMethod[];
  /** For `ask_holder`: how many holders must say yes. */
  holders?: number;
  /** For `fulfil_obligation`: what is owed in this call, and has to be done and reported first. */
  obligations?: OwedRefResponse[];
}

/** Something that must be done with a permit. */
export class ObligationResponse {
  /** For its receipt; only at `execute`, for what was done, and not for `notify_holder`, which the service does itself. */
  id?: string;
  @ApiProperty({ enum: OBLIGATION_TYPES })
  type: ObligationType;
  /** What to say, in the caller's language; null when there is nothing to say. */
  text: string | null;
  /** True: once this was done, nothing else of its scope is permitted in the call until a receipt says that the obligation is done. */
  receipt_required: boolean;
}

/** What a permit stands on. */
export class AuthorityResponse {
  @ApiProperty({ enum: ['none', 'holder', 'mandate', 'representation', 'confirmation', 'safe_delivery'] })
  kind: Decision['authority']['kind'];
  /** Ids of the mandates relied on. */
  mandate_ids: string[];
  /** Ids of the representations by law that are relied on; left out where there is none. */
  representation_ids?: string[];
}

export class DecisionResponse {
  /** Found again in the audit years later. */
  id: string;
  action: string;
  /** The action's name for people. */
  title: string;
  @ApiProperty({ enum: OUTCOMES })
  outcome: Outcome;
  @ApiProperty({ enum: REASONS })
  reason: Reason;
  @ApiProperty({ enum: CATEGORIES })
  category: Category;
  /** What the agent can say, in the caller's language, at reading level B1. */
  sentence: string;
  /** At least one on every answer that is not a permit. */
  next_steps: NextStepResponse[];
  had: LevelsResponse;
  required: LevelsResponse;
  authority: AuthorityResponse;
  obligations: ObligationResponse[];
  /** Names of properties that must be given to have this done, and on which its condition may depend. */
  required_properties: string[];
  /** ISO 8601, UTC. Ask again from this moment on. */
  valid_until: string;
  /** Id of what was done; only at `execute`, only on a permit. */
  execution_id?: string;
}

/** The answer to a check: one decision an action, in the order asked. */
export class CheckResponse {
  id: string;
  call_id: string;
  @ApiProperty({ enum: PURPOSES })
  purpose: Purpose;
  /** SHA-256 of the policy that decided. */
  policy: string;
  /** Database clock, ISO 8601, UTC. */
  decided_at: string;
  @ApiProperty({ enum: LANGUAGES })
  language: Language;
  decisions: DecisionResponse[];

  static of(check: Check, language: Language): CheckResponse {
    return Object.assign(new CheckResponse(), {
      id: check.id,
      call_id: check.callId,
      purpose: check.purpose,
      policy: check.policy.hash,
      decided_at: new Date(check.decidedAt).toISOString(),
      language,
      decisions: check.decisions.map((decision, index) => decisionResponse(check, decision, index, language)),
    });
  }
}

/** The call that was opened, and every action's answer. */
export class OpenedCallResponse {
  call: CallResponse;
  check: CheckResponse;

  static of({ call, check }: { call: CallEntity; check: Check }, languages: string | undefined): OpenedCallResponse {
    return Object.assign(new OpenedCallResponse(), {
      call: CallResponse.of(call),
      check: CheckResponse.of(check, preferredLanguage(languages, call.language)),
    });
  }
}

/** One decision in words, for the API. */
export function decisionResponse(
  check: Check,
  decision: Decision,
  index: number,
  language: Language,
): DecisionResponse {
  const { action, authority } = decision;
  const executionId = check.executions[action];
  return {
    id: decisionId(check.id, index),
    action,
    title: check.policy.actions.get(action)?.title[language] ?? action,
    outcome: decision.outcome,
    reason: decision.reason,
    category: decision.category,
    sentence: sentenceOf(check.policy, decision, language),
    next_steps: decision.nextSteps.map(nextStepResponse),
    had: levelsResponse(decision.had),
    required: levelsResponse(decision.required),
    authority: {
      kind: authority.kind,
      mandate_ids: 'mandates' in authority ? authority.mandates.map(({ id }) => id) : [],
      ...('representations' in authority ? { representation_ids: [...authority.representations] } : {}),
    },
    required_properties: requiredProperties(check.policy, action),
    obligations: decision.obligations.map((one, place) =>
      obligationResponse(
        one,
        language,
        executionId === undefined ? null : obligationId(decisionId(check.id, index), place),
      ),
    ),
    valid_until: new Date(decision.validUntil).toISOString(),
    ...(executionId === undefined ? {} : { execution_id: executionId }),
  };
}

export function requiredProperties(policy: Policy, action: string): string[] {
  const rules = policy.actions.get(action)?.properties ?? new Map<string, PropertyRule>();
  return [...rules].flatMap(([name, { isRequired }]) => (isRequired ? [name] : []));
}

/** Who must be asked stays inside: an agent sees how many. */
export function nextStepResponse({ type, channels, methods, holders, obligations }: NextStep): NextStepResponse {
  return {
    type,
    ...(channels === undefined ? {} : { channels }),
    ...(methods === undefined ? {} : { methods }),
    ...(holders === undefined ? {} : { holders: holders.length }),
    ...(obligations === undefined ? {} : { obligations: obligations.map(({ id, type: of }) => ({ id, type: of })) }),
  };
}

/** @param id null: nothing was done, so nothing is owed */
export function obligationResponse(
  { type, text, needsReceipt }: Decision['obligations'][number],
  language: Language,
  id: string | null = null,
): ObligationResponse {
  const said = { type, text: text?.[language] ?? null, receipt_required: needsReceipt };
  return id === null || type === 'notify_holder' ? said : { id, ...said };
}

/** Where something else has to be done first, the caller hears that, whatever the action. */
export function sentenceOf(policy: Policy, { action, reason, nextSteps }: Decision, language: Language): string {
  return isOwing(nextSteps) ? policy.owingSentence[language] : policy.sentence(reason, action, language);
}

export function isOwing(nextSteps: readonly NextStep[]): boolean {
  return nextSteps.some(({ type }) => type === 'fulfil_obligation');
}

function levelsResponse({ mandate, caller, confirmation }: Levels): LevelsResponse {
  return { mandate, caller, confirmation };
}
