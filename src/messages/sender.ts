import type { CodeRoute, Language } from '../policy/vocabulary.ts';
import type { PrintedLetter } from './letter.ts';
import type { RenderedMessage } from './render-message.ts';

/** One message on its way out. It holds a code and a recipient: nothing of it may be logged. */
export interface Parcel extends Omit<RenderedMessage, 'letter'> {
  /** The same on every try, and given to the provider, who can drop what it has already sent. */
  readonly id: string;
  readonly route: CodeRoute;
  /** E.164 number, e-mail address or postal address. */
  readonly recipient: string;
  readonly language: Language;
  /** As it is printed; null on every other road. */
  readonly letter: PrintedLetter | null;
}

/**
 * Why a message did not go out: `messages.last_error` and the log hold one of these, and nothing of the provider's own
 * words, which like to repeat recipient and text.
 */
export const SEND_FAULTS = [
  'no_contact_point',
  'country_not_allowed',
  'daily_cap_reached',
  'not_configured',
  'timed_out',
  'connection_failed',
  'certificate_refused',
  'not_stored',
  'tries_exhausted',
] as const;
export type SendFault = (typeof SEND_FAULTS)[number] | `rejected_${number}`;

/**
 * `refused`: trying again won't help. `failed`: it may, and nobody knows whether this try arrived.
 * A sender never throws for what a provider or network does.
 */
export type SendResult =
  | { readonly outcome: 'sent'; readonly providerRef: string | null }
  | { readonly outcome: 'refused' | 'failed'; readonly fault: SendFault };

/** Hands messages to one provider. Implemented by SMTP, the HTTP gateway, the print house's folder and the sandbox's inbox. */
export interface Sender {
  send(parcel: Parcel): Promise<SendResult>;
  /** Lets go of open connections. */
  close(): void;
}
