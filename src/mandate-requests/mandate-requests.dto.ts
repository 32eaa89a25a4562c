import { ApiProperty } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsString,
  MaxLength,
} from 'class-validator';

import type { Code } from '../codes/code.ts';
import { IsLeftOutOr, IsReference } from '../holders/field-rules.ts';
import { IsScopeList, MandateConfirmationResponse } from '../mandates/mandates.dto.ts';
import { MyMandateResponse } from '../my-mandates/my-mandates.dto.ts';
import type { OwnMandate } from '../my-mandates/my-mandates.service.ts';
import { CODE_ROUTES, type CodeRoute } from '../policy/vocabulary.ts';
import { type AskedMandate, type MandateRequest, REQUEST_STATES, type RequestState } from './mandate-request.ts';

/** Longest moment that anybody types. */
const MOMENT = 40;
/** Contracts that one request names. */
export const CONTRACTS_MOST = 10;

/** A mandate that you would like to have. */
export class AskMandateRequest {
  /**
   * The customer number of the one who is to give it. Not needed where they alone have the first contract.
   * @example P-1001
   */
  @IsLeftOutOr(IsReference())
  holder?: string;

  /**
   * References of the contracts that it is about, 1 to 10: all of this one customer.
   * @example ["C-2001"]
   */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(CONTRACTS_MOST)
  @ArrayUnique()
  @IsReference({ each: true })
  contracts: string[];

  /**
   * 1 to 20 different scopes of the policy in force.
   * @example ["billing"]
   */
  @IsScopeList()
  scopes: string[];

  /** As at a grant. Now when left out. */
  @IsLeftOutOr(IsString(), MaxLength(MOMENT))
  starts_at?: string;

  /** As at a grant. One year after the start when left out. */
  @IsLeftOutOr(IsString(), MaxLength(MOMENT))
  ends_at?: string;

  toAsked(): AskedMandate {
    const { holder = null, contracts, scopes, starts_at, ends_at } = this;
    return { holder, contracts, scopes, starts_at, ends_at };
  }
}

/** What you asked for. The same whether or not there is anybody to ask. */
export class MandateRequestResponse {
  id: string;

  /** A no looks like no answer: `waiting`, and after a week `lapsed`. */
  @ApiProperty({ enum: REQUEST_STATES })
  state: RequestState;

  /** The customer number that you named. */
  @ApiProperty({ type: String, nullable: true })
  holder: string | null;

  contracts: string[];

  scopes: string[];

  @ApiProperty({ format: 'date-time' })
  asked_at: string;

  /** Until when it can be answered. */
  @ApiProperty({ format: 'date-time' })
  expires_at: string;

  /** The mandate that was given; null until then. */
  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  mandate_id: string | null;

  static of({ id, asked, state, askedAt, expiresAt, mandateId }: MandateRequest): MandateRequestResponse {
    return Object.assign(new MandateRequestResponse(), {
      id,
      state,
      holder: asked.holder,
      contracts: asked.contracts,
      scopes: asked.scopes,
      asked_at: askedAt.toISOString(),
      expires_at: expiresAt.toISOString(),
      mandate_id: mandateId,
    });
  }
}

export class ApproveAskedRequest {
  /** The road of the code, in a session below strength 3. Left out: the best that there is. E-mail proves too little. */
  @IsLeftOutOr(IsIn(CODE_ROUTES))
  @ApiProperty({ enum: CODE_ROUTES, required: false })
  route?: CodeRoute;
}

export class DeclineAskedRequest {
  /** True: and never this person again. */
  @IsLeftOutOr(IsBoolean())
  block?: boolean;
}

/** What you said yes to. */
export class ApprovedResponse {
  mandate: MyMandateResponse;

  /** Type this code at the mandate's confirmation's attempts: until then nothing counts of it. Null: it needs none. */
  @ApiProperty({ type: MandateConfirmationResponse, nullable: true })
  confirmation: MandateConfirmationResponse | null;

  static of(own: OwnMandate, code: Code | null): ApprovedResponse {
    return Object.assign(new ApprovedResponse(), {
      mandate: MyMandateResponse.of(own),
      confirmation: code === null ? null : MandateConfirmationResponse.of(code),
    });
  }
}
