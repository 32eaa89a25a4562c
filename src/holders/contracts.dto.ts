import { ApiProperty, ApiPropertyOptional, type ApiPropertyOptions } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, ArrayUnique, IsArray, IsIn, IsOptional } from 'class-validator';
import type { Properties } from '../policy/policy.ts';
import { IsLeftOutOr, IsMoment, IsPropertyMap, IsReference } from './field-rules.ts';
import { JOINT_RULES, type JointRule } from './person.ts';
import type { ContractRecord } from './records.ts';

const PROPERTIES: ApiPropertyOptions = {
  type: 'object',
  additionalProperties: { oneOf: [{ type: 'string' }, { type: 'number' }, { type: 'boolean' }] },
  example: { product: 'internet' },
};

/** Which contract a route is about. */
export class ContractParams {
  /**
   * The CRM's own reference of the contract; case counts.
   * @example C-5001
   */
  @IsReference()
  contract_ref: string;
}

/** A contract as the CRM knows it: the whole of it, each time. */
export class ContractRequest {
  /** Whether each holder acts alone (`any`) or all of them must (`all`). */
  @IsIn(JOINT_RULES)
  @ApiProperty({ enum: JOINT_RULES })
  joint_rule: JointRule;

  /**
   * The CRM's references of its 1 to 10 holders, in order. They must be registered.
   * @example ["P-1001"]
   */
  @IsArray()
  @ArrayMinSize(1, { message: 'must name at least 1 holder' })
  @ArrayMaxSize(10, { message: 'must name at most 10 holders' })
  @ArrayUnique({ message: 'must name each holder once' })
  @IsReference({ each: true })
  holders: string[];

  /** What conditions of the policy read: product, status. Never personal data. None when left out. */
  @IsLeftOutOr(IsPropertyMap())
  @ApiPropertyOptional(PROPERTIES)
  properties?: Properties;

  /**
   * When the contract ended or will end. Left out or null: it goes on.
   * @example 2027-01-01T00:00:00+01:00
   */
  @IsOptional()
  @IsMoment()
  ended_at?: string | null;

  toRecord(contractRef: string): ContractRecord {
    return {
      contractRef,
      jointRule: this.joint_rule,
      holders: this.holders,
      properties: this.properties ?? {},
      endedAt: this.ended_at == null ? null : new Date(this.ended_at),
    };
  }
}

export class ContractResponse {
  contract_ref: string;

  @ApiProperty({ enum: JOINT_RULES })
  joint_rule: JointRule;

  /** The CRM's references of the holders, in order. */
  holders: string[];

  @ApiProperty(PROPERTIES)
  properties: Properties;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  ended_at: string | null;

  static of(record: ContractRecord): ContractResponse {
    return Object.assign(new ContractResponse(), {
      contract_ref: record.contractRef,
      joint_rule: record.jointRule,
      holders: record.holders,
      properties: record.properties,
      ended_at: record.endedAt?.toISOString() ?? null,
    });
  }
}
