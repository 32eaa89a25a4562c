import type { LifeEventKind } from '../policy/vocabulary.ts';
import type { Decided, Employee, Proof } from './legal-file.ts';

/** Who told us, as a kind of person. */
export const REPORTERS = ['holder', 'proxy', 'relative', 'representative', 'court', 'register', 'other'] as const;
export type Reporter = (typeof REPORTERS)[number];

export const LIFE_EVENT_STATES = [
  'suspended_pending_evidence',
  'waiting',
  'lapsed',
  'in_force',
  'approved',
  'rejected',
  'reversed',
] as const;
/**
 * `suspended_pending_evidence`: reported, and it suspends. `waiting`: reported, and it changes nothing until it is approved.
 * `approved` is a reversal's: the event that it is about is `reversed`.
 */
export type LifeEventState = (typeof LIFE_EVENT_STATES)[number];

/** As it is written down. */
export interface LifeEventRow {
  readonly id: string;
  readonly personId: string;
  /** The CRM's reference. */
  readonly personRef: string;
  readonly kind: LifeEventKind;
  /** The event that this takes back; null = it is one itself. */
  readonly reversesId: string | null;
  readonly occurredOn: string;
  readonly reportedBy: Reporter;
  readonly suspendsUntil: Date | null;
  readonly recordedBy: Employee;
  readonly recordedAt: Date;
  readonly decided: Decided | null;
  readonly isReversed: boolean;
}

export interface LifeEventView extends LifeEventRow {
  readonly state: LifeEventState;
  readonly proofs: readonly Proof[];
}

export function stateOf(event: LifeEventRow, now: Date): LifeEventState {
  const { decided, suspendsUntil, reversesId, isReversed } = event;
  if (decided?.verdict === 'approved') return isReversed ? 'reversed' : reversesId === null ? 'in_force' : 'approved';
  if (decided !== null) return 'rejected';
  if (suspendsUntil === null) return 'waiting';
  if (isReversed) return 'reversed';
  return now < suspendsUntil ? 'suspended_pending_evidence' : 'lapsed';
}

/** What the law ends with an event: the mandates that the person gave, those that they hold, or neither. */
export const ENDS: Readonly<Record<LifeEventKind, readonly ('holder' | 'proxy')[]>> = {
  death: ['holder', 'proxy'],
  curatele: ['holder'],
  bewind: [],
  mentorschap: [],
  bankruptcy: ['holder'],
  debt_rescheduling: ['holder'],
  separation: [],
  majority: [],
};
