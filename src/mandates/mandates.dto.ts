import { ApiProperty } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsString,
  IsUUID,
  Matches,
  MaxLength,
  MinLength,
} from 'class-validator';
import type { Code } from '../codes/code.ts';
import { AppError } from '../errors.ts';
import { IsLeftOutOr, IsReference } from '../holders/field-rules.ts';
import {
  CODE_ROUTES,
  CONTACT_RULES,
  EVIDENCE_FORMS,
  LEVELS,
  MANDATE_ENDINGS,
  MANDATE_STATES,
  type CodeRoute,
  type ContactRule,
  type EvidenceForm,
  type Level,
  type MandateEnding,
  type MandateState,
} from '../policy/vocabulary.ts';
import type { Acceptance } from './acceptance.service.ts';
import type { ChangeRequest, GrantRequest, InvitedMandate } from './grants.service.ts';
import type { Invited } from './mandate-notices.ts';
import { parseMandateRef } from './mandate-ref.ts';
import { isConfirmed, REGISTERED_FORMS, type MandateView, type RegisteredForm } from './mandate.ts';
import type { MandatePage, MandateQuery } from './mandates.service.ts';

const SCOPE = /^[a-z][a-z0-9_]{0,39}$/;
const MOMENT_LENGTH = 40;
/** Never a name or an address: it stands in the audit. */
const EVIDENCE_REF = /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}$/;
const DEFAULT_PAGE = 50;

export function IsScopeList(): PropertyDecorator {
  return (target, property) => {
    for (const rule of [
      IsArray(),
      ArrayMinSize(1),
      ArrayMaxSize(20),
      ArrayUnique(),
      Matches(SCOPE, { each: true, message: 'must name scopes of the policy, in lower case' }),
    ]) {
      rule(target, property);
    }
  };
}

export function IsContractList(): PropertyDecorator {
  return (target, property) => {
    for (const rule of [IsArray(), ArrayMinSize(1), ArrayMaxSize(50), ArrayUnique(), IsReference({ each: true })]) {
      rule(target, property);
    }
  };
}

export function IsEvidenceRef(): PropertyDecorator {
  return Matches(EVIDENCE_REF, {
    message:
      'must be 1 to 64 letters, digits, dots, colons, slashes, hyphens or underscores, beginning with a letter or digit',
  });
}

/** Which mandate a route is about. */
export class MandateParams {
  @IsUUID()
  id: string;
}

/** A mandate as it is registered: who gives it to whom, for what, for how long, and how we know. */
export class GrantMandateRequest {
  /**
   * The CRM's reference of who gives it.
   * @example P-1001
   */
  @IsReference()
  holder: string;

  /**
   * The CRM's reference of who gets it; not the holder.
   * @example P-1002
   */
  @IsReference()
  proxy: string;

  /**
   * 1 to 20 different scopes of the policy in force.
   * @example ["billing"]
   */
  @IsScopeList()
  scopes: string[];

  /**
   * 1 to 50 different contracts that the holder has and that have not ended.
   * @example ["C-2001"]
   */
  @IsContractList()
  contracts: string[];

  /**
   * A date (from 00:00 in Europe/Amsterdam) or an instant with its offset; not before today. Now when left out.
   * @example 2026-12-01
   */
  @IsLeftOutOr(IsString(), MaxLength(MOMENT_LENGTH))
  starts_at?: string;

  /**
   * A date (to its end in Europe/Amsterdam) or an instant with its offset; at most five years after the start. One year after
   * the start when left out.
   * @example 2027-11-30
   */
  @IsLeftOutOr(IsString(), MaxLength(MOMENT_LENGTH))
  ends_at?: string;

  /**
   * The proxy speaks for the organisation that gives it: `several` alone, `joint` only together with another contact person,
   * whose yes is asked each time. Of an organisation to a person. Left out: they don't.
   */
  @IsLeftOutOr(IsIn(CONTACT_RULES))
  @ApiProperty({ enum: CONTACT_RULES, required: false })
  contact_rule?: ContactRule;

  /** True: the proxy may have somebody else do it, one step further. False when left out. */
  @IsLeftOutOr(IsBoolean())
  may_pass_on?: boolean;

  /** True: for as long as the two are partners. It rests while a separation of one of them is in force. False when left out. */
  @IsLeftOutOr(IsBoolean())
  while_partner?: boolean;

  /**
   * How the holder gave it. An agent registers oral; the CRM also email, letter, portal and eid; notarial and court need a
   * session of strength 4.
   */
  @IsIn(REGISTERED_FORMS)
  @ApiProperty({ enum: REGISTERED_FORMS })
  form: RegisteredForm;

