import type {
  Attestation,
  Confirmation,
  Evidence,
  Facts,
  LifeEvent,
  Mandate,
  OpenObligation,
  Representation,
  Verification,
} from '../policy/facts.ts';
import type { AgentId, CallerId, CallId, ContractId, HolderId, PolicyHash } from '../policy/ids.ts';
import type { Properties } from '../policy/policy.ts';
import type { Language, Level } from '../policy/vocabulary.ts';

/** `t` or `f`. */
export type Truth = string;
/** A call's place among the ids, from 1. */
export type Place = string;
export type CallRow = readonly [
  place: Place,
  id: CallId,
  channel: Facts['call']['channel'],
  claim: Facts['call']['claim'],
  language: Language,
  agentId: AgentId | '',
  isActive: Truth,
  endsAt: string,
  endedAt: string,
  callerId: CallerId | '',
  contractId: ContractId,
  jointRule: 'any' | 'all',
  hasPhone: Truth,
  resourceType: string,
];
export type HolderRow = readonly [
  Place,
  HolderId,
  askLevel: string,
  isBlocked: Truth,
  addressChangedAt: string,
  refusedRecordings: string,
  hasContacts: Truth,
];
export type AskFirstRow = readonly [placeAndHolder: string, scope: string];
export type VerificationRow = readonly [
  Place,
  Verification['method'],
  route: NonNullable<Verification['route']> | '',
  at: string,
  sessionStrength: string,
];
export type MandateRow = readonly [
  Place,
  Mandate['id'],
  HolderId,
  Mandate['state'],
  ending: NonNullable<Mandate['ending']> | '',
  isSilent: Truth,
  startsAt: string,
  endsAt: string,
  revision: string,
  termsRevision: string,
  callId: CallId | '',
  parentId: Mandate['id'] | '',
  isWhilePartner: Truth,
  isJoint: Truth,
];
export type CompanionRow = readonly [
  Place,
  personId: HolderId,
  askLevel: string,
  Mandate['id'],
  HolderId,
  startsAt: string,
  endsAt: string,
  revision: string,
  termsRevision: string,
];
export type ParentRow = readonly [
  Mandate['id'],
  Mandate['state'],
  ending: NonNullable<Mandate['ending']> | '',
  isSilent: Truth,
  startsAt: string,
  endsAt: string,
  revision: string,
  termsRevision: string,
  callId: CallId | '',
  mayPassOn: Truth,
  hasBlockedProxy: Truth,
  isWhilePartner: Truth,
  proxyId: CallerId,
  proxyEvents: string,
];
export type ScopeRow = readonly [Mandate['id'], scope: string];
export type ContractRow = readonly [Mandate['id'], ContractId];
export type EvidenceRow = readonly [
  Mandate['id'],
  Evidence['form'],
  strength: string,
  at: string,
  termsRevision: string,
];
export type ConfirmationRow = readonly [
  place: number,
  Confirmation['id'],
  HolderId,
  CallerId,
  Confirmation['answer'],
  Confirmation['route'],
  Confirmation['sessionStrength'],
  answeredAt: number,
  Confirmation['mandateId'],
  mandateRevision: number | null,
  actions: readonly { readonly name: string; readonly key: string }[],
  uses: readonly string[] | null,
];
export type LifeEventRow = readonly [Place, LifeEvent['personId'], LifeEvent['kind'], isProven: Truth, until: string];
export type RepresentationRow = readonly [
  Place,
  Representation['id'],
  HolderId,
  Representation['kind'],
  isProven: Truth,
  startsAt: string,
  endsAt: string,
];
export type ObligationRow = readonly [Place, OpenObligation['id'], OpenObligation['type'], scope: string];
export type PropertiesRow = readonly [place: number, Properties, ceiling: Level | null, isAnnounced: boolean];
export type StandingRow = readonly [place: number, skills: readonly string[], flags: readonly string[]];
export type AttestationRow = readonly [
  Place,
  kind: string,
  channel: NonNullable<Attestation['channel']> | '',
  issuedAt: string,
  expiresAt: string,
];
export type DeliveryRow = readonly [place: number, action: string, at: number];

/** What `plainRows` of the statement wrote. */
export type RowsText<Row> = string & { readonly row?: Row };

/** The one row of the answer; null = nothing of that kind. */
export interface FactsRow {
  readonly policy_hash: PolicyHash | null;
  readonly now: Date | null;
  /** In the order of `calls`, as is `properties`. */
  readonly roles: readonly string[] | null;
  readonly properties: readonly Properties[] | null;
  readonly calls: RowsText<CallRow> | null;
  readonly holders: RowsText<HolderRow> | null;
  readonly ask_first: readonly AskFirstRow[] | null;
  readonly caller_properties: readonly PropertiesRow[] | null;
  readonly standing: readonly StandingRow[] | null;
  readonly attestations: RowsText<AttestationRow> | null;
  readonly totp: readonly number[] | null;
  readonly passkeys: readonly number[] | null;
  readonly verifications: RowsText<VerificationRow> | null;
  readonly mandates: RowsText<MandateRow> | null;
  readonly companions: RowsText<CompanionRow> | null;
  readonly parents: RowsText<ParentRow> | null;
  readonly scopes: readonly ScopeRow[] | null;
  readonly contracts: RowsText<ContractRow> | null;
  readonly evidence: RowsText<EvidenceRow> | null;
  readonly confirmations: readonly ConfirmationRow[] | null;
  readonly deliveries: readonly DeliveryRow[] | null;
  readonly life_events: RowsText<LifeEventRow> | null;
  readonly representations: RowsText<RepresentationRow> | null;
  readonly obligations: RowsText<ObligationRow> | null;
}
