import type { Evidence, Mandate, ParentMandate } from '../policy/facts.ts';
import type { CallerId, ContractId, Instant, PersonId } from '../policy/ids.ts';
import { stateUnder } from '../policy/passed-on.ts';
import { type DatedLevel, mandateStrength } from '../policy/strength.ts';
import type { ContactRule, EvidenceForm, MandateEnding, MandateState } from '../policy/vocabulary.ts';

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

/** Which side of a mandate somebody is on. The giver of a sub-mandate is the proxy who passed theirs on; of others, the holder. */
export const SIDES = ['holder', 'proxy', 'giver'] as const;
export type Side = (typeof SIDES)[number];

/** Those that live, or those that ended. Time ends a mandate by itself. */
export const MANDATE_PARTS = ['live', 'ended'] as const;
export type MandatePart = (typeof MANDATE_PARTS)[number];

/** What a sub-mandate was made from. */
export interface ParentRecord extends ParentMandate {
  readonly ref: string;
  /** Who passed it on. */
  readonly proxyId: CallerId;
}

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
  /** The holder lets the proxy pass it on. Never of a sub-mandate. */
  readonly mayPassOn: boolean;
  readonly isWhilePartner: boolean;
  /** How its proxy speaks for the organisation that gave it; null = they don't. */
  readonly contactRule: ContactRule | null;
  /** Nobody there accepts anything. */
  readonly isToSoftware: boolean;
  /** Given to a partner, and a separation is in force. */
  readonly isSetAside: boolean;
  readonly parent?: ParentRecord;
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
 * | any proof, for software | `active` | nobody there accepts: who declared it put it to work |
 *
 * Papers about such a draft don't make it active: an employee registers them, and the holder would never hear of it.
 */
export function provenState(
  { form, sessionStrength }: Pick<Evidence, 'form' | 'sessionStrength'>,
  isOral: boolean,
  isToSoftware: boolean,
): MandateState {
  if (sessionStrength === 0) return 'draft';
  return isToSoftware || form === 'oral' || (form === 'code' && isOral) ? 'active' : 'pending_acceptance';
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
  'confirm' | 'accept' | 'invite' | 'change' | 'pass_on' | 'suspend' | 'resume' | 'withdraw' | 'renounce' | 'refuse';

/** What each side of a mandate does with it in person. Verbs of the other sides look as if there were no mandate. */
const VERBS_OF: Readonly<Record<Side, readonly Verb[]>> = {
  holder: ['suspend', 'resume', 'withdraw'],
  giver: ['change', 'confirm', 'invite', 'withdraw'],
  proxy: ['accept', 'renounce', 'pass_on'],
};

/** Who is on this side. */
export function personOn(mandate: Pick<MandateRecord, 'holderId' | 'proxyId' | 'parent'>, side: Side): PersonId {
  switch (side) {
    case 'holder':
      return mandate.holderId;
    case 'proxy':
      return mandate.proxyId;
    case 'giver':
      return mandate.parent?.proxyId ?? mandate.holderId;
  }
}

/** The sides that have somebody of their own on them: nobody hears twice that they gave something. */
export function sidesOf({ parent }: Pick<MandateRecord, 'parent'>): readonly Side[] {
  return parent === undefined ? ['holder', 'proxy'] : SIDES;
}

/**
 * Whether this mandate exists for a person, to do this with it.
 *
 * @param verb null = to look at it
 */
export function isOpenTo(mandate: MandateRecord, personId: PersonId, verb: Verb | null): boolean {
  return SIDES.some(
    (side) =>
      personOn(mandate, side) === personId &&
      isKnownTo(mandate, side) &&
      (verb === null || VERBS_OF[side].includes(verb)),
  );
}

/** What was withdrawn in silence is known to the holder alone. */
export function isKnownTo(mandate: MandateRecord, side: Side): boolean {
  switch (side) {
    case 'holder':
      return true;
    case 'proxy':
      return isKnownToProxy(mandate);
    case 'giver':
      return mandate.parent === undefined || !mandate.isSilent;
  }
}

/**
 * Whether the proxy may know of it: not what was withdrawn in silence, and not what the holder has not given yet. What they asked
 * for is no exception: it would tell them that the holder exists. `MandatesRepository.listOwn` has the same rule in SQL.
 */
export function isKnownToProxy({ isSilent, evidence }: Pick<MandateRecord, 'isSilent' | 'evidence'>): boolean {
  return !isSilent && evidence.some((one) => one.sessionStrength > 0);
}

/** Whether a person gave or asked for it in the self-service, rather than an employee or a register. */
export function isSelfMade({ evidence }: MandateRecord): boolean {
  // An employee may have done it for them, in a session that they share.
  return /^(agent:\S+ )?person:/.test(evidence[0]?.registeredBy ?? '');
}

/**
 * Whether its proxy has heard nothing of it, and hears of no end: the holder has not given it yet. Who asks for one on the phone
 * has heard themselves.
 */
export function isUnheard(mandate: MandateRecord): boolean {
  const isTakenDown = mandate.callId === null && mandate.evidence[0]?.registeredBy.startsWith('agent:') === true;
  return (isSelfMade(mandate) || isTakenDown) && !isKnownToProxy(mandate);
}

/** The sides that hear what becomes of it. What is not given yet is the business of whoever gives it. */
export function hearersOf(mandate: MandateRecord): readonly Side[] {
  if (!isUnheard(mandate)) return sidesOf(mandate);
  return [mandate.parent === undefined ? 'holder' : 'giver'];
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
  pass_on: { active: 'active' },
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

/**
 * The mandate as it is at `now`; `decayMonths` is the policy's. A sub-mandate is no more alive than what it was made from, and
 * one between partners rests when they are none.
 */
export function viewOf(mandate: MandateRecord, now: Instant, decayMonths: number): MandateView {
  const known = stateAt(mandate, now);
  const own = known.state === 'active' && mandate.isSetAside ? { ...known, state: 'suspended' as const } : known;
  const { state, ending } = mandate.parent === undefined ? own : stateUnder(own, mandate.parent);
  return { ...mandate, ...own, state, ending, strength: mandateStrength(mandate, now, decayMonths) };
}
