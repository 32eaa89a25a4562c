import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, IsBoolean, IsIn, IsOptional } from 'class-validator';
import type { Properties } from '../policy/policy.ts';
import { LANGUAGES, type Language, PERSON_KINDS, type PersonKind } from '../policy/vocabulary.ts';
import { CONTACT_POINT_KINDS, type ContactPoint, type ContactPointKind } from './contact-point.ts';
import {
  HasOneAddress,
  IsContactValue,
  IsLeftOutOr,
  IsLine,
  IsListOf,
  IsMoment,
  IsPropertyMap,
  IsReference,
  PROPERTIES,
} from './field-rules.ts';
import { normaliseValue, tidy } from './normalise.ts';
import type { Person } from './person.ts';
import type { ContactPointRecord, PersonRecord } from './records.ts';

/** Whom a route is about. */
export class PersonParams {
  /**
   * The CRM's own reference of the person; case counts.
   * @example P-1001
   */
  @IsReference()
  crm_ref: string;
}

/** A phone number, e-mail address or postal address. */
export class ContactPointRequest {
  @IsIn(CONTACT_POINT_KINDS)
  @ApiProperty({ enum: CONTACT_POINT_KINDS })
  kind: ContactPointKind;

  /**
   * A phone number in any usual spelling (kept as E.164), an e-mail address (aliases stay as they are), or an address
   * on one line. The same value in another spelling is no change.
   * @example +44 7700 900101
   */
  @IsContactValue()
  value: string;

  /**
   * When it was last shown to be this person's own. Left out: what is known stays. Null: not verified. Not in the future.
   * @example 2026-01-12T10:00:00+01:00
   */
  @IsOptional()
  @IsMoment()
  verified_at?: string | null;
}

/** A person, organisation or software agent as the CRM knows it: the whole of it, each time. */
export class PersonRequest {
  @IsIn(PERSON_KINDS)
  @ApiProperty({ enum: PERSON_KINDS })
  kind: PersonKind;

  /**
   * 1 to 200 characters.
   * @example Hanna Voorbeeld
   */
  @IsLine(200)
  name: string;

  /** The language to write to this person in. */
  @IsIn(LANGUAGES)
  @ApiProperty({ enum: LANGUAGES })
  language: Language;

  /** Letters to this person come in large type. Left out: what is known stays. */
  @IsLeftOutOr(IsBoolean())
  large_type?: boolean;

  /** What conditions of the policy read of a person, such as a role. Never personal data. Left out: what is known stays. */
  @IsLeftOutOr(IsPropertyMap())
  @ApiPropertyOptional({ ...PROPERTIES, example: { role: 'owner' } })
  properties?: Properties;

  /** At most 10, at most one of kind `postal` (the address of record). One that isn't named any more ends. */
  @IsListOf(() => ContactPointRequest)
  @ArrayMaxSize(10, { message: 'must hold at most 10 contact points' })
  @HasOneAddress()
  contact_points: ContactPointRequest[];

  /**
   * What the person changed themselves in the self-service stays by default, until `contact_points` says the same. True: what
   * is said here counts instead, such as when they called because they lost a telephone.
   */
  @IsLeftOutOr(IsBoolean())
  overrule_own_choice?: boolean;

  toRecord(crmRef: string): PersonRecord {
    const points = new Map<string, ContactPointRecord>();
    for (const { kind, value, verified_at: at } of this.contact_points) {
      const normalised = normaliseValue(kind, value);
      if (normalised === null) throw new Error('A contact point was read before it was checked.');
      // Two spellings of one number are one contact point; the first counts.
      const place = `${kind} ${normalised.indexed}`;
      if (points.has(place)) continue;
      const verifiedAt = at == null ? at : new Date(at);
      points.set(place, { kind, ...normalised, ...(verifiedAt === undefined ? {} : { verifiedAt }) });
    }
    const { kind, name, language, large_type: isLargeType, properties } = this;
    return {
      crmRef,
      kind,
      name: tidy(name),
      language,
      ...(isLargeType === undefined ? {} : { isLargeType }),
      ...(properties === undefined ? {} : { properties }),
      contactPoints: [...points.values()],
      isOverruling: this.overrule_own_choice === true,
    };
  }
}

/** A contact point that somebody has, or had. */
export class ContactPointResponse {
  id: string;

  @ApiProperty({ enum: CONTACT_POINT_KINDS })
  kind: ContactPointKind;

  /** A phone number is E.164. */
  value: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  verified_at: string | null;

  /** Since when it has had this value. Codes go to those that stand for 7 days (an address: 30). */
  @ApiProperty({ format: 'date-time' })
  changed_at: string;

  /** Null while it is in use. */
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  ended_at: string | null;

  static of(point: ContactPoint): ContactPointResponse {
    return Object.assign(new ContactPointResponse(), {
      id: point.id,
      kind: point.kind,
      value: point.value,
      verified_at: point.verifiedAt?.toISOString() ?? null,
      changed_at: point.changedAt.toISOString(),
      ended_at: point.endedAt?.toISOString() ?? null,
    });
  }
}

export class ContactPointHistoryResponse {
  /** The oldest first. */
  contact_points: ContactPointResponse[];

  static of(points: readonly ContactPoint[]): ContactPointHistoryResponse {
    return Object.assign(new ContactPointHistoryResponse(), {
      contact_points: points.map((point) => ContactPointResponse.of(point)),
    });
  }
}

export class PersonResponse {
  crm_ref: string;

  @ApiProperty({ enum: PERSON_KINDS })
  kind: PersonKind;

  /** Null once the person was erased. */
  @ApiProperty({ type: String, nullable: true })
  name: string | null;

  @ApiProperty({ enum: LANGUAGES })
  language: Language;

  /** Letters come in large type. */
  large_type: boolean;

  @ApiProperty({ ...PROPERTIES, example: { role: 'owner' } })
  properties: Properties;

  /** Those in use, the oldest first. */
  contact_points: ContactPointResponse[];

  static of(person: Person, points: readonly ContactPoint[]): PersonResponse {
    return Object.assign(new PersonResponse(), {
      crm_ref: person.crmRef,
      kind: person.kind,
      name: person.name,
      language: person.language,
      large_type: person.isLargeType,
      properties: person.properties,
      contact_points: points.map((point) => ContactPointResponse.of(point)),
    });
  }
}
