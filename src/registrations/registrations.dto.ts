import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsString, IsUUID, Matches, MaxLength } from 'class-validator';

import { AppError, type Fault } from '../errors.ts';
import { IsLeftOutOr, IsObjectOf, IsReference } from '../holders/field-rules.ts';
import { IsContractList, IsEvidenceRef, IsScopeList, moment } from '../mandates/mandates.dto.ts';
import { CONTACT_RULES, type ContactRule, MANDATE_STATES, type MandateState } from '../policy/vocabulary.ts';
import {
  REGISTRATION_STATES,
  type RegistrationState,
  type RegistrationView,
  TAKEN_DOWN_FORMS,
  type TakenDownForm,
  YES_ROUTES,
  type YesRoute,
} from './registration.ts';
import type { NewRegistration } from './registrations.service.ts';

export class RegistrationParams {
  @IsUUID()
  id: string;
}

export class RegistrationsQuery {
  /** The number on the holder's letter; left out: what waits for a colleague. */
  @IsLeftOutOr(IsString(), MaxLength(40))
  mandate_ref?: string;
}

/** What the paper looks like and where it lies. The paper itself stays where it is. */
export class PaperRequest {
  /** Such as a document number. Never personal data. */
  @IsEvidenceRef()
  reference: string;

  /** SHA-256 of the file that you keep. */
  @Matches(/^[0-9a-f]{64}$/, { message: 'must be 64 hexadecimal digits in lower case' })
  sha256: string;
}

/** A mandate as the holder gives it without a screen. */
export class RegistrationRequest {
  /** The CRM's reference of who gives it. */
  @IsReference()
  holder: string;

  /** The CRM's reference of who gets it. */
  @IsReference()
  proxy: string;

  /** 1 to 20 different scopes of the policy in force. */
  @IsScopeList()
  scopes: string[];

  /** 1 to 50 different contracts that the holder has. */
  @IsContractList()
  contracts: string[];

  /** As at any grant: a date or an instant; now when left out. */
  @IsLeftOutOr(IsString(), MaxLength(40))
  starts_at?: string;

  /** At most five years after the start; one year when left out. */
  @IsLeftOutOr(IsString(), MaxLength(40))
  ends_at?: string;

  /**
   * The proxy speaks for the organisation that gives it: `several` alone, `joint` only together with another contact person,
   * whose yes is asked each time. Of an organisation to a person. Left out: they don't.
   */
  @IsLeftOutOr(IsIn(CONTACT_RULES))
  @ApiProperty({ enum: CONTACT_RULES, required: false })
  contact_rule?: ContactRule;

  /** How the holder said so: in your call (`oral`), or on paper. */
  @IsIn(TAKEN_DOWN_FORMS)
  @ApiProperty({ enum: TAKEN_DOWN_FORMS })
  form: TakenDownForm;

  /** For `email` and `letter`. */
  @IsLeftOutOr(IsObjectOf(() => PaperRequest))
  paper?: PaperRequest;

  /** For `oral`: your open call about one of the contracts, with the holder verified on the line. */
  @IsLeftOutOr(IsUUID())
  call_id?: string;

  /** The road of the code with which the holder says yes. A letter when left out: a longer code, 21 days. */
  @IsLeftOutOr(IsIn(YES_ROUTES))
  @ApiProperty({ enum: YES_ROUTES, required: false })
  route?: YesRoute;

  /** @throws AppError `validation_failed` */
  toRegistration(): NewRegistration {
    const { holder, proxy, scopes, contracts, starts_at, ends_at, form, paper, call_id, route = 'letter' } = this;
    const { contact_rule: contactRule = null } = this;
    const isSaid = form === 'oral';
    const wanted = isSaid ? 'call_id' : 'paper';
    const other = isSaid ? 'paper' : 'call_id';
    const faults: Fault[] = [];
    if (this[wanted] === undefined) faults.push({ pointer: `/${wanted}`, detail: `What is ${form} needs this.` });
    if (this[other] !== undefined) faults.push({ pointer: `/${other}`, detail: `Leave this out for ${form}.` });
    if (faults.length > 0) throw new AppError('validation_failed', 'Some fields do not fit together.', { faults });
    return {
      holder,
      proxy,
      scopes,
      contracts,
      contactRule,
      starts_at,
      ends_at,
      form,
      paper: paper === undefined ? null : { reference: paper.reference, sha256: paper.sha256 },
      callId: call_id ?? null,
      route,
    };
  }
}

/** What an employee took down, for the colleague who compares it with the paper. */
export class RegistrationResponse {
  id: string;
  @ApiProperty({ enum: REGISTRATION_STATES })
  state: RegistrationState;
  mandate_id: string;
  /** What the holder reads off their letter. */
  mandate_ref: string;
  @ApiProperty({ enum: MANDATE_STATES })
  mandate_state: MandateState;
  /** The CRM's references. */
  holder: string;
  proxy: string;
  scopes: string[];
  contracts: string[];
  /** How the proxy is to speak for the organisation; null = they don't. */
  @ApiProperty({ enum: CONTACT_RULES, nullable: true })
  contact_rule: ContactRule | null;
  @ApiProperty({ format: 'date-time' })
  starts_at: string;
  @ApiProperty({ format: 'date-time' })
  ends_at: string;
  @ApiProperty({ enum: TAKEN_DOWN_FORMS })
  form: TakenDownForm;
  /** Null: it was said in a call. */
  @ApiProperty({ type: PaperRequest, nullable: true })
  paper: { readonly reference: string; readonly sha256: string } | null;
  @ApiProperty({ type: String, nullable: true })
  call_id: string | null;
  @ApiProperty({ enum: YES_ROUTES })
  route: YesRoute;
  /** The employee's pseudonym. */
  registered_by: string;
  @ApiProperty({ format: 'date-time' })
  registered_at: string;
  /** The colleague's pseudonym; null = nobody has looked yet. */
  @ApiProperty({ type: String, nullable: true })
  decided_by: string | null;
  @ApiProperty({ type: String, nullable: true, format: 'date-time' })
  decided_at: string | null;
  /** The code that the holder was sent: type it at /v1/confirmations/{id}/attempts. Null: none waits for their answer. */
  @ApiProperty({ type: String, nullable: true })
  confirmation_id: string | null;

  static of(view: RegistrationView): RegistrationResponse {
    const { mandate, fileHash } = view;
    const reference = mandate.evidence[0]?.reference ?? '';
    return Object.assign(new RegistrationResponse(), {
      id: view.id,
      state: view.verdict ?? 'waiting',
      mandate_id: mandate.id,
      mandate_ref: mandate.ref,
      mandate_state: mandate.state,
      holder: mandate.holderRef,
      proxy: mandate.proxyRef,
      scopes: mandate.scopeVersions.map(({ name }) => name),
      contracts: mandate.contracts.map(({ ref }) => ref),
      contact_rule: mandate.contactRule,
      starts_at: moment(mandate.startsAt),
      ends_at: moment(mandate.endsAt),
      form: view.form,
      paper: fileHash === null ? null : { reference, sha256: fileHash.toString('hex') },
      call_id: view.callId,
      route: view.route,
      registered_by: view.registeredBy.pseudonym,
      registered_at: view.registeredAt.toISOString(),
      decided_by: view.decidedBy?.pseudonym ?? null,
      decided_at: view.decidedAt?.toISOString() ?? null,
      confirmation_id: view.confirmationId,
    });
  }
}