  /**
   * Where the proof lies, such as a document number. Never personal data. Required for notarial and court, and of agents for
   * email and letter.
   */
  @IsLeftOutOr(IsEvidenceRef())
  evidence_ref?: string;

  /**
   * The open call of this agent in which it is registered, about one of the contracts and with the holder or the proxy on the
   * line. Required of agents, and for oral: said on the phone it counts in that call.
   */
  @IsLeftOutOr(IsUUID())
  call_id?: string;

  toGrant(): GrantRequest {
    const { holder, proxy, scopes, contracts, starts_at, ends_at, form } = this;
    const { may_pass_on = false, while_partner = false, contact_rule = null } = this;
    const { evidence_ref = null, call_id = null } = this;
    const terms = { holder, proxy, scopes, contracts, may_pass_on, while_partner, contact_rule, starts_at, ends_at };
    return { ...terms, form, evidence_ref, call_id };
  }
}

/** What is to be different. What is left out stays as it is. */
export class ChangeMandateRequest {
  /** All scopes that it is to have, 1 to 20. Kept ones keep the version whose text the holder saw. */
  @IsLeftOutOr(IsScopeList())
  scopes?: string[];

  /** All contracts that it is to have, 1 to 50. */
  @IsLeftOutOr(IsContractList())
  contracts?: string[];

  /** As at the grant. */
  @IsLeftOutOr(IsString(), MaxLength(MOMENT_LENGTH))
  starts_at?: string;

  /** As at the grant. */
  @IsLeftOutOr(IsString(), MaxLength(MOMENT_LENGTH))
  ends_at?: string;

  /** Whether the proxy may pass it on. False takes back at once what was passed on; true is more than before. */
  @IsLeftOutOr(IsBoolean())
  may_pass_on?: boolean;

  /**
   * How the holder proved this change. Required when it widens the mandate: another scope or contract, an earlier start, a
   * later end. Not oral. An agent can't widen it.
   */
  @IsLeftOutOr(IsIn(REGISTERED_FORMS))
  @ApiProperty({ enum: REGISTERED_FORMS, required: false })
  form?: RegisteredForm;

  /** Where the proof lies. Never personal data. Required of agents for email and letter. */
  @IsLeftOutOr(IsEvidenceRef())
  evidence_ref?: string;

  /**
   * An open call of this agent about one of its contracts, with the holder or the proxy on the line. Agents need one: in any
   * other the mandate does not exist (404).
   */
  @IsLeftOutOr(IsUUID())
  call_id?: string;

  toChange(): ChangeRequest {
    const { scopes = null, contracts = null, may_pass_on = null, starts_at, ends_at } = this;
    const { form = null, evidence_ref = null } = this;
    if (form === null && evidence_ref !== null) {
      throw new AppError('validation_failed', 'Some fields are not as they should be; errors says which.', {
        faults: [{ pointer: '/form', detail: 'evidence_ref belongs to a proof: give its form too.' }],
      });
    }
    return { scopes, contracts, may_pass_on, starts_at, ends_at, form, evidence_ref };
  }
}

/** What is asked of a mandate without more words. */
export class InCallRequest {
  /**
   * An open call of this agent about one of its contracts, with the holder or the proxy on the line. Agents need one: in any
   * other the mandate does not exist (404).
   */
  @IsLeftOutOr(IsUUID())
  call_id?: string;
}

export class ConfirmMandateRequest extends InCallRequest {
  /**
   * The road that the holder asks for, such as `letter` (a longer code, valid 21 days). Left out: the best that there is.
   * E-mail proves too little.
   */
  @IsLeftOutOr(IsIn(CODE_ROUTES))
  @ApiProperty({ enum: CODE_ROUTES, required: false })
  route?: CodeRoute;
}

export class WithdrawMandateRequest {
  /**
   * True: nobody is told of it, and it looks as if there had never been a mandate. For a holder who is in danger.
   */
  @IsLeftOutOr(IsBoolean())
  silent?: boolean;

  /**
   * An open call of this agent about one of its contracts, with the holder or the proxy on the line. Agents need one: in any
   * other the mandate does not exist (404).
   */
  @IsLeftOutOr(IsUUID())
  call_id?: string;
}

export class AcceptMandateRequest {
  /**
   * The code that the holder got and passed on. Capitals, spaces and hyphens don't matter.
   * @example K7QP-2MFD
   */
  @IsString()
  @MinLength(1)
  @MaxLength(40)
  code: string;

  /**
   * An open call of this agent about one of its contracts, with the holder or the proxy on the line. Agents need one: in any
   * other the mandate does not exist (404).
   */
  @IsLeftOutOr(IsUUID())
  call_id?: string;
}

