import type { Employee } from '../life-events/legal-file.ts';
import type { MandateRecord } from '../mandates/mandate.ts';
import type { CodeRoute } from '../policy/vocabulary.ts';

/** How a holder gives a mandate without a screen. */
export const TAKEN_DOWN_FORMS = ['oral', 'email', 'letter'] as const;
export type TakenDownForm = (typeof TAKEN_DOWN_FORMS)[number];

/** Roads of the code with which the holder says yes: by e-mail it would prove no more than the paper. */
export const YES_ROUTES = ['letter', 'voice', 'sms'] as const satisfies readonly CodeRoute[];
export type YesRoute = (typeof YES_ROUTES)[number];

export const REGISTRATION_VERDICTS = ['approved', 'rejected'] as const;
export type RegistrationVerdict = (typeof REGISTRATION_VERDICTS)[number];

/** `waiting` for a colleague, or what they made of it. */
export const REGISTRATION_STATES = ['waiting', ...REGISTRATION_VERDICTS] as const;
export type RegistrationState = (typeof REGISTRATION_STATES)[number];

/** What one employee took down for a holder, and what another made of it. */
export interface Registration {
  readonly id: string;
  readonly mandateId: string;
  readonly form: TakenDownForm;
  /** SHA-256 of the paper; null = it was said on the phone. */
  readonly fileHash: Buffer | null;
  readonly callId: string | null;
  readonly route: YesRoute;
  readonly registeredBy: Employee;
  readonly registeredAt: Date;
  readonly verdict: RegistrationVerdict | null;
  readonly decidedBy: Employee | null;
  readonly decidedAt: Date | null;
}

/** The same with what a colleague has to compare with the paper. */
export interface RegistrationView extends Registration {
  /** As it is now, whether or not anybody wrote down that time ended it. */
  readonly mandate: MandateRecord;
  /** The code that the holder has not answered yet; null when there is none. */
  readonly confirmationId: string | null;
}
