import type { CodeRoute, Language, LifeEventKind, RepresentationKind } from '../policy/vocabulary.ts';

/** Everything that this service writes to people. The six codes carry a one-time code, the others never do. */
export const TEMPLATES = [
  'action_code',
  'action_question',
  'mandate_code',
  'verification_code',
  'sign_in_code',
  'contact_code',
  'acceptance_code',
  'invitation',
  'action_executed',
  'statement_corrected',
  'mandate_asked',
  'mandate_changed',
  'mandate_ending',
  'contact_changed',
  'authenticator_changed',
  'passkey_changed',
  'blocked',
  'unblocked',
  'life_event',
  'representation',
  'assisted',
] as const;
export type TemplateName = (typeof TEMPLATES)[number];

/** News that goes by whatever road there is. The others go to one contact point, or are steered by an agent. */
export type NoticeName = Exclude<
  TemplateName,
  | 'action_code'
  | 'action_question'
  | 'mandate_code'
  | 'verification_code'
  | 'sign_in_code'
  | 'contact_code'
  | 'contact_changed'
>;

/** An employee as holders see one: a role and a pseudonym, never a name. */
export interface AgentOnMessage {
  readonly role: string;
  readonly pseudonym: string;
}

/** One action in the message's language, with every property that the code is bound to. */
export interface ActionOnMessage {
  readonly title: string;
  readonly properties: readonly { readonly title: string; readonly value: string | number | boolean }[];
}

/** Who is on the line. `recipient`: the reader in person. `null` as a name: nobody we know by name. */
export type CallerOnMessage =
  | { readonly is: 'recipient' }
  | {
      readonly is: 'other';
      readonly name: string | null;
      /** The organisation for which the reader and the caller speak together; left out = they ask for the reader. */
      readonly behalf?: string;
    };

/** What happened to a mandate. */
export const MANDATE_CHANGES = [
  'granted',
  'passed_on',
  'accepted',
  'changed',
  'confirmed',
  'suspended',
  'resumed',
  'withdrawn',
  'renounced',
  'refused',
  'ended',
] as const;
export type MandateChange = (typeof MANDATE_CHANGES)[number];

/**
 * What each template says, resolved at the moment of sending. Names and properties are given raw: rendering
 * neutralises them. Instants are `Date`s. A `link` is absolute and lies under the service's own public URL.
 */