/** Exactly one of holder, proxy and mandate_ref. */
export class MandatesQuery {
  /** The CRM's reference of who gave them. */
  @IsLeftOutOr(IsReference())
  holder?: string;

  /** The CRM's reference of who got them. */
  @IsLeftOutOr(IsReference())
  proxy?: string;

  /**
   * The mandate's own reference; capitals, spaces and hyphens don't matter.
   * @example M-7K2Q-93FD
   */
  @IsLeftOutOr(IsString(), MaxLength(MOMENT_LENGTH))
  mandate_ref?: string;

  /** 1 to 100; 50 when left out. */
  @IsLeftOutOr(Matches(/^([1-9]\d?|100)$/, { message: 'must be a number from 1 to 100' }))
  @ApiProperty({ type: Number, minimum: 1, maximum: 100, required: false })
  limit?: string;

  /** `next` of the page before. */
  @IsLeftOutOr(IsUUID())
  after?: string;

  toQuery(): MandateQuery {
    const { holder, proxy, mandate_ref: ref, after = null } = this;
    const limit = this.limit === undefined ? DEFAULT_PAGE : Number(this.limit);
    if (holder !== undefined && proxy === undefined && ref === undefined) {
      return { by: 'holder', personRef: holder, limit, after };
    }
    if (proxy !== undefined && holder === undefined && ref === undefined) {
      return { by: 'proxy', personRef: proxy, limit, after };
    }
    if (ref !== undefined && holder === undefined && proxy === undefined) {
      const parsed = parseMandateRef(ref);
      if (parsed !== null) return { by: 'ref', ref: parsed };
      throw notRight(
        '/mandate_ref',
        'This is no reference of a mandate; it looks like M-7K2Q-93FD. Was a character misheard?',
      );
    }
    throw notRight('', 'Give exactly one of holder, proxy and mandate_ref.');
  }
}

function notRight(pointer: string, detail: string): AppError {
  const faults = [{ pointer, detail }];
  return new AppError('validation_failed', 'Some fields are not as they should be; errors says which.', { faults });
}

export class MandateScopeResponse {
  scope: string;

  /** The version of the scope's text that the holder saw. */
  version: number;
}

export class MandateStrengthResponse {
  /** How strongly the holder granted this, as far as the proof of its present terms goes: 0 to 4. */
  @ApiProperty({ enum: LEVELS })
  level: Level;

  /** When it falls by itself; null = it doesn't. */
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  until: string | null;
}

export class MandateEvidenceResponse {
  @ApiProperty({ enum: EVIDENCE_FORMS })
  form: EvidenceForm;

  @ApiProperty({ format: 'date-time' })
  registered_at: string;

  /** `key:<id>`, before it `agent:<id>` where somebody acted, or `holder:<id>` for the holder's own answer. */
  registered_by: string;

  @ApiProperty({ type: String, nullable: true })
  reference: string | null;

  /** False: it was about narrower terms, and doesn't count any more. */
  is_current: boolean;
}

export class MandateResponse {
  id: string;

  /**
   * To read out on the phone. It opens nothing.
   * @example M-7K2Q-93FD
   */
  mandate_ref: string;

  @ApiProperty({ enum: MANDATE_STATES })
  state: MandateState;

  @ApiProperty({ enum: MANDATE_ENDINGS, nullable: true })
  ending: MandateEnding | null;

  /** Withdrawn in silence: say nothing of it to the proxy. */
  is_silent: boolean;

  /** The CRM's reference of who gave it. */
  holder: string;

  /** The CRM's reference of who got it. */
  proxy: string;

  scopes: MandateScopeResponse[];

  /** References of the contracts. */
  contracts: string[];

  @ApiProperty({ format: 'date-time' })
  starts_at: string;

  /** It holds before this moment, and not at it. */
  @ApiProperty({ format: 'date-time' })
  ends_at: string;

  /** The end that was asked for, while an oral mandate waits to be confirmed; else null. */
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  asked_ends_at: string | null;

  /** How the proxy speaks for the organisation that gave it; null = they don't. */
  @ApiProperty({ enum: CONTACT_RULES, nullable: true })
  contact_rule: ContactRule | null;

  /** Whether the proxy may have somebody else do it. */
  may_pass_on: boolean;

  /** For as long as the two are partners: `suspended` while a separation is in force. */
  while_partner: boolean;

  /** The mandate that its proxy passed on, which this one ends with; null = the holder gave it. */
  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  parent_id: string | null;

