import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsString, IsUUID, MaxLength } from 'class-validator';

import { CONTACT_POINT_KINDS, type ContactPointKind } from '../holders/contact-point.ts';
import { IsLeftOutOr, IsLine, IsObjectOf } from '../holders/field-rules.ts';
import { IsContractList, IsScopeList, MandateConfirmationResponse } from '../mandates/mandates.dto.ts';
import { NamedContactRequest } from '../my-mandates/granting.dto.ts';
import { CODE_ROUTES, type CodeRoute } from '../policy/vocabulary.ts';
import {
  type Ceiling,
  CEILINGS,
  type Declaration,
  type Declared,
  type Software,
  USUAL_CEILING,
} from './software.service.ts';

export class SoftwareParams {
  @IsUUID()
  id: string;
}

/** Software that calls for you, and what it may do. */
export class DeclareSoftwareRequest {
  /**
   * 1 to 200 characters.
   * @example Verzonnen boekhoudprogramma
   */
  @IsLine(200)
  name: string;

  /** Who made it or runs it: whom we reach when it does something wrong. Nothing is sent there by itself. */
  @IsObjectOf(() => NamedContactRequest)
  operator: NamedContactRequest;

  /** The most that its word ever counts for, whatever it shows: 1, 2 or 3. 2 when left out. */
  @IsLeftOutOr(IsIn(CEILINGS))
  @ApiProperty({ enum: CEILINGS, required: false })
  ceiling?: Ceiling;

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

  /** As at a grant. Now when left out. */
  @IsLeftOutOr(IsString(), MaxLength(40))
  starts_at?: string;

  /** As at a grant. One year after the start when left out. */
  @IsLeftOutOr(IsString(), MaxLength(40))
  ends_at?: string;

  /** How the code comes that confirms it, in a session below strength 3. Left out: the best road. */
  @IsLeftOutOr(IsIn(CODE_ROUTES))
  @ApiProperty({ enum: CODE_ROUTES, required: false })
  route?: CodeRoute;

  toDeclaration(): Declaration {
    const { name, operator, ceiling = USUAL_CEILING, scopes, contracts, starts_at, ends_at, route = null } = this;
    const { kind, value } = operator;
    return { name, operator: { kind, value }, ceiling, scopes, contracts, starts_at, ends_at, route };
  }
}

export class OperatorResponse {
  @ApiProperty({ enum: CONTACT_POINT_KINDS })
  kind: ContactPointKind;
  value: string;
}

export class SoftwareResponse {
  id: string;
  @ApiProperty({ type: String, nullable: true })
  name: string | null;
  operator: OperatorResponse;
  ceiling: number;
  @ApiProperty({ format: 'date-time' })
  declared_at: string;

  static of({ id, name, operator, ceiling, declaredAt }: Software): SoftwareResponse {
    return Object.assign(new SoftwareResponse(), {
      id,
      name,
      operator,
      ceiling,
      declared_at: declaredAt.toISOString(),
    });
  }
}

export class DeclaredSoftwareResponse extends SoftwareResponse {
  /**
   * Told this once: whoever has it speaks as this software. Its codes are TOTP (RFC 6238): 6 digits, SHA-1, 30 seconds. Base32.
   */
  secret: string;

  mandate_id: string;

  /** Until this code is typed at the mandate's confirmations, its mandate counts for nothing. Null: it needs none. */
  @ApiProperty({ type: MandateConfirmationResponse, nullable: true })
  confirmation: MandateConfirmationResponse | null;

  static ofDeclared({ software, secret, granted }: Declared): DeclaredSoftwareResponse {
    const { mandate, code } = granted;
    return Object.assign(new DeclaredSoftwareResponse(), SoftwareResponse.of(software), {
      secret,
      mandate_id: mandate.id,
      confirmation: code === null ? null : MandateConfirmationResponse.of(code),
    });
  }
}
