import type {
  AgentId,
  CallerId,
  CallId,
  ConfirmationId,
  ContractId,
  HolderId,
  Instant,
  MandateId,
  ObligationId,
  PersonId,
  RepresentationId,
} from './ids.ts';
import type { Properties } from './policy.ts';
import type {
  Channel,
  CodeRoute,
  EvidenceForm,
  Level,
  LifeEventKind,
  MandateEnding,
  MandateState,
  ObligationType,
  RecordingPurpose,
  RepresentationKind,
  VerificationMethod,
} from './vocabulary.ts';

/** Proof that the holder granted a mandate; strength is derived from these rows, never stored. */
export interface Evidence {
  readonly form: EvidenceForm;
  /** Strength of the session in which it was registered: nobody registers more than their own session holds. */
  readonly sessionStrength: Level;
  readonly at: Instant;
  /** Terms that this evidence speaks about; a widened mandate needs new evidence. */
  readonly termsRevision: number;
}

/** What a holder gave, as it stands by itself. */
interface GivenMandate {
  readonly id: MandateId;
  readonly holderId: HolderId;
  readonly state: MandateState;
  readonly ending: MandateEnding | null;
  /** Withdrawn in silence: looks like no mandate to everybody but the holder. */
  readonly isSilent: boolean;
  /** Half-open period [startsAt, endsAt). */
  readonly startsAt: Instant;
  readonly endsAt: Instant;
  readonly revision: number;
  /** The revision at which scopes, contracts or period were last widened. */
  readonly termsRevision: number;
  /** The call in which an oral mandate was given; it counts there alone until better evidence comes. */
  readonly callId: CallId | null;
  readonly scopes: readonly string[];
  readonly contractIds: readonly ContractId[];
  readonly evidence: readonly Evidence[];
  /** Given for as long as the two are partners: it rests while one of them is separated. Left out = no. */
  readonly isWhilePartner?: boolean;
}

/** A mandate whose proxy passed it on. It stands by itself: what was passed on is not passed on again. */
export interface ParentMandate extends GivenMandate {
  /** Who passed it on. Left out in records from before it was known. */
  readonly proxyId?: CallerId;
  /** The holder lets its proxy pass it on. */
  readonly mayPassOn: boolean;
  /** The holder blocked its proxy. */
  readonly hasBlockedProxy: boolean;
}

export interface Mandate extends GivenMandate {
  /** Its proxy is a contact person of an organisation who acts together with another one. Left out = alone. */
  readonly isJoint?: boolean;
  /** Of a sub-mandate: the mandate that it was made from, without which it is nothing. Absent where the holder gave it. */
  readonly parent?: ParentMandate;
}

/** One successful proof of who is on the line, made in this call about this caller. */
export interface Verification {
  readonly method: VerificationMethod;
  /** The road of a code; null for the other methods. */
  readonly route: CodeRoute | null;
  /** For a support code: strength of the session in which it was asked for; left out for the other methods. */
  readonly sessionStrength?: Level;
  readonly at: Instant;
}

/** The holder's answer to a one-time code of this call. */
export interface Confirmation {
  readonly id: ConfirmationId;
  readonly holderId: HolderId;
  readonly callerId: CallerId;
  readonly answer: 'approved' | 'declined';
  readonly route: CodeRoute;
  /** Strength of the holder's own session in which they said yes; null = by the code itself. */
  readonly sessionStrength: Level | null;
  readonly answeredAt: Instant;
  /** The mandate and its revision at the time of asking; null when there was none. */
  readonly mandateId: MandateId | null;
  readonly mandateRevision: number | null;
  /** What was asked; `isUsed` once an execution consumed it. `key` is `actionKey(name, properties)`. */
  readonly actions: readonly { readonly name: string; readonly key: string; readonly isUsed: boolean }[];
}

/** Another contact person of an organisation for which the caller acts jointly: whose yes joins theirs. */
export interface Companion {
  /** In the part of one who is asked. */
  readonly id: HolderId;
  /** As {@link HolderFacts.askLevel}. */
  readonly askLevel: Level;
  /** By which the organisation made them a contact person. */
  readonly mandate: Mandate;
}

export interface HolderFacts {
  readonly id: HolderId;
  /** An organisation that speaks through contact persons: it is never on the line itself. Left out = it is a person, or has none. */
  readonly hasContacts?: boolean;
  /**
   * The strongest level at which this holder can be asked right now; 0 = no aged contact point. 3 = they are told where they are
   * reached, and answer in a session of their own.
   */
  readonly askLevel: Level;
  /** The holder blocked this caller. */
  readonly hasBlockedCaller: boolean;
  /** Scopes whose actions this holder wants to be asked about first, whoever is on the line; left out = none. */
  readonly askFirst?: readonly string[];
  /** For what this holder never wants a call about the contract recorded; left out = they are asked each time. */
  readonly refusedRecordings?: readonly RecordingPurpose[];
}