  /** Also the ETag. Raised by every change; new proof of the same terms leaves it as it is. */
  revision: number;

  strength: MandateStrengthResponse;

  /** The only call in which it counts, while it rests on words on the phone; else null. */
  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  bound_to_call: string | null;

  /** The oldest first. */
  evidence: MandateEvidenceResponse[];

  @ApiProperty({ format: 'date-time' })
  created_at: string;

  /** Until when the holder's confirmation of a draft, or the proxy's acceptance, is awaited; else null. */
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  accept_before: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  accepted_at: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  ended_at: string | null;

  static of(mandate: MandateView): MandateResponse {
    const { termsRevision } = mandate;
    return Object.assign(new MandateResponse(), {
      id: mandate.id,
      mandate_ref: mandate.ref,
      state: mandate.state,
      ending: mandate.ending,
      is_silent: mandate.isSilent,
      holder: mandate.holderRef,
      proxy: mandate.proxyRef,
      scopes: mandate.scopeVersions.map(({ name: scope, version }) => ({ scope, version })),
      contracts: mandate.contracts.map((contract) => contract.ref),
      starts_at: moment(mandate.startsAt),
      ends_at: moment(mandate.endsAt),
      asked_ends_at: momentOrNull(mandate.askedEndsAt),
      contact_rule: mandate.contactRule,
      may_pass_on: mandate.mayPassOn,
      while_partner: mandate.isWhilePartner,
      parent_id: mandate.parent?.id ?? null,
      revision: mandate.revision,
      strength: { level: mandate.strength.level, until: momentOrNull(mandate.strength.until) },
      bound_to_call: isConfirmed(mandate.evidence, termsRevision) ? null : mandate.callId,
      evidence: mandate.evidence.map((evidence) => ({
        form: evidence.form,
        registered_at: moment(evidence.at),
        registered_by: evidence.registeredBy,
        reference: evidence.reference,
        is_current: evidence.termsRevision === termsRevision,
      })),
      created_at: moment(mandate.createdAt),
      accept_before: momentOrNull(mandate.acceptBefore),
      accepted_at: momentOrNull(mandate.acceptedAt),
      ended_at: momentOrNull(mandate.endedAt),
    });
  }
}

/** Who got a message. False: there is no contact point that has aged, or this person was sent enough for now. */
export class InvitedResponse {
  /** The acceptance code for the proxy, to who gives it. */
  holder: boolean;

  /** The invitation, without a code. */
  proxy: boolean;

  static of({ giver, proxy }: Invited): InvitedResponse {
    return Object.assign(new InvitedResponse(), { holder: giver, proxy });
  }
}

export class InvitedMandateResponse extends MandateResponse {
  /** Null: there was no invitation to send. */
  @ApiProperty({ type: InvitedResponse, nullable: true })
  invited: InvitedResponse | null;

  static ofInvited({ mandate, invited }: InvitedMandate): InvitedMandateResponse {
    return Object.assign(new InvitedMandateResponse(), MandateResponse.of(mandate), {
      invited: invited === null ? null : InvitedResponse.of(invited),
    });
  }
}

export class MandatePageResponse {
  /** The newest first. Ended ones are shown for 15 months. */
  mandates: MandateResponse[];

  /** Pass it as `after` for the next page; null on the last one. */
  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  next: string | null;

  static of({ mandates, next }: MandatePage): MandatePageResponse {
    return Object.assign(new MandatePageResponse(), {
      mandates: mandates.map((mandate) => MandateResponse.of(mandate)),
      next,
    });
  }
}

export class AcceptanceResponse {
  /** False: the code is not the one that the holder got for these terms. */
  accepted: boolean;

  /** 0: this invitation can't be accepted any more. */
  tries_left: number;

  static of({ isAccepted, triesLeft }: Acceptance): AcceptanceResponse {
    return Object.assign(new AcceptanceResponse(), { accepted: isAccepted, tries_left: triesLeft });
  }
}

/** A code is on its way to the holder. Type it at the confirmation's attempts. */
export class MandateConfirmationResponse {
  /** Of the confirmation. */
  id: string;

  @ApiProperty({ enum: CODE_ROUTES })
  route: CodeRoute;

  digits: number;

  @ApiProperty({ format: 'date-time' })
  expires_at: string;

  static of({ id, route, digits, expiresAt }: Code): MandateConfirmationResponse {
    return Object.assign(new MandateConfirmationResponse(), { id, route, digits, expires_at: expiresAt.toISOString() });
  }
}

export function moment(at: number): string {
  return new Date(at).toISOString();
}

export function momentOrNull(at: number | null): string | null {
  return at === null ? null : moment(at);
}
