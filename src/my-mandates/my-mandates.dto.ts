import { ApiProperty } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsString, IsUUID, Matches, MaxLength } from 'class-validator';

import { IsLeftOutOr } from '../holders/field-rules.ts';
import { MANDATE_PARTS, type MandatePart, SIDES, type Side } from '../mandates/mandate.ts';
import type { OwnMandateQuery } from '../mandates/mandates.service.ts';
import {
  IsContractList,
  IsScopeList,
  MandateScopeResponse,
  MandateStrengthResponse,
  moment,
  momentOrNull,
} from '../mandates/mandates.dto.ts';
import {
  CODE_ROUTES,
  type CodeRoute,
  CONTACT_RULES,
  type ContactRule,
  MANDATE_ENDINGS,
  MANDATE_STATES,
  type MandateEnding,
  type MandateState,
} from '../policy/vocabulary.ts';
import type { OwnChange } from './granting.service.ts';
import type { OwnMandate, OwnMandatePage } from './my-mandates.service.ts';

const DEFAULT_PAGE = 50;

export class MyMandatesQuery {
  /** Which side to be on: `holder` of those that you gave, `proxy` of those that you got, `giver` of those that you passed on. */
  @IsIn(SIDES)
  @ApiProperty({ enum: SIDES })
  side: Side;

  /** `live` when left out; `ended` for those that ended in the last 15 months. */
  @IsLeftOutOr(IsIn(MANDATE_PARTS))
  @ApiProperty({ enum: MANDATE_PARTS, required: false })
  part?: MandatePart;

  /** 1 to 100; 50 when left out. */
  @IsLeftOutOr(Matches(/^([1-9]\d?|100)$/, { message: 'must be a number from 1 to 100' }))
  @ApiProperty({ type: Number, minimum: 1, maximum: 100, required: false })
  limit?: string;

  /** `next` of the page before. */
  @IsLeftOutOr(IsUUID())
  after?: string;

  toQuery(): OwnMandateQuery {
    const { side, part = 'live', limit, after = null } = this;
    return { side, part, limit: limit === undefined ? DEFAULT_PAGE : Number(limit), after };
  }
}

/** What is to be different. What is left out stays as it is. */
export class ChangeMyMandateRequest {
  /** All scopes that it is to have, 1 to 20. */
  @IsLeftOutOr(IsScopeList())
  scopes?: string[];

  /** All contracts that it is to have, 1 to 50. */
  @IsLeftOutOr(IsContractList())
  contracts?: string[];

  /** Whether the proxy may pass it on. False takes back at once what was passed on; true is more than before. */
  @IsLeftOutOr(IsBoolean())
  may_pass_on?: boolean;

  /** As at the grant. */
  @IsLeftOutOr(IsString(), MaxLength(40))
  starts_at?: string;

  /** As at the grant; a later one renews it. */
  @IsLeftOutOr(IsString(), MaxLength(40))
  ends_at?: string;

  toChange(): OwnChange {
    const { scopes = null, contracts = null, may_pass_on = null, starts_at, ends_at } = this;
    return { scopes, contracts, may_pass_on, starts_at, ends_at };
  }
}

export class ConfirmMyMandateRequest {
  /** The road that you want it by, such as `letter` (a longer code, valid 21 days). Left out: the best that there is. */
  @IsLeftOutOr(IsIn(CODE_ROUTES))
  @ApiProperty({ enum: CODE_ROUTES, required: false })
  route?: CodeRoute;
}

export class WithdrawMyMandateRequest {
  /** True: nobody is told of it, and to the proxy and on the phone it looks as if there had never been a mandate. */
  @IsLeftOutOr(IsBoolean())
  silent?: boolean;
}

/** A scope in words, in the language of `Accept-Language`; Dutch when it asks for none that we speak. */
export class MyMandateScopeResponse extends MandateScopeResponse {
  title: string;

  /** What it lets the proxy do; null when it is offered no more. */
  @ApiProperty({ type: String, nullable: true })
  text: string | null;

  /** What it never includes; null when it is offered no more. */
  @ApiProperty({ type: String, nullable: true })
  excludes: string | null;
}

/** One of your own mandates. */
export class MyMandateResponse {
  id: string;

