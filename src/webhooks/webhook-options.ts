/** Times of sending, in milliseconds, and a bound. Tests shorten them; nothing else does. */
export interface WebhookOptions {
  /** How often is looked for news. */
  tick: number;
  /** Waits between the tries of one message, each some percent shorter or longer. */
  delays: readonly number[];
  /** What finding the address, asking and reading the answer may take together. */
  patience: number;
  /** After this a message whose process is gone is sent again. Longer than any try may take. */
  lease: number;
  /** Changes that one transaction hands out to one webhook, and those of the same transaction as the last of them. */
  page: number;
}

export const WEBHOOK_OPTIONS = Symbol('WEBHOOK_OPTIONS');

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** The schedule is the one that Standard Webhooks gives as its example: three days and some hours. */
export const WEBHOOK_DEFAULTS: WebhookOptions = {
  tick: SECOND,
  delays: [5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR],
  patience: 5 * SECOND,
  lease: 30 * SECOND,
  page: 200,
};