export interface TemplateValues {
  /** To a holder: somebody wants these actions done now. */
  readonly action_code: {
    readonly code: string;
    readonly actions: readonly ActionOnMessage[];
    readonly caller: CallerOnMessage;
    readonly agent: AgentOnMessage;
    readonly expiresAt: Date;
    /** The page to type the code, or to say no. */
    readonly link: string;
  };
  /** To a holder: somebody wants these actions done now; no code is strong enough, so sign in to answer. */
  readonly action_question: {
    readonly actions: readonly ActionOnMessage[];
    readonly caller: CallerOnMessage;
    readonly agent: AgentOnMessage;
    readonly expiresAt: Date;
    /** The page to answer on, once signed in. */
    readonly link: string;
  };
  /** To a holder, or who passes a mandate on: confirm that you give this mandate. */
  readonly mandate_code: {
    readonly code: string;
    /** Of what the reader passes on; null: the reader is the holder. */
    readonly holder: string | null;
    readonly proxy: string;
    readonly scopes: readonly string[];
    /** References, as the holder knows them. */
    readonly contracts: readonly string[];
    /** The proxy may have somebody else do it. */
    readonly mayPassOn: boolean;
    readonly mandateRef: string;
    readonly startsAt: Date;
    readonly endsAt: Date;
    /** Null: the reader asked for it themselves, in the self-service. `contact`: who speaks for the organisation with them. */
    readonly agent: AgentOnMessage | 'contact' | null;
    readonly expiresAt: Date;
    readonly link: string;
  };
  /** To the one on the line: read this out, so that we know it is you. Allows nothing by itself. */
  readonly verification_code: {
    readonly code: string;
    readonly agent: AgentOnMessage;
    readonly expiresAt: Date;
    readonly link: string;
  };
  /** To somebody who wants to sign in, for their own eyes: no employee ever needs it. */
  readonly sign_in_code: {
    readonly code: string;
    readonly expiresAt: Date;
  };
  /** To somebody who changes how they are reached: where we knew them, and at what is new. For their own eyes. */
  readonly contact_code: {
    readonly code: string;
    readonly reader: 'known' | 'new';
    readonly change: 'added' | 'removed';
    readonly kind: 'phone' | 'email' | 'postal';
    /** Of what comes, or goes. */
    readonly masked: string;
    /** Who asks for it in a call, and types the code; null: the reader themselves, in the self-service. */
    readonly agent: AgentOnMessage | null;
    readonly expiresAt: Date;
  };
  /** To the holder, who passes it on to the proxy; it proves that the two are in touch. */
  readonly acceptance_code: {
    readonly code: string;
    /** Of what the reader passes on; null: the reader is the holder. */
    readonly holder: string | null;
    readonly proxy: string;
    readonly scopes: readonly string[];
    /** References, as the holder knows them. */
    readonly contracts: readonly string[];
    readonly mandateRef: string;
    readonly endsAt: Date;
    /** Until when the proxy may accept. */
    readonly expiresAt: Date;
  };
  /** To the proxy: you were asked to act for somebody. Holds no code. */
  readonly invitation: {
    readonly holder: string;
    /** Who passes the holder's mandate on, and has the code; null = the holder in person. */
    readonly giver: string | null;
    readonly scopes: readonly string[];
    readonly mandateRef: string;
    readonly startsAt: Date;
    readonly endsAt: Date;
    readonly acceptBefore: Date;
    /** The page to accept on. */
    readonly link: string;
  };
  /** To the holder: this was done on your contract. */
  readonly action_executed: {
    readonly actions: readonly ActionOnMessage[];
    readonly caller: CallerOnMessage;
    readonly agent: AgentOnMessage;
    readonly executedAt: Date;
  };
  /** To the holder: an employee said something about your contract that was not right; this is. */
  readonly statement_corrected: {
    readonly right: ActionOnMessage;
    /** Who said the first. */
    readonly agent: AgentOnMessage;
    readonly saidAt: Date;
  };
  /** To the holder: somebody asks you for a mandate. Holds no code; nothing counts until the holder says yes. */
  readonly mandate_asked: {
    readonly proxy: string;
    readonly scopes: readonly string[];
    /** References, as the holder knows them. */
    readonly contracts: readonly string[];
    readonly startsAt: Date;
    readonly endsAt: Date;
    readonly answerBefore: Date;
    /** The page to answer on, once signed in. */
    readonly link: string;
  };
  /** To the holder or the proxy of a mandate. */
  readonly mandate_changed: {
    readonly change: MandateChange;
    /** Which side the reader is on. */
    readonly reader: 'holder' | 'proxy';
    /** The name of the other side. */
    readonly other: string;
    readonly mandateRef: string;
    readonly changedAt: Date;
  };
  /** To the holder or the proxy of a mandate: it ends by itself soon. */
  readonly mandate_ending: {
    readonly reader: 'holder' | 'proxy';
    /** The name of the other side. */
    readonly other: string;
    readonly mandateRef: string;
    readonly endsAt: Date;
    /** The page of the mandate, once signed in. */
    readonly link: string;
  };
  /** To the old and the new contact point. The values themselves are not repeated. */
  readonly contact_changed: {
    readonly kind: 'phone' | 'email' | 'postal';
    readonly changedAt: Date;
  };
  /** To somebody whose authenticator app came or went: it is as good as they are. */
  readonly authenticator_changed: {
    /** `added` counts after a week, `added_at_once` now. */
    readonly change: 'added' | 'added_at_once' | 'removed';
    readonly changedAt: Date;
  };
  /** To somebody whose passkey came or went. */
  readonly passkey_changed: {
    readonly change: 'added' | 'removed';
    readonly changedAt: Date;
  };
  /** To the holder: you blocked this person. */
  readonly blocked: {
    readonly caller: string;
    readonly blockedAt: Date;
  };
  /** To the one in whose life it happened. */
  readonly life_event: {
    readonly event: LifeEventKind;
    /** `reported` suspends and waits for proof. */
    readonly stage: 'reported' | 'recorded' | 'reversed';
    readonly at: Date;
  };
  /** To whoever is represented by law, and to who represents them. */
  readonly representation: {
    readonly representation: RepresentationKind;
    readonly change: 'recorded' | 'revoked';
    readonly reader: 'holder' | 'representative';
    /** The name of the other side. */
    readonly other: string;
    readonly at: Date;
  };
  /** To whoever an employee did something for in a call: what that was. */
  readonly assisted: {
    readonly agent: AgentOnMessage;
    readonly at: Date;
    /** In the reader's language, in their order. */
    readonly acts: readonly { readonly title: string; readonly lines: readonly string[] }[];
  };
  /** To the holder: this person is no longer blocked. */
  readonly unblocked: {
    readonly caller: string;
    readonly liftedAt: Date;
  };
}

/** What a room asks to be sent. References only: never personal data, never a code. */
export interface MessageRequest {
  readonly template: TemplateName;
  readonly personId: string;
  readonly contactPointId: string;
  readonly route: CodeRoute;
  readonly language: Language;
  readonly codeId?: string;
  /** The code's counter at the time of asking: a resend raises it, and then this message is dropped. */
  readonly codeCounter?: number;
  /** Left out: as soon as the reader's hours let it. */
  readonly notBefore?: Date;
  readonly parameters?: Readonly<Record<string, string | number>>;
  /** Roads on which the same notice failed before. */
  readonly earlierRoutes?: readonly CodeRoute[];
  /** Somebody who must not be able to read it, on whatever road. */
  readonly keptFrom?: string | null;
}

/** A queued message, as its template's source and its undeliverable-handlers see it. */
export interface QueuedMessage {
  readonly id: string;
  readonly template: TemplateName;
  readonly personId: string;
  readonly contactPointId: string;
  readonly route: CodeRoute;
  readonly language: Language;
  readonly codeId: string | null;
  readonly codeCounter: number | null;
  readonly parameters: Readonly<Record<string, string | number>>;
  readonly earlierRoutes: readonly CodeRoute[];
  readonly keptFrom: string | null;
  /** Tries that failed so far. */
  readonly attempts: number;
  readonly queuedAt: Date;
}
