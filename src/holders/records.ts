import type { Properties } from '../policy/policy.ts';
import type { Language, PersonKind } from '../policy/vocabulary.ts';
import type { ContactPointKind } from './contact-point.ts';
import type { NormalisedValue } from './normalise.ts';
import type { JointRule } from './person.ts';

/** A person as the CRM gives it, checked and normalised. */
export interface PersonRecord {
  readonly crmRef: string;
  readonly kind: PersonKind;
  readonly name: string;
  readonly language: Language;
  /** Left out = what is known stays; somebody new reads ordinary type. */
  readonly isLargeType?: boolean;
  /** What conditions may read. Left out = what is known stays. */
  readonly properties?: Properties;
  readonly contactPoints: readonly ContactPointRecord[];
  /** Contact points that the person began or ended themselves are no exception. */
  readonly isOverruling?: boolean;
}

export interface ContactPointRecord extends NormalisedValue {
  readonly kind: ContactPointKind;
  /** Left out = what is known stays; null = not verified. */
  readonly verifiedAt?: Date | null;
}

/** A contract as the CRM gives it, checked. */
export interface ContractRecord {
  readonly contractRef: string;
  /** `contract`, or another type of resource of the policy's. */
  readonly resourceType: string;
  readonly jointRule: JointRule;
  /** CRM references of 1 to 10 different people, in order. */
  readonly holders: readonly string[];
  readonly properties: Properties;
  readonly endedAt: Date | null;
}

export type Outcome = 'created' | 'changed' | 'unchanged';
