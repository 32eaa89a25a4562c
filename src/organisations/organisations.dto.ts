import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsUUID, Matches } from 'class-validator';

import { IsLeftOutOr } from '../holders/field-rules.ts';
import { MANDATE_PARTS, type MandatePart } from '../mandates/mandate.ts';
import type { OwnMandateQuery } from '../mandates/mandates.service.ts';
import { CONTACT_RULES, type ContactRule } from '../policy/vocabulary.ts';
import type { Organisation } from './organisations.service.ts';

export class OrganisationParams {
  @IsUUID()
  id: string;
}

export class OrganisationMandateParams extends OrganisationParams {
  @IsUUID()
  mandate_id: string;
}

export class OrganisationMandatesQuery {
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

  toQuery(): Omit<OwnMandateQuery, 'side'> {
    const { part = 'live', limit, after = null } = this;
    return { part, limit: limit === undefined ? 50 : Number(limit), after };
  }
}

export class OrganisationScopeResponse {
  scope: string;
  title: string;
}

/** An organisation for which you speak. */
export class OrganisationResponse {
  id: string;
  @ApiProperty({ type: String, nullable: true })
  name: string | null;
  /** `several`: you act alone. `joint`: what you ask or give needs another contact person too. */
  @ApiProperty({ enum: CONTACT_RULES })
  rule: ContactRule;
  /** What you may do for it, and let others do. */
  scopes: OrganisationScopeResponse[];
  /** References of the contracts about which you may. */
  contracts: string[];

  static of({ id, name, rule, scopes, contracts }: Organisation): OrganisationResponse {
    return Object.assign(new OrganisationResponse(), {
      id,
      name,
      rule,
      scopes: scopes.map((one) => ({ scope: one.name, title: one.title })),
      contracts: [...contracts],
    });
  }
}
