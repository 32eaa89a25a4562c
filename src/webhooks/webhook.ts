/** `gone`: its address answered 410. `failing`: nothing arrived there for days. */
export const DISABLED_REASONS = ['by_hand', 'gone', 'failing'] as const;
export type DisabledReason = (typeof DISABLED_REASONS)[number];

export const WEBHOOK_STATUSES = ['enabled', 'disabled'] as const;
export type WebhookStatus = (typeof WEBHOOK_STATUSES)[number];

/** One who wants to be told. */
export interface Webhook {
  readonly id: string;
  readonly url: string;
  /** Null = all types, also those that come later. */
  readonly types: readonly string[] | null;
  readonly description: string | null;
  readonly status: WebhookStatus;
  readonly disabledReason: DisabledReason | null;
  /** Since when every try has failed; null = the last one succeeded, or there was none. */
  readonly failingSince: Date | null;
  /** Until when messages are signed with the secret before this one, too; null = they are not. */
  readonly previousUntil: Date | null;
  readonly createdAt: Date;
  readonly changedAt: Date;
}

/** A secret as it is stored, and under which entry of the key ring. */
export interface SealedSecret {
  readonly sealed: Buffer;
  readonly keyId: string;
}

/** What goes to an address in one try: where, and with what it is signed. */
export interface Recipient {
  readonly url: string;
  readonly secret: SealedSecret;
  readonly previous: (SealedSecret & { readonly until: Date }) | null;
}

/** The type of a message that tells of nothing: somebody wants to see one arrive. */
export const TEST_TYPE = 'webhook.test';

export const DELIVERY_STATES = ['pending', 'delivered', 'failed'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** What went wrong in a try. A closed list: what the other side said stays out of every table and log. */
export const ATTEMPT_FAULTS = [
  'address_refused',
  'not_resolved',
  'timed_out',
  'connection_failed',
  'certificate_refused',
  'redirected',
  'rejected',
  'gone',
  'expired',
] as const;
export type AttemptFault = (typeof ATTEMPT_FAULTS)[number];

/** One message to one webhook, and what became of it. */
export interface Delivery {
  readonly id: string;
  /** The `webhook-id` of the message. */
  readonly messageId: string;
  readonly type: string;
  /** When that happened which it tells of. */
  readonly at: Date;
  readonly state: DeliveryState;
  readonly attempts: number;
  /** Null unless it will be tried (again). */
  readonly dueAt: Date | null;
  readonly triedAt: Date | null;
  /** Of the last answer; null when there was none. */
  readonly lastStatus: number | null;
  readonly lastFault: AttemptFault | null;
}
