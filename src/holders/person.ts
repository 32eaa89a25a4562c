import type { ContractId, HolderId, PersonId } from '../policy/ids.ts';
import type { Properties } from '../policy/policy.ts';
import type { CodeRoute, Language, PersonKind, RecordingPurpose } from '../policy/vocabulary.ts';
import type { SafeHours } from './safe-hours.ts';

export const JOINT_RULES = ['any', 'all'] as const;
/** Whether each holder acts alone or all must. */
export type JointRule = (typeof JOINT_RULES)[number];

/** A person, organisation or software agent without what is secret about it. */
export interface KnownPerson {
  readonly id: PersonId;
  /** The CRM's own reference. Case counts. */
  readonly crmRef: string;
  readonly kind: PersonKind;
  readonly language: Language;
  /** Letters come in large type. */
  readonly isLargeType: boolean;
  /** What conditions of the policy may read; no personal data. */
  readonly properties: Properties;
  /** Roads by which they want no messages. Codes go there where nothing else reaches. */
  readonly declinedRoutes: readonly CodeRoute[];
  /** When messages may arrive; null = at any time. */
  readonly safeHours: SafeHours | null;
  /** For what calls about their contracts may not be recorded; for the rest they are asked each time. */
  readonly refusedRecordings: readonly RecordingPurpose[];
}

/** No person has this id: what is asked about somebody unknown is asked about them, with the same work. */
export const NOBODY = '00000000-0000-0000-0000-000000000000';

/** How somebody wants to be treated, as they chose it themselves. */
export type Preferences = Pick<
  KnownPerson,
  'language' | 'isLargeType' | 'declinedRoutes' | 'safeHours' | 'refusedRecordings'
>;

export interface Person extends KnownPerson {
  /** Null once the person was erased. */
  readonly name: string | null;
}

export interface Contract {
  readonly id: ContractId;
  readonly ref: string;
  /** `contract`, or another type of resource of the policy's. */
  readonly resourceType: string;
  readonly jointRule: JointRule;
  readonly properties: Properties;
  /** In the order that the CRM gave. */
  readonly holderIds: readonly HolderId[];
  readonly endedAt: Date | null;
}
