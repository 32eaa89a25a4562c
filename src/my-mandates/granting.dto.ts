import { ApiProperty } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsString, IsUUID, Length, MaxLength } from 'class-validator';

import type { Code } from '../codes/code.ts';
import { CONTACT_POINT_KINDS, type ContactPointKind } from '../holders/contact-point.ts';
import { IsContactValue, IsLeftOutOr, IsLine, IsObjectOf } from '../holders/field-rules.ts';
import type { ShownCode } from '../mandates/acceptance.service.ts';
import {
  InvitedResponse,
  IsContractList,
  IsScopeList,
  MandateConfirmationResponse,
  MandateParams,
} from '../mandates/mandates.dto.ts';
import type { Invited } from '../mandates/mandate-notices.ts';
import { CODE_ROUTES, type CodeRoute } from '../policy/vocabulary.ts';
import type { OwnGrant, OwnSubGrant } from './granting.service.ts';
import { MyMandateResponse } from './my-mandates.dto.ts';
import type { OwnMandate } from './my-mandates.service.ts';
import type { NamedProxy } from './proxies.service.ts';

/** Longest name and moment that anybody types. */
const NAME = 200;
const MOMENT = 40;

export class NamedContactRequest {
  @IsIn(CONTACT_POINT_KINDS)
  @ApiProperty({ enum: CONTACT_POINT_KINDS })
  kind: ContactPointKind;

  /**
   * A phone number, an e-mail address, or an address on one line.
   * @example +44 7700 900101
   */
  @IsContactValue()
  value: string;
}

/** Whom you mean. The answer is the same whether we know them or not. */
export class NamedProxyRequest {
  /**
   * 1 to 200 characters.
   * @example G. Voorbeeld
   */
  @IsLine(NAME)
  name: string;

  /** Where the invitation goes. */
  @IsObjectOf(() => NamedContactRequest)
  contact: NamedContactRequest;

  toProxy(): NamedProxy {
    const { name, contact } = this;
    return { name, kind: contact.kind, value: contact.value };
  }
}

/** A mandate that you give. */
export class GrantMyMandateRequest {
  @IsObjectOf(() => NamedProxyRequest)
  proxy: NamedProxyRequest;

  /**
   * 1 to 20 different scopes of the policy in force.
   * @example ["billing"]
   */
  @IsScopeList()
  scopes: string[];

  /**
   * 1 to 50 different contracts of yours that have not ended.
   * @example ["C-2001"]
   */
  @IsContractList()
  contracts: string[];

  /**
   * A date (from 00:00 in Europe/Amsterdam) or an instant with its offset; not before today. Now when left out.
   * @example 2026-12-01
   */
  @IsLeftOutOr(IsString(), MaxLength(MOMENT))
  starts_at?: string;

  /**
   * A date (to its end in Europe/Amsterdam) or an instant with its offset; at most five years after the start. One year after
   * the start when left out.
   * @example 2027-11-30
   */
  @IsLeftOutOr(IsString(), MaxLength(MOMENT))
  ends_at?: string;

  /** True: the proxy may have somebody else do it, one step further. False when left out. */
  @IsLeftOutOr(IsBoolean())
  may_pass_on?: boolean;

  /** True: for as long as the two are partners. It rests while a separation of one of them is in force. False when left out. */
  @IsLeftOutOr(IsBoolean())
  while_partner?: boolean;

  /** How the code comes that confirms it, in a session below strength 3. Left out: the best road. E-mail proves too little. */
  @IsLeftOutOr(IsIn(CODE_ROUTES))
  @ApiProperty({ enum: CODE_ROUTES, required: false })
  route?: CodeRoute;

  toGrant(): OwnGrant {
    const { scopes, contracts, may_pass_on = false, while_partner = false, starts_at, ends_at, route = null } = this;
    return { proxy: this.proxy.toProxy(), scopes, contracts, may_pass_on, while_partner, starts_at, ends_at, route };
  }
}

/** What you let somebody else do, with a mandate that you hold. */
export class GrantSubMandateRequest {
  @IsObjectOf(() => NamedProxyRequest)
  proxy: NamedProxyRequest;

  /**
   * 1 to 20 different scopes of the mandate, of those that the policy lets be passed on.
   * @example ["billing"]
   */
  @IsScopeList()
  scopes: string[];

  /**
   * 1 to 50 different contracts of the mandate.
   * @example ["C-2001"]
   */
  @IsContractList()
  contracts: string[];

  /** As at a grant. Now when left out, and not before the mandate itself. */
  @IsLeftOutOr(IsString(), MaxLength(MOMENT))
  starts_at?: string;

  /** As at a grant. When the mandate itself ends, when left out, and not later. */
  @IsLeftOutOr(IsString(), MaxLength(MOMENT))
  ends_at?: string;

  /** How the code comes that confirms it, in a session below strength 3. Left out: the best road. */
  @IsLeftOutOr(IsIn(CODE_ROUTES))
  @ApiProperty({ enum: CODE_ROUTES, required: false })
  route?: CodeRoute;

  toGrant(): OwnSubGrant {
    const { scopes, contracts, starts_at, ends_at, route = null } = this;
    return { proxy: this.proxy.toProxy(), scopes, contracts, starts_at, ends_at, route };
  }
}

/** A mandate after you gave, changed or renewed it. */
export class ChangedMyMandateResponse extends MyMandateResponse {
  /**
   * Type this code at the confirmation's attempts: until then nothing counts of what you gave, and what you changed is as it
   * was. Null: it needs none.
   */
  @ApiProperty({ type: MandateConfirmationResponse, nullable: true })
  confirmation: MandateConfirmationResponse | null;

  /** Null: there was no invitation to send. */
  @ApiProperty({ type: InvitedResponse, nullable: true })
  invited: InvitedResponse | null;

  static ofChanged(own: OwnMandate, code: Code | null, invited: Invited | null): ChangedMyMandateResponse {
    return Object.assign(new ChangedMyMandateResponse(), MyMandateResponse.of(own), {
      confirmation: code === null ? null : MandateConfirmationResponse.of(code),
      invited: invited === null ? null : InvitedResponse.of(invited),
    });
  }
}

export class MyConfirmationParams extends MandateParams {
  @IsUUID()
  confirmation_id: string;
}

export class AttemptMyConfirmationRequest {
  /**
   * As it arrived; blanks and hyphens are forgiven.
   * @example 123 456
   */
  @IsString()
  @Length(1, 32)
  code: string;
}

export class AcceptanceCodeResponse {
  /**
   * Pass it on to your proxy, and to nobody else.
   * @example K7QP-2MFD
   */
  code: string;

  @ApiProperty({ format: 'date-time' })
  expires_at: string;

  static of({ code, expiresAt }: ShownCode): AcceptanceCodeResponse {
    return Object.assign(new AcceptanceCodeResponse(), { code, expires_at: expiresAt.toISOString() });
  }
}
