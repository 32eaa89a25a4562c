import type { Evidence, Mandate } from '../policy/facts.ts';
import type { CallerId, ContractId, Instant } from '../policy/ids.ts';
import { type DatedLevel, mandateStrength } from '../policy/strength.ts';
import type { EvidenceForm, MandateEnding, MandateState } from '../policy/vocabulary.ts';

/** Forms that somebody registers. A `code` comes from the holder's own answer and from nowhere else. */
export const REGISTERED_FORMS = ['oral', 'email', 'letter', 'portal', 'eid', 'notarial', 'court'] as const;
export type RegisteredForm = (typeof REGISTERED_FORMS)[number];

/** A scope in the version whose text the holder saw. */
export interface MandateScope {
  readonly name: string;
  readonly version: number;
}

export interface RegisteredEvidence extends Evidence {
  /** Where the proof lies; null = nowhere but here. */
  readonly reference: string | null;
  /** See `actorOf`. */
  readonly registeredBy: string;
}

/** Which side of a mandate somebody is on. */
export const SIDES = ['holder', 'proxy'] as const;
export type Side = (typeof SIDES)[number];

/** Those that live, or those that ended. Time ends a mandate by itself. */
export const MANDATE_PARTS = ['live', 'ended'] as const;
export type MandatePart = (typeof MANDATE_PARTS)[number];

/** Everything that is known of a mandate: what `decide` sees, and what people need besides. */
export interface MandateRecord extends Mandate {
  /** What people read out on the phone. */
  readonly ref: string;
  readonly proxyId: CallerId;
  readonly holderRef: string;
  readonly proxyRef: string;
  readonly scopeVersions: readonly MandateScope[];
  readonly contracts: readonly { readonly id: ContractId; readonly ref: string }[];
  readonly evidence: readonly RegisteredEvidence[];
  /** The end that was asked for, while an oral mandate is unconfirmed and ends before it; null = `endsAt` is it. */
  readonly askedEndsAt: Instant | null;
  readonly createdAt: Instant;
  /** A draft is confirmed, an invitation accepted, before this moment; null = neither is awaited. */
  readonly acceptBefore: Instant | null;
  readonly acceptanceTries: number;
  readonly acceptanceKeyId: string | null;
  readonly acceptedAt: Instant | null;
  readonly endedAt: Instant | null;
}

/** A mandate as it is at one moment. */
export interface MandateView extends MandateRecord {
  /** M at that moment, from the evidence. */
  readonly strength: DatedLevel;
}

/** An oral mandate that nobody confirms lasts this long from the opening of its call. Milliseconds. */
export const ORAL_LIFE = 24 * 60 * 60 * 1_000;
/** How long a draft waits for the holder and an invitation for the proxy. Milliseconds. */
export const INVITATION_LIFE = 7 * 24 * 60 * 60 * 1_000;
export const ACCEPTANCE_TRIES = 5;

/** The state at `now`. Time ends a mandate by itself, whether or not anybody has written that down yet. */
export function stateAt(
  mandate: MandateRecord,
  now: Instant,
): { readonly state: MandateState; readonly ending: MandateEnding | null; readonly endedAt: Instant | null } {
  const { state, ending, endedAt } = mandate;
  if (state === 'ended') return { state, ending, endedAt };
  const isAwaited = state === 'draft' || state === 'pending_acceptance';
  const end = Math.min(mandate.endsAt, (isAwaited ? mandate.acceptBefore : null) ?? Number.POSITIVE_INFINITY);
  return now < end ? { state, ending, endedAt } : { state: 'ended', ending: 'expired', endedAt: end };
}

/**
 * The state that a mandate has once `evidence` is registered about it.
 *
 * | what is known | state | what comes next |
 * |---|---|---|
 * | nothing is proven: the proxy says so, or the session of the registrar has strength 0 | `draft` | the holder's code |
 * | the holder said so on the phone | `active`, for that call, 24 h at most | the holder's code gives it its asked end |
 * | an e-mail, a letter, a session of the holder, a deed, a court order | `pending_acceptance` | the proxy's acceptance code |
 * | the holder's code about a draft that was said on the phone | `active` | the proxy asked for it, and need not accept it |
 *
 * Papers about such a draft don't make it active: an employee registers them, and the holder would never hear of it.
 */
export function provenState(
  { form, sessionStrength }: Pick<Evidence, 'form' | 'sessionStrength'>,
  isOral: boolean,
): MandateState {
  if (sessionStrength === 0) return 'draft';
  return form === 'oral' || (form === 'code' && isOral) ? 'active' : 'pending_acceptance';
}

/** Whether the holder has said more about the present terms than words on the phone. */
export function isConfirmed(evidence: readonly Evidence[], termsRevision: number): boolean {
  return evidence.some((one) => one.termsRevision === termsRevision && isLasting(one.form));
}

export function isLasting(form: EvidenceForm): boolean {
  return form !== 'oral';
}

/** What people do with a mandate. */
export type Verb =
  'confirm' | 'accept' | 'invite' | 'change' | 'suspend' | 'resume' | 'withdraw' | 'renounce' | 'refuse';

/** What each side of a mandate does with it in person. Verbs of the other side look as if there were no mandate. */
export const VERBS_OF: Readonly<Record<Side, readonly Verb[]>> = {
  holder: ['change', 'confirm', 'invite', 'suspend', 'resume', 'withdraw'],
  proxy: ['accept', 'renounce'],
};

/**
 * Whether the proxy may know of it: not what was withdrawn in silence, and not what the holder has not given yet. What they asked
 * for is no exception: it would tell them that the holder exists. `MandatesRepository.listOwn` has the same rule in SQL.
 */
export function isKnownToProxy({ isSilent, evidence }: Pick<MandateRecord, 'isSilent' | 'evidence'>): boolean {
  return !isSilent && evidence.some((one) => one.sessionStrength > 0);
}

/** Whether a person gave or asked for it in the self-service, rather than an employee or a register. */
export function isSelfMade({ evidence }: MandateRecord): boolean {
  return evidence[0]?.registeredBy.startsWith('person:') === true;
}

const END_IT = {
  draft: 'ended',
  pending_acceptance: 'ended',
  active: 'ended',
  suspended: 'ended',
  ended: 'ended',
} as const;

/**
 * From which state each verb leads where. The same state: nothing happens, and the answer is the mandate as it is, so that
 * what takes authority away can always be said again. Absent: refused with `invalid_state`. What was proven takes a draft
 * to {@link provenState}.
 */
const MOVES: Readonly<Record<Verb, Readonly<Partial<Record<MandateState, MandateState>>>>> = {
  confirm: { draft: 'draft', pending_acceptance: 'pending_acceptance', active: 'active' },
  accept: { pending_acceptance: 'active' },
  invite: { pending_acceptance: 'pending_acceptance' },
  change: { draft: 'draft', pending_acceptance: 'pending_acceptance', active: 'active', suspended: 'suspended' },
  suspend: { active: 'suspended', suspended: 'suspended', ended: 'ended' },
  resume: { suspended: 'active', active: 'active' },
  withdraw: END_IT,
  renounce: END_IT,
  refuse: END_IT,
};

/** Null when the verb is not possible in this state. */
export function moveFrom(state: MandateState, verb: Verb): MandateState | null {
  return MOVES[verb][state] ?? null;
}

/** The mandate as it is at `now`; `decayMonths` is the policy's. */
export function viewOf(mandate: MandateRecord, now: Instant, decayMonths: number): MandateView {
  return { ...mandate, ...stateAt(mandate, now), strength: mandateStrength(mandate, now, decayMonths) };
}
