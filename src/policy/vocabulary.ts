/** The closed lists of the domain. They stand in the API, in the audit and in every policy: append, never rename. */

export const CHANNELS = ['phone', 'chat', 'whatsapp', 'email', 'video', 'desk', 'letter', 'social'] as const;
export type Channel = (typeof CHANNELS)[number];

export const PERSON_KINDS = ['person', 'organisation', 'software'] as const;
export type PersonKind = (typeof PERSON_KINDS)[number];

export const OUTCOMES = ['permit', 'verify_caller', 'ask_holder', 'deny'] as const;
export type Outcome = (typeof OUTCOMES)[number];

export const REASONS = [
  'permitted',
  'no_mandate',
  'mandate_pending',
  'mandate_expired',
  'mandate_not_started',
  'mandate_withdrawn',
  'mandate_suspended',
  'scope_not_covered',
  'contract_not_covered',
  'joint_holder_missing',
  'caller_not_identified',
  'caller_level_too_low',
  'mandate_level_too_low',
  'holder_confirmation_required',
  'channel_not_allowed',
  'outside_case_scope',
  'necessity_missing',
  'consent_not_free',
  'holder_block',
  'holder_declined',
  'life_event',
  'agent_not_allowed',
  'attestation_expired',
  'delivery_address_too_new',
  'delivery_cap_reached',
  'condition_failed',
  'unknown_action',
  'rate_limited',
  'internal_error',
] as const;
export type Reason = (typeof REASONS)[number];

export const CATEGORIES = ['authority', 'identity', 'security', 'privacy', 'policy'] as const;
export type Category = (typeof CATEGORIES)[number];

export const NEXT_STEPS = [
  'ask_holder',
  'verify_caller',
  'safe_delivery',
  'switch_channel',
  'grant_in_self_service',
  'call_back',
  'letter',
  // What an earlier permit of this call asked for has to be done first.
  'fulfil_obligation',
] as const;
export type NextStepType = (typeof NEXT_STEPS)[number];

/** For what a call may be recorded, if at all. Source: requirement R1. */
export const RECORDING_PURPOSES = ['training', 'contract_proof'] as const;
export type RecordingPurpose = (typeof RECORDING_PURPOSES)[number];

export const LANGUAGES = ['nl', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];
/** One text in every language, at reading level B1. */
export type Texts = Readonly<Record<Language, string>>;

/** What a decision is for: asking what is possible, or doing it now. */
export const PURPOSES = ['advise', 'execute'] as const;
export type Purpose = (typeof PURPOSES)[number];

/** Strength on one of the three axes: 0 claimed, 1 weak, 2 one factor, 3 two factors, 4 highest. */
export const LEVELS = [0, 1, 2, 3, 4] as const;
export type Level = (typeof LEVELS)[number];

/** How a mandate came to be proven; `code` is the holder's answer to a one-time code. */
export const EVIDENCE_FORMS = ['oral', 'email', 'letter', 'code', 'portal', 'eid', 'notarial', 'court'] as const;
export type EvidenceForm = (typeof EVIDENCE_FORMS)[number];

export const MANDATE_STATES = ['draft', 'pending_acceptance', 'active', 'suspended', 'ended'] as const;
export type MandateState = (typeof MANDATE_STATES)[number];

export const MANDATE_ENDINGS = [
  'expired',
  'withdrawn_by_holder',
  'renounced_by_proxy',
  'refused_by_organisation',
  'life_event',
  // A sub-mandate, by the proxy who had given it or laid down their own.
  'withdrawn_by_proxy',
] as const;
export type MandateEnding = (typeof MANDATE_ENDINGS)[number];

/** How contact persons speak for an organisation: each alone, or two together. */
export const CONTACT_RULES = ['several', 'joint'] as const;
export type ContactRule = (typeof CONTACT_RULES)[number];

/** Authority that the law gave, not the holder. */
export const REPRESENTATION_KINDS = [
  'curatele',
  'bewind',
  'mentorschap',
  'parental_authority',
  'executor',
  'insolvency',
] as const;
export type RepresentationKind = (typeof REPRESENTATION_KINDS)[number];

/** What happens in somebody's life and takes authority away. `separation` is a divorce too; `majority`: a child turns 18. */
export const LIFE_EVENT_KINDS = [
  'death',
  'curatele',
  'bewind',
  'mentorschap',
  'bankruptcy',
  'debt_rescheduling',
  'separation',
  'majority',
] as const;
export type LifeEventKind = (typeof LIFE_EVENT_KINDS)[number];

/** How the caller was recognised. */
export const VERIFICATION_METHODS = ['calling_number', 'code', 'totp', 'support_code', 'call_back'] as const;
export type VerificationMethod = (typeof VERIFICATION_METHODS)[number];

/** The road a one-time code took. It bounds the strength: e-mail 1, SMS, voice and letter 2. */
export const CODE_ROUTES = ['sms', 'voice', 'email', 'letter'] as const;
export type CodeRoute = (typeof CODE_ROUTES)[number];

export const OBLIGATION_TYPES = ['announce', 'notify_holder', 'deliver_to_record'] as const;
export type ObligationType = (typeof OBLIGATION_TYPES)[number];
