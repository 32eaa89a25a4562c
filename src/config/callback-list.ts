import type { Kind } from './setting.ts';

/** An address that the operator allows to be told, and what messages to it are signed with. */
export interface CallbackEndpoint {
  readonly endpoint: string;
  /** One, or two while it changes. As Standard Webhooks writes them. */
  readonly secrets: readonly string[];
}

/** 24 to 64 bytes in base64. */
const SECRET = /^whsec_[A-Za-z0-9+/]{32,86}={0,2}$/;
const MOST_SECRETS = 2;

export const callbackList: Kind<readonly CallbackEndpoint[]> = {
  bounds:
    'a list of an address and its secret (whsec_ and 24 to 64 bytes in base64), or two, with a blank between them, separated by commas',
  read: (text) =>
    text
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '')
      .map((item): CallbackEndpoint => {
        const [endpoint = '', ...secrets] = item.split(/\s+/);
        return { endpoint, secrets };
      }),
  accepts: (value) =>
    new Set(value.map(({ endpoint }) => endpoint)).size === value.length &&
    value.every(
      ({ endpoint, secrets }) =>
        URL.canParse(endpoint) &&
        /^https?:$/.test(new URL(endpoint).protocol) &&
        secrets.length >= 1 &&
        secrets.length <= MOST_SECRETS &&
        secrets.every((secret) => SECRET.test(secret)),
    ),
};
