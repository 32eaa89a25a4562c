import type { CodeRoute } from '../policy/vocabulary.ts';

/** Why a message did not arrive, as far as an employee may know: without numbers, and without the provider's words. */
export const DELIVERY_FAULTS = [
  'no_contact_point',
  'country_not_allowed',
  'cap_reached',
  'not_configured',
  'rejected',
  'unreachable',
] as const;
export type DeliveryFault = (typeof DELIVERY_FAULTS)[number];

/** `sent`: the provider has it. `dropped`: it was no longer wanted when its turn came. */
export const DELIVERY_STATES = ['queued', 'sent', 'failed', 'dropped'] as const;

/** What became of one message of a code. */
export interface Delivery {
  readonly route: CodeRoute;
  readonly state: (typeof DELIVERY_STATES)[number];
  /** The value of the code that it holds: how often it was resent. */
  readonly counter: number;
  /** Null unless it failed for good. */
  readonly fault: DeliveryFault | null;
}

/** @param error a `SendFault`, as the outbox keeps it */
export function deliveryFaultOf(error: string): DeliveryFault {
  switch (error) {
    case 'no_contact_point':
    case 'country_not_allowed':
    case 'not_configured':
      return error;
    case 'daily_cap_reached':
      return 'cap_reached';
    default:
      return error.startsWith('rejected_') ? 'rejected' : 'unreachable';
  }
}