/** Something that happened in a person's life. What was reversed, rejected or has lapsed is no fact. */
export interface LifeEvent {
  readonly personId: PersonId;
  readonly kind: LifeEventKind;
  /** A second employee has seen the proof; until then it is a report, which suspends. */
  readonly isProven: boolean;
  /** When a report lapses; null = it stands until it is reversed. */
  readonly until: Instant | null;
}

/** That the one on the line represents a holder by law. What was revoked is no fact. */
export interface Representation {
  readonly id: RepresentationId;
  readonly holderId: HolderId;
  readonly kind: RepresentationKind;
  /** Strength 4: a court order or a register stands behind it. Without it is only reported, and worth nothing. */
  readonly isProven: boolean;
  /** Half-open period [startsAt, endsAt). */
  readonly startsAt: Instant;
  readonly endsAt: Instant;
}

/** A declared caller that is no human being. */
export interface SoftwareFacts {
  /** C is never more than this, whatever it shows. */
  readonly ceiling: Level;
  readonly isAnnounced: boolean;
}

/** Something that came with a permit of this call, that needs a receipt, and that nobody has reported done. */
export interface OpenObligation {
  /** Of the decision, and its place there. */
  readonly id: ObligationId;
  readonly type: ObligationType;
  /** Of the action, when it was done: what else is in there waits. */
  readonly scope: string;
}

/** That an agent was trained, or signed for something. What was withdrawn is no fact. */
export interface Attestation {
  readonly kind: string;
  /** Where it counts; null = on every channel. */
  readonly channel: Channel | null;
  /** Half-open period [issuedAt, expiresAt). */
  readonly issuedAt: Instant;
  readonly expiresAt: Instant;
}

/** What is known of an agent beside their role. */
export interface AgentStanding {
  readonly skills: readonly string[];
  readonly flags: readonly string[];
  /** What has expired, or counts on other channels alone, may be left out. */
  readonly attestations: readonly Attestation[];
}

/** Everything that `decide` may know. Ids, times and levels alone: no personal data, so it can be recorded as it is. */
export interface Facts {
  readonly call: {
    readonly id: CallId;
    readonly channel: Channel;
    readonly claim: 'holder' | 'proxy';
    /** Null: a system asks, without a call and for nobody. */
    readonly agentId: AgentId | null;
    readonly agentRole: string;
    readonly isAgentActive: boolean;
    /** Left out = no skills, no flags, no attestations; as where a system asks for nobody. */
    readonly agent?: AgentStanding;
    /** The call's hard end: nothing decided in it is fresh for longer. */
    readonly endsAt: Instant;
  };
  readonly contract: {
    readonly id: ContractId;
    readonly jointRule: 'any' | 'all';
    /** Left out = a contract; else another type of resource that the policy knows. */
    readonly type?: string;
    readonly properties: Properties;
    readonly holders: readonly HolderFacts[];
  };
  readonly caller: {
    /** Null: nobody whom we know by this claim. */
    readonly id: CallerId | null;
    readonly verifications: readonly Verification[];
    /** Methods by which this person could still be recognised in this call. */
    readonly methods: readonly VerificationMethod[];
    /** The strongest session that they could open by themselves right now: what a support code from it would be worth. */
    readonly signInLevel?: Level;
    /** What conditions may read of this person; left out = nothing. */
    readonly properties?: Properties;
    /** Present where the caller is software: how far its word ever counts, and whether it said that it is software. */
    readonly software?: SoftwareFacts;
    /** How well the enforcing side says to know them, as far as the policy lets it; left out = it says nothing. */
    readonly vouchedLevel?: Level;
  };
  /** Every mandate to this caller from a holder of this contract, whatever its state. */
  readonly mandates: readonly Mandate[];
  /** Absent where the caller acts jointly for nobody. */
  readonly companions?: readonly Companion[];
  readonly confirmations: readonly Confirmation[];
  /** Of this call, whoever was on the line. Absent where nothing is owed. */
  readonly openObligations?: readonly OpenObligation[];
  /** Of the holders, of the caller, and of who passed a mandate on to them. Absent where there are none. */
  readonly lifeEvents?: readonly LifeEvent[];
  /** Of this caller, for holders of this contract. Absent where there are none. */
  readonly representations?: readonly Representation[];
  readonly delivery: {
    /** When the address of record of the contract's first holder last changed; null = there is none. */
    readonly addressChangedAt: Instant | null;
    /** Safe deliveries of this contract: the times at which they were executed, per action. */
    readonly deliveredAt: Readonly<Record<string, readonly Instant[]>>;
  };
}

/** One asked action. */
export interface Question {
  readonly action: string;
  /** Null: asked in general, before anybody knows the amount or the date. A condition over those can't be weighed yet. */
  readonly properties: Properties | null;
}
