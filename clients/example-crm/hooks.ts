import express, { type Express } from 'express';
import { Webhook } from 'standardwebhooks';

/** Where messages arrive. */
export const HOOKS = '/hooks/mandaat';

/** What a change is told with: its type, and by which references to read it. */
export interface Told {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** What a receiver has to keep. A real CRM keeps both in its database. */
export interface Inbox {
  /** Given when the webhook is made, shown that once; null = not yet. */
  secret: string | null;
  /** Messages that were heard, by their ids. */
  readonly heard: Set<string>;
}

/**
 * Takes webhooks (Standard Webhooks): what is not signed with our secret, or is old, is refused; what comes twice is heard once. A
 * message is answered at once; the work is done afterwards.
 */
export function receiveHooks(crm: Express, inbox: Inbox, hear: (told: Told) => void): void {
  // The text as it arrived: a parser would change what was signed.
  crm.post(HOOKS, express.text({ type: 'application/json' }), ({ body, headers }, response) => {
    const told = verified(inbox, String(body), headers as Record<string, string>);
    response.sendStatus(told === null ? 401 : 204);
    const id = String(headers['webhook-id']);
    if (told === null || inbox.heard.has(id)) return;
    inbox.heard.add(id);
    hear(told);
  });
}

function verified({ secret }: Inbox, body: string, headers: Record<string, string>): Told | null {
  if (secret === null) return null;
  try {
    return new Webhook(secret).verify(body, headers) as Told;
  } catch {
    return null;
  }
}