  /**
   * To read out on the phone. It opens nothing.
   * @example M-7K2Q-93FD
   */
  mandate_ref: string;

  /** Which side you are on. */
  @ApiProperty({ enum: SIDES })
  side: Side;

  @ApiProperty({ enum: MANDATE_STATES })
  state: MandateState;

  @ApiProperty({ enum: MANDATE_ENDINGS, nullable: true })
  ending: MandateEnding | null;

  /** Withdrawn in silence: the proxy was told nothing, and doesn't see it. */
  is_silent: boolean;

  /** Name of who gave it; null once they were erased. */
  @ApiProperty({ type: String, nullable: true })
  holder: string | null;

  /** Name of who got it; null once they were erased. */
  @ApiProperty({ type: String, nullable: true })
  proxy: string | null;

  /** Name of the proxy who passed theirs on; null where the holder gave it. */
  @ApiProperty({ type: String, nullable: true })
  passed_on_by: string | null;

  /** The mandate that was passed on, which this one ends with; null where the holder gave it. */
  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  parent_id: string | null;

  /** How the proxy speaks for the organisation that gave it; null = they don't. */
  @ApiProperty({ enum: CONTACT_RULES, nullable: true })
  contact_rule: ContactRule | null;

  /** Whether the proxy may have somebody else do it. */
  may_pass_on: boolean;

  /** For as long as the two are partners: `suspended` while a separation is in force. */
  while_partner: boolean;

  scopes: MyMandateScopeResponse[];

  /** References of the contracts. */
  contracts: string[];

  @ApiProperty({ format: 'date-time' })
  starts_at: string;

  /** It holds before this moment, and not at it. */
  @ApiProperty({ format: 'date-time' })
  ends_at: string;

  /** Also the ETag. Raised by every change. */
  revision: number;

  strength: MandateStrengthResponse;

  @ApiProperty({ format: 'date-time' })
  created_at: string;

  /** Until when the holder's confirmation of a draft, or the proxy's acceptance, is awaited; else null. */
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  accept_before: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  accepted_at: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  ended_at: string | null;

  static of({ mandate, side, holder, proxy, giver, scopes }: OwnMandate): MyMandateResponse {
    return Object.assign(new MyMandateResponse(), {
      id: mandate.id,
      mandate_ref: mandate.ref,
      side,
      state: mandate.state,
      ending: mandate.ending,
      is_silent: mandate.isSilent,
      holder,
      proxy,
      passed_on_by: giver,
      parent_id: mandate.parent?.id ?? null,
      contact_rule: mandate.contactRule,
      may_pass_on: mandate.mayPassOn,
      while_partner: mandate.isWhilePartner,
      scopes: mandate.scopeVersions.map(({ name: scope, version }, at) => ({
        scope,
        version,
        ...(scopes[at] ?? { title: scope, text: null, excludes: null }),
      })),
      contracts: mandate.contracts.map((contract) => contract.ref),
      starts_at: moment(mandate.startsAt),
      ends_at: moment(mandate.askedEndsAt ?? mandate.endsAt),
      revision: mandate.revision,
      strength: { level: mandate.strength.level, until: momentOrNull(mandate.strength.until) },
      created_at: moment(mandate.createdAt),
      accept_before: momentOrNull(mandate.acceptBefore),
      accepted_at: momentOrNull(mandate.acceptedAt),
      ended_at: momentOrNull(mandate.endedAt),
    });
  }
}

export class MyMandatePageResponse {
  /** The newest first. */
  mandates: MyMandateResponse[];

  /** Pass it as `after` for the next page; null on the last one. */
  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  next: string | null;

  static of({ mandates, next }: OwnMandatePage): MyMandatePageResponse {
    return Object.assign(new MyMandatePageResponse(), {
      mandates: mandates.map((one) => MyMandateResponse.of(one)),
      next,
    });
  }
}

export class SubMandatesResponse {
  /** The oldest first. */
  mandates: MyMandateResponse[];

  static of(mandates: readonly OwnMandate[]): SubMandatesResponse {
    return Object.assign(new SubMandatesResponse(), { mandates: mandates.map((one) => MyMandateResponse.of(one)) });
  }
}
