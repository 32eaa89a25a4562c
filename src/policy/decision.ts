import type { OpenObligation } from './facts.ts';
import type { ConfirmationId, HolderId, Instant, MandateId, RepresentationId } from './ids.ts';
import type { ObligationRule } from './policy.ts';
import type { Category, Channel, Level, NextStepType, Outcome, Reason, VerificationMethod } from './vocabulary.ts';

/** Strength on the three axes. */
export interface Levels {
  readonly mandate: Level;
  readonly caller: Level;
  readonly confirmation: Level;
}

/** Something that works, to be offered with every answer that is not a permit. */
export interface NextStep {
  readonly type: NextStepType;
  /** For `switch_channel`: where it is possible. */
  readonly channels?: readonly Channel[];
  /** For `verify_caller`: how this caller can be recognised. */
  readonly methods?: readonly VerificationMethod[];
  /** For `ask_holder`: whom to ask, about which mandate. Inside only: the API never shows who they are. */
  readonly holders?: readonly AskedHolder[];
  /** For `fulfil_obligation`: what is still owed. */
  readonly obligations?: readonly OpenObligation[];
}

/** A holder whose yes is missing. `mandate` is what the code will be bound to; null = there is none. */
export interface AskedHolder {
  readonly id: HolderId;
  /** How strong the yes must be to help: it bounds the roads that the code may take. */
  readonly level: Level;
  readonly mandate: MandateAt | null;
  /** Of those with the same word here one yes is enough; left out: theirs is needed. */
  readonly oneOf?: HolderId;
}

/** One revision of a mandate. */
export interface MandateAt {
  readonly id: MandateId;
  readonly revision: number;
}

/** What a permit stands on. */
export type Authority =
  | { readonly kind: 'none' }
  | { readonly kind: 'holder' }
  | { readonly kind: 'mandate'; readonly mandates: readonly MandateAt[] }
  | {
      readonly kind: 'representation';
      readonly representations: readonly RepresentationId[];
      /** Of joint holders who are not represented. */
      readonly mandates: readonly MandateAt[];
    }
  | { readonly kind: 'confirmation' }
  | { readonly kind: 'safe_delivery' };

export interface Decision {
  readonly action: string;
  readonly outcome: Outcome;
  readonly reason: Reason;
  readonly category: Category;
  readonly had: Levels;
  readonly required: Levels;
  readonly authority: Authority;
  /** Empty on a permit only. */
  readonly nextSteps: readonly NextStep[];
  /** Empty on all but a permit. */
  readonly obligations: readonly ObligationRule[];
  /** Confirmations that this permit stands on; an execution uses them up for this action. */
  readonly confirmationIds: readonly ConfirmationId[];
  /** Half-open: at this moment the decision is stale. */
  readonly validUntil: Instant;
}
