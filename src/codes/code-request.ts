import type { MandateAt } from '../policy/decision.ts';
import type { Properties } from '../policy/policy.ts';
import type { CodeRoute, Level } from '../policy/vocabulary.ts';
import type { CodedAction, CodePurpose } from './code.ts';

/** One action with everything that the holder must read before saying yes. */
export interface ActionDetails {
  readonly name: string;
  readonly properties: Properties;
}

export interface CodeRequest {
  readonly purpose: CodePurpose;
  /** Who gets the code; null = the caller whom nobody knows, for a verification, and always for a sign-in. */
  readonly personId: string | null;
  readonly callId: string | null;
  readonly agentId: string | null;
  /** On whose behalf it is asked. */
  readonly callerId: string | null;
  /** What they claim to be, while nobody knows them; for a sign-in always, its contact point first. Empty otherwise. */
  readonly claimKeys: Buffer[];
  readonly mandate: MandateAt | null;
  readonly actions: readonly CodedAction[];
  /** The same actions with their properties in the clear; kept sealed with the recipient's own key. */
  readonly details: readonly ActionDetails[];
  /** 6, or 8 for actions of high impact. */
  readonly digits: 6 | 8;
  /** The strength that the yes must have: 2 needs a phone or a letter, 1 is content with e-mail. */
  readonly level: Level;
  /** The road that somebody chose; left out = the best. */
  readonly route?: CodeRoute;
  /** To exactly this contact point, also one that is new: what is to be shown is that it is theirs. */
  readonly pointId?: string;
  /** For `pointId`: spoken rather than written. */
  readonly isSpoken?: boolean;
  /** See `actorOf`. */
  readonly actor: string;
}
