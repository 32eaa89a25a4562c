import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, ArrayUnique, IsArray, IsIn, IsOptional, Matches } from 'class-validator';
import { CONTRACT, type Properties } from '../policy/policy.ts';
import { IsLeftOutOr, IsMoment, IsPropertyMap, IsReference, PROPERTIES } from './field-rules.ts';
import { JOINT_RULES, type JointRule } from './person.ts';
import type { ContractRecord } from './records.ts';

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
  /**
   * Another type of resource of the policy's, when it isn't a contract: lower case, digits and `_`, at most 50.
   * @default contract
   */
  @IsLeftOutOr(Matches(/^[a-z][a-z0-9_]{0,49}$/, { message: 'must be a name such as contract or record' }))
  resource_type?: string;

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
  @ApiPropertyOptional({ ...PROPERTIES, example: { product: 'internet' } })
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
      resourceType: this.resource_type ?? CONTRACT,
      jointRule: this.joint_rule,
      holders: this.holders,
      properties: this.properties ?? {},
      endedAt: this.ended_at == null ? null : new Date(this.ended_at),
    };
  }
}

export class ContractResponse {
  contract_ref: string;

  /** `contract`, or another type of resource of the policy's. */
  resource_type: string;

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
      resource_type: record.resourceType,
      joint_rule: record.jointRule,
      holders: record.holders,
      properties: record.properties,
      ended_at: record.endedAt?.toISOString() ?? null,
    });
  }
}
